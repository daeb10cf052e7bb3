//! Core. The erased view of the browser. Leptos' `AnyView` also keeps how the view is changed in place and how a lazy route
//! hydrates it, which is compiled for each view and not needed here.

use std::pin::Pin;

use leptos::prelude::*;
use leptos::tachys::html::attribute::Attribute;
use leptos::tachys::html::attribute::any_attribute::AnyAttribute;
use leptos::tachys::hydration::Cursor;
use leptos::tachys::renderer::Rndr;
use leptos::tachys::renderer::types::{Element, Node, Placeholder};
use leptos::tachys::view::add_attr::AddAnyAttr;
use leptos::tachys::view::{Mountable, Position, PositionState};

use super::{IntoErased, transition};

pub struct Erased(Box<dyn View>);

impl<V: IntoView + 'static> IntoErased for V {
    fn erased(self) -> Erased {
        Erased(Box::new(self))
    }
}

/// Shows the outcome of `view`, once.
pub fn awaited(view: impl Future<Output = Erased> + Send + 'static) -> Erased {
    let view: Pin<Box<dyn Future<Output = Erased> + Send>> = Box::pin(view);
    view! { <Transition>{Suspend::new(view)}</Transition> }.erased()
}

/// Shows a value by `view`, again whenever it changes: `now` reads it. On the server `wait` waits for it.
pub fn shown<Value, Wait>(
    _wait: impl FnOnce() -> Wait,
    mut now: impl FnMut() -> Option<Value> + Send + 'static,
    view: impl Fn(Value) -> Erased + Send + 'static,
) -> Erased {
    transition(move || now().map(&view))
}

trait View: Send {
    fn build(self: Box<Self>) -> Built;
    fn hydrate(self: Box<Self>, cursor: &Cursor, position: &PositionState) -> Built;
}

impl<V: IntoView + 'static> View for V {
    fn build(self: Box<Self>) -> Built {
        Built {
            state: Box::new(Render::build(*self)),
            placeholder: (!V::EXISTS).then(Rndr::create_placeholder),
        }
    }

    fn hydrate(self: Box<Self>, cursor: &Cursor, position: &PositionState) -> Built {
        Built {
            state: Box::new(RenderHtml::hydrate::<true>(*self, cursor, position)),
            placeholder: (!V::EXISTS).then(|| cursor.next_placeholder(position)),
        }
    }
}

/// What stands in the document.
pub struct Built {
    state: Box<dyn Mountable>,
    /// Marks the place of a view without an element or a text.
    placeholder: Option<Placeholder>,
}

impl Mountable for Built {
    fn unmount(&mut self) {
        self.state.unmount();
        self.placeholder.unmount();
    }

    fn mount(&mut self, parent: &Element, marker: Option<&Node>) {
        self.state.mount(parent, marker);
        self.placeholder.mount(parent, marker);
    }

    fn insert_before_this(&self, child: &mut dyn Mountable) -> bool {
        self.state.insert_before_this(child) || self.placeholder.insert_before_this(child)
    }

    fn elements(&self) -> Vec<Element> {
        self.state.elements()
    }
}

impl Render for Erased {
    type State = Built;

    fn build(self) -> Built {
        self.0.build()
    }

    /// Another view takes the place of the one before, also if both come from the same component.
    fn rebuild(self, built: &mut Built) {
        let mut new = self.build();
        built.insert_before_this(&mut new);
        built.unmount();
        *built = new;
    }
}

/// By Leptos' own, which is compiled only where an attribute is put on a component.
impl AddAnyAttr for Erased {
    type Output<NewAttr: Attribute> = <AnyView as AddAnyAttr>::Output<NewAttr>;

    fn add_any_attr<NewAttr: Attribute>(self, attr: NewAttr) -> Self::Output<NewAttr> {
        self.into_any().add_any_attr(attr)
    }
}

impl RenderHtml for Erased {
    type AsyncOutput = Self;
    type Owned = Self;

    const MIN_LENGTH: usize = 0;

    fn dry_resolve(&mut self) {}

    async fn resolve(self) -> Self {
        self
    }

    fn to_html_with_buf(
        self,
        _: &mut String,
        _: &mut Position,
        _: bool,
        _: bool,
        _: Vec<AnyAttribute>,
    ) {
        unreachable!("only the server makes HTML")
    }

    fn hydrate<const FROM_SERVER: bool>(self, cursor: &Cursor, position: &PositionState) -> Built {
        self.0.hydrate(cursor, position)
    }

    fn into_owned(self) -> Self {
        self
    }
}
