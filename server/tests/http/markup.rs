//! Typed values are escaped wherever a page shows them again (ASVS 1.2.1, 3.2.2).

use std::sync::Arc;

use app::components::TextArea;
use hydration_context::SsrSharedContext;
use leptos::prelude::*;

/// Leptos does not escape the content of a `<textarea>`, so the component does.
#[test]
fn a_text_area_escapes_markup_and_keeps_a_leading_line_end() {
    let owner = Owner::new_root(Some(Arc::new(SsrSharedContext::new())));
    let html = owner.with(|| {
        let error = Signal::derive(|| None);
        let value = "\n</textarea><b id=x>&amp;".to_owned();
        view! { <TextArea label="Note" name="note" value error/> }.to_html()
    });
    let (_, content) = html.split_once("<textarea").expect("a text area");
    let (_, content) = content.split_once('>').expect("its start");
    let (content, _) = content.split_once("</textarea>").expect("its end");
    assert_eq!(content, "\n\n&lt;/textarea>&lt;b id=x>&amp;amp;");
}
