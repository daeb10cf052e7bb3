#[cfg(feature = "ssr")]
#[tokio::main]
async fn main() {
    use empty_app::{App, shell};
    use leptos_axum::{LeptosRoutes, generate_route_list};

    let options = leptos::config::get_configuration(None)
        .expect("LEPTOS_* are set")
        .leptos_options;
    let listener = tokio::net::TcpListener::bind(options.site_addr)
        .await
        .expect("a free port");
    let shown = options.clone();
    let router = axum::Router::new()
        .leptos_routes(&options, generate_route_list(App), move || shell(shown.clone()))
        .with_state(options);
    axum::serve(listener, router).await.expect("it serves");
}

#[cfg(not(feature = "ssr"))]
fn main() {}
