//! Core. The answer of a server function as text, which is one type for all functions: JSON, or the code of an error.

use std::fmt;
use std::str::FromStr;

use leptos::prelude::FromServerFnError;
use leptos::server_fn::Bytes;
use serde::de::DeserializeOwned;

use crate::auth::error::AuthError;
use crate::error::Error;
use crate::half::IS_SERVER;
use crate::json::{from_json, to_json};

#[derive(Clone, Debug, Eq, PartialEq)]
pub(in crate::auth) struct Answer(pub Result<String, Error>);

/// Before an error: no JSON begins with it.
const FAILED: char = '!';

impl Answer {
    /// # Errors
    /// The function's; `Unavailable`, if the text is not JSON of a `T`: something in between has answered.
    pub fn value<T: DeserializeOwned>(&self) -> Result<T, Error> {
        let text = self.0.as_ref().map_err(Clone::clone)?;
        from_json(text).ok_or(AuthError::Unavailable.into())
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Only the server writes it into the page.
        match &self.0 {
            _ if !IS_SERVER => Ok(()),
            Ok(text) => f.write_str(text),
            Err(error) => write!(f, "{FAILED}{}", to_json(error)),
        }
    }
}

impl FromStr for Answer {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(match text.strip_prefix(FAILED) {
            Some(error) => Err(Error::de(Bytes::from(error.to_owned()))),
            None => Ok(text.to_owned()),
        }))
    }
}
