//! Reads an utterance piece by piece: what the grammars of numbers, money, dates and times have in common.

use onhook_text::utterance::{Token, tokens};
use onhook_text::vocabulary::Vocabulary;

/// Reads the pieces of an utterance one after the other.
pub(super) struct Reader {
    tokens: Vec<Token>,
    at: usize,
    pub(super) vocabulary: &'static Vocabulary,
}

impl Reader {
    /// The pieces of `text`, with compound number words taken apart.
    pub(super) fn new(text: &str, vocabulary: &'static Vocabulary) -> Reader {
        let tokens = tokens(text)
            .into_iter()
            .flat_map(|token| match token {
                Token::Word(word) if vocabulary.is_compounding => match parts(&word, vocabulary) {
                    Some(parts) => parts.into_iter().map(Token::Word).collect(),
                    None => vec![Token::Word(word)],
                },
                token => vec![token],
            })
            .collect();
        Reader {
            tokens,
            at: 0,
            vocabulary,
        }
    }

    /// Where it stands.
    pub(super) fn place(&self) -> usize {
        self.at
    }

    /// Goes back to where it stood.
    pub(super) fn back_to(&mut self, place: usize) {
        self.at = place;
    }

    /// What comes next.
    pub(super) fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    /// Whether everything is read.
    pub(super) fn is_done(&self) -> bool {
        self.at >= self.tokens.len()
    }

    /// Takes the next piece.
    pub(super) fn next(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.at).cloned()?;
        self.at += 1;
        Some(token)
    }

    /// Takes the next piece if it is this mark.
    pub(super) fn mark(&mut self, mark: char) -> bool {
        let is = self.peek() == Some(&Token::Mark(mark));
        self.at += usize::from(is);
        is
    }

    /// The next word.
    pub(super) fn word(&self) -> Option<&str> {
        match self.peek() {
            Some(Token::Word(word)) => Some(word),
            _ => None,
        }
    }

    /// Takes figures.
    pub(super) fn figures(&mut self) -> Option<String> {
        match self.peek() {
            Some(Token::Figures(figures)) => {
                let figures = figures.clone();
                self.at += 1;
                Some(figures)
            }
            _ => None,
        }
    }

    /// Takes the value of a word that `read` knows.
    pub(super) fn word_with<T>(
        &mut self,
        read: impl FnOnce(&Vocabulary, &str) -> Option<T>,
    ) -> Option<T> {
        let value = read(self.vocabulary, self.word()?)?;
        self.at += 1;
        Some(value)
    }

    /// How many pieces from here are this phrase; marks of punctuation between its words do not count against it.
    fn follows(&self, phrase: &str) -> Option<usize> {
        let mut at = self.at;
        for (nth, part) in phrase.split(' ').enumerate() {
            while nth > 0 && matches!(self.tokens.get(at), Some(Token::Mark('.' | ',' | '-'))) {
                at += 1;
            }
            match self.tokens.get(at) {
                Some(Token::Word(word)) if word == part => at += 1,
                _ => return None,
            }
        }
        Some(at)
    }

    /// Takes one of these phrases, the longest first.
    pub(super) fn phrase(&mut self, phrases: &[&str]) -> bool {
        let after = phrases
            .iter()
            .filter_map(|phrase| self.follows(phrase))
            .max();
        if let Some(after) = after {
            self.at = after;
        }
        after.is_some()
    }

    /// Takes one of these phrases, the longest first, and gives what stands beside it.
    pub(super) fn lookup<T: Copy>(&mut self, table: &[(&str, T)]) -> Option<T> {
        let (after, value) = table
            .iter()
            .filter_map(|(phrase, value)| Some((self.follows(phrase)?, *value)))
            .max_by_key(|(after, _)| *after)?;
        self.at = after;
        Some(value)
    }

    /// Passes over punctuation and words that mean nothing.
    pub(super) fn skip(&mut self, phrases: &[&str]) {
        loop {
            let punctuation = matches!(
                self.peek(),
                Some(Token::Mark(
                    '.' | ',' | '!' | '?' | ';' | ':' | '¿' | '¡' | '…'
                ))
            );
            if punctuation {
                self.at += 1;
            } else if !self.phrase(phrases) {
                return;
            }
        }
    }

    /// Passes over what is said around an answer. Whether nothing is left.
    pub(super) fn ends(&mut self) -> bool {
        let fillers = self.vocabulary.fillers;
        self.skip(fillers);
        self.is_done()
    }
}

/// The number words of which `word` is made, such as `zwei und vierzig`; `None` if it is made of something else.
fn parts(word: &str, vocabulary: &Vocabulary) -> Option<Vec<String>> {
    let words = || {
        vocabulary
            .numbers
            .iter()
            .map(|(word, _)| *word)
            .chain(vocabulary.and.iter().copied())
    };
    if words().any(|known| known == word) {
        return None;
    }
    let mut parts = Vec::new();
    let mut rest = word;
    while !rest.is_empty() {
        let part = words()
            .filter(|known| rest.starts_with(known))
            .max_by_key(|known| known.len())?;
        parts.push(part.to_owned());
        rest = rest.strip_prefix(part)?;
    }
    Some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compounds_are_taken_apart() {
        let parts = |word: &str| parts(word, Vocabulary::of("de")).map(|parts| parts.join(" "));
        assert_eq!(parts("zweiundvierzig").as_deref(), Some("zwei und vierzig"));
        assert_eq!(
            parts("dreihundertsiebzehn").as_deref(),
            Some("drei hundert siebzehn")
        );
        assert_eq!(
            parts("siebenundsiebzig").as_deref(),
            Some("sieben und siebzig")
        );
        assert_eq!(parts("vier"), None);
        assert_eq!(parts("hundehutte"), None);
    }
}
