//! When a bot takes two texts for the same.
//!
//! What callers say comes from recognisers, and what they type from keyboards: each writes a word in its own way. So a
//! text is compared by its normal form, in which these make no difference:
//!
//! * case, by Unicode's full case folding: `STRASSE` is `Straße`, and `İ` is `i̇` (the Turkic folding is not used);
//! * canonical equivalence: `é` may be one character or two;
//! * punctuation and white space around the text, of any script: `¿Sí?` is `sí`. The signs that stand for words (`#`,
//!   `%`, `&`, `*`, `@`, `/`, `\`, `§`, `‰`) are no punctuation here. A text of punctuation alone keeps it;
//! * how much white space stands between words, and of which kind;
//! * characters that cannot be seen: zero-width spaces and joiners, soft hyphens, marks of direction, variation selectors;
//! * the typographic form of apostrophe and hyphen: `don’t` is `don't`.
//!
//! Punctuation inside of a text counts: `12.5` is not `125`.
//!
//! `onhook-macros` computes the normal form of a literal at expansion, and `onhook` compares what arrives with it; both
//! must agree on every character, so both use this crate. It has no dependency: `tables.rs` is written from Unicode's
//! own data, and cases are those of the standard library.

mod decomposition;
mod edge;
mod folding;
mod normal;
mod order;
#[rustfmt::skip]
mod tables;

#[cfg(test)]
mod tests;

pub use normal::{Said, normal_form};
