//! What a caller expects to hear.

use std::fmt;

/// What a caller expects to hear: a text as it is, or one that [`contains`] something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    text: String,
    whole: bool,
}

/// Any speech with this in it; letter case counts.
///
/// ```
/// use onhook_channel::testing::contains;
///
/// assert!(contains("billing").is("You are in billing."));
/// assert!(!contains("billing").is("Billing, please hold."));
/// ```
pub fn contains(part: impl Into<String>) -> Expected {
    Expected {
        text: part.into(),
        whole: false,
    }
}

impl Expected {
    /// Whether this is what was expected.
    pub fn is(&self, heard: &str) -> bool {
        if self.whole {
            heard == self.text
        } else {
            heard.contains(&self.text)
        }
    }
}

impl From<&str> for Expected {
    fn from(text: &str) -> Expected {
        Expected::from(text.to_owned())
    }
}

impl From<String> for Expected {
    fn from(text: String) -> Expected {
        Expected { text, whole: true }
    }
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = if self.whole { "" } else { "something with " };
        write!(f, "{what}“{}”", self.text)
    }
}
