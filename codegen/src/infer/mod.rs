//! What PostgreSQL does not report: nullability, ids, enums, cardinality, read-only, row structs, signatures.

pub mod cardinality;
mod catalog;
mod copy;
mod dimensions;
mod failing_writes;
mod findings;
mod items;
mod keys;
pub mod names;
mod nested;
pub mod nullability;
mod objects;
mod order;
mod overrides;
mod params;
mod read_only;
mod rows;
mod rust_type;
pub(crate) mod same;
mod scopes;
mod signature;
mod trace;
mod types;
mod unify;
mod variants;

use std::collections::BTreeMap;

pub use catalog::*;
pub use overrides::apply_overrides;
pub use rust_type::*;
use scopes::TokenScope;
pub(crate) use unify::values_help;

use crate::analyse::Analysed;
use crate::diagnostics::Diagnostics;
use crate::parallel;
use crate::parse::{QueryDecl, ScopeDecl};
use crate::project::Config;
use crate::schema::{Schema, Table};
use crate::tree::Query;
use keys::Meanings;
use rows::TableShape;
use signature::{Draft, Structs};
use types::Types;

/// What is known from the schema and the configuration.
pub struct Knowledge<'a> {
    schema: &'a Schema,
    meanings: Meanings,
    scopes: Vec<TokenScope>,
    type_overrides: BTreeMap<String, String>,
    soft_delete: Option<String>,
}

impl<'a> Knowledge<'a> {
    /// Derives the ids and enums of a schema, and the tokens of the configured scopes.
    pub fn new(diagnostics: &mut Diagnostics, schema: &'a Schema, config: &Config) -> Self {
        let mut meanings = Meanings::of(schema, overrides::columns(schema, config));
        let type_overrides = overrides::types(diagnostics, schema, config);
        let mut types = Types::new(schema, &meanings, &type_overrides);
        let scopes = scopes::scopes(diagnostics, config, schema, &meanings, &mut types);
        // A row must not have the name of a token.
        meanings.taken.extend(scopes.iter().flat_map(|scope| scope.token.names()).map(str::to_owned));
        let soft_delete = config.soft_delete.column.as_ref().map(|column| column.value.clone());
        Knowledge { schema, meanings, scopes, type_overrides, soft_delete }
    }

    /// The schema.
    pub fn schema(&self) -> &'a Schema {
        self.schema
    }

    /// What is wrong with the literals in a condition of the configuration, each with help.
    pub(crate) fn impossible_literals(&self, condition: &Query) -> Vec<(String, String)> {
        let found = unify::impossible_literals(self.schema, &self.meanings, condition);
        found.into_iter().map(|literal| (literal.message, literal.help)).collect()
    }

    /// The types of the parameters that the claimed scopes of a query fill.
    pub fn scope_types(&self, decl: &QueryDecl) -> BTreeMap<String, u32> {
        let Some(ScopeDecl::Claimed(claimed)) = &decl.scope else { return BTreeMap::new() };
        let claimed = |scope: &&TokenScope| claimed.iter().any(|name| name.scope.value == scope.token.scope);
        let filled = self.scopes.iter().filter(claimed);
        filled.map(|scope| (scope.token.param.clone(), scope.parameter_type)).collect()
    }
}

