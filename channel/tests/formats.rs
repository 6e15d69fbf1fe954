//! Channels, pauses of silence, and the longest duration of recordings.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use onhook::prelude::*;
use onhook::recording::{ChannelType, EndReason, PauseMode, RecordingAnnotate, RecordingFormat};
use onhook_channel::media::find;
use onhook_channel::store::Store;
use onhook_channel::store::metadata::TimelineEvent;
use onhook_channel::testing::{EndedCall, TestCall};
use onhook_channel::voice::{Party, ToneVoice};
use onhook_channel::{Channel, Dial};

/// Does what the caller says; what comes of it is in `told`.
#[derive(Clone, Default)]
struct Clerk {
    start: RecordingStart,
    pause: RecordingPause,
    /// What it says before anything else.
    greeting: Option<&'static str>,
    told: Arc<Mutex<Vec<String>>>,
}

#[bot]
impl Clerk {
    #[on_members_added]
    async fn greet(&self, turn: &Turn) -> Result<()> {
        if let Some(greeting) = self.greeting {
            turn.say(greeting).await?;
        }
        turn.start_recording(self.start.clone()).await.map(drop)
    }

    #[on_message(text = "again")]
    async fn again(&self, turn: &Turn) -> Result<()> {
        turn.start_recording(self.start.clone()).await.map(drop)
    }

    #[on_message(text = "pause")]
    async fn pause(&self, turn: &Turn) -> Result<()> {
        turn.command(self.pause.clone()).await.map(drop)
    }

    #[on_message(text = "resume")]
    async fn resume(&self, turn: &Turn) -> Result<()> {
        turn.resume_recording().await.map(drop)
    }

    #[on_message(text = "stop")]
    async fn stop(&self, turn: &Turn) -> Result<()> {
        turn.stop_recording().await.map(drop)
    }

    #[on_message(text = "speak")]
    async fn speak(&self, turn: &Turn) -> Result<()> {
        turn.say("orange").await
    }

    #[on_message(text = "note")]
    async fn note(&self, turn: &Turn) -> Result<()> {
        let note = RecordingAnnotate::new("order").value("placed");
        turn.annotate_recording(note).await.map(drop)
    }

    #[on_message]
    async fn listen(&self) {}

    #[on_event("recordingStateChanged")]
    async fn state(&self, activity: &Activity) {
        let state = activity.value.as_ref().map(ToString::to_string);
        self.told.lock().unwrap().push(state.unwrap_or_default());
    }
}

fn clerk(start: RecordingStart) -> Clerk {
    Clerk {
        start,
        ..Clerk::default()
    }
}

async fn call(clerk: &Clerk, said: &[&str]) -> EndedCall {
    let mut call = TestCall::dial(clerk.clone());
    for word in said {
        call.says(*word).await;
    }
    call.hangs_up().await
}

fn errors(call: &EndedCall) -> Vec<String> {
    let errors = call.results().into_iter().filter_map(|(_, error)| error);
    errors.collect()
}

/// Who is heard first has the first channel of an unmixed recording; in stereo it is the caller in any case.
#[tokio::test(start_paused = true)]
async fn each_party_has_a_channel() {
    for (channel_type, greeting, caller) in [
        (ChannelType::Stereo, None, 0),
        (ChannelType::Stereo, Some("welcome"), 0),
        (ChannelType::Unmixed, None, 0),
        (ChannelType::Unmixed, Some("welcome"), 1),
    ] {
        let clerk = Clerk {
            greeting,
            ..clerk(RecordingStart::new().channel_type(channel_type))
        };
        let mut call = TestCall::dial(clerk);
        call.listens().await;
        call.says("speak").await;
        call.hears(greeting.unwrap_or("orange")).await;
        let call = call.hangs_up().await;

        let what = format!("{channel_type:?} {greeting:?}");
        let recording = call.recording();
        let info = &recording.metadata.recording_info;
        assert_eq!(info.channel_type, "unmixed", "{what}");
        let audio = &info.audio_configuration;
        assert_eq!(
            (audio.channels, audio.bit_rate, audio.sample_rate),
            (2, 512_000, 16_000)
        );
        let participants = recording.metadata.participants.iter();
        let channels: Vec<_> = participants.map(|one| one.channel).collect();
        assert_eq!(channels, [Some(caller), Some(1 - caller)], "{what}");
        let said = ToneVoice::word("speak", Party::Caller);
        let answer = ToneVoice::word("orange", Party::Bot);
        let heard = |track: &[i16], word: &[i16]| find(track, word).is_some();
        let (own, other) = (recording.caller().unwrap(), recording.bot().unwrap());
        for (track, word, is_heard) in [
            (own, &said, true),
            (own, &answer, false),
            (other, &said, false),
            (other, &answer, true),
        ] {
            assert_eq!(heard(&track.samples, word), is_heard, "{what}");
        }
        call.assert_recorded("speak");
        call.assert_recorded("orange");
        let wall = call.report().duration;
        assert_eq!(recording.report.duration, wall, "{what}");
        assert_eq!(
            recording.metadata.chunk_duration,
            1000 * wall.as_secs() + u64::from(wall.subsec_millis())
        );
        assert_eq!(
            recording.metadata.onhook.billing.billable_ms,
            recording.metadata.chunk_duration
        );
        assert_eq!(recording.report.bytes, 80 + 4 * recording.report.samples);
    }
}

