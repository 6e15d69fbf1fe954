//! Canonical order: marks on one letter that do not touch each other have one order, however they were typed.

use crate::decomposition::combining_class;

/// How many marks in a row are brought into order: the limit of Unicode's Stream-Safe Text Format (UAX #15, 13), far
/// beyond any language. Longer runs, which are no text, are ordered in pieces.
const MARKS: usize = 30;

/// Decomposed characters in canonical order.
pub(crate) struct Ordered<I> {
    chars: I,
    /// The characters of one sequence with their classes, in order.
    sequence: [(char, u8); MARKS + 1],
    next: usize,
    length: usize,
    /// The first character of the next sequence.
    ahead: Option<char>,
}

impl<I: Iterator<Item = char>> Ordered<I> {
    pub(crate) fn new(chars: I) -> Ordered<I> {
        Ordered {
            chars,
            sequence: [('\0', 0); MARKS + 1],
            next: 0,
            length: 0,
            ahead: None,
        }
    }

    /// Takes one sequence from the characters: up to the next that has the class 0.
    fn refill(&mut self) {
        (self.next, self.length) = (0, 0);
        while self.length < self.sequence.len() {
            let Some(c) = self.ahead.take().or_else(|| self.chars.next()) else {
                return;
            };
            let class = combining_class(c);
            if class == 0 && self.length > 0 {
                self.ahead = Some(c);
                return;
            }
            self.insert(c, class);
        }
    }

    /// Puts the character behind those of its class or a lower one.
    fn insert(&mut self, c: char, class: u8) {
        let marks = &mut self.sequence[..=self.length];
        let mut place = self.length;
        while place > 0 && class < marks[place - 1].1 {
            marks[place] = marks[place - 1];
            place -= 1;
        }
        marks[place] = (c, class);
        self.length += 1;
    }
}

impl<I: Iterator<Item = char>> Iterator for Ordered<I> {
    type Item = char;

    fn next(&mut self) -> Option<char> {
        if self.next == self.length {
            self.refill();
        }
        let (c, _) = *self.sequence[..self.length].get(self.next)?;
        self.next += 1;
        Some(c)
    }
}
