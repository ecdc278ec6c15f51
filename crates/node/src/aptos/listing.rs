//! What is listed: keys of an account, its transactions, events of a handle.

use crate::aptos::{Result, account_of, of_storage, show::event};
use lumio_move_engine::Address;
use lumio_rpc::aptos::Event;
use lumio_state::{StateKey, Value, WriteSet};
use lumio_storage::{AccountOrder, Snapshot, View};
use std::collections::BTreeMap;

/// Transactions of an Ethereum account that are looked through for a nonce.
const SEARCHED: usize = 10_000;

/// Keys that begin so, after one, with their values: in a state with these writes over it.
pub(super) fn entries(
    state: &View,
    over: &WriteSet,
    prefix: &[u8],
    after: Option<&[u8]>,
    limit: usize,
) -> Result<Vec<(StateKey, Value)>> {
    let is_listed = |key: &[u8]| key.starts_with(prefix) && after.is_none_or(|after| key > after);
    let over = over
        .iter()
        .map(|(key, value)| (key.encode(), key, value))
        .filter(|(encoded, _, _)| is_listed(encoded));
    let over: Vec<_> = over.collect();
    // As many more as could be gone.
    let wanted = limit.saturating_add(over.len());
    let found = state.entries_with_prefix(prefix, after, wanted);
    let found = found.map_err(of_storage)?;
    if over.is_empty() {
        return Ok(found);
    }
    let mut listed: BTreeMap<Vec<u8>, (StateKey, Value)> = found
        .into_iter()
        .map(|(key, value)| (key.encode(), (key, value)))
        .collect();
    for (encoded, key, value) in over {
        match value {
            Some(value) => listed.insert(encoded, (key.clone(), value.clone())),
            None => listed.remove(&encoded),
        };
    }
    Ok(listed.into_values().take(limit).collect())
}

/// Versions of an account's transactions by sequence number; of one that has only been used with
/// Ethereum, by nonce.
pub(super) fn versions_of_account(
    snapshot: &Snapshot,
    account: Address,
    start: Option<u64>,
    limit: u16,
) -> Result<Vec<u64>> {
    let (id, limit) = (account_of(account), usize::from(limit));
    let found = snapshot.versions_of_account(id, start, limit);
    let found = found.map_err(of_storage)?;
    if !found.is_empty() {
        return Ok(found.into_iter().map(|found| found.version).collect());
    }
    let Some(first) = start else {
        let found = snapshot.transactions_of_account(id, None, limit);
        let found = found.map_err(of_storage)?;
        return Ok(found.into_iter().map(|found| found.version).collect());
    };
    let found = snapshot.transactions_of_account(id, Some(0), SEARCHED);
    let found = found.map_err(of_storage)?;
    Ok(found
        .into_iter()
        .filter(|found| matches!(found.order, AccountOrder::Nonce(nonce) if nonce >= first))
        .take(limit)
        .map(|found| found.version)
        .collect())
}

/// Events of a handle with the versions of their transactions.
pub(super) fn events(
    snapshot: &Snapshot,
    creator: Address,
    creation_number: u64,
    start: Option<u64>,
    limit: u16,
) -> Result<Vec<(u64, Event)>> {
    let found = snapshot.handle_events(
        account_of(creator),
        creation_number,
        start,
        usize::from(limit),
    );
    let found = found.map_err(of_storage)?;
    Ok(found
        .into_iter()
        .filter_map(|found| Some((found.version, event(&found.event)?)))
        .collect())
}
