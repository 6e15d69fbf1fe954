//! The bound on ids that come from outside.
//!
//! The host keeps some of them for minutes: the conversation's id as the key of its mailbox, and with it whatever a
//! handle keeps to send later. A body may have 256 KiB, so without a bound one conversation could cost as much.

use super::Refused;
use crate::activity::{Activity, ActivityType};
use crate::command::Envelope;

/// The longest id, in bytes.
///
/// Ids in the field have some tens of bytes, those of Teams conversations up to about 300, and a message id of e-mail
/// fits into a line of 998 (RFC 5322, 2.1.1). An id beyond this bound cannot be stored by Azure's own back ends for
/// state either: a blob's name has at most 1,024 characters.
pub(crate) const LONGEST_ID: usize = 1024;

/// The longest `serviceUrl`, in bytes: as long as the connector's client calls one.
const LONGEST_URL: usize = 2048;

/// Refuses an activity with an id that is too long, and names its JSON path.
pub(super) fn check(activity: &Activity) -> Result<(), Refused> {
    let account = |account: &'_ Option<crate::activity::ChannelAccount>| {
        length(account.as_ref().and_then(|account| account.id.as_deref()))
    };
    let url = length(activity.service_url.as_deref());
    let ids = [
        ("conversation.id", length(activity.conversation_id())),
        ("id", length(activity.id.as_deref())),
        ("replyToId", length(activity.reply_to_id.as_deref())),
        ("channelId", length(activity.channel_id.as_deref())),
        ("from.id", account(&activity.from)),
        ("recipient.id", account(&activity.recipient)),
        ("value.commandId", command_id(activity)),
    ];
    if let Some((path, _)) = ids.iter().find(|(_, length)| *length > LONGEST_ID) {
        return Err(Refused::IdTooLong {
            path,
            limit: LONGEST_ID,
        });
    }
    if url > LONGEST_URL {
        return Err(Refused::IdTooLong {
            path: "serviceUrl",
            limit: LONGEST_URL,
        });
    }
    Ok(())
}

fn length(id: Option<&str>) -> usize {
    id.map_or(0, str::len)
}

/// How long the id is that a command or its result carries, however it is spelled. What is wrong with the value
/// otherwise is for whoever reads it.
fn command_id(activity: &Activity) -> usize {
    if !matches!(
        activity.kind,
        ActivityType::Command | ActivityType::CommandResult
    ) {
        return 0;
    }
    let value = activity.value.as_ref();
    // A value that has no room for a long id is not read.
    let value = value.filter(|value| value.as_str().len() > LONGEST_ID);
    length(Envelope::command_id(value).as_deref())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_id_that_is_kept_has_a_bound_and_is_named() {
        let command = r#"{"type":"command","name":"a/b","value":{"commandId":"ID"}}"#;
        let result =
            r#"{"type":"commandResult","name":"a/b","value":{"data":[1],"CommandId":"ID"}}"#;
        for (path, text, limit) in [
            (
                "conversation.id",
                r#"{"type":"message","conversation":{"id":"ID"}}"#,
                1024,
            ),
            ("id", r#"{"type":"message","id":"ID"}"#, 1024),
            ("replyToId", r#"{"type":"message","replyToId":"ID"}"#, 1024),
            ("channelId", r#"{"type":"message","channelId":"ID"}"#, 1024),
            ("from.id", r#"{"type":"message","from":{"id":"ID"}}"#, 1024),
            (
                "recipient.id",
                r#"{"type":"message","recipient":{"id":"ID"}}"#,
                1024,
            ),
            ("value.commandId", command, 1024),
            ("value.commandId", result, 1024),
            (
                "serviceUrl",
                r#"{"type":"message","serviceUrl":"ID"}"#,
                2048,
            ),
        ] {
            let with = |id: &str| Activity::from_json(&text.replace("ID", id)).unwrap();
            assert_eq!(check(&with(&"x".repeat(limit))), Ok(()), "{text}");
            // Bytes are counted, not characters.
            for id in ["x".repeat(limit + 1), "é".repeat(limit / 2 + 1)] {
                let refused = Refused::IdTooLong { path, limit };
                assert_eq!(check(&with(&id)), Err(refused), "{text}");
            }
        }
    }

    #[test]
    fn what_is_said_is_no_id() {
        let mut activity = Activity::message("x".repeat(100_000));
        activity.value = Some(crate::Json::string(&"x".repeat(100_000)));
        assert_eq!(check(&activity), Ok(()));
    }
}
