//! The accounts after the newest block.

use crate::{
    backend::{NodeBackend, context_of},
    chain::Supply,
    solana::{Result, block_head, internal, of_fault, of_storage},
};
use alloy_primitives::{Address, U256, U512};
use lumio_executor::{BlockContext, Executor};
use lumio_rpc::solana::{BackendError, BlockHead, State};
use lumio_state::{StateKey, StateView as _};
use lumio_storage::{Snapshot, View};
use lumio_types::{AccountId, LAMPORT_WEI, lamports_of};
use lumio_vm_bus::Host;
use lumio_vm_svm::{
    account_id, account_key, account_of, may_show_tokens, record_of, show_tokens, sysvar_of,
};
use solana_account::Account;
use solana_pubkey::Pubkey;
use std::{cmp::Reverse, collections::BinaryHeap};

/// Accounts that one request may look through.
const MAX_SCANNED: usize = 1_000_000;
/// Accounts that are read at a time: each may have ten megabytes.
const PAGE: usize = 64;
/// Bytes of accounts that one request may find.
const MAX_FOUND_BYTES: usize = 256 << 20;
/// EVM gas for asking the contract of an ERC-20 what a token account holds.
const SHOW_GAS: u64 = 2_000_000;

/// The state of a snapshot's head.
pub(super) struct SolanaState<'n> {
    executor: &'n Executor,
    snapshot: Snapshot,
    view: View,
    head: BlockHead,
    block: BlockContext,
}

impl<'n> SolanaState<'n> {
    pub(super) fn newest(node: &'n NodeBackend) -> Result<Self> {
        let snapshot = node.chain.snapshot();
        let header = snapshot.head_header();
        let header = header.ok_or_else(|| internal("there is no genesis"))?;
        let block = context_of(&header.header);
        let head = block_head(&snapshot, header.header.number)?;
        Ok(Self {
            executor: node.chain.executor(),
            view: snapshot.latest_state(),
            head: head.ok_or_else(|| internal("the head is missing"))?,
            block,
            snapshot,
        })
    }

    /// The lamports of an account. One that owns more than they can count shows the most.
    fn lamports(&self, id: AccountId) -> Result<u64> {
        let key = StateKey::Balance(id.evm_address());
        let wei = self.view.word(&key).map_err(of_fault)?;
        Ok(lamports(wei))
    }

    /// An account whose record is known, as programs see it.
    fn with_record(
        &self,
        key: &Pubkey,
        lamports: u64,
        record: Option<&[u8]>,
    ) -> Result<Option<Account>> {
        let account = account_of(key, lamports, record).map_err(of_fault)?;
        let Some(account) = account else {
            return Ok(None);
        };
        if !may_show_tokens(&account) {
            return Ok(Some(account.into()));
        }
        let mut shown = (*key, account);
        let show = |host: &mut dyn Host<'_>| show_tokens(host, &mut shown);
        self.executor
            .with_machines(&self.view, &self.block, SHOW_GAS, show)
            .map_err(of_fault)?;
        Ok(Some(shown.1.into()))
    }
}

fn lamports(wei: U256) -> u64 {
    lamports_of(wei).map_or(u64::MAX, |split| split.units)
}

impl State for SolanaState<'_> {
    fn head(&self) -> BlockHead {
        self.head
    }

    fn account(&self, key: &Pubkey) -> Result<Option<Account>> {
        let lamports = self.lamports(account_id(key))?;
        let sysvar = sysvar_of(&self.view, &self.block, key, lamports).map_err(of_fault)?;
        if let Some(account) = sysvar {
            return Ok(Some(account.into()));
        }
        let record = self.view.get(&account_key(key)).map_err(of_fault)?;
        self.with_record(key, lamports, record.as_deref())
    }

    fn owned_by(
        &self,
        program: &Pubkey,
        is_wanted: &mut dyn FnMut(&[u8]) -> bool,
    ) -> Result<Vec<(Pubkey, Account)>> {
        let prefix = StateKey::svm_prefix();
        let (mut found, mut bytes, mut scanned) = (Vec::new(), 0_usize, 0_usize);
        let mut after: Option<Vec<u8>> = None;
        loop {
            let page = self
                .view
                .entries_with_prefix(&prefix, after.as_deref(), PAGE)
                .map_err(of_storage)?;
            let is_last = page.len() < PAGE;
            after = page.last().map(|(key, _)| key.encode());
            scanned = scanned.saturating_add(page.len());
            for (key, record) in &page {
                let StateKey::SvmAccount(id) = key else {
                    continue;
                };
                let key = Pubkey::new_from_array(id.0.0);
                let (owner, data) = record_of(&key, record).map_err(of_fault)?;
                if owner != *program || !is_wanted(data) {
                    continue;
                }
                bytes = bytes.saturating_add(data.len());
                let lamports = self.lamports(*id)?;
                if let Some(account) = self.with_record(&key, lamports, Some(record))? {
                    found.push((key, account));
                }
            }
            if is_last {
                return Ok(found);
            }
            if scanned > MAX_SCANNED || bytes > MAX_FOUND_BYTES {
                return Err(BackendError::TooMuch(format!(
                    "more than {MAX_SCANNED} accounts or {MAX_FOUND_BYTES} bytes to look through; \
                     keep the keys that you need and use getMultipleAccounts"
                )));
            }
        }
    }

    fn richest(&self, count: usize) -> Result<Vec<(Pubkey, u64)>> {
        let mut richest: BinaryHeap<Reverse<(U256, Address)>> = BinaryHeap::new();
        let accounts = self.snapshot.evm_accounts().map_err(of_storage)?;
        for (scanned, account) in accounts.enumerate() {
            if scanned > MAX_SCANNED {
                return Err(BackendError::TooMuch(format!(
                    "there are more than {MAX_SCANNED} accounts"
                )));
            }
            let account = account.map_err(of_storage)?;
            richest.push(Reverse((account.balance, account.address)));
            if richest.len() > count {
                richest.pop();
            }
        }
        let sorted = richest.into_sorted_vec();
        let mut shown = Vec::with_capacity(sorted.len());
        for Reverse((wei, address)) in sorted {
            // Some addresses are hashes of the keys that they stand for.
            let link = self.view.get(&StateKey::Link(address)).map_err(of_fault)?;
            let linked = link.as_deref().and_then(|id| <[u8; 32]>::try_from(id).ok());
            let id = linked.unwrap_or_else(|| AccountId::from_evm(address).0.0);
            shown.push((Pubkey::new_from_array(id), lamports(wei)));
        }
        Ok(shown)
    }

    fn supply(&self) -> Result<u64> {
        let supply = Supply::of(&self.view).map_err(internal)?;
        let lamports = supply.wei() / U512::from(LAMPORT_WEI);
        Ok(u64::try_from(lamports).unwrap_or(u64::MAX))
    }
}
