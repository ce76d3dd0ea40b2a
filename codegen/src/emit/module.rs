//! A generated module while it is written: its text, and the imports that it needs.

use std::collections::{BTreeMap, BTreeSet};

use super::attributes::check_type;
use super::print::{Doc, Style, Writer};
use super::text::literal;
use crate::infer::names::{distinct, ident};
use crate::infer::{Catalog, Plain, RustType};
use crate::prove::Proven;

/// What the writers of all modules of a crate share.
pub(super) struct Common<'a> {
    /// The catalog, whose types the modules name.
    pub(super) catalog: &'a Catalog<Proven>,
    /// The names of all types of the catalog.
    taken: BTreeSet<String>,
    /// The ids that are `Copy`.
    copied_ids: BTreeSet<&'a str>,
    /// The additional derives of the configuration.
    pub(super) derives: &'a [String],
}

impl<'a> Common<'a> {
    /// `taken` are the names of all types of the catalog.
    pub(super) fn new(catalog: &'a Catalog<Proven>, taken: BTreeSet<String>, derives: &'a [String]) -> Self {
        let copied_ids = catalog.ids.iter().filter(|id| traits(id.inner).copy).map(|id| &*id.name).collect();
        Common { catalog, taken, copied_ids, derives }
    }
}

/// A module that is being written.
///
/// Types of the catalog may have any name, including names that generated code needs, such as `Result` or `Row`. Then the
/// latter are written with their full paths.
pub(super) struct Module<'a> {
    /// The catalog, whose types the module names.
    pub(super) catalog: &'a Catalog<Proven>,
    /// The text below the imports.
    pub(super) out: Writer,
    /// What is the same for all modules.
    common: &'a Common<'a>,
    /// The names of the types that are defined in this module.
    local: BTreeSet<String>,
    /// Whether this module's types are shared by the whole crate.
    is_shared: bool,
    /// The modules below this one.
    children: BTreeSet<String>,
    /// The imported items: the last segment of each path, and the path.
    imports: BTreeMap<String, String>,
    /// The spelling here of items outside of the catalog, by their paths.
    names: BTreeMap<&'static str, String>,
    /// The crates that are used, apart from sqlward.
    crates: BTreeSet<&'static str>,
}

