//! Yours. All that is stored of a user, as a file.

use leptos::prelude::*;

use crate::components::Card;
use crate::erased::{Erased, IntoErased};
use crate::messages::{Phrase, text};

#[component]
pub fn ExportPage() -> Erased {
    view! {
        <Card title=text(Phrase::YourData)>
            <p>{text(Phrase::YourDataHint)}</p>
            <p class="actions">
                <a class="button" href="/account/export.json" rel="external">
                    {text(Phrase::Download)}
                </a>
            </p>
            <p class="aside"><a href="/account">{text(Phrase::BackToAccount)}</a></p>
        </Card>
    }
    .erased()
}
