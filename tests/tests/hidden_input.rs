//! What the caller says or presses is hidden exactly if it overlaps a pause of the recording: calls by chance, compared
//! with what the times say.

use std::ops::Range;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use onhook::prelude::*;
use onhook::recording::PauseMode;
use onhook_channel::media::{FRAME_SAMPLES, dtmf, millis_of};
use onhook_channel::voice::{Party, ToneVoice};
use onhook_channel::{Call, CallReport, Channel, Dial, Event, Line, Standin};
use onhook_tests::recorded::metadata;
use proptest::prelude::*;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::time::Instant;

/// Short and long, and often the same.
const WORDS: [&str; 3] = ["yes", "yes yes yes yes", "no"];
/// Milliseconds of a frame.
const FRAME: u64 = 20;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Order {
    Start,
    StartPaused,
    Pause(PauseMode),
    Resume,
    Stop,
}

#[derive(Clone, Copy, Debug)]
enum Act {
    Says(usize),
    Presses(char),
}

/// Sends its orders at their times, whatever happens.
struct Scripted(Vec<(u64, Order)>);

#[bot]
impl Scripted {
    #[on_members_added]
    async fn orders(&self, turn: &Turn) -> Result<()> {
        let began = Instant::now();
        for (at, order) in &self.0 {
            tokio::time::sleep_until(began + Duration::from_millis(*at)).await;
            match *order {
                Order::Start => drop(turn.start_recording(RecordingStart::new()).await?),
                Order::StartPaused => {
                    let start = RecordingStart::new().pause_on_start();
                    drop(turn.start_recording(start).await?);
                }
                Order::Pause(mode) => {
                    let mut pause = RecordingPause::default();
                    pause.mode = Some(mode);
                    drop(turn.command(pause).await?);
                }
                Order::Resume => drop(turn.resume_recording().await?),
                Order::Stop => drop(turn.stop_recording().await?),
            }
        }
        Ok(())
    }

    #[on_message]
    async fn listens(&self) {}
}

/// Something that the caller did, as it must be written down.
#[derive(Debug)]
struct Deed {
    time: Range<u64>,
    act: Act,
}

impl Deed {
    fn event(&self, hidden: bool) -> Event {
        match self.act {
            Act::Says(word) => Event::CallerSays((!hidden).then(|| WORDS[word].to_owned())),
            Act::Presses(key) => Event::CallerPresses((!hidden).then_some(key)),
        }
    }
}

/// When it was done: at once, or when what was begun before is over.
fn deeds(acts: &[(u64, Act)]) -> Vec<Deed> {
    let mut free = 0;
    let deed = |&(at, act): &(u64, Act)| {
        let samples = match act {
            Act::Says(word) => ToneVoice::say(WORDS[word], Party::Caller),
            Act::Presses(key) => dtmf::tone(key).unwrap(),
        };
        let frames = samples.len().div_ceil(FRAME_SAMPLES) as u64;
        let start = free.max(at / FRAME * FRAME);
        free = start + frames * FRAME;
        Deed {
            time: start..free,
            act,
        }
    };
    acts.iter().map(deed).collect()
}

/// The times of the pauses, and of the sessions, by the table of states.
#[derive(Debug, Default)]
struct Times {
    pauses: Vec<Range<u64>>,
    /// A session that is resumed after a stop is here once for each time that it was open.
    sessions: Vec<Range<u64>>,
}

impl Times {
    fn of(orders: &[(u64, Order)]) -> Times {
        let mut times = Times::default();
        let (mut open, mut paused) = (None, None);
        let mut stopped = false;
        for &(at, order) in orders {
            let at = at / FRAME * FRAME;
            match order {
                Order::Start | Order::StartPaused if open.is_none() => {
                    open = Some(at);
                    paused = (order == Order::StartPaused).then_some(at);
                }
                Order::Pause(_) if open.is_some() && paused.is_none() => paused = Some(at),
                Order::Resume if paused.is_some() => {
                    times.pauses.extend(paused.take().map(|start| start..at));
                }
                Order::Resume if open.is_none() && stopped => open = Some(at),
                Order::Stop if open.is_some() => {
                    stopped = true;
                    times.pauses.extend(paused.take().map(|start| start..at));
                    times.sessions.extend(open.take().map(|start| start..at));
                }
                _ => {}
            }
        }
        (times.pauses).extend(paused.map(|start| start..u64::MAX));
        (times.sessions).extend(open.map(|start| start..u64::MAX));
        times
    }

    fn hide(&self, time: &Range<u64>) -> bool {
        let overlaps = |pause: &Range<u64>| pause.start.max(time.start) < pause.end.min(time.end);
        self.pauses.iter().any(overlaps)
    }

    /// What the metadata say of a key, in JSON: nothing if it went down in no session, and null if it is hidden.
    fn told(&self, deed: &Deed) -> Option<Value> {
        let Act::Presses(key) = deed.act else {
            return None;
        };
        let mut sessions = self.sessions.iter();
        let session = sessions.find(|session| session.contains(&deed.time.start))?;
        let time = deed.time.start..deed.time.end.min(session.end);
        Some(json!((!self.hide(&time)).then_some(key)))
    }
}