impl<'a> Module<'a> {
    /// A module of these types, which the whole crate shares.
    pub(super) fn shared_types<'n>(common: &'a Common<'a>, local: impl Iterator<Item = &'n str>) -> Self {
        Module { is_shared: true, ..Module::queries(common, local, &[]) }
    }

    /// A module of queries that defines these types, with the modules below it.
    pub(super) fn queries<'n>(
        common: &'a Common<'a>,
        local: impl Iterator<Item = &'n str>,
        children: &[String],
    ) -> Self {
        Module {
            catalog: common.catalog,
            out: Writer::default(),
            common,
            local: local.map(ident).collect(),
            is_shared: false,
            children: children.iter().cloned().collect(),
            imports: BTreeMap::new(),
            names: BTreeMap::new(),
            crates: BTreeSet::new(),
        }
    }

    /// The additional derives of rows: serde's traits, and those of the configuration.
    pub(super) fn derives(&mut self) -> Vec<String> {
        let mut derives = vec![self.name("serde::Serialize"), self.name("serde::Deserialize")];
        derives.extend(self.configured());
        derives
    }

    /// The additional derives of the configuration.
    pub(super) fn configured(&self) -> Vec<String> {
        let path = |path: &String| {
            let is_child = path.split_once("::").is_some_and(|(first, _)| self.children.contains(first));
            if is_child { format!("::{path}") } else { path.clone() }
        };
        self.common.derives.iter().map(path).collect()
    }

    /// The spelling here of an item outside of the catalog, importing it if possible: `sqlward::Row`.
    pub(super) fn name(&mut self, path: &'static str) -> String {
        if let Some(name) = self.names.get(path) {
            return name.clone();
        }
        let name = self.new_name(path);
        self.names.insert(path, name.clone());
        name
    }

    fn new_name(&mut self, path: &'static str) -> String {
        let (krate, _) = path.split_once("::").unwrap_or((path, ""));
        let last = path.rsplit("::").next().unwrap_or(path);
        if !matches!(krate, "sqlward" | "std") {
            self.crates.insert(krate);
        }
        let full = if self.children.contains(krate) { format!("::{path}") } else { path.to_owned() };
        if self.common.taken.contains(last) || self.imports.get(last).is_some_and(|other| *other != full) {
            return full;
        }
        if !PRELUDE.contains(&path) {
            self.imports.insert(last.to_owned(), full);
        }
        last.to_owned()
    }

    /// Like [`Module::name`], for a trait whose methods or constants are used. It has to be imported even if its name is
    /// taken.
    pub(super) fn in_scope(&mut self, path: &'static str) -> String {
        let name = self.name(path);
        if name.contains("::") {
            self.imports.insert(format!("{path} as _"), format!("{name} as _"));
        }
        name
    }

    /// The spelling here of a type that the whole crate shares, importing it if possible.
    pub(super) fn shared(&mut self, name: &str) -> String {
        let name = ident(name);
        if self.local.contains(&name) {
            return if self.is_shared { name } else { format!("crate::{name}") };
        }
        self.imports.insert(name.clone(), format!("crate::{name}"));
        name
    }

    /// A name for a type that is not in the catalog, different from all names in it.
    pub(super) fn new_type(&self, name: &str) -> String {
        let taken: Vec<&str> = self.common.taken.iter().map(String::as_str).collect();
        distinct([("", name.to_owned())], "", &taken).remove(0)
    }

    /// `Option<inner>`
    pub(super) fn option(&mut self, inner: String) -> String {
        format!("{}<{inner}>", self.name("std::option::Option"))
    }

    /// The owned type of a value, as in fields.
    pub(super) fn owned(&mut self, rust: &RustType) -> String {
        match rust {
            RustType::Plain(plain) => self.plain(*plain),
            RustType::Id(name) | RustType::Enum(name) | RustType::Composite(name) => self.shared(name),
            RustType::Sort(name) => ident(name),
            // `infer` gives every object a struct before code is generated.
            RustType::Object(_) => self.name("serde_json::Value"),
            RustType::Struct(name) if self.local.contains(&ident(name)) => ident(name),
            RustType::Struct(name) => self.shared(name),
            RustType::Array { element, nullable } => {
                let element = self.owned(element);
                let element = if *nullable { self.option(element) } else { element };
                format!("{}<{element}>", self.name("std::vec::Vec"))
            }
            RustType::Range(element) => {
                let element = self.owned(element);
                format!("{}<{element}>", self.name("sqlward::Range"))
            }
            RustType::Items { .. } => self.borrowed(rust, false, ""),
            RustType::Custom(path) => match check_type(path) {
                Ok(()) => path.clone(),
                // Invalid types have been reported before. This keeps one from becoming code if a check was missing.
                Err(problem) => {
                    format!("compile_error!({})", literal(&format!("`{path}` is not a type: {problem}")))
                }
            },
        }
    }

    /// The type of a parameter: borrowed unless it is `Copy`.
    pub(super) fn borrowed(&mut self, rust: &RustType, nullable: bool, lifetime: &str) -> String {
        let reference = if lifetime.is_empty() { "&".to_owned() } else { format!("&{lifetime} ") };
        let given = match rust {
            RustType::Plain(Plain::Text) => format!("{reference}str"),
            RustType::Plain(Plain::Bytea) => format!("{reference}[u8]"),
            RustType::Array { element, nullable } => {
                let element = self.owned(element);
                let element = if *nullable { self.option(element) } else { element };
                format!("{reference}[{element}]")
            }
            RustType::Items { name, fields } => {
                let lifetime = match lifetime {
                    _ if fields.iter().all(|field| self.is_copy(&field.rust)) => String::new(),
                    "" => "<'_>".to_owned(),
                    lifetime => format!("<{lifetime}>"),
                };
                format!("{reference}[{}{lifetime}]", ident(name))
            }
            rust if self.is_copy(rust) => self.owned(rust),
            rust => format!("{reference}{}", self.owned(rust)),
        };
        if nullable { self.option(given) } else { given }
    }

    /// Whether the type is `Copy`, and so passed by value.
    pub(super) fn is_copy(&self, rust: &RustType) -> bool {
        match rust {
            RustType::Plain(plain) => traits(*plain).copy,
            RustType::Id(name) => self.common.copied_ids.contains(&**name),
            RustType::Enum(_) | RustType::Sort(_) => true,
            RustType::Composite(_) | RustType::Object(_) | RustType::Struct(_) => false,
            RustType::Array { .. } | RustType::Items { .. } => false,
            RustType::Range(_) | RustType::Custom(_) => false,
        }
    }

    fn plain(&mut self, plain: Plain) -> String {
        match plain {
            Plain::Text => self.name("std::string::String"),
            Plain::Bytea => format!("{}<u8>", self.name("std::vec::Vec")),
            Plain::Timestamptz => {
                format!("{}<{}>", self.name("chrono::DateTime"), self.name("chrono::Utc"))
            }
            plain if plain.path().contains("::") => self.name(plain.path()),
            plain => plain.path().to_owned(),
        }
    }

    /// The imports and everything below them, and the crates that the module needs.
    pub(super) fn finish(self) -> (String, BTreeSet<&'static str>) {
        let mut groups: BTreeMap<(u8, &str), Vec<String>> = BTreeMap::new();
        for path in self.imports.values() {
            let (parent, last) = path.rsplit_once("::").unwrap_or(("", path));
            let rank = match parent.trim_start_matches("::").split("::").next() {
                Some("std") => 0,
                Some("crate") => 2,
                _ => 1,
            };
            groups.entry((rank, parent)).or_default().push(last.to_owned());
        }
        let mut head = Writer::default();
        for ((_, parent), names) in &mut groups {
            names.sort();
            match &names[..] {
                [name] => head.line(format!("use {parent}::{name};")),
                names => head.code(vec![
                    Doc::text(format!("use {parent}::")),
                    Doc::texts("{", names.iter().cloned(), "}").styled(Style::Filled),
                    Doc::text(";"),
                ]),
            }
        }
        let (head, body) = (head.finish(), self.out.finish());
        let gap = if head.is_empty() || body.is_empty() { "" } else { "\n" };
        (format!("{head}{gap}{}", body.trim_start_matches('\n')), self.crates)
    }
}

