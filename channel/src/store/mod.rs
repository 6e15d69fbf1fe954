//! Where recordings are kept: a folder of WAV files with their metadata, that never overwrites and survives a crash.

pub mod metadata;

mod disk;
mod error;
mod faults;
mod folder;
mod hash;
mod layout;
mod rfc3339;
mod session;

pub use disk::{Disk, DiskFile, RealDisk};
pub use error::StoreError;
pub use faults::{Fault, FaultyDisk, Operation};
pub use folder::Store;
pub use hash::Sha512Hex;
pub use layout::SessionId;
pub use session::{Part, SessionFile};
