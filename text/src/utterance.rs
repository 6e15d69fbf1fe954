//! What was said, in words, figures and marks.

use crate::edge::is_ignorable;
use crate::vocabulary::{Vocabulary, bare, is_accent};

/// The longest utterance that is looked into, in bytes. Nobody answers a question about a number with more.
const LONGEST: usize = 2_000;

/// A piece of an utterance.
#[derive(Clone, PartialEq, Eq)]
pub enum Token {
    /// Letters, as the vocabularies write them.
    Word(String),
    /// Figures, 0 to 9.
    Figures(String),
    /// Any other character that can be seen.
    Mark(char),
}

/// The pieces of `text`; none of a text that is too long to be looked into.
pub fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    if text.len() > LONGEST {
        return tokens;
    }
    let mut run = String::new();
    let mut of_letters = false;
    for c in text.chars().filter(|c| !is_ignorable(*c)) {
        let figure = c.is_ascii_digit();
        let letter = c.is_alphabetic()
            || is_accent(c)
            || (is_apostrophe(c) && of_letters && !run.is_empty());
        if !run.is_empty() && ((of_letters && !letter) || (!of_letters && !figure)) {
            tokens.push(token(&run, of_letters));
            run.clear();
        }
        if figure || letter {
            of_letters = letter;
            run.push(c);
        } else if !c.is_whitespace() {
            tokens.push(Token::Mark(typewriter(c)));
        }
    }
    if !run.is_empty() {
        tokens.push(token(&run, of_letters));
    }
    tokens
}

fn token(run: &str, of_letters: bool) -> Token {
    if of_letters {
        Token::Word(bare(run))
    } else {
        Token::Figures(run.to_owned())
    }
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’')
}

/// Dashes and the minus sign of typography, as the typewriter has them.
fn typewriter(c: char) -> char {
    match c {
        '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
        c => c,
    }
}

/// Only the words and figures of an utterance.
pub fn words(text: &str) -> Vec<String> {
    tokens(text)
        .into_iter()
        .filter_map(|token| match token {
            Token::Word(word) => Some(word),
            Token::Figures(figures) => Some(figures),
            Token::Mark(_) => None,
        })
        .collect()
}

/// How many of the first words are this phrase.
pub fn begins(words: &[String], phrase: &str) -> Option<usize> {
    let mut count = 0;
    for part in phrase.split(' ') {
        if words.get(count)? != part {
            return None;
        }
        count += 1;
    }
    Some(count)
}

/// Whether all words together are this phrase.
pub fn is(words: &[String], phrase: &str) -> bool {
    begins(words, phrase) == Some(words.len())
}

/// The words without those phrases, wherever they stand; the longest phrase first.
pub fn without(words: &[String], phrases: &[&str]) -> Vec<String> {
    let mut rest = words;
    let mut kept = Vec::new();
    while let Some((first, others)) = rest.split_first() {
        let filler = phrases
            .iter()
            .filter_map(|phrase| begins(rest, phrase))
            .max();
        if let Some(after) = filler.and_then(|count| rest.get(count..)) {
            rest = after;
        } else {
            kept.push(first.clone());
            rest = others;
        }
    }
    kept
}

/// The key that is spoken, with or without what is said around it: "press one", "option two, please".
pub fn spoken_key(words: &[String], vocabulary: &Vocabulary) -> Option<char> {
    let kept = without(words, vocabulary.key_words);
    match &*kept {
        [word] if word.len() == 1 && word.chars().all(|c| c.is_ascii_digit()) => {
            word.chars().next()
        }
        [word] => vocabulary.key(word),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_utterance_is_taken_apart() {
        for (text, expected) in [
            ("I'd like to  pay!", "id like to pay"),
            ("Straße fünf", "strasse funf"),
            ("fu\u{308}nf o’clock", "funf oclock"),
            ("3rd at 3pm", "3 rd at 3 pm"),
            ("\u{200b}y\u{ad}es\u{200b}", "yes"),
            ("twenty-one", "twenty one"),
            ("'yes'", "yes"),
            ("", ""),
        ] {
            assert_eq!(words(text).join(" "), expected, "{text}");
        }
    }

    #[test]
    fn a_long_text_is_not_looked_into() {
        assert!(words(&"one ".repeat(1_000)).is_empty());
    }
}
