//! The order of a scope's roles: a role is weaker than another if its guard follows from the guard of the other.

use super::{Guard, Policy};
use crate::infer::ScopeType;
use crate::prove::arena::{Arena, Container};
use crate::schema::{Schema, Table};
use crate::tree::{Command, From, FromItem, Query, RangeEntry, RangeKind};

impl Policy {
    /// Sets for each role which other roles are weaker.
    pub fn order_roles(&self, schema: &Schema, scopes: &mut [ScopeType]) {
        for scope in scopes {
            let (Some(types), Some(policy)) = (&mut scope.membership, self.scope(&scope.scope)) else {
                continue;
            };
            let Some(membership) = &policy.membership else { continue };
            let Some(table) = schema.table(membership.table) else { continue };
            let roles = &membership.roles;
            let follows = |strong: usize, weak: usize| {
                self.implies(schema, table, &roles[strong].guard, &roles[weak].guard)
            };
            let weaker_than = |strong: usize| -> Vec<usize> {
                // Of two roles with equivalent guards the first counts as weaker.
                let is_weaker = |weak: &usize| {
                    *weak != strong && follows(strong, *weak) && (*weak < strong || !follows(*weak, strong))
                };
                (0..roles.len()).filter(is_weaker).collect()
            };
            let weaker: Vec<_> = (0..roles.len()).map(weaker_than).collect();
            for (role, own) in types.roles.iter_mut().zip(&weaker) {
                role.weaker.clone_from(own);
                role.weaker.sort_by_key(|weak| weaker[*weak].len());
            }
        }
    }

    /// Whether each row that meets one guard meets the other.
    fn implies(&self, schema: &Schema, table: &Table, strong: &Guard, weak: &Guard) -> bool {
        let entry = RangeEntry {
            kind: RangeKind::Relation {
                table: table.oid,
                relkind: table.kind,
                inherited: true,
                sample: None,
            },
            alias: None,
            name: table.name.clone(),
            column_names: table.columns.iter().map(|column| column.name.clone()).collect(),
            lateral: false,
            in_from: true,
        };
        let query = Query {
            command: Command::Select,
            range_table: vec![entry],
            from: From { items: vec![FromItem::Range(1)], quals: strong.expr.clone() },
            ..Query::default()
        };
        let mut arena = Arena::new(schema, self);
        let level = arena.build(&query, None, Container::Nothing, None, false);
        let entry = arena.levels[level].entries[0];
        let context = arena.context(&arena.levels[level].facts);
        arena.follows(weak, entry, &context)
    }
}
