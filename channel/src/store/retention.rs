//! How long recordings are kept, and who may have them deleted before.

use time::OffsetDateTime;

use super::deletion::Deletions;
use super::tombstone::DeletionReason;
use super::{Broken, Store, StoredRecording};

impl Store {
    /// Deletes the recordings whose time is over: those that say `deleteAfter` of now or before.
    ///
    /// A recording that was never sealed has no such time. One on legal hold is kept. Interrupted deletions are
    /// finished first. What fails does so by itself, and is tried again the next time. A full disk is freed. Another
    /// process than the one that records may do this.
    pub fn expire(&self, now: OffsetDateTime) -> Deletions {
        self.delete_all(DeletionReason::Expired, now, |recording| {
            let retention = recording.metadata.onhook.retention;
            retention.is_some_and(|retention| retention.delete_after <= now)
        })
    }

    /// Deletes all recordings in which a participant took part, by the id that the metadata has for them: the
    /// caller's number or account.
    ///
    /// Recordings on legal hold and those that were never sealed are kept and named. Folders that cannot be read
    /// are named as well, as they may hold something of the participant. The events of what was deleted are
    /// taken out of the log. Doing it again does nothing more. Another process than the one that records may do this.
    pub fn erase(&self, participant: &str, now: OffsetDateTime) -> Deletions {
        self.delete_all(DeletionReason::Erased, now, |recording| {
            let metadata = &recording.metadata;
            let ids = metadata.participants.iter().map(|one| &one.participant_id);
            let ends = metadata.onhook.from.iter().chain(&metadata.onhook.to);
            ids.chain(ends).any(|id| id == participant)
        })
    }

    fn delete_all(
        &self,
        reason: DeletionReason,
        now: OffsetDateTime,
        wanted: impl Fn(&StoredRecording) -> bool,
    ) -> Deletions {
        let mut deletions = Deletions::default();
        if !self.finish_notes(&mut deletions) {
            return deletions;
        }
        self.each_conversation(&mut deletions, |deletions, sessions| {
            for session in sessions {
                let deleted = self.delete_session(&session, reason, now, &wanted, deletions);
                if let Err(error) = deleted {
                    deletions.failed.push(Broken::new(session.path, error));
                }
            }
        });
        deletions
    }
}
