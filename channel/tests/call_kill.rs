//! A process whose bot is called in real time is killed at random moments: every command that was answered is there,
//! at most 200 ms of a call are lost, what is left is whole and as its hashes say, its events are published once, and
//! it is kept as long as any recording.
//!
//! `ONHOOK_CALL_KILL_ROUNDS` says how often, 30 times unless set.

mod kill;

use std::collections::{BTreeMap, HashSet};
use std::io::Write;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use onhook::prelude::*;
use onhook_channel::store::metadata::{Metadata, TimelineEvent};
use onhook_channel::store::{SessionId, Store};
use onhook_channel::{Channel, Dial};
use serde_json::Value;

use kill::{dice, errand, killed, rounds};

const CALLS: u64 = 4;
const BOUND_MS: u64 = 200;
const PER_MS: u64 = 16;
/// Sessions that were looked at.
static ANSWERED: AtomicU64 = AtomicU64::new(0);
/// What stands before each line of the child: the test harness writes as well.
const MARK: char = '\u{1}';

struct Obedient {
    since: Instant,
}

fn report(since: Instant, what: &str) {
    let line = format!("{MARK}{} {what}\n", since.elapsed().as_millis());
    let mut out = std::io::stdout().lock();
    // The parent is there until it has killed us.
    let _ = out.write_all(line.as_bytes()).and_then(|()| out.flush());
}

#[bot]
impl Obedient {
    #[on_message]
    async fn obey(&self, turn: &Turn, text: Text<'_>) -> Result<()> {
        match text.as_ref() {
            "start" => turn.start_recording(RecordingStart::new()).await?.detach(),
            "pause" => turn.pause_recording().await?.detach(),
            "resume" => turn.resume_recording().await?.detach(),
            "stop" => turn.stop_recording().await?.detach(),
            _ => {}
        }
        Ok(())
    }

    #[on_command_result]
    async fn answered(&self, turn: &Turn) -> Result<()> {
        let activity = serde_json::to_string(turn.activity()).unwrap_or_default();
        report(self.since, &activity);
        Ok(())
    }
}

/// Not a test: the process that is killed, when the environment says so.
#[test]
fn child() {
    let Some((folder, seed)) = errand() else {
        return;
    };
    let since = Instant::now();
    thread::spawn(move || {
        loop {
            report(since, "");
            thread::sleep(Duration::from_millis(5));
        }
    });
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let channel = Channel::builder(Obedient { since })
            .recordings(folder)
            .build();
        let calls: Vec<_> = (0..CALLS)
            .map(|number| tokio::spawn(call(channel.clone(), number, seed * CALLS + number)))
            .collect();
        for call in calls {
            call.await.unwrap();
        }
    });
}

/// One call in real time, until the process is killed.
async fn call(channel: Channel, number: u64, seed: u64) {
    let mut dice = dice(seed);
    let call = channel.dial(Dial::new().conversation_id(format!("c{number}")));
    let mut word = "start";
    loop {
        call.says(word).await.unwrap();
        call.listens().await;
        tokio::time::sleep(Duration::from_millis(dice(150))).await;
        let next: &[&str] = match word {
            "start" | "resume" => &["pause", "hello", "stop", "hello"],
            "pause" => &["resume", "stop"],
            "stop" => &["start", "resume"],
            _ => &["pause", "stop"],
        };
        word = next[usize::try_from(dice(next.len() as u64)).unwrap()];
    }
}

/// What was answered of a session.
#[derive(Debug, Default)]
struct Said {
    /// Of start, pause, resume and stop.
    answers: BTreeMap<String, usize>,
    recorded_ms: u64,
    /// When the last answer came, if the session was being recorded after it.
    since: Option<u64>,
}

/// The sessions, and the moment of the kill.
fn said(text: &str) -> (BTreeMap<(String, u32), Said>, u64) {
    let (mut sessions, mut last) = (BTreeMap::<_, Said>::new(), 0);
    // The last line may be cut.
    let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
    for line in whole.lines() {
        let Some((_, line)) = line.split_once(MARK) else {
            continue;
        };
        let (at, activity) = line.split_once(' ').unwrap();
        let at: u64 = at.parse().unwrap();
        last = last.max(at);
        if activity.is_empty() {
            continue;
        }
        let activity: Value = serde_json::from_str(activity).unwrap();
        let data = &activity["value"]["data"];
        assert!(data.is_object(), "a command has failed: {activity}");
        let conversation = activity["conversation"]["id"].as_str().unwrap();
        let session = u32::try_from(data["session"].as_u64().unwrap()).unwrap();
        let name = activity["name"].as_str().unwrap();
        let action = name.rsplit('.').next().unwrap();
        let said = sessions
            .entry((conversation.to_owned(), session))
            .or_default();
        *said.answers.entry(action.to_owned()).or_default() += 1;
        said.recorded_ms = data["recordedMs"].as_u64().unwrap();
        said.since = matches!(action, "start" | "resume").then_some(at);
    }
    (sessions, last)
}

