//! The functions that build URLs: Flask-Login's own test cases.

use app::auth::guards::next::{login_url, make_next_param, with_field};

#[test]
fn next_is_a_path_on_the_same_site_and_a_whole_url_on_another() {
    for (login, current, next) in [
        ("/login", "http://localhost/profile", "/profile"),
        (
            "https://localhost/login",
            "http://localhost/profile",
            "http://localhost/profile",
        ),
        (
            "http://accounts.localhost/login",
            "http://localhost/profile",
            "http://localhost/profile",
        ),
        (
            "http://localhost/login",
            "http://localhost/profile?a=1#x",
            "/profile?a=1",
        ),
        ("//localhost/login", "http://localhost/profile", "/profile"),
        ("/login", "http://localhost", "/"),
        ("/login", "http://localhost?a=1", "/?a=1"),
        (
            "http://localhost:8000/",
            "http://localhost/x",
            "http://localhost/x",
        ),
    ] {
        assert_eq!(make_next_param(login, current), next, "{login} {current}");
    }
}

#[test]
fn the_query_parameter_is_next_unless_another_is_given() {
    assert_eq!(
        with_field("/login", "n", "/protected"),
        "/login?n=%2Fprotected"
    );
    assert_eq!(
        login_url("/login", "/protected"),
        "/login?next=%2Fprotected"
    );
}

#[test]
fn a_login_page_on_another_host_gets_the_whole_url() {
    let current = "http://localhost/profile";
    let view = "https://auth.localhost/login";
    assert_eq!(
        with_field(view, "next", &make_next_param(view, current)),
        "https://auth.localhost/login?next=http%3A%2F%2Flocalhost%2Fprofile"
    );
}

#[test]
fn the_query_of_the_login_page_is_kept() {
    for (view, url) in [
        ("/login?affil=cgnu", "/login?affil=cgnu&next=%2Fprotected"),
        ("/login?a=&b", "/login?a=&b&next=%2Fprotected"),
        ("/login?next=%2Fold&a=1", "/login?next=%2Fprotected&a=1"),
        ("/login#form", "/login?next=%2Fprotected#form"),
        ("/login?", "/login?next=%2Fprotected"),
    ] {
        assert_eq!(login_url(view, "/protected"), url);
    }
}

/// A login page is configured by its path, which must be a route of the app.
#[test]
fn every_configured_login_page_is_a_route_of_the_app() {
    let views = app::pages::LOGIN_VIEWS;
    let named = views.areas.iter().map(|(_, view)| *view).chain(views.app);
    for view in named.filter(|view| view.starts_with('/')) {
        let access = app::auth::access(app::pages::ACCESS, view);
        assert!(access.is_open_to_guests(), "{view} is closed to guests");
    }
}

#[test]
fn without_a_safe_next_the_login_url_has_no_query() {
    for next in ["", "/", "//evil.test", "/login?next=/account"] {
        assert_eq!(login_url("/login?a=1", next), "/login?a=1");
    }
}
