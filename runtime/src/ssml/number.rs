//! Decimal numbers of attributes.

/// The number times ten to the power of `places`, what is below that cut off: `1.5` and 3 are 1,500.
///
/// There is no sign, no exponent and no white space; a point has digits behind it. A number too big is the biggest.
pub(super) fn scaled(number: &str, places: usize) -> Option<u64> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole)
        || !digits(fraction)
        || fraction.is_empty()
        || (whole.is_empty() && !number.contains('.'))
    {
        return None;
    }
    let moved = fraction.bytes().chain(std::iter::repeat(b'0')).take(places);
    let total = whole.bytes().chain(moved);
    Some(total.fold(0_u64, |sum, digit| {
        sum.saturating_mul(10)
            .saturating_add(u64::from(digit - b'0'))
    }))
}
