//! Yours. What most pages share: the header that knows the visitor, and the place of the content.

use leptos::prelude::*;

use super::{ConfirmDialog, Content, Navigation};
use crate::erased::{Children, Erased, IntoErased};

#[component]
pub fn Frame(children: Children) -> Erased {
    view! {
        <Navigation/>
        <Content>{children.show()}</Content>
        <ConfirmDialog/>
    }
    .erased()
}
