//! Yours. A button that logs out and goes home, with and without JavaScript.

use leptos::prelude::*;

use super::{FormMessage, Submit};
use crate::auth::forms::messages::{Label, label_text};
use crate::auth::{Logout, PostForm, use_separate_form};
use crate::erased::{Erased, IntoErased};

#[component]
pub fn LogoutButton() -> Erased {
    let form = use_separate_form::<Logout>(|_| ());

    view! {
        <PostForm form>
            <Submit text=label_text(Label::LogOut) plain=true/>
            <FormMessage/>
        </PostForm>
    }
    .erased()
}
