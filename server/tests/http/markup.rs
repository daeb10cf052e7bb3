//! What was typed is text, wherever a page shows it again (ASVS 1.2.1, 3.2.2).

use std::sync::Arc;

use app::auth::{Logout, PostForm, use_separate_form};
use app::components::TextArea;
use hydration_context::SsrSharedContext;
use leptos::prelude::*;

/// Leptos escapes no content of a text area.
#[test]
fn a_text_area_shows_markup_as_text_and_keeps_a_line_end_at_the_beginning() {
    let owner = Owner::new_root(Some(Arc::new(SsrSharedContext::new())));
    let html = owner.with(|| {
        let form = use_separate_form::<Logout>(|_| ());
        let value = "\n</textarea><b id=x>&amp;";
        view! { <PostForm form><TextArea label="Note" name="note" value/></PostForm> }.to_html()
    });
    let (_, content) = html.split_once("<textarea").expect("a text area");
    let (_, content) = content.split_once('>').expect("its start");
    let (content, _) = content.split_once("</textarea>").expect("its end");
    assert_eq!(content, "\n\n&lt;/textarea>&lt;b id=x>&amp;amp;");
}
