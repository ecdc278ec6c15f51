//! Locks and atomics: the standard library's, or those of the model checker.
//!
//! A lock whose holder panicked is used on: a run that panics takes the block down with it, and
//! nothing that a lock guards is left half changed by our own code.

#[cfg(not(feature = "model"))]
use std::{hint::spin_loop, sync, thread::yield_now};

#[cfg(feature = "model")]
use shuttle::{hint::spin_loop, sync, thread::yield_now};

use std::sync::PoisonError;

pub(crate) use sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering};

/// Rounds of waiting in which a thread keeps its core.
const SPINS: u32 = 64;

#[derive(Debug, Default)]
pub(crate) struct Mutex<T>(sync::Mutex<T>);

impl<T> Mutex<T> {
    pub(crate) fn new(value: T) -> Self {
        Self(sync::Mutex::new(value))
    }

    pub(crate) fn lock(&self) -> sync::MutexGuard<'_, T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn into_inner(self) -> T {
        self.0.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Debug, Default)]
pub(crate) struct RwLock<T>(sync::RwLock<T>);

impl<T> RwLock<T> {
    pub(crate) fn new(value: T) -> Self {
        Self(sync::RwLock::new(value))
    }

    pub(crate) fn read(&self) -> sync::RwLockReadGuard<'_, T> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn write(&self) -> sync::RwLockWriteGuard<'_, T> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Waiting for other threads: first on the core, then giving it up.
#[derive(Debug, Default)]
pub struct Backoff(u32);

impl Backoff {
    /// One round of it.
    pub fn wait(&mut self) {
        if self.0 < SPINS && cfg!(not(feature = "model")) {
            self.0 = self.0.saturating_add(1);
            spin_loop();
        } else {
            yield_now();
        }
    }
}
