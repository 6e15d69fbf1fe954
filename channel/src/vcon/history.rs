//! What the parties did, from the timeline of a recording.

use time::OffsetDateTime;

use super::{PartyEvent, PartyHistory};
use crate::store::metadata::{Metadata, TimelineEvent};

/// What happened in a recording; `parties` are the indices of those who are in it.
pub(super) fn of_recording(metadata: &Metadata, parties: &[usize]) -> Vec<PartyHistory> {
    let mut history = Vec::new();
    let mut is_held = false;
    for entry in &metadata.onhook.timeline {
        let mut all = |event: &PartyEvent| {
            history.extend(everybody(parties, entry.at, event));
        };
        match &entry.event {
            TimelineEvent::Pause { .. } if !is_held => {
                is_held = true;
                all(&PartyEvent::Hold);
            }
            TimelineEvent::Stop { .. } if !is_held && resumes_after(metadata, entry.at) => {
                is_held = true;
                all(&PartyEvent::Hold);
            }
            TimelineEvent::Resume { .. } if is_held => {
                is_held = false;
                all(&PartyEvent::Unhold);
            }
            TimelineEvent::Dtmf {
                party,
                value: Some(button),
            } => {
                let party = usize::try_from(*party).ok();
                let party = party.and_then(|party| parties.get(party));
                history.extend(party.map(|party| PartyHistory {
                    party: *party,
                    time: entry.at,
                    event: PartyEvent::KeyDown {
                        button: button.clone(),
                    },
                }));
            }
            _ => {}
        }
    }
    history
}

/// The same for everybody.
pub(super) fn everybody<'a>(
    parties: &'a [usize],
    time: OffsetDateTime,
    event: &'a PartyEvent,
) -> impl Iterator<Item = PartyHistory> + 'a {
    parties.iter().map(move |party| PartyHistory {
        party: *party,
        time,
        event: event.clone(),
    })
}

fn resumes_after(metadata: &Metadata, at: OffsetDateTime) -> bool {
    let mut timeline = metadata.onhook.timeline.iter();
    timeline.any(|entry| entry.at >= at && matches!(entry.event, TimelineEvent::Resume { .. }))
}
