//! Yours. The style guide, which developers have and visitors do not.

use axum::http::StatusCode;

use crate::support::site::site;

#[tokio::test]
async fn the_style_guide_opens_in_a_debug_build_and_is_not_found_in_a_release() {
    let site = site().await;
    let answer = site.visitor().visit("/style-guide").await;
    let status = if cfg!(debug_assertions) {
        StatusCode::OK
    } else {
        StatusCode::NOT_FOUND
    };
    assert_eq!(answer.status, status);
}
