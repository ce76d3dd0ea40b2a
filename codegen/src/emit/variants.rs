//! Queries with marks: the enum of their sorts, the parts of their text, and how one text is chosen.

use heck::ToSnakeCase;

use super::module::Module;
use super::print::{Doc, Style};
use super::text::{code, literal};
use super::types::serde_derives;
use crate::infer::names::{ident, variants};
use crate::infer::{Choice, RustType};
use crate::parse::When;
use crate::prove::Proven;

/// The name of the enum of a query's sorts.
pub(super) fn sort_enum(query: &Proven) -> Option<&str> {
    let given = &query.signature().choice.as_ref()?.given;
    given.iter().find_map(|param| match &param.rust {
        RustType::Sort(name) => Some(&**name),
        _ => None,
    })
}

/// Writes the enum of the sorts, the default first.
pub(super) fn write_sorts(m: &mut Module<'_>, query: &Proven, function: &str) {
    let (Some(choice), Some(name)) = (&query.signature().choice, sort_enum(query)) else { return };
    let sorts = choice.sorts.iter().map(String::as_str);
    let names = variants(sorts);
    let serde = serde_derives(m).join(", ");
    let is_snake = choice.sorts.iter().zip(&names).all(|(sort, name)| name.to_snake_case() == *sort);
    m.out.line("");
    m.out.line(format!("/// The orders of [`{}`].", ident(function)));
    m.out.line(format!("#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, {serde})]"));
    if is_snake {
        m.out.line("#[serde(rename_all = \"snake_case\")]");
    }
    m.out.block(format!("pub enum {} {{", ident(name)), "}", |out| {
        for (index, (sort, variant)) in choice.sorts.iter().zip(&names).enumerate() {
            let parts = choice.parts.iter().filter(|part| part.when == When::Sorted(index));
            let text: Vec<&str> = parts.flat_map(|part| part.text.split_whitespace()).collect();
            let written = query.decl().sql.params.iter().enumerate().rev().fold(
                text.join(" "),
                |text, (index, param)| text.replace(&format!("${}", index + 1), &format!(":{}", param.name)),
            );
            out.line(format!("/// {}", code(&written)));
            if index == 0 {
                out.line("#[default]");
            }
            if !is_snake && variant != sort {
                out.line(format!("#[serde(rename = {})]", literal(sort)));
            }
            out.line(format!("{},", ident(variant)));
        }
    });
}

/// The text that a query with marks always begins with, and its other parts, as `Query::new` and `with` take them.
pub(super) fn parts(m: &mut Module<'_>, choice: &Choice) -> (String, Doc) {
    let (first, rest) = match choice.parts.split_first() {
        Some((first, rest)) if first.when == When::Always => (first.text.clone(), rest),
        _ => (String::new(), &choice.parts[..]),
    };
    let part = m.name("sqlward::Part");
    let docs = rest.iter().map(|piece| {
        let text = literal(&piece.text);
        let params: Vec<String> = piece.params.iter().map(|param| (param + 1).to_string()).collect();
        let params = params.join(", ");
        match piece.when {
            When::Always => format!("{part}::always({text})"),
            When::Given(condition) => format!("{part}::given({condition}, {text}, &[{params}])"),
            When::Sorted(sort) => format!("{part}::sorted({sort}, {text}, &[{params}])"),
        }
    });
    (first, Doc::texts(".with(&[", docs, "])"))
}

/// `QUERY.variant(&[params.status.is_some()], params.sort as usize)`; `argument` gives the expression of what the
/// caller gives under a name.
pub(super) fn chosen(choice: &Choice, argument: impl Fn(&str) -> String) -> Vec<Doc> {
    let is_flag = |name: &str| choice.given.iter().any(|flag| flag.name == name && flag.pg_type == "bool");
    let given = |name: &String| match is_flag(name) {
        true => argument(name),
        false => format!("{}.is_some()", argument(name)),
    };
    let condition = |names: &Vec<String>| names.iter().map(given).collect::<Vec<_>>().join(" && ");
    let conditions = Doc::texts("&[", choice.conditions.iter().map(condition), "]").styled(Style::Filled);
    let sort = if choice.sorts.is_empty() { "0".to_owned() } else { format!("{} as usize", argument("sort")) };
    vec![Doc::text("QUERY.variant"), Doc::list("(", vec![conditions, Doc::text(sort)], ")")]
}
