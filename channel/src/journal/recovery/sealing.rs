//! How a session that was cut off ends in its metadata.

use onhook::recording::{BillingPolicy, EndReason};
use time::Duration;

use super::Ending;
use crate::media::millis_of;
use crate::store::Part;
use crate::store::metadata::{
    Billing, Metadata, Retention, SessionState, TimelineEntry, TimelineEvent, pauses,
};

/// Ends a session's metadata with the audio that there is.
pub(super) fn seal(
    metadata: &mut Metadata,
    parts: Vec<Part>,
    retention: Option<std::time::Duration>,
) -> Ending {
    let samples = parts.iter().map(|part| part.samples).sum();
    let audio_ms = millis_of(samples);
    let silent_ms = |metadata: &Metadata| {
        let pauses = pauses(&metadata.onhook.timeline, metadata.chunk_duration);
        let silent = pauses.into_iter().filter(|pause| pause.silent);
        silent.map(|pause| pause.interval.duration).sum::<u64>()
    };
    let (had_ms, had_silent_ms) = (metadata.chunk_duration, silent_ms(metadata));
    metadata.chunk_duration = audio_ms;
    let silent_ms = silent_ms(metadata);
    if silent_ms != had_silent_ms {
        // It was cut off in a pause that is in the audio as silence: what came after is no recorded content.
        let pauses = pauses(&metadata.onhook.timeline, audio_ms).into_iter();
        metadata.pause_resume_intervals = pauses.map(|pause| pause.interval).collect();
    }
    let extension = &mut metadata.onhook;
    let change = |ms: u64, now: u64, before: u64| (ms + now).saturating_sub(before);
    let heard = (audio_ms - silent_ms, had_ms.saturating_sub(had_silent_ms));
    extension.recorded_ms = change(extension.recorded_ms, heard.0, heard.1);
    extension.paused_ms = change(extension.paused_ms, silent_ms, had_silent_ms);
    extension.wall_ms = change(extension.wall_ms, audio_ms, had_ms);
    let by_the_minute = BillingPolicy::StartedMinute;
    let old = &extension.billing;
    let policy = if Billing::new(BillingPolicy::ProRata, old.billable_ms) != *old
        && Billing::new(by_the_minute, old.billable_ms) == *old
    {
        by_the_minute
    } else {
        BillingPolicy::ProRata
    };
    extension.billing = Billing::new(policy, extension.recorded_ms);
    let empty = samples == 0;
    extension.parts = parts;
    if extension.session_end_reason.is_some() {
        if extension.state == SessionState::Stopped {
            extension.state = if empty {
                SessionState::Empty
            } else {
                SessionState::Sealed
            };
        }
        keep(metadata, retention);
        return Ending::Stopped;
    }
    extension.state = if empty {
        SessionState::Empty
    } else {
        SessionState::Partial
    };
    let reason = EndReason::ServiceRecovered.as_str().to_owned();
    extension.session_end_reason = Some(reason.clone());
    // The moment at which the last audio was heard, as far as the timeline tells.
    let (at, offset_ms) = extension
        .timeline
        .last()
        .map_or((metadata.chunk_start_time, 0), |last| {
            (last.at, last.offset_ms)
        });
    let later = i64::try_from(audio_ms.saturating_sub(offset_ms)).unwrap_or(0);
    extension.timeline.push(TimelineEntry {
        at: at.checked_add(Duration::milliseconds(later)).unwrap_or(at),
        offset_ms: audio_ms,
        event: TimelineEvent::End { reason },
    });
    keep(metadata, retention);
    Ending::Interrupted
}

/// Says until when it is kept, counted from the last that is known to have happened.
fn keep(metadata: &mut Metadata, retention: Option<std::time::Duration>) {
    let extension = &mut metadata.onhook;
    let last = extension.timeline.last().map(|last| last.at);
    let kept = retention.map(|kept| Duration::try_from(kept).unwrap_or(Duration::MAX));
    if extension.retention.is_none() {
        extension.retention = kept.map(|kept| Retention {
            delete_after: last
                .unwrap_or(metadata.chunk_start_time)
                .saturating_add(kept),
        });
    }
}

#[cfg(test)]
mod tests {
    use time::OffsetDateTime;

    use super::*;
    use crate::store::metadata::{PauseMode, SessionRecord};
    use crate::store::{SessionId, Sha512Hex};

    fn part(samples: u64) -> Part {
        Part {
            index: 0,
            file: "content.wav".to_owned(),
            bytes: 80 + 2 * samples,
            samples,
            sha512: Sha512Hex::of_bytes(&[]),
            prev: None,
            end_reason: None,
        }
    }

    /// What is in the file after a pause that was never resumed is its silence, and not to be paid for.
    #[test]
    fn the_silence_of_a_pause_that_was_cut_off_is_no_recorded_content() {
        for (mode, recorded_ms, paused_ms) in
            [(PauseMode::Silence, 1000, 2000), (PauseMode::Skip, 3000, 0)]
        {
            let id = SessionId::new("conv-7", 1, time::Date::MIN);
            let mut record = SessionRecord::new(id, OffsetDateTime::UNIX_EPOCH);
            record.timeline = vec![TimelineEntry {
                at: OffsetDateTime::UNIX_EPOCH + Duration::seconds(1),
                offset_ms: 1000,
                event: TimelineEvent::Pause {
                    command_id: None,
                    reason: None,
                    mode,
                },
            }];
            record.open_samples = 16_160;
            let mut metadata = record.metadata();
            assert_eq!(
                metadata.onhook.recorded_ms,
                if paused_ms == 0 { 1010 } else { 1000 }
            );
            assert_eq!(
                seal(&mut metadata, vec![part(24_000), part(24_000)], None),
                Ending::Interrupted
            );
            let onhook = &metadata.onhook;
            assert_eq!(
                (onhook.recorded_ms, onhook.paused_ms, onhook.wall_ms),
                (recorded_ms, paused_ms, 3000),
                "{mode:?}"
            );
            assert_eq!(onhook.billing.billable_ms, recorded_ms);
            let pauses: Vec<_> = metadata
                .pause_resume_intervals
                .iter()
                .map(|p| p.duration)
                .collect();
            assert_eq!(pauses, if paused_ms == 0 { vec![] } else { vec![2000] });
        }
    }
}
