//! An amount of money.

use onhook_text::utterance::Token;
use onhook_text::vocabulary::Vocabulary;
use serde::{Deserialize, Serialize};

use super::reader::Reader;
use super::{Answer, Ask, Heard, Partial, Prompt, Verdict};

/// Hundredths of a unit.
const HUNDREDTHS: u64 = 100;

/// An amount of money: units and hundredths, with the currency if it was said.
///
/// ```
/// use onhook::question::{Amount, Answer, Heard, Money, Partial, Verdict};
///
/// let _question = Amount::new("How much do you want to pay?");
///
/// let hear = |text| Amount.hear(&Heard::speech(text), &mut Partial::default());
/// let dollars = |minor_units| Verdict::Answer(Money { minor_units, currency: Some("USD".into()) });
/// assert_eq!(hear("12 dollars and 50 cents"), dollars(1_250));
/// assert_eq!(hear("$12.50"), dollars(1_250));
/// assert_eq!(hear("twelve fifty"), Verdict::Answer(Money { minor_units: 1_250, currency: None }));
/// ```
///
/// English, German and Spanish by the locale, English for all others: "twelve euros fifty", "zwölf Euro fünfzig",
/// "doce euros con cincuenta", "fifty cents", "twelve point five", "12.50" (`12,50` in German and Spanish). A number
/// after a number is hundredths if it is from 10 to 99 or has its zero: "twelve fifty", "twelve oh five". More than two
/// decimals are no match, and neither is a negative amount.
///
/// Keys are whole units, and hundredths after `*`: `12*50`. They are complete with `#`, or when no key comes for 3
/// seconds.
#[derive(Clone, Copy, Debug)]
pub struct Amount;

/// Money, as [`Amount`] gives it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Money {
    /// Hundredths of the unit: cents.
    pub minor_units: i64,
    /// The code of ISO 4217, if a currency was said. "Dollars" are those of the locale's region where it has its own,
    /// and of the United States elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
}

/// Regions whose dollars or pesos are not those of the table.
const REGIONS: &[(&str, &str, &str)] = &[
    ("USD", "CA", "CAD"),
    ("USD", "AU", "AUD"),
    ("USD", "NZ", "NZD"),
    ("MXN", "AR", "ARS"),
    ("MXN", "CO", "COP"),
    ("MXN", "UY", "UYU"),
];

impl Amount {
    /// Asks this.
    #[allow(clippy::new_ret_no_self, reason = "what is made is the question")]
    pub fn new<'q>(prompt: impl Into<Prompt>) -> Ask<'q, Amount> {
        Ask::new(Amount).prompt(prompt)
    }
}

impl Answer for Amount {
    type Value = Money;

    fn hear(&self, heard: &Heard<'_>, so_far: &mut Partial) -> Verdict<Money> {
        let money = match (heard.pressed(), heard.text()) {
            (Some('#'), _) | (None, None) => pressed(&so_far.take()),
            (Some(key), _) if key.is_ascii_digit() || key == '*' => {
                so_far.push(key);
                return Verdict::More;
            }
            (Some(_), _) => None,
            (None, Some(text)) => spoken(text, heard),
        };
        money.map_or(Verdict::NoMatch, Verdict::Answer)
    }

    fn say(&self, value: &Money, locale: &str) -> Option<String> {
        let vocabulary = Vocabulary::of(Heard::silence().in_locale(locale).language());
        let (units, rest) = (value.minor_units / 100, (value.minor_units % 100).abs());
        let currency = value
            .currency
            .as_deref()
            .map_or(String::new(), |code| format!(" {code}"));
        Some(format!("{units}{}{rest:02}{currency}", vocabulary.decimal))
    }
}

/// `12*50`
fn pressed(keys: &str) -> Option<Money> {
    let (units, rest) = keys.split_once('*').unwrap_or((keys, ""));
    if units.is_empty() && rest.is_empty() {
        return None;
    }
    let units = if units.is_empty() {
        0
    } else {
        units.parse().ok()?
    };
    money(units, decimals(rest)?, None)
}

/// Hundredths: of `5` they are 50.
fn decimals(figures: &str) -> Option<u64> {
    match figures.len() {
        0 => Some(0),
        1 => Some(figures.parse::<u64>().ok()? * 10),
        2 => figures.parse().ok(),
        _ => None,
    }
}

