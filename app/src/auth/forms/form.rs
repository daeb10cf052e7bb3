//! Core. A form of a page, in all three worlds. Without JavaScript, and before hydration, the browser posts it. The hydrated page
//! sends the same fields, shows the same messages, and goes where the browser would be redirected.

use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::reactive::owner::WeakOwner;
use leptos::reactive::traits::IsDisposed;
use leptos::server_fn::ServerFn;
use leptos::task::spawn_local;
use leptos::web_sys::{FormData, HtmlFormElement};
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate};
use serde::de::DeserializeOwned;

use super::call::{Received, call};
use super::flash::{Flash, use_leave_flash};
use super::page_forms::{Message, PageForms, current_page, use_page_forms};
use super::unconfirmed::use_unconfirmed;
use crate::auth::config::NEXT_FIELD;
use crate::auth::current_user::use_current_user;
use crate::auth::error::AuthError;
use crate::auth::guards::next::path_of;
use crate::erased::ElementRef;
use crate::error::Error;
use crate::json::from_json;

/// Reads the body of an answer, and hands its value to the page.
type Succeed = Box<dyn Fn(&str) -> Result<(), Error> + Send + Sync>;

/// A form, and the server function that it calls.
#[derive(Clone, Copy)]
pub struct Form {
    path: &'static str,
    page: PageForms,
    pending: RwSignal<bool>,
    succeed: StoredValue<Succeed>,
    owner: StoredValue<WeakOwner>,
    send_again: bool,
}

