//! Yours. Deletes the account: the page to copy for a sensitive action, which needs a fresh login.

use leptos::prelude::*;

use crate::auth::{CurrentUser, PostForm, use_form};
use crate::components::{AskFirst, Card, FormMessage};
use crate::erased::{Erased, IntoErased};
use crate::error::Error;
use crate::messages::{Phrase, text};

/// Deletes the logged-in user, with all sessions and tokens. As JSON, the guest that the visitor is now.
///
/// # Errors
/// `FreshLoginRequired`; `LoginRequired` for a guest.
#[server(endpoint = "delete_account")]
pub async fn delete_account() -> Result<CurrentUser, Error> {
    use crate::auth::config::HOME_PATH;
    use crate::auth::{answer, auth, fresh_login_required};
    use crate::error::AppNotice;

    answer("/account/delete")
        .then(HOME_PATH)
        .notice(AppNotice::AccountDeleted)
        .run(async {
            fresh_login_required().await?;
            let auth = auth()?;
            auth.delete_account().await?;
            Ok(auth.load_user().await?)
        })
        .await
}

#[component]
pub fn DeleteAccountPage() -> Erased {
    let form = use_form::<DeleteAccount>(|_| ());

    view! {
        <Card title=text(Phrase::DeleteYourAccount)>
            <p>{text(Phrase::DeleteWarning)}</p>
            <FormMessage/>
            <PostForm form>
                <AskFirst text=text(Phrase::DeleteMyAccount) question=text(Phrase::AskDelete) id="ask-delete"/>
            </PostForm>
            <p class="aside"><a href="/account">{text(Phrase::Cancel)}</a></p>
        </Card>
    }.erased()
}
