//! How the browser reads JSON: as `serde_json` does, for each type that an app sends. Here the reader gets the values of
//! `serde_json`, in the browser those of the browser.

use std::collections::BTreeMap;
use std::fmt::Debug;

use app::auth::{
    AccessToken, ActiveSession, AuthError, AuthNotice, CurrentUser, Flash, FormValues,
};
use app::error::{AppError, AppNotice, Error, Notice};
use app::json::reader::{Parsed, read};
use app::users::{Guest, User};
use proptest::prelude::*;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json, to_value};

#[derive(Clone)]
struct Json(Value);

impl Parsed for Json {
    fn is_null(&self) -> bool {
        self.0.is_null()
    }

    fn as_bool(&self) -> Option<bool> {
        self.0.as_bool()
    }

    fn as_f64(&self) -> Option<f64> {
        self.0.as_f64()
    }

    fn as_string(&self) -> Option<String> {
        self.0.as_str().map(str::to_owned)
    }

    fn items(&self) -> Option<Vec<Self>> {
        Some(self.0.as_array()?.iter().cloned().map(Self).collect())
    }

    fn pairs(&self) -> Option<Vec<(String, Self)>> {
        let pairs = self.0.as_object()?.clone().into_iter();
        Some(pairs.map(|(key, value)| (key, Self(value))).collect())
    }
}

/// What serde can make of a type.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
struct Every {
    truth: bool,
    small: u8,
    large: i64,
    fraction: f64,
    text: String,
    letter: char,
    maybe: Option<String>,
    nested: Option<Box<Every>>,
    list: Vec<Kind>,
    pair: (i32, String),
    map: BTreeMap<String, u32>,
    wrapped: Wrapped,
    nothing: (),
    #[serde(default)]
    missing: Vec<String>,
    #[serde(flatten)]
    others: BTreeMap<String, Value>,
}

#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
struct Wrapped(String);

#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Plain,
    One(String),
    Two(i32, bool),
    Named { name: String, days: Option<i64> },
}

#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(tag = "type")]
enum Tagged {
    Empty,
    Full { text: String },
}

fn every() -> Every {
    Every {
        truth: true,
        small: 255,
        large: -9_007_199_254_740_991,
        fraction: 1.5,
        text: "Zoë \u{1f469}\u{200d}\u{1f4bb} \"\\\u{0}".into(),
        letter: 'ß',
        maybe: None,
        nested: None,
        list: vec![
            Kind::Plain,
            Kind::One("a".into()),
            Kind::Two(-1, false),
            Kind::Named {
                name: String::new(),
                days: Some(3),
            },
        ],
        pair: (7, "seven".into()),
        map: [("one".into(), 1), (String::new(), 0)].into(),
        wrapped: Wrapped("inside".into()),
        nothing: (),
        missing: Vec::new(),
        others: BTreeMap::new(),
    }
}

/// Both readers have the same answer.
fn agree<T: DeserializeOwned + PartialEq + Debug>(json: &Value) {
    let expected = serde_json::from_value::<T>(json.clone()).ok();
    assert_eq!(read::<T>(Json(json.clone())), expected, "{json}");
}

/// The value comes back, and both readers agree on what is nearly it: each part of it in turn is `other`.
fn comes_back<T>(value: &T, other: &Value)
where
    T: DeserializeOwned + PartialEq + Debug + Serialize,
{
    let json = to_value(value).unwrap();
    assert_eq!(
        read::<T>(Json(json.clone())).as_ref(),
        Some(value),
        "{json}"
    );
    for path in paths(&json) {
        let mut changed = json.clone();
        *changed.pointer_mut(&path).unwrap() = other.clone();
        agree::<T>(&changed);
    }
}

/// The pointers to all parts of a value.
fn paths(json: &Value) -> Vec<String> {
    let parts: Vec<(String, &Value)> = match json {
        Value::Array(items) => (0..).map(|at: u32| at.to_string()).zip(items).collect(),
        Value::Object(pairs) => pairs
            .iter()
            .map(|(key, value)| (key.clone(), value))
            .collect(),
        _ => Vec::new(),
    };
    let below = parts
        .into_iter()
        .filter(|(key, _)| !key.is_empty())
        .flat_map(|(key, value)| {
            let paths = paths(value).into_iter();
            paths
                .map(move |path| format!("/{key}{path}"))
                .collect::<Vec<_>>()
        });
    std::iter::once(String::new()).chain(below).collect()
}

fn each_type(other: &Value) {
    let user = User {
        id: "id".into(),
        name: "Ada".into(),
        ..User::default()
    };
    for user in [
        CurrentUser::User(user),
        CurrentUser::Guest(Guest::default()),
    ] {
        comes_back(&user, other);
        comes_back(&Ok::<_, Error>(user), other);
    }
    comes_back(
        &Err::<CurrentUser, Error>(AuthError::Unavailable.into()),
        other,
    );
    for error in [
        AuthError::TryAgainIn(4),
        AuthError::LoginRequired,
        AuthError::Unexpected,
    ] {
        comes_back(&Error::from(error), other);
    }
    comes_back(&Error::from(AppError::InvalidName), other);
    for notice in [
        Notice::Auth(AuthNotice::SendAgain),
        Notice::App(AppNotice::SignedUp),
    ] {
        comes_back(&notice, other);
    }
    let session = ActiveSession {
        id: "1".into(),
        user_agent: String::new(),
        address: "::1".into(),
        remembered: true,
        current: false,
        created_at: 1,
        seen_at: i64::from(u32::MAX),
    };
    comes_back(&vec![session], other);
    let token = AccessToken {
        id: "1".into(),
        name: "CI".into(),
        created_at: 0,
        last_used_at: None,
        expires_at: -1,
    };
    comes_back(&token, other);
    let flash = Flash {
        page: "/login".into(),
        error: Some(AuthError::InvalidCredentials.into()),
        notice: None,
        typed: FormValues::new([("email", "ada@example.com"), ("", "")]),
    };
    comes_back(&Some(flash), other);
    let nested = Every {
        maybe: Some(String::new()),
        nested: Some(Box::new(every())),
        ..every()
    };
    comes_back(&nested, other);
    for tagged in [Tagged::Empty, Tagged::Full { text: "a".into() }] {
        comes_back(&tagged, other);
    }
}

#[test]
fn the_browser_reads_each_type_of_the_app() {
    for other in [
        json!(null),
        json!(true),
        json!(7),
        json!(0.5),
        json!("text"),
        json!("busy"),
        json!({}),
    ] {
        each_type(&other);
    }
}

/// A list in the place of a struct is read by `serde_json` only, and a whole number with a fraction is one to JavaScript.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-9_007_199_254_740_992_i64..=9_007_199_254_740_992).prop_map(Value::from),
        (-1000..1000_i32).prop_map(|number| Value::from(f64::from(number) + 0.25)),
        ".*".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop::collection::btree_map("(plain|one|name|error|try_again_in|[a-z])", inner, 0..4)
            .prop_map(|pairs| Value::Object(pairs.into_iter().collect()))
    })
}

proptest! {
    #[test]
    fn the_browser_reads_what_serde_json_reads(other in any_json()) {
        each_type(&other);
    }
}
