//! Nulls in lists: skipped when the list is read, and written again at their place.

use serde::ser::{Serialize, SerializeSeq, Serializer};

/// Where nulls stood in the lists of an object.
///
/// Senders on .NET and JavaScript leave a null in a list where an element has come to nothing. It says nothing to a
/// bot, so that the lists are without; whoever the activity is forwarded to gets it as it came.
#[derive(Clone, Debug, Default)]
pub(super) struct Nulls(
    // A box, so that an object without any, which is the rule, carries one word.
    #[expect(clippy::box_collection, reason = "one word in every object")]
    Option<Box<Vec<(&'static str, usize)>>>,
);

impl Nulls {
    pub(super) const NONE: Self = Self(None);

    /// A null stood at `position` of the list `field`.
    #[cold]
    pub(super) fn push(&mut self, field: &'static str, position: usize) {
        self.0.get_or_insert_default().push((field, position));
    }

    /// The list `field` to be written: `items` with the nulls between them.
    pub(super) fn among<'a, T>(&'a self, field: &'static str, items: &'a [T]) -> Listed<'a, T> {
        let nulls = self.0.as_deref().map_or(&[][..], Vec::as_slice);
        Listed {
            nulls,
            field,
            items,
        }
    }
}

/// In which order the lists came does not matter.
impl PartialEq for Nulls {
    fn eq(&self, other: &Self) -> bool {
        let sorted = |nulls: &Self| {
            let mut nulls = nulls.0.clone();
            if let Some(nulls) = &mut nulls {
                nulls.sort_unstable();
            }
            nulls
        };
        sorted(self) == sorted(other)
    }
}

/// A list with its nulls. One whose place is behind the end of a list that has become shorter is left out.
pub(super) struct Listed<'a, T> {
    nulls: &'a [(&'static str, usize)],
    field: &'static str,
    items: &'a [T],
}

impl<T: Serialize> Serialize for Listed<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let own = self.nulls.iter().filter(|(field, _)| *field == self.field);
        let mut nulls = own.map(|(_, position)| *position).peekable();
        if nulls.peek().is_none() {
            return serializer.collect_seq(self.items);
        }
        let mut seq = serializer.serialize_seq(None)?;
        let mut items = self.items.iter();
        for position in 0.. {
            if nulls.next_if_eq(&position).is_some() {
                seq.serialize_element(&())?;
            } else if let Some(item) = items.next() {
                seq.serialize_element(item)?;
            } else {
                break;
            }
        }
        seq.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nulls_stand_where_they_stood() {
        for (positions, items, written) in [
            (&[][..], &[1, 2][..], "[1,2]"),
            (&[0], &[], "[null]"),
            (&[0, 1, 2], &[], "[null,null,null]"),
            (&[1], &[1, 2], "[1,null,2]"),
            (&[0, 3], &[1, 2], "[null,1,2,null]"),
            // The list has changed since.
            (&[0, 3], &[1], "[null,1]"),
            (&[1], &[1, 2, 3], "[1,null,2,3]"),
        ] {
            let mut nulls = Nulls::NONE;
            nulls.push("other", 0);
            for position in positions {
                nulls.push("list", *position);
            }
            let listed = nulls.among("list", items);
            assert_eq!(serde_json::to_string(&listed).unwrap(), written);
        }
    }
}
