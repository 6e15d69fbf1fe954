//! What may stand around a text, or inside of it, without making it another one.

use crate::tables::PUNCTUATION;

/// Whether `c` is left out at the beginning and the end of a text: punctuation, white space, and what cannot be seen.
#[inline]
pub(crate) fn is_edge(c: char) -> bool {
    if c.is_ascii() {
        is_ascii_edge(c)
    } else {
        is_blank(c) || is_punctuation(c)
    }
}

/// Punctuation of ASCII and its white space.
///
/// Not `#`, `%`, `&`, `*`, `@`, `/` and `\`, although Unicode calls them punctuation: they stand for words, so that
/// `50%` is not `50`, and the keys `*` and `#` are texts.
#[inline]
fn is_ascii_edge(c: char) -> bool {
    matches!(
        c,
        '\t'..='\r'
            | ' '
            | '!'
            | '"'
            | '\''
            | '('
            | ')'
            | ','
            | '-'
            | '.'
            | ':'
            | ';'
            | '?'
            | '['
            | ']'
            | '_'
            | '{'
            | '}'
    )
}

/// Whether `c` is white space, or nothing that can be seen.
#[inline]
pub(crate) fn is_blank(c: char) -> bool {
    c.is_whitespace() || is_ignorable(c)
}

/// Punctuation beyond ASCII: the general categories P, without the signs that stand for words.
fn is_punctuation(c: char) -> bool {
    let row = PUNCTUATION.partition_point(|&(_, last)| last < c);
    PUNCTUATION.get(row).is_some_and(|&(first, _)| first <= c) && !is_word_sign(c)
}

/// Signs beyond ASCII that are read out as words: percent, section, and other forms of `#%&*@/\`.
fn is_word_sign(c: char) -> bool {
    matches!(
        c,
        '§' | '¶' | '‰' | '‱' | '٪' | '؉' | '؊' | '\u{FE5F}'
            ..='\u{FE61}'
                | '\u{FE68}'
                | '\u{FE6A}'
                | '\u{FE6B}'
                | '\u{FF03}'
                | '\u{FF05}'
                | '\u{FF06}'
                | '\u{FF0A}'
                | '\u{FF0F}'
                | '\u{FF20}'
                | '\u{FF3C}'
    )
}

/// Characters that Unicode tells programs not to show and, in `NFKC_Casefold`, not to compare: the property
/// `Default_Ignorable_Code_Point`. Soft hyphen, zero-width spaces and joiners, marks of direction, word joiner, byte
/// order mark, variation selectors, Hangul fillers, tags.
pub(crate) fn is_ignorable(c: char) -> bool {
    matches!(
        c,
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}'..='\u{1160}' | '\u{17B4}'..='\u{17B5}' | '\u{180B}'..='\u{180F}'
            | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{3164}'
            | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFF8}' | '\u{1BCA0}'..='\u{1BCA3}'
            | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}'
    )
}

/// The sign of ASCII that the typographic one stands for inside of words: apostrophe and hyphen. Telephones type the
/// one, recognisers send the other.
pub(crate) fn typewriter(c: char) -> char {
    match c {
        '’' => '\'',
        '\u{2010}' | '\u{2011}' => '-',
        c => c,
    }
}
