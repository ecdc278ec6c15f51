//! Blocks of small random programs, and what they come to one after another.
#![allow(dead_code, reason = "each test uses some of it")]

use lumio_block_stm::{Added, Block, Outcome, Ran, Stopped, View, Writes};
use proptest::prelude::*;
use std::{
    collections::BTreeMap,
    hash::{Hash, Hasher},
};

/// A step of a transaction. What it reads goes into everything that it does afterwards.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Step {
    Read(u16),
    /// Reads the key whose number it has read before.
    ReadThrough(u16),
    Write(u16),
    /// Writes only when what it has read is odd, so that the keys it writes differ between runs.
    WriteIfOdd(u16),
    Add(u16, u32),
    /// Adds up everything that was written so far.
    Scan,
    /// Ends the transaction when what it has read is odd.
    StopIfOdd,
}

/// A key of a block, by its number.
pub(crate) trait Key: Copy + Eq + Hash + Send + Sync + From<u16> + Into<u16> {}

impl<K: Copy + Eq + Hash + Send + Sync + From<u16> + Into<u16>> Key for K {}

/// A key that two others have the same hash as, whatever hashes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Alike(u16);

impl Hash for Alike {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        (self.0 / 3).hash(hasher);
    }
}

impl From<u16> for Alike {
    fn from(number: u16) -> Self {
        Self(number)
    }
}

