//! The development methods: some act, all that do not are remembered.

use super::{Chain, Result, empty};
use alloy_primitives::{Address, B256, Bytes, U256};
use lumio_rpc::eth::{Backend, BackendError, DevControl, NodeInfo};
use std::sync::atomic::Ordering;

/// Remembers the call and answers.
macro_rules! record {
    ($($name:ident($($arg:ident: $type:ty),*) -> $result:ty = $answer:expr;)*) => {
        $(fn $name(&self, $($arg: $type),*) -> Result<$result> {
            let arguments: &[String] = &[$(format!("{:?}", $arg)),*];
            self.called(format!("{}{}", stringify!($name), arguments.concat()));
            Ok($answer)
        })*
    };
}

impl DevControl for Chain {
    fn snapshot(&self) -> Result<U256> {
        Ok(U256::from(1))
    }
    fn revert(&self, id: U256) -> Result<bool> {
        Ok(id == U256::from(1))
    }
    fn mine(&self, blocks: u64, interval: Option<u64>) -> Result<Vec<u64>> {
        self.called(format!("mine {blocks} {interval:?}"));
        Ok((0..blocks).map(|_| self.seal(vec![]).0.number()).collect())
    }
    fn set_balance(&self, address: Address, wei: U256) -> Result<()> {
        self.state
            .lock()
            .accounts
            .entry(address)
            .or_insert(empty())
            .balance = wei;
        Ok(())
    }
    fn add_balance(&self, address: Address, wei: U256) -> Result<()> {
        let mut state = self.state.lock();
        let account = state.accounts.entry(address).or_insert(empty());
        let sum = account.balance.checked_add(wei);
        account.balance = sum.ok_or_else(|| BackendError::InvalidParams("too much".into()))?;
        Ok(())
    }
    fn set_code(&self, address: Address, code: Bytes) -> Result<()> {
        self.state.lock().code.insert(address, code);
        Ok(())
    }
    fn set_nonce(&self, address: Address, nonce: u64) -> Result<()> {
        self.state
            .lock()
            .accounts
            .entry(address)
            .or_insert(empty())
            .nonce = nonce;
        Ok(())
    }
    fn set_storage(&self, address: Address, slot: U256, value: B256) -> Result<()> {
        self.state
            .lock()
            .storage
            .insert((address, slot), value.into());
        Ok(())
    }
    fn impersonate(&self, address: Address) -> Result<()> {
        self.state.lock().impersonated.push(address);
        Ok(())
    }
    fn stop_impersonating(&self, address: Address) -> Result<()> {
        self.state.lock().impersonated.retain(|one| *one != address);
        Ok(())
    }
    fn set_interval_mining(&self, milliseconds: u64) -> Result<()> {
        self.called(format!("interval {milliseconds}"));
        Ok(())
    }
    fn automine(&self) -> bool {
        true
    }
    record! {
        auto_impersonate(enabled: bool) -> () = ();
        increase_time(seconds: i64) -> i64 = seconds;
        set_time(timestamp: u64) -> i64 = 0;
        set_next_timestamp(timestamp: u64) -> () = ();
        set_timestamp_interval(seconds: Option<u64>) -> () = ();
        set_automine(enabled: bool) -> () = ();
        set_coinbase(address: Address) -> () = ();
        set_block_gas_limit(gas: u64) -> () = ();
        set_next_base_fee(wei: u64) -> () = ();
        set_min_gas_price(wei: u128) -> () = ();
        set_prev_randao(value: B256) -> () = ();
        drop_transaction(hash: B256) -> bool = false;
        drop_all() -> () = ();
        remove_sender(address: Address) -> () = ();
        dump_state() -> Bytes = Bytes::from_static(&[1]);
        load_state(dump: Bytes) -> bool = true;
        reset() -> () = ();
    }
    fn node_info(&self) -> NodeInfo {
        self.info()
    }
}

impl Backend for Chain {
    fn dev(&self) -> Option<&dyn DevControl> {
        self.dev
            .load(Ordering::Relaxed)
            .then_some(self as &dyn DevControl)
    }
    fn info(&self) -> NodeInfo {
        NodeInfo {
            client_version: "lumio/v0.1.0/test".into(),
            hard_fork: "prague".into(),
            pending_timestamp: 1_700_000_100,
            gas_limit: 30_000_000,
            automine: true,
            interval_ms: Some(200),
        }
    }
}
