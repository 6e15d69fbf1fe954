//! Whatever is said or pressed, every answer has a verdict.

use proptest::prelude::*;

use super::{Amount, Answer, Confirm, Date, Digits, Free, Heard, Number, Partial, Spelled, Time};

const LOCALES: [&str; 5] = ["en-US", "de-DE", "es-ES", "", "\u{202e}-x"];

fn hear_all(heard: &Heard<'_>, so_far: &str) {
    let so_far = || Partial::from(so_far);
    let _ = Confirm.hear(heard, &mut so_far());
    let _ = Digits::of(4..=10).hear(heard, &mut so_far());
    let _ = Number::default().hear(heard, &mut so_far());
    let _ = Amount.hear(heard, &mut so_far());
    let _ = Spelled::default().hear(heard, &mut so_far());
    let _ = Free::default().hear(heard, &mut so_far());
    let _ = Time::default().hear(heard, &mut so_far());
    for today in [time::Date::MIN, time::Date::MAX] {
        let _ = Date::after(today).hear(heard, &mut so_far());
    }
}

/// Words of the vocabularies in any order are nearer to the grammars than any text.
fn words() -> impl Strategy<Value = String> {
    let words = "one two forty hundred thousand million billion and a point double oh minus - , . $ € 12 1,234 3/4 \
        dollars cents as in bravo zwei und vierzig hundert tausend zweiundvierzig Komma Euro doppel wie dos treinta y \
        cien mil millones coma con doble half past quarter to pm tomorrow next friday march third the halb vier";
    let words: Vec<&str> = words.split(' ').filter(|word| !word.is_empty()).collect();
    prop::collection::vec(prop::sample::select(words), 0..12).prop_map(|words| words.join(" "))
}

proptest! {
    #[test]
    fn any_text_has_a_verdict(text in any::<String>(), so_far in any::<String>(), locale in 0..LOCALES.len()) {
        hear_all(&Heard::speech(&text).in_locale(LOCALES[locale]), &so_far);
    }

    #[test]
    fn any_words_have_a_verdict(text in words(), locale in 0..LOCALES.len()) {
        hear_all(&Heard::speech(&text).in_locale(LOCALES[locale]), "");
    }

    #[test]
    fn any_key_has_a_verdict(key in any::<char>(), so_far in any::<String>()) {
        hear_all(&Heard::key(key), &so_far);
        hear_all(&Heard::silence(), &so_far);
    }
}

#[test]
fn a_long_text_costs_no_more_than_its_length() {
    let long = "one hundred and ".repeat(100_000);
    hear_all(&Heard::speech(&long), "");
}
