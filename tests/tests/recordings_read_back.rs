//! What is in the storage after a call, read by programs that know nothing of ours: whole, in order, in place, and
//! nothing of what must not be there.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex};

use onhook::prelude::*;
use onhook::{Clock, Host, Ids};
use onhook_channel::media::dtmf;
use onhook_channel::voice::{Party, ToneVoice};
use onhook_channel::{CallReport, Channel, Dial};
use onhook_tests::recorded::{PER_MS, files, heard, metadata, samples, sha512};
use tempfile::TempDir;
use time::OffsetDateTime;

/// A cashier that pauses the recording while the card number is given, unless it is careless.
struct Cashier {
    careful: bool,
    told: Told,
}

/// Every activity that the bot got, as it was written.
type Told = Arc<Mutex<Vec<String>>>;

#[bot]
impl Cashier {
    #[before_turn]
    async fn remember(&self, activity: &Activity) {
        self.told.lock().unwrap().push(activity.to_json());
    }

    #[on_members_added]
    async fn greet(&self, turn: &Turn) -> Result<()> {
        let start = RecordingStart::new().metadata("queue", "billing");
        turn.start_recording(start).await?.result().await?;
        turn.say("welcome").await
    }

    #[on_message(text = "pay")]
    async fn pay(&self, turn: &Turn) -> Result<()> {
        if self.careful {
            let pause = RecordingPause::new().reason("payment-card");
            turn.command(pause).await?.result().await?;
        }
        turn.say("number").await
    }

    #[on_message(text = "done")]
    async fn done(&self, turn: &Turn) -> Result<()> {
        if self.careful {
            turn.resume_recording().await?.result().await?;
        }
        turn.say("thanks").await
    }

    #[on_message(text = "again")]
    async fn again(&self, turn: &Turn) -> Result<()> {
        turn.stop_recording().await?.result().await?;
        turn.start_recording(RecordingStart::new())
            .await?
            .result()
            .await?;
        turn.say("back").await
    }

    #[on_message]
    async fn listen(&self) {}
}

const CARD: [&str; 4] = ["four", "nine", "seven", "two"];

fn cashier(folder: &Path, careful: bool, told: Told) -> Channel {
    let began = OffsetDateTime::from_unix_timestamp(1_795_000_000).unwrap();
    Channel::with_host(
        Host::builder(Cashier { careful, told })
            .ids(Ids::seeded(1))
            .build(),
    )
    .recordings(folder)
    .clock(Clock::starting_at(began))
    .ids(Ids::seeded(2))
    .build()
}

/// A call in which a card number is spoken and typed.
async fn payment(folder: &Path, careful: bool) -> CallReport {
    payment_told(folder, careful, Told::default()).await
}

async fn payment_told(folder: &Path, careful: bool, told: Told) -> CallReport {
    let call = cashier(folder, careful, told).dial(Dial::new());
    for words in ["hello", "pay", "four nine seven two"] {
        call.listens().await;
        call.says(words).await.unwrap();
    }
    call.presses("4972").await.unwrap();
    for words in ["done", "goodbye", "again", "farewell"] {
        call.says(words).await.unwrap();
        call.listens().await;
    }
    call.presses("1").await.unwrap();
    call.hangs_up().await
}

/// How often the tune of a word stands in these bytes, from its loudest stretch on, to the byte.
fn occurrences(bytes: &[u8], word: &str) -> usize {
    let sound = ToneVoice::word(word, Party::Caller);
    let middle = sound.len() / 2;
    let needle: Vec<u8> = sound[middle..middle + 32]
        .iter()
        .flat_map(|sample| sample.to_le_bytes())
        .collect();
    bytes
        .windows(needle.len())
        .filter(|window| *window == needle)
        .count()
}

/// Everywhere under the folder, in samples and in bytes.
fn traces(folder: &Path, words: &[&str]) -> usize {
    let mut traces = 0;
    for path in files(folder) {
        let bytes = fs::read(&path).unwrap();
        for word in words {
            traces += occurrences(&bytes, word);
            if path.extension().is_some_and(|extension| extension == "wav") {
                traces += heard(&samples(&path), word, Party::Caller).len();
            } else {
                traces += String::from_utf8_lossy(&bytes).matches(word).count();
            }
        }
    }
    traces
}

fn digits(samples: &[i16]) -> BTreeSet<char> {
    samples.chunks(800).filter_map(dtmf::detect).collect()
}

