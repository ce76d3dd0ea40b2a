//! Records the output of `tracing` and `log`.

use std::fmt::{Debug, Write};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, Once, OnceLock};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::DefaultGuard;
use tracing::{Event, Metadata, Subscriber};

/// The spans and events of this thread: a line for each, indented by its spans. Of times only the name is recorded, as
/// `elapsed_us`.
#[derive(Clone, Default)]
pub struct Log(Arc<Mutex<Lines>>);

#[derive(Default)]
struct Lines {
    lines: Vec<String>,
    entered: Vec<Id>,
}

/// Enables all spans and events. `tracing` caches whether anyone is interested in a span or event when it is first reached,
/// so one that is first reached without a subscriber could stay disabled for ever.
pub fn wake() {
    static AWAKE: Once = Once::new();
    AWAKE.call_once(|| tracing::subscriber::set_global_default(Log::default()).unwrap());
}

impl Log {
    /// Starts recording, until the guard is dropped.
    pub fn listen() -> (Log, DefaultGuard) {
        wake();
        let log = Log::default();
        let guard = tracing::subscriber::set_default(log.clone());
        (log, guard)
    }

    pub fn text(&self) -> String {
        self.0.lock().unwrap().lines.join("\n")
    }

    fn line(&self, name: &str, write: impl FnOnce(&mut Fields<'_>)) -> Id {
        let mut log = self.0.lock().unwrap();
        let indent = "  ".repeat(log.entered.len());
        log.lines.push(format!("{indent}{name}"));
        write(&mut Fields(log.lines.last_mut().unwrap()));
        Id::from_u64(log.lines.len() as u64)
    }
}

struct Fields<'a>(&'a mut String);

impl Visit for Fields<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        match field.name() {
            name if name.ends_with("_us") => write!(self.0, " {name}"),
            name => write!(self.0, " {name}={value:?}"),
        }
        .unwrap();
    }
}

impl Subscriber for Log {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("sqlward")
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        self.line(span.metadata().name(), |fields| span.record(fields))
    }

    fn record(&self, span: &Id, values: &Record<'_>) {
        let mut log = self.0.lock().unwrap();
        values.record(&mut Fields(&mut log.lines[span.into_u64() as usize - 1]));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        self.line(event.metadata().level().as_str(), |fields| event.record(fields));
    }

    fn enter(&self, span: &Id) {
        self.0.lock().unwrap().entered.push(span.clone());
    }

    fn exit(&self, _: &Id) {
        self.0.lock().unwrap().entered.pop();
    }
}

/// The records of `log` on all threads that contain a word. Libraries that sqlward uses write to `log`.
pub struct Beneath {
    word: &'static str,
    said: Mutex<Vec<String>>,
    heard: AtomicUsize,
}

impl Beneath {
    /// Starts recording with the first call. The process can have only one word.
    pub fn listen(word: &'static str) -> &'static Beneath {
        static BENEATH: OnceLock<Beneath> = OnceLock::new();
        static SET: Once = Once::new();
        let beneath =
            BENEATH.get_or_init(|| Beneath { word, said: Mutex::default(), heard: AtomicUsize::new(0) });
        SET.call_once(|| {
            log::set_logger(beneath).unwrap();
            log::set_max_level(log::LevelFilter::Trace);
        });
        beneath
    }

    /// The records that contain the word.
    pub fn said(&self) -> Vec<String> {
        self.said.lock().unwrap().clone()
    }

    /// The number of statements that were logged.
    pub fn statements(&self) -> usize {
        self.heard.load(Ordering::Relaxed)
    }
}

impl log::Log for Beneath {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        let text = format!("{} {}", record.target(), record.args());
        if text.contains("executing statement") {
            self.heard.fetch_add(1, Ordering::Relaxed);
        }
        if text.contains(self.word) {
            self.said.lock().unwrap().push(text);
        }
    }

    fn flush(&self) {}
}
