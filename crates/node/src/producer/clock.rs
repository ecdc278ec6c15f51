//! The time of blocks: the wall clock, moved as a development chain's user likes.

use std::time::{SystemTime, UNIX_EPOCH};

/// A time that no block can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ClockError {
    /// Earlier than the head.
    #[error("timestamp {asked} is lower than the previous block's timestamp {head}")]
    Past {
        /// What was asked for.
        asked: u64,
        /// The head's.
        head: u64,
    },
    /// Beyond what fits.
    #[error("timestamp is out of range")]
    Range,
}

/// Tells the timestamp of the next block. Seconds since 1970 throughout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Clock {
    offset: i64,
    /// The next block's, once.
    next: Option<u64>,
    /// From one block to the next, in place of the wall clock.
    interval: Option<u64>,
}

impl Clock {
    /// A clock that goes on from a head that may be ahead of the wall clock.
    pub fn after(head: u64) -> Self {
        let ahead = head.saturating_sub(wall());
        Self {
            offset: i64::try_from(ahead).unwrap_or(i64::MAX),
            ..Self::default()
        }
    }

    /// Seconds that it is ahead of the wall clock.
    pub const fn offset(&self) -> i64 {
        self.offset
    }

    /// Now, by this clock.
    pub fn now(&self) -> u64 {
        wall().saturating_add_signed(self.offset)
    }

    /// The timestamp of a block after `parent`: never earlier than the parent's. Several blocks
    /// may share a second.
    pub fn timestamp(&self, parent: u64) -> u64 {
        let time = match (self.next, self.interval) {
            (Some(next), _) => next,
            (None, Some(seconds)) => parent.saturating_add(seconds),
            (None, None) => self.now(),
        };
        time.max(parent)
    }

    /// A block with this timestamp was sealed: a time set for it alone is used up, and later
    /// blocks go on from there.
    pub fn sealed(&mut self, timestamp: u64) {
        if self.next.take().is_some() {
            self.set(timestamp);
        }
    }

    /// Moves the clock. Returns the whole offset.
    ///
    /// # Errors
    /// When the offset leaves 64 bits.
    pub fn advance(&mut self, seconds: i64) -> Result<i64, ClockError> {
        let offset = self.offset.checked_add(seconds).ok_or(ClockError::Range)?;
        if offset > i64::MAX / 2 {
            return Err(ClockError::Range);
        }
        self.offset = offset;
        Ok(offset)
    }

    /// Sets the clock. Returns the offset.
    pub fn set(&mut self, timestamp: u64) -> i64 {
        let difference = i128::from(timestamp).saturating_sub(i128::from(wall()));
        self.offset = i64::try_from(difference).unwrap_or(i64::MAX);
        self.offset
    }

    /// Sets the next block's timestamp alone.
    ///
    /// # Errors
    /// When the head is later.
    pub const fn set_next(&mut self, timestamp: u64, head: u64) -> Result<(), ClockError> {
        if timestamp < head {
            return Err(ClockError::Past {
                asked: timestamp,
                head,
            });
        }
        self.next = Some(timestamp);
        Ok(())
    }

    /// Sets the distance of blocks, or goes back to the wall clock.
    pub const fn set_interval(&mut self, seconds: Option<u64>) {
        self.interval = seconds;
    }
}

fn wall() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |time| time.as_secs())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn never_goes_back_behind_the_head() {
        let mut clock = Clock::default();
        clock.advance(-1_000_000).unwrap();
        let head = wall();
        assert_eq!(clock.timestamp(head), head);
    }

    #[test]
    fn a_time_for_one_block_is_where_later_ones_go_on() {
        let (mut clock, head) = (Clock::default(), wall());
        clock.set_next(head + 5_000, head).unwrap();
        assert_eq!(clock.timestamp(head), head + 5_000);
        clock.sealed(head + 5_000);
        let later = clock.timestamp(head + 5_000);
        assert!((head + 5_000..head + 5_060).contains(&later), "{later}");
        assert_eq!(
            clock.set_next(1, head),
            Err(ClockError::Past { asked: 1, head })
        );
    }

    #[test]
    fn an_interval_counts_from_the_parent() {
        let mut clock = Clock::default();
        clock.set_interval(Some(10));
        assert_eq!(clock.timestamp(1_000), 1_010);
        clock.set_interval(None);
        assert!(clock.timestamp(1_000) > 1_010);
    }

    #[test]
    fn the_far_ends_are_refused_or_clamped() {
        let mut clock = Clock::default();
        assert_eq!(clock.advance(i64::MAX), Err(ClockError::Range));
        clock.set(u64::MAX);
        assert!(clock.timestamp(u64::MAX) == u64::MAX);
        assert!(Clock::after(u64::MAX).now() > wall());
    }
}
