//! Recordings that go on in another file.

use std::fs;
use std::path::Path;
use std::time::Duration;

use onhook::prelude::*;
use onhook::recording::{ChannelType, PauseMode};
use onhook_channel::store::{Problem, RollOver, Store};
use onhook_channel::testing::{EndedCall, TestCall};
use onhook_channel::{Channel, Dial, wav};
use serde_json::Value;

#[derive(Clone)]
struct Clerk(ChannelType);

#[bot]
impl Clerk {
    #[on_members_added]
    async fn greet(&self, turn: &Turn) -> Result<()> {
        let start = RecordingStart::new().channel_type(self.0);
        turn.start_recording(start).await.map(drop)
    }

    #[on_message(text = "pause")]
    async fn pause(&self, turn: &Turn) -> Result<()> {
        turn.pause_recording().await.map(drop)
    }

    #[on_message(text = "resume")]
    async fn resume(&self, turn: &Turn) -> Result<()> {
        turn.resume_recording().await.map(drop)
    }

    #[on_message(text = "stop")]
    async fn stop(&self, turn: &Turn) -> Result<()> {
        turn.stop_recording().await.map(drop)
    }

    #[on_message]
    async fn listen(&self) {}
}

async fn call(
    channel_type: ChannelType,
    store: &Store,
    roll_over: Option<RollOver>,
    said: &[&str],
) -> EndedCall {
    let mut call = TestCall::builder(Clerk(channel_type))
        .store(store.clone())
        .channel(move |channel| channel.roll_over(roll_over))
        .dial();
    for word in said {
        call.says(*word).await;
    }
    call.hangs_up().await
}

fn json(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

const SAID: [&str; 8] = [
    "apple one",
    "plum two",
    "pause",
    "secret",
    "resume",
    "stop",
    "resume",
    "cherry three",
];

/// No sample is lost or doubled, wherever the seams fall: one after the other the parts are the recording in one file.
#[tokio::test(start_paused = true)]
async fn the_parts_are_the_recording() {
    for channel_type in [ChannelType::Mixed, ChannelType::Stereo] {
        let folder = tempfile::tempdir().unwrap();
        let whole = call(channel_type, &Store::new(folder.path()), None, &SAID).await;
        let whole = whole.recording();
        assert_eq!(whole.metadata.onhook.samples_per_part, None);
        for samples in [1_600_u64, 2_001, 7_777, whole.report.samples] {
            let folder = tempfile::tempdir().unwrap();
            let store = Store::new(folder.path());
            let channels = whole.channels.len() as u64;
            let roll_over = RollOver::default().at_bytes(80 + 2 * channels * samples);
            let parts = call(channel_type, &store, Some(roll_over), &SAID).await;
            let rolled = parts.recording();
            assert!(rolled.channels == whole.channels, "{samples}");
            let count = whole.report.samples.div_ceil(samples);
            assert_eq!(rolled.report.parts.len() as u64, count, "{samples}");
            for (index, part) in rolled.metadata.onhook.parts.iter().enumerate() {
                let last = index as u64 + 1 == count;
                assert_eq!(part.index as usize, index);
                let end = part.end_reason.as_deref();
                assert_eq!(end, (!last).then_some("ChunkMaximumSizeExceeded"));
                let rest = whole.report.samples - (count - 1) * samples;
                assert_eq!(part.samples, if last { rest } else { samples });
                let file = rolled.report.folder.join(&part.file);
                assert_eq!(
                    u64::from(hound::WavReader::open(file).unwrap().duration()),
                    part.samples
                );
            }
            for (own, others) in [
                (
                    rolled.metadata.chunk_duration,
                    whole.metadata.chunk_duration,
                ),
                (
                    rolled.metadata.onhook.billing.billable_ms,
                    whole.metadata.onhook.billing.billable_ms,
                ),
            ] {
                assert_eq!(own, others);
            }
            let report = store.verify(..);
            assert!(report.is_intact(), "{samples}: {report:?}");
        }
    }
}

/// Azure's names: each part with its number, its own time and pauses, and why it ended.
#[tokio::test(start_paused = true)]
async fn each_part_has_metadata_and_its_place_in_the_event() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::new(folder.path());
    let second = RollOver::default().after(Duration::from_secs(1));
    let call = call(ChannelType::Stereo, &store, Some(second), &SAID).await;
    let recording = call.recording();
    let parts = &recording.metadata.onhook.parts;
    assert!(parts.len() >= 3);
    let events: Vec<_> = store.events().unwrap().map(Result::unwrap).collect();
    let chunks = &events
        .last()
        .unwrap()
        .data
        .recording_storage_info
        .recording_chunks;
    assert_eq!(chunks.len(), parts.len());
    let (mut total, mut pauses, mut began) = (0, 0, String::new());
    for (index, (chunk, part)) in chunks.iter().zip(parts).enumerate() {
        let name = if index == 0 {
            "content.wav".to_owned()
        } else {
            format!("content.{index:04}.wav")
        };
        assert_eq!(part.file, name);
        assert!(chunk.content_location.as_ref().unwrap().ends_with(&name));
        let metadata = format!("metadata.{index:04}.json");
        assert!(
            chunk
                .metadata_location
                .as_ref()
                .unwrap()
                .ends_with(&metadata)
        );
        let last = index + 1 == parts.len();
        assert_eq!(
            chunk.end_reason,
            if last {
                "SessionEnded"
            } else {
                "ChunkMaximumSizeExceeded"
            }
        );
        let metadata = json(&recording.report.folder.join(metadata));
        assert_eq!(metadata["chunkIndex"], index);
        assert_eq!(metadata["chunkDocumentId"], chunk.document_id.as_str());
        assert_eq!(
            metadata["recordingInfo"]["audioConfiguration"]["channels"],
            2
        );
        assert_eq!(metadata.get("onhook"), None);
        let duration = metadata["chunkDuration"].as_u64().unwrap();
        assert!(duration == 1000 || last);
        total += duration;
        pauses += metadata["pauseResumeIntervals"].as_array().unwrap().len();
        let start = metadata["chunkStartTime"].as_str().unwrap().to_owned();
        assert!(start > began, "{start} after {began}");
        began = start;
    }
    assert_eq!(total, recording.metadata.chunk_duration);
    assert_eq!(pauses, recording.metadata.pause_resume_intervals.len());
    let vcon = onhook_channel::vcon::export(&store, &call.report().conversation_id).unwrap();
    let starts: Vec<_> = vcon
        .dialog
        .iter()
        .take(parts.len())
        .map(|dialog| dialog.start)
        .collect();
    assert!(starts.is_sorted_by(|one, other| one < other), "{starts:?}");
}

