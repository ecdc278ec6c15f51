//! Entries of the state that were read or written.

use alloc::{
    collections::{BTreeMap, BTreeSet},
    vec::Vec,
};

use super::{
    encoding::{decode, encode},
    value::Value,
};
use crate::{
    Change, Engine, StateKey, StatusCode, VmResult,
    code::{Code, GlobalKey, Type},
    function_value::Serializable,
    machine::Runtime,
};

/// One entry.
struct Entry {
    key: GlobalKey,
    ty: Type,
    /// Its BCS in the state; `None` if it is not there.
    stored: Option<Vec<u8>>,
    /// `None` if it is gone, or was forgotten.
    value: Option<Value>,
    /// Whether others may have changed it, so that references to it are stale.
    forgotten: bool,
}

/// All entries. Numbers stay valid, so that references can hold them.
#[derive(Default)]
pub(super) struct Globals {
    entries: Vec<Entry>,
    numbers: BTreeMap<(GlobalKey, Type), usize>,
}

pub(super) fn state_key(code: &Code, key: &GlobalKey, ty: Type) -> VmResult<StateKey> {
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
        key: &GlobalKey,
        ty: Type,
    ) -> VmResult<usize> {
        let place = (key.clone(), ty);
        if let Some(number) = self.numbers.get(&place) {
            return Ok(*number);
        }
        let stored = match state_key(rt.code, key, ty)? {
            StateKey::Resource(address, tag) => rt.host.resource(address, &tag)?,
            StateKey::Item(key) => rt.host.item(&key)?,
        };
        let bytes = stored.as_ref().map_or(0, |bcs| bcs.len() as u64);
        let schedule = &rt.engine.gas;
        let price = schedule
            .load_base
            .saturating_add(schedule.load_per_byte.saturating_mul(bytes));
        rt.gas.charge(price)?;
        let value = match &stored {
            Some(bcs) => Some(decode(rt, ty, bcs).map_err(|e| {
                if e.status() == StatusCode::MemoryLimitExceeded {
                    return e;
                }
                let error = crate::VmError::new(StatusCode::FailedToDeserializeResource);
                error.with_message(alloc::format!("{e}"))
            })?),
            None => None,
        };
        let number = self.entries.len();
        self.entries.push(Entry {
            key: key.clone(),
            ty,
            stored,
            value,
            forgotten: false,
        });
        self.numbers.insert(place, number);
        Ok(number)
    }

    /// The value of an entry.
    pub(super) fn value(&mut self, number: usize) -> VmResult<&mut Option<Value>> {
        match self.entries.get_mut(number) {
            Some(entry) if !entry.forgotten => Ok(&mut entry.value),
            _ => Err(StatusCode::GlobalReferenceError.into()),
        }
    }

    /// Forgets entries, so that they are loaded again when they are next used.
    pub(super) fn forget(&mut self, code: &Code, keys: &BTreeSet<StateKey>) -> VmResult<()> {
        for (number, entry) in self.entries.iter_mut().enumerate() {
            if entry.forgotten || !keys.contains(&state_key(code, &entry.key, entry.ty)?) {
                continue;
            }
            entry.forgotten = true;
            entry.value = None;
            self.numbers.retain(|_, n| *n != number);
        }
        Ok(())
    }

    /// How many entries there are, and bytes of their BCS as it is stored.
    pub(super) fn loaded(&self) -> (u64, u64) {
        let kept = self.entries.iter().filter(|entry| !entry.forgotten);
        kept.fold((0, 0), |(entries, bytes): (u64, u64), entry| {
            let length = entry.stored.as_ref().map_or(0, Vec::len) as u64;
            (entries.saturating_add(1), bytes.saturating_add(length))
        })
    }

    /// What has changed, by key. It counts as unchanged afterwards.
    pub(super) fn changes(&mut self, code: &Code, engine: &Engine) -> VmResult<Vec<Change>> {
        let allowed = Serializable::stored(engine);
        let mut changes = Vec::new();
        for entry in self.entries.iter_mut().filter(|entry| !entry.forgotten) {
            let now = match &entry.value {
                Some(value) => {
                    let mut bcs = Vec::new();
                    encode(code, allowed, value, &mut bcs)?;
                    Some(bcs)
                }
                None => None,
            };
            if now == entry.stored {
                continue;
            }
            let key = state_key(code, &entry.key, entry.ty)?;
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
