//! Full case folding, by the standard library's own case mappings.

/// `c` without regard to case: what folds to the same in Unicode's `CaseFolding.txt` (C and F) gives the same here.
///
/// The way over the capital letter joins what has one capital letter only (`ς` and `σ`, `ß` and `ss`), the last step
/// leads back. It would join `ı` with `i` too, which only the Turkic folding does. Cherokee folds to small letters
/// here, and to capital ones there: the same letters are joined.
pub(crate) fn fold(c: char) -> impl Iterator<Item = char> {
    let (kept, mapped) = match c {
        'ı' => (Some(c), None),
        c if c.is_ascii() => (Some(c.to_ascii_lowercase()), None),
        c => (None, Some(c)),
    };
    let mapped = mapped.into_iter().flat_map(|c| {
        c.to_lowercase()
            .flat_map(char::to_uppercase)
            .flat_map(char::to_lowercase)
    });
    kept.into_iter().chain(mapped)
}
