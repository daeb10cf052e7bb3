//! Any `Cookie` header, and any payload with a valid signature: the layer answers, and no user is logged in.
#![no_main]

use std::sync::LazyLock;

use app::auth::guards::session_layer::read_and_write_cookies;
use app::auth::{
    AuthSession, Cost, CurrentUser, LoginManager, Options, Passwords, Purpose, SigningKeys,
};
use app::database::Database;
use app::pages::ACCESS;
use axum::body::Body;
use axum::http::{HeaderValue, Request, StatusCode, header};
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use axum::Router;
use libfuzzer_sys::fuzz_target;
use tokio::runtime::{Builder, Runtime};
use tower::ServiceExt;

/// The fixed time of the clock. Unix seconds.
const NOW: i64 = 1_700_000_000;

static RUNTIME: LazyLock<Runtime> =
    LazyLock::new(|| Builder::new_current_thread().enable_all().build().unwrap());

fn keys() -> SigningKeys {
    let secrets = ["the first of two keys to fuzz with: 0123456789", "and the second: 9876543210 abcdefghij"];
    SigningKeys::new(&secrets[0].into(), &[secrets[1].into()]).unwrap()
}

static KEYS: LazyLock<SigningKeys> = LazyLock::new(keys);

static ROUTER: LazyLock<Router> = LazyLock::new(|| {
    let database = RUNTIME.block_on(Database::open("sqlite::memory:")).unwrap();
    let passwords = Passwords::new(Cost::new(8, 1, 1, None).unwrap());
    let options = Options { clock: std::sync::Arc::new(|| NOW), ..Options::default() };
    let manager = LoginManager::new(database, passwords, keys(), options);
    let layer = from_fn_with_state((manager, ACCESS), read_and_write_cookies);
    let who = async |session: AuthSession| {
        assert!(matches!(session.load_user().await, Ok(CurrentUser::Guest(_))));
    };
    // A validly signed value would query the database, so it is only parsed.
    let ignore = async |_: AuthSession| {};
    Router::new().route("/raw", get(who)).route("/signed", get(ignore)).layer(layer)
});

fn send(path: &str, cookies: HeaderValue) {
    let request = Request::get(path).header(header::COOKIE, cookies);
    let request = request.body(Body::empty()).unwrap();
    let answer = RUNTIME.block_on(ROUTER.clone().oneshot(request)).unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    let set: Vec<_> = answer.headers().get_all(header::SET_COOKIE).iter().collect();
    assert!(set.is_empty(), "{set:?}");
}

fuzz_target!(|data: &[u8]| {
    let Some((&kind, rest)) = data.split_first() else {
        return;
    };
    if kind < 128 {
        if let Ok(line) = HeaderValue::from_bytes(rest) {
            send("/raw", line);
        }
        return;
    }
    let (purpose, name) = [
        (Purpose::Session, "__Host-latchkey_session"),
        (Purpose::Remember, "__Host-latchkey_remember"),
        (Purpose::Flash, "__Host-latchkey_flash"),
        (Purpose::Device, "__Host-latchkey_device"),
        (Purpose::Kept, "__Host-latchkey_kept"),
    ][usize::from(kind % 5)];
    let Some((time, payload)) = rest.split_first_chunk() else {
        return;
    };
    let time = i64::from_be_bytes(*time);
    let sealed = KEYS.seal(purpose, payload, time);
    let opened = KEYS.open(purpose, &sealed).expect("what was sealed opens");
    assert_eq!((&*opened.payload, opened.issued_at, opened.needs_rotation), (payload, time, false));
    for other in [Purpose::Session, Purpose::Remember, Purpose::Flash, Purpose::Device, Purpose::Kept] {
        assert_eq!(KEYS.open(other, &sealed).is_some(), other == purpose);
    }
    send("/signed", HeaderValue::try_from(format!("{name}={sealed}")).unwrap());
});
