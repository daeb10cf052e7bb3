//! Yours. What a visitor has chosen for this browser: the language, and light or dark.

/// Where the forms of the choices are sent.
pub const PREFERENCES_PATH: &str = "/preferences";

/// A language of the site, as the footer offers it.
#[derive(Clone, Copy, Debug)]
pub struct LanguageChoice {
    pub code: &'static str,
    /// What the language calls itself.
    pub name: &'static str,
    pub chosen: bool,
}

/// Light or dark: what was chosen, else what the system says. It is an attribute of the document, and `style/tokens.css` has the
/// colours.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Theme {
    #[default]
    System,
    Light,
    Dark,
}

impl Theme {
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// In the cookie, in the form and in the document.
    pub const fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// An unknown name is the system's.
    pub fn named(name: &str) -> Self {
        let named = Self::ALL.into_iter().find(|theme| theme.name() == name);
        named.unwrap_or_default()
    }
}
