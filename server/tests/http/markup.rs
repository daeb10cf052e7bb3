//! Typed values are escaped wherever a page shows them again (ASVS 1.2.1, 3.2.2).

use app::auth::{Logout, PostForm, use_separate_form};
use app::components::TextArea;
use leptos::prelude::*;

use crate::support::pages::showing;
use crate::support::site::site;
use crate::support::visitor::Visitor;

#[component]
fn Note() -> impl IntoView {
    let form = use_separate_form::<Logout>(|_| ());
    let value = "\n</textarea><b id=x>&amp;";
    view! { <PostForm form><TextArea label="Note" name="note" value/></PostForm> }
}

/// Leptos does not escape the content of a `<textarea>`, so the component does.
#[tokio::test]
async fn a_text_area_escapes_markup_and_keeps_a_leading_line_end() {
    let site = site().await;
    let html = Visitor::new(showing(&site, Note)).visit("/").await.body;
    let (_, content) = html.split_once("<textarea").expect("a text area");
    let (_, content) = content.split_once('>').expect("its start");
    let (content, _) = content.split_once("</textarea>").expect("its end");
    assert_eq!(content, "\n\n&lt;/textarea>&lt;b id=x>&amp;amp;");
}
