//! When nothing was recorded, as the timeline tells.

use time::OffsetDateTime;

use super::{PauseMode, PauseResumeInterval, TimelineEntry, TimelineEvent};

/// The interruptions, of so much audio.
///
/// The time between a stop and a resume is one as well. One that nothing followed lasts until the stop or
/// the end, by the clock, if it was a pause; after a stop there is nothing to wait for. One that is in the audio
/// as silence lasts as long as that, and one that is still open so far.
pub(crate) fn pauses(timeline: &[TimelineEntry], audio_ms: u64) -> Vec<Pause> {
    let mut pauses = Vec::new();
    let mut open: Option<Interruption> = None;
    for entry in timeline {
        let interruption = |kind| Interruption {
            start_time: entry.at,
            offset_ms: entry.offset_ms,
            kind,
        };
        match &entry.event {
            TimelineEvent::Pause { mode, .. } => {
                open = Some(interruption(if *mode == PauseMode::Silence {
                    Kind::Silence
                } else {
                    Kind::Skip
                }));
            }
            TimelineEvent::Resume { gap_ms, .. } => {
                let open = open.take().unwrap_or_else(|| interruption(Kind::Stop));
                pauses.push(if open.kind == Kind::Silence {
                    open.silence(entry.offset_ms)
                } else {
                    open.pause(*gap_ms)
                });
            }
            TimelineEvent::Stop { .. } | TimelineEvent::End { .. } => {
                let stops = matches!(entry.event, TimelineEvent::Stop { .. });
                match open.as_ref().map(|open| open.kind) {
                    // The gap after it is one of its own.
                    Some(Kind::Silence) => {
                        pauses.extend(open.take().map(|open| open.silence(entry.offset_ms)));
                        open = stops.then(|| interruption(Kind::Stop));
                    }
                    // A resume after this counts its gap from the first interruption on.
                    Some(Kind::Skip) => {}
                    None if stops => open = Some(interruption(Kind::Stop)),
                    Some(Kind::Stop) | None if stops => {}
                    Some(Kind::Stop) | None => open = None,
                }
            }
            _ => {}
        }
    }
    match open {
        Some(open) if open.kind == Kind::Silence => pauses.push(open.silence(audio_ms)),
        Some(open) if open.kind == Kind::Skip => pauses.extend(last(timeline, open)),
        _ => {}
    }
    pauses
}

/// A pause that nothing followed but the stop or the end.
fn last(timeline: &[TimelineEntry], open: Interruption) -> Option<Pause> {
    let closing = |entry: &&TimelineEntry| {
        let closes = matches!(
            entry.event,
            TimelineEvent::Stop { .. } | TimelineEvent::End { .. }
        );
        closes && entry.at >= open.start_time
    };
    let end = timeline.iter().find(closing)?;
    let lasted = (end.at - open.start_time).whole_milliseconds();
    Some(open.pause(u64::try_from(lasted).unwrap_or(0)))
}

/// A time in which nothing was recorded.
pub(crate) struct Pause {
    pub(crate) interval: PauseResumeInterval,
    /// Whether silence stands for it in the audio.
    pub(crate) silent: bool,
    /// Where in the audio it begins, in milliseconds.
    pub(crate) offset_ms: u64,
}

/// The beginning of one.
struct Interruption {
    start_time: OffsetDateTime,
    offset_ms: u64,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Skip,
    Silence,
    Stop,
}

impl Interruption {
    fn pause(self, duration: u64) -> Pause {
        let start_time = self.start_time;
        Pause {
            offset_ms: self.offset_ms,
            interval: PauseResumeInterval {
                start_time,
                duration,
            },
            silent: self.kind == Kind::Silence,
        }
    }

    /// The pause up to this place of the audio.
    fn silence(self, offset_ms: u64) -> Pause {
        let duration = offset_ms.saturating_sub(self.offset_ms);
        self.pause(duration)
    }
}
