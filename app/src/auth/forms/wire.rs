//! Core. An error as the body of a response: its code as JSON.

use leptos::prelude::{FromServerFnError, ServerFnErrorErr};
use leptos::server_fn::Bytes;
use leptos::server_fn::codec::JsonEncoding;

use crate::auth::error::AuthError;
use crate::error::Error;
use crate::json::from_json;

impl FromServerFnError for Error {
    type Encoder = JsonEncoding;

    /// A body that is no code comes from something in between: most of all a proxy whose server is down.
    fn de(body: Bytes) -> Self {
        let code = str::from_utf8(&body).ok().and_then(from_json);
        code.unwrap_or(Self::Auth(AuthError::Unavailable))
    }

    /// The framework's own messages may name types and fields, so they are dropped here.
    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        Self::Auth(match error {
            ServerFnErrorErr::Args(_)
            | ServerFnErrorErr::MissingArg(_)
            | ServerFnErrorErr::Deserialization(_) => AuthError::BadRequest,
            ServerFnErrorErr::Request(_) => AuthError::Unavailable,
            _ => AuthError::Unexpected,
        })
    }
}
