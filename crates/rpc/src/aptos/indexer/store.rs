//! The tables in memory, with what is needed to take back the newest blocks.

use super::{
    cell::Cell,
    tables::{Spec, Table},
};
use lumio_move_transaction::Hash;
use std::{
    collections::{BTreeMap, BTreeSet, HashMap, VecDeque},
    ops::Bound,
    sync::Arc,
};

/// A row: its cells in the order of the table's columns.
pub(super) type Row = Arc<[Cell]>;
/// The cells that make a row unique, in the order of the table's key.
pub(super) type Key = Vec<Cell>;

/// Changes of rows that are kept to take blocks back; those of the newest block
/// always are.
const UNDO_CHANGES: usize = 100_000;

/// The block up to which the tables are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Tip {
    pub(super) height: u64,
    pub(super) hash: Hash,
    pub(super) version: u64,
    pub(super) timestamp_usecs: u64,
}

struct Undo {
    tip: Tip,
    /// What rows were before, in the order in which they changed.
    changes: Vec<(Table, Key, Option<Row>)>,
}

struct Rows {
    spec: &'static Spec,
    key: Vec<usize>,
    rows: BTreeMap<Key, Row>,
    indexes: Vec<(usize, HashMap<Cell, BTreeSet<Key>>)>,
}

/// All tables.
pub(super) struct Store {
    tables: BTreeMap<Table, Rows>,
    undo: VecDeque<Undo>,
    undo_changes: usize,
    max_history: usize,
}