/// "A card number that is given while the recording is paused is nowhere": and it is found where it is, so that
/// this search can find something.
#[tokio::test(start_paused = true)]
async fn nothing_of_a_card_number_that_is_given_while_paused_is_in_any_file() {
    let (careful, careless) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let paused = payment(careful.path(), true).await;
    let recorded = payment(careless.path(), false).await;

    assert_eq!(traces(careful.path(), &CARD), 0);
    assert!(
        traces(careless.path(), &CARD) >= 2 * CARD.len(),
        "samples and bytes of each"
    );
    assert_eq!(
        traces(careful.path(), &["goodbye"]),
        2,
        "only the number is missing"
    );

    let keys = |report: &CallReport| digits(&samples(&report.recordings[0].content));
    assert!(keys(&paused).is_empty(), "nor are its tones");
    assert_eq!(keys(&recorded), BTreeSet::from(['2', '4', '7', '9']));
    let timeline = |report: &CallReport, index: usize| {
        let metadata = metadata(&report.recordings[index].metadata);
        let entries = metadata["onhook"]["timeline"].as_array().unwrap().clone();
        let keys = entries.into_iter().filter(|entry| entry["event"] == "dtmf");
        keys.map(|entry| entry["value"].as_str().map(str::to_owned))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        timeline(&paused, 0),
        vec![None; 4],
        "that keys were pressed is known, and not which"
    );
    assert_eq!(
        timeline(&recorded, 0),
        ["4", "9", "7", "2"].map(|key| Some(key.to_owned()))
    );
    assert_eq!(timeline(&paused, 1), [Some("1".to_owned())]);
}

#[tokio::test(start_paused = true)]
async fn what_was_said_is_where_the_call_had_it() {
    let folder = TempDir::new().unwrap();
    let report = payment(folder.path(), true).await;
    let [first, second] = report.recordings.as_slice() else {
        panic!("{:?}", report.recordings)
    };
    let (one, two) = (samples(&first.content), samples(&second.content));
    let word = |letters: u64| 60 + 40 * letters + 80;

    // The first session: to the millisecond, both parties, and the pause is no time at all.
    let welcome = 0;
    let hello = welcome + word(7);
    let pay = hello + word(5);
    let paused = pay + word(3);
    let thanks = paused;
    let goodbye = thanks + word(6);
    let again = goodbye + word(7);
    for (said, party, at) in [
        ("welcome", Party::Bot, welcome),
        ("hello", Party::Caller, hello),
        ("pay", Party::Caller, pay),
        ("thanks", Party::Bot, thanks),
        ("again", Party::Caller, again),
    ] {
        let found = heard(&one, said, party);
        assert!(
            found.iter().any(|found| found.abs_diff(at) <= 20),
            "{said} at {found:?}, not at {at}"
        );
        assert!(heard(&two, said, party).is_empty(), "{said}");
    }
    assert_eq!(heard(&two, "back", Party::Bot), [0]);
    assert_eq!(heard(&two, "farewell", Party::Caller).len(), 1);

    let resumed = metadata(&first.metadata);
    let timeline = resumed["onhook"]["timeline"].as_array().unwrap();
    let offset = |event: &str| {
        let entry = timeline.iter().find(|entry| entry["event"] == event);
        entry.unwrap()["offsetMs"].as_u64().unwrap()
    };
    assert_eq!(
        (offset("start"), offset("pause"), offset("resume")),
        (0, paused, paused)
    );
    assert_eq!(offset("stop"), one.len() as u64 / PER_MS);
}

