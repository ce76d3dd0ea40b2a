//! Rust names for names and values of the database.
//!
//! SQL allows any text as a name; these functions turn any text into an identifier, and always into the same one. Keywords
//! are not escaped here: [`ident`] writes them as `r#type`.

use std::collections::{BTreeMap, BTreeSet};

use heck::{ToSnakeCase, ToUpperCamelCase};

/// The name of a field, parameter, function or module: `createdAt` is `created_at`, `1st` is `n1st`.
pub fn field(sql: &str) -> String {
    if is_snake_case(sql) { sql.to_owned() } else { start_with_letter(words(sql).to_snake_case(), 'n') }
}

/// Whether [`field`] would leave the name unchanged, as it does most names.
fn is_snake_case(sql: &str) -> bool {
    let is_word =
        |word: &str| !word.is_empty() && word.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9'));
    sql.starts_with(|c: char| c.is_ascii_lowercase()) && sql.split('_').all(is_word)
}

/// The name of a type: `organization_memberships` is `OrganizationMemberships`.
pub fn type_name(sql: &str) -> String {
    start_with_letter(words(sql).to_upper_camel_case(), 'N')
}

/// The name of an enum's variant: `in_progress` is `InProgress`, `A+` is `APlus`, the empty string is `Empty`.
pub fn variant(value: &str) -> String {
    type_name(value)
}

/// The names of fields of one struct: [`field`], made distinct.
pub fn fields<'a>(sql: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    distinct(sql.into_iter().map(|sql| (sql, field(sql))), "_", &[])
}

/// The names of variants of one enum: [`variant`], made distinct.
pub fn variants<'a>(values: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    distinct(values.into_iter().map(|value| (value, variant(value))), "", &[])
}

/// Makes names distinct by appending 2, 3, ... after `separator`, also from `reserved` ones.
///
/// A name that is an identifier already keeps it: of the columns `"a b"` and `a_b` the second is `a_b` in either order, so
/// that adding an odd name later renames nothing.
pub fn distinct<'a>(
    names: impl IntoIterator<Item = (&'a str, String)>,
    separator: &str,
    reserved: &[&str],
) -> Vec<String> {
    let names: Vec<(&str, String)> = names.into_iter().collect();
    let mut taken: BTreeSet<String> = reserved.iter().map(|name| (*name).to_owned()).collect();
    let mut distinct = vec![None; names.len()];
    for ((sql, name), chosen) in names.iter().zip(&mut distinct) {
        if sql == name && taken.insert(name.clone()) {
            *chosen = Some(name.clone());
        }
    }
    names
        .into_iter()
        .zip(distinct)
        .map(|((_, name), chosen)| {
            chosen.unwrap_or_else(|| {
                let suffixed = (2..).map(|number| format!("{name}{separator}{number}"));
                let free = std::iter::once(name.clone()).chain(suffixed).find(|name| !taken.contains(name));
                let free = free.expect("there are more numbers than names");
                taken.insert(free.clone());
                free
            })
        })
        .collect()
}

/// The names of types in use. Those of a module do not depend on other modules.
pub struct Taken {
    /// Names that are visible in all modules.
    shared: BTreeSet<String>,
    modules: BTreeMap<Vec<String>, BTreeSet<String>>,
}

impl Taken {
    /// These names are visible in all modules.
    pub fn new(shared: BTreeSet<String>) -> Self {
        Taken { shared, modules: BTreeMap::new() }
    }

    /// Takes a name in a module, or with `None` in all of them; if it is in use, the next free one with a number.
    pub fn take(&mut self, module: Option<&[String]>, name: String) -> String {
        let Some(module) = module else {
            let others = self.modules.values().flatten();
            let mut all = self.shared.iter().chain(others).cloned().collect();
            let free = unique(&mut all, name);
            self.shared.insert(free.clone());
            return free;
        };
        let own = self.modules.entry(module.to_vec()).or_default();
        let free = numbered(&name).find(|name| !self.shared.contains(name) && !own.contains(name));
        let free = free.expect("there are more numbers than names");
        own.insert(free.clone());
        free
    }
}

