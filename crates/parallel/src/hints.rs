//! Which transactions probably follow each other: those that have a party in common.

use smallvec::SmallVec;
use std::{
    mem,
    sync::{
        OnceLock,
        atomic::{AtomicUsize, Ordering},
    },
};

/// Transactions whose parties a thread looks up at a time.
const AT_ONCE: usize = 64;
/// Parties that a usual transaction has, or fewer.
const PARTIES: usize = 4;

/// What two transactions may have in common, by a hash: a wrong hint changes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Party(u64);

impl Party {
    /// What a transaction declares.
    pub(crate) const fn declared(hash: u64) -> Self {
        Self(hash & !1)
    }

    /// What it may only name.
    pub(crate) const fn named(hash: u64) -> Self {
        Self(hash | 1)
    }

    const fn is_only_named(self) -> bool {
        self.0 & 1 == 1
    }
}

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
    /// With space for so many lists, and for so many numbers in all of them.
    fn with_capacity(lists: usize, all: usize) -> Self {
        Self {
            ends: Vec::with_capacity(lists),
            all: Vec::with_capacity(all),
        }
    }

    fn push(&mut self, list: impl IntoIterator<Item = T>) {
        self.all.extend(list);
        self.ends.push(self.all.len());
    }

    fn get(&self, number: usize) -> &[T] {
        let before = number.checked_sub(1);
        let begin = before.and_then(|before| self.ends.get(before).copied());
        let end = self.ends.get(number).copied().unwrap_or_default();
        self.all
            .get(begin.unwrap_or_default()..end)
            .unwrap_or_default()
    }
}

/// For each transaction of a block the earlier ones that it probably depends on.
#[derive(Clone, Debug, Default)]
pub(crate) struct Hints {
    earlier: Lists<usize>,
    /// How many transactions call nothing.
    plain: usize,
}

impl Hints {
    /// Of so many transactions.
    pub(crate) const fn len(&self) -> usize {
        self.earlier.ends.len()
    }

    /// Those of a transaction.
    pub(crate) fn of(&self, transaction: usize) -> &[usize] {
        self.earlier.get(transaction)
    }

    /// How many transactions call nothing, so that they take much less time than others.
    pub(crate) const fn plain(&self) -> usize {
        self.plain
    }

    /// Puts down the next transaction's.
    pub(crate) fn push(&mut self, earlier: impl IntoIterator<Item = usize>) {
        self.earlier.push(earlier);
    }
}

/// What each transaction of a block may have in common with others, some transactions at a time.
#[derive(Debug)]
pub struct Parties {
    /// Each made by one thread.
    lists: Vec<OnceLock<Lists<Party>>>,
    /// How many transactions call nothing.
    plain: AtomicUsize,
}

/// Whether a transaction runs any code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Calls {
    Nothing,
    Something,
}

/// Parties that are being looked up, by several threads.
pub(crate) struct Gathering<'t, T, F> {
    chunks: Vec<&'t [T]>,
    parties: Parties,
    tell: F,
    next: AtomicUsize,
    done: AtomicUsize,
}

impl<'t, T, F: Fn(&T, &mut SmallVec<[Party; 8]>) -> Calls> Gathering<'t, T, F> {
    /// Of those that `tell` tells of each transaction, and whether it calls anything.
    pub(crate) fn new(transactions: &'t [T], tell: F) -> Self {
        let chunks: Vec<_> = transactions.chunks(AT_ONCE).collect();
        Self {
            parties: Parties {
                lists: chunks.iter().map(|_| OnceLock::new()).collect(),
                plain: AtomicUsize::new(0),
            },
            chunks,
            tell,
            next: AtomicUsize::new(0),
            done: AtomicUsize::new(0),
        }
    }

