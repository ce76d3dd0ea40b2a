//! Compares printed trees apart from the conditions in WHERE, to find out whether one statement is another with more
//! conditions. `analyse::covered` uses it for the variants of a query.

use std::collections::BTreeSet;
use std::ops::Range;

/// The text of a printed query, split into the conjuncts of WHERE and everything else.
///
/// Two queries with equal shapes have the same meaning. Positions and redundant fields, which `query` and `range` skip too,
/// are left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shape {
    /// The query without these conjuncts.
    pub frame: String,
    /// The conjuncts of each WHERE: first of subqueries in FROM, then of the query itself.
    pub conditions: Vec<BTreeSet<String>>,
}

impl Shape {
    /// Splits the output of `debug_print_parse`. `None` if it does not look as expected.
    pub fn of(tree: &str) -> Option<Shape> {
        let plain = plain(tree);
        let text = Text::new(plain.trim_end())?;
        let mut cuts = Vec::new();
        wheres(&text, text.whole()?, &mut cuts)?;
        let mut shape = Shape { frame: String::with_capacity(plain.len()), conditions: Vec::new() };
        let mut at = 0;
        for cut in cuts {
            shape.frame.push_str(&text.text[at..cut.start]);
            at = cut.end;
            let conjuncts = conjuncts(&text, cut)?.into_iter();
            shape.conditions.push(conjuncts.map(|conjunct| text.text[conjunct].to_owned()).collect());
        }
        shape.frame.push_str(&text.text[at..]);
        Some(shape)
    }
}

/// The fields that are left out: positions and redundant ones.
const LEFT_OUT: &[&str] = &[
    ":location",
    ":stmt_location",
    ":stmt_len",
    ":list_start",
    ":list_end",
    ":hasSubLinks",
    ":selectedCols",
];

/// The text on one line, without the fields that are left out.
///
/// A field is left out only if it has a value that such a field can have, since an alias could have the name of the field.
fn plain(tree: &str) -> String {
    // The server breaks a line at a space, which it removes.
    let line = tree.replace('\n', " ");
    let mut plain = String::with_capacity(line.len());
    let (mut copied, mut at) = (0, 0);
    while let Some(found) = line[at..].find(':') {
        let field = at + found;
        // An escaped space is part of a name.
        let begins = line[..field].ends_with(' ') && !line[..field].ends_with("\\ ");
        match after_left_out(&line[field..]).filter(|_| begins) {
            Some(after) => {
                plain.push_str(&line[copied..field - 1]);
                at = line.len() - after.len();
                copied = at;
            }
            None => at = field + 1,
        }
    }
    plain.push_str(&line[copied..]);
    plain
}

/// If a text begins with a field that is left out, the text after its value.
fn after_left_out(text: &str) -> Option<&str> {
    let name =
        LEFT_OUT.iter().find(|name| text.strip_prefix(**name).is_some_and(|after| after.starts_with(' ')))?;
    let value = &text[name.len() + 1..];
    let after = match value.strip_prefix("(b") {
        Some(numbers) => {
            numbers.trim_start_matches(|c: char| c.is_ascii_digit() || c == ' ').strip_prefix(')')?
        }
        None => {
            let (word, after) = value.split_at(value.find([' ', '}', ')']).unwrap_or(value.len()));
            let is_value = matches!(word, "true" | "false") || word.parse::<i64>().is_ok();
            is_value.then_some(after)?
        }
    };
    (after.is_empty() || after.starts_with([' ', '}', ')'])).then_some(after)
}

/// Finds the conditions of WHERE: of subqueries in FROM, then of the query itself.
fn wheres(text: &Text<'_>, query: Range<usize>, found: &mut Vec<Range<usize>>) -> Option<()> {
    let fields = text.fields(query, "QUERY")?;
    for entry in text.elements(value_of(&fields, ":rtable")?)? {
        // Older versions print it as `RTE`.
        let entry = text.fields(entry.clone(), "RANGETBLENTRY").or_else(|| text.fields(entry, "RTE"))?;
        if let Some(subquery) =
            value_of(&entry, ":subquery").filter(|value| text.starts_with(value, "{QUERY "))
        {
            wheres(text, subquery, found)?;
        }
    }
    let from = value_of(&fields, ":jointree")?;
    if !text.is(&from, "<>") {
        found.push(value_of(&text.fields(from, "FROMEXPR")?, ":quals")?);
    }
    Some(())
}

/// The conjuncts of a condition.
fn conjuncts(text: &Text<'_>, condition: Range<usize>) -> Option<Vec<Range<usize>>> {
    if text.is(&condition, "<>") {
        return Some(Vec::new());
    }
    match text.fields(condition.clone(), "BOOLEXPR") {
        Some(fields) if text.is(&value_of(&fields, ":boolop")?, "and") => {
            text.elements(value_of(&fields, ":args")?)
        }
        _ => Some(vec![condition]),
    }
}

/// A field of a node: its name, and the position of its value.
type Field<'t> = (&'t str, Range<usize>);

fn value_of(fields: &[Field<'_>], name: &str) -> Option<Range<usize>> {
    fields.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone())
}

/// A printed tree with the positions of its brackets.
struct Text<'t> {
    text: &'t str,
    /// The start and end of each node and list, ordered by start.
    groups: Vec<(usize, usize)>,
}

