use std::fs;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};

use crate::support::site::{Site, site};
use crate::support::visitor::{Answer, send};

/// A path with a hash, as cargo-leptos writes it.
const HASHED: &str = "/pkg/latchkey.1B2M2Y8AsgTpgAmY7PhCfg.css";

async fn get(site: &Site, path: &str, encoding: &str) -> Answer {
    let request = Request::get(path).header(header::ACCEPT_ENCODING, encoding);
    send(&site.router, request.body(Body::empty()).unwrap()).await
}

/// A site with the files of a build.
async fn built_site() -> Site {
    let site = site().await;
    let folder = site.files();
    fs::write(folder.join(&HASHED[1..]), "body{}").unwrap();
    fs::write(folder.join(format!("{}.br", &HASHED[1..])), "as brotli").unwrap();
    fs::write(folder.join("favicon.svg"), "<svg/>").unwrap();
    site
}

#[tokio::test]
async fn a_hashed_file_is_cached_forever_and_sent_compressed() {
    let site = built_site().await;
    let plain = get(&site, HASHED, "identity").await;
    plain.shows("body{}");
    assert_eq!(
        plain.headers["cache-control"],
        "public, max-age=31536000, immutable"
    );
    assert_eq!(plain.headers["content-type"], "text/css; charset=utf-8");
    let brotli = get(&site, HASHED, "br, gzip").await;
    brotli.shows("as brotli");
    for answer in [&plain, &brotli, &get(&site, "/favicon.svg", "br").await] {
        assert_eq!(answer.headers["vary"], "accept-encoding");
    }
    let icon = get(&site, "/favicon.svg", "identity").await;
    assert_eq!(icon.headers["content-type"], "image/svg+xml; charset=utf-8");
    assert_eq!(brotli.headers["content-encoding"], "br");
    assert_eq!(brotli.headers["content-type"], "text/css; charset=utf-8");
}

/// `cargo leptos watch` writes new content to the same name.
#[tokio::test]
async fn a_file_without_a_hash_is_revalidated_at_each_visit() {
    let site = built_site().await;
    for name in ["latchkey.css", "latchkey.min.css", "a.page.about.keys.css"] {
        fs::write(site.files().join("pkg").join(name), "body{}").unwrap();
        let answer = get(&site, &format!("/pkg/{name}"), "identity").await;
        answer.shows("body{}");
        assert_eq!(answer.headers["cache-control"], "no-cache", "{name}");
    }
}

#[tokio::test]
async fn a_missing_file_is_not_cached() {
    let site = built_site().await;
    for path in [
        "/pkg/gone.js",
        "/pkg/",
        "/pkg/../Cargo.toml",
        "/pkg/%2e%2e/favicon.svg",
    ] {
        let answer = get(&site, path, "identity").await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert!(
            ["no-cache", "private, no-store"]
                .contains(&answer.headers["cache-control"].to_str().unwrap())
        );
    }
}

/// ASVS 13.4.1.
#[tokio::test]
async fn files_outside_the_public_folder_are_never_sent() {
    const BESIDE: &str = "outside the public folder";
    let site = built_site().await;
    let root = site.files().join("..");
    for folder in [".git", "data"] {
        fs::create_dir(root.join(folder)).unwrap();
    }
    for file in [
        ".git/HEAD",
        ".git/config",
        ".env",
        "Cargo.toml",
        "data/latchkey.sqlite",
    ] {
        fs::write(root.join(file), BESIDE).unwrap();
        for way in [
            "/",
            "//",
            "/../",
            "/..%2f",
            "/..%5c",
            "/%2e%2e/",
            "/%2e%2e%2f",
            "/%252e%252e/",
            "/pkg/../../",
            "/pkg/..%2f..%2f",
            "/pkg/%2e%2e/%2e%2e/",
        ] {
            let path = format!("{way}{file}");
            let answer = get(&site, &path, "identity").await;
            assert!(answer.status.is_client_error(), "{path}: {}", answer.status);
            assert!(!answer.body.contains(BESIDE), "{path}");
        }
    }
    // Inside the folder the same content is sent, so the paths above were really rejected.
    fs::copy(root.join(".env"), site.files().join("file")).unwrap();
    get(&site, "/file", "identity").await.shows(BESIDE);
}

#[tokio::test]
async fn static_files_load_no_user_even_with_valid_cookies() {
    let site = built_site().await;
    let mut ada = site.user("Ada").await;
    for path in [HASHED, "/favicon.svg"] {
        let (queries, answer) = site.queries(ada.visit(path)).await;
        assert_eq!((queries, answer.status), (0, StatusCode::OK), "{path}");
        assert!(answer.cookies().is_empty(), "{path}");
        if let Some(date) = answer.headers.get("last-modified") {
            let request = Request::get(path)
                .header(header::IF_MODIFIED_SINCE, date)
                .body(Body::empty());
            let same = ada.exchange(request.unwrap()).await;
            assert_eq!(same.status, StatusCode::NOT_MODIFIED, "{path}");
            assert!(same.cookies().is_empty(), "{path}");
        }
        let vary = answer
            .headers
            .get("vary")
            .map(|value| value.to_str().unwrap());
        assert!(!vary.unwrap_or_default().contains("cookie"), "{path}");
    }
}