    /// Looks parties up as long as there are any to be. Whether this thread ended it: it is the
    /// one who may ask for them.
    pub(crate) fn work(&self) -> bool {
        let mut ended = false;
        loop {
            let number = self.next.fetch_add(1, Ordering::Relaxed);
            let place = self.parties.lists.get(number);
            let (Some(chunk), Some(place)) = (self.chunks.get(number), place) else {
                return ended;
            };
            place.get_or_init(|| {
                let all = chunk.len().saturating_mul(PARTIES);
                let mut lists = Lists::with_capacity(chunk.len(), all);
                let mut plain = 0;
                for transaction in *chunk {
                    let mut parties = SmallVec::new();
                    let calls = (self.tell)(transaction, &mut parties);
                    plain += usize::from(calls == Calls::Nothing);
                    lists.push(parties);
                }
                self.parties.plain.fetch_add(plain, Ordering::Relaxed);
                lists
            });
            let before = self.done.fetch_add(1, Ordering::AcqRel);
            ended = before.saturating_add(1) == self.chunks.len();
        }
    }

    /// What was found.
    pub(crate) const fn parties(&self) -> &Parties {
        &self.parties
    }

    /// The same, to keep.
    pub(crate) fn into_parties(self) -> Parties {
        self.parties
    }
}

/// Which transaction each party was in last, and how many only name it.
struct Last {
    places: Vec<Place>,
}

#[derive(Clone, Copy, Default)]
struct Place {
    /// Half of a party's hash; the other half says where to look for it.
    tag: u32,
    /// One more than the number of the last transaction; none without.
    next: u32,
    /// Transactions that only name it.
    named: u32,
}

/// Places for each transaction.
const PLACES_EACH: usize = 4;
/// Places in which a party may be. Where all are taken, the one that is named least is forgotten: a
/// hint that is lost changes nothing, but without its count what all name would put all in line.
const PROBES: usize = 4;

impl Last {
    fn new(transactions: usize) -> Self {
        let places = transactions.saturating_mul(PLACES_EACH).next_power_of_two();
        Self {
            places: vec![Place::default(); places],
        }
    }

    fn place(&mut self, Party(hash): Party) -> Option<&mut Place> {
        let last = self.places.len().saturating_sub(1);
        let first = usize::try_from(hash >> 1).ok()?;
        // None of a party that is there.
        let tag = u32::try_from(hash >> 32).ok()? | 1;
        let places = || (0..PROBES).map(|probe| first.wrapping_add(probe) & last);
        let its = |place: &Place| place.tag == tag || place.tag == 0;
        let found = places().find(|place| self.places.get(*place).is_some_and(its));
        let named = |place: &usize| self.places.get(*place).map(|place| place.named);
        let found = found.or_else(|| places().min_by_key(named));
        let place = self.places.get_mut(found?)?;
        if place.tag != tag {
            *place = Place {
                tag,
                ..Place::default()
            };
        }
        Some(place)
    }

    fn name(&mut self, party: Party) {
        if party.is_only_named()
            && let Some(place) = self.place(party)
        {
            place.named = place.named.saturating_add(1);
        }
    }

    /// Puts a transaction in its party's place, and gives the last one that was there.
    fn replace(&mut self, party: Party, number: usize, often: u32) -> Option<usize> {
        let place = self.place(party)?;
        if party.is_only_named() && place.named > often {
            return None;
        }
        let next = u32::try_from(number).ok()?.checked_add(1)?;
        let before = mem::replace(&mut place.next, next);
        usize::try_from(before).ok()?.checked_sub(1)
    }
}

/// A party that more than one in so many transactions only name is more likely read than written,
/// such as a token's contract.
const NAMED_SHARE: usize = 16;
/// In a short block, so many may.
const NAMED_LEAST: usize = 4;

