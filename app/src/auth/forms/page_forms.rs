//! Core. What the forms of one page share: what the page came with, and the one message that it shows.

use leptos::prelude::*;

use super::flash::{Flash, FormValues, take_flash};
use crate::error::{Error, Notice};

/// The answer that a page shows.
#[derive(Clone, Eq, PartialEq)]
pub(super) struct Message {
    /// The path of the function that answered. `None`: the message came with the page.
    form: Option<&'static str>,
    result: Result<Option<Notice>, Error>,
}

impl Message {
    pub(super) fn of(form: &'static str, result: Result<Option<Notice>, Error>) -> Self {
        Self {
            form: Some(form),
            result,
        }
    }

    fn error_of(&self, form: &str, field: &str) -> Option<Error> {
        let is_of_form = self.form.is_none_or(|own| own == form);
        let error = self.result.as_ref().err().filter(|_| is_of_form)?;
        (error.field() == Some(field)).then(|| error.clone())
    }
}

/// One for each page.
#[derive(Clone, Copy)]
pub(in crate::auth) struct PageForms {
    /// `None` until a component of the page asks.
    flash: StoredValue<Option<Flash>>,
    message: RwSignal<Option<Message>>,
    /// The fields that show their errors: the path of their form's function, and their name.
    fields: StoredValue<Vec<(&'static str, &'static str)>>,
}

impl PageForms {
    fn new() -> Self {
        Self {
            flash: StoredValue::new(None),
            message: RwSignal::new(None),
            fields: StoredValue::new(Vec::new()),
        }
    }

    pub(super) fn without_flash() -> Self {
        Self {
            flash: StoredValue::new(Some(Flash::default())),
            ..Self::new()
        }
    }

    /// Takes what the page came with, the first time. Call it in the body of a component of the page, on both sides.
    fn take_flash(self) {
        if self.flash.with_value(Option::is_some) {
            return;
        }
        let flash = take_flash();
        let result = match (flash.error.clone(), flash.notice.clone()) {
            (Some(error), _) => Some(Err(error)),
            (None, Some(notice)) => Some(Ok(Some(notice))),
            (None, None) => None,
        };
        self.message
            .set(result.map(|result| Message { form: None, result }));
        self.flash.set_value(Some(flash));
    }

    /// Reads what was typed, where the page came with it.
    pub(super) fn with_typed<T: Default>(self, read: impl FnOnce(&FormValues) -> T) -> T {
        self.flash.with_value(|flash| {
            let typed = flash.as_ref().map(|flash| read(&flash.typed));
            typed.unwrap_or_default()
        })
    }

    pub(super) fn show(self, message: Message) {
        let _ = self.message.try_set(Some(message));
    }

    pub(super) fn clear(self) {
        self.message.set(None);
    }

    /// Shows `notice`, if the page came with no message.
    pub(super) fn show_if_empty(self, notice: Notice) {
        if self.message.with_untracked(Option::is_none) {
            let result = Ok(Some(notice));
            self.show(Message { form: None, result });
        }
    }

    pub(super) fn notice(self) -> Option<Notice> {
        self.message.get()?.result.ok()?
    }

    /// Call it in the body of a component that shows the errors of the field `name`.
    pub(super) fn add_field(self, form: &'static str, name: &'static str) {
        self.fields.update_value(|fields| {
            // A field that is loaded again is created again.
            if !fields.contains(&(form, name)) {
                fields.push((form, name));
            }
        });
    }

    /// The error about the field `name` of the form whose function has the path `form`.
    pub(super) fn field_error(self, form: &'static str, name: &str) -> Option<Error> {
        self.message.get()?.error_of(form, name)
    }

    /// The error that no field shows. Read it while the page is rendered: by then its fields are known.
    pub(super) fn other_error(self) -> Option<Error> {
        let message = self.message.get()?;
        let is_shown = self.fields.with_value(|fields| {
            let mut fields = fields.iter();
            fields.any(|(form, name)| message.error_of(form, name).is_some())
        });
        message.result.err().filter(|_| !is_shown)
    }
}

/// Those of the page that is shown.
#[derive(Clone, Copy)]
struct Current(StoredValue<Option<PageForms>>);

/// Call once, in `App`.
pub(in crate::auth) fn provide_current_page() {
    provide_context(Current(StoredValue::new(None)));
}

/// Begins a page.
pub(in crate::auth) fn provide_page_forms() {
    let forms = PageForms::new();
    provide_context(forms);
    if let Some(Current(current)) = use_context() {
        current.set_value(Some(forms));
    }
}

pub(super) fn current_page() -> Option<PageForms> {
    use_context::<Current>()?.0.get_value()
}

/// Those of this page. A form outside of the pages, as in the header, shares nothing.
pub(super) fn use_page_forms() -> PageForms {
    let forms = use_context::<PageForms>().unwrap_or_else(PageForms::without_flash);
    forms.take_flash();
    forms
}
