//! Assembles the app: the router, and every layer around it, outermost first.

pub mod command;
pub mod config;
pub mod connections;
mod files;
mod health;
pub mod listeners;
pub mod log;
pub mod mail;
mod rendering;
pub mod serve;

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use app::App;
use app::auth::config::{COOKIE_CHECK, FUNCTIONS, TEXTS_PATH};
use app::auth::forms::cookie_check::check_cookies;
use app::auth::forms::function_layer::normalise_response;
use app::auth::guards::function::provide_auth;
use app::auth::guards::page::{Guard, Render, guard};
use app::auth::guards::session_layer::read_and_write_cookies;
use app::auth::{AuthError, LoginManager};
use app::built_files::BuiltFiles;
use app::document::shell;
use app::half::is_watched;
use app::language::send_texts;
use app::messages::languages::LANGUAGES;
use app::pages::ACCESS;
use app::pages::handlers::handlers;
use app::pages::refused::refused_page;
use app::pages::requests::{BODIES, HEADERS};
use app::security::headers::set_content_security_policy;
use app::security::layer::{Security, secure};
use axum::Router;
use axum::extract::{DefaultBodyLimit, Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{any, get};
use files::{built_files, encoding_of_a_file};
pub use health::Draining;
use health::{close_while_draining, health};
use leptos::prelude::LeptosOptions;
use leptos_axum::{
    AxumRouteListing, LeptosRoutes, generate_route_list, render_app_async_with_context,
};
use rendering::to_its_end;
use tower::ServiceBuilder;
use tower::util::{MapRequestLayer, MapResponseLayer};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::request_id::{MakeRequestUuid, SetRequestIdLayer};
use tower_http::services::ServeDir;
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::TimeoutLayer;
use tower_http::trace::TraceLayer;

/// A request is aborted if it is not answered within this time, which includes reading its body.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// A UUID has 36 characters, and tracing's request ids in hexadecimal 55.
const REQUEST_ID_MAX: usize = 64;

/// Listed once per process: while Leptos lists the routes it loads no resource in any thread, and a page that another router
/// renders at that moment would wait for its resource forever.
pub static ROUTES: LazyLock<Vec<AxumRouteListing>> = LazyLock::new(|| generate_route_list(App));

/// The whole app. A request passes each stack of layers from its first line to its last.
pub fn router(
    options: &LeptosOptions,
    files: BuiltFiles,
    manager: LoginManager,
    draining: Draining,
) -> Router {
    let document = {
        let files = files.clone();
        let reload = is_watched().then(|| options.clone());
        move || {
            set_content_security_policy(reload.is_some());
            shell(files.clone(), reload.clone())
        }
    };
    let routes = ROUTES.clone();
    let slashed = routes.iter().filter_map(|route| with_slash(route.path()));
    let slashed = slashed.collect::<BTreeSet<_>>().into_iter();
    let slashed = slashed.fold(Router::new(), |router, address| {
        router.route(&address, any(without_slash))
    });

    let render: Render = {
        let page = render_app_async_with_context(provide_auth, document.clone());
        Arc::new(move |request| Box::pin(to_its_end(page(request))))
    };
    let security = Security {
        manager: manager.clone(),
        access: ACCESS,
        bodies: BODIES,
        headers: HEADERS,
        languages: &LANGUAGES,
        refused: Arc::new(move |refusal| refused_page(refusal, files.clone())),
    };
    let session = from_fn_with_state((manager.clone(), ACCESS), read_and_write_cookies);
    let guarded = ServiceBuilder::new()
        .layer(session.clone())
        .layer(from_fn_with_state(
            Guard {
                table: ACCESS,
                render: Arc::clone(&render),
            },
            guard,
        ));
    let pages = Router::new()
        .leptos_routes_with_context(options, routes, provide_auth, document)
        .route(
            COOKIE_CHECK,
            get(async |uri: Uri, headers: HeaderMap| check_cookies(&uri, &headers)),
        )
        .route("/api/{*unknown}", any(StatusCode::NOT_FOUND))
        .layer(guarded.clone().layer(from_fn(call_or_render)));
    // `secure` limits the bodies of handlers, too.
    let handlers = handlers().layer(guarded.layer(DefaultBodyLimit::disable()));

    let not_found = Router::new()
        .fallback(async move |request: Request| {
            if request.uri().path_and_query().is_none() {
                return StatusCode::BAD_REQUEST.into_response(); // CONNECT names a host and no page
            }
            let mut response: Response = render(request).await;
            // An unavailable database leaves the frame of the page incomplete: the client may try again.
            if !response.status().is_server_error() {
                *response.status_mut() = StatusCode::NOT_FOUND;
            }
            response
        })
        .layer(session);

    // Static files are outside of the session layer: they never depend on the visitor.
    let files = ServeDir::new(&*options.site_root)
        .append_index_html_on_directories(false)
        .precompressed_br()
        .precompressed_gzip()
        .call_fallback_on_method_not_allowed(true)
        .fallback(not_found);

    // One stack: axum boxes and clones the inner service once for each call of `layer` on a router.
    let layers = ServiceBuilder::new()
        .layer(MapRequestLayer::new({
            let manager = manager.clone();
            move |request| strip_untrusted_request_id(&manager, request)
        }))
        .layer(SetRequestIdLayer::x_request_id(MakeRequestUuid))
        .layer(TraceLayer::new_for_http().make_span_with(span))
        .layer(MapResponseLayer::new({
            let draining = Arc::clone(&draining);
            move |response| close_while_draining(&draining, response)
        }))
        .layer(from_fn_with_state(Arc::new(security), secure))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::REQUEST_TIMEOUT,
            REQUEST_TIMEOUT,
        ))
        .layer(CatchPanicLayer::custom(after_a_panic))
        .layer(SetResponseHeaderLayer::appending(
            header::VARY,
            encoding_of_a_file,
        ));
    pages
        .merge(handlers)
        .merge(slashed)
        .nest(&format!("/{}", options.site_pkg_dir), built_files(options))
        .fallback_service(files)
        .with_state(options.clone())
        .merge(texts())
        .merge(health(manager, draining))
        .layer(layers)
}

