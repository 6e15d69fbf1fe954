//! What is written as SSML is what is read from it, and nothing that is sent makes the reader panic.

use std::time::Duration;

use onhook::ssml::{Emphasis, InterpretAs, Rate, Segment, Ssml, read};
use proptest::prelude::*;

/// XML 1.0, production 2.
fn xml_allows(character: char) -> bool {
    let code = u32::from(character);
    matches!(code, 0x9 | 0xA | 0xD | 0x20..=0xD7FF | 0xE000..=0xFFFD | 0x1_0000..=0x10_FFFF)
}

fn any_text() -> impl Strategy<Value = String> {
    let character = prop_oneof![
        any::<char>(),
        prop::sample::select("<>&\"'];\r\n\t \0\u{FFFE}#xa".chars().collect::<Vec<_>>())
    ];
    prop::collection::vec(character, 0..20).prop_map(String::from_iter)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_was_built_is_what_is_read(
        pieces in prop::collection::vec((0_u8..5, any_text(), 0_u64..20_000), 0..12),
        voice in any_text(),
        locale in any_text(),
    ) {
        let mut speech = Ssml::new().voice(voice);
        let (mut said, mut silence) = (String::new(), 0);
        for (kind, text, ms) in pieces {
            let piece = text.chars().filter(|&character| xml_allows(character));
            speech = match kind {
                0 => speech.text(&text),
                1 => speech.say_as(InterpretAs::Other(text.clone().into()), &text),
                2 => speech.emphasis(Emphasis::Moderate, &text),
                3 => speech.rate(Rate::Change(-7), &text),
                _ => { silence += ms; speech.pause(Duration::from_millis(ms)) }
            };
            if kind < 4 { said.extend(piece); }
        }
        let (mut heard, mut paused) = (String::new(), Duration::ZERO);
        for segment in read(&speech.to_document(&locale))? {
            match segment {
                Segment::Text(text) => heard.push_str(&text),
                Segment::Break(pause) => paused += pause,
                Segment::Rate(_) => {}
            }
        }
        prop_assert_eq!(heard, said);
        prop_assert_eq!(paused, Duration::from_millis(silence));
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = read(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn no_markup_makes_it_panic(pieces in prop::collection::vec(prop::sample::select(vec![
        "<speak>", "</speak>", "<break", " time='", "1.5s", "'", "/>", ">", "<", "</", "<p>", "</p>", "&", "&#x41;", ";", "<!--", "-->",
        "<![CDATA[", "]]>", "<?", "?>", "ü", "\r", "\n", " ", "=", "\"", "<sub alias='x'>", "</sub>", "\u{1}", "\u{FEFF}",
    ]), 0..40)) {
        let document = pieces.concat();
        if let Err(error) = read(&document) {
            prop_assert!(error.offset <= document.len() && document.is_char_boundary(error.offset));
        }
    }
}
