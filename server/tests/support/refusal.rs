//! The page that a browser sees of a refused request.

use axum::http::header;

use crate::support::visitor::{Answer, unescaped};

/// What the page says.
#[derive(Debug)]
pub struct RefusalPage {
    pub heading: String,
    pub hint: String,
    /// The text and the address of the one link.
    pub link: (String, String),
}

impl RefusalPage {
    /// Reads the page, and checks what holds for each of them.
    #[track_caller]
    pub fn of(answer: &Answer) -> Self {
        let (html, headers) = (&*answer.body, &answer.headers);
        let refused = answer.status.is_client_error() || answer.status.is_server_error();
        assert!(refused, "{}", answer.status);
        assert_eq!(headers[header::CONTENT_TYPE], "text/html; charset=utf-8");
        assert!(
            html.starts_with("<!DOCTYPE html><html lang=\"en\">"),
            "{html}"
        );
        let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(
            policy.starts_with("default-src 'none'; style-src 'self'"),
            "{policy}"
        );
        for script in [
            "<script",
            "javascript:",
            " onclick",
            "<style",
            " style=",
            "script-src",
        ] {
            assert!(
                !html.contains(script) && !policy.contains(script),
                "{script}: {html}"
            );
        }
        assert!(html.contains("<meta charset=\"utf-8\""), "{html}");
        assert!(html.contains("name=\"viewport\""), "{html}");
        let sheet = tags(html, "link").find(|tag| tag.contains("rel=\"stylesheet\""));
        let sheet = attribute(sheet.expect("a stylesheet"), "href");
        assert_eq!(sheet, "/pkg/latchkey.css");
        assert_eq!(headers[header::CACHE_CONTROL], "private, no-store");

        let heading = text(html, "h1");
        assert_eq!(text(html, "title"), format!("{heading} · Latchkey"));
        let id = headers["x-request-id"].to_str().unwrap();
        assert!(id.len() == 36 && text(html, "code") == id, "{id}: {html}");
        let (_, main) = html.split_once("<main").expect("the content");
        let links: Vec<_> = tags(main, "a").collect();
        assert_eq!(links.len(), 1, "{main}");
        Self {
            heading,
            hint: text(main, "p"),
            link: (text(main, "a"), attribute(links[0], "href")),
        }
    }
}

/// The start tags of this name, each with the rest of the page up to its end.
fn tags<'a>(html: &'a str, name: &str) -> impl Iterator<Item = &'a str> {
    let start = format!("<{name} ");
    let starts = html.match_indices(&start).collect::<Vec<_>>().into_iter();
    starts.map(|(at, _)| &html[at..at + html[at..].find('>').expect("its end")])
}

fn attribute(tag: &str, name: &str) -> String {
    let value = tag.split_once(&format!(" {name}=\"")).expect(name).1;
    unescaped(value.split('"').next().unwrap())
}

/// The text of the first element of this name.
fn text(html: &str, name: &str) -> String {
    let element = html.match_indices(&format!("<{name}")).find(|(at, start)| {
        let next = html.as_bytes()[at + start.len()];
        next == b'>' || next == b' '
    });
    let (at, _) = element.expect(name);
    let (_, rest) = html[at..].split_once('>').unwrap();
    let (text, _) = rest.split_once(&format!("</{name}>")).expect("its end");
    unescaped(&text.replace("<!>", ""))
}
