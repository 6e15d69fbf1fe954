//! Every character of Unicode against other implementations, and the tables, which are written from these.
//!
//! To write the tables for a new version of Unicode, update the two crates and run the tests with `ONHOOK_BLESS=1`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

use caseless::Caseless as _;
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::{canonical_combining_class, decompose_canonical};
use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory as _};

use crate::decomposition::{combining_class, decompose};
use crate::edge::{is_blank, is_edge, is_ignorable, typewriter};
use crate::folding::fold;
use crate::{Said, normal_form};

fn characters() -> impl Iterator<Item = char> {
    '\0'..=char::MAX
}

/// Canonical caseless matching (D145) by the oracles.
fn folded(text: &str) -> String {
    text.nfd().default_case_fold().nfd().collect()
}

#[test]
fn the_tables_are_those_of_the_oracles() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/tables.rs");
    if env::var_os("ONHOOK_BLESS").is_some() {
        fs::write(&path, tables()).unwrap();
    } else {
        let is_written = fs::read_to_string(&path).unwrap() == tables();
        assert!(is_written, "`tables.rs` is not what the oracles say");
    }
}

fn tables() -> String {
    let version = unicode_normalization::UNICODE_VERSION;
    assert_eq!(
        (
            u64::from(version.0),
            u64::from(version.1),
            u64::from(version.2)
        ),
        unicode_properties::UNICODE_VERSION
    );
    let (major, minor, update) = version;
    let mut text = format!(
        "//! Of the Unicode Character Database, version {major}.{minor}.{update}; written by `tests.rs`.\n"
    );
    let (mut rows, mut expansions) = (Vec::new(), String::new());
    // Hangul is computed.
    for c in characters().filter(|c| !('\u{AC00}'..='\u{D7A3}').contains(c)) {
        let mut parts = String::new();
        decompose_canonical(c, |part| parts.push(part));
        if !parts.chars().eq([c]) {
            expansions.push_str(&parts);
            rows.push(format!("('{}', {})", c.escape_unicode(), expansions.len()));
        }
    }
    let expansions: Vec<String> = expansions
        .chars()
        .map(|c| c.escape_unicode().to_string())
        .collect();
    let classes = runs(canonical_combining_class, 0);
    let classes: Vec<String> = classes
        .iter()
        .map(|(first, last, class)| {
            format!(
                "('{}', '{}', {class})",
                first.escape_unicode(),
                last.escape_unicode()
            )
        })
        .collect();
    let punctuation = runs(
        |c| !c.is_ascii() && c.general_category_group() == GeneralCategoryGroup::Punctuation,
        false,
    );
    let punctuation: Vec<String> = punctuation
        .iter()
        .map(|(first, last, _)| {
            format!(
                "('{}', '{}')",
                first.escape_unicode(),
                last.escape_unicode()
            )
        })
        .collect();
    table(
        &mut text,
        "What decomposes canonically, but Hangul; each with the end of its place in `EXPANSIONS`.",
        "DECOMPOSED",
        "(char, u16)",
        &rows,
    );
    writeln!(
        text,
        "\n/// What the characters of `DECOMPOSED` decompose into, one behind the other.\n\
         pub(crate) static EXPANSIONS: &str = \"\\"
    )
    .unwrap();
    for line in expansions.chunks(12) {
        writeln!(text, "    {}\\", line.concat()).unwrap();
    }
    text.push_str("\";\n");
    table(
        &mut text,
        "Canonical combining classes but 0: first and last character, class.",
        "COMBINING_CLASSES",
        "(char, char, u8)",
        &classes,
    );
    table(
        &mut text,
        "The general categories P beyond ASCII: first and last character.",
        "PUNCTUATION",
        "(char, char)",
        &punctuation,
    );
    text
}

fn table(text: &mut String, doc: &str, name: &str, of: &str, rows: &[String]) {
    let length = rows.len();
    writeln!(
        text,
        "\n/// {doc}\npub(crate) static {name}: [{of}; {length}] = ["
    )
    .unwrap();
    for line in rows.chunks(6) {
        writeln!(text, "    {},", line.join(", ")).unwrap();
    }
    text.push_str("];\n");
}

