//! A request's way from the login page to the page that knows the user, in twelve steps; then a closed page and a logout.

use crate::support::site::site;
use crate::support::visitor::{LOGIN_FORM, SESSION, email, password};

#[tokio::test]
async fn a_visitor_logs_in_sees_a_closed_page_and_logs_out() {
    let site = site().await;
    let mut ada = site.visitor();
    ada.sign_up("Ada").await;

    // 1. The visitor opens the login page, without a cookie: no query runs.
    let (queries, page) = site.queries(ada.visit("/login")).await;
    page.shows(LOGIN_FORM);
    assert_eq!(queries, 0);

    // 2. The visitor submits the form.
    let (email, password) = (email("Ada"), password("Ada"));
    let answer = ada
        .submit("/api/login", &[("email", &email), ("password", &password)])
        .await;

    // 3. The credentials are right. 4. `login_user` begins a session, which is a row.
    let sessions = site.rows("sessions").await;
    assert_eq!(sessions.len(), 1);
    assert!(
        site.log
            .lines()
            .iter()
            .any(|line| line.contains("user_logged_in"))
    );

    // 5. The session's token goes into a signed cookie; the row contains no part of it.
    let cookie = ada.session_cookie().to_owned();
    assert!(
        answer
            .cookies()
            .iter()
            .any(|cookie| cookie.name() == SESSION)
    );
    assert!(!sessions[0].contains(&cookie));

    // 6. The response is a redirect.
    answer.leads_to("/");

    // 7. The cookie comes back. 8. A page begins to render. 9. A component asks for the current user, for the first time.
    // 10. It is not loaded yet and there is a session, so the user loader runs. 11. One query.
    let (queries, page) = site.queries(ada.visit("/account")).await;
    assert_eq!(queries, 1);

    // 12. The page is rendered for the user.
    page.is_page_of("Ada");

    // Login required: another closed page opens, too.
    ada.visit("/account/tokens").await.is_page_of("Ada");

    // Logout: the page is closed again, also for a copy of the cookie.
    ada.log_out().await.leads_to("/");
    ada.visit("/account")
        .await
        .leads_to("/login?next=%2Faccount");
    ada.set_session_cookie(cookie);
    ada.visit("/account")
        .await
        .leads_to("/login?next=%2Faccount");
}
