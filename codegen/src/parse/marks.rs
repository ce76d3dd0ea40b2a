//! The `--?` marks of a statement: optional lines, and alternative orders.
//!
//! `and c.status = :status  --? status` is sent when `status` is given. `order by c.title, c.id  --? sort title` is sent when
//! that order is chosen. The default order stands in the text, and the others in comments, so that `psql` runs the
//! statement as it is: `-- order by c.title, c.id  --? sort title`.

use std::collections::BTreeSet;

use super::fragments::Fragments;
use super::lex::{Lexer, Token, TokenKind};
use super::line::{ANNOTATION, Line, Parsed, check_name, problem};
use super::{Condition, MarkName, Marks, When};
use crate::diagnostics::{Diagnostic, nearest};
use crate::source::{FileId, Span, Spanned};

/// A run of tokens that are sent together.
pub(super) struct Segment {
    pub tokens: Vec<Token>,
    pub when: When,
}

/// The maximum number of independent conditions, each of which is a bit in a variant's number.
pub(super) const MAX_CONDITIONS: usize = 24;

const HELP: &str = "write `--? name`, `--? name, other` or `--? sort name` at the end of a line of SQL";

/// Whether a comment is a mark, or an order that is commented out.
pub(super) fn is_mark(comment: &str) -> bool {
    comment.starts_with("--?") || alternative(comment).is_some()
}

/// In a commented-out order, the position of its mark.
fn alternative(comment: &str) -> Option<usize> {
    let at = comment.rfind("--?").filter(|at| *at > 0 && comment.starts_with("--"))?;
    let mut words = comment[at + 3..].split_whitespace();
    let is_sort = words.next() == Some("sort") && words.next().is_some() && words.next().is_none();
    is_sort.then_some(at)
}

/// A mark outside of any statement.
pub(super) fn stray(span: Span) -> Diagnostic {
    let help = "put the `;` on a line of its own after the last marked line";
    *problem(span, "this mark is outside a statement", help)
}

/// Splits a statement at its marked lines. The marks are removed; other comments stay.
pub(super) fn cut(
    file: FileId,
    source: &str,
    statement: &[Token],
    fragments: &mut Fragments,
) -> (Marks, Vec<Segment>, Vec<Diagnostic>) {
    let mut cutter = Cutter {
        file,
        source,
        marks: Marks::default(),
        segments: Vec::new(),
        current: Vec::new(),
        default_sort: None,
        found: Vec::new(),
    };
    for token in statement {
        let text = token.text(source);
        if token.kind != TokenKind::LineComment || !is_mark(text) {
            cutter.current.push(*token);
        } else if let Err(error) = cutter.mark(*token) {
            cutter.found.push(*error);
            cutter.current.push(*token);
        }
    }
    cutter.finish(fragments)
}

enum Mark {
    Given(Vec<Spanned<String>>),
    Sort(Spanned<String>),
}

struct Cutter<'a> {
    file: FileId,
    source: &'a str,
    marks: Marks,
    segments: Vec<Segment>,
    current: Vec<Token>,
    /// The active order.
    default_sort: Option<Spanned<String>>,
    found: Vec<Diagnostic>,
}