/// Characters in a row for which `of` is the same and not `common`.
fn runs<T: PartialEq + Copy>(of: impl Fn(char) -> T, common: T) -> Vec<(char, char, T)> {
    let mut runs: Vec<(char, char, T)> = Vec::new();
    for c in characters() {
        let value = of(c);
        if value == common {
            continue;
        }
        match runs.last_mut() {
            Some((_, last, same)) if *same == value && u32::from(*last) + 1 == u32::from(c) => {
                *last = c;
            }
            _ => runs.push((c, c, value)),
        }
    }
    runs
}

#[test]
fn every_character_decomposes_as_the_oracle_has_it() {
    for c in characters() {
        let mut parts = String::new();
        decompose_canonical(c, |part| parts.push(part));
        assert_eq!(decompose(c).collect::<String>(), parts, "{c:?}");
        assert_eq!(combining_class(c), canonical_combining_class(c), "{c:?}");
    }
}

/// The same characters are joined; which of them stands for the others is nobody's concern.
#[test]
fn every_character_folds_as_the_oracle_has_it() {
    let ours = |c: char| {
        let parts: String = decompose(c).collect();
        parts.nfd().flat_map(fold).collect::<String>()
    };
    let (mut to_ours, mut to_theirs) = (BTreeMap::new(), BTreeMap::new());
    for c in characters().filter(|c| !is_newer(*c)) {
        let (our, their) = (ours(c), folded(&c.to_string()));
        assert_eq!(
            to_ours.entry(their.clone()).or_insert(our.clone()),
            &our,
            "{c:?}"
        );
        assert_eq!(
            to_theirs.entry(our).or_insert(their.clone()),
            &their,
            "{c:?}"
        );
    }
}

/// Letters with case of Unicode 17, which the oracle of case folding does not know yet.
fn is_newer(c: char) -> bool {
    matches!(c, '\u{A7CE}'..='\u{A7CF}' | '\u{A7D2}'..='\u{A7D5}' | '\u{16EA0}'..='\u{16ED3}')
}

/// What folding makes is decomposed already, so that it need not be done again (D145 does it twice).
#[test]
fn what_is_folded_is_decomposed() {
    for c in characters() {
        let once: String = decompose(c)
            .collect::<String>()
            .nfd()
            .flat_map(fold)
            .collect();
        assert_eq!(once.nfd().collect::<String>(), once, "{c:?}");
    }
}

/// What stands around a text is the same for texts that are canonically equivalent.
#[test]
fn edges_agree_with_decomposition() {
    for c in characters() {
        let parts: Vec<char> = decompose(c).collect();
        let (first, last) = (parts[0], parts[parts.len() - 1]);
        if is_edge(c) {
            assert!(parts.iter().all(|part| is_edge(*part)), "{c:?}");
        } else {
            assert!(!is_edge(first) && !is_edge(last), "{c:?}");
        }
        assert_eq!(
            is_blank(c),
            parts.iter().all(|part| is_blank(*part)),
            "{c:?}"
        );
        assert!(!is_ignorable(c) || parts == [c], "{c:?}");
        assert!(
            parts == [c] || parts.iter().all(|part| typewriter(*part) == *part),
            "{c:?}"
        );
        if !c.is_ascii() {
            let is_punctuation = c.general_category_group() == GeneralCategoryGroup::Punctuation;
            assert!(is_punctuation || !is_edge(c) || is_blank(c), "{c:?}");
        }
    }
}

#[test]
fn a_normal_form_is_its_own() {
    // What is neither assigned nor left out, and ideographs, are themselves: some stand for all.
    let is_plain = |c: char| {
        c > '\u{3400}'
            && decompose(c).eq([c])
            && fold(c).eq([c])
            && combining_class(c) == 0
            && !is_edge(c)
    };
    let some = |c: &char| !is_plain(*c) || u32::from(*c) % 101 == 0;
    // Hangul is computed: a part of it stands for all.
    let some =
        |c: &char| some(c) && (!('\u{AC00}'..='\u{D7A3}').contains(c) || u32::from(*c) % 29 == 0);
    for c in characters().filter(some) {
        for text in [
            c.to_string(),
            format!("a{c}b"),
            format!("x {c}"),
            format!("{c}\u{301}\u{323}"),
        ] {
            let form = normal_form(&text);
            assert_eq!(normal_form(&form), form, "{text:?}");
            let composed: String = text.nfc().collect();
            let decomposed: String = text.nfd().collect();
            assert_eq!(normal_form(&composed), form, "{text:?}");
            assert_eq!(normal_form(&decomposed), form, "{text:?}");
            assert!(form.is_empty() || Said::new(&text).is(&form), "{text:?}");
        }
    }
}

