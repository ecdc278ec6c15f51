//! What transactions of a site wrote and used, as far as that is worth knowing: hot keys alone.

use crate::market::site::Site;
use lru::LruCache;
use std::num::NonZeroUsize;

/// Sites that are remembered, the last used ones.
const SITES: NonZeroUsize = NonZeroUsize::new(16_384).unwrap();
/// Hot keys that are remembered of a site.
const KEYS: usize = 16;
/// Runs after which old ones begin to count less.
const RUNS: u32 = 64;

/// What is known of a site.
#[derive(Debug, Clone, Default)]
pub(super) struct Record {
    /// Runs, old ones counted less.
    runs: u32,
    /// Average of gas used.
    gas: u64,
    /// In how many of the runs a hot key was written.
    keys: Vec<(u64, u32)>,
}

/// Sites and what is known of them.
#[derive(Debug)]
pub(super) struct History {
    sites: LruCache<u64, Record>,
}

impl Default for History {
    fn default() -> Self {
        Self {
            // Grows as it is filled.
            sites: LruCache::unbounded(),
        }
    }
}

impl History {
    /// A transaction ran and wrote these hot keys.
    pub(super) fn note(&mut self, site: Site, gas: u64, hot: &[u64]) {
        let fine = (site.fine != site.coarse).then_some(site.fine);
        for name in [Some(site.coarse), fine].into_iter().flatten() {
            self.record(name).note(gas, hot);
        }
        if let Some(machine) = site.machine {
            self.record(machine).note(gas, &[]);
        }
    }

    fn record(&mut self, name: u64) -> &mut Record {
        if self.sites.len() >= SITES.get() && !self.sites.contains(&name) {
            self.sites.pop_lru();
        }
        self.sites.get_or_insert_mut(name, Record::default)
    }

    /// The hot keys that a transaction of a site is likely to write.
    pub(super) fn keys(&self, site: Site) -> impl Iterator<Item = u64> {
        let record = self.sites.peek(&site.fine);
        let record = record.or_else(|| self.sites.peek(&site.coarse));
        record.into_iter().flat_map(Record::likely)
    }

    /// Gas that a transaction of a site is likely to use, if anything is known.
    pub(super) fn gas(&self, site: Site) -> Option<u64> {
        let names = [Some(site.fine), Some(site.coarse), site.machine];
        let mut records = names
            .into_iter()
            .flatten()
            .map(|name| self.sites.peek(&name));
        records.find_map(|record| record).map(|record| record.gas)
    }
}

impl Record {
    fn note(&mut self, gas: u64, hot: &[u64]) {
        self.gas = match self.runs {
            0 => gas,
            _ => (self.gas / 8).saturating_mul(7).saturating_add(gas / 8),
        };
        if self.runs >= RUNS {
            self.runs /= 2;
            self.keys.retain_mut(|(_, hits)| {
                *hits /= 2;
                *hits > 0
            });
        }
        self.runs = self.runs.saturating_add(1);
        for key in hot {
            let has_room = self.keys.len() < KEYS;
            match self.keys.iter_mut().find(|(known, _)| known == key) {
                Some((_, hits)) => *hits = hits.saturating_add(1),
                None if has_room => self.keys.push((*key, 1)),
                None => {}
            }
        }
    }

    /// What at least half of the runs wrote.
    fn likely(&self) -> impl Iterator<Item = u64> {
        let runs = self.runs;
        let likely = self
            .keys
            .iter()
            .filter(move |(_, hits)| hits.saturating_mul(2) >= runs);
        likely.map(|(key, _)| *key)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::arithmetic_side_effects)]
    use super::*;

    fn site(fine: u64, coarse: u64) -> Site {
        Site {
            fine,
            coarse,
            machine: None,
        }
    }

    #[test]
    fn the_addresses_that_a_call_names_tell_more_than_its_function() {
        let mut history = History::default();
        for _ in 0..10 {
            history.note(site(1, 0), 50_000, &[7]);
            history.note(site(2, 0), 50_000, &[]);
        }
        assert_eq!(history.keys(site(1, 0)).collect::<Vec<_>>(), [7]);
        assert_eq!(history.keys(site(2, 0)).count(), 0);
        // Half of those that call the function.
        assert_eq!(history.keys(site(3, 0)).collect::<Vec<_>>(), [7]);
        assert_eq!(history.keys(site(3, 4)).count(), 0);
    }

    #[test]
    fn what_is_no_longer_written_is_forgotten() {
        let mut history = History::default();
        for _ in 0..1_000 {
            history.note(site(1, 1), 50_000, &[7]);
        }
        for _ in 0..200 {
            history.note(site(1, 1), 20_000, &[]);
        }
        assert_eq!(history.keys(site(1, 1)).count(), 0);
        assert!(history.gas(site(1, 1)).is_some_and(|gas| gas < 21_000));
    }

    #[test]
    fn millions_of_sites_take_a_bounded_place() {
        let mut history = History::default();
        for number in 0..100_000 {
            let keys: Vec<u64> = (0..40).map(|key| number * 40 + key).collect();
            history.note(site(number, number + 1), 21_000, &keys);
        }
        assert_eq!(history.sites.len(), SITES.get());
        let keys = history.sites.iter().map(|(_, record)| record.keys.len());
        assert!(keys.max().is_some_and(|most| most <= KEYS));
    }
}
