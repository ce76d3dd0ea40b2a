//! The cache of PostgreSQL's answers, which the next run reuses.
//!
//! Answers are stored with the cluster that gave them, so that the OIDs in them are those of its catalogs. They are the
//! server's own answers, and nothing that was inferred or proven: every run does that anew.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::{Buf as _, BufMut as _};
use sqlward_server::Snapshot;

use super::analyse::{Analysis, ColumnDescription, Statement};

/// The answers of a run: those from the cache, and those that the server has given in this run.
#[derive(Default)]
pub(super) struct Answers {
    kept: Option<Kept>,
    /// The questions and answers of this run, if they are to be cached. Each is preceded by its length.
    new: Option<Mutex<Vec<u8>>>,
}

/// The answers from the cache.
struct Kept {
    snapshot: Arc<Snapshot>,
    places: BTreeMap<Vec<u8>, Place>,
}

/// The place of an answer in the snapshot's note.
struct Place {
    entry: Range<usize>,
    answer: Range<usize>,
    /// Whether this run has used it, so that it is kept for the next one.
    used: AtomicBool,
}

impl Answers {
    /// The answers in a snapshot. Further answers of this run are to be cached.
    pub(super) fn with(snapshot: Option<&Arc<Snapshot>>) -> Answers {
        let kept =
            snapshot.map(|snapshot| Kept { snapshot: snapshot.clone(), places: places(snapshot.note()) });
        Answers { kept, new: Some(Mutex::default()) }
    }

    /// The cached result of one of sqlward's own queries.
    pub(super) fn document(&self, sql: &str) -> Option<Vec<u8>> {
        self.find(&document(sql)).map(<[u8]>::to_vec)
    }

    /// The cached analysis of a statement.
    pub(super) fn analysis(&self, statement: Statement<'_>) -> Option<Analysis> {
        decode(self.find(&question(statement))?)
    }

    /// Reserves memory for this many analyses, so that the buffer is not copied again and again while it grows. Memory that
    /// turns out not to be needed is never touched. If the reservation fails, the buffer grows as needed.
    pub(super) fn expect(&self, statements: usize) {
        /// More bytes than most questions have with their answers.
        const LARGE: usize = 8 * 1024;
        if let Some(new) = &self.new {
            let _ = lock(new).try_reserve(statements.saturating_mul(LARGE));
        }
    }

    pub(super) fn add_document(&self, sql: &str, text: &[u8]) {
        self.add(|| document(sql), |entry| entry.put_slice(text));
    }

    pub(super) fn add_analysis(&self, statement: Statement<'_>, analysis: &Analysis) {
        self.add(|| question(statement), |entry| encode(entry, analysis));
    }

    /// All answers that this run has used, in the form in which they are stored. `None` if there is no new one.
    pub(super) fn note(&self) -> Option<Vec<u8>> {
        let mut note = std::mem::take(&mut *lock(self.new.as_ref()?));
        if note.is_empty() {
            return None;
        }
        if let Some(Kept { snapshot, places }) = &self.kept {
            let used = places.values().filter(|place| place.used.load(Ordering::Relaxed));
            used.for_each(|place| note.extend(&snapshot.note()[place.entry.clone()]));
        }
        Some(note)
    }

    /// Whether an analysis of this text is cached, for parameters of any types.
    pub(super) fn has_analysis(&self, sql: &str) -> bool {
        let question = question(Statement { sql, param_types: &[] });
        let places = self.kept.iter().flat_map(|kept| kept.places.range(question.clone()..));
        places.map(|(found, _)| found).next().is_some_and(|found| found.starts_with(&question))
    }

    fn find(&self, question: &[u8]) -> Option<&[u8]> {
        let Kept { snapshot, places } = self.kept.as_ref()?;
        let place = places.get(question)?;
        place.used.store(true, Ordering::Relaxed);
        Some(&snapshot.note()[place.answer.clone()])
    }

    fn add(&self, question: impl FnOnce() -> Vec<u8>, answer: impl FnOnce(&mut Vec<u8>)) {
        let Some(new) = &self.new else { return };
        let mut entries = lock(new);
        put_sized(&mut entries, |entry| entry.put_slice(&question()));
        put_sized(&mut entries, answer);
    }
}

fn lock(entries: &Mutex<Vec<u8>>) -> std::sync::MutexGuard<'_, Vec<u8>> {
    entries.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Writes something, preceded by its length.
fn put_sized(to: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) {
    let start = to.len();
    to.put_u64(0);
    write(to);
    let length = to.len() - start - 8;
    (&mut to[start..start + 8]).put_u64(length as u64);
}

/// The places of the answers in a note. Reading ends at the first entry that is damaged.
fn places(note: &[u8]) -> BTreeMap<Vec<u8>, Place> {
    let mut places = BTreeMap::new();
    let mut rest = note;
    while let Some((question, answer)) =
        sized(&mut rest).and_then(|question| Some((question, sized(&mut rest)?)))
    {
        let end = note.len() - rest.len();
        let answer_start = end - answer.len();
        let start = answer_start - 16 - question.len();
        let place = Place { entry: start..end, answer: answer_start..end, used: AtomicBool::new(false) };
        places.insert(question.to_vec(), place);
    }
    places
}

/// Reads something that is preceded by its length.
fn sized<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = rest.try_get_u64().ok()?;
    let (part, after) = rest.split_at_checked(usize::try_from(length).ok()?)?;
    *rest = after;
    Some(part)
}

fn document(sql: &str) -> Vec<u8> {
    [b"document\0", sql.as_bytes()].concat()
}

/// The key of an analysis. NUL separates its parts, since no SQL text contains it.
fn question(statement: Statement<'_>) -> Vec<u8> {
    let types = statement.param_types.iter().flat_map(|oid| oid.to_be_bytes());
    b"analysis\0".iter().chain(statement.sql.as_bytes()).chain(b"\0").copied().chain(types).collect()
}

fn encode(to: &mut Vec<u8>, analysis: &Analysis) {
    put_sized(to, |to| to.put_slice(analysis.tree.as_bytes()));
    put_sized(to, |to| analysis.params.iter().for_each(|oid| to.put_u32(*oid)));
    for column in &analysis.columns {
        put_sized(to, |to| to.put_slice(column.name.as_bytes()));
        to.put_u32(column.table);
        to.put_i16(column.attribute);
        to.put_u32(column.type_oid);
        to.put_i32(column.typmod);
    }
}

/// Reads what [`encode`] has written. `None` if it is damaged.
fn decode(mut from: &[u8]) -> Option<Analysis> {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).ok();
    let tree = text(sized(&mut from)?)?;
    let params = sized(&mut from)?.chunks(4).map(|mut oid| oid.try_get_u32().ok()).collect::<Option<_>>()?;
    let mut columns = Vec::new();
    while !from.is_empty() {
        columns.push(ColumnDescription {
            name: text(sized(&mut from)?)?,
            table: from.try_get_u32().ok()?,
            attribute: from.try_get_i16().ok()?,
            type_oid: from.try_get_u32().ok()?,
            typmod: from.try_get_i32().ok()?,
        });
    }
    Some(Analysis { tree, params, columns })
}
