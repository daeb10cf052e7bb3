//! A visitor with a browser, which keeps cookies and does not follow redirects. Each action is one method.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;

use app::auth::config;
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, HeaderValue, Method, Request, StatusCode, header};
use cookie::Cookie;
use http_body_util::BodyExt;
use serde_json::Value;
use tower::ServiceExt;
use url::form_urlencoded;

/// Part of every test password. It must not appear in a response, URL or log.
pub const MARKER: &str = "battery-staple-marker";

/// The names of the cookies, over http.
pub const SESSION: &str = config::SESSION_COOKIE;
pub const REMEMBER: &str = config::REMEMBER_COOKIE;
pub const FLASH: &str = config::FLASH_COOKIE;
pub const DEVICE: &str = config::DEVICE_COOKIE;
pub const KEPT: &str = config::KEPT_COOKIE;

/// User agents: a browser, the same one after an update, and another one.
pub const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
pub const FIREFOX_UPDATED: &str =
    "Mozilla/5.0 (X11; Linux x86_64; rv:141.0) Gecko/20100101 Firefox/141.0.2";
pub const SAFARI: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) \
     AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1";

pub const HTML: &str = "text/html,application/xhtml+xml";

/// Returns the current user: `{"user": {..}}` or `{"guest": {..}}`.
pub const CURRENT_USER: &str = "/api/current_user";

/// Where a form that came without a cookie is redirected first.
pub const COOKIE_CHECK: &str = "/api/cookies?next=";

/// A text that only the login page contains.
pub const LOGIN_FORM: &str = r#"<form action="/api/login" method="post">"#;

#[derive(Clone)]
pub struct Visitor {
    router: Router,
    pub cookies: BTreeMap<String, String>,
    pub user_agent: &'static str,
    /// What the browser asks for.
    pub language: Option<&'static str>,
    /// The peer address of the socket, if the test needs one.
    pub address: Option<SocketAddr>,
    /// Sent as `Authorization: Bearer`.
    pub token: Option<String>,
    /// The cookies that survive when the browser is closed.
    persistent: BTreeSet<String>,
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

pub fn email(name: &str) -> String {
    format!("{}@example.com", name.to_lowercase())
}

pub fn password(name: &str) -> String {
    format!("{MARKER} of {name}")
}

/// The name that [`email`] made this address from.
fn name_in(email: &str) -> String {
    let (name, _) = email.split_once('@').expect("an address");
    let (first, rest) = name.split_at(1);
    first.to_uppercase() + rest
}

impl Visitor {
    pub fn new(router: Router) -> Self {
        Self {
            router,
            cookies: BTreeMap::new(),
            user_agent: FIREFOX,
            language: None,
            address: None,
            token: None,
            persistent: BTreeSet::new(),
        }
    }

    /// Cookies without `Max-Age` end here.
    pub fn close_browser(&mut self) {
        let persistent = &self.persistent;
        self.cookies.retain(|name, _| persistent.contains(name));
    }

    /// The same browser, on the site after a restart or on another server.
    pub fn moves_to(&mut self, router: &Router) {
        self.router = router.clone();
    }

    /// Takes over the cookies of another tab of the same browser.
    pub fn takes_cookies_of(&mut self, tab: &Self) {
        self.cookies.clone_from(&tab.cookies);
        self.persistent.clone_from(&tab.persistent);
    }

    /// Opens a page.
    pub async fn visit(&mut self, path: &str) -> Answer {
        self.send(Method::GET, path, HTML, None).await
    }

    /// Opens a page in a browser that asks for this language.
    pub async fn visit_in(&mut self, language: &str, path: &str) -> Answer {
        let request = Request::get(path)
            .header(header::ACCEPT, HTML)
            .header(header::ACCEPT_LANGUAGE, language);
        let request = request.body(Body::empty()).expect("a request");
        self.exchange(request).await
    }

    /// Sends a form, as a browser without JavaScript does. The first cookie is checked on the way to the answer.
    pub async fn submit(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let mut answer = self.submit_without_check(path, fields).await;
        let check = answer.location().filter(|to| to.starts_with(COOKIE_CHECK));
        if let Some(check) = check.map(str::to_owned) {
            let checked = self.visit(&check).await;
            let to = checked.headers.get(header::LOCATION).expect("a redirect");
            answer.headers.insert(header::LOCATION, to.clone());
        }
        answer
    }

    /// The same, up to the first redirect.
    pub async fn submit_without_check(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.send(Method::POST, path, HTML, Some(encode(fields)))
            .await
    }

    /// Calls a server function, as the hydrated page does.
    pub async fn call(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.send(Method::POST, path, "application/json", Some(encode(fields)))
            .await
    }