impl Parties {
    /// For each transaction the earlier ones with which it has something in common: with each
    /// party the last one.
    pub(crate) fn hints(&self) -> Hints {
        let lists = || self.lists.iter().filter_map(OnceLock::get);
        let transactions: usize = lists().map(|lists| lists.ends.len()).sum();
        let often = (transactions / NAMED_SHARE).max(NAMED_LEAST);
        let often = u32::try_from(often).unwrap_or(u32::MAX);
        let mut last = Last::new(transactions);
        for party in lists().flat_map(|lists| &lists.all) {
            last.name(*party);
        }
        let mut hints = Hints {
            earlier: Lists::with_capacity(transactions, transactions),
            plain: self.plain.load(Ordering::Relaxed),
        };
        for lists in lists() {
            for at in 0..lists.ends.len() {
                let number = hints.len();
                let earlier = lists.get(at).iter();
                let earlier = earlier.filter_map(|party| last.replace(*party, number, often));
                hints.push(earlier.filter(|earlier| *earlier < number));
            }
        }
        hints
    }
}

#[cfg(test)]
mod tests {
    use super::{Calls, Gathering, Hints, Party};

    /// Far apart, as hashes are.
    const fn hash(number: u64) -> u64 {
        (number + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    }

    fn hints(transactions: &[Vec<Party>]) -> Hints {
        let gathering = Gathering::new(transactions, |parties, found| {
            found.extend(parties.iter().copied());
            Calls::Something
        });
        assert!(gathering.work(), "nobody else ends it");
        gathering.parties().hints()
    }

    #[test]
    fn each_follows_the_last_one_of_each_of_its_parties() {
        let of = |parties: &[u64]| {
            parties
                .iter()
                .map(|it| Party::declared(hash(*it)))
                .collect()
        };
        let mut block = vec![of(&[0, 1]), of(&[2, 3]), of(&[1, 2]), of(&[4])];
        // Over the end of what is looked up at a time.
        block.extend((5..200).map(|party| of(&[party])));
        block.push(of(&[1, 7]));
        let hints = hints(&block);
        assert_eq!(hints.of(2), [0, 1]);
        assert!(hints.of(1).is_empty() && hints.of(3).is_empty() && hints.of(100).is_empty());
        assert_eq!(hints.of(199), [2, 6]);
    }

    #[test]
    fn a_party_that_most_only_name_puts_nobody_in_line() {
        let token = Party::named(hash(1_000));
        let holder = |number| Party::named(hash(number));
        let mut block: Vec<_> = (0..400).map(|number| vec![token, holder(number)]).collect();
        block.push(vec![token, holder(7)]);
        let hints = hints(&block);
        assert!((0..400).all(|number| hints.of(number).is_empty()));
        assert_eq!(hints.of(400), [7]);
    }

    #[test]
    fn what_most_only_name_is_not_forgotten_in_a_crowd() {
        for seed in 0..200 {
            // Here and there in the table, as those of a real hash.
            let party = |number: u64| {
                let far = hash(seed * 1_000_000 + number);
                hash((far ^ (far >> 31)) >> 4).rotate_left(29)
            };
            let each = |number: u64| {
                let own = (1..4).map(|it| Party::declared(party(number * 4 + it)));
                own.chain([Party::named(party(0))]).collect()
            };
            let block: Vec<Vec<_>> = (0..1_000).map(each).collect();
            let hints = hints(&block);
            assert!((0..1_000).all(|number| hints.of(number).is_empty()));
        }
    }

    #[test]
    fn who_names_a_party_follows_who_declares_it() {
        let declares = vec![Party::declared(hash(3))];
        let names = vec![Party::named(hash(3))];
        assert_eq!(hints(&[declares, names]).of(1), [0]);
    }

    #[test]
    fn hardly_a_hint_is_lost() {
        // A thousand parties, twice each.
        let once = || (0..1_000).map(|party| vec![Party::declared(hash(party))]);
        let block: Vec<_> = once().chain(once()).collect();
        let hints = hints(&block);
        let found = (1_000..2_000).filter(|number| hints.of(*number) == [number - 1_000]);
        assert!(found.count() > 990);
    }
}