#[tokio::test(start_paused = true)]
async fn the_metadata_say_what_the_files_have() {
    let folder = TempDir::new().unwrap();
    let report = payment(folder.path(), true).await;
    for recording in &report.recordings {
        let metadata = metadata(&recording.metadata);
        let (ours, audio) = (&metadata["onhook"], samples(&recording.content));
        let ms = audio.len() as u64 / PER_MS;
        let part = &ours["parts"][0];
        assert_eq!(
            part["sha512"],
            sha512(&recording.content),
            "of the file as it is"
        );
        assert_eq!(part["samples"], audio.len());
        assert_eq!(
            part["bytes"],
            fs::metadata(&recording.content).unwrap().len()
        );
        assert_eq!(
            (&metadata["chunkDuration"], &ours["recordedMs"]),
            (&ms.into(), &ms.into())
        );
        assert_eq!(
            (
                recording.samples,
                u64::try_from(recording.duration.as_millis()).unwrap()
            ),
            (audio.len() as u64, ms)
        );
        assert_eq!(
            recording.bytes,
            fs::metadata(&recording.content).unwrap().len()
        );
        assert_eq!(ours["state"], "sealed");
        assert_eq!(
            ours["recordingId"],
            format!("{}-{:04}", report.conversation_id, recording.session)
        );
        assert_eq!(metadata["participants"][0]["participantId"], "+14255550100");
        // $0.01 a minute are 10 micro-dollars for 60 ms.
        assert_eq!(
            ours["billing"]["microUsd"].as_str(),
            Some(&*((ms + 3) / 6).to_string())
        );
    }
    let first = metadata(&report.recordings[0].metadata);
    assert_eq!(first["onhook"]["custom"]["queue"], "billing");
    assert_eq!(first["onhook"]["sessionEndReason"], "StopRecording");
    let interval = &first["pauseResumeIntervals"][0];
    // The bot's "number" is heard together with the caller's number; four keys of 160 ms, "done".
    let spoken = (60 + 40 * 4 + 80) * 2 + (60 + 40 * 5 + 80) + (60 + 40 * 3 + 80);
    let number = 60 + 40 * 6 + 80;
    assert_eq!(
        interval["duration"],
        number + spoken + 4 * 160 + (60 + 40 * 4 + 80)
    );
    let at = |value: &serde_json::Value| {
        OffsetDateTime::parse(
            value.as_str().unwrap(),
            &time::format_description::well_known::Rfc3339,
        )
        .unwrap()
    };
    let began = at(&first["chunkStartTime"]);
    let paused_at = (at(&interval["startTime"]) - began).whole_milliseconds();
    let timeline = first["onhook"]["timeline"].as_array().unwrap();
    let pause = timeline
        .iter()
        .find(|entry| entry["event"] == "pause")
        .unwrap();
    assert_eq!(pause["reason"], "payment-card");
    assert_eq!(paused_at, i128::from(pause["offsetMs"].as_u64().unwrap()));
}

/// Another call under the same conversation id, on the same day, takes nothing away from the first.
#[tokio::test(start_paused = true)]
async fn nothing_is_ever_overwritten() {
    let folder = TempDir::new().unwrap();
    let first = payment(folder.path(), true).await;
    let before: Vec<(_, String)> = files(folder.path())
        .into_iter()
        // What is of all recordings goes on, and the vCon is of all that have this id.
        .filter(|path| {
            path.parent()
                .is_some_and(|folder| folder.ends_with("0001") || folder.ends_with("0002"))
        })
        .map(|path| {
            let hash = sha512(&path);
            (path, hash)
        })
        .collect();
    assert_eq!(before.len(), 6);
    let second = payment(folder.path(), true).await;
    assert_eq!(
        first.conversation_id, second.conversation_id,
        "the seeds are the same"
    );
    for (path, hash) in before {
        assert_eq!(sha512(&path), hash, "{}", path.display());
    }
    let sessions: Vec<u32> = (second.recordings.iter())
        .map(|recording| recording.session)
        .collect();
    assert_eq!(sessions, [3, 4], "{}", second.transcript);
}

/// The same seeds and the same clock: the same files to the bit, the same transcript, and the bot is told the same.
#[tokio::test(start_paused = true)]
async fn a_call_can_be_replayed_to_the_bit() {
    let (one, two) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let (told, again) = (Told::default(), Told::default());
    let first = payment_told(one.path(), true, Arc::clone(&told)).await;
    let second = payment_told(two.path(), true, Arc::clone(&again)).await;
    assert_eq!(*told.lock().unwrap(), *again.lock().unwrap());
    assert_eq!(first.transcript, second.transcript);
    let contents = |folder: &TempDir| {
        let files = files(folder.path()).into_iter();
        let content = |path: std::path::PathBuf| {
            let mut content = fs::read(&path).unwrap();
            if path.ends_with("events.jsonl") {
                // The addresses of the files are where this call's folder is.
                let here = folder.path().to_str().unwrap();
                content = String::from_utf8(content)
                    .unwrap()
                    .replace(here, "")
                    .into_bytes();
            }
            (
                path.strip_prefix(folder.path()).unwrap().to_owned(),
                content,
            )
        };
        files.map(content).collect::<Vec<_>>()
    };
    let (ones, twos) = (contents(&one), contents(&two));
    assert_eq!(
        ones.len(),
        10,
        "two sessions of three files, a vCon, the events, the locks of the journal and the store"
    );
    for ((path, first), (other, second)) in ones.iter().zip(&twos) {
        assert_eq!(path, other);
        assert!(first == second, "{} differs", path.display());
    }
}