/// Both channels together are what the mixed recording has.
#[tokio::test(start_paused = true)]
async fn the_channels_add_up_to_the_mix() {
    let mut all = Vec::new();
    for channel_type in [
        ChannelType::Mixed,
        ChannelType::Stereo,
        ChannelType::Unmixed,
    ] {
        let clerk = clerk(RecordingStart::new().channel_type(channel_type));
        let call = call(&clerk, &["apple", "speak", "stop", "again", "plum"]).await;
        all.push(
            call.recordings()
                .iter()
                .map(|one| one.audio.clone())
                .collect::<Vec<_>>(),
        );
    }
    assert_eq!(all[0].len(), 2);
    assert!(all[0] == all[1] && all[0] == all[2]);
}

#[tokio::test(start_paused = true)]
async fn the_channel_decides_where_a_start_does_not() {
    for (asked, channels) in [(None, 2), (Some(ChannelType::Mixed), 1)] {
        let mut start = RecordingStart::new();
        start.channel_type = asked;
        let clerk = clerk(start);
        let call =
            TestCall::builder(clerk).channel(|channel| channel.channel_type(ChannelType::Stereo));
        let mut call = call.dial();
        call.says("apple").await;
        let call = call.hangs_up().await;
        assert_eq!(call.recording().channels.len(), channels);
    }
}

/// What the metadata, the event, the listing and the vCon say of two channels.
#[tokio::test(start_paused = true)]
async fn an_unmixed_recording_is_published_verified_and_passed_on() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::new(folder.path());
    let clerk = clerk(RecordingStart::new().channel_type(ChannelType::Unmixed));
    let mut call = TestCall::builder(clerk).store(store.clone()).dial();
    call.says("apple").await;
    call.says("stop").await;
    call.says("resume").await;
    call.says("plum").await;
    let call = call.hangs_up().await;
    call.assert_recorded("apple");
    call.assert_recorded("plum");
    let events: Vec<_> = store.events().unwrap().map(Result::unwrap).collect();
    assert_eq!(events.len(), 2);
    for event in &events {
        assert_eq!(event.data.recording_channel_type, "Unmixed");
    }
    let last = call.recording();
    assert_eq!(
        events[1].data.recording_duration_ms,
        last.metadata.chunk_duration
    );
    let report = store.verify(..);
    assert!(report.is_intact(), "{report:?}");
    let id = &call.report().conversation_id;
    let vcon = onhook_channel::vcon::export(&store, id).unwrap();
    let seconds = last.report.duration.as_secs_f64();
    assert!((vcon.dialog[0].duration - seconds).abs() < 1e-9);
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_made_is_refused_in_words() {
    let hour = Duration::from_secs(3600);
    for (start, why) in [
        (
            RecordingStart::new().format(RecordingFormat::Mp3),
            "BadArgument: `recordingFormatType`: recordings are made as wav here, not as mp3",
        ),
        (
            RecordingStart::new().max_duration(Duration::ZERO),
            "BadArgument: `maxDurationMs`: a recording of 0 ms cannot be made",
        ),
        (
            RecordingStart::new().max_duration(2 * hour),
            "BadArgument: `maxDurationMs`: recordings have at most 3600000 ms here, not 7200000",
        ),
    ] {
        let mut call = TestCall::builder(clerk(start))
            .channel(move |channel| channel.longest_recording(hour))
            .dial();
        call.says("apple").await;
        let call = call.hangs_up().await;
        assert_eq!(errors(&call), [why]);
        assert!(call.recordings().is_empty());
    }
}

