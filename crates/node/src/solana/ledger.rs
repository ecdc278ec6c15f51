//! What was committed: blocks, transactions, and what changed.

use crate::solana::{
    Result, SolanaBackend, block_head, internal, of_chain, of_storage, show::carried,
};
use lumio_rpc::solana::{Block, BlockHead, ChainEvent, Changed, Committed, Ledger};
use lumio_state::StateKey;
use lumio_storage::{Snapshot, TransactionPlace};
use lumio_types::{AccountId, solana_hash_of};
use solana_hash::Hash;
use solana_pubkey::Pubkey;
use solana_signature::Signature;
use std::sync::Arc;
use tokio::sync::broadcast;

impl SolanaBackend {
    fn snapshot(&self) -> Snapshot {
        self.node.chain.snapshot()
    }

    fn block_in(&self, snapshot: &Snapshot, slot: u64) -> Result<Option<Arc<Block>>> {
        match self.node.chain.filled(slot).map_err(of_chain)? {
            Some((block, receipts)) => self.shown(snapshot, &block, &receipts).map(Some),
            None => Ok(None),
        }
    }

    fn place_of(snapshot: &Snapshot, signature: &Signature) -> Result<Option<TransactionPlace>> {
        let hash = solana_hash_of(signature.as_array());
        snapshot.place_of(hash).map_err(of_storage)
    }

    /// The version of a transaction.
    fn version_of(snapshot: &Snapshot, signature: &Signature) -> Result<Option<u64>> {
        match Self::place_of(snapshot, signature)? {
            Some(place) => snapshot.version_of(place).map_err(of_storage),
            None => Ok(None),
        }
    }
}

/// One transaction, without decoding the others of its block.
fn committed(snapshot: &Snapshot, place: TransactionPlace) -> Result<Option<Committed>> {
    let lost = || internal("a transaction is not where its index says");
    let header = snapshot.header(place.block).map_err(of_storage)?;
    let header = header.ok_or_else(lost)?;
    let sent = snapshot.transaction(place).map_err(of_storage)?;
    let receipt = snapshot.receipt(place).map_err(of_storage)?;
    let (receipt, _) = receipt.ok_or_else(lost)?;
    let transaction = carried(&sent.ok_or_else(lost)?, &receipt)?;
    Ok(transaction.map(|transaction| Committed {
        slot: place.block,
        timestamp: i64::try_from(header.header.timestamp).unwrap_or(i64::MAX),
        index: place.index,
        transaction,
    }))
}

impl Ledger for SolanaBackend {
    fn head(&self) -> Result<BlockHead> {
        let snapshot = self.snapshot();
        let newest = snapshot
            .head()
            .ok_or_else(|| internal("there is no genesis"))?;
        block_head(&snapshot, newest.number)?.ok_or_else(|| internal("the head is missing"))
    }

    fn block_head(&self, slot: u64) -> Result<Option<BlockHead>> {
        block_head(&self.snapshot(), slot)
    }

    fn block(&self, slot: u64) -> Result<Option<Arc<Block>>> {
        self.block_in(&self.snapshot(), slot)
    }

    fn slot_of(&self, blockhash: &Hash) -> Result<Option<u64>> {
        let hash = blockhash.to_bytes().into();
        self.snapshot().number_of(hash).map_err(of_storage)
    }

    fn transaction(&self, signature: &Signature) -> Result<Option<Committed>> {
        let snapshot = self.snapshot();
        match Self::place_of(&snapshot, signature)? {
            Some(place) => committed(&snapshot, place),
            None => Ok(None),
        }
    }

    fn transactions_of(
        &self,
        account: &Pubkey,
        before: Option<&Signature>,
        until: Option<&Signature>,
        limit: usize,
    ) -> Result<Vec<Committed>> {
        let snapshot = self.snapshot();
        let before = match before {
            None => None,
            // Nothing is older than what is not known.
            Some(signature) => match Self::version_of(&snapshot, signature)? {
                None => return Ok(Vec::new()),
                version => version,
            },
        };
        let until = match until {
            None => None,
            Some(signature) => Self::version_of(&snapshot, signature)?,
        };
        let account = AccountId(account.to_bytes().into());
        let versions = snapshot.mentions(account, before, until, limit);
        let mut found = Vec::new();
        for version in versions.map_err(of_storage)? {
            let lost = || internal("a transaction is not where its index says");
            let place = snapshot.place_of_version(version).map_err(of_storage)?;
            let place = place.ok_or_else(lost)?;
            let index = place.index.ok_or_else(lost)?;
            let place = TransactionPlace {
                block: place.block,
                index,
            };
            found.push(committed(&snapshot, place)?.ok_or_else(lost)?);
        }
        Ok(found)
    }

    fn changed(&self, slot: u64) -> Result<Arc<Changed>> {
        let snapshot = self.snapshot();
        let Some(header) = snapshot.header(slot).map_err(of_storage)? else {
            return Ok(Arc::default());
        };
        if let Some(changed) = self.changes.lock().get(&header.hash) {
            return Ok(Arc::clone(changed));
        }
        let mut changed = Changed::default();
        for key in snapshot.keys_changed_in(slot).map_err(of_storage)? {
            match key {
                StateKey::SvmAccount(id) => {
                    changed.records.insert(Pubkey::new_from_array(id.0.0));
                }
                StateKey::Balance(address) => {
                    changed.balances.insert(address.into_array());
                }
                _ => {}
            }
        }
        let changed = Arc::new(changed);
        self.changes.lock().put(header.hash, Arc::clone(&changed));
        Ok(changed)
    }

    fn subscribe(&self) -> broadcast::Receiver<ChainEvent> {
        self.events.subscribe()
    }
}
