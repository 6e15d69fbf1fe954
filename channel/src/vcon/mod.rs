//! A call as a vCon, the IETF's container for conversations (draft-ietf-vcon-vcon-core-03).
//!
//! Each recording is a dialog of type `recording`, and one of type `recording-set` names them all; the audio is
//! referred to with its hash. What of the draft is done in a way of its own:
//!
//! * The audio's `url` is relative to the folder of the call, as long as nobody serves it. The draft wants HTTPS
//!   (section 2.4.1): [`Vcon::with_base`] makes it so.
//! * The recording set spans what the store knows, from the start of the first recording to the end of the last
//!   (section 4.3.2 has the whole call there).
//! * A pause is `hold` and `unhold` of every party, in the dialog of the recording: the parties may have gone on
//!   talking, the recording does not have it.
//! * Keys that were pressed while recording was paused are left out: `button` is required (section 4.3.13.1), and
//!   which key it was is not known.
//! * That those who were recorded were told of it is an attachment with the purpose `consent`, of the party that was
//!   called: who answers for the call tells of the recording.
//! * Where the caller interrupted the bot is an analysis of the type `report`, for each recording in which that
//!   happened. No word of what was said is in either.
//! * The `uuid` is one of version 8 with the time of the start, and otherwise depends on the id of the
//!   conversation alone (section 4.1.2 would have a host name in it), so that the same call has the same.

mod evidence;
mod export;
mod history;
mod model;
mod party;

pub use export::{VconError, export, write};
pub use model::{
    Analysis, Attachment, BargedIn, Dialog, DialogType, Evidence, Party, PartyEvent, PartyHistory,
    Vcon,
};

/// The file with the vCon, in the folder of the conversation.
pub(crate) const VCON: &str = "call.vcon.json";
