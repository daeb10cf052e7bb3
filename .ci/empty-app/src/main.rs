#[cfg(feature = "ssr")]
#[tokio::main]
async fn main() {
    let options = leptos::config::get_configuration(None).expect("LEPTOS_* are set").leptos_options;
    let listener = tokio::net::TcpListener::bind(options.site_addr).await.expect("a free port");
    let page = leptos_axum::render_app_to_stream(move || empty_app::shell(options.clone()));
    axum::serve(listener, axum::Router::new().fallback(page)).await.expect("it serves");
}

#[cfg(not(feature = "ssr"))]
fn main() {}
