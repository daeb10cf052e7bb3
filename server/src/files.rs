//! The files that the build made, and how long a browser keeps them.

use app::auth::config::IMMUTABLE;
use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderValue, Response, StatusCode, header};
use axum::middleware::{Next, from_fn};
use leptos::prelude::LeptosOptions;
use tower_http::services::ServeDir;

/// The characters of a hash that cargo-leptos writes into a name: MD5 in base64.
const HASH_LENGTH: usize = 22;

/// The style sheet and the program. All other static files are served from the root of the site.
pub fn built_files(options: &LeptosOptions) -> Router<LeptosOptions> {
    let folder = ServeDir::new(format!("{}/{}", options.site_root, options.site_pkg_dir));
    let folder = folder.precompressed_br().precompressed_gzip();
    Router::new()
        .fallback_service(folder)
        .layer(from_fn(cache_hashed_files))
}

/// A file whose name contains the hash of its content never changes. `cargo leptos watch` writes new content to the same name.
async fn cache_hashed_files(request: Request, next: Next) -> axum::response::Response {
    let is_hashed = is_hashed(request.uri().path());
    let mut response = next.run(request).await;
    let found = response.status().is_success() || response.status() == StatusCode::NOT_MODIFIED;
    if is_hashed && found {
        let immutable = HeaderValue::from_static(IMMUTABLE);
        response
            .headers_mut()
            .insert(header::CACHE_CONTROL, immutable);
    }
    response
}

/// Whether the name is `name.hash.kind`.
fn is_hashed(path: &str) -> bool {
    let mut parts = path.rsplit('.').skip(1);
    let hash = parts.next().filter(|hash| hash.len() == HASH_LENGTH);
    hash.is_some() && parts.next().is_some()
}

/// A URL has one file per encoding, and caches must not confuse them. Only a file has `Last-Modified`.
pub fn encoding_of_a_file<Body>(response: &Response<Body>) -> Option<HeaderValue> {
    let is_file = response.headers().contains_key(header::LAST_MODIFIED);
    is_file.then(|| HeaderValue::from_static("accept-encoding"))
}
