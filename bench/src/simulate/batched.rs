//! What batches of neighbouring transactions read and write, from what each of those does.

use super::step::{Accesses, Step};
use lumio_parallel::Plan;
use lumio_state::StateKey;
use std::{collections::HashMap, hash::Hash};

/// A block's batches as steps of the simulation.
pub(super) fn steps(transactions: &[Step], plan: &Plan) -> Vec<Step> {
    let batches = (0..plan.len()).map(|number| transactions.get(plan.batch(number)));
    batches.flatten().map(step).collect()
}

fn step(transactions: &[Step]) -> Step {
    let nanos: f64 = transactions.iter().map(|it| it.nanos).sum();
    let mut batch = Step {
        nanos,
        ..Step::default()
    };
    let mut before = 0.0;
    let mut writes = Latest::default();
    for transaction in transactions {
        for (key, at) in &transaction.reads {
            if writes.get(key) != Some(&false) {
                let at = (before + at * transaction.nanos) / nanos;
                batch.reads.push((*key, at));
            }
        }
        for (key, adds) in &transaction.writes {
            // To add to what was written is to write it.
            let is_written = writes.get(key) == Some(&false);
            writes.put(*key, *adds && !is_written);
        }
        before += transaction.nanos;
    }
    batch.writes = writes.list;
    batch
}

/// The reads and writes themselves.
pub(super) fn accesses(transactions: &[Accesses], plan: &Plan) -> Vec<Accesses> {
    let batches = (0..plan.len()).map(|number| transactions.get(plan.batch(number)));
    batches.flatten().map(accesses_of).collect()
}

fn accesses_of(transactions: &[Accesses]) -> Accesses {
    let mut reads = Vec::new();
    let mut writes = Latest::default();
    let mut credits = Latest::default();
    for transaction in transactions {
        let outside = transaction.reads.iter();
        reads.extend(outside.filter(|key| writes.get(*key).is_none()).cloned());
        for (key, value) in &transaction.writes {
            writes.put(key.clone(), value.clone());
        }
        for (owner, wei) in &transaction.credits {
            if writes.get(&StateKey::Balance(*owner)).is_none() {
                credits.put(*owner, *wei);
            }
        }
    }
    Accesses {
        reads,
        writes: writes.list,
        credits: credits.list,
    }
}

/// Keys in the order in which they were first put, with what was put last.
struct Latest<K, V> {
    places: HashMap<K, usize>,
    list: Vec<(K, V)>,
}

impl<K, V> Default for Latest<K, V> {
    fn default() -> Self {
        Self {
            places: HashMap::new(),
            list: Vec::new(),
        }
    }
}

impl<K: Clone + Eq + Hash, V> Latest<K, V> {
    fn get(&self, key: &K) -> Option<&V> {
        let place = self.places.get(key)?;
        self.list.get(*place).map(|(_, latest)| latest)
    }

    fn put(&mut self, key: K, value: V) {
        let place = self.places.get(&key);
        match place.and_then(|place| self.list.get_mut(*place)) {
            Some((_, latest)) => *latest = value,
            None => {
                self.places.insert(key.clone(), self.list.len());
                self.list.push((key, value));
            }
        }
    }
}
