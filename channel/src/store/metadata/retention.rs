use std::time::Duration;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::store::rfc3339;

/// How long a recording is kept after it was sealed unless the channel says otherwise: 48 hours, as Azure
/// Communication Services did when call recording came to the Telephony channel.
pub const RETENTION: Duration = Duration::from_secs(48 * 3600);

/// How long a recording is kept.
///
/// A legal hold is not in here but in a file beside it, see [`Store::hold_recording`](crate::store::Store::hold_recording):
/// it comes and goes after the recording is sealed, while what is sealed does not change any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Retention {
    /// From when on it may be deleted.
    #[serde(with = "rfc3339")]
    pub delete_after: OffsetDateTime,
}
