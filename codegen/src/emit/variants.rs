//! Generates what queries with marks need: the enum of their orders, the parts of their text, and the code that chooses
//! one of their texts.

use heck::ToSnakeCase;

use super::module::Module;
use super::print::{Doc, Style};
use super::text::{code, literal};
use crate::infer::names::{ident, variants};
use crate::infer::{Choice, RustType, Signature, SqlPart};
use crate::parse::When;
use crate::prove::Proven;

/// The name of the enum of a query's orders.
pub(super) fn sort_enum(query: &Proven) -> Option<&str> {
    let given = &query.signature().choice.as_ref()?.given;
    given.iter().find_map(|param| match &param.rust {
        RustType::Sort(name) => Some(&**name),
        _ => None,
    })
}

/// Writes the enum of a query's orders, the default first.
pub(super) fn write_sorts(m: &mut Module<'_>, query: &Proven, function: &str) {
    let (Some(choice), Some(name)) = (&query.signature().choice, sort_enum(query)) else { return };
    let sorts = choice.sorts.iter().map(String::as_str);
    let names = variants(sorts);
    let derives = m.derives().join(", ");
    let is_snake = choice.sorts.iter().zip(&names).all(|(sort, name)| name.to_snake_case() == *sort);
    m.out.line("");
    m.out.line(format!("/// The order in which [`{}`] returns its rows.", ident(function)));
    m.out.line(format!("#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, {derives})]"));
    if is_snake {
        m.out.line("#[serde(rename_all = \"snake_case\")]");
    }
    m.out.block(format!("pub enum {} {{", ident(name)), "}", |out| {
        for (index, (sort, variant)) in choice.sorts.iter().zip(&names).enumerate() {
            let parts = choice.parts.iter().filter(|part| part.when == When::Sorted(index));
            let text: Vec<&str> = parts.flat_map(|part| part.text.split_whitespace()).collect();
            let written =
                query.decl().sql.params.iter().enumerate().rev().fold(
                    text.join(" "),
                    |text, (index, param)| {
                        text.replace(&format!("${}", index + 1), &format!(":{}", param.name))
                    },
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

/// The part that every text begins with, for `Query::new`, and the other parts, for `Query::with`.
pub(super) fn parts(m: &mut Module<'_>, parts: &[SqlPart]) -> (String, Option<Doc>) {
    let (first, rest) = match parts.split_first() {
        Some((first, rest)) if first.when == When::Always => (first.text.clone(), rest),
        _ => (String::new(), parts),
    };
    if rest.is_empty() {
        return (first, None);
    }
    let part = m.name("sqlward::Part");
    let docs = rest.iter().map(|piece| {
        let text = literal(&piece.text);
        let list = |numbers: Vec<String>| format!("&[{}]", numbers.join(", "));
        let params = list(piece.params.iter().map(|param| (param + 1).to_string()).collect());
        match piece.when {
            When::Always => format!("{part}::always({text})"),
            When::Given(condition) => format!("{part}::given({condition}, {text}, {params})"),
            When::Sorted(_) if piece.text.is_empty() => format!("{part}::never({params})"),
            When::Sorted(sort) => format!("{part}::sorted({sort}, {text}, {params})"),
            When::After(sort) => {
                let columns = list(piece.columns.iter().map(usize::to_string).collect());
                format!("{part}::after({sort}, {text}, {params}, {columns})")
            }
        }
    });
    (first, Some(Doc::texts(".with(&[", docs, "])")))
}

/// The statement that says which conditions of the query are given: `let given = [params.status.is_some()];`. `argument`
/// gives the expression of the caller's argument for a name.
pub(super) fn given(choice: &Choice, argument: impl Fn(&str) -> String) -> Option<Vec<Doc>> {
    let is_flag = |name: &str| choice.given.iter().any(|flag| flag.name == name && flag.pg_type == "bool");
    let given = |name: &String| match is_flag(name) {
        true => argument(name),
        false => format!("{}.is_some()", argument(name)),
    };
    let condition = |names: &Vec<String>| names.iter().map(given).collect::<Vec<_>>().join(" && ");
    let conditions = Doc::texts("[", choice.conditions.iter().map(condition), "]").styled(Style::Filled);
    let code = vec![Doc::text("let given = "), conditions, Doc::text(";")];
    (!choice.conditions.is_empty()).then_some(code)
}

/// For a query with several texts the expression of the one that a call runs, and for a page with a total that of the
/// statement that counts: `QUERY.variant(&given, params.sort as usize)`.
pub(super) fn texts(
    signature: &Signature,
    argument: impl Fn(&str) -> String,
) -> Option<(String, Option<String>)> {
    let choice = signature.choice.as_ref();
    if choice.is_none() && signature.total.is_none() {
        return None;
    }
    let given = match choice {
        Some(choice) if !choice.conditions.is_empty() => "&given",
        _ => "&[]",
    };
    let sort = match choice {
        Some(choice) if !choice.sorts.is_empty() => format!("{} as usize", argument("sort")),
        _ => "0".to_owned(),
    };
    let total = signature.total.as_ref().map(|_| format!("TOTAL.variant({given}, 0)"));
    Some((format!("QUERY.variant({given}, {sort})"), total))
}
