//! Entries of the state that were read or written, each in a region of its own.

use alloc::{collections::BTreeSet, string::ToString, vec::Vec};
use hashbrown::HashMap;

use super::{
    Lowered,
    encoding::decode,
    memory::{Memory, Region, invariant, reference},
    shape::ShapeId,
    value::Walk,
};
use crate::{
    Change, StateKey, StatusCode, VmError, VmResult,
    code::{Code, GlobalKey, Type},
    function_value::Serializable,
    machine::Runtime,
};

/// One entry.
#[derive(Debug)]
struct Entry {
    key: GlobalKey,
    ty: Type,
    shape: ShapeId,
    /// Its BCS in the state; `None` if it is not there.
    stored: Option<Vec<u8>>,
    /// The region of its value; `None` if it is gone.
    region: Option<u64>,
    /// Whether it may have changed since it was stored.
    touched: bool,
    forgotten: bool,
}

/// All entries.
#[derive(Debug, Default)]
pub(super) struct Globals {
    entries: Vec<Entry>,
    numbers: HashMap<(GlobalKey, Type), usize>,
    has_forgotten: bool,
}

fn state_key(code: &Code, key: &GlobalKey, ty: Type) -> VmResult<StateKey> {
    Ok(match key {
        GlobalKey::Resource(address) => StateKey::Resource(*address, code.struct_tag(ty)?),
        GlobalKey::Item(key) => StateKey::Item(key.clone()),
    })
}

impl Globals {
    /// The number of an entry, which is loaded if it was not.
    pub(super) fn find(
        &mut self,
        rt: &mut Runtime<'_>,
        lowered: &mut Lowered,
        memory: &mut Memory,
        key: GlobalKey,
        ty: Type,
    ) -> VmResult<usize> {
        let place = (key, ty);
        if let Some(number) = self.numbers.get(&place) {
            return Ok(*number);
        }
        let stored = match state_key(rt.code, &place.0, ty)? {
            StateKey::Resource(address, tag) => rt.host.resource(address, &tag)?,
            StateKey::Item(key) => rt.host.item(&key)?,
        };
        let bytes = stored.as_ref().map_or(0, |bcs| bcs.len() as u64);
        let schedule = &rt.engine.gas;
        let price = schedule
            .load_base
            .saturating_add(schedule.load_per_byte.saturating_mul(bytes));
        rt.gas.charge(price)?;
        let shape = lowered.shapes.of(rt.code, rt.engine, ty)?;
        let mut region = None;
        if let Some(bcs) = &stored {
            let words = decode(rt, lowered, &mut memory.heap, ty, bcs).map_err(|e| {
                if e.status() == StatusCode::MemoryLimitExceeded {
                    return e;
                }
                let error = VmError::new(StatusCode::FailedToDeserializeResource);
                error.with_message(e.to_string())
            })?;
            region = Some(memory.heap.allocate(Region::Words(words))?);
        }
        let number = self.entries.len();
        let key = place.0.clone();
        let (touched, forgotten) = (false, false);
        self.entries.push(Entry {
            key,
            ty,
            shape,
            stored,
            region,
            touched,
            forgotten,
        });
        self.numbers.insert(place, number);
        Ok(number)
    }

    fn entry(&mut self, number: usize) -> VmResult<&mut Entry> {
        self.entries
            .get_mut(number)
            .ok_or_else(|| invariant("there is no such entry"))
    }

    pub(super) fn exists(&mut self, number: usize) -> VmResult<bool> {
        Ok(self.entry(number)?.region.is_some())
    }

    /// A reference to the value.
    pub(super) fn borrow(&mut self, number: usize, mutable: bool) -> VmResult<u64> {
        let entry = self.entry(number)?;
        let region = entry
            .region
            .ok_or_else(|| VmError::new(StatusCode::MissingData))?;
        entry.touched |= mutable;
        Ok(reference(region, 0))
    }

    /// Takes the value's words.
    pub(super) fn take(&mut self, memory: &mut Memory, number: usize) -> VmResult<Vec<u64>> {
        let entry = self.entry(number)?;
        let region = entry
            .region
            .take()
            .ok_or_else(|| VmError::new(StatusCode::MissingData))?;
        entry.touched = true;
        match memory.heap.take(region) {
            Region::Words(words) => Ok(words),
            Region::Bytes(_) | Region::Free => Err(invariant("an entry has no words")),
        }
    }

    /// Puts a value there.
    pub(super) fn put(
        &mut self,
        memory: &mut Memory,
        number: usize,
        words: Vec<u64>,
    ) -> VmResult<()> {
        let entry = self.entry(number)?;
        if entry.region.is_some() {
            return Err(StatusCode::ResourceAlreadyExists.into());
        }
        entry.region = Some(memory.heap.allocate(Region::Words(words))?);
        entry.touched = true;
        Ok(())
    }

    /// Forgets entries. Their regions stay behind empty, so that references into them fail.
    pub(super) fn forget(
        &mut self,
        walk: &Walk<'_>,
        memory: &mut Memory,
        keys: &BTreeSet<StateKey>,
    ) -> VmResult<()> {
        for (number, entry) in self.entries.iter_mut().enumerate() {
            if entry.forgotten || !keys.contains(&state_key(walk.code, &entry.key, entry.ty)?) {
                continue;
            }
            entry.forgotten = true;
            self.has_forgotten = true;
            self.numbers.retain(|_, n| *n != number);
            let Some(region) = entry.region.take() else {
                continue;
            };
            memory.heap.set_retiring(true);
            let dropped = match memory.heap.take(region) {
                Region::Words(words) => walk.drop(&mut memory.heap, &words, entry.shape),
                Region::Bytes(_) | Region::Free => Ok(()),
            };
            memory.heap.set_retiring(false);
            dropped?;
        }
        Ok(())
    }

    /// Whether references may be stale.
    pub(super) const fn has_forgotten(&self) -> bool {
        self.has_forgotten
    }

    /// How many entries there are, and bytes of their BCS as it is stored.
    pub(super) fn loaded(&self) -> (u64, u64) {
        let kept = self.entries.iter().filter(|entry| !entry.forgotten);
        kept.fold((0, 0), |(entries, bytes): (u64, u64), entry| {
            let length = entry.stored.as_ref().map_or(0, Vec::len) as u64;
            (entries.saturating_add(1), bytes.saturating_add(length))
        })
    }

    /// What has changed, by key. It counts as unchanged afterwards, but what is borrowed mutably
    /// may go on changing, so entries stay touched.
    pub(super) fn changes(
        &mut self,
        walk: &Walk<'_>,
        memory: &mut Memory,
        allowed: Serializable,
    ) -> VmResult<Vec<Change>> {
        let mut changes = Vec::new();
        for entry in self
            .entries
            .iter_mut()
            .filter(|e| e.touched && !e.forgotten)
        {
            let now = match entry.region {
                Some(region) => {
                    let mut bcs = Vec::new();
                    let words = memory.heap.words(region)?;
                    walk.encode(&memory.heap, allowed, words, entry.shape, &mut bcs)?;
                    Some(bcs)
                }
                None => None,
            };
            if now == entry.stored {
                continue;
            }
            let key = state_key(walk.code, &entry.key, entry.ty)?;
            changes.push(Change {
                key,
                value: now.clone(),
                existed: entry.stored.is_some(),
            });
            entry.stored = now;
        }
        changes.sort_by(|a, b| a.key.cmp(&b.key));
        Ok(changes)
    }
}
