//! The first block: funded accounts, the predeploys of the OP stack and of Lumio, what a genesis
//! file adds, and Move's framework.

use crate::{
    chain::{ChainError, Supply, write_genesis},
    config::{DEFAULT_CHAIN_ID, MOVE_CHAIN_ID},
    producer::{Clock, extra_data},
    state::keep_storage_owned,
};
use alloy_consensus::{EMPTY_OMMER_ROOT_HASH, Header, constants::EMPTY_WITHDRAWALS};
use alloy_eips::eip7685::EMPTY_REQUESTS_HASH;
use alloy_genesis::{Genesis, GenesisAccount};
use alloy_primitives::{Address, B256, Bytes, U256, keccak256};
use alloy_trie::EMPTY_ROOT_HASH;
use lumio_executor::{BlockContext, ChainSpec, Executor, Rules, SupplyError};
use lumio_rpc::eth::BackendError;
use lumio_state::{
    AccountRecord, EmptyView, Fault, Overlay, STATE_ACCOUNT, StateKey, Value, WriteSet,
};
use lumio_storage::Database;
use lumio_types::{AccountId, Event, EvmForm, wei_of_lamports};
use serde::Deserialize;
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// Contracts that every chain starts with.
const PREDEPLOYS: &str = include_str!("../../../framework/solidity/genesis.json");
/// Wei in one ether.
const ETHER: u64 = 1_000_000_000_000_000_000;

/// How many times as much as a funded account the faucet of Solana has, which gives to everyone.
const FAUCET_SHARES: u64 = 100;

