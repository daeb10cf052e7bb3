//! Captures the log of each test, and with it every database query.
//!
//! The queries are those that the database driver reports, so none can be missed.

use std::collections::HashMap;
use std::fmt::{Debug, Write};
use std::rc::Rc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{LazyLock, Mutex};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, EnteredSpan, Id};
use tracing::{Event, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;

/// A query that only marks a position in the log.
pub const CATCH_UP: &str = "SELECT 'caught up'";

static LINES: LazyLock<Mutex<HashMap<u64, Vec<String>>>> = LazyLock::new(|| {
    tracing_subscriber::registry().with(Capture).init();
    Mutex::default()
});
static NEXT: AtomicU64 = AtomicU64::new(0);

/// A test runs on one thread, inside a span that identifies it; the database driver's own thread inherits that span.
#[derive(Clone)]
pub struct Log {
    id: u64,
    _inside: Rc<EnteredSpan>,
}

impl Log {
    pub fn start() -> Self {
        let id = NEXT.fetch_add(1, Ordering::SeqCst);
        LINES.lock().unwrap().insert(id, Vec::new());
        let span = tracing::info_span!("test", test = id);
        Self {
            id,
            _inside: Rc::new(span.entered()),
        }
    }

    pub fn lines(&self) -> Vec<String> {
        LINES.lock().unwrap()[&self.id].clone()
    }

    /// The number of the app's queries: those that open a connection or mark the log do not count.
    pub fn queries(&self) -> usize {
        let aside = [
            "PRAGMA",
            "SET statement_timeout",
            "CREATE DATABASE",
            CATCH_UP,
        ];
        self.count(|line| aside.iter().all(|query| !line.contains(query)))
    }

    pub fn catch_ups(&self) -> usize {
        self.count(|line| line.contains(CATCH_UP))
    }

    fn count(&self, which: impl Fn(&str) -> bool) -> usize {
        let lines = LINES.lock().unwrap();
        let queries = lines[&self.id]
            .iter()
            .filter(|line| line.starts_with("sqlx::query"));
        queries.filter(|line| which(line)).count()
    }
}

struct Capture;

/// The test that a span belongs to.
struct Test(u64);

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Capture {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        let span = context.span(id).expect("a new span");
        if let Some(test) = fields.test {
            span.extensions_mut().insert(Test(test));
        }
        let scope = span.scope().from_root();
        let test = scope
            .into_iter()
            .find_map(|span| span.extensions().get::<Test>().map(|t| t.0));
        keep(
            test,
            format!("{}{}", attributes.metadata().target(), fields.line),
        );
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let scope = context.event_scope(event);
        let test = scope.and_then(|scope| {
            scope
                .from_root()
                .find_map(|span| span.extensions().get::<Test>().map(|t| t.0))
        });
        keep(
            test,
            format!("{}{}", event.metadata().target(), fields.line),
        );
    }
}

fn keep(test: Option<u64>, line: String) {
    let mut lines = LINES.lock().unwrap();
    if let Some(lines) = test.and_then(|test| lines.get_mut(&test)) {
        lines.push(line);
    }
}

#[derive(Default)]
struct Fields {
    line: String,
    test: Option<u64>,
}

impl Visit for Fields {
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