    /// Calls a server function that only reads.
    pub async fn ask(&mut self, path: &str) -> Answer {
        self.send(Method::GET, path, "application/json", None).await
    }

    /// Sends JSON to a server function, as a script does.
    pub async fn post(&mut self, path: &str, json: &Value) -> Answer {
        self.send_body(path, "application/json", "*/*", json.to_string())
            .await
    }

    /// Sends a form with the file `name` in its field `field`, as a browser without JavaScript does.
    pub async fn upload(&mut self, path: &str, field: &str, name: &str, content: &str) -> Answer {
        let body = format!(
            "--edge\r\ncontent-disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\n\r\n\
             {content}\r\n--edge--\r\n"
        );
        self.send_body(path, "multipart/form-data; boundary=edge", HTML, body)
            .await
    }

    async fn send_body(&mut self, path: &str, kind: &str, accept: &str, body: String) -> Answer {
        let request = Request::post(path)
            .header(header::CONTENT_TYPE, kind)
            .header(header::ACCEPT, accept);
        self.exchange(request.body(Body::from(body)).expect("a request"))
            .await
    }

    pub async fn sign_up(&mut self, name: &str) -> Answer {
        let (email, password) = (email(name), password(name));
        let fields = [("name", name), ("email", &email), ("password", &password)];
        self.submit("/api/signup", &fields).await
    }

    pub async fn log_in(&mut self, name: &str) -> Answer {
        self.log_in_to(name, "").await
    }

    pub async fn log_in_to(&mut self, name: &str, next: &str) -> Answer {
        let (email, password) = (email(name), password(name));
        self.submit(
            "/api/login",
            &[("email", &email), ("password", &password), ("next", next)],
        )
        .await
    }

    pub async fn log_in_remembered(&mut self, name: &str) -> Answer {
        let (email, password) = (email(name), password(name));
        self.submit(
            "/api/login",
            &[
                ("email", &email),
                ("password", &password),
                ("remember", "on"),
            ],
        )
        .await
    }

    /// Confirms the password.
    pub async fn confirm(&mut self, name: &str) -> Answer {
        let password = password(name);
        self.submit("/api/confirm", &[("current_password", &password)])
            .await
    }

    /// Creates an access token; needs a fresh login.
    pub async fn create_token(&mut self, name: &str) -> String {
        let fields = [("token_name", name), ("days", "30")];
        let answer = self.call("/api/create_token", &fields).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        answer.json().as_str().expect("a token").to_owned()
    }

    /// Whether a page that needs a fresh login opens; otherwise it must redirect to the confirmation.
    pub async fn is_fresh(&mut self) -> bool {
        let page = self.visit("/account/delete").await;
        if page.status != StatusCode::OK {
            page.leads_to("/confirm?next=%2Faccount%2Fdelete");
        }
        page.status == StatusCode::OK
    }

    pub async fn log_out(&mut self) -> Answer {
        self.submit("/api/logout", &[]).await
    }

    /// Asks the site for the current user of this browser.
    pub async fn who_am_i(&mut self) -> Answer {
        self.ask(CURRENT_USER).await
    }

    /// The name in the current user's e-mail address; `None` if the site answers with a guest.
    pub async fn name(&mut self) -> Option<String> {
        self.who_am_i().await.user()
    }

    /// The id of the user whom the server knows this browser as.
    pub async fn id(&mut self) -> String {
        let answer = self.who_am_i().await.json();
        answer["user"]["id"].as_str().expect("a user").to_owned()
    }

    pub async fn is_guest(&mut self) -> bool {
        self.name().await.is_none()
    }

    pub fn session_cookie(&self) -> &str {
        let cookie = self
            .cookies
            .iter()
            .find(|(name, _)| name.ends_with(SESSION));
        cookie.expect("a session cookie").1
    }

    pub fn remember_cookie(&self) -> Option<&str> {
        let mut cookies = self.cookies.iter();
        let cookie = cookies.find(|(name, _)| name.ends_with(REMEMBER));
        cookie.map(|(_, value)| value.as_str())
    }

    pub fn set_session_cookie(&mut self, value: impl Into<String>) {
        self.cookies.insert(SESSION.into(), value.into());
    }

    async fn send(
        &mut self,
        method: Method,
        path: &str,
        accept: &str,
        form: Option<String>,
    ) -> Answer {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::ACCEPT, accept);
        if form.is_some() {
            request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        }
        let body = form.map_or_else(Body::empty, Body::from);
        self.exchange(request.body(body).expect("a request")).await
    }

    /// Opens a page of another router with this browser's cookies.
    pub async fn exchange_with(&mut self, router: &Router, path: &str) -> Answer {
        let mine = std::mem::replace(&mut self.router, router.clone());
        let answer = self.visit(path).await;
        self.router = mine;
        answer
    }

