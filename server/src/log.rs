//! What a line of the log looks like.

use tracing::Dispatch;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

/// A released program writes JSON: one line, one object, whatever anybody puts into a field (ASVS 16.4.1). `RUST_LOG` says
/// what is written.
pub fn log<Writer>(released: bool, writer: Writer) -> Dispatch
where
    Writer: for<'writer> MakeWriter<'writer> + Send + Sync + 'static,
{
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(writer);
    if released {
        lines.json().into()
    } else {
        lines.into()
    }
}
