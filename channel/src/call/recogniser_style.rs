//! How a recogniser writes what it has heard.

use serde::{Deserialize, Serialize};

/// How the recogniser writes what the caller has said.
///
/// ```
/// use onhook_channel::{Dial, RecogniserStyle};
///
/// // The caller says `where is my order`, and the bot gets `Where is my order?`.
/// let dial = Dial::new().recogniser_style(RecogniserStyle::Punctuated);
/// # let _ = dial;
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum RecogniserStyle {
    /// To the letter.
    #[default]
    Verbatim,
    /// As sentences, as the recognisers of telephones do: a capital letter at the beginning and a mark at the end, in
    /// the manner of the caller's language. A question gets its mark in English, German, French, Spanish, Japanese and
    /// Chinese, if its first or last word gives it away. What ends with a mark keeps it.
    Punctuated,
}

/// How a language writes sentences.
struct Language {
    /// The first part of a BCP 47 tag.
    tag: &'static str,
    /// The mark at the end of a statement.
    stop: &'static str,
    /// The marks around a question.
    question: (&'static str, &'static str),
    /// What a question begins with.
    begins: &'static [&'static str],
    /// What a question ends with.
    ends: &'static [&'static str],
}

/// For languages that are not in the table.
const OTHER: Language = Language {
    tag: "",
    stop: ".",
    question: ("", "?"),
    begins: &[],
    ends: &[],
};

const LANGUAGES: &[Language] = &[
    Language {
        tag: "en",
        begins: &[
            "who", "who's", "whose", "what", "what's", "when", "when's", "where", "where's",
            "which", "why", "how", "how's", "is", "are", "am", "was", "were", "do", "does", "did",
            "can", "could", "will", "would", "shall", "should", "may", "have", "has",
        ],
        ..OTHER
    },
    Language {
        tag: "de",
        begins: &[
            "wer", "wen", "wem", "was", "wann", "wo", "wohin", "woher", "warum", "wieso", "wie",
            "welche", "welcher", "welches", "kann", "können", "darf", "ist", "sind", "haben",
            "hat",
        ],
        ..OTHER
    },
    Language {
        tag: "fr",
        question: ("", "\u{202F}?"),
        begins: &[
            "qui", "que", "quoi", "quand", "où", "pourquoi", "comment", "combien", "quel",
            "quelle", "quels", "quelles", "est-ce",
        ],
        ..OTHER
    },
    Language {
        tag: "es",
        question: ("¿", "?"),
        begins: &[
            "quién", "quiénes", "qué", "cuándo", "dónde", "adónde", "cómo", "cuál", "cuáles",
            "cuánto", "cuánta", "cuántos", "cuántas",
        ],
        ..OTHER
    },
    Language {
        tag: "ja",
        stop: "。",
        question: ("", "？"),
        ends: &["か"],
        ..OTHER
    },
    Language {
        tag: "zh",
        stop: "。",
        question: ("", "？"),
        ends: &["吗", "嗎", "呢"],
        ..OTHER
    },
    Language {
        tag: "hi",
        stop: "।",
        ..OTHER
    },
    // Thai has no mark for the end of a sentence.
    Language {
        tag: "th",
        stop: "",
        ..OTHER
    },
];

impl RecogniserStyle {
    /// What the recogniser makes of `text` in this language, a BCP 47 tag.
    pub(super) fn write(self, text: &str, language: &str) -> String {
        match self {
            RecogniserStyle::Verbatim => text.to_owned(),
            RecogniserStyle::Punctuated => sentence(text.trim(), Language::of(language)),
        }
    }
}

impl Language {
    fn of(tag: &str) -> &'static Language {
        let first = tag.split(['-', '_']).next().unwrap_or_default();
        let found = LANGUAGES
            .iter()
            .find(|language| language.tag.eq_ignore_ascii_case(first));
        found.unwrap_or(&OTHER)
    }

    fn is_question(&self, text: &str) -> bool {
        let first = text
            .split(char::is_whitespace)
            .next()
            .unwrap_or_default()
            .to_lowercase();
        self.begins.contains(&&*first) || self.ends.iter().any(|end| text.ends_with(end))
    }
}

fn sentence(text: &str, language: &Language) -> String {
    let mut letters = text.chars();
    let Some(first) = letters.next() else {
        return String::new();
    };
    let is_over = text.ends_with(['.', '?', '!', '…', '。', '？', '！', '।', '؟', '۔']);
    let (opening, closing) = if is_over {
        ("", "")
    } else if language.is_question(text) {
        language.question
    } else {
        ("", language.stop)
    };
    let first = first.to_uppercase();
    opening
        .chars()
        .chain(first)
        .chain(letters)
        .chain(closing.chars())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::RecogniserStyle::{Punctuated, Verbatim};

    #[test]
    fn a_text_becomes_a_sentence() {
        for (language, text, written) in [
            ("en-US", "yes", "Yes."),
            ("en-US", " i want to pay ", "I want to pay."),
            ("EN-gb", "where is my order", "Where is my order?"),
            ("en", "Whose is it", "Whose is it?"),
            ("en", "yes!", "Yes!"),
            ("en", "4929", "4929."),
            ("en", "", ""),
            ("de-DE", "über den wolken", "Über den wolken."),
            ("de", "wie geht das", "Wie geht das?"),
            ("fr-FR", "où est-ce", "Où est-ce\u{202F}?"),
            ("es-ES", "dónde está", "¿Dónde está?"),
            ("es", "sí", "Sí."),
            ("ja-JP", "はい", "はい。"),
            ("ja", "いいですか", "いいですか？"),
            ("zh-CN", "是", "是。"),
            ("hi-IN", "हाँ", "हाँ।"),
            ("th-TH", "ใช่", "ใช่"),
            ("tlh", "yes", "Yes."),
        ] {
            assert_eq!(
                Punctuated.write(text, language),
                written,
                "{language} {text:?}"
            );
            assert_eq!(Verbatim.write(text, language), text);
        }
    }
}
