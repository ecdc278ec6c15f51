//! The development methods.

use crate::{
    backend::{NodeBackend, Result, dump},
    producer::{ProduceError, Producer, Settings},
    state::{account_state, keep_storage_owned, with_record},
};
use alloy_primitives::{Address, B256, Bytes, U256, keccak256};
use lumio_rpc::eth::{Backend, BackendError, DevControl, NodeInfo};
use lumio_state::{EMPTY_CODE_HASH, StateKey, StateView, Value, WriteSet};
use std::time::Duration;

/// Blocks that one request may seal: each is durable, and nothing else is sealed meanwhile.
const MOST_BLOCKS: u64 = 100_000;

impl NodeBackend {
    fn ask<T: Send + 'static>(
        &self,
        order: impl FnOnce(&mut Producer) -> std::result::Result<T, ProduceError> + Send + 'static,
    ) -> Result<T> {
        Ok(self.producer.ask(order)??)
    }

    fn change<T: Send + 'static>(
        &self,
        change: impl FnOnce(&mut Settings) -> T + Send + 'static,
    ) -> Result<T> {
        self.ask(|producer| producer.change(change))
    }

    /// Edits an account. The edit is computed on the producer's thread, so that two at a time do
    /// not undo each other.
    fn edit(
        &self,
        edit: impl FnOnce(&dyn StateView) -> Result<WriteSet> + Send + 'static,
    ) -> Result<()> {
        self.producer.ask(move |producer| -> Result<()> {
            let state = producer.latest_state();
            let mut changes = edit(&state)?;
            keep_storage_owned(&state, &mut changes)?;
            drop(state);
            Ok(producer.edit(changes)?)
        })?
    }
}

impl DevControl for NodeBackend {
    fn snapshot(&self) -> Result<U256> {
        Ok(U256::from(self.ask(Producer::remember)?))
    }

    fn revert(&self, id: U256) -> Result<bool> {
        match u64::try_from(id) {
            Ok(id) => self.ask(move |producer| producer.revert(id)),
            Err(_) => Ok(false),
        }
    }

    fn mine(&self, blocks: u64, interval: Option<u64>) -> Result<Vec<u64>> {
        if blocks > MOST_BLOCKS {
            return Err(BackendError::InvalidParams(format!(
                "{blocks} blocks are more than {MOST_BLOCKS}, the most that are sealed at once"
            )));
        }
        self.ask(move |producer| producer.mine(blocks, interval.unwrap_or(1)))
    }

    fn set_balance(&self, address: Address, wei: U256) -> Result<()> {
        self.edit(move |_| {
            let value = (!wei.is_zero()).then(|| Value::word(wei));
            Ok(WriteSet::from([(StateKey::Balance(address), value)]))
        })
    }

    fn add_balance(&self, address: Address, wei: U256) -> Result<()> {
        self.edit(move |state| {
            let balance = account_state(state, address)?.balance;
            let sum = balance.checked_add(wei).ok_or_else(|| {
                BackendError::InvalidParams("the balance would exceed 256 bits".into())
            })?;
            let value = (!sum.is_zero()).then(|| Value::word(sum));
            Ok(WriteSet::from([(StateKey::Balance(address), value)]))
        })
    }

    fn set_code(&self, address: Address, code: Bytes) -> Result<()> {
        self.edit(move |state| {
            let mut changes = WriteSet::new();
            let code_hash = if code.is_empty() {
                EMPTY_CODE_HASH
            } else {
                let hash = keccak256(&code);
                changes.insert(StateKey::EvmCode(hash), Some(Value::from(code)));
                hash
            };
            let account = account_state(state, address)?;
            changes.extend([with_record(address, account.nonce, code_hash)]);
            Ok(changes)
        })
    }

    fn set_nonce(&self, address: Address, nonce: u64) -> Result<()> {
        self.edit(move |state| {
            let account = account_state(state, address)?;
            Ok(WriteSet::from([with_record(
                address,
                nonce,
                account.code_hash,
            )]))
        })
    }

