//! The way of a request, from the log-in page to the page that knows the user, in twelve steps; then a closed page,
//! and the log out.

use crate::support::site::site;
use crate::support::visitor::{LOGIN_FORM, email, password};

#[tokio::test]
async fn from_the_login_page_to_the_page_that_knows_the_user_and_out_again() {
    let site = site().await;
    let mut ada = site.visitor();
    ada.sign_up("Ada").await;

    // 1. The visitor comes to the log-in page, without a cookie: nobody is looked up.
    let (queries, page) = site.queries(ada.visit("/login")).await;
    page.shows(LOGIN_FORM);
    assert_eq!(queries, 0);

    // 2. submits the form;
    let (email, password) = (email("Ada"), password("Ada"));
    let answer = ada
        .submit("/api/login", &[("email", &email), ("password", &password)])
        .await;

    // 3. the credentials are right, so 4. `login_user` begins a session: a row
    let sessions = site.rows("sessions").await;
    assert_eq!(sessions.len(), 1);
    assert!(
        site.log
            .lines()
            .iter()
            .any(|line| line.contains("user_logged_in"))
    );

    // 5. whose token goes into a signed cookie; the row holds no part of it.
    let cookie = ada.session_cookie().to_owned();
    assert!(
        answer
            .cookies()
            .iter()
            .any(|cookie| cookie.name() == "session")
    );
    assert!(!sessions[0].contains(&cookie));

    // 6. The answer is a redirect.
    answer.leads_to("/");

    // 7. The cookie comes back, 8. a page begins to render, 9. the current user appears for the first time,
    // 10. nobody has loaded it yet and there is a session, so the user loader is asked: 11. one query.
    let (queries, page) = site.queries(ada.visit("/account")).await;
    assert_eq!(queries, 1);

    // 12. The page comes with the user.
    page.is_page_of("Ada");

    // Login required: another closed page opens.
    ada.visit("/account/tokens").await.is_page_of("Ada");

    // Log out: it closes again, also for whoever kept the cookie.
    ada.log_out().await.leads_to("/");
    ada.visit("/account")
        .await
        .leads_to("/login?next=%2Faccount");
    ada.set_session_cookie(cookie);
    ada.visit("/account")
        .await
        .leads_to("/login?next=%2Faccount");
}