impl<'t> Text<'t> {
    fn new(text: &'t str) -> Option<Text<'t>> {
        let (mut groups, mut open) = (Vec::new(), Vec::new());
        let mut bytes = text.bytes().enumerate();
        while let Some((at, byte)) = bytes.next() {
            match byte {
                b'\\' => {
                    bytes.next();
                }
                b'{' | b'(' => {
                    open.push(groups.len());
                    groups.push((at, text.len()));
                }
                b'}' | b')' => groups[open.pop()?].1 = at + 1,
                _ => {}
            }
        }
        open.is_empty().then_some(Text { text, groups })
    }

    /// The whole text, if it is one value.
    fn whole(&self) -> Option<Range<usize>> {
        self.value(0).filter(|value| value.end == self.text.len())
    }

    fn is(&self, value: &Range<usize>, text: &str) -> bool {
        self.text[value.clone()] == *text
    }

    fn starts_with(&self, value: &Range<usize>, text: &str) -> bool {
        self.text[value.clone()].starts_with(text)
    }

    /// The value that begins at a position: a node, a list or a word.
    fn value(&self, start: usize) -> Option<Range<usize>> {
        if let Ok(group) = self.groups.binary_search_by_key(&start, |(start, _)| *start) {
            return Some(start..self.groups[group].1);
        }
        let mut bytes = self.text.bytes().enumerate().skip(start);
        let end = loop {
            match bytes.next() {
                Some((_, b'\\')) => {
                    bytes.next();
                }
                Some((at, b' ' | b'{' | b'}' | b'(' | b')')) => break at,
                Some(_) => {}
                None => break self.text.len(),
            }
        };
        (end > start).then_some(start..end)
    }

    /// The consecutive values in a part of the text.
    fn values(&self, part: Range<usize>) -> Option<Vec<Range<usize>>> {
        let (mut values, mut at) = (Vec::new(), part.start);
        while at < part.end {
            if self.text.as_bytes()[at] == b' ' {
                at += 1;
                continue;
            }
            let value = self.value(at).filter(|value| value.end <= part.end)?;
            at = value.end;
            values.push(value);
        }
        Some(values)
    }

    /// The fields of a node with this tag. Each has one value, whatever it looks like.
    fn fields(&self, node: Range<usize>, tag: &str) -> Option<Vec<Field<'t>>> {
        let inside = self.text[node.clone()].strip_prefix('{')?.strip_prefix(tag)?.strip_suffix('}')?;
        let start = node.start + 1 + tag.len();
        let values = self.values(start..start + inside.len())?;
        let pairs = values.chunks(2).map(|pair| match pair {
            [name, value] => Some((&self.text[name.clone()], value.clone())),
            _ => None,
        });
        let fields: Vec<_> = pairs.collect::<Option<_>>()?;
        fields.iter().all(|(name, _)| name.starts_with(':')).then_some(fields)
    }

    /// The nodes of a list.
    fn elements(&self, list: Range<usize>) -> Option<Vec<Range<usize>>> {
        if self.is(&list, "<>") {
            return Some(Vec::new());
        }
        let inside = self.text[list.clone()].strip_prefix('(')?.strip_suffix(')')?;
        let elements = self.values(list.start + 1..list.start + 1 + inside.len())?;
        elements.iter().all(|element| self.starts_with(element, "{")).then_some(elements)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(conditions: &str, location: &str) -> String {
        format!(
            "{{QUERY :commandType 1 :hasSubLinks false :rtable (\n{{RTE :eref {{ALIAS :aliasname a :colnames (\"x\")}} \
             :rtekind 0 :selectedCols (b 8 9)}}) :jointree {{FROMEXPR :fromlist ({{RANGETBLREF :rtindex 1}}) \
             :quals {conditions}}} :stmt_location {location} :stmt_len 7}}\n"
        )
    }

    #[track_caller]
    fn shape(text: &str) -> Shape {
        Shape::of(text).expect("it looks as expected")
    }

    #[test]
    fn places_make_no_difference_and_conditions_come_apart() {
        let one = shape(&query("{A :location 7}", "0"));
        let other = shape(&query(
            "{BOOLEXPR :boolop and :args ({A :location 3} {B\n:x ({C :location -1})}) :location 3}",
            "12",
        ));
        assert_eq!(one.frame, other.frame);
        assert_eq!(one.conditions, [BTreeSet::from(["{A}".to_owned()])]);
        assert_eq!(other.conditions, [BTreeSet::from(["{A}".to_owned(), "{B :x ({C})}".to_owned()])]);
        assert_eq!(shape(&query("<>", "0")).conditions, [BTreeSet::new()]);
        let arms = shape(&query("{BOOLEXPR :boolop or :args ({A} {B}) :location 3}", "0"));
        assert_eq!(arms.conditions[0].len(), 1);
    }

    #[test]
    fn what_only_looks_like_a_place_stays() {
        for text in [
            ":x \\:location 5",
            ":aliasname a\\ :location\\ 5",
            ":aliasname :location :colnames",
            ":location x5",
        ] {
            let text = format!("{{ALIAS {text}}}");
            assert_eq!(plain(&text), text);
        }
        assert_eq!(plain("{A :location 5} {B :selectedCols (b 1 2) :location -1 :c 1}"), "{A} {B :c 1}");
        assert_eq!(plain("{A :selectedCols (b 1 é)}"), "{A :selectedCols (b 1 é)}");
    }

    #[test]
    fn what_is_no_tree_has_no_shape() {
        for text in
            ["", "{", "}", "{QUERY", "{QUERY :rtable}", "{A :x 1}", "<>", "{QUERY :rtable <> :jointree (\\"]
        {
            assert_eq!(Shape::of(text), None, "{text}");
        }
        let good = query("{A}", "0");
        assert_eq!(Shape::of(&format!("{good} {good}")), None);
        assert_eq!(Shape::of(&good.replacen('(', "", 1)), None);
    }
}
