//! The files of lines after a crash or a fault of the disk: what is whole is read, what is torn is cut off and kept
//! beside, and neither stops what is to be written next.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use onhook_channel::events::SubjectForm;
use onhook_channel::store::{DamagedFate, FaultyDisk, Store};
use time::Duration;

use crate::shelf::{CALLER, Shelf, files_with, start};

const LOGS: [&str; 2] = ["events.jsonl", "tombstones.jsonl"];

/// A store whose logs have two lines each, and recordings that are to be published and to be deleted.
fn shelf() -> Shelf {
    let shelf = Shelf::new();
    for session in 1..=2 {
        shelf.record("conv-gone", session, 1);
    }
    publish(&shelf.store);
    assert_eq!(shelf.store.expire(late()).deleted.len(), 2);
    shelf.record("conv-7", 1, 1);
    shelf
}

fn late() -> time::OffsetDateTime {
    start() + Duration::hours(48)
}

fn publish(store: &Store) -> usize {
    publish_at(store, start())
}

fn publish_at(store: &Store, now: time::OffsetDateTime) -> usize {
    let events =
        store.publish_missing_events(SubjectForm::default(), now, |broken| panic!("{broken}"));
    events.unwrap().len()
}

/// How many lines of a log can be read, and how many cannot.
fn lines(store: &Store, log: &str) -> (usize, usize) {
    let read: Vec<bool> = if log == "events.jsonl" {
        store.events().unwrap().map(|line| line.is_ok()).collect()
    } else {
        store
            .tombstones()
            .unwrap()
            .map(|line| line.is_ok())
            .collect()
    };
    let whole = read.iter().filter(|is_ok| **is_ok).count();
    (whole, read.len() - whole)
}

fn cuts(root: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = fs::read_dir(root)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.to_string_lossy().contains(".cut-"))
        .collect();
    paths.sort();
    paths
}

fn tails() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("70 kB of zeros", vec![0; 70_000]),
        ("a few zeros", vec![0; 7]),
        ("half a line", br#"{"id":"conv-secret"#.to_vec()),
        (
            "rubbish",
            (0..=255)
                .map(|at: u8| at | 0x80)
                .cycle()
                .take(200_000)
                .collect(),
        ),
        ("no UTF-8", vec![0xff, 0xfe, b'{']),
        ("a line of megabytes without an end", vec![b'x'; 3 << 20]),
    ]
}

#[test]
fn a_torn_tail_is_cut_off_and_kept_whatever_it_is() {
    for log in LOGS {
        for (what, tail) in tails() {
            let shelf = shelf();
            let path = shelf.store.root().join(log);
            let whole = fs::read(&path).unwrap();
            fs::write(&path, [whole.clone(), tail.clone()].concat()).unwrap();
            // What is longer than any line is not being written, nor was it torn: it is said.
            let damage = usize::from(tail.len() >= 64 * 1024);
            assert_eq!(lines(&shelf.reopened(), log), (2, damage), "{log}: {what}");
            assert_eq!(
                fs::read(&path).unwrap().len(),
                whole.len() + tail.len(),
                "reading cuts nothing"
            );

            let store = shelf.reopened();
            assert_eq!(publish_at(&store, late()), 1, "{log}: {what}");
            let expired = store.expire(late());
            assert!(expired.failed.is_empty(), "{log}: {what}: {expired:?}");
            assert_eq!(expired.deleted.len(), 1, "{log}: {what}");
            assert_eq!(lines(&store, log), (3, 0), "{log}: {what}");
            let now = fs::read(&path).unwrap();
            assert!(now.starts_with(&whole), "{log}: {what}");

            let cuts = cuts(store.root());
            assert_eq!(cuts.len(), 1, "{log}: {what}");
            let kept = fs::read(&cuts[0]).unwrap();
            assert_eq!(kept, tail[..tail.len().min(1 << 20)], "{log}: {what}");
            // It is named, and kept for as long as a recording is.
            assert_eq!(store.verify(..).damaged, cuts, "{log}: {what}");
            assert!(expired.damaged.iter().all(|file| file.path == cuts[0]));
            let fate = |now| store.expire(now).damaged[0].fate;
            let until = late().replace_nanosecond(0).unwrap() + Duration::hours(48);
            assert_eq!(fate(late()), DamagedFate::KeptUntil(until), "{log}: {what}");
            assert_eq!(fate(until), DamagedFate::Deleted, "{log}: {what}");
            assert!(!cuts[0].exists(), "{log}: {what}");
            assert!(store.expire(until).damaged.is_empty());
        }
    }
}

#[test]
fn an_erasure_leaves_nothing_in_the_logs_that_cannot_be_read() {
    let secret = "conv-secret";
    let shelf = Shelf::new();
    shelf.record(secret, 1, 1);
    publish(&shelf.store);
    let log = shelf.store.root().join("events.jsonl");
    let whole = fs::read(&log).unwrap();
    let torn = &whole[..whole.len() / 2];
    // In the middle, glued to a whole line, and torn at the end; and what was cut off before.
    let bytes = [torn, b"\n", torn, &whole, torn].concat();
    fs::write(&log, bytes).unwrap();
    shelf.record("conv-8", 1, 1);
    assert_eq!(publish(&shelf.store), 1);
    assert_eq!(cuts(shelf.store.root()).len(), 1);
    let erased = shelf.store.erase(CALLER, start());
    assert!(erased.failed.is_empty(), "{erased:?}");
    assert_eq!(erased.damaged[0].fate, DamagedFate::Deleted);
    for text in [secret, CALLER] {
        let left = files_with(shelf.store.root(), text);
        assert!(left.is_empty(), "{text} is left in {left:?}");
    }
}

