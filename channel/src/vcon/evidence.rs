//! What a recording shows beside its audio: who was told of it, and who interrupted whom.

use super::export::seconds;
use super::{Analysis, Attachment, BargedIn, Evidence};
use crate::media::millis_of;
use crate::store::metadata::{Metadata, TimelineEvent};

/// What both are written as.
const JSON: &str = "application/json";
/// The encoding of a body that is JSON itself (section 2.3.2).
const INLINE: &str = "json";

/// A recording, and where it stands in the vCon.
pub(super) struct Place<'m> {
    pub(super) metadata: &'m Metadata,
    /// The dialog with its first part; the others follow.
    pub(super) dialog: usize,
    /// Those who are in it, as indices into the parties.
    pub(super) parties: &'m [usize],
    /// Whose side of the line tells of the recording.
    pub(super) teller: usize,
}

impl Place<'_> {
    /// That somebody was told of the recording: a document of the side that told.
    pub(super) fn attachments(&self) -> impl Iterator<Item = Attachment> {
        self.metadata.onhook.consent.iter().filter_map(|consent| {
            let (dialog, offset) = self.heard(consent.evidence_offset_ms);
            Some(Attachment {
                purpose: "consent".to_owned(),
                start: consent.at,
                party: self.teller,
                dialog,
                mediatype: JSON.to_owned(),
                encoding: INLINE.to_owned(),
                body: Evidence {
                    party: self.party(consent.party)?,
                    how: consent.how.clone(),
                    offset,
                },
            })
        })
    }

    /// What the caller interrupted: a report for each dialog in which that happened.
    pub(super) fn analyses(&self) -> Vec<Analysis> {
        let mut reports: Vec<Analysis> = Vec::new();
        for (dialog, interruption) in self.interruptions() {
            match reports.last_mut().filter(|last| last.dialog == dialog) {
                Some(report) => report.body.push(interruption),
                None => reports.push(Analysis {
                    kind: "report".to_owned(),
                    dialog,
                    mediatype: JSON.to_owned(),
                    vendor: "onhook".to_owned(),
                    product: env!("CARGO_PKG_NAME").to_owned(),
                    schema: "onhook.barge-in/1".to_owned(),
                    encoding: INLINE.to_owned(),
                    body: vec![interruption],
                }),
            }
        }
        reports
    }

    fn interruptions(&self) -> impl Iterator<Item = (usize, BargedIn)> {
        let timeline = self.metadata.onhook.timeline.iter();
        timeline.filter_map(|entry| {
            let TimelineEvent::BargeIn {
                played_ms,
                planned_ms,
            } = entry.event
            else {
                return None;
            };
            let (dialog, offset) = self.heard(entry.offset_ms);
            let interruption = BargedIn {
                // It is the caller who interrupts: the first who is in a recording.
                party: self.party(0)?,
                time: entry.at,
                offset,
                played: seconds(played_ms),
                planned: seconds(planned_ms),
            };
            Some((dialog, interruption))
        })
    }

    fn party(&self, number: u32) -> Option<usize> {
        let number = usize::try_from(number).ok()?;
        self.parties.get(number).copied()
    }

    /// In which dialog something is heard that is so many milliseconds into the recording, and how many seconds into it.
    fn heard(&self, offset_ms: u64) -> (usize, f64) {
        let parts = &self.metadata.onhook.parts;
        let (number, offset) = within(parts.iter().map(|part| millis_of(part.samples)), offset_ms);
        (self.dialog + number, seconds(offset))
    }
}

/// Which of the lengths an offset falls into, and where in it; what lies behind all falls into the last.
fn within(lengths: impl ExactSizeIterator<Item = u64>, offset: u64) -> (usize, u64) {
    let last = lengths.len().saturating_sub(1);
    let mut left = offset;
    for (number, length) in lengths.enumerate() {
        if left < length || number == last {
            return (number, left);
        }
        left -= length;
    }
    (0, offset)
}

#[cfg(test)]
mod tests {
    use super::within;

    #[test]
    fn an_offset_falls_into_the_part_that_has_it() {
        for (offset, place) in [
            (0, (0, 0)),
            (99, (0, 99)),
            (100, (1, 0)),
            (149, (1, 49)),
            (151, (2, 1)),
            (900, (2, 750)),
        ] {
            assert_eq!(within([100, 50, 10].into_iter(), offset), place);
        }
        assert_eq!(within([].into_iter(), 7), (0, 7));
    }
}