impl From<Alike> for u16 {
    fn from(key: Alike) -> Self {
        key.0
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Program<K = u16> {
    pub transactions: Vec<Vec<Step>>,
    pub keys: u16,
    /// Keys to which may be added without reading them.
    pub sums: Vec<K>,
    pub hints: Vec<Option<usize>>,
    pub broken: Option<u16>,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Broken;

/// What a transaction does to a key.
#[derive(Clone, Copy)]
enum Write {
    Set(u64),
    Add(u64),
}

/// What one transaction writes.
type Changes = BTreeMap<u16, Write>;

/// Outputs, and the state after.
pub(crate) type Summary = (Vec<u64>, BTreeMap<u16, u64>);

fn mix(sum: u64, value: u64) -> u64 {
    (sum ^ value)
        .wrapping_mul(0x9e37_79b9_7f4a_7c15)
        .rotate_left(23)
}

fn base(key: u16) -> u64 {
    u64::from(key).wrapping_mul(77)
}

impl Program {
    /// The same with keys of which three each have the same hash.
    pub(crate) fn alike(self) -> Program<Alike> {
        Program {
            transactions: self.transactions,
            keys: self.keys,
            sums: self.sums.into_iter().map(Alike).collect(),
            hints: self.hints,
            broken: self.broken,
        }
    }
}

impl<K: Key> Program<K> {
    pub(crate) fn summary(&self, outcome: Outcome<Self>) -> Summary {
        let writes = outcome.writes.into_iter().flatten();
        let writes = writes.map(|(key, value)| (key.into(), value));
        (outcome.outputs, writes.collect())
    }

    /// One transaction over any state.
    fn step<E>(
        &self,
        transaction: usize,
        mut read: impl FnMut(u16) -> Result<u64, E>,
        mut scan: impl FnMut() -> Result<u64, E>,
    ) -> Result<(u64, Changes), E> {
        let mut sum = transaction as u64;
        let mut writes: Changes = BTreeMap::new();
        for step in &self.transactions[transaction] {
            let mut get = |key: u16, writes: &Changes| match writes.get(&key) {
                Some(Write::Set(value)) => Ok(*value),
                Some(Write::Add(delta)) => Ok(read(key)?.wrapping_add(*delta)),
                None => read(key),
            };
            match *step {
                Step::Read(key) => sum = mix(sum, get(key, &writes)?),
                Step::ReadThrough(key) => {
                    let next = (get(key, &writes)? % u64::from(self.keys)) as u16;
                    sum = mix(sum, get(next, &writes)?);
                }
                Step::Write(key) => {
                    writes.insert(key, Write::Set(mix(sum, 1)));
                }
                Step::WriteIfOdd(key) if sum % 2 == 1 => {
                    writes.insert(key, Write::Set(mix(sum, 2)));
                }
                Step::WriteIfOdd(_) => {}
                Step::Add(key, delta) => {
                    let delta = u64::from(delta);
                    let write = match writes.get(&key) {
                        Some(Write::Set(value)) => Write::Set(value.wrapping_add(delta)),
                        Some(Write::Add(before)) => Write::Add(before.wrapping_add(delta)),
                        None => Write::Add(delta),
                    };
                    writes.insert(key, write);
                }
                Step::Scan => sum = mix(sum, scan()?),
                Step::StopIfOdd if sum % 2 == 1 => break,
                Step::StopIfOdd => {}
            }
        }
        Ok((sum, writes))
    }
}

impl<K: Key> Block for Program<K> {
    type Key = K;
    type Value = u64;
    type Delta = u64;
    type Output = u64;
    type Error = Broken;

    fn len(&self) -> usize {
        self.transactions.len()
    }

    fn run(&self, transaction: usize, view: &View<'_, Self>) -> Result<Ran<Self>, Stopped<Self>> {
        let scan = || {
            let written = view.written(|_| true)?;
            let values = written.into_iter();
            Ok(values.fold(0, |sum: u64, (key, value)| {
                sum.wrapping_add(mix(u64::from(key.into()), value))
            }))
        };
        let read = |key: u16| view.read(&key.into());
        let (output, writes) = self.step(transaction, read, scan)?;
        let mut ran = Ran {
            writes: Writes::default(),
            added: Added::<Self>::new(),
            output,
        };
        for (key, write) in writes {
            let key = K::from(key);
            match (write, view.sum(&key)) {
                (Write::Set(value), _) => ran.writes.insert(view.hash(&key), key, value),
                (Write::Add(delta), Some(sum)) => ran.added.push((sum, delta)),
                (Write::Add(delta), None) => {
                    let value = view.read(&key)?.wrapping_add(delta);
                    ran.writes.insert(view.hash(&key), key, value);
                }
            }
        }
        Ok(ran)
    }

    fn base(&self, key: &K) -> Result<u64, Broken> {
        let key = (*key).into();
        if self.broken == Some(key) {
            return Err(Broken);
        }
        Ok(base(key))
    }

    fn add(&self, value: &u64, delta: &u64) -> Result<u64, Broken> {
        Ok(value.wrapping_add(*delta))
    }

    fn sums(&self) -> &[K] {
        &self.sums
    }

    fn follows(&self, transaction: usize) -> impl Iterator<Item = usize> {
        self.hints.get(transaction).copied().flatten().into_iter()
    }
}

/// The block one transaction after another over a map, without anything of the crate.
pub(crate) fn plainly<K: Key>(program: &Program<K>) -> Summary {
    let mut state: BTreeMap<u16, u64> = BTreeMap::new();
    let mut outputs = Vec::new();
    for transaction in 0..program.transactions.len() {
        let read = |key| Ok::<u64, Broken>(state.get(&key).copied().unwrap_or_else(|| base(key)));
        let scan = || {
            Ok(state.iter().fold(0, |sum: u64, (key, value)| {
                sum.wrapping_add(mix(u64::from(*key), *value))
            }))
        };
        let (output, writes) = program.step(transaction, read, scan).unwrap();
        outputs.push(output);
        for (key, write) in writes {
            let value = match write {
                Write::Set(value) => value,
                Write::Add(delta) => {
                    let before = state.get(&key).copied().unwrap_or_else(|| base(key));
                    before.wrapping_add(delta)
                }
            };
            state.insert(key, value);
        }
    }
    (outputs, state)
}

fn plain(transactions: Vec<Vec<Step>>, keys: u16) -> Program {
    Program {
        hints: vec![None; transactions.len()],
        transactions,
        keys,
        sums: (0..keys.min(2)).collect(),
        broken: None,
    }
}

/// Random transactions over so many keys.
pub(crate) fn random(keys: u16, transactions: usize) -> impl Strategy<Value = Program> {
    let key = move || 0..keys;
    let step = prop_oneof![
        8 => key().prop_map(Step::Read),
        3 => key().prop_map(Step::ReadThrough),
        6 => key().prop_map(Step::Write),
        3 => key().prop_map(Step::WriteIfOdd),
        4 => (key(), any_delta()).prop_map(|(key, delta)| Step::Add(key, delta)),
        2 => Just(Step::StopIfOdd),
    ];
    let with_scan = (step, 0..400_u32).prop_map(|(step, rare)| match rare {
        0 => Step::Scan,
        _ => step,
    });
    let transaction = prop::collection::vec(with_scan, 0..8);
    let hints = prop::collection::vec(
        prop::option::weighted(0.2, any::<prop::sample::Index>()),
        transactions,
    );
    (prop::collection::vec(transaction, 0..transactions), hints).prop_map(
        move |(transactions, hints)| {
            let hints = hints.into_iter().enumerate();
            Program {
                hints: hints
                    .map(|(later, hint)| hint.filter(|_| later > 0).map(|hint| hint.index(later)))
                    .collect(),
                ..plain(transactions, keys)
            }
        },
    )
}

fn any_delta() -> impl Strategy<Value = u32> {
    prop_oneof![Just(0), any::<u32>()]
}

/// Transactions that write apart and add to one key.
pub(crate) fn adding(transactions: u16) -> Program {
    let each = |number: u16| {
        vec![
            Step::Read(number + 1),
            Step::Write(number + 1),
            Step::Add(0, 5),
        ]
    };
    plain((0..transactions).map(each).collect(), transactions + 1)
}

/// Transactions that all read and write one key.
pub(crate) fn chain(transactions: usize, hints: bool) -> Program {
    let program = plain(vec![vec![Step::Read(0), Step::Write(0)]; transactions], 1);
    if !hints {
        return program;
    }
    let hints = (0..transactions)
        .map(|later| later.checked_sub(1))
        .collect();
    Program { hints, ..program }
}

/// Transactions apart from each other, of which one reads what cannot be read.
pub(crate) fn broken(transactions: u16) -> Program {
    Program {
        broken: Some(7),
        ..adding(transactions)
    }
}
