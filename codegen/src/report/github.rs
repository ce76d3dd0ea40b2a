//! Workflow commands: GitHub shows them beside the lines they refer to.

use std::io::{self, Write};

use crate::diagnostics::Diagnostic;
use crate::source::Sources;

pub(super) fn write(out: &mut dyn Write, sources: &Sources, diagnostic: &Diagnostic) -> io::Result<()> {
    let (start, end) = (sources.start(diagnostic.span), sources.end(diagnostic.span));
    let message = match &diagnostic.help {
        Some(help) => format!("{}\nhelp: {help}", diagnostic.message),
        None => diagnostic.message.clone(),
    };
    writeln!(
        out,
        "::{} file={},line={},col={},endLine={},endColumn={},title={}::{}",
        super::severity(diagnostic.severity),
        property(&super::path(sources, diagnostic)),
        start.line,
        start.column,
        end.line,
        end.column,
        property(diagnostic.rule),
        data(&message),
    )
}

/// The text after the last `::`.
pub(super) fn data(text: &str) -> String {
    let escaped = text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    super::visible(&escaped)
}

/// The value of a `name=value`.
pub(super) fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