    /// Sends any request with this browser's cookies.
    pub async fn exchange(&mut self, mut request: Request<Body>) -> Answer {
        if !self.cookies.is_empty() {
            let pairs: Vec<_> = self
                .cookies
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            let value = pairs.join("; ").parse().expect("cookies");
            request.headers_mut().insert(header::COOKIE, value);
        }
        let headers = request.headers_mut();
        headers
            .entry(header::USER_AGENT)
            .or_insert(HeaderValue::from_static(self.user_agent));
        if let Some(language) = self.language {
            headers
                .entry(header::ACCEPT_LANGUAGE)
                .or_insert(HeaderValue::from_static(language));
        }
        if let Some(address) = self.address {
            request.extensions_mut().insert(ConnectInfo(address));
        }
        let headers = request.headers_mut();
        if let Some(token) = &self.token {
            let token = format!("Bearer {token}").parse().expect("a token");
            headers.insert(header::AUTHORIZATION, token);
        }
        let answer = send(&self.router, request).await;
        for cookie in answer.cookies() {
            if cookie
                .max_age()
                .is_some_and(cookie::time::Duration::is_zero)
            {
                self.cookies.remove(cookie.name());
                self.persistent.remove(cookie.name());
            } else {
                if cookie.max_age().is_some() {
                    self.persistent.insert(cookie.name().to_owned());
                }
                self.cookies
                    .insert(cookie.name().to_owned(), cookie.value().to_owned());
            }
        }
        answer
    }
}

/// Sends one request to the real router, with the headers that every browser adds to a form of the same site.
pub async fn send(router: &Router, mut request: Request<Body>) -> Answer {
    let headers = request.headers_mut();
    headers
        .entry("sec-fetch-site")
        .or_insert(HeaderValue::from_static("same-origin"));
    send_bare(router, request).await
}

/// Sends one request to the real router, adding only a host.
pub async fn send_bare(router: &Router, request: Request<Body>) -> Answer {
    let answer = send_expecting_failure(router, request).await;
    // Fails the test on a server error: no request may cause one.
    assert_ne!(
        answer.status,
        StatusCode::INTERNAL_SERVER_ERROR,
        "{}",
        answer.body
    );
    answer
}

/// As [`send`], for a request that makes the server fail.
pub async fn send_expecting_failure(router: &Router, mut request: Request<Body>) -> Answer {
    let headers = request.headers_mut();
    headers
        .entry(header::HOST)
        .or_insert(HeaderValue::from_static("app.test"));
    let response = router
        .clone()
        .oneshot(request)
        .await
        .expect("the router always answers");
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.expect("a body").to_bytes();
    let body = String::from_utf8_lossy(&bytes).into_owned();
    Answer {
        status: parts.status,
        headers: parts.headers,
        body,
    }
}

