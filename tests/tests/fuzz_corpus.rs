//! What the fuzzers have been given and have found: no file of the corpora makes a parser panic.

use std::fs;
use std::path::Path;

use onhook_tests::fuzzed::{self, TARGETS};

#[test]
fn the_corpus_is_read_without_a_panic() {
    fuzzed::replay(&TARGETS);
}

/// Every program of the fuzzer has its corpus and is replayed; `request` is, in `tests/network`.
#[test]
fn every_target_has_a_corpus() {
    let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz");
    let names = |folder: &str| {
        let files = fs::read_dir(fuzz.join(folder)).unwrap();
        let mut names: Vec<_> = files
            .map(|file| {
                file.unwrap()
                    .path()
                    .file_stem()
                    .unwrap()
                    .to_string_lossy()
                    .into_owned()
            })
            .collect();
        names.sort();
        names
    };
    let mut targets: Vec<_> = TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
    targets.push("request".to_owned());
    targets.sort();
    assert_eq!(names("fuzz_targets"), targets);
    assert_eq!(names("corpus"), targets);
}
