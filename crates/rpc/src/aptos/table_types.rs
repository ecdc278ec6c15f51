//! Types of tables' keys and values. A table's items do not tell them; the
//! struct that holds the table does, and it is seldom written with them. The
//! indexer meets every struct that ever was written, and shares what it learns.

use super::{
    backend::{Change, Result, Transaction},
    indexer::Pace,
    types::Types,
};
use lumio_move_engine::{
    Address, Layout, MoveValue, StatusCode, StructTag, TypeTag, VmError, VmResult,
};
use parking_lot::{Condvar, Mutex};
use std::{
    collections::BTreeMap,
    fmt,
    sync::Arc,
    time::{Duration, Instant},
};

/// Types of keys and values.
pub(super) type Pair = Arc<(TypeTag, TypeTag)>;

/// Types by handle. A handle is a hash of what made it, so what is known of one
/// holds on every branch of the chain.
///
/// Clones share what they know: give the API and the indexer the same, and the
/// API shows items of tables that the indexer has met.
#[derive(Clone, Default)]
pub struct TableTypes(Arc<Known>);

#[derive(Default)]
struct Known {
    pairs: Mutex<BTreeMap<Address, Pair>>,
    /// The version up to which a follower has met everything, if there is one.
    followed: Mutex<Option<u64>>,
    moved: Condvar,
    pace: Pace,
}

impl fmt::Debug for TableTypes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TableTypes").finish_non_exhaustive()
    }
}

impl TableTypes {
    /// The types of a table, if a struct that holds it has been seen.
    pub(super) fn get(&self, handle: &Address) -> Option<Pair> {
        self.0.pairs.lock().get(handle).cloned()
    }

    /// Says that somebody follows the chain, and has met everything up to a
    /// version.
    pub(super) fn followed(&self, version: u64) {
        *self.0.followed.lock() = Some(version);
        self.0.moved.notify_all();
    }

    /// How fast the follower goes.
    pub(super) fn pace(&self) -> &Pace {
        &self.0.pace
    }

    /// Waits until a follower, if there is one, has met a version.
    pub(super) fn wait_for(&self, version: u64, patience: Duration) {
        let until = Instant::now().checked_add(patience);
        self.0.pace.ask();
        let mut followed = self.0.followed.lock();
        while followed.is_some_and(|followed| followed < version) {
            let Some(until) = until else { return };
            if self.0.moved.wait_until(&mut followed, until).timed_out() {
                return;
            }
        }
    }

    /// Learns of the tables that a transaction wrote, wherever they are held.
    pub(super) fn learn(&self, types: &mut Types<'_>, transaction: &Transaction) -> Result<()> {
        let mut items = Vec::new();
        for change in &transaction.changes {
            match change {
                Change::Resource {
                    tag,
                    value: Some(bcs),
                    ..
                } => {
                    self.look(types, &TypeTag::Struct(Box::new(tag.clone())), bcs)?;
                }
                Change::TableItem {
                    handle,
                    value: Some(bcs),
                    types: known,
                    ..
                } => {
                    if let Some(known) = known {
                        let known = Arc::new(known.clone());
                        self.0.pairs.lock().entry(*handle).or_insert(known);
                    }
                    items.push((handle, bcs));
                }
                Change::Resource { .. } | Change::TableItem { .. } | Change::Module { .. } => {}
            }
        }
        // Tables in tables: each round knows one more level.
        loop {
            let before = items.len();
            let mut unknown = Vec::new();
            for (handle, bcs) in items {
                match self.get(handle) {
                    Some(known) => self.look(types, &known.1, bcs)?,
                    None => unknown.push((handle, bcs)),
                }
            }
            if unknown.is_empty() || unknown.len() == before {
                return Ok(());
            }
            items = unknown;
        }
    }

    /// Looks for tables in a value.
    fn look(&self, types: &mut Types<'_>, tag: &TypeTag, bcs: &[u8]) -> Result<()> {
        let Some(layout) = types.find_layout(tag)?.filter(|layout| holds(layout)) else {
            return Ok(());
        };
        // What a function value captures is not looked into.
        let mut nothing = |_: &TypeTag| -> VmResult<Layout> {
            Err(VmError::new(StatusCode::TypeResolutionFailure))
        };
        if let Ok(value) = layout.decode(bcs, &mut nothing) {
            self.collect(&layout, &value);
        }
        Ok(())
    }

    fn collect(&self, layout: &Layout, value: &MoveValue) {
        match (layout, value) {
            (Layout::Struct { tag, .. }, MoveValue::Struct(values)) if is_table(tag) => {
                if let ([key, value], [MoveValue::Address(handle)]) =
                    (tag.type_arguments.as_slice(), values.as_slice())
                {
                    let mut known = self.0.pairs.lock();
                    let types = || Arc::new((key.clone(), value.clone()));
                    known.entry(*handle).or_insert_with(types);
                }
            }
            (Layout::Struct { fields, .. }, MoveValue::Struct(values)) => {
                for ((_, layout), value) in fields.iter().zip(values) {
                    self.collect(layout, value);
                }
            }
            (Layout::Enum { variants, .. }, MoveValue::Variant(number, values)) => {
                let fields = variants.get(usize::from(*number));
                for ((_, layout), value) in fields.iter().flat_map(|(_, f)| f).zip(values) {
                    self.collect(layout, value);
                }
            }
            (Layout::Vector(element), MoveValue::Vector(values)) => {
                for value in values {
                    self.collect(element, value);
                }
            }
            _ => {}
        }
    }
}

fn is_table(tag: &StructTag) -> bool {
    tag.module.address == Address::ONE && tag.module.name == "table" && tag.name == "Table"
}

/// Whether values of a layout can hold a table.
fn holds(layout: &Layout) -> bool {
    let any = |fields: &[(String, Layout)]| fields.iter().any(|(_, layout)| holds(layout));
    match layout {
        Layout::Struct { tag, fields } => is_table(tag) || any(fields),
        Layout::Enum { variants, .. } => variants.iter().any(|(_, fields)| any(fields)),
        Layout::Vector(element) => holds(element),
        Layout::Bool | Layout::Integer(_) | Layout::Address | Layout::Signer | Layout::Function => {
            false
        }
    }
}