/// The form of the server function `F`. In the hydrated page `on_success` gets the function's value; the message and the page that
/// follow are those of the function's `answer`. Call it in the body of the page's component.
pub fn use_form<F>(on_success: impl Fn(F::Output) + Send + Sync + 'static) -> Form
where
    F: ServerFn<Error = Error>,
    F::Output: DeserializeOwned,
{
    Form::new(F::PATH, use_page_forms(), succeed(on_success))
}

/// The same for a form that shares no message with its page, as in the header or in a dialog.
pub fn use_separate_form<F>(on_success: impl Fn(F::Output) + Send + Sync + 'static) -> Form
where
    F: ServerFn<Error = Error>,
    F::Output: DeserializeOwned,
{
    Form::new(F::PATH, PageForms::without_flash(), succeed(on_success))
}

fn succeed<T: DeserializeOwned>(on_success: impl Fn(T) + Send + Sync + 'static) -> Succeed {
    Box::new(move |body| {
        on_success(from_json(body).ok_or(AuthError::Unavailable)?);
        Ok(())
    })
}

impl Form {
    fn new(path: &'static str, page: PageForms, succeed: Succeed) -> Self {
        let owner = Owner::current().expect("components run under an owner");
        Self {
            path,
            page,
            pending: RwSignal::new(false),
            succeed: StoredValue::new(succeed),
            owner: StoredValue::new(owner.downgrade()),
            send_again: false,
        }
    }

    /// The form has been sent, and the answer has not arrived.
    pub fn pending(self) -> Signal<bool> {
        self.pending.into()
    }

    /// It was refused until a login or a confirmation, which is done now: its button is the one to press. Inside of a [`PostForm`].
    pub const fn send_again(self) -> bool {
        self.send_again
    }

    /// The same form around a button that another one stands before, as in a dialog.
    #[must_use]
    pub const fn without_focus(mut self) -> Self {
        self.send_again = false;
        self
    }

    /// What was typed into the field `name`, where the page comes with it. Empty, if the field was emptied.
    pub fn typed(self, name: &str) -> Option<String> {
        self.page
            .with_typed(|typed| typed.get(name).map(str::to_owned))
    }

    /// What was typed into another form that this one stands before, packed for a hidden field. `own` are the fields of this form.
    pub fn packed(self, own: &[&str]) -> String {
        self.page
            .with_typed(|typed| typed.clone().without(own).pack())
    }

    /// The error that is about the field `name`. Call it in the body of the field's component: an error that no field shows is
    /// one of the form as a whole.
    pub fn field_error(self, name: &'static str) -> Signal<Option<Error>> {
        self.page.add_field(self.path, name);
        Signal::derive(move || self.page.field_error(self.path, name))
    }

    /// The form of a list that is about `id`.
    pub(super) fn about(self, id: &str) -> Self {
        let send_again = self.page.with_typed(|typed| {
            let about = typed.get(ID_FIELD).unwrap_or_default();
            typed.refused_by() == Some(self.path) && about == id
        });
        Self { send_again, ..self }
    }

    pub(super) const fn path(self) -> &'static str {
        self.path
    }

    pub(super) fn page(self) -> PageForms {
        self.page
    }

    pub(super) fn submit(self, event: &SubmitEvent, element: ElementRef, reset: bool) {
        let Some(html) = element.get_untracked::<HtmlFormElement>() else {
            return;
        };
        let Ok(fields) = FormData::new_with_form(&html) else {
            return;
        };
        event.prevent_default();
        if self.pending.get_untracked() {
            return;
        }
        self.pending.set(true);
        self.page.clear();
        let multipart = html.enctype() == MULTIPART;
        let current_user = self.with_owner(use_current_user);
        spawn_local(async move {
            let answer = call(self.path, &fields, multipart).await;
            let finish = || self.finish(answer, &fields, element, reset);
            // The visitor may have left the page, whatever the answer was.
            if self.with_owner(finish).is_none()
                && let Some(current_user) = current_user
            {
                current_user.refetch();
            }
        });
    }

    /// `None`: the page is gone.
    fn with_owner<T>(self, run: impl FnOnce() -> T) -> Option<T> {
        let alive = !self.pending.is_disposed();
        let owner = alive.then(|| self.owner.try_get_value()?.upgrade());
        Some(owner.flatten()?.with(run))
    }

    fn finish(
        self,
        answer: Result<Received, Error>,
        fields: &FormData,
        element: ElementRef,
        reset: bool,
    ) {
        self.pending.set(false);
        let succeeded = answer.and_then(|received| {
            self.succeed.with_value(|succeed| succeed(&received.body))?;
            if let Some(user) = &received.user {
                use_current_user().set(user);
            }
            Ok(received)
        });
        match succeeded {
            Ok(received) => {
                if let (true, Some(html)) = (reset, element.get_untracked::<HtmlFormElement>()) {
                    html.reset();
                }
                self.follow(&received, fields);
            }
            Err(error) => self.reject(error, element),
        }
    }

    fn reject(self, error: Error, element: ElementRef) {
        match error {
            // The page is no longer for this visitor. The browser posts the form: it is refused again, and what was typed comes
            // back, on the login page or on the page as it is for another user.
            Error::Auth(AuthError::LoginRequired | AuthError::OtherUser) => {
                if let Some(html) = element.get_untracked::<HtmlFormElement>() {
                    let _ = html.submit();
                    return;
                }
            }
            Error::Auth(AuthError::FreshLoginRequired) => use_unconfirmed().wait(element),
            _ => {}
        }
        self.page.show(Message::of(self.path, Err(error)));
    }

    /// Goes to the page that follows, and has it say what the answer says.
    fn follow(self, received: &Received, fields: &FormData) {
        let Some(answer) = &received.answer else {
            return;
        };
        let here = use_location().pathname.get_untracked();
        if path_of(&answer.to) == here {
            let message = Message::of(self.path, Ok(answer.notice.clone()));
            // The form may be outside of the page, as in the header.
            let page = current_page().filter(|_| answer.notice.is_some());
            page.unwrap_or(self.page).show(message);
            return;
        }
        let typed = answer.keep.iter().map(|name| {
            let value = fields.get(name).as_string().or_else(|| self.typed(name));
            (name.clone(), value.unwrap_or_default())
        });
        use_leave_flash()(Flash {
            page: path_of(&answer.to).to_owned(),
            error: None,
            notice: answer.notice.clone(),
            typed: typed.collect(),
        });
        let options = NavigateOptions {
            // A form that stood before the page that it leads to: the back button skips it.
            replace: fields.get(NEXT_FIELD).as_string().as_ref() == Some(&answer.to),
            ..NavigateOptions::default()
        };
        use_navigate()(&answer.to, options);
    }
}

/// The `enctype` of a form with files.
pub(super) const MULTIPART: &str = "multipart/form-data";

/// The field that says which item of a list a form is about.
pub(super) const ID_FIELD: &str = "id";
