//! What one transaction changes.

use crate::{StateKey, Value, WriteSet};
use alloc::vec::{self, Vec};
use core::{iter, slice};

/// A change: a key and its new value, or `None` where it is deleted.
pub(crate) type Change = (StateKey, Option<Value>);

/// What one transaction changes, in the order of keys, each of which it has once. A list, because
/// most transactions change a handful, and to make a [`WriteSet`] of it takes longer than to find them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Writes(Vec<Change>);

impl Writes {
    /// The new value of a key, if the transaction changes it: `None` inside where it is deleted.
    pub fn get(&self, key: &StateKey) -> Option<&Option<Value>> {
        let place = self.0.binary_search_by(|(known, _)| known.cmp(key)).ok()?;
        self.0.get(place).map(|(_, value)| value)
    }

    /// Whether the transaction changes a key.
    pub fn contains_key(&self, key: &StateKey) -> bool {
        self.get(key).is_some()
    }

    /// The keys that it changes.
    pub fn keys(&self) -> impl Iterator<Item = &StateKey> {
        self.0.iter().map(|(key, _)| key)
    }

    /// All changes.
    pub fn iter(&self) -> impl Iterator<Item = (&StateKey, &Option<Value>)> {
        self.into_iter()
    }

    /// How many keys it changes.
    pub const fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether it changes nothing.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Changes in the order of their keys.
pub(crate) type Iter<'a> =
    iter::Map<slice::Iter<'a, Change>, fn(&Change) -> (&StateKey, &Option<Value>)>;

impl<'a> IntoIterator for &'a Writes {
    type Item = (&'a StateKey, &'a Option<Value>);
    type IntoIter = Iter<'a>;

    fn into_iter(self) -> Iter<'a> {
        self.0.iter().map(|(key, value)| (key, value))
    }
}

impl IntoIterator for Writes {
    type Item = Change;
    type IntoIter = vec::IntoIter<Change>;

    fn into_iter(self) -> vec::IntoIter<Change> {
        self.0.into_iter()
    }
}

/// Of changes of one key the last one counts.
impl FromIterator<Change> for Writes {
    fn from_iter<T: IntoIterator<Item = Change>>(changes: T) -> Self {
        let mut changes = Vec::from_iter(changes);
        // Stable, so that the last one stays the last.
        changes.sort_by(|(one, _), (other, _)| one.cmp(other));
        changes.dedup_by(|later, earlier| {
            let is_same = later.0 == earlier.0;
            if is_same {
                core::mem::swap(later, earlier);
            }
            is_same
        });
        Self(changes)
    }
}

impl From<Writes> for WriteSet {
    fn from(writes: Writes) -> Self {
        writes.into_iter().collect()
    }
}
