//! Where recordings are kept: a folder of WAV files with their metadata, that never overwrites and survives a crash.
//!
//! | file | what |
//! |---|---|
//! | `2026/11/22/{conversation}/0001/content.wav` | the audio of a session |
//! | `…/0001/content.0001.wav`, `…` | the audio that did not fit into the first file, if [it rolls over](RollOver) |
//! | `…/0001/content.wav.blocks` | a hash for each second of it, to tell where it was damaged |
//! | `…/0001/metadata.0000.json`, `…` | of a recording of several files, Azure's metadata for each |
//! | `…/0001/metadata.json` | [what is known about it](metadata), with the hashes of the files and a hash of itself |
//! | `…/0001/legal-hold.json`, `…/{conversation}/legal-hold.json` | as long as it is there nothing is deleted |
//! | `…/{conversation}/0001.expired.…`, `….erased.…` | a recording whose deletion was begun and is not finished |
//! | `…/{conversation}/call.vcon.json` | the call [as a vCon](crate::vcon) |
//! | `journal/` | audio and metadata on their way to these files, see [`journal`](crate::journal) |
//! | `events.jsonl` | the [events](crate::events) that were published |
//! | `tombstones.jsonl` | what was deleted, when and why |
//! | `lock` | empty: who changes holds, deletes, or writes to a file of lines has it locked meanwhile |
//! | `deletions/….json` | a deletion that an earlier version has begun |

pub mod metadata;

mod blocks;
mod deletion;
mod disk;
mod error;
mod faults;
mod folder;
mod hash;
mod hold;
mod layout;
mod lines;
mod listing;
mod lock;
mod mark;
mod note;
mod parts;
mod reading;
mod retention;
pub(crate) mod rfc3339;
mod session;
mod tombstone;
mod verdict;
mod verify;
mod walk;

pub use deletion::{Deleted, Deletions};
pub use disk::{Disk, DiskFile, DiskLock, EntryKind, RealDisk};
pub use error::StoreError;
pub use faults::{DiskFault, FaultyDisk, Operation};
pub use folder::Store;
pub use hash::Sha512Hex;
pub use layout::SessionId;
pub use lines::Lines;
pub use listing::{Broken, Select, StoredRecording, StoredRecordings};
pub use parts::RollOver;
pub use session::{Part, SessionFile};
pub use tombstone::{DeletionReason, Tombstone};
pub use verdict::{Finding, Problem, Report};

pub(crate) use hash::{uuid, uuid_of};
pub(crate) use layout::place_of;
pub(crate) use parts::{chunk_file, part_file};
