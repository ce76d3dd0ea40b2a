//! The source with the span underlined, for people.

use std::io::{self, Write};
use std::ops::Range;

use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use super::visible;
use crate::diagnostics::{Diagnostic, Severity};
use crate::source::{SourceFile, Sources, Span};

/// A longer line is cut here. What is still wider than the terminal is trimmed by the renderer.
const LONG_LINE: usize = 4_000;

/// How much of a long line is kept.
const LINE_WIDTH: usize = 240;

/// How much of a long line is kept in front of the text to underline.
const LINE_LEAD: usize = 60;

/// Of a span with more lines only the first is shown.
const SPAN_LINES: usize = 6;

/// A note within this distance is drawn in the same excerpt.
const NEAR_LINES: usize = 12;

pub(super) fn write(
    out: &mut dyn Write,
    sources: &Sources,
    diagnostic: &Diagnostic,
    colour: bool,
) -> io::Result<()> {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = level.primary_title(visible(&diagnostic.message)).id(diagnostic.rule);
    let near = |span: Span| {
        span.file == diagnostic.span.file
            && lines(sources, span).start.abs_diff(lines(sources, diagnostic.span).start) <= NEAR_LINES
    };
    let (near, far): (Vec<_>, Vec<_>) = diagnostic.notes.iter().partition(|(span, _)| near(*span));
    let mut spans = vec![(diagnostic.span, AnnotationKind::Primary, "")];
    spans.extend(near.iter().map(|(span, note)| (*span, AnnotationKind::Context, note.as_str())));

    let mut group = draw(Group::with_title(title), sources, &spans);
    for (span, note) in far {
        group = draw(group, sources, &[(*span, AnnotationKind::Context, note)]);
    }
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(visible(help)));
    }
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    writeln!(out, "{}\n", renderer.render(&[group]))
}

/// The lines that a span is shown on, counted from 1.
fn lines(sources: &Sources, span: Span) -> Range<usize> {
    let (first, last) = (sources.start(span).line, sources.end(span).line);
    first..if last - first < SPAN_LINES { last + 1 } else { first + 1 }
}

/// Adds the position and an excerpt with spans of one file, the first of which is the primary one.
fn draw<'a>(group: Group<'a>, sources: &Sources, spans: &[(Span, AnnotationKind, &str)]) -> Group<'a> {
    let (main, ..) = spans[0];
    let file = sources.file(main.file);
    let at = sources.start(main);
    let path = visible(&file.path.to_string_lossy().replace('\\', "/"));
    let shown = spans.iter().map(|(span, ..)| lines(sources, *span));
    let first = shown.clone().map(|lines| lines.start).min().unwrap_or(at.line);
    let last = shown.map(|lines| lines.end).max().unwrap_or(at.line + 1);
    let (mut text, mut excerpt) = (String::new(), Vec::new());
    for number in first..last {
        let spans = spans.iter().map(|(span, ..)| *span);
        let line =
            Line::new(file, number, spans.filter(|span| lines(sources, *span).contains(&number)), text.len());
        text.push_str(&line.text(file));
        text.push('\n');
        excerpt.push(line);
    }
    let annotations = spans.iter().map(|(span, kind, label)| {
        let range = place(file, &excerpt, span.start)..place(file, &excerpt, span.end);
        annotation(*kind, range, label)
    });
    let snippet = Snippet::source(text.clone()).line_start(first).annotations(annotations);
    // The renderer counts the column within the excerpt, which is wrong if a part in front of it is cut off.
    match excerpt.iter().any(|line| line.shown.start > line.whole.start) {
        false => group.element(snippet.path(path)),
        true => group.element(Origin::path(path).line(at.line).char_column(at.column)).element(snippet),
    }
}

fn annotation<'a>(kind: AnnotationKind, range: Range<usize>, label: &str) -> Annotation<'a> {
    let annotation = kind.span(range.start..range.end.max(range.start));
    match label {
        "" => annotation,
        label => annotation.label(visible(label)),
    }
}

/// The position in the excerpt of an offset in the file; one that is not shown moves to the nearest that is.
fn place(file: &SourceFile, excerpt: &[Line], offset: usize) -> usize {
    let index = excerpt.partition_point(|line| line.whole.start <= offset).saturating_sub(1);
    excerpt.get(index).map_or(0, |line| line.place(file, offset))
}

/// A line of an excerpt.
struct Line {
    /// The whole line, in the file.
    whole: Range<usize>,
    /// The part that is shown.
    shown: Range<usize>,
    /// The start of that part in the excerpt.
    start: usize,
}

impl Line {
    fn new(file: &SourceFile, number: usize, spans: impl Iterator<Item = Span>, start: usize) -> Self {
        let text = file.line(number);
        let begin = text.as_ptr() as usize - file.text.as_ptr() as usize;
        let whole = begin..begin + text.len();
        if text.len() <= LONG_LINE {
            return Line { shown: whole.clone(), whole, start };
        }
        let underlined = spans.map(|span| span.start.max(begin)).min().unwrap_or(begin);
        let from = file.text.floor_char_boundary(underlined.saturating_sub(LINE_LEAD).max(begin));
        let to = file.text.floor_char_boundary((from + LINE_WIDTH).min(whole.end));
        Line { whole, shown: from..to, start }
    }

    fn text(&self, file: &SourceFile) -> String {
        visible(&file.text[self.shown.clone()])
    }

    fn place(&self, file: &SourceFile, offset: usize) -> usize {
        let offset = file.text.floor_char_boundary(offset.clamp(self.shown.start, self.shown.end));
        self.start + visible(&file.text[self.shown.start..offset]).len()
    }
}
