//! Taking a secret out of an error's text.

use serde::Serialize;
use serde_json::Value;

/// Texts of fewer characters are in every message.
const SHORTEST: usize = 3;

/// The texts and numbers that `secret` consists of.
pub(super) fn words(secret: &impl Serialize) -> Vec<String> {
    let mut words = Vec::new();
    collect(serde_json::to_value(secret).unwrap_or_default(), &mut words);
    // The longest first: a word may be a part of another.
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    words
}

fn collect(value: Value, words: &mut Vec<String>) {
    let word = match value {
        Value::Null | Value::Bool(_) => return,
        Value::Number(number) => number.to_string(),
        Value::String(text) => text,
        Value::Array(values) => return values.into_iter().for_each(|value| collect(value, words)),
        Value::Object(fields) => {
            return fields
                .into_iter()
                .for_each(|(_, value)| collect(value, words));
        }
    };
    if word.chars().count() >= SHORTEST {
        words.push(word);
    }
}

/// The text without the words of a secret.
pub(super) fn redact(text: &str, words: &[String]) -> String {
    words.iter().fold(text.to_owned(), |text, word| {
        text.replace(&**word, "[secret]")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_a_secret_are_replaced() {
        let words = words(&serde_json::json!({"card": "4111111111111111", "codes": [737, 7]}));
        assert_eq!(
            redact("no charge of 4111111111111111 (737): code 7", &words),
            "no charge of [secret] ([secret]): code 7"
        );
    }
}
