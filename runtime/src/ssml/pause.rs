//! How long a `<break>` and a `<silence>` last.

use std::time::Duration;

use super::LONGEST_BREAK;
use super::number::scaled;

/// What each strength lasts with the Azure speech service; SSML itself leaves it open. The third is the default.
const STRENGTHS: [(&str, u64); 6] = [
    ("none", 0),
    ("x-weak", 250),
    ("weak", 500),
    ("medium", 750),
    ("strong", 1_000),
    ("x-strong", 1_250),
];

/// A `<break>` without attributes: medium.
const DEFAULT: Duration = Duration::from_millis(750);

/// The duration of a break by its attributes, of which `time` counts before `strength`; none when one is wrong.
pub(super) fn duration(time: Option<&str>, strength: Option<&str>) -> Option<Duration> {
    match (time, strength) {
        (Some(time), _) => {
            milliseconds(time.trim()).map(|ms| Duration::from_millis(ms).min(LONGEST_BREAK))
        }
        (None, Some(strength)) => {
            let found = STRENGTHS.iter().find(|(name, _)| *name == strength.trim());
            found.map(|&(_, ms)| Duration::from_millis(ms))
        }
        (None, None) => Some(DEFAULT),
    }
}

/// The duration of a silence by its attributes: `value` of Azure's `<mstts:silence>`, at most 20 s, or `msec` of SAPI 5,
/// at most 65,535; none when it is wrong.
pub(super) fn silence(value: Option<&str>, msec: Option<&str>) -> Option<Duration> {
    let (ms, longest) = match (value, msec) {
        (Some(time), _) => (milliseconds(time.trim())?, 20_000),
        (None, msec) => (scaled(msec?.trim(), 0)?, 65_535),
    };
    Some(Duration::from_millis(ms.min(longest)))
}

/// A time of CSS 2: `250ms`, `1.5s`, `+3s`. Anything below a millisecond is cut off.
fn milliseconds(time: &str) -> Option<u64> {
    let (number, places) = match time.strip_suffix("ms") {
        Some(number) => (number, 0_usize),
        None => (time.strip_suffix('s')?, 3),
    };
    scaled(number.strip_prefix('+').unwrap_or(number), places)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_those_of_css() {
        for (time, ms) in [
            ("250ms", Some(250)),
            ("0s", Some(0)),
            ("3s", Some(3_000)),
            ("1.5s", Some(1_500)),
            (".25s", Some(250)),
            ("+1s", Some(1_000)),
            ("1.23456s", Some(1_234)),
            ("99.9ms", Some(99)),
            (" 2s ", Some(2_000)),
            ("5001ms", Some(5_000)),
            ("99999999999999999999999999s", Some(5_000)),
            ("", None),
            ("s", None),
            ("ms", None),
            ("+s", None),
            ("1", None),
            ("1.s", None),
            (".s", None),
            ("-1s", None),
            ("++1s", None),
            ("1e3ms", None),
            ("1 s", None),
            ("1S", None),
        ] {
            assert_eq!(
                duration(Some(time), Some("strong")),
                ms.map(Duration::from_millis),
                "{time:?}"
            );
        }
    }

    #[test]
    fn silences_are_those_of_azure_and_sapi() {
        for (value, msec, ms) in [
            (Some("200ms"), None, Some(200)),
            (Some(" 1.5s "), None, Some(1_500)),
            (Some("21s"), None, Some(20_000)),
            (Some("0ms"), Some("9"), Some(0)),
            (None, Some("500"), Some(500)),
            (None, Some("99999999999999999999999"), Some(65_535)),
            (None, None, None),
            (Some("500"), None, None),
            (None, Some("500ms"), None),
            (None, Some("-1"), None),
            (Some("soon"), Some("500"), None),
        ] {
            let found = silence(value, msec);
            assert_eq!(found, ms.map(Duration::from_millis), "{value:?} {msec:?}");
        }
    }

    #[test]
    fn strengths_have_their_names() {
        for (strength, ms) in STRENGTHS {
            assert_eq!(
                duration(None, Some(strength)),
                Some(Duration::from_millis(ms))
            );
        }
        assert_eq!(duration(None, Some("huge")), None);
        assert_eq!(duration(None, None), duration(None, Some("medium")));
    }
}
