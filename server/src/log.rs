//! The format of the log.

use tracing::Dispatch;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

/// A release build writes one JSON object per line, so that a field with a line break cannot forge a line (ASVS 16.4.1).
/// `RUST_LOG` sets the level, `info` by default.
pub fn log<Writer>(release_build: bool, writer: Writer) -> Dispatch
where
    Writer: for<'writer> MakeWriter<'writer> + Send + Sync + 'static,
{
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(writer);
    if release_build {
        lines.json().into()
    } else {
        lines.into()
    }
}
