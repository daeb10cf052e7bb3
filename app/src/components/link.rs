//! Yours. What the pages share that send one-time links, and those of the links. To look at such a page changes nothing; its form uses the link.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
use leptos_router::hooks::use_location;

use super::{EmailField, FormMessage, Submit};
use crate::auth::guards::next::{field_of, with_field};
use crate::auth::{Form, PostForm, load};
use crate::erased::{Erased, IntoErased};
use crate::error::Error;
use crate::messages::{Phrase, text, text_with};

/// The address to which a link was sent; `kind` is what it is for: `sign_up`, `reset`, `change_email`, `keep_email`
/// or `keep_account`. The link stays as it is.
///
/// # Errors
/// `LinkUnusable`; `SignUpClosed`.
#[server(name = LoadLinkAddress, endpoint = "link_address", input = GetUrl)]
pub async fn link_address(
    #[server(default)] kind: String,
    #[server(default)] link: String,
) -> Result<String, Error> {
    use crate::auth::{AuthError, auth};

    let kind = kind.parse().map_err(|_| AuthError::LinkUnusable)?;
    Ok(auth()?.link_address(kind, &link).await?)
}

/// The address of the page that follows the form of the page `form`, which sends a mail.
pub fn mail_sent(form: &str) -> String {
    with_field("/mail-sent", "form", form)
}

/// The link of the page's address; empty, if there is none.
pub fn use_link() -> String {
    field_of(&use_location().search.get_untracked(), "link")
}

/// The form that uses the page's link, with `fields`, below the address to which the link was sent; or why it cannot be used. `kind` as
/// above.
#[component]
pub fn LinkForm(kind: &'static str, form: fn() -> Form, fields: fn() -> Erased) -> Erased {
    let link = use_link();
    let address = load(move || LoadLinkAddress {
        kind: kind.to_owned(),
        link: link.clone(),
    });
    address.show(move |address| {
        let told = text_with(Phrase::ForAddress, &[("address", &address)]);
        let form = form();
        view! {
            <p>{told}</p>
            <FormMessage/>
            <PostForm form>
                <LinkField address/>
                {fields()}
            </PostForm>
        }
    })
}

/// The hidden field with the link, and for password managers the address, which is not sent. Inside of a `PostForm`.
#[component]
pub fn LinkField(address: String) -> Erased {
    view! {
        <input type="hidden" name="link" value=use_link()/>
        <input type="email" autocomplete="username" value=address hidden readonly aria-label=text(Phrase::Email)/>
    }
    .erased()
}

/// Asks for an address, to which a link is sent.
#[component]
pub fn AskForLink(form: Form, lead: Phrase) -> Erased {
    view! {
        <p>{text(lead)}</p>
        <FormMessage/>
        <PostForm form>
            <EmailField/>
            <Submit text=text(Phrase::SendLink)/>
        </PostForm>
    }
    .erased()
}
