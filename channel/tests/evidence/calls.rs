//! Whole calls in virtual time: what the channel leaves behind, and whom it tells when.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use onhook::Clock;
use onhook::prelude::*;
use onhook::recording::BillingPolicy;
use onhook_channel::events::{RecordingEvent, SubjectForm};
use onhook_channel::store::Store;
use onhook_channel::{CallReport, Channel, ChannelBuilder, Dial};

use crate::shelf::start;

/// Does what the caller says.
#[on_message]
async fn obey(turn: &Turn, text: Text<'_>) -> Result<()> {
    match text.as_ref() {
        "start" => turn.start_recording(RecordingStart::new()).await?.detach(),
        "pause" => turn.pause_recording().await?.detach(),
        "resume" => turn.resume_recording().await?.detach(),
        "stop" => turn.stop_recording().await?.detach(),
        _ => {}
    }
    Ok(())
}

type Seen = Arc<Mutex<Vec<RecordingEvent>>>;

/// A channel in a folder of its own, its store, and what its listener has seen.
fn channel(
    set: impl FnOnce(ChannelBuilder) -> ChannelBuilder,
) -> (tempfile::TempDir, Channel, Store, Seen) {
    let (folder, seen) = (tempfile::tempdir().unwrap(), Seen::default());
    let store = Store::new(folder.path().join("store"));
    let listener = Arc::clone(&seen);
    let builder = Channel::builder(handlers![obey])
        .store(store.clone())
        .clock(Clock::starting_at(start()))
        .on_recording_event(move |event| listener.lock().unwrap().push(event.clone()));
    (folder, set(builder).build(), store, seen)
}

async fn call(channel: &Channel, conversation: &str, says: &[&str]) -> CallReport {
    let call = channel.dial(Dial::new().conversation_id(conversation));
    for text in says {
        call.says(*text).await.unwrap();
        call.listens().await;
    }
    call.hangs_up().await
}

fn logged(store: &Store) -> Vec<RecordingEvent> {
    store.events().unwrap().map(Result::unwrap).collect()
}

fn reasons(events: &[RecordingEvent]) -> Vec<(String, String)> {
    let reason = |event: &RecordingEvent| {
        let id = event.recording_id().unwrap().to_owned();
        (id, event.data.session_end_reason.clone())
    };
    events.iter().map(reason).collect()
}

/// What the caller says; the recordings that are told of, and why they ended.
type Case = (
    &'static [&'static str],
    &'static [(&'static str, &'static str)],
);