/// A name, and then the same with 2, 3, ...
fn numbered(name: &str) -> impl Iterator<Item = String> {
    std::iter::once(name.to_owned()).chain((2..).map(move |number| format!("{name}{number}")))
}

/// Takes a name, or if it is in use the next free one with a number.
pub fn unique(taken: &mut BTreeSet<String>, name: String) -> String {
    let free = numbered(&name).find(|name| !taken.contains(name));
    let free = free.expect("there are more numbers than names");
    taken.insert(free.clone());
    free
}

/// The singular for a table with a plural name: `media_items` is `media_item`, `content` is `content`.
///
/// Only the last word changes, by rules of English spelling; other words stay as they are.
pub fn singular(plural: &str) -> String {
    const ALIKE: [&str; 8] = ["series", "species", "news", "status", "address", "bus", "analysis", "basis"];
    let (start, word) =
        plural.rsplit_once('_').map_or(("", plural), |(start, word)| (&plural[..start.len() + 1], word));
    let stem = |end: &str| word.strip_suffix(end).filter(|stem| !stem.is_empty());
    let one = if ALIKE.contains(&word) || word.ends_with("ss") || word.ends_with("us") || word.ends_with("is")
    {
        word.to_owned()
    } else if word == "people" {
        "person".to_owned()
    } else if let Some(stem) = stem("ies").filter(|stem| stem.len() > 1) {
        format!("{stem}y")
    } else if let Some(stem) = ["sses", "shes", "ches", "xes", "zes", "uses"]
        .iter()
        .find(|end| word.ends_with(**end))
        .and(stem("es"))
    {
        stem.to_owned()
    } else {
        stem("s").unwrap_or(word).to_owned()
    };
    format!("{start}{one}")
}

/// A name as source code: raw if it is a keyword. The result is one identifier for any input.
pub fn ident(name: &str) -> String {
    let valid = name.chars().all(|c| c == '_' || is_name_char(c))
        && name.chars().any(|c| c != '_')
        && !name.starts_with(|c: char| c.is_ascii_digit());
    let name = if valid { name.to_owned() } else { field(name) };
    match name.as_str() {
        // These cannot be raw identifiers.
        "self" | "Self" | "super" | "crate" => format!("{name}_"),
        _ if KEYWORDS.contains(&name.as_str()) => format!("r#{name}"),
        _ => name,
    }
}

/// The words of a text, separated by spaces, in characters that identifiers can have.
fn words(text: &str) -> String {
    let mut words = String::new();
    for (at, c) in text.char_indices() {
        let inside = text[..at].contains(is_name_char) && text[at..].contains(is_name_char);
        if is_name_char(c) {
            words.push(c);
        } else if let Some(name) = symbol(c).filter(|_| !inside || c == '+' || c == '#') {
            words.extend([" ", name, " "]);
        } else {
            words.push(' ');
            if !c.is_ascii() {
                words.push_str(&format!("u{:x} ", u32::from(c)));
            }
        }
    }
    if text.is_empty() {
        return "empty".to_owned();
    }
    if words.trim().is_empty() {
        return text.chars().map(|c| format!("u{:x} ", u32::from(c))).collect();
    }
    words
}

/// The name of a symbol, for values that differ in symbols only, such as `A+` and `A-`.
fn symbol(c: char) -> Option<&'static str> {
    Some(match c {
        '+' => "plus",
        '-' => "minus",
        '*' => "star",
        '/' => "slash",
        '%' => "percent",
        '=' => "equal",
        '<' => "less",
        '>' => "greater",
        '!' => "not",
        '&' => "and",
        '|' => "or",
        '#' => "hash",
        '@' => "at",
        '$' => "dollar",
        '.' => "dot",
        ',' => "comma",
        ':' => "colon",
        ';' => "semicolon",
        '~' => "tilde",
        '^' => "caret",
        _ => return None,
    })
}

