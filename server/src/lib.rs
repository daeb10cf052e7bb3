//! How the app is started: the router, and every layer around it, outermost last.

pub mod command;
pub mod config;
pub mod connections;
pub mod log;
pub mod serve;

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use app::auth::LoginManager;
use app::auth::config::{BODY_MAX, FUNCTIONS};
use app::auth::guard::{Access, guard};
use app::auth::read_and_write_cookies;
use app::auth::server_function::{answer_plainly, provide_session};
use app::pages::{FRESH, GUESTS_ONLY, PUBLIC, is_in};
use app::security::cross_site::refuse_cross_site;
use app::security::headers::{set_content_security_policy, set_headers};
use app::security::refusals::tell_of_refusals;
use app::security::unclear::refuse_unclear;
use app::users::Users;
use app::{App, shell};
use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::middleware::{from_fn, from_fn_with_state, map_request_with_state};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{any, get};
use leptos::prelude::{LeptosOptions, provide_context};
use leptos_axum::{
    AxumRouteListing, LeptosRoutes, generate_route_list, render_app_async_with_context,
};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::request_id::{MakeRequestUuid, SetRequestIdLayer};
use tower_http::services::ServeDir;
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::TimeoutLayer;
use tower_http::trace::TraceLayer;

/// A request that has not been answered by then, its body included, is given up.
const REQUEST: Duration = Duration::from_secs(30);

/// A UUID has 36 characters, and what tracing calls a request in hexadecimal 55.
const ID_MAX: usize = 64;

/// Listed once: while Leptos lists them it loads no resource anywhere in the process, and a page that another router
/// of this process was rendering would wait for one for ever.
pub static ROUTES: LazyLock<Vec<AxumRouteListing>> = LazyLock::new(|| generate_route_list(App));

/// The whole app. A request passes the layers from the bottom of this function to its top.
pub fn router(
    options: &LeptosOptions,
    users: Users,
    login_manager: LoginManager,
    draining: Draining,
) -> Router {
    let health = health(users.clone(), draining.clone());
    let context = move || {
        provide_session();
        provide_context(users.clone());
    };
    let document = {
        let options = options.clone();
        // Set by `cargo leptos watch`, whose page listens for changes. A released page listens to nobody.
        let watched = cfg!(debug_assertions) && std::env::var_os("LEPTOS_WATCH").is_some();
        move || {
            set_content_security_policy(watched);
            shell(options.clone())
        }
    };
    let cookies = from_fn_with_state(login_manager.clone(), read_and_write_cookies);

    let routes = ROUTES.clone();
    let slashed = routes.iter().filter_map(|route| with_slash(route.path()));
    let slashed = slashed.collect::<BTreeSet<_>>().into_iter();
    let slashed = slashed.fold(Router::new(), |router, address| {
        router.route(&address, any(without_slash))
    });

    let pages = Router::new()
        .leptos_routes_with_context(options, routes, context.clone(), document.clone())
        .route("/api/{*unknown}", any(StatusCode::NOT_FOUND))
        // Inside the cookie layer, because they ask the session it leaves in the request.
        .route_layer(from_fn(plain_answers_of_functions))
        .route_layer(from_fn_with_state(access as fn(&str) -> Access, guard))
        .layer(cookies.clone());

    let not_found = render_app_async_with_context(context, document);
    let not_found = Router::new()
        .fallback(async move |request: Request| {
            if request.uri().path_and_query().is_none() {
                return StatusCode::BAD_REQUEST.into_response(); // CONNECT names a host and no page
            }
            let mut response: Response = not_found(request).await;
            *response.status_mut() = StatusCode::NOT_FOUND;
            response
        })
        .layer(cookies);

    // Static files lie outside the cookie layer: they never depend on who is there.
    let files = ServeDir::new(&*options.site_root)
        .append_index_html_on_directories(false)
        .precompressed_br()
        .precompressed_gzip()
        .call_fallback_on_method_not_allowed(true)
        .fallback(not_found);
    let hashed = Router::new()
        .fallback_service(
            ServeDir::new(format!("{}/{}", options.site_root, options.site_pkg_dir))
                .precompressed_br()
                .precompressed_gzip(),
        )
        .layer(SetResponseHeaderLayer::if_not_present(
            header::CACHE_CONTROL,
            for_ever,
        ));

    pages
        .merge(slashed)
        .nest(&format!("/{}", options.site_pkg_dir), hashed)
        .fallback_service(files)
        .with_state(options.clone())
        .merge(health)
        .layer(SetResponseHeaderLayer::appending(
            header::VARY,
            encoding_of_a_file,
        ))
        .layer(CatchPanicLayer::custom(after_a_panic))
        .layer(RequestBodyLimitLayer::new(BODY_MAX))
        // Both before anything that could have an effect.
        .layer(from_fn_with_state(login_manager.clone(), refuse_unclear))
        .layer(from_fn_with_state(login_manager.clone(), refuse_cross_site))
        .layer(from_fn_with_state(login_manager.clone(), tell_of_refusals))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::REQUEST_TIMEOUT,
            REQUEST,
        ))
        .layer(from_fn_with_state(login_manager.clone(), set_headers))
        .layer(from_fn_with_state(draining, say_goodbye))
        .layer(TraceLayer::new_for_http().make_span_with(span))
        .layer(SetRequestIdLayer::x_request_id(MakeRequestUuid))
        .layer(map_request_with_state(login_manager, forget_id))
}