/// The traits that a Rust type has, and that a newtype of it can derive.
pub(super) struct Traits {
    pub(super) copy: bool,
    /// `Eq` and `Hash`.
    pub(super) eq: bool,
    pub(super) ord: bool,
    pub(super) display: bool,
}

/// The traits of a type.
pub(super) fn traits(plain: Plain) -> Traits {
    let all = Traits { copy: true, eq: true, ord: true, display: true };
    match plain {
        Plain::Bool | Plain::Char | Plain::Int2 | Plain::Int4 | Plain::Int8 | Plain::Oid => all,
        Plain::Numeric | Plain::Uuid | Plain::Inet | Plain::Cidr => all,
        Plain::Date | Plain::Time | Plain::Timestamp | Plain::Timestamptz => all,
        Plain::Float4 | Plain::Float8 => Traits { eq: false, ord: false, ..all },
        Plain::Text => Traits { copy: false, ..all },
        Plain::Bytea => Traits { copy: false, display: false, ..all },
        Plain::Json => Traits { copy: false, ord: false, ..all },
        Plain::Interval => Traits { ord: false, display: false, ..all },
        Plain::Unit => Traits { display: false, ..all },
    }
}

/// Items of std that every module can name without importing them.
const PRELUDE: &[&str] = &[
    "std::boxed::Box",
    "std::convert::From",
    "std::option::Option",
    "std::option::Option::None",
    "std::option::Option::Some",
    "std::result::Result",
    "std::result::Result::Err",
    "std::result::Result::Ok",
    "std::string::String",
    "std::vec::Vec",
];