/// Runs all tasks concurrently on one thread.
pub async fn together<T>(tasks: Vec<impl Future<Output = T>>) -> Vec<T> {
    let mut tasks: Vec<_> = tasks.into_iter().map(Box::pin).collect();
    let mut done: Vec<Option<T>> = tasks.iter().map(|_| None).collect();
    std::future::poll_fn(|context| {
        for (task, done) in tasks.iter_mut().zip(&mut done) {
            if done.is_none()
                && let std::task::Poll::Ready(value) = task.as_mut().poll(context)
            {
                *done = Some(value);
            }
        }
        if done.iter().all(Option::is_some) {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
    done.into_iter().flatten().collect()
}

pub fn encode(fields: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish()
}

/// A text or the value of an attribute, as the page's HTML has it.
pub fn unescaped(text: &str) -> String {
    let entities = [
        ("&quot;", "\""),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&amp;", "&"),
    ];
    entities
        .iter()
        .fold(text.to_owned(), |text, (entity, plain)| {
            text.replace(entity, plain)
        })
}

impl Answer {
    pub fn location(&self) -> Option<&str> {
        self.headers
            .get(header::LOCATION)
            .map(|value| value.to_str().expect("printable"))
    }

    pub fn cookies(&self) -> Vec<Cookie<'static>> {
        let lines = self.headers.get_all(header::SET_COOKIE).iter();
        lines
            .map(|line| Cookie::parse(line.to_str().unwrap().to_owned()).expect("a cookie"))
            .collect()
    }

    #[track_caller]
    pub fn cookie(&self, name: &str) -> Cookie<'static> {
        let mut cookies = self.cookies().into_iter();
        cookies
            .find(|cookie| cookie.name() == name)
            .expect("that cookie")
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("JSON")
    }

    /// The value of the input `name` of a page; empty if it has none.
    #[track_caller]
    pub fn field(&self, name: &str) -> String {
        assert_eq!(self.status, StatusCode::OK, "{}", self.body);
        let name = format!(r#" name="{name}""#);
        let mut inputs = self.body.split("<input").skip(1);
        let input = inputs.find_map(|input| {
            let (tag, _) = input.split_once('>')?;
            tag.contains(&name).then_some(tag)
        });
        let chosen = self.body.split("<select").skip(1).find_map(|select| {
            let (select, _) = select.split_once("</select>")?;
            let chosen = select
                .split("<option")
                .find(|option| option.contains(" selected"));
            select.contains(&name).then_some(chosen?)
        });
        let value = input
            .or(chosen)
            .and_then(|tag| tag.split_once(r#" value=""#)?.1.split_once('"'));
        let value = value.map(|(value, _)| value).unwrap_or_default();
        unescaped(value)
    }

    /// Checks the error beside the input `name` of a page; empty for none.
    #[track_caller]
    pub fn says_of(&self, name: &str, text: &str) {
        let (_, rest) = self
            .body
            .split_once(&format!(r#"<input id="{name}" name="{name}""#))
            .expect("the input");
        let (input, rest) = rest.split_once('>').expect("its end");
        assert_eq!(input.contains(r#"aria-invalid="true""#), !text.is_empty());
        let id = format!("{name}-error");
        let described = input.split_once("aria-describedby=\"");
        let described = described.and_then(|(_, ids)| ids.split_once('"'));
        let described = described.is_some_and(|(ids, _)| ids.split(' ').any(|one| one == id));
        assert_eq!(described, !text.is_empty());
        let (_, problem) = rest
            .split_once(&format!(r#"id="{id}""#))
            .expect("its error");
        let (problem, _) = problem.split_once("</p>").expect("its end");
        let (_, problem) = problem.split_once('>').expect("its text");
        assert!(problem.starts_with(text), "{problem}");
        assert_eq!(problem == "<!>", text.is_empty(), "{problem}");
    }

    /// For a response of [`CURRENT_USER`]: the name in the user's e-mail address, or `None` for a guest.
    #[track_caller]
    pub fn user(&self) -> Option<String> {
        assert_eq!(self.status, StatusCode::OK, "{}", self.body);
        let answer = self.json();
        match (answer.get("user"), answer.get("guest")) {
            (Some(user), None) => Some(name_in(user["email"].as_str().expect("an address"))),
            (None, Some(Value::Object(_))) => None,
            _ => panic!("neither a user nor a guest: {}", self.body),
        }
    }

    #[track_caller]
    pub fn knows(&self, name: &str) {
        assert_eq!(self.user().as_deref(), Some(name));
    }

    #[track_caller]
    pub fn is_for_a_guest(&self) {
        assert_eq!(self.user(), None);
    }

    /// Checks that the page contains this user, once and in the core's own data.
    #[track_caller]
    pub fn is_page_of(&self, name: &str) {
        assert_eq!(self.status, StatusCode::OK, "{}", self.body);
        let users: Vec<&str> = self.body.split(r#""{\"user\":{"#).skip(1).collect();
        assert_eq!(users.len(), 1, "{}", self.body);
        let (user, _) = users[0].split_once("}}").expect("its end");
        let address = format!(r#"\"email\":\"{}\""#, email(name));
        assert!(user.contains(&address), "no {address} in {user}");
    }

    /// Checks that the page has this message, of this CSS class.
    #[track_caller]
    pub fn tells(&self, category: &str, text: &str) {
        let class = format!(r#"class="message {category}""#);
        let messages = self.body.split(&class).skip(1);
        let mut messages = messages.filter_map(|rest| rest.split("</div>").next());
        let text = format!("<p>{text}</p>");
        assert!(
            messages.any(|message| message.contains(&text)),
            "no {text}: {}",
            self.body
        );
    }

    /// Checks for a 303 to `path` with an empty body.
    #[track_caller]
    pub fn leads_to(&self, path: &str) {
        assert_eq!(self.status, StatusCode::SEE_OTHER, "{}", self.body);
        assert_eq!(self.location(), Some(path));
        assert_eq!(self.body, "");
    }

    /// The page, but for what is of this response alone.
    pub fn without_nonce(&self) -> String {
        let (_, rest) = self.body.split_once("nonce=\"").expect("a nonce");
        let (nonce, _) = rest.split_once('"').expect("its end");
        self.body.replace(nonce, "")
    }

    /// Checks for a 200 whose body contains `text`.
    #[track_caller]
    pub fn shows(&self, text: &str) {
        assert_eq!(self.status, StatusCode::OK, "{}", self.body);
        assert!(self.body.contains(text), "no {text:?} in {}", self.body);
    }
}
