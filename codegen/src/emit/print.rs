//! Lays out generated code: a construct that fits stays on one line; otherwise its items are broken over several lines.

/// The maximum width of a line. Doc comments and string literals can be longer, since they are not broken.
const WIDTH: usize = 110;

/// A piece of code that may have to be broken over several lines.
#[derive(Debug, Clone)]
pub(super) enum Doc {
    /// Text without a line break.
    Text(String),
    /// A sequence.
    Concat(Vec<Doc>),
    /// A list between two brackets: `open a, b close`.
    List {
        open: &'static str,
        items: Vec<Doc>,
        close: &'static str,
        /// How it is laid out.
        style: Style,
    },
}

/// How a list is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// `(a, b)`, or one item on each line.
    Tight,
    /// `&[a, b]`, or as many items on each line as fit, for lists of many small items.
    Filled,
    /// `{ a, b }`, or as many items on each line as fit.
    Spaced,
    /// `(a, &[b, c], d)`, or the inner list broken and its brackets left beside those of the outer one.
    Hugged,
}

impl Doc {
    pub(super) fn text(text: impl Into<String>) -> Doc {
        Doc::Text(text.into())
    }

    pub(super) fn list(open: &'static str, items: Vec<Doc>, close: &'static str) -> Doc {
        Doc::List { open, items, close, style: Style::Tight }
    }

    pub(super) fn texts(
        open: &'static str,
        items: impl IntoIterator<Item = String>,
        close: &'static str,
    ) -> Doc {
        Doc::list(open, items.into_iter().map(Doc::Text).collect(), close)
    }

    pub(super) fn styled(self, style: Style) -> Doc {
        match self {
            Doc::List { open, items, close, .. } => Doc::List { open, items, close, style },
            other => other,
        }
    }

    fn on_one_line(&self) -> String {
        let mut line = String::with_capacity(2 * WIDTH);
        self.flat(&mut line);
        line
    }

    fn flat(&self, out: &mut String) {
        match self {
            Doc::Text(text) => out.push_str(text),
            Doc::Concat(docs) => docs.iter().for_each(|doc| doc.flat(out)),
            Doc::List { open, items, close, style } => {
                let space = if *style == Style::Spaced && !items.is_empty() { " " } else { "" };
                out.push_str(open);
                out.push_str(space);
                for (index, item) in items.iter().enumerate() {
                    out.push_str(if index == 0 { "" } else { ", " });
                    item.flat(out);
                }
                out.push_str(space);
                out.push_str(close);
            }
        }
    }

    /// Writes a document of which only an inner list is broken.
    fn hugged(&self, out: &mut Writer) {
        match self {
            Doc::List { .. } => self.broken(out),
            Doc::Text(_) | Doc::Concat(_) => self.flat(&mut out.text),
        }
    }

    fn broken(&self, out: &mut Writer) {
        match self {
            Doc::Text(text) => out.text.push_str(text),
            Doc::Concat(docs) => docs.iter().for_each(|doc| doc.broken(out)),
            Doc::List { open, items, close, .. } if items.is_empty() => {
                out.text.push_str(open);
                out.text.push_str(close);
            }
            Doc::List { open, items, close, style: Style::Hugged } => {
                out.text.push_str(open);
                for (index, item) in items.iter().enumerate() {
                    out.text.push_str(if index == 0 { "" } else { ", " });
                    item.hugged(out);
                }
                out.text.push_str(close);
            }
            Doc::List { open, items, close, style } => {
                out.text.push_str(open);
                out.indent += 1;
                for (index, item) in items.iter().enumerate() {
                    let flat = item.on_one_line();
                    if *style != Style::Tight && index > 0 && out.column() + flat.chars().count() + 2 <= WIDTH
                    {
                        out.text.push(' ');
                    } else {
                        out.start_line();
                    }
                    out.fit(item, &flat, 1);
                    out.text.push(',');
                }
                out.indent -= 1;
                out.start_line();
                out.text.push_str(close);
            }
        }
    }
}

/// A field of a struct.
pub(super) struct Field {
    /// Its documentation and attributes.
    pub(super) before: Vec<String>,
    /// `pub id: ContentId`
    pub(super) text: String,
}

/// A generated file that is being written.
#[derive(Debug, Default)]
pub(super) struct Writer {
    text: String,
    indent: usize,
}

impl Writer {
    /// Writes one line.
    pub(super) fn line(&mut self, line: impl AsRef<str>) {
        if !line.as_ref().is_empty() {
            self.text.extend(std::iter::repeat_n(' ', self.indent * 4));
            self.text.push_str(line.as_ref());
        }
        self.text.push('\n');
    }

    /// Writes several lines.
    pub(super) fn lines<T: AsRef<str>>(&mut self, lines: impl IntoIterator<Item = T>) {
        lines.into_iter().for_each(|line| self.line(line));
    }

    /// Writes a line, then the output of `inside`, indented, then a closing line.
    pub(super) fn block(&mut self, open: impl AsRef<str>, close: &str, inside: impl FnOnce(&mut Writer)) {
        self.line(open);
        self.indented(inside);
        self.line(close);
    }

