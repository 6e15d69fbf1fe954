//! Counts what a piece of code takes from the heap.
//!
//! A program that uses this crate has its allocator: the system's, with a count per thread, so that tests
//! that run beside each other do not count each other.
//!
//! ```
//! let (list, taken) = onhook_allocations::count(|| vec![0_u8; 100]);
//! assert_eq!((taken.blocks, taken.bytes), (1, 100));
//! let (_, taken) = onhook_allocations::count(|| list.len());
//! assert_eq!(taken.blocks, 0);
//! ```

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What was taken from the heap; what was given back is not subtracted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// Allocations, and reallocations, each of which may move.
    pub blocks: u64,
    /// Bytes asked for; of a reallocation its new size.
    pub bytes: u64,
}

/// Runs `work` and counts what this thread takes from the heap meanwhile.
pub fn count<T>(work: impl FnOnce() -> T) -> (T, Taken) {
    let before = TAKEN.get();
    let value = work();
    let after = TAKEN.get();
    let taken = Taken {
        blocks: after.blocks - before.blocks,
        bytes: after.bytes - before.bytes,
    };
    (value, taken)
}

/// Bytes of the heap that are in use by the whole process.
pub fn live() -> usize {
    LIVE.load(Ordering::Relaxed)
}

static LIVE: AtomicUsize = AtomicUsize::new(0);

thread_local! {
    // Constant and without a destructor: reading it never allocates, not even while a thread ends.
    static TAKEN: Cell<Taken> = const { Cell::new(Taken { blocks: 0, bytes: 0 }) };
}

struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn note(bytes: usize) {
    LIVE.fetch_add(bytes, Ordering::Relaxed);
    let Taken {
        blocks,
        bytes: before,
    } = TAKEN.get();
    TAKEN.set(Taken {
        blocks: blocks + 1,
        bytes: before + bytes as u64,
    });
}

// SAFETY: every call goes to the system's allocator unchanged; counting touches no memory of the heap.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        note(layout.size());
        // SAFETY: the caller keeps the contract of `alloc`, which is the system's.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        note(layout.size());
        // SAFETY: as above.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        note(size);
        LIVE.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: as above; every block of ours is a block of the system's.
        unsafe { System.realloc(block, layout, size) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        LIVE.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: as above.
        unsafe { System.dealloc(block, layout) }
    }
}
