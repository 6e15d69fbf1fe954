//! Telephone numbers.

use std::fmt;
use std::str::FromStr;

/// A telephone number in E.164 form: `+`, then 2 to 15 digits, the first not 0, no dashes or spaces.
///
/// ```
/// use onhook::PhoneNumber;
///
/// assert_eq!("+14255550100".parse::<PhoneNumber>().unwrap().as_str(), "+14255550100");
/// assert!("425-555-0100".parse::<PhoneNumber>().is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PhoneNumber(String);

impl PhoneNumber {
    /// The number with its `+`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for PhoneNumber {
    type Err = NotE164;

    fn from_str(number: &str) -> Result<PhoneNumber, NotE164> {
        let refuse = |why| {
            Err(NotE164 {
                length: number.chars().count(),
                why,
            })
        };
        let Some(digits) = number.strip_prefix('+') else {
            return refuse("it does not begin with `+`");
        };
        if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return refuse("only digits may follow the `+`");
        }
        if digits.starts_with('0') {
            return refuse("a country code does not begin with 0");
        }
        // ITU-T E.164: at most 15 digits; no assigned number is shorter than a country code and one digit.
        if !(2..=15).contains(&digits.len()) {
            return refuse("2 to 15 digits follow the `+`");
        }
        Ok(PhoneNumber(number.to_owned()))
    }
}

impl fmt::Display for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A text that is not an E.164 telephone number. The text itself is personal data and is not repeated.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an E.164 telephone number ({length} characters): {why}")]
pub struct NotE164 {
    length: usize,
    why: &'static str,
}

#[cfg(test)]
mod tests {
    use super::PhoneNumber;

    #[test]
    fn only_e164_is_a_number() {
        for good in ["+14255550100", "+4930123456", "+123456789012345", "+12"] {
            assert!(good.parse::<PhoneNumber>().is_ok(), "{good}");
        }
        for bad in [
            "",
            "+",
            "+1",
            "14255550100",
            "+1 425 555 0100",
            "+1-425",
            "+0425",
            "+1234567890123456",
            "+１２３",
            "tel:+1425",
        ] {
            assert!(bad.parse::<PhoneNumber>().is_err(), "{bad}");
        }
    }
}
