//! A caller whose token is valid, before its activity was seen.

use std::sync::Arc;

use super::verified::Verified;
use super::{AuthError, CallerKind, Identity};
use crate::Activity;

/// A caller whose token is valid. What the token says is still to be held against the activity.
#[derive(Clone, Debug)]
#[must_use = "the caller is not let in before `admit`"]
pub struct Caller(pub(super) Arc<Verified>);

impl Caller {
    /// Checks what only the activity shows.
    ///
    /// For a channel: the key that signed the token is endorsed for `channelId`, and the claim `serviceurl` is the
    /// activity's `serviceUrl`, but for the case of ASCII letters. An activity without a channel is not let in; one
    /// without a service URL is, as nothing can be sent upon it. Nothing
    /// is left to check for the Emulator and for other bots: the token of the answer, wherever it goes, is one that
    /// the first could get itself, and that is for the second's app alone.
    pub fn admit(self, activity: &Activity) -> Result<Identity, AuthError> {
        let verified = &self.0;
        if verified.identity.kind() == CallerKind::Channel {
            let channel = activity.channel_id.as_deref().unwrap_or_default();
            if channel.is_empty() || !verified.key.endorses(channel) {
                return Err(AuthError::Endorsement);
            }
            match (&verified.service_url, &activity.service_url) {
                (Some(claim), Some(url)) if claim.eq_ignore_ascii_case(url) => {}
                // Nothing can be sent upon such an activity.
                (Some(_), None) => {}
                _ => return Err(AuthError::ServiceUrl),
            }
        }
        Ok(verified.identity.clone())
    }
}