    /// Writes a function, on one line if its body is one that fits there.
    pub(super) fn function<T: AsRef<str>>(&mut self, head: impl AsRef<str>, body: &[T]) {
        let head = head.as_ref();
        match body {
            [body] if self.indent * 4 + (head.chars().chain(body.as_ref().chars())).count() + 5 <= WIDTH => {
                self.line(format!("{head} {{ {} }}", body.as_ref()));
            }
            body => self.block(format!("{head} {{"), "}", |out| out.lines(body)),
        }
    }

    /// Writes a function whose body is one expression.
    pub(super) fn function_of(&mut self, head: impl AsRef<str>, body: Vec<Doc>) {
        let (head, doc) = (head.as_ref(), Doc::Concat(body));
        let flat = doc.on_one_line();
        if self.indent * 4 + head.chars().count() + flat.chars().count() + 5 <= WIDTH {
            self.line(format!("{head} {{ {flat} }}"));
        } else {
            self.block(format!("{head} {{"), "}", |out| out.code(vec![doc]));
        }
    }

    /// Writes a struct, on one line if it has few fields without documentation.
    pub(super) fn structure(&mut self, head: &str, fields: &[Field]) {
        let plain = fields.iter().all(|field| field.before.is_empty());
        let line = fields.iter().map(|field| &*field.text).collect::<Vec<_>>().join(", ");
        if plain && !fields.is_empty() && self.indent * 4 + head.len() + line.chars().count() + 5 <= WIDTH {
            return self.line(format!("{head} {{ {line} }}"));
        }
        self.block(format!("{head} {{"), "}", |out| {
            for field in fields {
                out.lines(&field.before);
                out.line(format!("{},", field.text));
            }
        });
    }

    /// Writes the output of `inside`, indented.
    pub(super) fn indented(&mut self, inside: impl FnOnce(&mut Writer)) {
        self.indent += 1;
        inside(self);
        self.indent -= 1;
    }

    /// Writes a piece of code, on one line if it fits.
    pub(super) fn code(&mut self, docs: Vec<Doc>) {
        let doc = Doc::Concat(docs);
        self.text.extend(std::iter::repeat_n(' ', self.indent * 4));
        let flat = doc.on_one_line();
        self.fit(&doc, &flat, 0);
        self.text.push('\n');
    }

    /// Everything written.
    pub(super) fn finish(self) -> String {
        self.text
    }

    fn fit(&mut self, doc: &Doc, flat: &str, after: usize) {
        if self.column() + flat.chars().count() + after <= WIDTH {
            self.text.push_str(flat);
        } else {
            doc.broken(self);
        }
    }

    fn column(&self) -> usize {
        let line = self.text.rfind('\n').map_or(0, |end| end + 1);
        self.text[line..].chars().count()
    }

    fn start_line(&mut self) {
        self.text.push('\n');
        self.text.extend(std::iter::repeat_n(' ', self.indent * 4));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(args: &[&str]) -> String {
        let mut out = Writer::default();
        let args = Doc::texts("(", args.iter().map(|arg| (*arg).to_owned()), ")");
        out.code(vec![Doc::text("db.fetch"), args, Doc::text(".await")]);
        out.finish()
    }

    #[test]
    fn what_fits_stays_on_its_line() {
        assert_eq!(call(&["a", "b"]), "db.fetch(a, b).await\n");
        assert_eq!(call(&[]), "db.fetch().await\n");
        // "db.fetch(" ").await" and the argument are exactly as wide as a line.
        assert_eq!(call(&[&"x".repeat(WIDTH - 16)]).lines().count(), 1);
    }

    #[test]
    fn what_does_not_fit_has_a_line_for_each_item() {
        let long = "x".repeat(WIDTH - 15);
        assert_eq!(call(&[&long, "b"]), format!("db.fetch(\n    {long},\n    b,\n).await\n"));
    }

    #[test]
    fn arguments_are_broken_within_their_list() {
        let mut out = Writer::default();
        let long = "x".repeat(WIDTH - 20);
        let list = Doc::texts("&[", [long.clone(), "b".to_owned()], "]").styled(Style::Filled);
        let arguments = Doc::list("(", vec![Doc::text("&QUERY"), list, Doc::text("page")], ")");
        out.code(vec![Doc::text("db.fetch"), arguments.styled(Style::Hugged), Doc::text(".await")]);
        assert_eq!(out.finish(), format!("db.fetch(&QUERY, &[\n    {long}, b,\n], page).await\n"));
    }

    #[test]
    fn filled_lists_use_the_width() {
        let mut out = Writer::default();
        let items = (0..40).map(|number| format!("\"{number}\""));
        out.code(vec![Doc::texts("&[", items, "]").styled(Style::Filled)]);
        let text = out.finish();
        assert_eq!(text.lines().count(), 5, "{text}");
        assert!(text.lines().all(|line| line.len() <= WIDTH), "{text}");
    }
}
