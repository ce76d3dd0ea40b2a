//! The places of entries in the text of a query, for messages. The server's trees do not have them, so the names of the
//! entries are looked up in the text, in the order of the tree.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use super::arena::{Arena, Container, LevelId};
use super::terms::EntryId;
use crate::parse::lex::{Token, TokenKind, tokens};
use crate::schema::Schema;
use crate::tree::{Command, Expr, From, FromItem, Query, RangeKind, SetOperation, walk};

/// The place of each entry that names a table, a view, a CTE or a function, as a byte offset in the statement's text.
pub(super) fn places(arena: &Arena<'_>, text: &str, root: LevelId) -> BTreeMap<EntryId, usize> {
    let query = arena.levels[root].query;
    let mut order = Order { schema: arena.schema, names: Vec::new() };
    order.query(query);
    let mut at: BTreeMap<*const RangeKind, usize> = BTreeMap::new();
    let mut left: HashMap<String, VecDeque<usize>> = HashMap::new();
    for (name, offset) in candidates(text) {
        left.entry(name).or_default().push_back(offset);
    }
    for (kind, name) in &order.names {
        if let Some(offset) = left.get_mut(*name).and_then(VecDeque::pop_front) {
            at.insert(*kind, offset);
        }
    }
    let mut found = BTreeMap::new();
    for level in &arena.levels {
        for (index, entry) in level.entries.iter().enumerate() {
            if let Some(range) = level.query.range(index + 1)
                && let Some(offset) = at.get(&std::ptr::from_ref(&range.kind))
            {
                found.insert(*entry, *offset);
            }
        }
    }
    // An entry in a view or in the body of a function has the place where that is named.
    for entry in 0..arena.entries.len() {
        let mut around = entry;
        let mut met = BTreeSet::new();
        while !found.contains_key(&around) && met.insert(around) {
            match arena.levels[arena.entries[around].level].container {
                Container::Entry(outer) => around = outer,
                Container::Nothing | Container::Expression(_) => break,
            }
        }
        if let Some(offset) = found.get(&around).copied() {
            found.insert(entry, offset);
        }
    }
    found
}

/// The words of a text that can be the name of an entry, with their offsets.
fn candidates(text: &str) -> Vec<(String, usize)> {
    let solid: Vec<Token> = tokens(text).filter(|token| !token.is_gap()).collect();
    let is_name = |token: &Token| matches!(token.kind, TokenKind::Word | TokenKind::QuotedName);
    let mut found = Vec::new();
    for (index, token) in solid.iter().enumerate().filter(|(_, token)| is_name(token)) {
        let follows_dot = index > 0 && solid[index - 1].is_mark(text, ".");
        let precedes_dot = solid.get(index + 1).is_some_and(|next| next.is_mark(text, "."));
        if precedes_dot {
            continue;
        }
        // In `schema.table` the word before the schema decides.
        let before = if follows_dot { index.checked_sub(3) } else { index.checked_sub(1) };
        let Some(before) = before.map(|before| solid[before]) else { continue };
        let opens = ["from", "join", "into", "update", "using", "only", "table", "lateral"]
            .iter()
            .any(|word| before.is_word(text, word))
            || before.is_mark(text, ",")
            || before.is_mark(text, "(");
        if opens {
            let word = token.text(text);
            let name = match word.strip_prefix('"').and_then(|word| word.strip_suffix('"')) {
                Some(quoted) => quoted.replace("\"\"", "\""),
                None => word.to_lowercase(),
            };
            found.push((name, token.start));
        }
    }
    found
}

/// Collects the names of entries in the order of the text.
struct Order<'q> {
    schema: &'q Schema,
    names: Vec<(*const RangeKind, &'q str)>,
}

impl<'q> Order<'q> {
    fn query(&mut self, query: &'q Query) {
        for cte in &query.ctes {
            self.query(&cte.query);
        }
        if query.command != Command::Select {
            self.target(query);
        }
        for target in &query.targets {
            if query.command == Command::Select || query.command == Command::Update {
                self.expr(&target.expr);
            }
        }
        match &query.set_operation {
            Some(operation) => self.arms(query, operation),
            None => self.from(query, &query.from),
        }
        for action in &query.merge_actions {
            action.condition.iter().for_each(|condition| self.expr(condition));
            action.targets.iter().for_each(|target| self.expr(&target.expr));
        }
        if query.command == Command::Insert {
            query.targets.iter().for_each(|target| self.expr(&target.expr));
        }
        if let Some(conflict) = &query.on_conflict {
            conflict.set.iter().for_each(|target| self.expr(&target.expr));
            conflict.filter.iter().for_each(|filter| self.expr(filter));
        }
        query.returning.iter().for_each(|target| self.expr(&target.expr));
        query.having.iter().for_each(|having| self.expr(having));
        query.limit.iter().chain(&query.offset).for_each(|expr| self.expr(expr));
    }

    fn target(&mut self, query: &'q Query) {
        if let Some(range) = query.result_relation.and_then(|index| query.range(index)) {
            self.named(range);
        }
    }

    fn arms(&mut self, query: &'q Query, operation: &SetOperation) {
        match operation {
            SetOperation::Leaf(index) => self.entry(query, *index),
            SetOperation::Node { left, right, .. } => {
                self.arms(query, left);
                self.arms(query, right);
            }
        }
    }

    fn from(&mut self, query: &'q Query, from: &'q From) {
        for item in &from.items {
            self.item(query, item);
        }
        from.quals.iter().for_each(|quals| self.expr(quals));
    }

    fn item(&mut self, query: &'q Query, item: &'q FromItem) {
        match item {
            FromItem::Range(index) if query.result_relation == Some(*index) => {}
            FromItem::Range(index) => self.entry(query, *index),
            FromItem::Join(join) => {
                self.item(query, &join.left);
                self.item(query, &join.right);
                join.quals.iter().for_each(|quals| self.expr(quals));
            }
            FromItem::Nested(from) => self.from(query, from),
            FromItem::Opaque(_) => {}
        }
    }

    fn entry(&mut self, query: &'q Query, index: usize) {
        let Some(range) = query.range(index) else { return };
        self.named(range);
        if let RangeKind::Subquery(subquery) = &range.kind {
            self.query(subquery);
        }
        if let RangeKind::Values(rows) = &range.kind {
            rows.iter().flatten().for_each(|expr| self.expr(expr));
        }
        if let RangeKind::Function { functions, .. } = &range.kind {
            functions.iter().for_each(|(function, _)| self.expr(function));
        }
    }

    fn named(&mut self, range: &'q crate::tree::RangeEntry) {
        let name = match &range.kind {
            RangeKind::Relation { table, .. } => self.schema.table(*table).map(|table| table.name.as_str()),
            RangeKind::Cte { name, .. } => Some(name.as_str()),
            RangeKind::Function { functions, .. } => match functions.as_slice() {
                [(Expr::Function { call, .. }, _), ..] => {
                    self.schema.functions.get(&call.function).map(|function| function.name.as_str())
                }
                _ => None,
            },
            RangeKind::Subquery(_)
            | RangeKind::Join { .. }
            | RangeKind::TableFunction(_)
            | RangeKind::Values(_)
            | RangeKind::Result
            | RangeKind::Group(_)
            | RangeKind::Opaque(_) => return,
        };
        let name = name.unwrap_or(&range.name);
        self.names.push((std::ptr::from_ref(&range.kind), name));
    }

    fn expr(&mut self, expr: &'q Expr) {
        walk::sublinks(expr, &mut |sublink| self.query(&sublink.query));
    }
}
