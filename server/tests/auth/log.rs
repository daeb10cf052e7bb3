//! An ear on the log: everything that is written while a test runs, and every query among it.
//!
//! The queries are those that the database driver itself reports: nothing can reach the database past it.

use std::collections::HashMap;
use std::fmt::{Debug, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, EnteredSpan, Id};
use tracing::{Event, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;

static LINES: LazyLock<Mutex<HashMap<u64, Vec<String>>>> = LazyLock::new(|| {
    tracing_subscriber::registry().with(Ear).init();
    Mutex::default()
});
static NEXT: AtomicU64 = AtomicU64::new(0);

/// A test runs on one thread, inside a span that names it; the driver's own thread is handed that span.
#[derive(Clone)]
pub struct Log {
    id: u64,
    _inside: Arc<EnteredSpan>,
}

impl Log {
    pub fn start() -> Self {
        let id = NEXT.fetch_add(1, Ordering::SeqCst);
        LINES.lock().unwrap().insert(id, Vec::new());
        let span = tracing::info_span!("test", test = id);
        Self { id, _inside: Arc::new(span.entered()) }
    }

    pub fn lines(&self) -> Vec<String> {
        LINES.lock().unwrap()[&self.id].clone()
    }

    pub fn queries(&self) -> usize {
        let lines = self.lines();
        let queries = lines.iter().filter(|line| line.starts_with("sqlx::query"));
        queries.filter(|line| !line.contains("PRAGMA")).count()
    }
}

struct Ear;

/// Which test a span belongs to.
struct Test(u64);

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Ear {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut text = Text::default();
        attributes.record(&mut text);
        let span = context.span(id).expect("a new span");
        if let Some(test) = text.test {
            span.extensions_mut().insert(Test(test));
        }
        let scope = span.scope().from_root();
        let test = scope.into_iter().find_map(|span| span.extensions().get::<Test>().map(|t| t.0));
        keep(test, format!("{}{}", attributes.metadata().target(), text.line));
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut text = Text::default();
        event.record(&mut text);
        let scope = context.event_scope(event);
        let test = scope.and_then(|scope| {
            scope.from_root().find_map(|span| span.extensions().get::<Test>().map(|t| t.0))
        });
        keep(test, format!("{}{}", event.metadata().target(), text.line));
    }
}

fn keep(test: Option<u64>, line: String) {
    let mut lines = LINES.lock().unwrap();
    if let Some(lines) = test.and_then(|test| lines.get_mut(&test)) {
        lines.push(line);
    }
}

#[derive(Default)]
struct Text {
    line: String,
    test: Option<u64>,
}

impl Visit for Text {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let _ = write!(self.line, " {}={value:?}", field.name());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        if field.name() == "test" {
            self.test = Some(value);
        }
        self.record_debug(field, &value);
    }
}
