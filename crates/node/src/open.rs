//! Opening a data folder: the chain in it, or a new one, and the pool beside it.

use crate::{
    chain::{Chain, Execution},
    config::{Config, DEFAULT_CHAIN_ID},
    failure::NodeError,
    genesis::{GenesisPlan, chain_spec},
    keys::Keyring,
    market::Market,
    pool::{AdmissionRules, Pool, PoolJournal, PoolLimits},
    producer::{Clock, Schedule, Settings, context_after},
    solana::SolanaKey,
};
use lumio_executor::{Executor, SpecId};
use lumio_parallel::Threads;
use lumio_storage::{Database, Options};
use lumio_vm_move::FEE_VAULT;
use std::sync::Arc;

const POOL_JOURNAL: &str = "pool.journal";

/// The pool's journal and what it held, unless nothing is kept.
type Journal = Option<(PoolJournal, Vec<lumio_types::Transaction>)>;

pub(crate) fn open_chain(
    config: &Config,
    keyring: &Keyring,
    solana_faucet: &SolanaKey,
) -> Result<(Chain, Journal), NodeError> {
    let options = Options {
        history_blocks: config.history_blocks,
        ..Options::default()
    };
    let (database, journal) = if config.ephemeral {
        (Database::ephemeral(options)?, None)
    } else {
        let database = Database::open(&config.datadir, options)?;
        let journal = PoolJournal::open(&config.datadir.join(POOL_JOURNAL))?;
        (database, Some(journal))
    };
    let plan = GenesisPlan {
        chain_id: config.chain_id,
        gas_limit: config.gas_limit,
        base_fee: config.base_fee,
        funded: keyring.addresses().collect(),
        solana_faucet: Some(solana_faucet.id()),
        ether: config.balance,
    };
    if database.head().is_none() {
        plan.write(&database, config.genesis.as_deref())?;
    } else if let Some(asked) = config.chain_id {
        database.require_chain(asked)?;
    }
    let identity = database.snapshot().identity()?;
    let chain_id = identity.map_or(DEFAULT_CHAIN_ID, |identity| identity.chain_id);
    let executor = Executor::new(chain_spec(chain_id));
    // Only impersonated senders can have code of their own, and they may send.
    let checks = lumio_vm_evm::Checks {
        sender_without_code: false,
        ..lumio_vm_evm::Checks::ALL
    };
    let evm = executor.evm().with_checks(checks);
    let execution = Execution {
        threads: Threads::new(config.execution_threads()).map_err(NodeError::Threads)?,
        verifies_parallel: config.verify_parallel,
    };
    let chain = Chain::open(database, executor.with_evm(evm), execution)?;
    Ok((chain, journal))
}

/// The chain of the folder may have been made for other accounts.
pub(crate) fn warn_of_empty_accounts(chain: &Chain, keyring: &Keyring) {
    let empty = keyring.addresses().filter(|address| {
        let account = chain.account(*address);
        account.is_ok_and(|account| account.nonce == 0 && account.balance.is_zero())
    });
    let empty = empty.count();
    if empty > 0 {
        tracing::warn!(
            accounts = empty,
            "accounts of the mnemonic have no ether: the chain was made with other settings"
        );
    }
}

pub(crate) fn settings(config: &Config, head_timestamp: u64) -> Settings {
    let interval = config.block_interval();
    Settings {
        schedule: Schedule {
            at_once: interval.is_none() && !config.no_mining,
            interval,
        },
        clock: Clock::after(head_timestamp),
        beneficiary: FEE_VAULT,
        gas_limit: config.gas_limit,
        next_base_fee: None,
        next_prev_randao: None,
    }
}

pub(crate) fn new_pool(
    chain: &Chain,
    settings: &Settings,
    journal: Option<PoolJournal>,
    market: &Arc<Market>,
) -> Result<Arc<Pool>, NodeError> {
    let spec = chain.executor().spec();
    let head = chain.head()?;
    let base_fee = match context_after(&head, settings) {
        Ok(context) => context.base_fee,
        Err(_) => 0,
    };
    let rules = AdmissionRules {
        chain_id: spec.chain_id,
        block_gas_limit: settings.gas_limit,
        gas_cap: spec.rules.ethereum_fork().is_enabled_in(SpecId::OSAKA),
        min_gas_price: 0,
        base_fee,
    };
    let pool = Pool::new(PoolLimits::default(), rules, journal);
    Ok(Arc::new(pool.with_market(Arc::clone(market))))
}