fn money(units: u64, hundredths: u64, currency: Option<String>) -> Option<Money> {
    let minor_units = units.checked_mul(HUNDREDTHS)?.checked_add(hundredths)?;
    Some(Money {
        minor_units: i64::try_from(minor_units).ok()?,
        currency,
    })
}

fn spoken(text: &str, heard: &Heard<'_>) -> Option<Money> {
    let mut reader = Reader::new(text, Vocabulary::of(heard.language()));
    reader.ends();
    let mut currency = unit(&mut reader);
    let number = units(&mut reader)?;
    let cents = reader.vocabulary.cents;
    if currency.is_none() && reader.phrase(cents) {
        return if reader.ends() {
            money(0, number, None)
        } else {
            None
        };
    }
    let mut hundredths = fraction(&mut reader)?;
    if currency.is_none() {
        currency = unit(&mut reader);
    }
    if hundredths.is_none() {
        let place = reader.place();
        let with = reader.vocabulary.with;
        reader.phrase(with);
        hundredths = after_units(&mut reader);
        if hundredths.is_none() {
            reader.back_to(place);
        }
        if currency.is_none() {
            currency = unit(&mut reader);
        }
    }
    let currency = currency.map(|code| of_region(code, heard.locale()));
    if reader.ends() {
        money(number, hundredths.unwrap_or(0), currency)
    } else {
        None
    }
}

/// Whole units: a number, or the article before a unit: "a dollar".
fn units(reader: &mut Reader) -> Option<u64> {
    if let Some(number) = reader.cardinal() {
        return Some(number);
    }
    let article = reader.vocabulary.article;
    reader.phrase(article).then_some(1)
}

/// What a mark of money or a word for it stands for.
fn unit(reader: &mut Reader) -> Option<&'static str> {
    for (mark, code) in [('$', "USD"), ('€', "EUR"), ('£', "GBP")] {
        if reader.mark(mark) {
            return Some(code);
        }
    }
    let currencies = reader.vocabulary.currencies;
    reader.lookup(currencies)
}

/// Decimals behind their mark, written or said; `Some(None)` if there is no mark, `None` if they are none.
#[allow(
    clippy::option_option,
    reason = "no decimals are right, wrong ones are not"
)]
fn fraction(reader: &mut Reader) -> Option<Option<u64>> {
    let place = reader.place();
    let mark = reader.vocabulary.decimal;
    if reader.mark(mark) {
        if let Some(figures) = reader.figures() {
            return decimals(&figures).map(Some);
        }
        reader.back_to(place);
        return Some(None);
    }
    let point = reader.vocabulary.point;
    if !reader.phrase(point) {
        return Some(None);
    }
    let mut figures = String::new();
    while figures.len() <= 2 {
        if let Some(number) = reader.below_hundred() {
            figures.push_str(&number.to_string());
        } else if let Some(zero) = reader.word_with(Vocabulary::digit) {
            figures.push(zero);
        } else if let Some(more) = reader.figures() {
            figures.push_str(&more);
        } else {
            break;
        }
    }
    if figures.is_empty() {
        None
    } else {
        decimals(&figures).map(Some)
    }
}

/// Hundredths after units: "fifty", "oh five", "5 cents".
fn after_units(reader: &mut Reader) -> Option<u64> {
    let cents = reader.vocabulary.cents;
    let zero =
        reader.word_with(|vocabulary, word| vocabulary.digit(word).filter(|digit| *digit == '0'));
    let (number, two_figures) = if let Some(Token::Figures(figures)) = reader.peek() {
        let (number, count) = (figures.parse().ok()?, figures.len());
        reader.figures();
        (number, count == 2)
    } else {
        let number = reader.below_hundred()?;
        (number, number >= 10)
    };
    let said = reader.phrase(cents);
    let fits = number < HUNDREDTHS && (said || two_figures || (zero.is_some() && number < 10));
    fits.then_some(number)
}

