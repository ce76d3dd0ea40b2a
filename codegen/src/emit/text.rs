//! Text from the inputs in generated code: as string literals and doc comments that the text cannot end.

use std::borrow::Cow;

/// A string literal with this value. Everything printable stays readable, in any script. Characters that are invisible or
/// reverse the direction of writing are escaped, since the compiler refuses them and readers cannot see them.
pub(super) fn literal(text: &str) -> String {
    let mut literal = String::with_capacity(text.len() + 8);
    literal.push('"');
    for c in text.chars() {
        match c {
            '"' => literal.push_str("\\\""),
            '\\' => literal.push_str("\\\\"),
            '\n' => literal.push_str("\\n"),
            '\r' => literal.push_str("\\r"),
            '\t' => literal.push_str("\\t"),
            c if is_invisible(c) => literal.push_str(&format!("\\u{{{:x}}}", u32::from(c))),
            c => literal.push(c),
        }
    }
    literal.push('"');
    literal
}

/// The doc comment for prose: one `///` line for each line. Markdown formatting is kept; links, HTML, and code blocks without
/// an end are shown as the author typed them.
pub(super) fn prose<T: AsRef<str>>(lines: impl IntoIterator<Item = T>) -> Vec<String> {
    let text: Vec<String> = lines
        .into_iter()
        .flat_map(|line| visible(line.as_ref()).split('\n').map(str::to_owned).collect::<Vec<_>>())
        .collect();
    let mut fence: Option<String> = None;
    let mut prose = Vec::new();
    for (index, line) in text.iter().enumerate() {
        if let Some(open) = &fence {
            prose.push(doc_line(line));
            if closes(line, open) {
                fence = None;
            }
        } else if let Some(open) =
            opens(line).filter(|open| text[index + 1..].iter().any(|line| closes(line, open)))
        {
            // rustdoc takes a code block without a language for Rust.
            let word = if line.trim() == open { "text" } else { "" };
            prose.push(doc_line(format!("{}{word}", line.trim_start())));
            fence = Some(open);
        } else {
            prose.push(doc_line(escape_markdown(line)));
        }
    }
    prose
}

/// The doc comment with a statement, in a fence of more backticks than any of its lines has.
pub(super) fn sql(text: &str) -> Vec<String> {
    let text = visible(text);
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(3.max(longest + 1));
    let mut lines = vec![format!("/// {fence}sql")];
    lines.extend(text.lines().map(doc_line));
    lines.push(format!("/// {fence}"));
    lines
}

/// The text, escaped, within a line of prose.
pub(super) fn inline(text: &str) -> String {
    escape_markdown(&visible(text).replace('\n', " "))
}

/// The text as code within a line of prose.
pub(super) fn code(text: &str) -> String {
    let text = visible(text).replace('\n', " ");
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let space = if longest > 0 { " " } else { "" };
    format!("{fence}{space}{text}{space}{fence}")
}

fn doc_line(line: impl AsRef<str>) -> String {
    format!("/// {}", line.as_ref()).trim_end().to_owned()
}

/// The text with visible characters: `\u{202e}` for the character that reverses the direction of writing.
fn visible(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| matches!(byte, b'\n' | b' '..=b'~')) {
        return Cow::Borrowed(text);
    }
    let mut visible = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\r' if rest.peek() == Some(&'\n') => {}
            '\n' => visible.push('\n'),
            '\t' => visible.push_str("    "),
            c if is_invisible(c) => visible.extend(c.escape_unicode()),
            c => visible.push(c),
        }
    }
    Cow::Owned(visible)
}

/// Control and format characters.
fn is_invisible(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_control();
    }
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// Escapes links and HTML, except in inline code.
fn escape_markdown(line: &str) -> String {
    let parts: Vec<&str> = line.split('`').collect();
    // An even number of parts means an odd number of backticks, one of which would open code without an end.
    let balanced = parts.len() % 2 == 1 && !line.contains("``");
    let mut escaped = String::with_capacity(line.len());
    for (index, part) in parts.iter().enumerate() {
        let tick = if balanced { "`" } else { "\\`" };
        escaped.push_str(if index == 0 { "" } else { tick });
        if balanced && index % 2 == 1 || !part.contains(['[', ']', '<', '~']) {
            escaped.push_str(part);
        } else {
            let part = part.replace('[', "\\[").replace(']', "\\]").replace('<', "\\<");
            escaped.push_str(&part.replace("~~~", "\\~~~"));
        }
    }
    escaped
}

/// The fence with which the line opens a code block.
fn opens(line: &str) -> Option<String> {
    let line = line.trim_start();
    let mark = line.chars().next().filter(|c| matches!(c, '`' | '~'))?;
    let fence: String = line.chars().take_while(|c| *c == mark).collect();
    (fence.len() >= 3 && !line[fence.len()..].contains('`')).then_some(fence)
}

fn closes(line: &str, fence: &str) -> bool {
    let line = line.trim();
    line.starts_with(fence) && line.chars().all(|c| fence.starts_with(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_escape_what_ends_them_and_what_cannot_be_seen() {
        assert_eq!(literal("a\"b\\c\n\r\t"), r#""a\"b\\c\n\r\t""#);
        assert_eq!(literal("größe 日本 'x'"), "\"größe 日本 'x'\"");
        assert_eq!(literal("a\u{202e}b\0\u{200b}"), r#""a\u{202e}b\u{0}\u{200b}""#);
    }

    #[test]
    fn prose_stays_in_its_comment() {
        let lines =
            prose(["One.\r\nTwo\rthree\u{2028}", "", "*/ #[x] [`y`](z) <b> `a[1] < b`", "one ` tick"]);
        assert_eq!(
            lines,
            [
                "/// One.",
                "/// Two\\u{d}three\\u{2028}",
                "///",
                "/// */ #\\[x\\] \\[`y`\\](z) \\<b> `a[1] < b`",
                "/// one \\` tick"
            ]
        );
    }

    #[test]
    fn code_blocks_pass_if_they_end() {
        assert_eq!(
            prose(["```", "a[1]", "```", "b[1]"]),
            ["/// ```text", "/// a[1]", "/// ```", "/// b\\[1\\]"]
        );
        assert_eq!(prose(["```sql", "a[1]"]), ["/// \\`\\`\\`sql", "/// a\\[1\\]"]);
        assert_eq!(prose(["~~~"]), ["/// \\~~~"]);
    }

    #[test]
    fn sql_is_fenced_by_more_backticks_than_it_has() {
        assert_eq!(sql("select '```'\n  , 1"), ["/// ````sql", "/// select '```'", "///   , 1", "/// ````"]);
        assert_eq!(code("a`b"), "`` a`b ``");
    }
}
