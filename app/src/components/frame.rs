//! Yours. What most pages share: the header that knows the visitor, and the place of the content.

use leptos::prelude::*;

use super::{ConfirmDialog, Content, Navigation};

#[component]
pub fn Frame(children: Children) -> impl IntoView {
    view! {
        <Navigation/>
        <Content>{children()}</Content>
        <ConfirmDialog/>
    }
}
