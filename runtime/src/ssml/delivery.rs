//! How a piece of text is spoken.

use std::borrow::Cow;

/// How a piece of text is to be read out: the `interpret-as` of `<say-as>`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum InterpretAs {
    /// A street address.
    Address,
    /// A number: "ten".
    Cardinal,
    /// Letter by letter.
    Characters,
    /// An amount of money.
    Currency,
    /// A date.
    Date,
    /// Digit by digit.
    Digits,
    /// A fraction.
    Fraction,
    /// A place in an order: "tenth".
    Ordinal,
    /// A telephone number.
    Telephone,
    /// A time of day.
    Time,
    /// A value that the voice in use knows.
    Other(Cow<'static, str>),
}

impl InterpretAs {
    /// The value of the attribute.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Address => "address",
            Self::Cardinal => "cardinal",
            Self::Characters => "characters",
            Self::Currency => "currency",
            Self::Date => "date",
            Self::Digits => "digits",
            Self::Fraction => "fraction",
            Self::Ordinal => "ordinal",
            Self::Telephone => "telephone",
            Self::Time => "time",
            Self::Other(value) => value,
        }
    }
}

/// How much a word stands out: the `level` of `<emphasis>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Emphasis {
    /// Less than its surroundings.
    Reduced,
    /// Some.
    Moderate,
    /// Much.
    Strong,
}

impl Emphasis {
    /// The value of the attribute.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Reduced => "reduced",
            Self::Moderate => "moderate",
            Self::Strong => "strong",
        }
    }
}

/// How fast a piece of text is read: the `rate` of `<prosody>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Rate {
    /// `x-slow`.
    ExtraSlow,
    /// `slow`.
    Slow,
    /// `medium`.
    Medium,
    /// `fast`.
    Fast,
    /// `x-fast`.
    ExtraFast,
    /// A change in percent: -20 is a fifth slower.
    Change(i16),
}

impl Rate {
    /// The value of the attribute.
    pub fn value(self) -> Cow<'static, str> {
        match self {
            Self::ExtraSlow => "x-slow".into(),
            Self::Slow => "slow".into(),
            Self::Medium => "medium".into(),
            Self::Fast => "fast".into(),
            Self::ExtraFast => "x-fast".into(),
            Self::Change(percent) => format!("{percent:+}%").into(),
        }
    }
}
