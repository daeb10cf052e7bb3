#[cfg(feature = "ssr")]
#[tokio::main]
async fn main() {
    use leptos_axum::LeptosRoutes;

    let options = leptos::config::get_configuration(None)
        .expect("LEPTOS_* are set")
        .leptos_options;
    let listener = tokio::net::TcpListener::bind(options.site_addr)
        .await
        .expect("a free port");
    let shown = options.clone();
    let page = leptos_axum::render_app_to_stream(move || empty_app::shell(shown.clone()));
    // No routes, but with them comes the executor.
    let router = axum::Router::new()
        .leptos_routes(&options, Vec::new(), || ())
        .fallback(page)
        .with_state(options);
    axum::serve(listener, router).await.expect("it serves");
}

#[cfg(not(feature = "ssr"))]
fn main() {}