/// A pause of silence is in each part that it is heard in.
#[tokio::test(start_paused = true)]
async fn silence_across_a_seam_is_in_both_parts() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::new(folder.path());
    let bot = Clerk(ChannelType::Mixed);
    let channel = Channel::builder(bot)
        .store(store.clone())
        .pause_mode(PauseMode::Silence)
        .roll_over(RollOver::default().after(Duration::from_secs(2)))
        .build();
    let call = channel.dial(Dial::new());
    call.says("pause").await.unwrap();
    tokio::time::sleep(Duration::from_secs(6)).await;
    let report = call.hangs_up().await;
    let folder = &report.recordings[0].folder;
    let metadata = json(&folder.join("metadata.json"));
    let whole = metadata["pauseResumeIntervals"][0]["duration"]
        .as_u64()
        .unwrap();
    let mut sum = 0;
    for index in 0..report.recordings[0].parts.len() {
        let part = json(&folder.join(format!("metadata.{index:04}.json")));
        let pauses = part["pauseResumeIntervals"].as_array().unwrap();
        assert_eq!(pauses.len(), 1, "{part}");
        sum += pauses[0]["duration"].as_u64().unwrap();
        if index > 0 {
            assert_eq!(pauses[0]["startTime"], part["chunkStartTime"]);
            assert_eq!(pauses[0]["duration"], part["chunkDuration"]);
        }
    }
    assert_eq!(sum, whole);
}