    fn set_storage(&self, address: Address, slot: U256, value: B256) -> Result<()> {
        self.edit(move |_| {
            let word = U256::from_be_bytes(value.0);
            let value = (!word.is_zero()).then(|| Value::word(word));
            Ok(WriteSet::from([(
                StateKey::EvmStorage(address, slot),
                value,
            )]))
        })
    }

    fn impersonate(&self, address: Address) -> Result<()> {
        self.impersonated.write().addresses.insert(address);
        Ok(())
    }

    fn stop_impersonating(&self, address: Address) -> Result<()> {
        self.impersonated.write().addresses.remove(&address);
        Ok(())
    }

    fn auto_impersonate(&self, enabled: bool) -> Result<()> {
        self.impersonated.write().everyone = enabled;
        Ok(())
    }

    fn increase_time(&self, seconds: i64) -> Result<i64> {
        self.ask(move |producer| Ok(producer.change(|it| it.clock.advance(seconds))??))
    }

    fn set_time(&self, timestamp: u64) -> Result<i64> {
        self.change(move |settings| settings.clock.set(timestamp))
    }

    fn set_next_timestamp(&self, timestamp: u64) -> Result<()> {
        self.ask(move |producer| {
            let head = producer.head_timestamp()?;
            Ok(producer.change(|it| it.clock.set_next(timestamp, head))??)
        })
    }

    fn set_timestamp_interval(&self, seconds: Option<u64>) -> Result<()> {
        self.change(move |settings| settings.clock.set_interval(seconds))
    }

    fn set_automine(&self, enabled: bool) -> Result<()> {
        self.change(move |settings| settings.schedule.at_once = enabled)?;
        if enabled {
            self.producer.wake()?;
        }
        Ok(())
    }

    fn automine(&self) -> bool {
        self.settings.read().schedule.at_once
    }

    fn set_interval_mining(&self, milliseconds: u64) -> Result<()> {
        self.change(move |settings| {
            let interval = (milliseconds > 0).then(|| Duration::from_millis(milliseconds));
            settings.schedule.interval = interval;
            if interval.is_some() {
                settings.schedule.at_once = false;
            }
        })
    }

    fn set_coinbase(&self, address: Address) -> Result<()> {
        self.change(move |settings| settings.beneficiary = address)
    }

    fn set_block_gas_limit(&self, gas: u64) -> Result<()> {
        self.change(move |settings| settings.gas_limit = gas)
    }

    fn set_next_base_fee(&self, wei: u64) -> Result<()> {
        self.change(move |settings| settings.next_base_fee = Some(wei))
    }

    fn set_min_gas_price(&self, wei: u128) -> Result<()> {
        self.pool.update_rules(|rules| rules.min_gas_price = wei);
        Ok(())
    }

    fn set_prev_randao(&self, value: B256) -> Result<()> {
        self.change(move |settings| settings.next_prev_randao = Some(value))
    }

    fn drop_transaction(&self, hash: B256) -> Result<bool> {
        Ok(self.pool.remove(hash))
    }

    fn drop_all(&self) -> Result<()> {
        self.pool.remove_all(None);
        Ok(())
    }

    fn remove_sender(&self, address: Address) -> Result<()> {
        self.pool.remove_all(Some(address));
        Ok(())
    }

    fn dump_state(&self) -> Result<Bytes> {
        dump::dump(&self.chain.snapshot())
    }

    fn load_state(&self, dump: Bytes) -> Result<bool> {
        let changes = dump::read(&dump)?;
        self.edit(move |_| Ok(changes))?;
        Ok(true)
    }

    fn reset(&self) -> Result<()> {
        let reset = self.ask(Producer::reset);
        *self.impersonated.write() = Default::default();
        reset.map_err(|error| match error {
            BackendError::NotFound(_) => BackendError::Unsupported(
                "genesis is further back than the state that is kept, and too large to be kept besides: start lumio with a larger --history-blocks".into(),
            ),
            error => error,
        })
    }

    fn node_info(&self) -> NodeInfo {
        self.info()
    }
}
