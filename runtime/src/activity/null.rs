//! Nulls in lists: skipped when the list is read, and written again at their place.

use serde::ser::{Serialize, SerializeSeq, Serializer};

use super::Extra;

/// A null in a list of an object: the name of the list, and the position.
///
/// Senders on .NET and JavaScript leave a null in a list where an element has come to nothing. It says nothing to a
/// bot, so that the lists are without; whoever the activity is forwarded to gets it as it came.
pub(super) type Null = (&'static str, usize);

/// A list with its nulls. One whose place is behind the end of a list that has become shorter is left out.
pub(super) struct Listed<'a, T> {
    pub(super) field: &'static str,
    pub(super) items: &'a [T],
    pub(super) extra: &'a Extra,
}

impl<T: Serialize> Serialize for Listed<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let own = self.extra.nulls().filter(|(field, _)| *field == self.field);
        let mut nulls = own.map(|(_, position)| position).peekable();
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
            let mut extra = Extra::new();
            extra.push_null(("other", 0));
            for position in positions {
                extra.push_null(("list", *position));
            }
            let listed = Listed {
                field: "list",
                items,
                extra: &extra,
            };
            assert_eq!(serde_json::to_string(&listed).unwrap(), written);
        }
    }
}
