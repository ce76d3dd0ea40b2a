//! Reads TOML tables key by key, and reports every mistake at its position.

use toml::de::{DeTable, DeValue};

use crate::diagnostics::{Diagnostic, Diagnostics, nearest};
use crate::source::{FileId, Span, Spanned};

/// The rule of what is wrong with the configuration.
pub(super) const CONFIG: &str = "config";

type Value<'a> = toml::Spanned<DeValue<'a>>;

/// The file that is being read, and the sink for its mistakes.
pub(super) struct Reader<'d> {
    pub diagnostics: &'d mut Diagnostics,
    pub file: FileId,
}

/// One table of the file, with its entries in order.
pub(super) struct Section<'a> {
    name: String,
    entries: Vec<(Spanned<String>, &'a Value<'a>)>,
}

impl<'a> Section<'a> {
    /// All entries, for tables whose keys are names chosen by the author.
    pub fn entries(&self) -> &[(Spanned<String>, &'a Value<'a>)] {
        &self.entries
    }

    /// The entry of that key.
    pub fn get(&self, key: &str) -> Option<&'a Value<'a>> {
        self.entries.iter().find(|(name, _)| name.value == key).map(|(_, value)| *value)
    }

    /// Where the key stands.
    pub fn key(&self, key: &str) -> Option<Span> {
        self.entries.iter().find(|(name, _)| name.value == key).map(|(name, _)| name.span)
    }
}

impl Reader<'_> {
    pub fn error(&mut self, span: Span, message: impl Into<String>, help: impl Into<String>) {
        self.diagnostics.report(Diagnostic::error(CONFIG, span, message).help(help));
    }

    fn span(&self, range: std::ops::Range<usize>) -> Span {
        Span { file: self.file, start: range.start, end: range.end }
    }

    /// Where a value stands.
    pub fn place(&self, value: &Value) -> Span {
        self.span(value.span())
    }

    /// The entries of a table. If `known` is given, other keys are reported.
    pub fn table<'a>(&mut self, name: &str, table: &'a DeTable<'a>, known: Option<&[&str]>) -> Section<'a> {
        let mut entries: Vec<_> = table
            .iter()
            .map(|(key, value)| {
                (Spanned { value: key.get_ref().to_string(), span: self.span(key.span()) }, value)
            })
            .collect();
        entries.sort_by_key(|(key, _)| key.span);
        for index in 0..entries.len() {
            let key = entries[index].0.clone();
            let Some(known) = known.filter(|known| !known.contains(&key.value.as_str())) else { continue };
            let message = match name {
                "" => format!("unknown setting `{}`", key.value),
                _ => format!("unknown setting `{}` in `{name}`", key.value),
            };
            let near = nearest(&key.value, known.iter().copied());
            let help = match near {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("the settings here are {}", known.join(", ")),
            };
            self.error(key.span, message, help);
            // It counts as the setting that it probably means, so that this one is not reported as missing.
            if let Some(near) = near.filter(|near| !entries.iter().any(|(key, _)| key.value == *near)) {
                entries[index].0.value = near.to_owned();
            }
        }
        Section { name: name.to_owned(), entries }
    }

    /// A value that must be a table; if it is absent, an empty table.
    pub fn section<'a>(
        &mut self,
        name: &str,
        value: Option<&'a Value<'a>>,
        known: Option<&[&str]>,
    ) -> Section<'a> {
        match value.map(|value| (value, value.get_ref())) {
            None => Section { name: name.to_owned(), entries: Vec::new() },
            Some((_, DeValue::Table(table))) => self.table(name, table, known),
            Some((value, other)) => {
                self.wrong_type(name, value, other, "a table");
                Section { name: name.to_owned(), entries: Vec::new() }
            }
        }
    }

    fn wrong_type(&mut self, name: &str, place: &Value, value: &DeValue, expected: &str) {
        let found = match value {
            DeValue::String(_) => "a string",
            DeValue::Integer(_) => "a number",
            DeValue::Float(_) => "a number",
            DeValue::Boolean(_) => "a boolean",
            DeValue::Datetime(_) => "a date",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        };
        let span = self.place(place);
        self.error(span, format!("`{name}` must be {expected}, not {found}"), format!("write {expected}"));
    }

    /// A string that is not empty.
    pub fn string(&mut self, name: &str, value: &Value) -> Option<Spanned<String>> {
        match value.get_ref() {
            DeValue::String(text) if text.trim().is_empty() => {
                let span = self.place(value);
                self.error(span, format!("`{name}` is empty"), "write a value, or remove the setting");
                None
            }
            DeValue::String(text) => Some(Spanned { value: text.to_string(), span: self.place(value) }),
            other => {
                self.wrong_type(name, value, other, "a string");
                None
            }
        }
    }

    /// The string of a key in a section, if it is there.
    pub fn setting(&mut self, section: &Section, key: &str) -> Option<Spanned<String>> {
        let value = section.get(key)?;
        self.string(&path(&section.name, key), value)
    }

    /// The boolean of a key in a section, if it is there.
    pub fn flag(&mut self, section: &Section, key: &str) -> Option<Spanned<bool>> {
        let value = section.get(key)?;
        match value.get_ref() {
            DeValue::Boolean(flag) => Some(Spanned { value: *flag, span: self.place(value) }),
            other => {
                self.wrong_type(&path(&section.name, key), value, other, "true or false");
                None
            }
        }
    }

    /// The string, or the list of strings, of a key in a section.
    pub fn list(&mut self, section: &Section, key: &str) -> Vec<Spanned<String>> {
        let name = path(&section.name, key);
        let Some(value) = section.get(key) else { return Vec::new() };
        match value.get_ref() {
            DeValue::Array(items) => items.iter().filter_map(|item| self.string(&name, item)).collect(),
            DeValue::String(_) => self.string(&name, value).into_iter().collect(),
            other => {
                self.wrong_type(&name, value, other, "a string or a list of strings");
                Vec::new()
            }
        }
    }
}

/// `scopes.creator` and `id` are `scopes.creator.id`.
pub(super) fn path(section: &str, key: &str) -> String {
    match section {
        "" => key.to_owned(),
        _ => format!("{section}.{key}"),
    }
}
