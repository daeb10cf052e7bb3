//! Any `next` keeps a browser on the site, even if its path is resolved once more.
#![no_main]

use app::auth::guards::next::{login_url, safe_next};
use libfuzzer_sys::fuzz_target;
use url::Url;

fn stays(base: &str, location: &str) -> Url {
    let base = Url::parse(base).unwrap();
    let there = base.join(location).expect("a place");
    assert_eq!(there.origin(), base.origin(), "{location:?}");
    assert!(there.username().is_empty() && there.password().is_none(), "{location:?}");
    there
}

fuzz_target!(|next: &str| {
    let safe = safe_next(next);
    assert!(safe == next || safe == "/");
    for base in ["https://app.test/login", "http://127.0.0.1:3000/a/b?c"] {
        let there = stays(base, safe);
        stays(base, there.path());
        stays(base, &login_url("/login", next));
    }
});
