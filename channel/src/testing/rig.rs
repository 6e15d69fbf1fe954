//! What a call of a test stands on.

use std::io::ErrorKind;
use std::panic::Location;
use std::sync::Arc;

use super::exchange::Exchange;
use super::failure::fail;
use super::fault::Order;
use super::folder::Folder;
use super::process::Process;
use super::saved_call::Log;
use super::step::Step;
use crate::store::{DiskFault, FaultyDisk, Operation};

/// What stays of a call's surroundings when the call is over.
pub(super) struct Rig {
    pub(super) exchange: Exchange,
    pub(super) process: Process,
    pub(super) log: Arc<Log>,
    /// None if the test brought its own store.
    pub(super) disk: Option<FaultyDisk>,
    /// Whether it is known how words sound.
    pub(super) speaks_in_tones: bool,
    /// Held for what is in it.
    #[expect(dead_code, reason = "dropped, the folder is removed")]
    pub(super) folder: Option<Folder>,
}

impl Rig {
    /// Has something go wrong.
    pub(super) fn suffers(&self, order: Order, place: &Location<'_>) {
        self.log.caller(Step::Suffers(order.clone()));
        match (order, &self.disk) {
            (Order::Result(name, strike), _) => self.exchange.faults().order(name, strike),
            (Order::StoreFull, Some(disk)) => fill(disk),
            (Order::StoreFull, None) => fail(
                place,
                "the store of this call is the test's own: have its disk fail with a `FaultyDisk`"
                    .to_owned(),
            ),
        }
    }

    pub(super) fn heals(&self) {
        self.log.caller(Step::Heals);
        if let Some(disk) = &self.disk {
            disk.heal();
        }
    }
}

/// Has a disk refuse everything that takes room.
fn fill(disk: &FaultyDisk) {
    for operation in [
        Operation::CreateDir,
        Operation::CreateNew,
        Operation::Write,
        Operation::SetLen,
    ] {
        disk.fail(DiskFault {
            operation,
            after: 0,
            times: usize::MAX,
            kind: ErrorKind::StorageFull,
            torn_bytes: 0,
        });
    }
}