/// Has the next process begin, without a call.
fn recover(folder: &Path, seed: u64) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let since = Instant::now();
    runtime.block_on(async {
        let channel = Channel::builder(Obedient { since })
            .recordings(folder)
            .build();
        let ready = channel.ready().await;
        ready.unwrap_or_else(|error| panic!("seed {seed}: {error}"));
    });
    // There is none if the kill came before the first recording.
    let journal = std::fs::read_dir(folder.join("journal"));
    for entry in journal.into_iter().flatten() {
        let name = entry.unwrap().file_name();
        assert!(!name.to_string_lossy().contains("damaged"), "seed {seed}");
    }
}

/// One event says how the recording has ended, and one each that it was stopped before: at least as often as the bot was
/// told.
fn check_events(store: &Store, metadata: &Metadata, stops: usize, why: &str) {
    let events = store.events().unwrap().map(|event| event.unwrap());
    let id = metadata.onhook.recording_id.as_str();
    let events: Vec<_> = events
        .filter(|event| event.recording_id() == Some(id))
        .collect();
    assert!(events.len() >= stops.max(1), "{why}: {events:?}");
    assert!(
        events.len() <= metadata.onhook.revision as usize,
        "{why}: {events:?}"
    );
    let says_all = events.iter().filter(|event| {
        let reason = metadata.onhook.session_end_reason.as_ref();
        event.data.recording_duration_ms == metadata.chunk_duration
            && Some(&event.data.session_end_reason) == reason
    });
    assert!(says_all.count() >= 1, "{why}: {events:?}");
    let chunks = &events
        .last()
        .unwrap()
        .data
        .recording_storage_info
        .recording_chunks;
    assert_eq!(
        chunks.len(),
        metadata.onhook.parts.len(),
        "{why}: one for each part"
    );
}

/// What a recovery has ended is kept as long as any recording, from its last audio on.
fn check_retention(metadata: &Metadata, why: &str) {
    let retention = metadata.onhook.retention;
    let delete_after = retention
        .unwrap_or_else(|| panic!("{why}: kept for ever"))
        .delete_after;
    let last = metadata.onhook.timeline.last().unwrap().at;
    let kept = delete_after - last;
    assert!(
        (kept - time::Duration::hours(48)).abs() < time::Duration::seconds(5),
        "{why}: kept for {kept}"
    );
}

fn round(folder: &Path, seed: u64) -> u64 {
    let today = time::OffsetDateTime::now_utc().date();
    let after = Duration::from_millis(300 + dice(seed)(2000));
    let bytes = killed(folder, seed, after);
    let (sessions, killed_at) = said(&String::from_utf8_lossy(&bytes));

    let store = &Store::new(folder);
    recover(folder, seed);
    ANSWERED.fetch_add(sessions.len() as u64, Ordering::Relaxed);
    let mut most = 0;
    for ((conversation, session), said) in sessions {
        let id = SessionId::new(conversation, session, today);
        let why = format!("seed {seed}, {}, {said:?}", id.recording_id());
        let wav = hound::WavReader::open(store.content(&id));
        let mut wav = wav.unwrap_or_else(|error| panic!("{why}: {error}"));
        assert!(wav.samples::<i16>().all(|sample| sample.is_ok()), "{why}");
        let kept_ms = u64::from(wav.duration()) / PER_MS;
        assert!(kept_ms >= said.recorded_ms, "{why}: {kept_ms} ms");
        let open_ms = said.since.map_or(0, |since| killed_at - since);
        let lost = (said.recorded_ms + open_ms).saturating_sub(kept_ms);
        assert!(lost <= BOUND_MS, "{why}: {lost} ms were lost");
        most = most.max(lost);

        let metadata = store.read_metadata(&id).unwrap();
        let timeline = &metadata.onhook.timeline;
        for (action, answered) in &said.answers {
            let happened = timeline.iter().filter(|entry| match &entry.event {
                TimelineEvent::Start { .. } => action == "start",
                TimelineEvent::Pause { .. } => action == "pause",
                TimelineEvent::Resume { .. } => action == "resume",
                TimelineEvent::Stop { .. } => action == "stop",
                _ => false,
            });
            assert!(happened.count() >= *answered, "{why}: {timeline:?}");
        }
        assert!(metadata.onhook.session_end_reason.is_some(), "{why}");
        assert_eq!(metadata.chunk_duration, kept_ms, "{why}");
        let stops = said.answers.get("stop").copied().unwrap_or_default();
        check_events(store, &metadata, stops, &why);
        check_retention(&metadata, &why);
    }
    let ids: Vec<String> = store
        .events()
        .unwrap()
        .map(|event| event.unwrap().id)
        .collect();
    let different: HashSet<&String> = ids.iter().collect();
    assert_eq!(
        ids.len(),
        different.len(),
        "seed {seed}: an event is there twice"
    );
    let verified = store.verify(..);
    assert!(verified.is_intact(), "seed {seed}: {verified}");
    most
}

#[test]
fn calls_of_a_process_that_is_killed_keep_what_was_answered() {
    let (rounds, most) = rounds("ONHOOK_CALL_KILL_ROUNDS", 30, round);
    assert!(
        ANSWERED.load(Ordering::Relaxed) >= rounds,
        "hardly anything was recorded"
    );
    println!("{rounds} times killed, at most {most} ms lost of a call");
}
