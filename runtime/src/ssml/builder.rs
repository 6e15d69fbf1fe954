//! Writing a document.

use std::fmt::Write as _;
use std::time::Duration;

use super::LONGEST_BREAK;
use super::characters::{allowed, push_escaped};
use super::delivery::{Emphasis, InterpretAs, Rate};

/// What a bot says, with pauses and emphasis; everything given to it is text and is escaped.
///
/// Characters that XML 1.0 cannot hold, such as control characters, are dropped.
/// ```
/// use onhook::ssml::Ssml;
///
/// let speech = Ssml::new().voice("en-US-AvaNeural").text("fish & chips");
/// assert_eq!(
///     speech.to_document("en-US"),
///     "<speak version=\"1.0\" xmlns=\"http://www.w3.org/2001/10/synthesis\" xml:lang=\"en-US\">\
///      <voice name=\"en-US-AvaNeural\">fish &amp; chips</voice></speak>"
/// );
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct Ssml {
    voice: Option<String>,
    locale: Option<String>,
    body: String,
    plain: String,
    /// A pause stands between the plain text so far and the next.
    paused: bool,
}

impl Ssml {
    /// The longest single [`pause`](Self::pause): ten minutes.
    pub const LONGEST_PAUSE: Duration = Duration::from_secs(10 * 60);

    /// Says nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Chooses the voice for all of it; without one the channel's speaks.
    pub fn voice(mut self, name: impl Into<String>) -> Self {
        self.voice = Some(name.into());
        self
    }

    /// Chooses the language for all of it, as a BCP 47 tag; without one it is the document's default.
    pub fn locale(mut self, language: impl Into<String>) -> Self {
        self.locale = Some(language.into());
        self
    }

    /// Says a text.
    pub fn text(mut self, text: impl AsRef<str>) -> Self {
        push_escaped(&mut self.body, text.as_ref());
        self.push_plain(text.as_ref());
        self
    }

    /// Is silent, to the millisecond. A pause longer than [`LONGEST_BREAK`] is written as several breaks, and one
    /// longer than [`LONGEST_PAUSE`](Self::LONGEST_PAUSE) is cut to it.
    pub fn pause(mut self, pause: Duration) -> Self {
        let mut left = pause.min(Self::LONGEST_PAUSE);
        while left.as_millis() > 0 {
            let part = left.min(LONGEST_BREAK);
            left = left.saturating_sub(part);
            // Writing to a string does not fail.
            let _ = write!(self.body, "<break time=\"{}ms\"/>", part.as_millis());
            self.paused = true;
        }
        self
    }

