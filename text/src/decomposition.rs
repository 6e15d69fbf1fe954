//! Canonical decomposition (Unicode Standard, 3.7; Hangul: 3.12).

use crate::tables::{COMBINING_CLASSES, DECOMPOSED, EXPANSIONS};

/// The most characters that one character decomposes into.
const LONGEST: usize = 4;

/// `c` as far as it can be decomposed.
pub(crate) fn decompose(c: char) -> impl Iterator<Item = char> {
    let mut parts = [None; LONGEST];
    if c < '\u{C0}' {
        parts[0] = Some(c);
    } else if let Some(jamo) = hangul(c) {
        parts[..jamo.len()].copy_from_slice(&jamo);
    } else if let Ok(row) = DECOMPOSED.binary_search_by_key(&c, |&(composed, _)| composed) {
        let begin = row.checked_sub(1).map_or(0, |before| DECOMPOSED[before].1);
        let expansion = EXPANSIONS
            .get(usize::from(begin)..usize::from(DECOMPOSED[row].1))
            .unwrap_or_default();
        for (part, c) in parts.iter_mut().zip(expansion.chars()) {
            *part = Some(c);
        }
    } else {
        parts[0] = Some(c);
    }
    parts.into_iter().flatten()
}

/// The two or three letters of a syllable.
fn hangul(c: char) -> Option<[Option<char>; 3]> {
    const VOWELS: u32 = 21;
    const FINALS: u32 = 28;
    let index = u32::from(c).checked_sub(0xAC00)?;
    if index >= 19 * VOWELS * FINALS {
        return None;
    }
    let (syllable, last) = (index / FINALS, index % FINALS);
    Some([
        char::from_u32(0x1100 + syllable / VOWELS),
        char::from_u32(0x1161 + syllable % VOWELS),
        char::from_u32(0x11A7 + last).filter(|_| last != 0),
    ])
}

/// The canonical combining class: 0 for all that begins a new sequence.
pub(crate) fn combining_class(c: char) -> u8 {
    if c < '\u{300}' {
        return 0;
    }
    let row = COMBINING_CLASSES.partition_point(|&(_, last, _)| last < c);
    match COMBINING_CLASSES.get(row) {
        Some(&(first, _, class)) if first <= c => class,
        _ => 0,
    }
}
