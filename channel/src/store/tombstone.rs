//! What is left of a recording that was deleted.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::lines::Lines;
use super::lock::Alone;
use super::{SessionId, Sha512Hex, Store, StoreError, rfc3339};

/// The file with the tombstones.
const TOMBSTONES: &str = "tombstones.jsonl";

/// Says that a recording was deleted, without any data of a person: of its ids only hashes are kept.
///
/// Who asked for an erasure is not kept either, not even as a hash: the numbers of all telephones can be tried.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Tombstone {
    /// The SHA-512 of the recording's id.
    pub recording: Sha512Hex,
    /// The SHA-512 of its day and its id, `2026/11/22/conv-7-0001`, as an id can come again on another day. Tombstones of
    /// earlier versions have none, and stand for the id on any day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Sha512Hex>,
    /// The hash of its metadata, which the next recording of the call names; none if they could not be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manifest: Option<Sha512Hex>,
    /// The hash of its last part, which the next recording of the call names as well.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<Sha512Hex>,
    /// When it was deleted.
    #[serde(with = "rfc3339")]
    pub at: OffsetDateTime,
    /// Why.
    pub reason: DeletionReason,
}

/// Why a recording was deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum DeletionReason {
    /// Its time was over.
    Expired,
    /// A participant asked for it.
    Erased,
}

impl Tombstone {
    /// Whether it is that of the recording in this place, which has this id.
    pub(super) fn is_of(&self, place: &str, recording_id: &str) -> bool {
        let hash = |text: &str| Sha512Hex::of_bytes(text.as_bytes());
        match &self.place {
            Some(is) => *is == hash(place),
            None => self.recording == hash(recording_id),
        }
    }
}

impl Store {
    /// The tombstones of everything that was deleted, in order. One may be there twice if a deletion was
    /// interrupted.
    pub fn tombstones(&self) -> Result<Lines<Tombstone>, StoreError> {
        self.lines(TOMBSTONES)
    }

    /// Whether a recording of this id was deleted.
    pub(super) fn has_tombstone(&self, id: &SessionId) -> Result<bool, StoreError> {
        let (place, recording_id) = (id.place(), id.recording_id());
        let mut stones = self.tombstones()?.flatten();
        Ok(stones.any(|stone| stone.is_of(&place, &recording_id)))
    }

    pub(super) fn add_tombstone(
        &self,
        alone: &Alone<'_>,
        tombstone: &Tombstone,
    ) -> Result<(), StoreError> {
        self.append_line_alone(alone, TOMBSTONES, tombstone)
    }
}
