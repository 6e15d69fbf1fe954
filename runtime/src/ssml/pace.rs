//! How fast the text of a `<prosody>` is spoken.

use super::number::scaled;

/// As fast as the voice speaks of its own accord.
pub(super) const NORMAL: u16 = 100;

/// What each name means with the Azure speech service, in percent; SSML itself leaves it open.
const NAMES: [(&str, u16); 6] = [
    ("x-slow", 50),
    ("slow", 64),
    ("medium", 100),
    ("fast", 155),
    ("x-fast", 200),
    ("default", 100),
];

/// The percentage for a `rate`, inside of text that is spoken at `outer` percent; none when it is wrong.
///
/// A name, a factor (`0.8`) and a percentage (`80%`) are of the voice's own rate, and a change (`-20%`) is of the
/// rate outside (SSML 1.1, 3.2.4). Nothing is slower than half or faster than twice the voice's own rate: beyond,
/// the speech service changes nothing either.
pub(super) fn percent(rate: &str, outer: u16) -> Option<u16> {
    let rate = rate.trim();
    if let Some((_, percent)) = NAMES.iter().find(|(name, _)| *name == rate) {
        return Some(*percent);
    }
    let percent = match rate.strip_suffix('%') {
        None => scaled(rate, 2)?,
        Some(number) => {
            let changed = |percent: u64| u64::from(outer).saturating_mul(percent) / 100;
            if let Some(more) = number.strip_prefix('+') {
                changed(scaled(more, 0)?.saturating_add(100))
            } else if let Some(less) = number.strip_prefix('-') {
                changed(100_u64.saturating_sub(scaled(less, 0)?))
            } else {
                scaled(number, 0)?
            }
        }
    };
    u16::try_from(percent.clamp(50, 200)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ssml::Rate;

    #[test]
    fn rates_are_percentages() {
        for (rate, outer, found) in [
            ("fast", 50, Some(155)),
            ("default", 50, Some(100)),
            (" 0.8 ", 100, Some(80)),
            ("1.5", 64, Some(150)),
            ("2", 100, Some(200)),
            ("80%", 155, Some(80)),
            ("+20%", 100, Some(120)),
            ("-20%", 100, Some(80)),
            ("-12.9%", 100, Some(88)),
            ("+50%", 80, Some(120)),
            ("+0%", 64, Some(64)),
            ("0.1", 100, Some(50)),
            ("-100%", 100, Some(50)),
            ("-300%", 100, Some(50)),
            ("99999999999999999999%", 100, Some(200)),
            ("", 100, None),
            ("%", 100, None),
            ("quick", 100, None),
            ("--1%", 100, None),
            ("-0.5", 100, None),
            ("1e3", 100, None),
        ] {
            assert_eq!(percent(rate, outer), found, "{rate:?} in {outer}");
        }
    }

    #[test]
    fn every_rate_that_is_written_is_read() {
        for (rate, found) in [
            (Rate::ExtraSlow, 50),
            (Rate::Slow, 64),
            (Rate::Medium, 100),
            (Rate::Fast, 155),
            (Rate::ExtraFast, 200),
            (Rate::Change(-20), 80),
            (Rate::Change(0), 100),
            (Rate::Change(i16::MAX), 200),
        ] {
            assert_eq!(percent(&rate.value(), NORMAL), Some(found), "{rate:?}");
        }
    }
}