fn of_region(code: &str, locale: &str) -> String {
    let is_in = |region: &str| {
        locale
            .split(['-', '_'])
            .any(|part| part.eq_ignore_ascii_case(region))
    };
    let found = REGIONS
        .iter()
        .find(|(table, region, _)| *table == code && is_in(region));
    let code = found.map_or(code, |(_, _, local)| local);
    code.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[expect(clippy::unnecessary_wraps, reason = "what a row of the table expects")]
    fn of(minor_units: i64, currency: &str) -> Option<Money> {
        let currency = Some(currency.to_owned()).filter(|code| !code.is_empty());
        Some(Money {
            minor_units,
            currency,
        })
    }

    #[test]
    fn amounts_are_spoken() {
        for (locale, text, expected) in [
            ("en-US", "twelve", of(1_200, "")),
            ("en-US", "12", of(1_200, "")),
            ("en-US", "12.50", of(1_250, "")),
            ("en-US", "12.5", of(1_250, "")),
            ("en-US", "$12.50.", of(1_250, "USD")),
            ("en-US", "€ 1,234.50", of(123_450, "EUR")),
            ("en-US", "12.50 pounds", of(1_250, "GBP")),
            ("en-US", "twelve fifty", of(1_250, "")),
            ("en-US", "twelve oh five", of(1_205, "")),
            ("en-US", "twelve fifty please", of(1_250, "")),
            ("en-US", "one twenty five", of(125, "")),
            ("en-US", "two hundred fifty", of(25_000, "")),
            ("en-US", "12 dollars and 50 cents", of(1_250, "USD")),
            ("en-US", "twelve dollars fifty", of(1_250, "USD")),
            ("en-US", "twelve dollars and five cents", of(1_205, "USD")),
            ("en-US", "a dollar", of(100, "USD")),
            ("en-US", "a hundred euros", of(10_000, "EUR")),
            ("en-US", "fifty cents", of(50, "")),
            ("en-US", "twelve point five", of(1_250, "")),
            ("en-US", "twelve point oh five dollars", of(1_205, "USD")),
            ("en-CA", "ten dollars", of(1_000, "CAD")),
            ("en-AU", "ten dollars", of(1_000, "AUD")),
            ("en-US", "2 million dollars", of(200_000_000, "USD")),
            ("en-US", "12.505", None),
            ("en-US", "twelve five", None),
            ("en-US", "minus five", None),
            ("en-US", "five apples", None),
            ("en-US", "dollars", None),
            ("en-US", "150 cents", of(150, "")),
            ("en-US", "", None),
            ("de-DE", "zwölf Euro fünfzig", of(1_250, "EUR")),
            ("de-DE", "zwölf Euro und fünf Cent", of(1_205, "EUR")),
            ("de-DE", "12,50 €", of(1_250, "EUR")),
            ("de-DE", "1.234,50", of(123_450, "")),
            ("de-DE", "zwölf Komma fünf", of(1_250, "")),
            ("de-DE", "ein Euro", of(100, "EUR")),
            ("de-CH", "zwanzig Franken", of(2_000, "CHF")),
            ("es-ES", "doce euros con cincuenta", of(1_250, "EUR")),
            ("es-ES", "12,50", of(1_250, "")),
            ("es-MX", "cien pesos", of(10_000, "MXN")),
            ("es-AR", "cien pesos", of(10_000, "ARS")),
            ("es-ES", "cincuenta céntimos", of(50, "")),
        ] {
            let heard = Heard::speech(text).in_locale(locale);
            let expected = expected.map_or(Verdict::NoMatch, Verdict::Answer);
            assert_eq!(
                Amount.hear(&heard, &mut Partial::default()),
                expected,
                "{locale} {text}"
            );
        }
    }

    #[test]
    fn amounts_are_pressed() {
        for (keys, expected) in [
            ("12", of(1_200, "")),
            ("12*50", of(1_250, "")),
            ("12*5", of(1_250, "")),
            ("*50", of(50, "")),
            ("12*505", None),
            ("1*2*3", None),
            ("", None),
        ] {
            let mut so_far = Partial::default();
            for key in keys.chars() {
                assert_eq!(Amount.hear(&Heard::key(key), &mut so_far), Verdict::More);
            }
            let expected = expected.map_or(Verdict::NoMatch, Verdict::Answer);
            assert_eq!(
                Amount.hear(&Heard::key('#'), &mut so_far),
                expected,
                "{keys}"
            );
        }
    }

    #[test]
    fn an_amount_is_kept_short() {
        let json = serde_json::to_string(&of(1_250, "USD")).unwrap();
        assert_eq!(json, r#"{"minorUnits":1250,"currency":"USD"}"#);
        assert_eq!(
            serde_json::to_string(&of(5, "")).unwrap(),
            r#"{"minorUnits":5}"#
        );
    }
}