impl Cutter<'_> {
    fn mark(&mut self, comment: Token) -> Parsed<()> {
        let text = comment.text(self.source);
        let behind = alternative(text);
        let at = comment.start + behind.unwrap_or(0);
        let span = Span { file: self.file, start: at, end: comment.start + text.trim_end().len() };
        let mark = read(&mut Line::new(self.file, self.source, at + 3, comment.end))?;
        let mut line = self.take_line(comment, span)?;
        match self.marked(&mut line, comment, at, span, mark) {
            Ok(when) => {
                let mut before = std::mem::take(&mut self.current);
                // The marked line includes the line end before it.
                let is_idle =
                    |token: &mut Token| matches!(token.kind, TokenKind::Blank | TokenKind::LineComment);
                while before.pop_if(is_idle).is_some() {}
                self.segments
                    .extend([Segment { tokens: before, when: When::Always }, Segment { tokens: line, when }]);
                Ok(())
            }
            Err(error) => {
                // After an error the line stays, without the mark.
                self.current.append(&mut line);
                Err(error)
            }
        }
    }

    /// When a line is sent. Removes the blanks and comments between its SQL and the mark.
    fn marked(
        &mut self,
        line: &mut Vec<Token>,
        comment: Token,
        at: usize,
        span: Span,
        mark: Mark,
    ) -> Parsed<When> {
        let is_commented = at > comment.start;
        let mut commented = Vec::new();
        if is_commented {
            if line.iter().any(|token| !token.is_gap()) {
                return Err(problem(
                    span,
                    "this commented-out order follows SQL on the same line",
                    "put it on its own line",
                ));
            }
            // Blanks between the dashes and the SQL would be copied together with the dashes.
            let tokens = self.commented(comment.start + 2, at)?;
            commented.extend(tokens.into_iter().skip_while(|token| token.is_gap()));
        }
        if line.iter().chain(&commented).all(|token| token.is_gap()) {
            return Err(problem(span, "there is no SQL on this line to leave out", HELP));
        }
        let when = match mark {
            Mark::Given(names) => self.condition(names, span),
            Mark::Sort(name) => self.sort(name, !is_commented)?,
        };
        line.extend(commented);
        while line.pop_if(|token| token.is_gap()).is_some() {}
        Ok(when)
    }

    /// Takes the tokens of the line that ends with a comment, and the line end before it.
    fn take_line(&mut self, comment: Token, span: Span) -> Parsed<Vec<Token>> {
        let before = &self.source[..comment.start];
        let start = before.rfind(['\n', '\r']).map_or(0, |at| at + 1);
        let end_of_last = match before[..start].strip_suffix("\r\n") {
            Some(last) => last.len(),
            None => start.saturating_sub(1),
        };
        let index = self.current.partition_point(|token| token.end <= end_of_last);
        let mut line = self.current.split_off(index);
        if let Some(first) = line.first_mut().filter(|first| first.start < end_of_last) {
            if first.kind != TokenKind::Blank {
                self.current.append(&mut line);
                let message = "a marked line cannot begin inside a string or a comment";
                return Err(problem(span, message, "start it on its own line"));
            }
            self.current.push(Token { end: end_of_last, ..*first });
            first.start = end_of_last;
        }
        Ok(line)
    }

    /// The tokens of SQL that is commented out.
    fn commented(&self, start: usize, end: usize) -> Parsed<Vec<Token>> {
        let mut tokens = Vec::new();
        for token in Lexer::new(&self.source[..end], start) {
            let span = Span { file: self.file, start: token.start, end: token.end };
            let wrong = if token.is_mark(self.source, ";") {
                Some("a commented-out order cannot contain `;`")
            } else if token.kind == TokenKind::Param {
                Some("numbered parameters are not supported")
            } else {
                (!token.closed).then_some("this is not closed inside the comment")
            };
            match wrong {
                Some(message) => return Err(problem(span, message, HELP)),
                None => tokens.push(token),
            }
        }
        Ok(tokens)
    }

    fn condition(&mut self, names: Vec<Spanned<String>>, span: Span) -> When {
        let mut of_mark = BTreeSet::new();
        for name in names {
            let known = self.marks.names.iter().position(|known| known.name.value == name.value);
            of_mark.insert(known.unwrap_or(self.marks.names.len()));
            if known.is_none() {
                self.marks.names.push(MarkName { name, flag: true });
            }
        }
        let known = self.marks.conditions.iter().position(|known| known.names == of_mark);
        if known.is_none() {
            self.marks.conditions.push(Condition { names: of_mark, span });
        }
        When::Given(known.unwrap_or(self.marks.conditions.len() - 1))
    }

    fn sort(&mut self, name: Spanned<String>, in_text: bool) -> Parsed<When> {
        let known = self.marks.sorts.iter().position(|sort| sort.value == name.value);
        match &self.default_sort {
            Some(first) if in_text && first.value != name.value => {
                let message = "only one sort can be active: it is the default";
                let help = format!("comment this one out: `-- order by ...  --? sort {}`", name.value);
                return Err(Box::new(
                    problem(name.span, message, help).note(first.span, "this one is active"),
                ));
            }
            Some(first) if !in_text && first.value == name.value => {
                return Err(declared_twice(&name, first.span));
            }
            Some(_) => {}
            None if in_text && let Some(known) = known => {
                return Err(declared_twice(&name, self.marks.sorts[known].span));
            }
            None if in_text => self.default_sort = Some(name.clone()),
            None => {}
        }
        if known.is_none() {
            self.marks.sorts.push(name);
        }
        Ok(When::Sorted(known.unwrap_or(self.marks.sorts.len() - 1)))
    }

    fn finish(mut self, fragments: &mut Fragments) -> (Marks, Vec<Segment>, Vec<Diagnostic>) {
        while self.current.pop_if(|token| token.is_gap()).is_some() {}
        let rest = Segment { tokens: std::mem::take(&mut self.current), when: When::Always };
        self.segments.push(rest);
        self.segments.retain(|segment| !segment.tokens.is_empty());
        fragments.expand(self.file, self.source, &mut self.segments, &mut self.found);
        self.first_sort();
        self.find_flags();
        (self.marks, self.segments, self.found)
    }

    /// Moves the default order to the front.
    fn first_sort(&mut self) {
        let Some(first) = self.marks.sorts.first() else { return };
        let Some(default) = &self.default_sort else {
            let help = "leave one sort active as the default, and comment out the others";
            self.found.push(*problem(first.span, "no sort is active: all are commented out", help));
            return;
        };
        let at = self.marks.sorts.iter().position(|sort| sort.value == default.value).unwrap_or(0);
        self.marks.sorts[..=at].rotate_right(1);
        for segment in &mut self.segments {
            if let When::Sorted(sort) = &mut segment.when {
                *sort = match *sort {
                    found if found == at => 0,
                    found if found < at => found + 1,
                    found => found,
                };
            }
        }
    }

    /// A name is a flag unless a line with its mark has a parameter of that name; such a parameter may stand on no other line.
    fn find_flags(&mut self) {
        let (source, file) = (self.source, self.file);
        let binds = |segment: &Segment| -> Vec<(String, Span)> {
            let binds = segment.tokens.iter().filter(|token| token.kind == TokenKind::Bind);
            let name = |token: &Token| token.text(source)[1..].to_owned();
            binds.map(|token| (name(token), Span { file, start: token.start, end: token.end })).collect()
        };
        let all: Vec<_> = self.segments.iter().map(|segment| (segment.when, binds(segment))).collect();
        for (index, mark) in self.marks.names.iter_mut().enumerate() {
            let uses = all.iter().flat_map(|(when, binds)| binds.iter().map(move |bind| (when, bind)));
            let uses: Vec<_> = uses.filter(|(_, (name, _))| *name == mark.name.value).collect();
            let conditions = &self.marks.conditions;
            let is_named = |when: &When| match when {
                When::Given(condition) => conditions[*condition].names.contains(&index),
                When::Always | When::Sorted(_) | When::After(_) => false,
            };
            mark.flag = uses.is_empty();
            if let Some((_, (name, span))) = uses.iter().find(|(when, _)| !is_named(when)) {
                let message = format!("`:{name}` is used on a line that does not depend on it");
                let help = match uses.iter().any(|(when, _)| is_named(when)) {
                    true => format!(
                        "mark this line with `--? {name}` too, or use another parameter on the marked line"
                    ),
                    false => format!("mark this line with `--? {name}`, or rename the flag"),
                };
                let error = problem(*span, message, help).note(mark.name.span, "this line depends on it");
                self.found.push(error);
            }
        }
    }
}

