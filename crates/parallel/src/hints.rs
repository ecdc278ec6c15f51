//! Which transactions probably follow each other: those that have a party in common.

use lumio_block_stm::Workers;
use smallvec::SmallVec;
use std::sync::{
    OnceLock,
    atomic::{AtomicUsize, Ordering},
};

/// Transactions whose parties a thread looks up at a time.
const AT_ONCE: usize = 64;
/// Fewest transactions for which waking threads to look parties up is worth it.
const FEWEST: usize = 256;

/// What two transactions may have in common, as a hash: a wrong hint changes nothing.
pub(crate) type Party = u64;

/// Lists of numbers, one for each transaction of some in a row.
#[derive(Clone, Debug)]
struct Lists<T> {
    ends: Vec<usize>,
    all: Vec<T>,
}

impl<T> Default for Lists<T> {
    fn default() -> Self {
        Self {
            ends: Vec::new(),
            all: Vec::new(),
        }
    }
}

impl<T> Lists<T> {
    fn push(&mut self, list: impl IntoIterator<Item = T>) {
        self.all.extend(list);
        self.ends.push(self.all.len());
    }

    fn get(&self, number: usize) -> &[T] {
        let before = number.checked_sub(1);
        let begin = before.and_then(|before| self.ends.get(before).copied());
        let end = self.ends.get(number).copied().unwrap_or_default();
        self.all.get(begin.unwrap_or_default()..end).unwrap_or_default()
    }
}

/// For each transaction of a block the earlier ones that it probably depends on.
#[derive(Clone, Debug, Default)]
pub(crate) struct Hints(Lists<usize>);

impl Hints {
    /// Of so many transactions.
    pub(crate) const fn len(&self) -> usize {
        self.0.ends.len()
    }

    /// Those of a transaction.
    pub(crate) fn of(&self, transaction: usize) -> &[usize] {
        self.0.get(transaction)
    }

    /// Puts down the next transaction's.
    pub(crate) fn push(&mut self, earlier: impl IntoIterator<Item = usize>) {
        self.0.push(earlier);
    }
}

/// What each transaction of a block may have in common with others, some transactions at a time.
#[derive(Debug, Default)]
pub struct Parties(Vec<Lists<Party>>);

/// Which transaction each party was in last. Where two parties meet in a place, the earlier one is
/// forgotten: a hint that is lost changes nothing, and to look is all that it takes.
struct Last {
    /// Half of a party's hash; the other half is its place.
    places: Vec<Option<(u32, u32)>>,
}

/// Places for each transaction, so that parties seldom meet.
const PLACES_EACH: usize = 8;

impl Last {
    fn new(transactions: usize) -> Self {
        let places = transactions.saturating_mul(PLACES_EACH).next_power_of_two();
        Self {
            places: vec![None; places],
        }
    }

    fn replace(&mut self, party: Party, number: usize) -> Option<usize> {
        let [tag, place] = [party >> 32, party & u64::from(u32::MAX)];
        let [tag, number] = [u32::try_from(tag).ok()?, u32::try_from(number).ok()?];
        let place = usize::try_from(place).ok()? & self.places.len().saturating_sub(1);
        let before = self.places.get_mut(place)?.replace((tag, number));
        let (_, earlier) = before.filter(|(it, _)| *it == tag)?;
        usize::try_from(earlier).ok()
    }
}

impl Parties {
    /// Those that `tell` tells of each transaction.
    pub(crate) fn of<T: Sync>(
        transactions: &[T],
        workers: Option<&dyn Workers>,
        tell: impl Fn(&T, &mut SmallVec<[Party; 8]>) + Sync,
    ) -> Self {
        let some = |transactions: &[T]| {
            let mut lists = Lists::default();
            for transaction in transactions {
                let mut parties = SmallVec::new();
                tell(transaction, &mut parties);
                lists.push(parties);
            }
            lists
        };
        let workers = workers.filter(|_| transactions.len() >= FEWEST);
        let Some(workers) = workers else {
            return Self(vec![some(transactions)]);
        };
        let chunks: Vec<_> = transactions.chunks(AT_ONCE).collect();
        let lists: Vec<_> = chunks.iter().map(|_| OnceLock::new()).collect();
        let next = AtomicUsize::new(0);
        workers.on_each(&|| {
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                let (Some(chunk), Some(place)) = (chunks.get(number), lists.get(number)) else {
                    return;
                };
                place.get_or_init(|| some(chunk));
            }
        });
        let lists = lists.into_iter();
        Self(lists.map(|it| it.into_inner().unwrap_or_default()).collect())
    }

    /// For each transaction the earlier ones with which it has something in common: with each
    /// party the last one.
    pub(crate) fn hints(&self) -> Hints {
        let transactions = self.0.iter().map(|lists| lists.ends.len()).sum();
        let mut last = Last::new(transactions);
        let mut hints = Hints::default();
        for lists in &self.0 {
            for at in 0..lists.ends.len() {
                let number = hints.len();
                let earlier = lists.get(at).iter();
                let earlier = earlier.filter_map(|party| last.replace(*party, number));
                hints.push(earlier.filter(|earlier| *earlier < number));
            }
        }
        hints
    }
}

