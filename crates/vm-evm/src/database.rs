//! The host in the shape of revm's database: the state before the transaction.

use crate::CodeCache;
use alloy_eips::eip2935::{HISTORY_SERVE_WINDOW, HISTORY_STORAGE_ADDRESS};
use alloy_primitives::{Address, B256, Bytes, KECCAK256_EMPTY, U256, keccak256};
use lumio_state::{Fault, StateKey};
use lumio_vm_bus::Host;
use revm::{
    Database,
    database_interface::DBErrorMarker,
    state::{AccountInfo, Bytecode},
};

/// The slot of the EIP-2935 contract that holds a block's hash.
pub(crate) fn history_slot(number: u64) -> U256 {
    U256::from(number) % U256::from(HISTORY_SERVE_WINDOW)
}

/// Where `BLOCKHASH` looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BlockHashes {
    /// In the storage of the EIP-2935 contract, so that execution needs
    /// nothing but the state.
    #[default]
    History,
    /// keccak256 of the decimal number: the convention of the state tests.
    OfNumber,
}

/// A fault on its way through revm.
#[derive(Debug, Clone, thiserror::Error)]
#[error(transparent)]
pub struct DbFault(#[from] pub Fault);

impl DBErrorMarker for DbFault {}

/// What revm reads from, and the way to other VMs.
pub struct HostDb<'h, 'v> {
    /// The host of the running call.
    pub host: &'h mut (dyn Host<'v> + 'h),
    /// Analysed bytecode.
    pub codes: &'h CodeCache,
    /// Where `BLOCKHASH` looks.
    pub block_hashes: BlockHashes,
}

impl core::fmt::Debug for HostDb<'_, '_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("HostDb").finish_non_exhaustive()
    }
}

impl HostDb<'_, '_> {
    /// Analysed bytecode by its hash.
    pub(crate) fn bytecode(&mut self, hash: B256) -> Result<Bytecode, DbFault> {
        if hash == KECCAK256_EMPTY || hash.is_zero() {
            return Ok(Bytecode::default());
        }
        if let Some(code) = self.codes.get(&hash) {
            return Ok(code);
        }
        let raw = self.host.journal().code(hash)?;
        let code = analysed(raw);
        self.codes.insert(hash, code.clone());
        Ok(code)
    }
}

/// Code with its jump table. Bytes that only begin like a delegation (EIP-7702)
/// are ordinary code.
pub(crate) fn analysed(raw: Bytes) -> Bytecode {
    Bytecode::new_raw_checked(raw.clone()).unwrap_or_else(|_| Bytecode::new_legacy(raw))
}

impl Database for HostDb<'_, '_> {
    type Error = DbFault;

    fn basic(&mut self, address: Address) -> Result<Option<AccountInfo>, DbFault> {
        let view = self.host.journal().view();
        let balance = view.word(&StateKey::Balance(address))?;
        let record = match view.record(address)? {
            None if balance.is_zero() => return Ok(None),
            record => record.unwrap_or_default(),
        };
        Ok(Some(AccountInfo {
            balance,
            nonce: record.nonce,
            code_hash: record.code_hash,
            account_id: None,
            code: None,
        }))
    }

    fn code_by_hash(&mut self, hash: B256) -> Result<Bytecode, DbFault> {
        self.bytecode(hash)
    }

    fn storage(&mut self, address: Address, slot: U256) -> Result<U256, DbFault> {
        let view = self.host.journal().view();
        Ok(view.word(&StateKey::EvmStorage(address, slot))?)
    }

    fn block_hash(&mut self, number: u64) -> Result<B256, DbFault> {
        match self.block_hashes {
            BlockHashes::OfNumber => Ok(keccak256(alloc::format!("{number}"))),
            BlockHashes::History => {
                let slot = history_slot(number);
                let hash = self.host.journal().slot(HISTORY_STORAGE_ADDRESS, slot)?;
                Ok(B256::from(hash))
            }
        }
    }
}