/// A pause of 5 s is 5 s of zeros, in each channel; what was said in it is nowhere, and it is not paid for.
#[tokio::test(start_paused = true)]
async fn silence_stands_for_a_pause() {
    for channel_type in [ChannelType::Mixed, ChannelType::Stereo] {
        let clerk = Clerk {
            pause: RecordingPause::new().mode(PauseMode::Silence),
            ..clerk(RecordingStart::new().channel_type(channel_type))
        };
        let mut call = TestCall::dial(clerk);
        call.says("apple").await;
        call.says("pause").await;
        call.says("four nine two nine").await;
        call.presses("4929").await;
        call.advance(Duration::from_secs(5)).await;
        call.says("resume").await;
        call.says("plum").await;
        let call = call.hangs_up().await;
        assert!(errors(&call).is_empty());
        call.assert_recorded("apple");
        call.assert_recorded("plum");
        call.assert_not_recorded("four nine two nine");
        call.assert_not_recorded("4929");

        let recording = call.recording();
        let wall = call.report().duration;
        assert_eq!(recording.report.duration, wall, "as long as the call");
        let onhook = &recording.metadata.onhook;
        let [pause] = recording.metadata.pause_resume_intervals.as_slice() else {
            panic!("{:?}", recording.metadata.pause_resume_intervals);
        };
        assert!(pause.duration > 5000);
        let audio_ms = recording.metadata.chunk_duration;
        assert_eq!(
            (onhook.paused_ms, onhook.recorded_ms, onhook.wall_ms),
            (pause.duration, audio_ms - pause.duration, audio_ms)
        );
        assert_eq!(onhook.billing.billable_ms, onhook.recorded_ms);
        let mut timeline = onhook.timeline.iter();
        let paused = timeline.find(|entry| matches!(entry.event, TimelineEvent::Pause { .. }));
        let from = 16 * usize::try_from(paused.unwrap().offset_ms).unwrap();
        for track in &recording.channels {
            let zeros = track.samples[from..from + 5 * 16_000].iter();
            assert!(zeros.clone().all(|sample| *sample == 0));
        }
        assert!(
            recording.audio.samples[from - 3200..from]
                .iter()
                .any(|sample| *sample != 0)
        );
    }
}

/// Silence and stops in one recording: the silence is in the file, the time of the stop is not.
#[tokio::test(start_paused = true)]
async fn a_stop_ends_the_silence_of_a_pause() {
    let mut call = TestCall::builder(clerk(RecordingStart::new().pause_on_start()))
        .channel(|channel| channel.pause_mode(PauseMode::Silence))
        .dial();
    call.advance(Duration::from_secs(5)).await;
    call.says("stop").await;
    call.advance(Duration::from_secs(7)).await;
    call.says("resume").await;
    call.says("plum").await;
    let call = call.hangs_up().await;
    let metadata = &call.recording().metadata;
    let [silence, gap] = metadata.pause_resume_intervals.as_slice() else {
        panic!("{:?}", metadata.pause_resume_intervals);
    };
    assert!(silence.duration > 5000 && gap.duration > 7000);
    let onhook = &metadata.onhook;
    assert_eq!(
        metadata.chunk_duration,
        onhook.recorded_ms + silence.duration
    );
    assert_eq!(onhook.paused_ms, silence.duration + gap.duration);
    call.assert_recorded("plum");
    call.assert_not_recorded("stop");
}