/// An order of which one line is active and another is commented out.
fn declared_twice(name: &Spanned<String>, first: Span) -> Box<Diagnostic> {
    let message = format!("two sorts are named `{}`", name.value);
    Box::new(problem(name.span, message, "rename one of them").note(first, "the other one"))
}

/// Reads what follows `--?`.
fn read(line: &mut Line) -> Parsed<Mark> {
    let name = |line: &mut Line| -> Parsed<Spanned<String>> {
        let Some(name) = line.word(&[]) else {
            return Err(line.problem("expected a name", HELP));
        };
        check_name("a mark name", &name)?;
        Ok(Spanned { value: name.value.to_owned(), span: name.span })
    };
    let first = name(line)?;
    let is_list = line.text().trim_start().starts_with(',') || line.text().trim().is_empty();
    if !is_list {
        if first.value != "sort" {
            let help = match nearest(&first.value, ["sort"]) {
                Some(_) => "did you mean `--? sort`?".to_owned(),
                None => "separate names with commas".to_owned(),
            };
            return Err(line.problem("expected `,`", help));
        }
        let sort = name(line)?;
        line.end(HELP)?;
        return Ok(Mark::Sort(sort));
    }
    let mut names = vec![first];
    while line.eat(",") {
        names.push(name(line)?);
    }
    line.end(HELP)?;
    Ok(Mark::Given(names))
}

/// The rule of statements with too many variants.
pub(super) fn too_many(span: Span, limit: usize) -> Diagnostic {
    Diagnostic::error(ANNOTATION, span, format!("this statement has more than {limit} variants"))
        .help("each variant is proven: give lines that go together one name, or split the query")
}
