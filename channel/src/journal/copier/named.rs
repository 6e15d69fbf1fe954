//! Which sessions a segment has entries of.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::store::SessionId;

/// The sessions in each segment.
#[derive(Debug, Default)]
pub(in crate::journal) struct Named {
    ids: HashMap<u64, SessionId>,
    segments: BTreeMap<u64, HashSet<u64>>,
}

impl Named {
    /// A segment has an entry of this session; its id if the entry says it.
    pub(super) fn add(&mut self, segment: u64, key: u64, id: Option<SessionId>) {
        self.segments.entry(segment).or_default().insert(key);
        if let Some(id) = id {
            self.ids.insert(key, id);
        }
    }

    /// The sessions of a segment; none if one of them is not known.
    pub(in crate::journal) fn of(&self, segment: u64) -> Option<Vec<SessionId>> {
        let keys = self.segments.get(&segment)?.iter();
        keys.map(|key| self.ids.get(key).cloned()).collect()
    }

    /// Segments with the sessions in them, by key and id.
    pub(in crate::journal) fn iter(&self) -> impl Iterator<Item = (u64, u64, &SessionId)> {
        self.segments.iter().flat_map(|(segment, keys)| {
            let named = keys.iter();
            named.filter_map(|key| Some((*segment, *key, self.ids.get(key)?)))
        })
    }
}