/// To the sample, whoever set the limit; the bot is told, the call goes on, and the next start makes another recording.
#[tokio::test(start_paused = true)]
async fn a_recording_ends_at_its_longest_duration() {
    let limit = Duration::from_micros(1_234_500);
    for by_bot in [true, false] {
        for channel_type in [ChannelType::Mixed, ChannelType::Stereo] {
            let start = RecordingStart::new().channel_type(channel_type);
            let asked = Duration::from_millis(1_234);
            let clerk = clerk(if by_bot {
                start.max_duration(asked)
            } else {
                start
            });
            let told = Arc::clone(&clerk.told);
            let mut call = TestCall::builder(clerk)
                .channel(move |channel| channel.longest_recording(limit))
                .dial();
            call.advance(Duration::from_secs(2)).await;
            assert_eq!(*told.lock().unwrap(), [r#""stopped""#]);
            call.says("resume").await;
            call.says("stop").await;
            call.says("again").await;
            let call = call.hangs_up().await;
            assert_eq!(
                errors(&call),
                [
                    "RecordingNotStarted: The recording has reached its longest duration; another can be started",
                    "RecordingNotStarted: Recording has not started",
                ]
            );
            let [first, second] = call.recordings() else {
                panic!("{:?}", call.report());
            };
            let samples = if by_bot { 19_744 } else { 19_752 };
            assert_eq!(first.report.samples, samples);
            assert_eq!(
                first.report.end_reason,
                EndReason::MaxDurationExceeded.as_str()
            );
            assert_eq!(first.metadata.onhook.recorded_ms, 1_234);
            assert_eq!(second.report.end_reason, "CallEnded");
        }
    }
}

/// The limit counts what is in the file: with a pause that is skipped it comes later.
#[tokio::test(start_paused = true)]
async fn a_pause_that_is_skipped_does_not_count() {
    for (mode, reason) in [
        (PauseMode::Skip, "CallEnded"),
        (PauseMode::Silence, "MaxDurationExceeded"),
    ] {
        let clerk = Clerk {
            pause: RecordingPause::new().mode(mode),
            ..clerk(RecordingStart::new().max_duration(Duration::from_secs(5)))
        };
        let mut call = TestCall::dial(clerk);
        call.says("pause").await;
        call.advance(Duration::from_secs(20)).await;
        let call = call.hangs_up().await;
        assert_eq!(call.recording().report.end_reason, reason);
    }
}

/// The recording is published when it ends, not with the call.
#[tokio::test(start_paused = true)]
async fn the_event_of_the_limit_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::new(folder.path());
    let bot = clerk(RecordingStart::new().max_duration(Duration::from_secs(1)));
    let channel = Channel::builder(bot).store(store.clone()).build();
    let call = channel.dial(Dial::new());
    call.says("one two three four five six").await.unwrap();
    let events: Vec<_> = store.events().unwrap().map(Result::unwrap).collect();
    assert_eq!(events.len(), 1, "while the call goes on");
    assert_eq!(events[0].data.session_end_reason, "MaxDurationExceeded");
    assert_eq!(events[0].data.recording_duration_ms, 1000);
    call.hangs_up().await;
    assert_eq!(store.events().unwrap().count(), 1);
}

/// A note stands where the recording was when it was made, of a paused one too; there is none without a recording.
#[tokio::test(start_paused = true)]
async fn the_bot_puts_notes_into_the_timeline() {
    let clerk = clerk(RecordingStart::new());
    let call = call(&clerk, &["apple", "note", "pause", "note", "stop", "note"]).await;
    assert_eq!(
        errors(&call),
        ["RecordingNotStarted: Recording has not started"]
    );
    let timeline = &call.recording().metadata.onhook.timeline;
    let of = |event: &TimelineEvent| match event {
        TimelineEvent::Annotation { name, value } => Some((name.clone(), value.clone())),
        _ => None,
    };
    let notes: Vec<_> = timeline
        .iter()
        .filter_map(|entry| Some((entry.offset_ms, of(&entry.event)?)))
        .collect();
    let note = ("order".to_owned(), Some("placed".to_owned()));
    let paused = call.recording().metadata.chunk_duration;
    assert_eq!(notes.len(), 2);
    assert!(notes.iter().all(|(_, one)| *one == note));
    assert!(
        notes[0].0 > 0 && notes[0].0 < paused && notes[1].0 == paused,
        "{notes:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn the_65th_note_is_refused() {
    let said = vec!["note"; 65];
    let call = call(&clerk(RecordingStart::new()), &said).await;
    assert_eq!(
        errors(&call),
        ["BadArgument: a recording has at most 64 annotations"]
    );
}