#[test]
fn damage_in_the_middle_hides_no_line() {
    let huge = vec![b'x'; 8 << 20];
    let damages: [(&str, Vec<u8>); 7] = [
        ("zeros", vec![0; 70_000]),
        ("zeros and an end", [vec![0; 70_000], vec![b'\n']].concat()),
        ("half a line", br#"{"id":"x","topic":{"a":"#.to_vec()),
        ("half a line and an end", b"{\"id\":\n".to_vec()),
        ("no UTF-8", vec![0xff, 0xc0, b'\n']),
        ("a line of 8 MB", [huge.clone(), vec![b'\n']].concat()),
        ("8 MB", huge),
    ];
    for log in LOGS {
        for (what, damage) in &damages {
            let shelf = shelf();
            let path = shelf.store.root().join(log);
            let whole = fs::read(&path).unwrap();
            let first = whole.iter().position(|byte| *byte == b'\n').unwrap() + 1;
            let bytes = [&whole[..first], damage, &whole[first..]].concat();
            fs::write(&path, &bytes).unwrap();
            let store = shelf.reopened();
            assert_eq!(lines(&store, log), (2, 1), "{log}: {what}");
            assert!(!store.verify(..).is_intact(), "{log}: {what}: it is said");
            // Nothing stops, and nothing is done twice.
            assert_eq!(publish(&store), 1, "{log}: {what}");
            assert_eq!(store.expire(late()).deleted.len(), 1, "{log}: {what}");
            assert_eq!(lines(&store, log), (3, 1), "{log}: {what}");
        }
    }
}

#[test]
fn a_log_that_is_only_rubbish_is_begun_anew() {
    let shelf = Shelf::new();
    shelf.record("conv-7", 1, 1);
    let log = shelf.store.root().join("events.jsonl");
    fs::write(&log, vec![0; 200_000]).unwrap();
    assert_eq!(publish(&shelf.store), 1);
    assert_eq!(lines(&shelf.store, "events.jsonl"), (1, 0));
    assert_eq!(cuts(shelf.store.root()).len(), 1);
}

/// A disk that tears the log again and again does not fill itself with what was cut off.
#[test]
fn only_so_many_cuts_are_kept() {
    let shelf = Shelf::new();
    let log = shelf.store.root().join("events.jsonl");
    for session in 1..=20 {
        shelf.record("conv-7", session, 1);
        if session > 1 {
            let whole = fs::read(&log).unwrap();
            fs::write(&log, [whole, vec![0; 10]].concat()).unwrap();
        }
        assert_eq!(publish(&shelf.store), 1);
    }
    assert_eq!(cuts(shelf.store.root()).len(), 16);
    assert_eq!(lines(&shelf.store, "events.jsonl"), (20, 0));
}

/// Whatever fails while a tail is cut off, no line is lost, and the next attempt succeeds.
#[test]
fn a_cut_that_fails_is_made_by_the_next() {
    let prepared = || {
        let shelf = shelf();
        let log = shelf.store.root().join("events.jsonl");
        let whole = fs::read(&log).unwrap();
        fs::write(&log, [whole, vec![0; 70_000]].concat()).unwrap();
        shelf
    };
    let operations = {
        let (shelf, disk) = (prepared(), FaultyDisk::default());
        publish(&Store::on(disk.clone(), shelf.store.root()));
        disk.operations()
    };
    for at in 0..operations.len() {
        let (shelf, disk) = (prepared(), FaultyDisk::default());
        crate::shelf::dies_at(&disk, &operations, at);
        let dying = Store::on(disk, shelf.store.root());
        drop(dying.publish_missing_events(SubjectForm::default(), start(), |_| ()));
        let store = shelf.reopened();
        publish(&store);
        assert_eq!(
            lines(&store, "events.jsonl"),
            (3, 0),
            "{at}: {:?}",
            operations[at]
        );
    }
}

#[test]
fn those_who_read_while_a_torn_tail_is_cut_off_see_whole_lines() {
    let shelf = Shelf::new();
    let (root, stop) = (shelf.store.root().to_path_buf(), AtomicBool::new(false));
    let log = root.join("events.jsonl");
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let (store, mut most) = (Store::new(&root), 0);
            while !stop.load(Ordering::Relaxed) {
                let events = store.events().unwrap();
                let events: Vec<_> = events.map(|event| event.unwrap()).collect();
                let count = events.len();
                assert!(count >= most, "{count} after {most}");
                most = count;
            }
        });
        for session in 1..=40 {
            shelf.record("conv-7", session, 1);
            publish(&shelf.store);
            let mut file = fs::OpenOptions::new().append(true).open(&log).unwrap();
            file.write_all(&[b'{'; 5000]).unwrap();
        }
        stop.store(true, Ordering::Relaxed);
    });
    assert_eq!(lines(&shelf.store, "events.jsonl"), (40, 0));
}
