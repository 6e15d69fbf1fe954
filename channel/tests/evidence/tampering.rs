//! A flipped bit, a cut, an exchange, an edit or a missing recording is found, and said where it is.

use std::fs::{self, OpenOptions};
use std::path::Path;

use onhook_channel::events::SubjectForm;
use onhook_channel::store::{Problem, Store};

use crate::shelf::{CALLER, Shelf, id, start};

/// Three recordings of three seconds in one call; all were published.
fn call() -> Shelf {
    let shelf = Shelf::new();
    for session in 1..=3 {
        shelf.record("conv-7", session, 3);
    }
    let events = shelf
        .store
        .publish_missing_events(SubjectForm::default(), start(), |broken| panic!("{broken}"));
    assert_eq!(events.unwrap().len(), 3);
    shelf
}

fn content(shelf: &Shelf, session: u32) -> std::path::PathBuf {
    shelf.store.content(&id("conv-7", session))
}

fn metadata(shelf: &Shelf, session: u32) -> std::path::PathBuf {
    shelf
        .store
        .folder(&id("conv-7", session))
        .join("metadata.json")
}

fn flip(path: &Path, at: usize) {
    let mut bytes = fs::read(path).unwrap();
    bytes[at] ^= 1;
    fs::write(path, bytes).unwrap();
}

fn set_len(path: &Path, length: u64) {
    let file = OpenOptions::new().write(true).open(path).unwrap();
    file.set_len(length).unwrap();
}

fn edit(path: &Path, old: &str, new: &str) {
    let text = fs::read_to_string(path).unwrap();
    assert!(text.contains(old), "{old} is not in {text}");
    fs::write(path, text.replacen(old, new, 1)).unwrap();
}

/// Changes the metadata as somebody does who knows how to work out their hash.
fn forge(
    shelf: &Shelf,
    session: u32,
    change: impl Fn(&mut onhook_channel::store::metadata::Metadata),
) {
    let id = id("conv-7", session);
    let mut metadata = shelf.store.read_metadata(&id).unwrap();
    change(&mut metadata);
    shelf.store.write_metadata(&id, &metadata).unwrap();
    assert!(
        !shelf
            .store
            .verify_session(&id)
            .to_string()
            .contains("metadata")
    );
}

fn exchange(one: &Path, other: &Path) {
    let aside = one.with_extension("aside");
    fs::rename(one, &aside).unwrap();
    fs::rename(other, one).unwrap();
    fs::rename(aside, other).unwrap();
}

#[test]
fn what_nobody_touched_is_intact() {
    let shelf = call();
    let report = shelf.reopened().verify(..);
    assert_eq!(
        report.to_string(),
        "3 recordings, 0 open, all as they were written"
    );
    assert!(report.is_intact());
    assert!(shelf.store.verify("conv-7").is_intact());
    assert_eq!(shelf.store.verify("conv-8").recordings, 0);
    assert_eq!(shelf.store.verify(crate::shelf::day()).recordings, 3);
}

