use std::collections::BTreeMap;

use onhook::recording::BillingPolicy;
use time::OffsetDateTime;

use super::pauses::pauses;
use super::{
    Billing, ChainLink, Consent, Direction, Extension, Manifest, Metadata, Participant, Quality,
    Retention, SCHEMA, SessionState, StartReason, TimelineEntry,
};
use crate::media::{Channels, millis_of};
use crate::store::{Part, SessionId};
use crate::voice::Party;

/// What a recorder knows about a session; [`SessionRecord::metadata`] works out the rest.
#[derive(Clone, Debug, PartialEq)]
pub struct SessionRecord {
    /// Which session.
    pub id: SessionId,
    /// Whose channel this is.
    pub resource_id: String,
    /// The call.
    pub call_id: String,
    /// The document that can be downloaded.
    pub document_id: String,
    /// How often the metadata was published, with this time.
    pub revision: u32,
    /// How far the recording is.
    pub state: SessionState,
    /// Why the session ended.
    pub session_end_reason: Option<String>,
    /// What made it start.
    pub start_reason: StartReason,
    /// Who called whom.
    pub direction: Direction,
    /// The caller.
    pub from: Option<String>,
    /// Who was called.
    pub to: Option<String>,
    /// The language of the call.
    pub locale: Option<String>,
    /// The ids of those in the call: the caller, then the bot.
    pub participants: Vec<String>,
    /// How they are spread over the channels of the audio.
    pub channels: Channels,
    /// When recording began.
    pub started_at: OffsetDateTime,
    /// What happened, in order.
    pub timeline: Vec<TimelineEntry>,
    /// How those who were recorded were told of it.
    pub consent: Vec<Consent>,
    /// Samples of each channel in an audio file before the next is begun.
    pub samples_per_part: Option<u64>,
    /// The closed audio files.
    pub parts: Vec<Part>,
    /// Samples of each channel in the audio that is still open.
    pub open_samples: u64,
    /// How it is charged.
    pub billing: BillingPolicy,
    /// Frames that were lost, if they were counted.
    pub lost_frames: Option<u64>,
    /// When it may be deleted; set when it is sealed.
    pub delete_after: Option<OffsetDateTime>,
    /// The number of the call's first session, if another call had the id of the conversation on that day before.
    pub first_session: Option<u32>,
    /// The recording before it in the same call, if there is one.
    pub previous: Option<ChainLink>,
    /// What the bot has added.
    pub custom: BTreeMap<String, String>,
}

impl SessionRecord {
    /// A session that is just beginning, without anything that need not be known; Azure's $0.01 a minute.
    pub fn new(id: SessionId, started_at: OffsetDateTime) -> Self {
        Self {
            resource_id: String::new(),
            call_id: id.conversation().to_owned(),
            document_id: id.recording_id(),
            id,
            revision: 1,
            state: SessionState::Recording,
            session_end_reason: None,
            start_reason: StartReason::default(),
            direction: Direction::default(),
            from: None,
            to: None,
            locale: None,
            participants: Vec::new(),
            channels: Channels::default(),
            started_at,
            timeline: Vec::new(),
            consent: Vec::new(),
            samples_per_part: None,
            parts: Vec::new(),
            open_samples: 0,
            billing: BillingPolicy::default(),
            lost_frames: None,
            delete_after: None,
            first_session: None,
            previous: None,
            custom: BTreeMap::new(),
        }
    }

    /// Gives the session another number.
    pub(crate) fn renumber(&mut self, session: u32) {
        self.id = SessionId::new(self.id.conversation(), session, self.id.day());
        self.document_id = self.id.recording_id();
    }

    /// The whole metadata: durations from samples, interruptions from the timeline, the price from both.
    pub fn metadata(&self) -> Metadata {
        let closed: u64 = self.parts.iter().map(|part| part.samples).sum();
        let samples = closed + self.open_samples;
        let audio_ms = millis_of(samples);
        let pauses = pauses(&self.timeline, audio_ms);
        let paused_ms: u64 = pauses.iter().map(|pause| pause.interval.duration).sum();
        // A pause that is in the audio as silence is in its samples already, and is no recorded content.
        let silent = pauses.iter().filter(|pause| pause.silent);
        let silent_ms: u64 = silent.map(|pause| pause.interval.duration).sum();
        let recorded_ms = audio_ms.saturating_sub(silent_ms);
        let extension = Extension {
            schema: SCHEMA.to_owned(),
            recording_id: self.id.recording_id(),
            conversation_id: self.id.conversation().to_owned(),
            session: self.id.session(),
            first_session: self.first_session,
            revision: self.revision,
            state: self.state,
            session_end_reason: self.session_end_reason.clone(),
            start_reason: self.start_reason.clone(),
            direction: self.direction,
            from: self.from.clone(),
            to: self.to.clone(),
            locale: self.locale.clone(),
            timeline: self.timeline.clone(),
            samples_per_part: self.samples_per_part,
            parts: self.chained_parts(),
            recorded_ms,
            paused_ms,
            wall_ms: recorded_ms + paused_ms,
            billing: Billing::new(self.billing, recorded_ms),
            consent: self.consent.clone(),
            quality: self.lost_frames.map(|lost_frames| Quality { lost_frames }),
            retention: self
                .delete_after
                .map(|delete_after| Retention { delete_after }),
            custom: self.custom.clone(),
            manifest: None,
        };
        let mut metadata = Metadata {
            resource_id: self.resource_id.clone(),
            call_id: self.call_id.clone(),
            chunk_document_id: self.document_id.clone(),
            chunk_index: 0,
            chunk_start_time: self.started_at,
            chunk_duration: audio_ms,
            pause_resume_intervals: pauses.into_iter().map(|pause| pause.interval).collect(),
            recording_info: self.channels.into(),
            participants: self.participants(),
            onhook: extension,
        };
        let prev = self.previous.as_ref().map(|link| link.manifest.clone());
        metadata.onhook.manifest = Manifest::of(&metadata, prev);
        metadata
    }

    /// The parts, each with the hash of the one before; the first names the last of the recording before.
    fn chained_parts(&self) -> Vec<Part> {
        let mut prev = self.previous.as_ref().and_then(|link| link.part.clone());
        let chained = self.parts.iter().map(|part| Part {
            prev: prev.replace(part.sha512.clone()),
            ..part.clone()
        });
        chained.collect()
    }

    fn participants(&self) -> Vec<Participant> {
        let parties = [Some(Party::Caller), Some(Party::Bot)].into_iter();
        let parties = parties.chain(std::iter::repeat(None));
        let participants = self.participants.iter().zip(parties);
        let participant = |(id, party): (&String, Option<Party>)| Participant {
            participant_id: id.clone(),
            channel: party.and_then(|party| self.channels.of(party)),
        };
        participants.map(participant).collect()
    }
}