#[tokio::test(start_paused = true)]
async fn a_part_that_was_exchanged_changed_or_taken_out_is_found() {
    type Harm = fn(&Path);
    type Found = fn(&Problem) -> bool;
    let harms: [(&str, Harm, Found); 5] = [
        (
            "two parts swapped",
            |folder| {
                let [one, other] =
                    ["content.wav", "content.0001.wav"].map(|name| folder.join(name));
                let audio = fs::read(&one).unwrap();
                fs::copy(&other, &one).unwrap();
                fs::write(&other, audio).unwrap();
            },
            |problem| matches!(problem, Problem::PartChanged { part: 0 | 1, .. }),
        ),
        (
            "a part taken out",
            |folder| fs::remove_file(folder.join("content.0001.wav")).unwrap(),
            |problem| matches!(problem, Problem::PartMissing { part: 1 }),
        ),
        (
            "a part cut",
            |folder| {
                let file = fs::OpenOptions::new()
                    .write(true)
                    .open(folder.join("content.0001.wav"));
                file.unwrap().set_len(1000).unwrap();
            },
            |problem| matches!(problem, Problem::PartLength { part: 1, .. }),
        ),
        (
            "the metadata of a part changed",
            |folder| {
                let path = folder.join("metadata.0001.json");
                let text = fs::read_to_string(&path).unwrap();
                fs::write(path, text.replace("+1206", "+1207")).unwrap();
            },
            |problem| matches!(problem, Problem::MetadataChanged),
        ),
        (
            "the metadata of a part taken out",
            |folder| fs::remove_file(folder.join("metadata.0000.json")).unwrap(),
            |problem| matches!(problem, Problem::MetadataChanged),
        ),
    ];
    for (what, harm, is_found) in harms {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::new(folder.path());
        let second = RollOver::default().after(Duration::from_secs(1));
        let call = call(ChannelType::Mixed, &store, Some(second), &SAID).await;
        assert!(store.verify(..).is_intact());
        harm(&call.recording().report.folder);
        let report = store.verify(..);
        assert!(!report.findings.is_empty(), "{what}");
        for finding in &report.findings {
            assert!(is_found(&finding.problem), "{what}: {finding:?}");
        }
    }
}

/// Nothing of a deleted recording stays, however many files it had.
#[tokio::test(start_paused = true)]
async fn all_parts_are_deleted() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::new(folder.path());
    let second = RollOver::default().after(Duration::from_secs(1));
    let call = call(ChannelType::Mixed, &store, Some(second), &SAID).await;
    let deletions = store.erase("+14255550100", time::OffsetDateTime::now_utc());
    assert_eq!(
        (deletions.deleted.len(), deletions.failed.len()),
        (1, 0),
        "{deletions:?}"
    );
    assert!(!call.recording().report.folder.exists());
}

/// The limits of both are to the sample, and meet.
#[tokio::test(start_paused = true)]
async fn a_recording_may_end_where_a_part_does() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::new(folder.path());
    let channel = Channel::builder(Clerk(ChannelType::Mixed))
        .store(store.clone())
        .longest_recording(Duration::from_secs(4))
        .roll_over(RollOver::default().after(Duration::from_secs(2)))
        .build();
    let call = channel.dial(Dial::new());
    tokio::time::sleep(Duration::from_secs(6)).await;
    let report = call.hangs_up().await;
    let [recording] = report.recordings.as_slice() else {
        panic!("{report}")
    };
    assert_eq!((recording.samples, recording.parts.len()), (64_000, 2));
    assert!(!recording.folder.join("content.0002.wav").exists());
    for part in &recording.parts {
        let audio = fs::read(part).unwrap();
        assert_eq!(wav::read(audio.as_slice()).unwrap().samples.len(), 32_000);
    }
    assert!(store.verify(..).is_intact());
}

/// A part is hashed when the next one begins: the end of a long recording reads the last part only, and what is changed in
/// between is found.
#[tokio::test(start_paused = true)]
async fn a_part_is_hashed_at_its_seam() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::new(folder.path());
    let second = RollOver::default().after(Duration::from_secs(1));
    let channel = Channel::builder(Clerk(ChannelType::Mixed))
        .store(store.clone())
        .roll_over(second)
        .build();
    let call = channel.dial(Dial::new());
    for word in ["representatives", "representatives"] {
        call.says(word).await.unwrap();
        call.listens().await;
    }
    let recording = store.recordings(..).next().unwrap().unwrap();
    let blocks = recording.folder.join("content.wav.blocks");
    while !blocks.exists() {
        tokio::task::yield_now().await;
    }
    let open = store.recordings(..).next().unwrap().unwrap().metadata;
    assert!(open.onhook.parts.is_empty(), "it is still recorded");
    let content = recording.folder.join("content.wav");
    let mut bytes = fs::read(&content).unwrap();
    bytes[20_000] ^= 1;
    fs::write(&content, bytes).unwrap();
    let report = call.hangs_up().await;
    let parts = report.recordings[0].parts.len();
    assert!(parts >= 2, "{}", report.transcript);
    let found = store.verify(..);
    let problems: Vec<String> = found
        .findings
        .iter()
        .map(|one| one.problem.to_string())
        .collect();
    assert_eq!(
        problems,
        ["part 0 has been changed, from the second that begins at byte 0"]
    );
}
