//! What the journal has of recordings that were erased.

use std::io::ErrorKind;
use std::path::Path;

use time::{Duration, OffsetDateTime};

use super::{Broken, Store, StoreError};
use crate::journal::{Scrubbed, Settings, longest, scrub};

/// What the [journal](crate::journal) may still have of recordings that were erased.
///
/// It keeps audio and metadata for a while after they are in the recordings' own files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum JournalRemainder {
    /// Nothing.
    #[default]
    Nothing,
    /// Another process records to the folder, or the disk is slow: something may be there until then, with the default
    /// [`Settings`] and a disk that does not fail.
    Until(OffsetDateTime),
    /// A process that was killed has left it. It is removed when the journal is opened the next time.
    UntilOpened,
}

impl Store {
    /// Has the journal let go of what it has, or finds out when it will.
    pub(super) fn scrub_journal(
        &self,
        now: OffsetDateTime,
        failed: &mut Vec<Broken>,
    ) -> JournalRemainder {
        let until = |kept| {
            let kept = Duration::try_from(kept).unwrap_or(Duration::MAX);
            JournalRemainder::Until(now.saturating_add(kept))
        };
        match scrub(self.root()) {
            Scrubbed::Clean => return JournalRemainder::Nothing,
            Scrubbed::Later(kept) => return until(kept),
            Scrubbed::NotOpen => {}
        }
        let folder = self.root().join("journal");
        match self.holds_segments(&folder) {
            Ok(false) => JournalRemainder::Nothing,
            Ok(true) => match self.disk().lock(&folder.join("lock")) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    until(longest(&Settings::default()))
                }
                _ => JournalRemainder::UntilOpened,
            },
            Err(error) => {
                failed.push(Broken::new(folder, error));
                JournalRemainder::UntilOpened
            }
        }
    }

    fn holds_segments(&self, folder: &Path) -> Result<bool, StoreError> {
        let names = match self.disk().list(folder) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
            listed => listed.map_err(StoreError::disk("list", folder))?,
        };
        let is_segment = |name: &String| {
            let extension = Path::new(name).extension();
            extension.is_some_and(|is| is == "journal" || is == "spare")
        };
        Ok(names.iter().any(is_segment))
    }
}