    /// Says a text in the way its kind is read out.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "`say_as(InterpretAs::Telephone, …)` reads as the other methods do, which take `Copy` types"
    )]
    pub fn say_as(self, interpret_as: InterpretAs, text: impl AsRef<str>) -> Self {
        self.element(
            "say-as",
            "interpret-as",
            interpret_as.as_str(),
            text.as_ref(),
        )
    }

    /// Says a text with emphasis.
    pub fn emphasis(self, emphasis: Emphasis, text: impl AsRef<str>) -> Self {
        self.element("emphasis", "level", emphasis.as_str(), text.as_ref())
    }

    /// Says a text faster or slower.
    pub fn rate(self, rate: Rate, text: impl AsRef<str>) -> Self {
        self.element("prosody", "rate", &rate.value(), text.as_ref())
    }

    /// The document, in the language chosen or else `default_locale`.
    pub fn to_document(&self, default_locale: &str) -> String {
        let mut document = String::with_capacity(self.body.len() + 160);
        document.push_str(
            "<speak version=\"1.0\" xmlns=\"http://www.w3.org/2001/10/synthesis\" xml:lang=\"",
        );
        push_escaped(
            &mut document,
            self.locale.as_deref().unwrap_or(default_locale),
        );
        document.push_str("\">");
        if let Some(voice) = &self.voice {
            document.push_str("<voice name=\"");
            push_escaped(&mut document, voice);
            document.push_str("\">");
        }
        document.push_str(&self.body);
        document.push_str(if self.voice.is_some() {
            "</voice></speak>"
        } else {
            "</speak>"
        });
        document
    }

    /// What is said as text for a screen; a pause between two words is a space.
    pub fn plain_text(&self) -> &str {
        &self.plain
    }

    /// True when nothing is said and there is no pause.
    pub fn is_empty(&self) -> bool {
        self.body.is_empty()
    }

    fn element(mut self, name: &str, attribute: &str, value: &str, text: &str) -> Self {
        let _ = write!(self.body, "<{name} {attribute}=\"");
        push_escaped(&mut self.body, value);
        self.body.push_str("\">");
        push_escaped(&mut self.body, text);
        let _ = write!(self.body, "</{name}>");
        self.push_plain(text);
        self
    }

    fn push_plain(&mut self, said: &str) {
        let plain = said.bytes().all(|byte| matches!(byte, b' '..=b'~'));
        let mut text = allowed(said).peekable();
        let Some(first) = text.peek() else {
            return;
        };
        let joins = !self.plain.is_empty()
            && !self.plain.ends_with(char::is_whitespace)
            && !first.is_whitespace();
        if std::mem::take(&mut self.paused) && joins {
            self.plain.push(' ');
        }
        // Character by character only where one may have to be dropped.
        if plain {
            self.plain.push_str(said);
        } else {
            self.plain.extend(text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_element_is_escaped_and_closed() {
        let speech = Ssml::new()
            .locale("de\"DE")
            .voice("<v>")
            .say_as(InterpretAs::Other("a'b".into()), "1 < 2")
            .emphasis(Emphasis::Strong, "&")
            .rate(Rate::Change(-20), "slow")
            .rate(Rate::Change(5), "ly");
        let expected = "<speak version=\"1.0\" xmlns=\"http://www.w3.org/2001/10/synthesis\" xml:lang=\"de&quot;DE\">\
            <voice name=\"&lt;v&gt;\"><say-as interpret-as=\"a&apos;b\">1 &lt; 2</say-as>\
            <emphasis level=\"strong\">&amp;</emphasis><prosody rate=\"-20%\">slow</prosody>\
            <prosody rate=\"+5%\">ly</prosody></voice></speak>";
        assert_eq!(speech.to_document("en-US"), expected);
        assert_eq!(speech.plain_text(), "1 < 2&slowly");
    }

    #[test]
    fn long_pauses_are_several_breaks() {
        let breaks = |ms| Ssml::new().pause(Duration::from_millis(ms)).body;
        assert_eq!(breaks(0), "");
        assert_eq!(breaks(5_000), "<break time=\"5000ms\"/>");
        assert_eq!(
            breaks(5_001),
            "<break time=\"5000ms\"/><break time=\"1ms\"/>"
        );
        assert_eq!(
            Ssml::new().pause(Duration::from_nanos(999_999)),
            Ssml::new()
        );
        assert_eq!(
            Ssml::new()
                .pause(Duration::MAX)
                .body
                .matches("\"5000ms\"")
                .count(),
            120
        );
    }

    #[test]
    fn a_pause_separates_words_in_the_plain_text() {
        let second = Duration::from_secs(1);
        let plain = |left: &str, right: &str| {
            Ssml::new()
                .text(left)
                .pause(second)
                .text(right)
                .plain_text()
                .to_owned()
        };
        assert_eq!(plain("a", "b"), "a b");
        assert_eq!(plain("a ", "b"), "a b");
        assert_eq!(plain("a", " b"), "a b");
        assert_eq!(plain("", "b"), "b");
        assert_eq!(plain("a", ""), "a");
        assert_eq!(
            Ssml::new()
                .text("a")
                .pause(second)
                .text("\0")
                .text("b")
                .plain_text(),
            "a b"
        );
    }
}
