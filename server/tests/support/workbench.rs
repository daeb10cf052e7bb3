//! Handlers and tables that only the tests have, behind the real layers: what an app's author can add, without the demo's
//! pages.

use std::sync::Arc;

use app::auth::AccessTable;
use app::auth::forms::function_layer::normalise_response;
use app::auth::guards::page::{Guard, Render, guard};
use app::auth::guards::session_layer::read_and_write_cookies;
use app::messages::languages::LANGUAGES;
use app::security::app_headers::HeaderTable;
use app::security::bodies::BodyTable;
use app::security::layer::{Security, secure};
use axum::Router;
use axum::http::StatusCode;
use axum::middleware::{from_fn_with_state, map_response};
use axum::response::{IntoResponse, Response};

use crate::support::site::Site;

/// Stands for the app's page that a user may not open.
pub const FORBIDDEN_PAGE: &str = "the app's own page";

/// Begins what stands for the app's page of a refusal, before its status.
pub const REFUSAL_PAGE: &str = "the app's page of a refusal";

#[derive(Clone, Copy, Default)]
pub struct Tables {
    pub access: AccessTable,
    pub bodies: BodyTable,
    pub headers: HeaderTable,
}

/// `handlers` of `site`, in the layers of `server::router`, in the same order.
pub fn workbench(site: &Site, tables: Tables, handlers: Router) -> Router {
    let manager = site.login_manager.clone();
    let render: Render =
        Arc::new(|_| Box::pin(async { (StatusCode::FORBIDDEN, FORBIDDEN_PAGE).into_response() }));
    let guard_state = Guard {
        table: tables.access,
        render,
    };
    let security = Security {
        manager: manager.clone(),
        access: tables.access,
        bodies: tables.bodies,
        headers: tables.headers,
        languages: &LANGUAGES,
        refused: Arc::new(|refusal| format!("{REFUSAL_PAGE} {}", refusal.status)),
    };
    let state = (manager, tables.access);
    handlers
        .layer(from_fn_with_state(guard_state, guard))
        .layer(from_fn_with_state(state, read_and_write_cookies))
        .layer(from_fn_with_state(Arc::new(security), secure))
}

/// The same, with the layer for server functions around `handlers`.
pub fn functions(site: &Site, tables: Tables, handlers: Router) -> Router {
    let layer = from_fn_with_state(tables.bodies, normalise_response);
    workbench(site, tables, handlers.route_layer(layer))
}

/// A page with its content security policy.
pub fn with_policy(router: Router) -> Router {
    router.layer(map_response(async |mut response: Response| {
        let policy = "script-src 'self'; img-src 'self'; object-src 'none'";
        let policy = axum::http::HeaderValue::from_static(policy);
        response
            .headers_mut()
            .insert("content-security-policy", policy);
        response
    }))
}