/// Infers everything about the queries that the server does not report.
///
/// Reports columns without a Rust type, contradictory meanings, overrides that name nothing, literals outside their enum.
pub fn infer(
    diagnostics: &mut Diagnostics,
    knowledge: &Knowledge<'_>,
    analysed: Vec<Analysed>,
) -> Catalog<Typed> {
    let Knowledge { schema, meanings, .. } = knowledge;
    let mut types = Types::new(schema, meanings, &knowledge.type_overrides);
    let drafts = drafts(diagnostics, knowledge, &mut types, &analysed);
    let tables = table_shapes(knowledge, &mut types);
    let (composites, taken) = types.finish();
    let (signatures, columns): (Vec<_>, Vec<_>) =
        drafts.into_iter().map(|draft| (draft.signature, draft.row)).unzip();
    let found =
        rows::rows(diagnostics, &tables, taken, analysed.iter().map(|query| &*query.decl).zip(columns));
    let mut structs = Structs::of(&found.structs, &found.aliases);
    let signatures: Vec<_> = analysed
        .iter()
        .zip(signatures)
        .zip(found.rows)
        .map(|((query, signature), row)| signature::finish(signature, &query.decl, row, &mut structs))
        .collect();
    for (query, signature) in analysed.iter().zip(&signatures) {
        findings::taken_names(diagnostics, &query.decl, signature);
    }
    let queries = analysed
        .into_iter()
        .zip(signatures)
        .map(|(query, signature)| Typed {
            variants: query
                .variants
                .into_iter()
                .map(|(variant, text)| TypedVariant { variant, decl: text.decl, tree: text.tree })
                .collect(),
            covered: query.covered,
            decl: query.decl,
            tree: query.tree,
            signature,
        })
        .collect();
    Catalog {
        ids: meanings.ids.values().cloned().collect(),
        enums: meanings.enums.values().cloned().collect(),
        composites,
        scopes: knowledge.scopes.iter().map(|scope| scope.token.clone()).collect(),
        rows: found.structs,
        aliases: found.aliases,
        constraints: constraints(schema),
        queries,
    }
}

/// Drafts the signatures, on several threads that each have their own types. A query that needs a composite, whose name
/// depends on those before it, is drafted again afterwards, in order.
fn drafts(
    diagnostics: &mut Diagnostics,
    knowledge: &Knowledge<'_>,
    types: &mut Types<'_>,
    analysed: &[Analysed],
) -> Vec<Draft> {
    let draft = |types: &mut Types<'_>, query: &Analysed| {
        let mut found = Diagnostics::default();
        (variants::draft(&mut found, knowledge, types, query), found)
    };
    let drafted = parallel::map(analysed, |query| {
        let mut own = Types::new(knowledge.schema, &knowledge.meanings, &knowledge.type_overrides);
        let drafted = draft(&mut own, query);
        (!own.has_taken()).then_some(drafted)
    });
    let drafted = analysed.iter().zip(drafted).map(|(query, drafted)| {
        let (drafted, found) = drafted.unwrap_or_else(|| draft(types, query));
        diagnostics.extend(found);
        drafted
    });
    drafted.collect()
}

/// The rows of whole tables and views. One with a column that has no Rust type has no struct; queries that select that
/// column report it.
fn table_shapes(knowledge: &Knowledge<'_>, types: &mut Types<'_>) -> Vec<TableShape> {
    let mut tables: Vec<_> = knowledge.schema.tables.values().filter(|table| table.is_relation()).collect();
    tables.sort_by_key(|table| (!table.visible, &table.schema, &table.name));
    let shapes: Vec<_> = tables
        .into_iter()
        .filter_map(|table| Some((table, signature::table_columns(knowledge, types, table)?)))
        .collect();
    let names =
        shapes.iter().map(|(table, _)| names::type_name(&names::singular(&table.name))).collect::<Vec<_>>();
    shapes
        .into_iter()
        .zip(names)
        .map(|((table, columns), name)| TableShape { name: types.take(name), docs: docs_of(table), columns })
        .collect()
}

fn docs_of(table: &Table) -> Vec<String> {
    let mut docs = vec![format!("A row of `{}`.", table.display_name())];
    if let Some(comment) = &table.comment {
        docs.push(String::new());
        docs.extend(comment.lines().map(str::to_owned));
    }
    docs
}

/// All constraint names of a schema. A name that several tables use is one variant.
fn constraints(schema: &Schema) -> Vec<Constraint> {
    let mut tables: Vec<_> = schema.tables.values().collect();
    tables.sort_by_key(|table| (&table.schema, &table.name));
    let mut found: BTreeMap<&str, String> = BTreeMap::new();
    for table in tables {
        for name in &table.constraint_names {
            found.entry(name).or_insert_with(|| table.display_name());
        }
    }
    let variants = names::variants(found.keys().copied());
    let named = found.iter().zip(variants);
    named
        .map(|((name, table), variant)| Constraint {
            name: (*name).to_owned(),
            variant,
            table: table.clone(),
        })
        .collect()
}