/// The texts of each language, for browsers.
fn texts() -> Router {
    let send = async |Path(name): Path<String>| send_texts(&LANGUAGES, &name);
    let path = format!("{TEXTS_PATH}{{name}}");
    Router::new()
        .route(&path, get(send))
        .layer(CompressionLayer::new())
}

/// The panic itself is in the log already, by the hook in `main.rs`; the visitor gets no detail.
fn after_a_panic(_: Box<dyn std::any::Any + Send>) -> Response {
    tracing::error!("a handler panicked");
    AuthError::Unexpected.into_response()
}

/// Drops `X-Request-Id` unless it comes through a trusted proxy and is well formed: it is written to the log.
fn strip_untrusted_request_id(manager: &LoginManager, mut request: Request) -> Request {
    let is_id = |id: &HeaderValue| {
        let id = id.as_bytes();
        id.len() <= REQUEST_ID_MAX
            && id
                .iter()
                .all(|&byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let proxies = manager.options().proxies;
    let id = request.headers().get("x-request-id");
    if !id.is_some_and(|id| proxies > 0 && is_id(id)) {
        request.headers_mut().remove("x-request-id");
    }
    request
}

/// Without the query, which may hold a password that was sent in an address by mistake (ASVS 14.2.1).
fn span(request: &Request) -> tracing::Span {
    let id = request.headers().get("x-request-id");
    let id = id.and_then(|id| id.to_str().ok()).unwrap_or_default();
    tracing::info_span!("request", id, method = %request.method(), path = request.uri().path())
}

/// Calls a server function, which ends with its request; renders a page to its end, also if the browser disconnects (`rendering.rs`).
async fn call_or_render(request: Request, next: Next) -> Response {
    if request.uri().path().starts_with(FUNCTIONS) {
        normalise_response(State(BODIES), request, next).await
    } else {
        to_its_end(next.run(request)).await
    }
}

/// The path of `page` with a slash at its end. Leptos would render the page there, too, but the access table does not name that
/// path: a page has one path.
fn with_slash(page: &str) -> Option<String> {
    (page != "/" && !page.contains("{*")).then(|| format!("{page}/"))
}

async fn without_slash(uri: Uri) -> Redirect {
    let page = uri.path().trim_end_matches('/');
    let query = uri.query().map(|query| format!("?{query}"));
    Redirect::permanent(&format!("{page}{}", query.unwrap_or_default()))
}