/// A row from named cells; the others are null.
pub(super) fn row<const N: usize>(table: Table, cells: [(&'static str, Cell); N]) -> Row {
    let spec = table.spec();
    let mut row = vec![Cell::Null; spec.columns.len()];
    for (name, cell) in cells {
        let place = spec.place(name).and_then(|place| row.get_mut(place));
        debug_assert!(place.is_some(), "{} has no column {name}", spec.name);
        if let Some(place) = place {
            *place = cell;
        }
    }
    row.into()
}

/// A row with some of its cells replaced.
pub(super) fn replaced<const N: usize>(
    table: Table,
    old: &Row,
    cells: [(&'static str, Cell); N],
) -> Row {
    let mut row = old.to_vec();
    for (name, cell) in cells {
        if let Some(place) = table
            .spec()
            .place(name)
            .and_then(|place| row.get_mut(place))
        {
            *place = cell;
        }
    }
    row.into()
}

/// A row's cell.
pub(super) fn cell<'a>(table: Table, row: &'a Row, name: &str) -> &'a Cell {
    let place = table.spec().place(name);
    place
        .and_then(|place| row.get(place))
        .unwrap_or(&Cell::Null)
}

impl Rows {
    fn new(spec: &'static Spec) -> Self {
        let places = |names: &[&str]| names.iter().filter_map(|name| spec.place(name)).collect();
        let indexed: Vec<usize> = places(spec.indexes);
        Self {
            spec,
            key: places(spec.key),
            rows: BTreeMap::new(),
            indexes: indexed
                .into_iter()
                .map(|place| (place, HashMap::new()))
                .collect(),
        }
    }

    fn key_of(&self, row: &Row) -> Key {
        let cells = self.key.iter().map(|place| row.get(*place).cloned());
        cells.map(|cell| cell.unwrap_or(Cell::Null)).collect()
    }

    /// Sets or removes a row and returns what was there.
    fn set(&mut self, key: &Key, row: Option<Row>) -> Option<Row> {
        let old = match &row {
            Some(row) => self.rows.insert(key.clone(), row.clone()),
            None => self.rows.remove(key),
        };
        for (place, index) in &mut self.indexes {
            let before = old.as_ref().and_then(|row| row.get(*place));
            let after = row.as_ref().and_then(|row| row.get(*place));
            if before == after {
                continue;
            }
            if let Some(before) = before
                && let Some(keys) = index.get_mut(before)
            {
                keys.remove(key);
                if keys.is_empty() {
                    index.remove(before);
                }
            }
            if let Some(after) = after {
                index.entry(after.clone()).or_default().insert(key.clone());
            }
        }
        old
    }
}

impl Store {
    /// Empty tables. Those that only grow keep `max_history` rows each.
    pub(super) fn new(max_history: usize) -> Self {
        let tables = Table::ALL
            .iter()
            .map(|table| (*table, Rows::new(table.spec())));
        Self {
            tables: tables.collect(),
            undo: VecDeque::new(),
            undo_changes: 0,
            max_history: max_history.max(1),
        }
    }

    /// The newest block.
    pub(super) fn tip(&self) -> Option<Tip> {
        self.undo.back().map(|undo| undo.tip)
    }

    /// From here on changes belong to this block.
    pub(super) fn begin(&mut self, tip: Tip) {
        self.undo.push_back(Undo {
            tip,
            changes: Vec::new(),
        });
        while self.undo_changes > UNDO_CHANGES && self.undo.len() > 1 {
            let oldest = self.undo.pop_front();
            let changes = oldest.map_or(0, |oldest| oldest.changes.len());
            self.undo_changes = self.undo_changes.saturating_sub(changes);
        }
    }

    /// Takes back the newest block. Once none is left that can be taken back,
    /// the tables are empty, and all must be read again.
    pub(super) fn roll_back(&mut self) {
        if let Some(undo) = self.undo.pop_back() {
            self.undo_changes = self.undo_changes.saturating_sub(undo.changes.len());
            for (table, key, old) in undo.changes.into_iter().rev() {
                if let Some(rows) = self.tables.get_mut(&table) {
                    rows.set(&key, old);
                }
            }
        }
        if self.undo.is_empty() {
            *self = Self::new(self.max_history);
        }
    }

    pub(super) fn put(&mut self, table: Table, row: Row) {
        let Some(rows) = self.tables.get_mut(&table) else {
            return;
        };
        let key = rows.key_of(&row);
        let old = rows.set(&key, Some(row));
        if rows.spec.history && rows.rows.len() > self.max_history {
            let oldest = rows.rows.first_key_value().map(|(key, _)| key.clone());
            if let Some(oldest) = oldest {
                rows.set(&oldest, None);
            }
        }
        self.remember(table, key, old);
    }

    pub(super) fn remove(&mut self, table: Table, key: Key) {
        if let Some(old) = self
            .tables
            .get_mut(&table)
            .and_then(|rows| rows.set(&key, None))
        {
            self.remember(table, key, Some(old));
        }
    }

    fn remember(&mut self, table: Table, key: Key, old: Option<Row>) {
        if let Some(undo) = self.undo.back_mut() {
            undo.changes.push((table, key, old));
            self.undo_changes = self.undo_changes.saturating_add(1);
        }
    }

    pub(super) fn get(&self, table: Table, key: &[Cell]) -> Option<&Row> {
        self.tables.get(&table)?.rows.get(key)
    }

    /// How many rows there are.
    pub(super) fn len(&self, table: Table) -> usize {
        self.tables.get(&table).map_or(0, |rows| rows.rows.len())
    }

    /// All rows in the order of their keys.
    pub(super) fn all(&self, table: Table) -> impl DoubleEndedIterator<Item = &Row> {
        let rows = self.tables.get(&table).into_iter();
        rows.flat_map(|rows| rows.rows.values())
    }

    /// Whether rows can be found by a column without looking at all.
    pub(super) fn is_indexed(&self, table: Table, place: usize) -> bool {
        self.tables.get(&table).is_some_and(|rows| {
            rows.key.first() == Some(&place) || rows.indexes.iter().any(|(own, _)| *own == place)
        })
    }

    /// How many rows have a value in a column, if that is quick to tell.
    pub(super) fn count(&self, table: Table, place: usize, value: &Cell) -> Option<usize> {
        let rows = self.tables.get(&table)?;
        let (_, index) = rows.indexes.iter().find(|(own, _)| *own == place)?;
        Some(index.get(value).map_or(0, BTreeSet::len))
    }

    /// Keys of the rows that have a value in an indexed column, in order.
    pub(super) fn keys(&self, table: Table, place: usize, value: &Cell) -> Vec<&Key> {
        let Some(rows) = self.tables.get(&table) else {
            return Vec::new();
        };
        if let Some((_, index)) = rows.indexes.iter().find(|(own, _)| *own == place) {
            return index.get(value).into_iter().flatten().collect();
        }
        let from = (Bound::Included(vec![value.clone()]), Bound::Unbounded);
        let keys = rows.rows.range(from).map(|(key, _)| key);
        keys.take_while(|key| key.first() == Some(value)).collect()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn tip(height: u64) -> Tip {
        Tip {
            height,
            hash: [0; 32],
            version: height,
            timestamp_usecs: 0,
        }
    }

    fn object(address: &str, owner: &str) -> Row {
        let cells = [
            ("object_address", Cell::text(address)),
            ("owner_address", Cell::text(owner)),
        ];
        row(Table::CurrentObjects, cells)
    }

    fn owned_by(store: &Store, owner: &str) -> usize {
        let place = Table::CurrentObjects.spec().place("owner_address").unwrap();
        let keys = store.keys(Table::CurrentObjects, place, &Cell::text(owner));
        assert_eq!(
            store.count(Table::CurrentObjects, place, &Cell::text(owner)),
            Some(keys.len())
        );
        keys.len()
    }

    #[test]
    fn taking_back_a_block_restores_rows_and_indexes() {
        let mut store = Store::new(10);
        store.begin(tip(0));
        store.put(Table::CurrentObjects, object("0xa", "alice"));
        store.put(Table::CurrentObjects, object("0xb", "alice"));
        store.begin(tip(1));
        store.put(Table::CurrentObjects, object("0xa", "bob"));
        store.remove(Table::CurrentObjects, vec![Cell::text("0xb")]);
        store.put(Table::CurrentObjects, object("0xc", "bob"));
        assert_eq!((owned_by(&store, "alice"), owned_by(&store, "bob")), (0, 2));

        store.roll_back();
        assert_eq!(store.tip(), Some(tip(0)));
        assert_eq!((owned_by(&store, "alice"), owned_by(&store, "bob")), (2, 0));
        store.roll_back();
        assert_eq!((store.tip(), store.len(Table::CurrentObjects)), (None, 0));
    }

    #[test]
    fn histories_drop_their_oldest_rows() {
        let mut store = Store::new(3);
        store.begin(tip(0));
        for version in 0..5_u64 {
            let cells = [("version", version.into())];
            store.put(Table::UserTransactions, row(Table::UserTransactions, cells));
        }
        assert_eq!(store.len(Table::UserTransactions), 3);
        let first = store.all(Table::UserTransactions).next().unwrap();
        let version = cell(Table::UserTransactions, first, "version");
        assert_eq!(version, &Cell::number(2_u64));
    }
}