/// Whether the character is kept: ASCII, and letters of scripts in which every character of the range is allowed in an
/// identifier and is its own normal form, so that different names also differ to the Rust compiler.
fn is_name_char(c: char) -> bool {
    c.is_ascii_alphanumeric()
        || matches!(c,
            'À'..='Ö' | 'Ø'..='ö' | 'ø'..='ň' | 'Ŋ'..='ž' | 'Ș'..='ț'   // Latin
            | 'Έ'..='Ί' | 'Ό' | 'Ύ'..='Ρ' | 'Σ'..='ώ'                   // Greek
            | 'Ѐ'..='ҁ' | 'Ҋ'..='ԯ'                                     // Cyrillic
            | 'ぁ'..='ゖ' | 'ァ'..='ヺ' | '一'..='鿿' | '가'..='힣') // Kana, Han, Hangul
}

fn start_with_letter(name: String, letter: char) -> String {
    if name.starts_with(|c: char| c.is_ascii_digit()) { format!("{letter}{name}") } else { name }
}

/// All words that are or may become keywords in edition 2024.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn", "else",
    "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro",
    "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "static", "struct", "trait",
    "true", "try", "type", "typeof", "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: fn(&str) -> String, cases: &[(&str, &str)]) {
        for (sql, rust) in cases {
            assert_eq!(name(sql), *rust, "of {sql:?}");
        }
    }

    #[test]
    fn fields_are_snake_case() {
        check(
            field,
            &[
                ("created_at", "created_at"),
                ("createdAt", "created_at"),
                ("line_1", "line_1"),
                ("1st", "n1st"),
                ("a b", "a_b"),
                ("a-b", "a_b"),
                ("é", "é"),
                ("?column?", "column"),
                ("naïve größe", "naïve_größe"),
                ("cafe\u{301}", "cafe_u301"),
                ("x\"; drop", "x_drop"),
                ("🦀", "u1f980"),
                ("", "empty"),
                ("()", "u28_u29"),
                ("_", "u5f"),
                ("type", "type"),
            ],
        );
    }

    #[test]
    fn snake_case_stays() {
        for name in ["a", "created_at", "line_1", "v2_x9y", "a1b2", "x_1a_b"] {
            assert!(is_snake_case(name));
            assert_eq!(start_with_letter(words(name).to_snake_case(), 'n'), name);
        }
        for name in ["", "_a", "a_", "a__b", "1a", "aB", "é", "a b", "A"] {
            assert!(!is_snake_case(name), "{name:?}");
        }
    }

    #[test]
    fn types_and_variants_are_camel_case() {
        check(type_name, &[("email_send_status", "EmailSendStatus"), ("HTTP", "Http"), ("2fa", "N2fa")]);
        check(
            variant,
            &[
                ("in_progress", "InProgress"),
                ("n/a", "NA"),
                ("A+", "APlus"),
                ("A-", "AMinus"),
                ("c++", "CPlusPlus"),
                ("<=", "LessEqual"),
                ("-1", "Minus1"),
                ("", "Empty"),
                (" ", "U20"),
            ],
        );
    }

    #[test]
    fn tables_of_many_have_rows_of_one() {
        for (many, one) in [
            ("users", "user"),
            ("media_items", "media_item"),
            ("content", "content"),
            ("content_access", "content_access"),
            ("companies", "company"),
            ("addresses", "address"),
            ("boxes", "box"),
            ("statuses", "status"),
            ("news", "news"),
            ("s", "s"),
        ] {
            assert_eq!(singular(many), one);
        }
    }

    #[test]
    fn collisions_get_numbers_and_proper_names_stay() {
        assert_eq!(fields(["a b", "a-b", "a_b", "a_b_2"]), ["a_b_3", "a_b_4", "a_b", "a_b_2"]);
        assert_eq!(fields(["id", "id", "id"]), ["id", "id_2", "id_3"]);
        assert_eq!(variants(["v-12", "v12", "V 12"]), ["V12", "V122", "V123"]);
        assert_eq!(distinct([("db", "db".to_owned())], "_", &["db"]), ["db_2"]);
    }

    #[test]
    fn idents_are_always_one_identifier() {
        check(
            ident,
            &[
                ("type", "r#type"),
                ("self", "self_"),
                ("Self", "Self_"),
                ("crate", "crate_"),
                ("gen", "r#gen"),
                ("_", "u5f"),
                ("x: (), y", "x_y"),
                ("r#type", "r_hash_type"),
                ("", "empty"),
            ],
        );
    }
}
