//! Yours. Deletes the account: the page to copy for a sensitive action, which needs a fresh login. Where there is mail, the account is
//! closed first, and a link in the mail keeps it.

use leptos::prelude::*;

use crate::auth::{CurrentUser, PostForm, still, use_form};
use crate::components::{AskFirst, Card, FormMessage, LinkForm, Submit};
use crate::erased::{Erased, IntoErased};
use crate::error::Error;
use crate::messages::{Phrase, server_text, server_text_counted, text};

/// A context of the server: for so many days a deleted account can be kept.
#[derive(Clone)]
pub struct DeletionGrace(pub i64);

/// Deletes the logged-in user, with all sessions and tokens, at once or later. As JSON, the guest that the visitor is now.
///
/// # Errors
/// `FreshLoginRequired`; `LoginRequired` for a guest.
#[server(endpoint = "delete_account")]
pub async fn delete_account() -> Result<CurrentUser, Error> {
    use crate::auth::config::HOME_PATH;
    use crate::auth::{answer, auth, fresh_login_required};
    use crate::error::AppNotice;

    let notice = if auth()?.days_to_keep().is_some() {
        AppNotice::AccountClosed
    } else {
        AppNotice::AccountDeleted
    };
    answer("/account/delete")
        .then(HOME_PATH)
        .notice(notice)
        .run(async {
            fresh_login_required().await?;
            let auth = auth()?;
            auth.delete_account().await?;
            Ok(auth.load_user().await?)
        })
        .await
}

/// Opens an account again that is to be deleted. As JSON, `null`.
///
/// # Errors
/// `LinkUnusable`; `TooManyAttempts`.
#[server(endpoint = "keep_account")]
pub async fn keep_account(#[server(default)] link: String) -> Result<(), Error> {
    use crate::auth::config::KEEP_ACCOUNT_PATH;
    use crate::auth::guards::next::with_field;
    use crate::auth::{answer, auth, login_page};
    use crate::error::AppNotice;

    answer(with_field(KEEP_ACCOUNT_PATH, "link", &link))
        .then(login_page("/"))
        .notice(AppNotice::AccountKept)
        .run(async { Ok(auth()?.keep_account(&link).await?) })
        .await
}

#[component]
pub fn DeleteAccountPage() -> Erased {
    let form = use_form::<DeleteAccount>(|_| ());

    view! {
        <Card title=text(Phrase::DeleteYourAccount)>
            <p>{text(Phrase::DeleteWarning)}</p>
            {still("when-deleted", when_deleted)}
            <FormMessage/>
            <PostForm form>
                <AskFirst text=text(Phrase::DeleteMyAccount) question=text(Phrase::AskDelete) id="ask-delete"/>
            </PostForm>
            <p class="aside"><a href="/account">{text(Phrase::Cancel)}</a></p>
        </Card>
    }.erased()
}

fn when_deleted() -> Erased {
    let when = match use_context() {
        Some(DeletionGrace(days)) => server_text_counted("delete_later", days),
        None => server_text("delete_at_once").into_owned(),
    };
    view! { <p>{when}</p> }.erased()
}

#[component]
pub fn KeepAccountPage() -> Erased {
    let form = || use_form::<KeepAccount>(|()| ());
    let fields = || view! { <Submit text=text(Phrase::KeepAccount)/> }.erased();
    view! {
        <Card title=text(Phrase::KeepAccount)>
            <LinkForm kind="keep_account" form fields/>
        </Card>
    }
    .erased()
}
