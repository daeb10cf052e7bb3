//! Yours. A button that logs out and goes home, with and without JavaScript.

use leptos::prelude::*;

use super::{FormMessage, Submit};
use crate::auth::forms::messages::{Label, label_text};
use crate::auth::{Logout, PostForm, use_current_user, use_separate_form};

#[component]
pub fn LogoutButton() -> impl IntoView {
    let current_user = use_current_user();
    let form = use_separate_form::<Logout>(move |guest| current_user.set(guest));

    view! {
        <PostForm form>
            <Submit text=label_text(Label::LogOut) quiet=true/>
            <FormMessage/>
        </PostForm>
    }
}