#[test]
#[allow(clippy::too_many_lines, reason = "a table")]
fn every_kind_of_tampering_is_found_and_placed() {
    type Tamper = fn(&Shelf);
    // What is done; what is said, with the end of the place; all of it, in order.
    let cases: [(&str, Tamper, &[&str]); 22] = [
        (
            "a bit of the header",
            |s| flip(&content(s, 1), 20),
            &["0001/content.wav: part 0 has been changed, from the second that begins at byte 0"],
        ),
        (
            "a bit in the second second",
            |s| flip(&content(s, 1), 40_000),
            &[
                "0001/content.wav: part 0 has been changed, from the second that begins at byte 32000",
            ],
        ),
        (
            "the last bit",
            |s| flip(&content(s, 3), 96_079),
            &[
                "0003/content.wav: part 0 has been changed, from the second that begins at byte 96000",
            ],
        ),
        (
            "a cut",
            |s| set_len(&content(s, 2), 50_000),
            &[
                "0002/content.wav: part 0 has 50000 bytes instead of 96080, from the second that begins at byte 32000",
            ],
        ),
        (
            "nothing left",
            |s| set_len(&content(s, 2), 0),
            &[
                "0002/content.wav: part 0 has 0 bytes instead of 96080, from the second that begins at byte 0",
            ],
        ),
        (
            "a byte more",
            |s| set_len(&content(s, 1), 96_081),
            &[
                "0001/content.wav: part 0 has 96081 bytes instead of 96080, from the second that begins at byte 96000",
            ],
        ),
        (
            "the audio is gone",
            |s| fs::remove_file(content(s, 1)).unwrap(),
            &["0001/content.wav: part 0 is missing"],
        ),
        (
            "the audio is a folder",
            |s| {
                fs::remove_file(content(s, 1)).unwrap();
                fs::create_dir(content(s, 1)).unwrap();
            },
            &["0001/content.wav: part 0 is missing"],
        ),
        (
            "the hashes of the seconds and the audio",
            |s| {
                flip(&content(s, 1), 40_000);
                fs::remove_file(content(s, 1).with_extension("wav.blocks")).unwrap();
            },
            &["0001/content.wav: part 0 has been changed"],
        ),
        (
            "the hashes of the seconds",
            |s| flip(&content(s, 1).with_extension("wav.blocks"), 5),
            &["0001/content.wav: the hashes of part 0's seconds are missing or have been changed"],
        ),
        (
            "exchanged audio",
            |s| exchange(&content(s, 1), &content(s, 2)),
            &[
                "0001/content.wav: part 0 has been changed, from the second that begins at byte 0",
                "0002/content.wav: part 0 has been changed, from the second that begins at byte 0",
            ],
        ),
        (
            "exchanged recordings",
            |s| {
                exchange(
                    content(s, 1).parent().unwrap(),
                    content(s, 2).parent().unwrap(),
                );
            },
            &[
                "are those of conv-7-0002",
                "are those of conv-7-0001",
                "0003: the recording does not follow on the recording before it",
                "the recording conv-7-0001 is missing",
                "the recording conv-7-0002 is missing",
            ],
        ),
        (
            "exchanged metadata",
            |s| exchange(&metadata(s, 2), &metadata(s, 3)),
            &[
                "are those of conv-7-0003",
                "are those of conv-7-0002",
                "the recording conv-7-0002 is missing",
                "the recording conv-7-0003 is missing",
            ],
        ),
        (
            "an edit",
            |s| edit(&metadata(s, 1), CALLER, "+14255550111"),
            &["0001/metadata.json: the metadata have been changed"],
        ),
        (
            "an edit that only a bytewise look finds",
            |s| edit(&metadata(s, 1), "{\n", "{ \n"),
            &["0001/metadata.json: the metadata have been changed"],
        ),
        (
            "a field more",
            |s| edit(&metadata(s, 2), "{\n", "{\n  \"callId\": \"x\",\n"),
            &[
                "metadata.json cannot be read: duplicate field `callId` at line 4 column 10",
                "0003: the recording does not follow on the recording before it",
                "the recording conv-7-0002 is missing",
            ],
        ),
        (
            "no manifest",
            |s| edit(&metadata(s, 3), "\"manifest\"", "\"manifesto\""),
            &["0003/metadata.json: the metadata have no manifest"],
        ),
        (
            "a forged recording",
            |s| forge(s, 1, |m| m.onhook.from = None),
            &["0002: the recording does not follow on the recording before it"],
        ),
        (
            "a forged link",
            |s| forge(s, 3, |m| m.onhook.parts[0].prev = None),
            &["0003: the recording does not follow on the recording before it"],
        ),
        (
            "a path that leads elsewhere",
            |s| {
                forge(s, 3, |m| {
                    m.onhook.parts[0].file = "../0002/content.wav".to_owned();
                });
            },
            &["part 0 is missing"],
        ),
        (
            "a recording taken out of the middle",
            |s| {
                fs::remove_dir_all(content(s, 2).parent().unwrap()).unwrap();
            },
            &[
                "0003: the recording does not follow on the recording before it",
                "the recording conv-7-0002 is missing",
            ],
        ),
        (
            "the last recording taken away",
            |s| {
                fs::remove_dir_all(content(s, 3).parent().unwrap()).unwrap();
            },
            &["the recording conv-7-0003 is missing"],
        ),
    ];
    for (what, tamper, wanted) in cases {
        let shelf = call();
        tamper(&shelf);
        let report = shelf.reopened().verify(..);
        let found: Vec<String> = report.findings.iter().map(ToString::to_string).collect();
        assert_eq!(found.len(), wanted.len(), "{what}: {report}");
        for (found, wanted) in found.iter().zip(wanted) {
            assert!(found.ends_with(wanted), "{what}: {found}\nis not …{wanted}");
        }
        assert!(!report.is_intact());
    }
}

#[test]
fn no_bit_of_the_metadata_can_be_flipped() {
    let shelf = Shelf::new();
    let id = shelf.record("conv-7", 1, 0);
    let path = shelf.store.folder(&id).join("metadata.json");
    let intact = fs::read(&path).unwrap();
    for at in 0..intact.len() {
        let mut text = intact.clone();
        text[at] ^= 1 << (at % 8);
        fs::write(&path, text).unwrap();
        assert!(!shelf.store.verify_session(&id).is_intact(), "byte {at}");
    }
    fs::write(&path, intact).unwrap();
    assert!(shelf.store.verify_session(&id).is_intact());
}

#[test]
fn parts_of_one_recording_are_chained_too() {
    let shelf = Shelf::new();
    let mut record = shelf.open(CALLER, "conv-7", 1, 1);
    let folder = shelf.store.folder(&record.id);
    for suffix in ["", ".blocks"] {
        let file = |name: &str| folder.join(format!("{name}{suffix}"));
        fs::copy(file("content.wav"), file("content.0001.wav")).unwrap();
    }
    let mut second = record.parts[0].clone();
    (second.index, second.file) = (1, "content.0001.wav".to_owned());
    record.parts.push(second);
    let metadata = record.metadata();
    let parts = &metadata.onhook.parts;
    assert_eq!(parts[0].prev, None);
    assert_eq!(parts[1].prev.as_ref(), Some(&parts[0].sha512));
    shelf.store.write_metadata(&record.id, &metadata).unwrap();
    assert!(shelf.store.verify(..).is_intact());

    let mut cut = metadata.clone();
    cut.onhook.parts[1].prev = None;
    shelf.store.write_metadata(&record.id, &cut).unwrap();
    let report = shelf.store.verify(..);
    let found: Vec<&Problem> = report
        .findings
        .iter()
        .map(|finding| &finding.problem)
        .collect();
    assert!(
        matches!(found[..], [Problem::PartOutOfOrder { part: 1 }]),
        "{report}"
    );
}

#[test]
fn a_recording_under_way_is_open_and_no_problem() {
    let shelf = Shelf::new();
    let mut record = shelf.open(CALLER, "conv-7", 1, 1);
    record.parts.clear();
    shelf
        .store
        .write_metadata(&record.id, &record.metadata())
        .unwrap();
    let report = Store::new(shelf.store.root()).verify(..);
    assert_eq!(
        report.to_string(),
        "1 recordings, 1 open, all as they were written"
    );
}
