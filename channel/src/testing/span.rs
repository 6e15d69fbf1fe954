//! Which times of a call are in its recordings.

use std::ops::Range;
use std::time::Duration;

use super::ended::{EndedCall, TestRecording};
use crate::media::{FRAME_DURATION, SAMPLE_RATE, samples_in};
use crate::store::metadata::{PauseMode, TimelineEvent};

pub(super) fn is_recorded(call: &EndedCall, time: &Range<Duration>) -> Result<(), String> {
    happened(call, time)?;
    let mut from = time.start;
    let mut spans = spans(call)?;
    spans.sort_by_key(|span| span.start);
    for span in spans {
        if span.start <= from {
            from = from.max(span.end);
        }
    }
    if from >= time.end {
        Ok(())
    } else {
        Err(format!("what was heard at {from:?} is in no recording"))
    }
}

pub(super) fn is_not_recorded(call: &EndedCall, time: &Range<Duration>) -> Result<(), String> {
    happened(call, time)?;
    for span in spans(call)? {
        let (start, end) = (span.start.max(time.start), span.end.min(time.end));
        if start < end {
            return Err(format!("{start:?} to {end:?} is in a recording"));
        }
    }
    Ok(())
}

fn happened(call: &EndedCall, time: &Range<Duration>) -> Result<(), String> {
    let duration = call.report().duration;
    if time.start < time.end && time.end <= duration {
        Ok(())
    } else {
        Err(format!("the call had no such time, it lasted {duration:?}"))
    }
}

/// The times of the call that are in a recording.
///
/// They are read from the timelines, and each must be as long as the audio that there is: what the metadata pass over
/// is not overlooked.
fn spans(call: &EndedCall) -> Result<Vec<Range<Duration>>, String> {
    let mut all = Vec::new();
    for recording in call.recordings() {
        let spans = spans_of(recording, call);
        let heard = spans.iter().map(|span| span.end.saturating_sub(span.start));
        let told = heard.sum::<Duration>() + silence_of(recording)?;
        let there = Duration::from_secs(recording.audio.samples.len() as u64) / SAMPLE_RATE;
        if told.abs_diff(there) > FRAME_DURATION {
            let id = &recording.report.recording_id;
            return Err(format!(
                "the timeline of {id} has {told:?} of audio, its file {there:?}"
            ));
        }
        all.extend(spans);
    }
    Ok(all)
}

fn spans_of(recording: &TestRecording, call: &EndedCall) -> Vec<Range<Duration>> {
    let answered = call.answered();
    let at = |at: time::OffsetDateTime| Duration::try_from(at - answered).unwrap_or_default();
    let mut spans: Vec<Range<Duration>> = Vec::new();
    let mut open = None;
    for entry in &recording.metadata.onhook.timeline {
        match entry.event {
            TimelineEvent::Start { .. } | TimelineEvent::Resume { .. } => {
                open = open.or(Some(at(entry.at)));
            }
            TimelineEvent::Pause { .. }
            | TimelineEvent::Stop { .. }
            | TimelineEvent::End { .. } => {
                let end = at(entry.at).min(call.report().duration);
                spans.extend(open.take().map(|start| start..end));
            }
            _ => {}
        }
    }
    spans
}

/// How much of a recording is the silence of pauses; nothing else may be in their place.
fn silence_of(recording: &TestRecording) -> Result<Duration, String> {
    let (mut silence, mut open) = (Duration::ZERO, None);
    for entry in &recording.metadata.onhook.timeline {
        match entry.event {
            TimelineEvent::Pause {
                mode: PauseMode::Silence,
                ..
            } => open = Some(entry.offset_ms),
            TimelineEvent::Resume { .. }
            | TimelineEvent::Stop { .. }
            | TimelineEvent::End { .. } => {
                let Some(start) = open.take() else { continue };
                let pause = Duration::from_millis(entry.offset_ms.saturating_sub(start));
                let at = |ms| usize::try_from(samples_in(Duration::from_millis(ms))).unwrap_or(0);
                let samples = at(start)..at(entry.offset_ms);
                let tracks = recording.channels.iter();
                let mut silent = tracks.map(|track| track.samples.get(samples.clone()));
                if !silent.all(|track| track.is_some_and(|track| track.iter().all(|s| *s == 0))) {
                    let id = &recording.report.recording_id;
                    return Err(format!("the pause at {start} ms of {id} is not silent"));
                }
                silence += pause;
            }
            _ => {}
        }
    }
    Ok(silence)
}