#[test]
fn texts_that_are_the_same() {
    for (literal, said) in [
        ("yes", "Yes."),
        ("yes", "\u{FEFF}«Yes…» \u{200F}"),
        ("yes", "— “yes” —"),
        ("yes", "Y\u{AD}e\u{200B}s!?"),
        ("Yes!", "yes"),
        ("sí", "¡SI\u{301}!"),
        ("oui", "Oui\u{202F}!"),
        ("はい", "\u{3000}はい。"),
        ("是", "「是」"),
        ("نعم", "نعم؟"),
        ("हाँ", "हाँ।"),
        ("այո", "այո։"),
        ("Straße", "STRASSE"),
        ("Straße", "STRAẞE"),
        ("όσος", "ΌΣΟΣ"),
        ("i\u{307}stanbul", "İstanbul"),
        ("ﬁve", "FIVE"),
        ("각", "\u{1100}\u{1161}\u{11A8}"),
        ("ệ", "e\u{302}\u{323}"),
        ("ᾳ\u{301}", "ΆΙ"),
        ("yes please", " yes \t\n please "),
        ("yes please", "Yes\u{A0}\u{3000}Please"),
        ("don't know", "Don’t know."),
        ("e-mail", "E\u{2011}Mail"),
        ("می‌خواهم", "میخواهم"),
        ("❤", "❤\u{FE0F}"),
        ("?", " ? "),
        ("#", "#"),
        ("50%", "50%."),
    ] {
        assert!(
            Said::new(said).is(&normal_form(literal)),
            "{literal:?} {said:?}"
        );
        assert_eq!(
            normal_form(said),
            normal_form(literal),
            "{literal:?} {said:?}"
        );
    }
}

#[test]
fn texts_that_are_not() {
    for (literal, said) in [
        ("yes", ""),
        ("yes", "yes yes"),
        ("yes", "ye s"),
        ("yes", "ye"),
        ("yes please", "yesplease"),
        ("yes please", "yes, please"),
        ("125", "12.5"),
        ("50", "50%"),
        ("?", "!"),
        ("?", ""),
        ("?", "yes?"),
        ("1", "#1"),
        ("help", "/help"),
        ("i", "ı"),
        ("istanbul", "İstanbul"),
        ("resume", "résumé"),
        ("각", "가"),
        ("e\u{323}\u{302}", "e\u{302}"),
    ] {
        assert!(
            !Said::new(said).is(&normal_form(literal)),
            "{literal:?} {said:?}"
        );
    }
}

/// The way for ASCII and the way for all other texts give the same.
#[test]
fn ascii_is_no_exception() {
    for first in '\0'..='\x7F' {
        for second in '\0'..='\x7F' {
            let texts = [
                format!("{first}{second}"),
                format!("x{first}{second}Y"),
                format!("{first} x {second}"),
            ];
            for text in texts {
                let form = normal_form(&text);
                assert!(form.is_empty() || Said::new(&text).is(&form), "{text:?}");
                assert!(!Said::new(&text).is(&format!("{form}x")), "{text:?}");
                assert!(
                    !Said::new(&text).is(&format!("x{form}")) || form.is_empty(),
                    "{text:?}"
                );
            }
        }
    }
}

/// A text of marks only, as nobody but an attacker sends it.
#[test]
fn marks_without_end_are_compared_in_pieces() {
    let said = format!("a{}", "\u{301}\u{323}".repeat(50_000));
    assert!(!Said::new(&said).is("a"));
    assert_eq!(normal_form(&said).chars().count(), 100_001);
    assert!(Said::new(&said).is(&normal_form(&said)));
}