async fn play(
    folder: &Path,
    orders: &[(u64, Order)],
    acts: &[(u64, Act)],
    delay: u64,
) -> (CallReport, Vec<Line>) {
    let told = Arc::<Mutex<Vec<Line>>>::default();
    let listener = Arc::clone(&told);
    let dial = Dial::new()
        .recogniser_delay(Duration::from_millis(delay))
        .on_line(move |line| listener.lock().unwrap().push(line.clone()));
    let channel = Channel::builder(Scripted(orders.to_vec()))
        .recordings(folder)
        .standin(Standin::silent())
        .build();
    let (call, began) = (Arc::new(channel.dial(dial)), Instant::now());
    let mut doing = Vec::new();
    for (at, act) in acts.iter().copied() {
        tokio::time::sleep_until(began + Duration::from_millis(at)).await;
        let call: Arc<Call> = Arc::clone(&call);
        doing.push(tokio::spawn(async move {
            match act {
                Act::Says(word) => call.says(WORDS[word]).await.unwrap(),
                Act::Presses(key) => call.presses(&key.to_string()).await.unwrap(),
            }
        }));
    }
    for act in doing {
        act.await.unwrap();
    }
    call.listens().await;
    let report = Arc::into_inner(call).unwrap().hangs_up().await;
    let told = told.lock().unwrap().clone();
    (report, told)
}

fn by_the_caller<'l>(lines: impl IntoIterator<Item = &'l Line>) -> Vec<(u64, Event)> {
    let of_caller =
        |line: &&Line| matches!(line.what, Event::CallerSays(_) | Event::CallerPresses(_));
    let lines = lines.into_iter().filter(of_caller);
    let line = |line: &Line| {
        (
            u64::try_from(line.at.as_millis()).unwrap(),
            line.what.clone(),
        )
    };
    lines.map(line).collect()
}

/// The keys in the metadata of a call's recordings, in order.
fn keys(report: &CallReport) -> Vec<Value> {
    let mut keys = Vec::new();
    for recording in &report.recordings {
        let metadata = metadata(&recording.metadata);
        let timeline = metadata["onhook"]["timeline"].as_array().unwrap().clone();
        let at = |entry: &Value| entry["offsetMs"].as_u64().unwrap();
        assert!(timeline.is_sorted_by_key(at), "{timeline:?}");
        let pressed = timeline.iter().filter(|entry| entry["event"] == "dtmf");
        keys.extend(pressed.map(|entry| entry["value"].clone()));
    }
    keys
}

/// The keys in the vCon of a call.
fn keys_of_vcon(folder: &Path, report: &CallReport) -> Vec<Value> {
    let store = onhook_channel::store::Store::new(folder);
    let Ok(vcon) = onhook_channel::vcon::export(&store, &report.conversation_id) else {
        return Vec::new();
    };
    let vcon = serde_json::to_value(vcon).unwrap();
    let dialogs = vcon["dialog"].as_array().unwrap().iter();
    let history =
        dialogs.flat_map(|dialog| dialog["party_history"].as_array().into_iter().flatten());
    let buttons = history.map(|event| event["button"].clone());
    buttons.filter(|button| !button.is_null()).collect()
}

fn order() -> impl Strategy<Value = Order> {
    prop_oneof![
        3 => Just(Order::Start),
        1 => Just(Order::StartPaused),
        3 => Just(Order::Pause(PauseMode::Skip)),
        1 => Just(Order::Pause(PauseMode::Silence)),
        4 => Just(Order::Resume),
        2 => Just(Order::Stop),
    ]
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        2 => (0..WORDS.len()).prop_map(Act::Says),
        1 => prop::sample::select(vec!['4', '9', '#']).prop_map(Act::Presses),
    ]
}

/// Things that follow each other at these distances in milliseconds, in the middle of a frame.
fn in_time<T: Clone>(things: &[(u64, T)], least: u64) -> Vec<(u64, T)> {
    let mut at = FRAME / 2;
    let place = |(frames, thing): &(u64, T)| {
        at += FRAME * frames.max(&least);
        (at, thing.clone())
    };
    things.iter().map(place).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_overlaps_a_pause_is_hidden_and_nothing_else(
        orders in prop::collection::vec((0..30_u64, order()), 0..16),
        acts in prop::collection::vec((0..40_u64, act()), 1..12),
        delay in prop::sample::select(vec![0_u64, 300, 1_500]),
    ) {
        let orders = [vec![(0, Order::Start)], orders].concat();
        let (orders, acts) = (in_time(&orders, 0), in_time(&acts, 1));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        let folder = TempDir::new().unwrap();
        let (report, told) = runtime.block_on(play(folder.path(), &orders, &acts, delay));
        let (deeds, times) = (deeds(&acts), Times::of(&orders));
        let line = |deed: &Deed| (deed.time.start, deed.event(times.hide(&deed.time)));
        let expected: Vec<(u64, Event)> = deeds.iter().map(line).collect();
        prop_assert_eq!(by_the_caller(&report.transcript.lines), expected.clone(), "{}", report.transcript);
        prop_assert_eq!(by_the_caller(&told), expected, "the listener was told more, or less");
        let pressed: Vec<_> = deeds.iter().filter_map(|deed| times.told(deed)).collect();
        prop_assert_eq!(keys(&report), pressed.clone(), "{}", report.transcript);
        let known: Vec<_> = pressed.into_iter().filter(|key| !key.is_null()).collect();
        prop_assert_eq!(keys_of_vcon(folder.path(), &report), known);
        prop_assert_eq!(millis_of(FRAME_SAMPLES as u64), FRAME);
    }
}
