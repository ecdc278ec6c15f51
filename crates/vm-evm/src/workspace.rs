//! Stacks and memory of the EVM, which a thread's next run takes over instead of allocating its own.
//!
//! **Invariant:** nothing of what is in them is read again: each frame clears its stack, and memory
//! starts empty.

use alloc::{rc::Rc, vec::Vec};
use core::cell::RefCell;
use revm::{context::FrameStack, handler::EthFrame};

/// Frames that may have been open at once in a run whose stacks are kept: 32 KiB each.
#[cfg(feature = "std")]
const MOST_FRAMES: usize = 32;
/// Bytes of memory that are kept.
#[cfg(feature = "std")]
const MOST_MEMORY: usize = 1 << 20;
/// Runs within each other of which a thread keeps the stacks.
#[cfg(feature = "std")]
const MOST_SPACES: usize = 4;
/// Bytes of memory that a run begins with.
const MEMORY: usize = 4 * 1024;

/// What the memory of nested frames is in.
pub(crate) type Memory = Rc<RefCell<Vec<u8>>>;

/// What one run of the EVM works in.
#[derive(Debug)]
pub(crate) struct Workspace {
    pub(crate) frames: FrameStack<EthFrame>,
    pub(crate) memory: Memory,
}

#[cfg(feature = "std")]
std::thread_local! {
    static SPACES: RefCell<Vec<Workspace>> = const { RefCell::new(Vec::new()) };
}

impl Workspace {
    fn new() -> Self {
        Self {
            frames: FrameStack::new(),
            memory: Rc::new(RefCell::new(Vec::with_capacity(MEMORY))),
        }
    }

    /// One that a run has given back, or a new one.
    #[cfg(feature = "std")]
    pub(crate) fn take() -> Self {
        SPACES.with_borrow_mut(Vec::pop).unwrap_or_else(Self::new)
    }

    /// A new one.
    #[cfg(not(feature = "std"))]
    pub(crate) fn take() -> Self {
        Self::new()
    }

    /// Keeps it for the next run, unless it has grown large. So many frames were open at once.
    #[cfg(feature = "std")]
    pub(crate) fn give_back(mut self, frames: usize) {
        self.frames.clear();
        let is_small = match self.memory.try_borrow_mut() {
            Ok(mut memory) => {
                memory.clear();
                memory.capacity() <= MOST_MEMORY
            }
            Err(_) => false,
        };
        if is_small && frames <= MOST_FRAMES {
            SPACES.with_borrow_mut(|spaces| {
                if spaces.len() < MOST_SPACES {
                    spaces.push(self);
                }
            });
        }
    }

    /// Nothing: there are no threads to keep it for.
    #[cfg(not(feature = "std"))]
    pub(crate) fn give_back(self, _: usize) {}
}
