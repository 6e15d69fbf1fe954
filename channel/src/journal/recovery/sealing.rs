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
