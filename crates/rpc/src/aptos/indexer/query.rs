//! Answers a query: finds rows by an index where there is one, filters, sorts
//! and cuts. Some tables are made up for the query: they tell what is in others,
//! or in the ledger.

use super::{
    super::backend::{BackendError, State},
    backend::{kept, octas},
    cell::{Cell, timestamp},
    filter::{Filter, FilterError},
    fold::{APTOS_COIN, NATIVE_METADATA, coin_storage},
    index::Index,
    sorting::Sorting,
    store::{Row, Store, cell, row},
    tables::Table,
};
use lumio_move_engine::Address;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::atomic::{AtomicUsize, Ordering},
};

/// The processors that clients ask for. One follower does the work of all.
const PROCESSORS: [&str; 10] = [
    "account_restoration_processor",
    "account_transactions_processor",
    "default_processor",
    "events_processor",
    "fungible_asset_processor",
    "objects_processor",
    "stake_processor",
    "token_processor",
    "token_v2_processor",
    "user_transaction_processor",
];

/// Rows that a look at a contract's balance counts as.
const CONTRACT_ROWS: usize = 5_000;

/// Which rows of a table, in which order.
#[derive(Debug)]
pub(super) struct Selection {
    pub(super) table: Table,
    pub(super) filter: Filter,
    pub(super) order: Vec<Sorting>,
    pub(super) distinct: Vec<usize>,
    pub(super) offset: usize,
    pub(super) limit: usize,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum QueryError {
    #[error(transparent)]
    Filter(#[from] FilterError),
    #[error(transparent)]
    Backend(#[from] BackendError),
    #[error("the query looks at too many rows; filter by an address or a type")]
    TooExpensive,
}

/// Rows that a request may still look at, in all its fields together.
#[derive(Debug)]
pub(super) struct Budget(AtomicUsize);

impl Budget {
    pub(super) const fn new(rows: usize) -> Self {
        Self(AtomicUsize::new(rows))
    }

    fn take(&self, rows: usize) -> Result<(), QueryError> {
        let take = |left: usize| left.checked_sub(rows);
        self.0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, take)
            .map(|_| ())
            .map_err(|_| QueryError::TooExpensive)
    }
}

impl Selection {
    /// The rows. Blocks for the time of database reads, if balances of ETH are
    /// among them.
    pub(super) fn rows(&self, index: &Index, budget: &Budget) -> Result<Vec<Row>, QueryError> {
        let made = self.made_up(index, budget)?;
        let store = index.store.read();
        let mut rows = Vec::new();
        let wanted = |row: &Row| self.filter.matches(&store, self.table.spec(), row) == Some(true);
        rows.extend(made.into_iter().filter(wanted));
        let sorted = rows.is_empty() && self.distinct.is_empty() && self.is_key_order();
        let enough = if sorted {
            self.offset.saturating_add(self.limit)
        } else {
            usize::MAX
        };
        let mut state = NewestState(index, None);
        let descending = sorted && self.order.iter().any(|sorting| sorting.descending);
        for stored in self.candidates(&store, descending) {
            if rows.len() >= enough {
                break;
            }
            budget.take(price(stored))?;
            let stored = resolved(&mut state, stored)?;
            if wanted(&stored) {
                rows.push(stored);
            }
        }
        if !sorted {
            self.sort(&store, &mut rows);
        }
        let page = rows.into_iter().skip(self.offset).take(self.limit);
        Ok(page.collect())
    }

    /// Whether the order asked for is that in which rows are found anyway.
    fn is_key_order(&self) -> bool {
        let spec = self.table.spec();
        let first = spec.key.first().and_then(|name| spec.place(name));
        match self.order.as_slice() {
            [] => true,
            [sorting] => sorting.is_own() && Some(sorting.column) == first,
            _ => false,
        }
    }

    fn sort(&self, store: &Store, rows: &mut Vec<Row>) {
        rows.sort_by(|one, other| {
            let orders = self.order.iter();
            let mut orders = orders.map(|sorting| sorting.compare(store, self.table, one, other));
            let decided = orders.find(|order| order.is_ne());
            decided.unwrap_or(std::cmp::Ordering::Equal)
        });
        if !self.distinct.is_empty() {
            let mut seen = BTreeSet::new();
            rows.retain(|row| {
                let cells = self.distinct.iter().map(|place| row.get(*place).cloned());
                seen.insert(cells.collect::<Vec<_>>())
            });
        }
    }

    /// Rows among which those that are wanted are, in the order of their keys.
    fn candidates<'a>(
        &'a self,
        store: &'a Store,
        descending: bool,
    ) -> Box<dyn Iterator<Item = &'a Row> + 'a> {
        let columns = 0..self.table.spec().columns.len();
        let indexed = columns.filter(|place| store.is_indexed(self.table, *place));
        let pinned = indexed.filter_map(|place| Some((place, self.filter.pinned(place)?)));
        let best = pinned.min_by_key(|(place, values)| {
            let counts = values
                .iter()
                .map(|value| store.count(self.table, *place, value));
            counts.fold(0_usize, |sum, count| sum.saturating_add(count.unwrap_or(1)))
        });
        let Some((place, values)) = best else {
            let all = store.all(self.table);
            return if descending {
                Box::new(all.rev())
            } else {
                Box::new(all)
            };
        };
        let keys = values
            .iter()
            .flat_map(|value| store.keys(self.table, place, value));
        let keys: BTreeSet<_> = keys.collect();
        let found = move |key| store.get(self.table, key);
        if descending {
            Box::new(keys.into_iter().rev().filter_map(move |key| found(key)))
        } else {
            Box::new(keys.into_iter().filter_map(move |key| found(key)))
        }
    }

    /// Rows that are in no table.
    fn made_up(&self, index: &Index, budget: &Budget) -> Result<Vec<Row>, QueryError> {
        match self.table {
            Table::FungibleAssetBalances => self.native_balances(index, budget),
            Table::CollectionOwnerships => self.collection_ownerships(index, budget),
            Table::ProcessorStatus => Ok(processors(index)),
            Table::LedgerInfos => {
                let chain = u64::from(index.backend.info().chain_id);
                Ok(vec![row(self.table, [("chain_id", chain.into())])])
            }
            _ => Ok(Vec::new()),
        }
    }

    fn pinned(&self, column: &str) -> Option<&[Cell]> {
        let place = self.table.spec().place(column)?;
        self.filter.pinned(place)
    }

    /// Balances of ETH: of the owners that the filter names, or of all accounts
    /// that the index has met. Shown as a coin, or as the fungible asset to
    /// those who ask for that alone.
    fn native_balances(&self, index: &Index, budget: &Budget) -> Result<Vec<Row>, QueryError> {
        let metadata = Cell::address(&NATIVE_METADATA);
        let coin = Cell::from(APTOS_COIN);
        let as_coin = match self.pinned("asset_type") {
            Some(assets) if assets.contains(&coin) => true,
            Some(assets) if assets.contains(&metadata) => false,
            Some(_) => return Ok(Vec::new()),
            None => true,
        };
        let known: BTreeMap<Cell, Row> = {
            let store = index.store.read();
            let find = |owner: &Cell| {
                let found = store.get(Table::Accounts, std::slice::from_ref(owner));
                (owner.clone(), found.cloned())
            };
            match self.pinned("owner_address") {
                Some(owners) => owners
                    .iter()
                    .map(find)
                    .map(|(owner, found)| (owner, found.unwrap_or_default()))
                    .collect(),
                None => {
                    budget.take(store.len(Table::Accounts))?;
                    let all = store.all(Table::Accounts);
                    all.filter_map(|row| Some((row.first()?.clone(), row.clone())))
                        .collect()
                }
            }
        };
        budget.take(known.len())?;
        let mut state = NewestState(index, None);
        let mut rows = Vec::new();
        for (owner, seen) in known {
            let Some(Ok(address)) = owner.as_text().map(str::parse::<Address>) else {
                continue;
            };
            let octas = octas(state.open()?, address)?;
            if octas.is_none() && seen.is_empty() {
                continue;
            }
            let (asset, standard) = if as_coin {
                (coin.clone(), "v1")
            } else {
                (metadata.clone(), "v2")
            };
            rows.push(row(
                self.table,
                [
                    ("amount", octas.unwrap_or(0).into()),
                    ("asset_type", asset),
                    ("is_frozen", false.into()),
                    ("is_primary", true.into()),
                    ("last_transaction_timestamp", last(&seen, "timestamp")),
                    ("last_transaction_version", last(&seen, "version")),
                    ("owner_address", owner),
                    (
                        "storage_id",
                        Cell::address(&coin_storage(address, APTOS_COIN)),
                    ),
                    ("token_standard", standard.into()),
                ],
            ));
        }
        Ok(rows)
    }

    /// How many tokens of a collection each owner has.
    fn collection_ownerships(
        &self,
        index: &Index,
        budget: &Budget,
    ) -> Result<Vec<Row>, QueryError> {
        const OWNED: Table = Table::CurrentTokenOwnerships;
        const DATA: Table = Table::CurrentTokenDatas;
        let store = index.store.read();
        let owner = OWNED.spec().place("owner_address").unwrap_or_default();
        let owned: Vec<&Row> = match self.pinned("owner_address") {
            Some(owners) => {
                let keys = owners
                    .iter()
                    .flat_map(|value| store.keys(OWNED, owner, value));
                keys.filter_map(|key| store.get(OWNED, key)).collect()
            }
            None => store.all(OWNED).collect(),
        };
        budget.take(owned.len())?;
        let mut groups: BTreeMap<(Cell, Cell), (u64, Cell, Cell)> = BTreeMap::new();
        for owned in owned {
            if *cell(OWNED, owned, "amount") == Cell::number(0_u64) {
                continue;
            }
            let id = cell(OWNED, owned, "token_data_id");
            let Some(data) = store.get(DATA, std::slice::from_ref(id)) else {
                continue;
            };
            let group = (
                cell(OWNED, owned, "owner_address").clone(),
                cell(DATA, data, "collection_id").clone(),
            );
            let uri = cell(DATA, data, "token_uri").clone();
            let version = cell(OWNED, owned, "last_transaction_version").clone();
            let (count, newest, _) = groups.entry(group).or_insert((0, Cell::Null, uri));
            *count = count.saturating_add(1);
            *newest = version.max(newest.clone());
        }
        let rows = groups
            .into_iter()
            .map(|((owner, id), (count, newest, uri))| {
                let collection = store.get(Table::CurrentCollections, std::slice::from_ref(&id));
                let of = |name| {
                    let collection =
                        collection.map(|row| cell(Table::CurrentCollections, row, name));
                    collection.cloned().unwrap_or(Cell::Null)
                };
                row(
                    self.table,
                    [
                        ("collection_name", of("collection_name")),
                        ("collection_uri", of("uri")),
                        ("creator_address", of("creator_address")),
                        ("collection_id", id),
                        ("distinct_tokens", count.into()),
                        ("last_transaction_version", newest),
                        ("owner_address", owner),
                        ("single_token_uri", uri),
                    ],
                )
            });
        Ok(rows.collect())
    }
}

/// The newest state, opened when it is asked for.
struct NewestState<'a>(&'a Index, Option<Box<dyn State + 'a>>);

impl<'a> NewestState<'a> {
    fn open(&mut self) -> Result<&mut (dyn State + 'a), QueryError> {
        let state = match self.1.take() {
            Some(open) => open,
            None => {
                let backend = &self.0.backend;
                backend.state(backend.info().version)?
            }
        };
        Ok(&mut **self.1.insert(state))
    }
}

/// As how many rows it counts to look at one: a contract that is asked for a balance takes its time.
fn price(row: &Row) -> usize {
    let asks = row.iter().any(|cell| matches!(cell, Cell::Kept(_)));
    if asks { CONTRACT_ROWS } else { 1 }
}

/// A stored row with what the ledger and contracts know.
fn resolved(state: &mut NewestState<'_>, stored: &Row) -> Result<Row, QueryError> {
    let mut cells = Vec::new();
    for (place, cell) in stored.iter().enumerate() {
        match cell {
            Cell::Octas(account) => {
                let octas = octas(state.open()?, **account)?;
                cells.push((place, Cell::from(octas.unwrap_or(0))));
            }
            Cell::Kept(of) => {
                let (account, asset) = **of;
                cells.push((place, kept(state.open()?, account, asset)?.into()));
            }
            Cell::Null | Cell::Bool(_) | Cell::Number(_) | Cell::Text(_) | Cell::Json(_) => {}
        }
    }
    if cells.is_empty() {
        return Ok(stored.clone());
    }
    let mut row = stored.to_vec();
    for (place, known) in cells {
        if let Some(cell) = row.get_mut(place) {
            *cell = known;
        }
    }
    Ok(row.into())
}

/// When an account was last met; null if never.
fn last(seen: &Row, column: &str) -> Cell {
    cell(Table::Accounts, seen, column).clone()
}

fn processors(index: &Index) -> Vec<Row> {
    let Some(tip) = index.store.read().tip() else {
        return Vec::new();
    };
    let updated = Cell::from(timestamp(index.updated_usecs()));
    let of_block = Cell::from(timestamp(tip.timestamp_usecs));
    let rows = PROCESSORS.into_iter().map(|name| {
        let cells = [
            ("processor", name.into()),
            ("last_success_version", tip.version.into()),
            ("last_updated", updated.clone()),
            ("last_transaction_timestamp", of_block.clone()),
        ];
        row(Table::ProcessorStatus, cells)
    });
    rows.collect()
}