/// Whether the process was asked to stop: load balancers are told before the door closes.
pub type Draining = Arc<AtomicBool>;

/// For whoever watches over the process. `live` asks nothing but the process; `ready` also the database.
fn health(users: Users, draining: Draining) -> Router {
    let ready = move || async move {
        let ready = !draining.load(Ordering::Acquire) && users.is_ready().await;
        if ready {
            (StatusCode::OK, "ready")
        } else {
            (StatusCode::SERVICE_UNAVAILABLE, "not ready")
        }
    };
    Router::new()
        .route("/health/live", get(async || "live"))
        .route("/health/ready", get(ready))
        .layer(SetResponseHeaderLayer::overriding(
            header::CACHE_CONTROL,
            HeaderValue::from_static("no-store"),
        ))
}

/// Whoever keeps connections open, a proxy above all, takes another one for the next request (RFC 9112, 9.6).
async fn say_goodbye(
    State(draining): State<Draining>,
    request: Request,
    next: axum::middleware::Next,
) -> Response {
    let mut response = next.run(request).await;
    if draining.load(Ordering::Acquire) {
        let close = HeaderValue::from_static("close");
        response.headers_mut().insert(header::CONNECTION, close);
    }
    response
}

/// The panic itself is in the log already, by the hook of `main.rs`; the visitor hears nothing of it.
fn after_a_panic(_: Box<dyn std::any::Any + Send>) -> Response {
    tracing::error!("a handler panicked");
    (
        StatusCode::INTERNAL_SERVER_ERROR,
        "Something went wrong on our side.",
    )
        .into_response()
}

/// The name of a request in our log is ours to give, or our proxy's; and a proxy that hands on what it was sent hands on
/// whatever somebody sent.
async fn forget_id(State(login_manager): State<LoginManager>, mut request: Request) -> Request {
    let is_id = |id: &HeaderValue| {
        let id = id.as_bytes();
        id.len() <= ID_MAX
            && id
                .iter()
                .all(|&byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let proxies = login_manager.options().proxies;
    let id = request.headers().get("x-request-id");
    if !id.is_some_and(|id| proxies > 0 && is_id(id)) {
        request.headers_mut().remove("x-request-id");
    }
    request
}

/// No query: it is where a password ends up that somebody sends in an address (ASVS 14.2.1).
fn span(request: &Request) -> tracing::Span {
    let id = request.headers().get("x-request-id");
    let id = id.and_then(|id| id.to_str().ok()).unwrap_or_default();
    tracing::info_span!("request", id, method = %request.method(), path = request.uri().path())
}

/// Who may see the page at `path`. What is not named is closed.
fn access(path: &str) -> Access {
    if is_in(PUBLIC, path) || path.starts_with(FUNCTIONS) {
        Access::Public
    } else if is_in(GUESTS_ONLY, path) {
        Access::GuestsOnly
    } else if is_in(FRESH, path) {
        Access::FreshLoginRequired
    } else {
        Access::LoginRequired
    }
}

async fn plain_answers_of_functions(request: Request, next: axum::middleware::Next) -> Response {
    if request.uri().path().starts_with(FUNCTIONS) {
        answer_plainly(request, next).await
    } else {
        next.run(request).await
    }
}

/// The address of `page` with a slash at its end. Leptos would show the page there, too, and every list of paths would
/// miss it: one page has one address.
fn with_slash(page: &str) -> Option<String> {
    (page != "/" && !page.contains("{*")).then(|| format!("{page}/"))
}

async fn without_slash(uri: Uri) -> Redirect {
    let page = uri.path().trim_end_matches('/');
    let query = uri.query().map(|query| format!("?{query}"));
    Redirect::permanent(&format!("{page}{}", query.unwrap_or_default()))
}

/// The name of such a file is the hash of its content.
fn for_ever<Body>(response: &axum::http::Response<Body>) -> Option<HeaderValue> {
    let found = response.status().is_success() || response.status() == StatusCode::NOT_MODIFIED;
    found.then(|| HeaderValue::from_static("public, max-age=31536000, immutable"))
}

/// One address, and as many files as there are encodings: a cache keeps them apart. What has a date is a file.
fn encoding_of_a_file<Body>(response: &axum::http::Response<Body>) -> Option<HeaderValue> {
    let is_file = response.headers().contains_key(header::LAST_MODIFIED);
    is_file.then(|| HeaderValue::from_static("accept-encoding"))
}