#[tokio::test(start_paused = true)]
async fn an_event_comes_at_each_stop_and_at_the_end_of_a_call_that_is_recorded() {
    let cases: [Case; 6] = [
        (&["hello"], &[]),
        (&["start", "hello"], &[("c-0001", "CallEnded")]),
        (&["start", "pause", "hello"], &[("c-0001", "CallEnded")]),
        (&["start", "stop", "hello"], &[("c-0001", "StopRecording")]),
        (
            &["start", "stop", "resume", "hello"],
            &[("c-0001", "StopRecording"), ("c-0001", "CallEnded")],
        ),
        (
            &["start", "stop", "start", "stop", "resume", "stop"],
            &[
                ("c-0001", "StopRecording"),
                ("c-0002", "StopRecording"),
                ("c-0002", "StopRecording"),
            ],
        ),
    ];
    for (says, wanted) in cases {
        let (_folder, channel, store, seen) = channel(|builder| builder);
        call(&channel, "c", says).await;
        let events = logged(&store);
        assert_eq!(events, *seen.lock().unwrap(), "{says:?}");
        let wanted: Vec<_> = wanted
            .iter()
            .map(|(id, reason)| ((*id).to_owned(), (*reason).to_owned()))
            .collect();
        assert_eq!(reasons(&events), wanted, "{says:?}");
        let mut ids: Vec<&String> = events.iter().map(|event| &event.id).collect();
        ids.sort();
        ids.dedup();
        assert_eq!(
            ids.len(),
            events.len(),
            "{says:?}: a revision is an event of its own"
        );
        // Nothing was forgotten, so that nothing is found missing.
        let missing = store
            .publish_missing_events(SubjectForm::default(), start(), |broken| panic!("{broken}"));
        assert_eq!(missing.unwrap(), [], "{says:?}");
        let report = Store::new(store.root()).verify(..);
        assert!(report.is_intact() && report.open == 0, "{says:?}: {report}");
        // The last event says what the metadata say.
        if let Some(event) = events.last() {
            let recording = store.recordings("c").last().unwrap().unwrap();
            let metadata = recording.metadata;
            assert_eq!(event.data.recording_duration_ms, metadata.chunk_duration);
            assert!(metadata.onhook.retention.is_some(), "{says:?}: not sealed");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_event_can_take_its_time() {
    let delay = Duration::from_secs(90);
    let (_folder, channel, store, seen) = channel(|builder| builder.event_delay(delay));
    call(&channel, "c", &["start", "hello"]).await;
    tokio::time::sleep(Duration::from_secs(89)).await;
    assert_eq!((logged(&store).len(), seen.lock().unwrap().len()), (0, 0));
    tokio::time::sleep(Duration::from_secs(2)).await;
    let events = logged(&store);
    assert_eq!((events.len(), seen.lock().unwrap().len()), (1, 1));
    let recording = store.recordings("c").next().unwrap().unwrap();
    let ended = recording.metadata.onhook.timeline.last().unwrap().at;
    assert_eq!(events[0].event_time.0 - ended, delay);
}

#[tokio::test(start_paused = true)]
async fn a_listener_that_panics_harms_no_recording() {
    let (_folder, channel, store, _seen) = channel(|builder| {
        builder.on_recording_event(|_event| panic!("a mistake of the listener's"))
    });
    let report = call(&channel, "c", &["start", "hello", "stop", "start", "hello"]).await;
    assert_eq!((report.recordings.len(), logged(&store).len()), (2, 2));
    assert!(store.verify(..).is_intact());
}

#[tokio::test(start_paused = true)]
async fn the_recordings_of_a_call_are_one_chain_and_one_vcon() {
    let (_folder, channel, store, _seen) = channel(|builder| builder);
    let says = [
        "start", "hello", "stop", "start", "hello", "stop", "resume", "hello", "stop", "start",
        "hello",
    ];
    let report = call(&channel, "c", &says).await;
    let recordings: Vec<_> = store.recordings("c").map(Result::unwrap).collect();
    assert_eq!(recordings.len(), 3);
    for pair in recordings.windows(2) {
        let [before, after] = pair else {
            unreachable!()
        };
        let manifest = after.metadata.onhook.manifest.as_ref().unwrap();
        let link = before.metadata.chain_link().unwrap();
        assert_eq!(manifest.prev.as_ref(), Some(&link.manifest));
        assert_eq!(after.metadata.onhook.parts[0].prev, link.part);
    }
    let folder = report.recordings[0].folder.parent().unwrap().to_owned();
    let written = std::fs::read(folder.join("call.vcon.json")).unwrap();
    let vcon: onhook_channel::vcon::Vcon = serde_json::from_slice(&written).unwrap();
    assert_eq!(vcon, onhook_channel::vcon::export(&store, "c").unwrap());
    assert_eq!(vcon.dialog.last().unwrap().recordings, Some(vec![0, 1, 2]));
    for (dialog, recording) in vcon.dialog.iter().zip(&report.recordings) {
        let audio = std::fs::File::open(folder.join(dialog.url.as_ref().unwrap())).unwrap();
        let hash = onhook_channel::store::Sha512Hex::of(audio).unwrap();
        assert_eq!(dialog.content_hash, hash.content_hash());
        assert!((dialog.duration - recording.duration.as_secs_f64()).abs() < 0.001);
    }
}

#[tokio::test(start_paused = true)]
async fn a_recording_is_kept_for_as_long_as_the_channel_says() {
    for (set, hours) in [(None, 48), (Some(1), 1), (Some(0), 0)] {
        let (_folder, channel, store, _seen) = channel(|builder| match set {
            Some(hours) => builder.retention(Duration::from_secs(hours * 3600)),
            None => builder,
        });
        call(&channel, "c", &["start", "hello"]).await;
        let recording = store.recordings("c").next().unwrap().unwrap();
        let sealed = recording.metadata.onhook.timeline.last().unwrap().at;
        let over = sealed + time::Duration::hours(hours);
        assert!(
            store
                .expire(over - time::Duration::NANOSECOND)
                .deleted
                .is_empty()
        );
        assert_eq!(store.expire(over).deleted.len(), 1, "{hours} hours");
        assert_eq!(store.recordings(..).count(), 0);
    }
}

#[tokio::test(start_paused = true)]
async fn a_pause_costs_nothing_by_either_policy() {
    for policy in [BillingPolicy::ProRata, BillingPolicy::StartedMinute] {
        let (_folder, channel, store, _seen) = channel(|builder| builder.billing(policy));
        let call = channel.dial(Dial::new().conversation_id("c"));
        for text in ["start", "pause"] {
            call.says(text).await.unwrap();
            call.listens().await;
        }
        tokio::time::sleep(Duration::from_secs(3600)).await;
        call.says("resume").await.unwrap();
        call.listens().await;
        tokio::time::sleep(Duration::from_secs(61)).await;
        let report = call.hangs_up().await;
        let onhook = store
            .recordings("c")
            .next()
            .unwrap()
            .unwrap()
            .metadata
            .onhook;
        // As the audio file says, and not the state machine.
        let audio = hound::WavReader::open(&report.recordings[0].content).unwrap();
        let recorded_ms = u64::from(audio.duration()) / 16;
        assert!(
            recorded_ms > 61_000 && recorded_ms < 120_000,
            "{recorded_ms}"
        );
        assert!(onhook.paused_ms >= 3_600_000);
        assert_eq!(onhook.billing.billable_ms, recorded_ms);
        let wanted = match policy {
            BillingPolicy::StartedMinute => 20_000,
            _ => (recorded_ms + 3) / 6,
        };
        assert_eq!(onhook.billing.micro_usd, wanted.to_string(), "{policy:?}");
        assert_eq!(report.recordings[0].price.0, wanted, "{policy:?}");
    }
}
