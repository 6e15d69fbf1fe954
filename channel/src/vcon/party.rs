//! Who was in the call.

use super::Party;
use crate::store::metadata::Metadata;

/// The ids of those in the call: the caller, who was called, and everybody else.
pub(super) fn ids(recordings: &[&Metadata]) -> Vec<String> {
    let mut ids: Vec<String> = Vec::new();
    for metadata in recordings {
        let participants = metadata.participants.iter();
        let others = participants.map(|participant| &participant.participant_id);
        let ends = metadata.onhook.from.iter().chain(&metadata.onhook.to);
        for id in ends.chain(others) {
            if !ids.contains(id) {
                ids.push(id.clone());
            }
        }
    }
    ids
}

/// One of them. A telephone number is one in E.164.
pub(super) fn party(id: &str, is_bot: bool) -> Party {
    let digits = id.strip_prefix("tel:").unwrap_or(id).strip_prefix('+');
    let is_number = digits.is_some_and(|digits| {
        (2..=15).contains(&digits.len()) && digits.bytes().all(|digit| digit.is_ascii_digit())
    });
    let name = (!is_number).then(|| id.to_owned());
    Party {
        tel: is_number.then(|| id.to_owned()),
        validation: name.is_some().then(|| "none".to_owned()),
        name,
        kind: is_bot.then(|| "bot".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_a_tel_and_anything_else_a_name() {
        for (id, is_number) in [
            ("+14255550100", true),
            ("tel:+14255550100", true),
            ("+1425555010012345", false),
            ("14255550100", false),
            ("+", false),
            ("8:acs:contoso", false),
            ("", false),
        ] {
            let party = party(id, false);
            assert_eq!(party.tel.is_some(), is_number, "{id:?}");
            assert_eq!(party.name.is_some(), !is_number, "{id:?}");
            assert_eq!(party.name.is_some(), party.validation.is_some(), "{id:?}");
        }
    }
}