/// Why there is no genesis.
#[derive(Debug, thiserror::Error)]
pub enum GenesisError {
    /// The file cannot be read.
    #[error("the genesis file {path} cannot be read: {source}")]
    File {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is not a genesis.
    #[error("the genesis file {path} is not in geth's format: {source}")]
    Format {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: serde_json::Error,
    },
    /// The file names another chain than the configuration.
    #[error("the genesis file is for chain {file}, but --chain-id is {asked}: leave that out")]
    ChainId {
        /// In the file.
        file: u64,
        /// In the configuration.
        asked: u64,
    },
    /// The file sets something that the chain cannot have.
    #[error("the genesis file sets {field} to {value}: {advice}")]
    Field {
        /// Which field.
        field: &'static str,
        /// Its value.
        value: String,
        /// What to do.
        advice: &'static str,
    },
    /// The program's own list of contracts is unreadable.
    #[error("the built-in contracts cannot be read: {0}")]
    Predeploys(serde_json::Error),
    /// The balances are more than there can be.
    #[error("the balances of genesis: {0}")]
    Supply(#[from] SupplyError),
    /// Move's framework does not start.
    #[error("Move's genesis: {0}")]
    Move(#[from] Fault),
    /// An account is unreadable.
    #[error("the accounts of genesis: {0}")]
    State(BackendError),
    /// The database refused it.
    #[error(transparent)]
    Chain(#[from] ChainError),
}

/// What the first block is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GenesisPlan {
    /// The chain id, if one was asked for; else that of the file, or the default.
    pub chain_id: Option<u64>,
    /// Gas of a block.
    pub gas_limit: u64,
    /// Base fee of genesis, in wei.
    pub base_fee: u64,
    /// Accounts to fund.
    pub funded: Vec<Address>,
    /// Ether of each.
    pub ether: u64,
    /// The account that gives lamports away, if there is one. It gets as much as
    /// a hundred funded accounts.
    pub solana_faucet: Option<AccountId>,
}

impl GenesisPlan {
    /// Writes the first block into an empty database. A file in geth's format adds its accounts,
    /// and sets what of the header it names.
    ///
    /// # Errors
    /// When the file is unusable or the database fails.
    pub fn write(&self, database: &Database, file: Option<&Path>) -> Result<(), GenesisError> {
        let file = file.map(read_file).transpose()?;
        let named = file.as_ref().map(|genesis| genesis.config.chain_id);
        let chain_id = match (self.chain_id, named) {
            (Some(asked), Some(file)) if asked != file => {
                return Err(GenesisError::ChainId { file, asked });
            }
            (asked, file) => asked.or(file).unwrap_or(DEFAULT_CHAIN_ID),
        };
        let header = self.header(file.as_ref())?;
        let executor = Executor::new(chain_spec(chain_id));
        let (writes, events) = self.writes(file.as_ref(), &executor, &context(&header))?;
        Ok(write_genesis(database, chain_id, header, writes, events)?)
    }

    fn writes(
        &self,
        file: Option<&Genesis>,
        executor: &Executor,
        block: &BlockContext,
    ) -> Result<(WriteSet, Vec<Event>), GenesisError> {
        let mut writes = WriteSet::new();
        for (address, predeploy) in predeploys()? {
            put(&mut writes, address, &predeploy);
        }
        let funded = GenesisAccount {
            balance: U256::from(self.ether).saturating_mul(U256::from(ETHER)),
            ..Default::default()
        };
        for address in &self.funded {
            put(&mut writes, *address, &funded);
        }
        if let Some(id) = self.solana_faucet {
            // No more than lamports can count, or Solana's programs could not use it.
            let most = wei_of_lamports(u64::MAX / 2);
            let wei = funded.balance.saturating_mul(U256::from(FAUCET_SHARES));
            let wei = wei.min(most);
            put_faucet(&mut writes, id, wei);
        }
        for (address, account) in file.iter().flat_map(|genesis| &genesis.alloc) {
            put(&mut writes, *address, account);
        }
        let mut state = Overlay::new(EmptyView);
        state.apply(writes.clone());
        let begun = executor.move_genesis(&state, block)?;
        state.apply(begun.writes.clone());
        writes.extend(begun.writes);
        let solana = executor.solana_genesis(&state, block)?;
        writes.extend(solana.writes);
        writes
            .entry(StateKey::EvmAccount(STATE_ACCOUNT))
            .or_insert_with(|| Some(lasting_record()));
        keep_storage_owned(&EmptyView, &mut writes).map_err(GenesisError::State)?;
        let mut supply = Supply::of(&EmptyView)?;
        supply.count(&EmptyView, &writes)?;
        writes.extend(supply.write());
        Ok((writes, begun.events))
    }

    fn header(&self, file: Option<&Genesis>) -> Result<Header, GenesisError> {
        if let Some(genesis) = file {
            check_header(genesis)?;
        }
        let base_fee = match file.and_then(|genesis| genesis.base_fee_per_gas) {
            Some(fee) => u64::try_from(fee)
                .map_err(|_| unusable("baseFeePerGas", fee, "take less than 2^64 wei"))?,
            None => self.base_fee,
        };
        let named = file.map(|genesis| genesis.extra_data.clone());
        let named = named.filter(|bytes| !bytes.is_empty());
        let gas_limit = file.map_or(0, |genesis| genesis.gas_limit);
        Ok(Header {
            ommers_hash: EMPTY_OMMER_ROOT_HASH,
            transactions_root: EMPTY_ROOT_HASH,
            receipts_root: EMPTY_ROOT_HASH,
            withdrawals_root: Some(EMPTY_WITHDRAWALS),
            gas_limit: if gas_limit == 0 {
                self.gas_limit
            } else {
                gas_limit
            },
            base_fee_per_gas: Some(base_fee),
            timestamp: file.map_or_else(|| Clock::default().now(), |genesis| genesis.timestamp),
            difficulty: file.map_or(U256::ZERO, |genesis| genesis.difficulty),
            nonce: file.map_or(0, |genesis| genesis.nonce).into(),
            beneficiary: file.map_or(Address::ZERO, |genesis| genesis.coinbase),
            mix_hash: file.map_or(B256::ZERO, |genesis| genesis.mix_hash),
            extra_data: named.unwrap_or_else(extra_data),
            blob_gas_used: Some(0),
            excess_blob_gas: Some(0),
            parent_beacon_block_root: Some(B256::ZERO),
            requests_hash: Some(EMPTY_REQUESTS_HASH),
            ..Default::default()
        })
    }
}

/// What runs a chain: the EVM by the newest rules, Move, and Solana.
pub(crate) const fn chain_spec(chain_id: u64) -> ChainSpec {
    ChainSpec {
        chain_id,
        rules: Rules::NEWEST,
        move_chain_id: Some(MOVE_CHAIN_ID),
        has_svm: true,
    }
}

/// The record of an account that has neither code nor transactions and is not empty.
fn lasting_record() -> Value {
    let record = AccountRecord {
        nonce: 1,
        ..Default::default()
    };
    record.encode()
}

/// What the first block's transactions would see, if it had any.
fn context(header: &Header) -> BlockContext {
    BlockContext {
        number: header.number,
        timestamp: header.timestamp,
        beneficiary: header.beneficiary,
        gas_limit: header.gas_limit,
        base_fee: header.base_fee_per_gas.unwrap_or_default(),
        prev_randao: header.mix_hash,
        difficulty: header.difficulty,
        parent_hash: header.parent_hash,
        parent_beacon_block_root: header.parent_beacon_block_root,
        excess_blob_gas: header.excess_blob_gas,
    }
}

/// Refuses what the first block of this chain cannot have.
fn check_header(genesis: &Genesis) -> Result<(), GenesisError> {
    let zero = [
        ("number", genesis.number),
        ("excessBlobGas", genesis.excess_blob_gas),
        ("blobGasUsed", genesis.blob_gas_used),
    ];
    for (field, value) in zero {
        if let Some(value) = value.filter(|value| *value != 0) {
            return Err(unusable(field, value, "leave it out or make it 0"));
        }
    }
    match genesis.parent_hash.filter(|hash| !hash.is_zero()) {
        Some(hash) => Err(unusable("parentHash", hash, "leave it out or make it 0")),
        None => Ok(()),
    }
}

fn unusable(
    field: &'static str,
    value: impl std::fmt::Display,
    advice: &'static str,
) -> GenesisError {
    GenesisError::Field {
        field,
        value: value.to_string(),
        advice,
    }
}

/// Addresses of the built-in contracts.
///
/// # Errors
/// [`GenesisError::Predeploys`] when the program's own list is unreadable.
pub fn predeploy_addresses() -> Result<Vec<Address>, GenesisError> {
    Ok(predeploys()?.into_keys().collect())
}

#[derive(Deserialize)]
struct Predeploy {
    code: Bytes,
    nonce: u64,
    storage: BTreeMap<U256, U256>,
}

fn predeploys() -> Result<BTreeMap<Address, GenesisAccount>, GenesisError> {
    let found: BTreeMap<Address, Predeploy> =
        serde_json::from_str(PREDEPLOYS).map_err(GenesisError::Predeploys)?;
    let account = |predeploy: Predeploy| GenesisAccount {
        code: Some(predeploy.code),
        nonce: Some(predeploy.nonce),
        storage: Some(
            predeploy
                .storage
                .into_iter()
                .map(|(slot, word)| (slot.into(), word.into()))
                .collect(),
        ),
        ..Default::default()
    };
    Ok(found
        .into_iter()
        .map(|(address, predeploy)| (address, account(predeploy)))
        .collect())
}

fn read_file(path: &Path) -> Result<Genesis, GenesisError> {
    let text = std::fs::read_to_string(path).map_err(|source| GenesisError::File {
        path: path.to_owned(),
        source,
    })?;
    serde_json::from_str(&text).map_err(|source| GenesisError::Format {
        path: path.to_owned(),
        source,
    })
}

/// Gives wei to an account of any VM, and notes whose its address is if that is a hash.
fn put_faucet(writes: &mut WriteSet, id: AccountId, wei: U256) {
    let form = id.evm_form();
    if wei.is_zero() {
        return;
    }
    writes.insert(StateKey::Balance(form.address()), Some(Value::word(wei)));
    if let EvmForm::Alias(address) = form {
        let link = Value::from(id.0.as_slice());
        writes.insert(StateKey::Link(address), Some(link));
    }
}

/// Sets an account's fields that are given. The balance is set where it is not zero, so that a
/// predeploy can be listed for its code alone.
fn put(writes: &mut WriteSet, address: Address, account: &GenesisAccount) {
    if !account.balance.is_zero() {
        writes.insert(
            StateKey::Balance(address),
            Some(Value::word(account.balance)),
        );
    }
    let code = account.code.as_ref().filter(|code| !code.is_empty());
    let nonce = account.nonce.unwrap_or(0);
    if code.is_some() || nonce > 0 {
        let mut record = AccountRecord {
            nonce,
            ..Default::default()
        };
        if let Some(code) = code {
            record.code_hash = keccak256(code);
            writes.insert(
                StateKey::EvmCode(record.code_hash),
                Some(Value::from(code.clone())),
            );
        }
        writes.insert(StateKey::EvmAccount(address), Some(record.encode()));
    }
    for (slot, word) in account.storage.iter().flatten() {
        let word = U256::from_be_bytes(word.0);
        let key = StateKey::EvmStorage(address, U256::from_be_bytes(slot.0));
        if word.is_zero() {
            writes.remove(&key);
        } else {
            writes.insert(key, Some(Value::word(word)));
        }
    }
}
