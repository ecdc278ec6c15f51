//! What was committed: where the chain is, transactions, blocks, events.

use crate::aptos::{AptosBackend, Result, internal, of_chain, of_storage};
use lumio_move_engine::{Address, ModuleId, StructTag};
use lumio_move_transaction::Hash;
use lumio_rpc::aptos::{Block, Event, Ledger, LedgerInfo, Transaction};
use lumio_state::StateView as _;
use lumio_storage::Snapshot;
use tokio::sync::watch;

/// Microseconds in a second.
pub(super) const MICROS: u64 = 1_000_000;

impl AptosBackend {
    pub(super) fn snapshot(&self) -> Snapshot {
        self.node.chain.snapshot()
    }

    /// The number of the epoch, by the framework's own count.
    pub(super) fn epoch(snapshot: &Snapshot) -> u64 {
        let tag = StructTag {
            module: ModuleId::new(Address::ONE, "reconfiguration"),
            name: "Configuration".into(),
            type_arguments: Vec::new(),
        };
        let key = lumio_vm_move::resource_key(Address::ONE, &tag);
        let value = snapshot.latest_state().get(&key).ok().flatten();
        let epoch = value.and_then(|value| value.first_chunk::<8>().copied());
        epoch.map_or(0, u64::from_le_bytes)
    }

    fn block_in(&self, snapshot: &Snapshot, height: u64) -> Result<Option<Block>> {
        let Some(header) = snapshot.header(height).map_err(of_storage)? else {
            return Ok(None);
        };
        let range = snapshot.version_range(height).map_err(of_storage)?;
        Ok(range.map(|(first_version, last_version)| Block {
            height,
            hash: header.hash.0,
            timestamp_usecs: header.header.timestamp.saturating_mul(MICROS),
            first_version,
            last_version,
        }))
    }
}

/// The newest version.
pub(super) fn latest_version(snapshot: &Snapshot) -> Result<u64> {
    let version = snapshot.latest_version().map_err(of_storage)?;
    version.ok_or_else(|| internal("there is no genesis"))
}

impl Ledger for AptosBackend {
    fn info(&self) -> LedgerInfo {
        let snapshot = self.snapshot();
        let executor = self.node.chain.executor();
        let header = snapshot.head_header();
        let version = latest_version(&snapshot).unwrap_or_else(|error| {
            tracing::error!(%error, "the newest version is unknown");
            0
        });
        LedgerInfo {
            chain_id: executor.spec().move_chain_id.unwrap_or_default(),
            epoch: Self::epoch(&snapshot),
            version,
            oldest_version: 0,
            timestamp_usecs: header
                .map_or(0, |header| header.header.timestamp)
                .saturating_mul(MICROS),
            block_height: header.map_or(0, |header| header.header.number),
            oldest_block_height: 0,
        }
    }

    fn subscribe(&self) -> watch::Receiver<u64> {
        self.newest.subscribe()
    }

    fn transaction(&self, version: u64) -> Result<Option<Transaction>> {
        let snapshot = self.snapshot();
        let Some(place) = snapshot.place_of_version(version).map_err(of_storage)? else {
            return Ok(None);
        };
        let filled = self.node.chain.filled(place.block).map_err(of_chain)?;
        let (block, receipts) = filled.ok_or_else(|| internal("a block is missing"))?;
        self.show(&snapshot, version, place, &block, &receipts)
    }

    fn version_of(&self, hash: Hash) -> Result<Option<u64>> {
        let snapshot = self.snapshot();
        match snapshot.place_of(hash.into()).map_err(of_storage)? {
            Some(place) => snapshot.version_of(place).map_err(of_storage),
            None => Ok(None),
        }
    }

    fn account_transactions(
        &self,
        account: Address,
        start: Option<u64>,
        limit: u16,
    ) -> Result<Vec<u64>> {
        super::listing::versions_of_account(&self.snapshot(), account, start, limit)
    }

    fn block(&self, height: u64) -> Result<Option<Block>> {
        self.block_in(&self.snapshot(), height)
    }

    fn block_of(&self, version: u64) -> Result<Option<Block>> {
        let snapshot = self.snapshot();
        match snapshot.place_of_version(version).map_err(of_storage)? {
            Some(place) => self.block_in(&snapshot, place.block),
            None => Ok(None),
        }
    }

    fn events(
        &self,
        creator: Address,
        creation_number: u64,
        start: Option<u64>,
        limit: u16,
    ) -> Result<Vec<(u64, Event)>> {
        super::listing::events(&self.snapshot(), creator, creation_number, start, limit)
    }
}
