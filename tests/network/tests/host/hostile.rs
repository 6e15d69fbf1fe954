//! Whatever is sent, one of the documented statuses comes back.

use std::{fs, path::Path};

use proptest::prelude::*;
use serde_json::Value;

use crate::channel::{call, endpoint, request};
use crate::desk::Desk;

/// Of activities that are whole, activities that are not, and what the channel of the tests may make of them.
const DOCUMENTED: [u16; 8] = [200, 201, 400, 413, 418, 429, 500, 501];

fn corpus() -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpus/activities");
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    assert!(files.len() > 50);
    files.iter().map(|file| fs::read(file).unwrap()).collect()
}

fn assert_answered(body: Vec<u8>) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    let shown = String::from_utf8_lossy(&body).into_owned();
    let answer = runtime.block_on(async {
        let (endpoint, _) = endpoint(Desk::new());
        call(&endpoint, request(body)).await
    });
    assert!(
        DOCUMENTED.contains(&answer.status),
        "{}: {shown}",
        answer.status
    );
    if answer.status >= 400 && !matches!(answer.status, 418 | 501) {
        let error: Value = answer.json();
        assert!(error["error"]["code"].is_string(), "{shown}");
    }
}

#[test]
fn every_activity_of_the_corpus_is_answered() {
    for activity in corpus() {
        assert_answered(activity);
    }
}

/// An activity of the corpus with a few bytes changed, left out, put in, or said twice.
fn mutated() -> impl Strategy<Value = Vec<u8>> {
    let change = (any::<prop::sample::Index>(), 0..4_u8, any::<u8>());
    let changes = prop::collection::vec(change, 1..6);
    (prop::sample::select(corpus()), changes).prop_map(|(mut text, changes)| {
        for (place, kind, byte) in changes {
            if text.is_empty() {
                break;
            }
            let at = place.index(text.len());
            let marks = b"{}[]\",:0-\\n\0\xff";
            let mark = marks[usize::from(byte) % marks.len()];
            match kind {
                0 => text[at] = mark,
                1 => drop(text.remove(at)),
                2 => text.insert(at, mark),
                _ => {
                    let piece: Vec<u8> = text[at..].iter().copied().take(40).collect();
                    text.splice(at..at, piece);
                }
            }
        }
        text
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    #[test]
    fn arbitrary_bytes_are_answered(body in prop::collection::vec(any::<u8>(), 0..200)) {
        assert_answered(body);
    }

    #[test]
    fn mutated_activities_are_answered(body in mutated()) {
        assert_answered(body);
    }
}
