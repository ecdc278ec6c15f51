//! One case: a state, a transaction, a fork.

use crate::world::World;
use alloy_primitives::{B256, U256, keccak256};
use lumio_executor::{BlockContext, ChainSpec, ExecuteError, Executor, Rules, SpecId};
use lumio_types::Event;
use lumio_vm_evm::{BlockHashes, Evm, EvmTransaction};
use revm_statetest_types::{SpecName, Test, TestUnit};

/// Runs a case; the error says what differs.
pub(crate) fn run(unit: &TestUnit, fork: SpecId, test: &Test) -> Result<(), String> {
    let transaction = match transaction(unit, test) {
        Ok(transaction) => transaction,
        Err(_) if test.expect_exception.is_some() => return Ok(()),
        Err(reason) => return Err(reason),
    };
    let mut world = world(unit);
    let spec = ChainSpec {
        chain_id: 1,
        rules: Rules::Ethereum(fork),
        move_chain_id: None,
        has_svm: false,
    };
    let evm = Evm::new(spec.rules).with_block_hashes(BlockHashes::OfNumber);
    let executor = Executor::new(spec).with_evm(evm);
    let block = block(unit)?;
    let events = match executor.execute_evm(&world, &block, transaction, B256::ZERO) {
        Ok(executed) => {
            if let Some(expected) = &test.expect_exception {
                return Err(format!(
                    "the transaction ran, where {expected} was expected"
                ));
            }
            world.apply(executed.writes);
            executed.events
        }
        Err(ExecuteError::Invalid(invalid)) => match &test.expect_exception {
            Some(_) => Vec::new(),
            None => return Err(format!("the transaction was refused: {invalid}")),
        },
        Err(ExecuteError::Fault(fault)) => return Err(format!("fault: {fault}")),
        Err(error @ (ExecuteError::Move(_) | ExecuteError::Solana(_))) => {
            return Err(format!("no Ethereum transaction: {error}"));
        }
    };
    expect("logs", logs_hash(events), test.logs)?;
    expect(
        "state root",
        world.root().map_err(|fault| fault.to_string())?,
        test.hash,
    )
}

fn expect(what: &str, got: B256, wanted: B256) -> Result<(), String> {
    if got == wanted {
        Ok(())
    } else {
        Err(format!("{what}: got {got}, expected {wanted}"))
    }
}

/// The fork of a name in a test file, or `None` for one that nobody runs.
pub(crate) fn fork(name: &SpecName) -> Option<SpecId> {
    match name {
        SpecName::Unknown
        | SpecName::Amsterdam
        | SpecName::Constantinople
        | SpecName::ByzantiumToConstantinopleAt5 => None,
        known => Some(known.to_spec_id()),
    }
}

fn transaction(unit: &TestUnit, test: &Test) -> Result<EvmTransaction, String> {
    let parts = &unit.transaction;
    let indexes = &test.indexes;
    if indexes.data >= parts.data.len()
        || indexes.gas >= parts.gas_limit.len()
        || indexes.value >= parts.value.len()
    {
        return Err("the test names a transaction part that is not there".into());
    }
    let small = |amount: Option<U256>| amount.is_none_or(|wei| wei <= U256::from(u128::MAX));
    if parts.nonce > U256::from(u64::MAX)
        || !small(parts.max_priority_fee_per_gas)
        || !small(parts.max_fee_per_blob_gas)
    {
        return Err("a number of the transaction exceeds its field".into());
    }
    let base = test.tx_env(unit).map_err(|error| error.to_string())?;
    Ok(EvmTransaction {
        base,
        enveloped_tx: None,
        deposit: Default::default(),
    })
}

fn world(unit: &TestUnit) -> World {
    let mut world = World::default();
    for (address, account) in &unit.pre {
        world.insert_account(
            *address,
            account.balance,
            account.nonce,
            account.code.clone(),
        );
        for (slot, value) in &account.storage {
            world.insert_slot(*address, *slot, *value);
        }
    }
    world
}

fn block(unit: &TestUnit) -> Result<BlockContext, String> {
    let env = &unit.env;
    let narrow = |name: &str, value: U256| {
        u64::try_from(value).map_err(|_| format!("{name} exceeds 64 bits: {value}"))
    };
    Ok(BlockContext {
        number: narrow("currentNumber", env.current_number)?,
        timestamp: narrow("currentTimestamp", env.current_timestamp)?,
        beneficiary: env.current_coinbase,
        gas_limit: u64::try_from(env.current_gas_limit).unwrap_or(u64::MAX),
        base_fee: narrow("currentBaseFee", env.current_base_fee.unwrap_or_default())?,
        prev_randao: env.current_random.unwrap_or_default(),
        difficulty: env.current_difficulty,
        parent_hash: env.previous_hash.unwrap_or_default(),
        parent_beacon_block_root: env.current_beacon_root,
        excess_blob_gas: match env.current_excess_blob_gas {
            None => None,
            Some(gas) => Some(narrow("currentExcessBlobGas", gas)?),
        },
    })
}

/// keccak256 of the RLP of the logs: what a test says of them.
fn logs_hash(events: Vec<Event>) -> B256 {
    let logs: Vec<_> = events.into_iter().map(|event| event.log).collect();
    keccak256(alloy_rlp::encode(logs))
}
