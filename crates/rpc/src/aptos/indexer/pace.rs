//! How fast the index follows. Transactions come first: while nobody asks, the
//! index takes a share of one core only, and catches up when there is time.

use parking_lot::{Condvar, Mutex};
use std::time::{Duration, Instant};

/// While nobody asks, so many times as long as a block took is rested after it.
const RESTS: u32 = 4;
/// The longest rest.
const LONGEST: Duration = Duration::from_secs(1);
/// How long after a question the index does not rest.
const HURRY: Duration = Duration::from_secs(10);

/// When somebody asked last.
#[derive(Default)]
pub(in crate::aptos) struct Pace {
    asked: Mutex<Option<Instant>>,
    news: Condvar,
}

impl Pace {
    /// Somebody wants to know what the index knows: it hurries.
    pub(in crate::aptos) fn ask(&self) {
        *self.asked.lock() = Some(Instant::now());
        self.news.notify_all();
    }

    /// Rests after a block that took so long to read, until somebody asks.
    pub(super) fn rest(&self, took: Duration) {
        let rest = took.saturating_mul(RESTS).min(LONGEST);
        let mut asked = self.asked.lock();
        let hurries = asked.is_some_and(|asked| asked.elapsed() < HURRY);
        if !hurries {
            let _timed_out = self.news.wait_for(&mut asked, rest);
        }
    }
}
