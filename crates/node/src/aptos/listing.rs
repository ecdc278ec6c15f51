//! What is listed: keys of an account, its transactions, events of a handle, changes.

use crate::aptos::{Result, of_storage};
use lumio_move_engine::Address;
use lumio_rpc::aptos::Event;
use lumio_state::{StateKey, Value};
use lumio_storage::Snapshot;

/// Keys that begin so, after one, with their values.
pub(super) fn entries(
    snapshot: &Snapshot,
    prefix: &[u8],
    after: Option<&[u8]>,
    limit: usize,
) -> Result<Vec<(StateKey, Value)>> {
    let mut found = Vec::new();
    for entry in snapshot.state_entries().map_err(of_storage)? {
        let (key, value) = entry.map_err(of_storage)?;
        let encoded = key.encode();
        if encoded.starts_with(prefix) && after.is_none_or(|after| encoded.as_slice() > after) {
            found.push((key, value));
            if found.len() >= limit {
                break;
            }
        }
    }
    Ok(found)
}

pub(super) fn versions_of_account(
    _: &Snapshot,
    _: Address,
    _: Option<u64>,
    _: u16,
) -> Result<Vec<u64>> {
    Ok(Vec::new())
}

pub(super) fn events(
    _: &Snapshot,
    _: Address,
    _: u64,
    _: Option<u64>,
    _: u16,
) -> Result<Vec<(u64, Event)>> {
    Ok(Vec::new())
}

pub(super) fn changes(_: &Snapshot, _: u64) -> Result<Vec<(StateKey, Option<Value>)>> {
    Ok(Vec::new())
}
