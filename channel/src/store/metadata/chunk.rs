use serde::Serialize;
use time::{Duration, OffsetDateTime};

use super::pauses::pauses;
use super::{Metadata, Participant, PauseResumeInterval, RecordingInfo, TimelineEvent};
use crate::media::millis_of;
use crate::store::rfc3339;

/// The metadata of one part of a recording of several: Azure's, and nothing else.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Chunk {
    /// The resource that recorded: whose channel this is.
    pub resource_id: String,
    /// The call.
    pub call_id: String,
    /// The document that can be downloaded.
    pub chunk_document_id: String,
    /// The number of the part in the recording, from 0.
    pub chunk_index: u32,
    /// When the audio of the part began.
    #[serde(with = "rfc3339")]
    pub chunk_start_time: OffsetDateTime,
    /// Milliseconds of audio.
    pub chunk_duration: u64,
    /// When nothing was recorded; a pause is in the part in which it began, one of silence in each that it is heard in.
    pub pause_resume_intervals: Vec<PauseResumeInterval>,
    /// What was recorded, and how.
    pub recording_info: RecordingInfo,
    /// Who was in the call.
    pub participants: Vec<Participant>,
}

impl Chunk {
    /// The text of its file.
    pub(crate) fn text(&self) -> serde_json::Result<Vec<u8>> {
        let mut text = serde_json::to_vec_pretty(self)?;
        text.push(b'\n');
        Ok(text)
    }
}

impl Metadata {
    /// The metadata of each of the closed parts.
    pub fn chunks(&self) -> Vec<Chunk> {
        let pauses = pauses(&self.onhook.timeline, self.chunk_duration);
        let (mut samples, mut chunks) = (0, Vec::new());
        let last = self.onhook.parts.last().map(|part| part.index);
        for part in &self.onhook.parts {
            let start = millis_of(samples);
            samples += part.samples;
            let end = millis_of(samples);
            let in_part = pauses.iter().filter_map(|pause| {
                if !pause.silent {
                    let behind = pause.offset_ms >= end && last != Some(part.index);
                    let inside = pause.offset_ms >= start && !behind;
                    return inside.then(|| pause.interval.clone());
                }
                let (from, to) = (pause.offset_ms, pause.offset_ms + pause.interval.duration);
                let from_here = from.max(start);
                let duration = to.min(end).checked_sub(from_here).filter(|ms| *ms > 0)?;
                let later = Duration::milliseconds(i64::try_from(from_here - from).ok()?);
                Some(PauseResumeInterval {
                    start_time: pause.interval.start_time.saturating_add(later),
                    duration,
                })
            });
            chunks.push(Chunk {
                resource_id: self.resource_id.clone(),
                call_id: self.call_id.clone(),
                chunk_document_id: self.document_id(part.index),
                chunk_index: part.index,
                chunk_start_time: self.time_of(start),
                chunk_duration: end - start,
                pause_resume_intervals: in_part.collect(),
                recording_info: self.recording_info.clone(),
                participants: self.participants.clone(),
            });
        }
        chunks
    }

    /// The document that a part can be downloaded as.
    pub(crate) fn document_id(&self, part: u32) -> String {
        match part {
            0 => self.chunk_document_id.clone(),
            part => format!("{}-{part}", self.chunk_document_id),
        }
    }

    /// When what stands at a place of the audio, in milliseconds, was heard.
    pub(crate) fn time_of(&self, offset_ms: u64) -> OffsetDateTime {
        if offset_ms == 0 {
            return self.chunk_start_time;
        }
        let begins = |event: &TimelineEvent| {
            matches!(
                event,
                TimelineEvent::Start { .. } | TimelineEvent::Resume { .. }
            )
        };
        let before = self.onhook.timeline.iter().rev();
        let mut before = before.filter(|entry| begins(&entry.event));
        let (at, from) = before
            .find(|entry| entry.offset_ms <= offset_ms)
            .map_or((self.chunk_start_time, 0), |entry| {
                (entry.at, entry.offset_ms)
            });
        let later = i64::try_from(offset_ms.saturating_sub(from)).unwrap_or(i64::MAX);
        at.saturating_add(Duration::milliseconds(later))
    }
}
