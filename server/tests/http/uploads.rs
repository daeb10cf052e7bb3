//! The file of an upload, as a server function reads it.

use app::auth::{Access, uploaded_file};
use app::error::Error;
use app::security::bodies::Body as Accepted;
use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use axum::routing::post;
use leptos::server_fn::codec::{FromReq, MultipartData, MultipartFormData};
use serde_json::json;

use crate::support::site::{Site, site};
use crate::support::visitor::Visitor;
use crate::support::workbench::{Tables, functions};

const TABLES: Tables = Tables {
    access: &[("/api/*", Access::Public)],
    bodies: &[
        ("/api/upload", Accepted::Multipart(1000)),
        ("/api/json", Accepted::Json(1000)),
    ],
    headers: &[],
};

async fn read(request: Request<Body>) -> Result<String, Error> {
    let data = <MultipartData as FromReq<MultipartFormData, _, Error>>::from_req(request).await?;
    let file = uploaded_file(data, "file").await?;
    Ok(file.map_or("none".to_owned(), |file| {
        format!("{}: {}", file.name, String::from_utf8_lossy(&file.bytes))
    }))
}

fn visitor(site: &Site) -> Visitor {
    let router = Router::new()
        .route("/api/upload", post(read))
        .route("/api/json", post(async |body: String| body));
    let mut visitor = site.visitor();
    visitor.moves_to(&functions(site, TABLES, router));
    visitor
}

#[tokio::test]
async fn the_file_of_a_field_is_read_with_its_name() {
    let site = site().await;
    let mut visitor = visitor(&site);
    for (field, name, content, read) in [
        (
            "file",
            "list.txt",
            "Milk\r\nHoney",
            "list.txt: Milk\r\nHoney",
        ),
        ("file", "empty.txt", "", "empty.txt: "),
        // A browser's form without a file that was chosen.
        ("file", "", "", "none"),
        ("other", "list.txt", "Milk", "none"),
    ] {
        let answer = visitor.upload("/api/upload", field, name, content).await;
        assert_eq!(answer.body, read, "{field} {name}");
    }
}

#[tokio::test]
async fn a_file_that_is_too_large_or_cut_off_is_refused() {
    let site = site().await;
    let mut visitor = visitor(&site);
    let large = "x".repeat(1000);
    let answer = visitor.upload("/api/upload", "file", "x", &large).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    for cut in [
        "",
        "--edge\r\ncontent-disposition: form-da",
        "--edge\r\ncontent-disposition: form-data; name=file; filename=x\r\n\r\nMil",
    ] {
        let request = Request::post("/api/upload")
            .header("content-type", "multipart/form-data; boundary=edge")
            .body(Body::from(cut));
        let answer = visitor.exchange(request.unwrap()).await;
        assert_eq!(
            (answer.status, &*answer.body),
            (StatusCode::BAD_REQUEST, r#""bad_request""#),
            "{cut}"
        );
    }
}

#[tokio::test]
async fn a_visitor_posts_json() {
    let site = site().await;
    let answer = visitor(&site).post("/api/json", &json!({ "a": 1 })).await;
    assert_eq!(answer.body, r#"{"a":1}"#);
}
