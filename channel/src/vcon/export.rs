use time::{Date, Duration, OffsetDateTime};

use super::evidence::Place;
use super::{Dialog, DialogType, PartyEvent, VCON, Vcon, history, party};
use crate::store::metadata::Metadata;
use crate::store::{Broken, Select, SessionId, Store, StoreError, StoredRecording, uuid, uuid_of};

/// The syntax of the draft.
const VERSION: &str = "0.4.0";
/// The media type that section 4.3.8 has for it.
const WAV: &str = "audio/x-wav";

/// Why a call has no vCon.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VconError {
    /// The conversation has no recording that is closed.
    #[error("the conversation {0} has no recording that is closed")]
    NoRecording(String),
    /// A recording cannot be read: a vCon without it would not be the call.
    #[error(transparent)]
    Broken(#[from] Broken),
    /// The file cannot be written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The vCon of a conversation, from its closed recordings.
///
/// ```no_run
/// let store = onhook_channel::store::Store::new("recordings");
/// let vcon = onhook_channel::vcon::export(&store, "conv-7")?;
/// println!("{} recordings", vcon.dialog.len() - 1);
/// # Ok::<(), onhook_channel::vcon::VconError>(())
/// ```
pub fn export(store: &Store, conversation: &str) -> Result<Vcon, VconError> {
    let recordings = store
        .recordings(conversation)
        .collect::<Result<Vec<_>, _>>()?;
    vcon(conversation, recordings)
}

/// Writes the vCon of a conversation that began on a day, in UTC, into its folder, as `call.vcon.json`.
///
/// The channel does so at the end of each call that was recorded. Who was in the call is in it: with the first
/// of the call's recordings that is deleted it is deleted as well, and can be written again from what remains.
pub fn write(store: &Store, conversation: &str, day: Date) -> Result<Vcon, VconError> {
    // Nobody is erased between the reading and the writing: they would be in it for good.
    let _alone = store.alone()?;
    let mut recordings = store
        .recordings(Select::Conversation(conversation.to_owned()))
        .collect::<Result<Vec<_>, _>>()?;
    recordings.retain(|recording| recording.id.day() == day);
    let vcon = vcon(conversation, recordings)?;
    let session = store.folder(&SessionId::new(conversation, 1, day));
    let folder = session.parent().unwrap_or(store.root());
    let unwritable = |source| StoreError::Metadata {
        path: folder.join(VCON),
        source,
    };
    let mut text = serde_json::to_vec_pretty(&vcon).map_err(unwritable)?;
    text.push(b'\n');
    store.replace(folder, VCON, &text)?;
    Ok(vcon)
}

fn vcon(conversation: &str, mut recordings: Vec<StoredRecording>) -> Result<Vcon, VconError> {
    recordings.retain(|recording| !recording.metadata.onhook.parts.is_empty());
    let metadata: Vec<&Metadata> = recordings.iter().map(|one| &one.metadata).collect();
    let starts = metadata.iter().map(|metadata| metadata.chunk_start_time);
    let ends = metadata.iter().map(|metadata| end(metadata));
    let (Some(start), Some(end)) = (starts.min(), ends.max()) else {
        return Err(VconError::NoRecording(conversation.to_owned()));
    };
    let ids = party::ids(&metadata);
    let bots: Vec<&String> = metadata
        .iter()
        .filter_map(|metadata| metadata.onhook.start_reason.bot_id.as_ref())
        .collect();
    let all: Vec<usize> = (0..ids.len()).collect();
    let called = metadata.iter().find_map(|one| one.onhook.to.as_ref());
    let teller = called.and_then(|called| ids.iter().position(|id| id == called));
    let (mut dialog, mut analysis, mut attachments) = (Vec::new(), Vec::new(), Vec::new());
    for recording in &recordings {
        let parties = indices(&recording.metadata, &ids);
        let history = history::of_recording(&recording.metadata, &parties);
        let place = Place {
            metadata: &recording.metadata,
            dialog: dialog.len(),
            parties: &parties,
            teller: teller.unwrap_or_default(),
        };
        attachments.extend(place.attachments());
        analysis.extend(place.analyses());
        let mut samples = 0;
        for part in &recording.metadata.onhook.parts {
            let start = recording.metadata.time_of(crate::media::millis_of(samples));
            samples += part.samples;
            dialog.push(Dialog {
                kind: DialogType::Recording,
                start,
                duration: seconds(crate::media::millis_of(part.samples)),
                parties: channels(&recording.metadata, &parties),
                recordings: None,
                // The set is the last dialog; its index is known when all others are there.
                recording_set: None,
                mediatype: Some(WAV.to_owned()),
                filename: Some(part.file.clone()),
                url: Some(format!("{:04}/{}", recording.id.session(), part.file)),
                content_hash: part.sha512.content_hash(),
                party_history: if part.index == 0 {
                    history.clone()
                } else {
                    Vec::new()
                },
            });
        }
    }
    let set = dialog.len();
    for dialog in &mut dialog {
        dialog.recording_set = Some(set);
    }
    let joined = history::everybody(&all, start, &PartyEvent::Join);
    let dropped = history::everybody(&all, end, &PartyEvent::Drop);
    dialog.push(Dialog {
        kind: DialogType::RecordingSet,
        start,
        duration: seconds(millis(end - start)),
        parties: all.iter().copied().map(Some).collect(),
        recordings: Some((0..set).collect()),
        recording_set: None,
        mediatype: None,
        filename: None,
        url: None,
        content_hash: None,
        party_history: joined.chain(dropped).collect(),
    });
    let party = |id: &String| party::party(id, bots.contains(&id));
    Ok(Vcon {
        vcon: VERSION.to_owned(),
        uuid: uuid_at(start, conversation),
        created_at: end,
        parties: ids.iter().map(party).collect(),
        dialog,
        analysis,
        attachments,
    })
}

/// Those of a recording's metadata, in its order: the timeline counts them so.
fn indices(metadata: &Metadata, ids: &[String]) -> Vec<usize> {
    let position = |id: &String| ids.iter().position(|other| other == id);
    let participants = metadata.participants.iter();
    participants
        .filter_map(|participant| position(&participant.participant_id))
        .collect()
}

/// Who is mixed into the one channel of a recording, or who is in each of several.
fn channels(metadata: &Metadata, parties: &[usize]) -> Vec<Option<usize>> {
    let count = metadata.recording_info.audio_configuration.channels;
    if count < 2 {
        return parties.iter().copied().map(Some).collect();
    }
    let participants = metadata.participants.iter().zip(parties);
    let of = |channel| {
        let mut participants = participants.clone();
        let found = participants.find(|(participant, _)| participant.channel == Some(channel));
        found.map(|(_, party)| *party)
    };
    (0..count).map(of).collect()
}

/// When a recording ended, by what happened last.
fn end(metadata: &Metadata) -> OffsetDateTime {
    let last = metadata.onhook.timeline.iter().map(|entry| entry.at).max();
    let audio = Duration::milliseconds(i64::try_from(metadata.chunk_duration).unwrap_or(0));
    let audio = metadata.chunk_start_time.saturating_add(audio);
    last.map_or(audio, |last| last.max(audio))
}

#[allow(
    clippy::cast_precision_loss,
    reason = "milliseconds of a call are far below 2^53"
)]
pub(super) fn seconds(millis: u64) -> f64 {
    millis as f64 / 1000.0
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.whole_milliseconds()).unwrap_or(0)
}

/// A UUID of version 8 that begins with a time as those of version 7 do, and otherwise stands for a text.
fn uuid_at(time: OffsetDateTime, text: &str) -> String {
    let digits = uuid(&[text]).replace('-', "");
    let hash = u128::from_str_radix(&digits, 16).unwrap_or_default();
    let millis = u128::try_from(time.unix_timestamp_nanos() / 1_000_000).unwrap_or_default();
    let bits = (millis & 0xffff_ffff_ffff) << 80 | hash & (u128::MAX >> 48);
    uuid_of(bits.to_be_bytes())
}
