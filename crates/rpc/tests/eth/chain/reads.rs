//! What the chain answers when it is asked.

use super::{
    CHAIN_ID, Chain, PANICS, REVERTS, Result, SLOW, Sealed, Sealing, TOKEN, empty, transfer,
};
use alloy_consensus::{Header, Transaction as _};
use alloy_eips::{BlockId, BlockNumberOrTag};
use alloy_primitives::{Address, B256, Bytes, TxKind, U256, keccak256};
use alloy_rpc_types_eth::{
    AccessListItem, AccessListResult, TransactionRequest,
    simulate::{SimulatePayload, SimulatedBlock},
};
use alloy_rpc_types_trace::geth::{
    GethDebugTracingCallOptions, GethDebugTracingOptions, GethTrace, NoopFrame, TraceResult,
};
use alloy_signer::SignerSync as _;
use lumio_rpc::eth::{
    AccountProof, AccountState, BackendError, CallOutcome, CallRequest, ChainEvent, ChainReader,
    FeeReader, HotResource, LocatedTransaction, Pool, PoolContent, PoolTransaction, Simulator,
    StateReader, StorageProof, Submission,
};
use lumio_types::{Block, Receipt, SealedHeader, Transaction};
use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};
use tokio::sync::{broadcast, oneshot};

impl ChainReader for Chain {
    fn chain_id(&self) -> u64 {
        CHAIN_ID
    }
    fn head_number(&self) -> u64 {
        self.state.lock().blocks.len() as u64 - 1
    }
    fn resolve(&self, id: BlockId) -> Result<Option<u64>> {
        let head = self.head_number();
        Ok(match id {
            BlockId::Number(BlockNumberOrTag::Pending) => Some(head + 1),
            BlockId::Number(BlockNumberOrTag::Earliest) => Some(0),
            BlockId::Number(BlockNumberOrTag::Number(number)) => (number <= head).then_some(number),
            BlockId::Number(_) => Some(head),
            BlockId::Hash(hash) => {
                let state = self.state.lock();
                let found = state
                    .blocks
                    .iter()
                    .position(|(block, _)| block.hash() == hash.block_hash);
                found.map(|number| number as u64)
            }
        })
    }
    fn header(&self, number: u64) -> Result<Option<(Header, B256)>> {
        Ok(self
            .block(number)?
            .map(|block| (block.header.header.clone(), block.hash())))
    }
    fn block(&self, number: u64) -> Result<Option<Arc<Block>>> {
        Ok(self
            .state
            .lock()
            .blocks
            .get(number as usize)
            .map(|(block, _)| block.clone()))
    }
    fn receipts(&self, number: u64) -> Result<Option<Arc<Vec<Receipt>>>> {
        Ok(self
            .state
            .lock()
            .blocks
            .get(number as usize)
            .map(|(_, receipts)| receipts.clone()))
    }
    fn pending_block(&self) -> Result<Sealed> {
        let state = self.state.lock();
        let header = Header {
            number: state.blocks.len() as u64,
            ..Header::default()
        };
        let transactions = state
            .pool
            .pending
            .iter()
            .map(|tx| Transaction::clone(tx))
            .collect();
        Ok((
            Arc::new(Block {
                header: SealedHeader::new(header),
                transactions,
            }),
            Arc::default(),
        ))
    }
    fn transaction(&self, hash: B256) -> Result<Option<LocatedTransaction>> {
        let state = self.state.lock();
        Ok(state.blocks.iter().find_map(|(block, _)| {
            let index = block.transactions.iter().position(|tx| tx.hash() == hash)?;
            Some(LocatedTransaction {
                block: block.clone(),
                index,
            })
        }))
    }
    fn next_base_fee(&self) -> Result<u64> {
        Ok(1_000_000_000)
    }
    fn subscribe(&self) -> broadcast::Receiver<ChainEvent> {
        self.events.subscribe()
    }
}

impl StateReader for Chain {
    fn account(&self, at: BlockId, address: Address) -> Result<AccountState> {
        assert!(address != PANICS, "asked for the account that panics");
        let number = self.number_of(at);
        let state = self.state.lock();
        let mut account = state.accounts.get(&address).cloned().unwrap_or(empty());
        let later = state
            .blocks
            .iter()
            .skip(number? + 1)
            .flat_map(|(block, _)| &block.transactions);
        account.nonce -= later.filter(|tx| tx.sender() == address).count() as u64;
        Ok(account)
    }
    fn storage(&self, at: BlockId, address: Address, slot: U256) -> Result<U256> {
        self.number_of(at)?;
        Ok(self
            .state
            .lock()
            .storage
            .get(&(address, slot))
            .copied()
            .unwrap_or_default())
    }
    fn code(&self, at: BlockId, address: Address) -> Result<Bytes> {
        self.number_of(at)?;
        Ok(self
            .state
            .lock()
            .code
            .get(&address)
            .cloned()
            .unwrap_or_default())
    }
    fn proof(&self, at: BlockId, address: Address, slots: &[U256]) -> Result<AccountProof> {
        Ok(AccountProof {
            account: self.account(at, address)?,
            storage_root: alloy_consensus::EMPTY_ROOT_HASH,
            proof: vec![Bytes::from_static(&[0xc0])],
            storage: slots
                .iter()
                .map(|slot| StorageProof {
                    slot: *slot,
                    value: U256::ZERO,
                    proof: vec![],
                })
                .collect(),
        })
    }
}

/// Where [`TOKEN`] keeps everybody's balance.
const BALANCE_SLOT: u8 = 6;

fn is_balance_of(request: &CallRequest) -> bool {
    let input = request.transaction.input.input();
    input.is_some_and(|input| input.starts_with(&[0x70, 0xa0, 0x82, 0x31]))
}

impl Simulator for Chain {
    fn call(&self, request: CallRequest) -> Result<CallOutcome> {
        self.number_of(request.at)?;
        match request.transaction.to.and_then(|kind| kind.into_to()) {
            Some(REVERTS) => Err(BackendError::Reverted {
                reason: Some("no".into()),
                data: Bytes::from_static(&[0x08, 0xc3, 0x79, 0xa0]),
            }),
            Some(SLOW) => {
                let running = self.running.fetch_add(1, Ordering::SeqCst) + 1;
                self.most_running.fetch_max(running, Ordering::SeqCst);
                std::thread::sleep(Duration::from_millis(50));
                self.running.fetch_sub(1, Ordering::SeqCst);
                Ok(CallOutcome {
                    output: Bytes::new(),
                    gas_used: 0,
                })
            }
            Some(TOKEN) if is_balance_of(&request) => {
                let overrides = request.state_overrides.as_ref();
                let diff = overrides.and_then(|accounts| accounts.get(&TOKEN)?.state_diff.clone());
                let slot = B256::with_last_byte(BALANCE_SLOT);
                let changed = diff.and_then(|diff| diff.get(&slot).copied());
                let kept = self.storage(request.at, TOKEN, slot.into())?;
                Ok(CallOutcome {
                    output: changed.unwrap_or_else(|| kept.into()).into(),
                    gas_used: 30_000,
                })
            }
            _ => Ok(CallOutcome {
                output: request.transaction.input.into_input().unwrap_or_default(),
                gas_used: 21_000,
            }),
        }
    }
    fn estimate_gas(&self, request: CallRequest) -> Result<u64> {
        Ok(self.call(request)?.gas_used)
    }
    fn create_access_list(&self, request: CallRequest) -> Result<AccessListResult> {
        let mut list = AccessListResult {
            gas_used: U256::from(30_000),
            ..AccessListResult::default()
        };
        if is_balance_of(&request) {
            list.access_list.0.push(AccessListItem {
                address: TOKEN,
                storage_keys: [1, BALANCE_SLOT].map(B256::with_last_byte).to_vec(),
            });
        }
        Ok(list)
    }
    fn simulate(&self, _: BlockId, payload: SimulatePayload) -> Result<Vec<SimulatedBlock>> {
        let block = || SimulatedBlock {
            inner: Default::default(),
            calls: vec![],
        };
        Ok(payload.block_state_calls.iter().map(|_| block()).collect())
    }
    fn trace_transaction(&self, hash: B256, _: GethDebugTracingOptions) -> Result<GethTrace> {
        match self.transaction(hash)? {
            Some(_) => Ok(GethTrace::NoopTracer(NoopFrame::default())),
            None => Err(BackendError::NotFound("transaction not found".into())),
        }
    }
    fn trace_block(&self, number: u64, _: GethDebugTracingOptions) -> Result<Vec<TraceResult>> {
        let block = self.block(number)?.unwrap();
        let trace = || GethTrace::NoopTracer(NoopFrame::default());
        Ok(block
            .transactions
            .iter()
            .map(|tx| TraceResult::new_success(trace(), Some(tx.hash())))
            .collect())
    }
    fn trace_call(
        &self,
        _: TransactionRequest,
        at: BlockId,
        _: GethDebugTracingCallOptions,
    ) -> Result<GethTrace> {
        self.number_of(at)?;
        Ok(GethTrace::NoopTracer(NoopFrame::default()))
    }
}

impl FeeReader for Chain {
    fn tip(&self, transaction: &Transaction, base_fee: u64) -> Option<u128> {
        transaction.envelope().effective_tip_per_gas(base_fee)
    }
    fn hot_resources(&self) -> Vec<HotResource> {
        vec![HotResource {
            kind: "storage",
            owner: Bytes::from([0x11; 20]),
            key: Bytes::from([0; 32]),
            price: 2_000_000_000,
            gas: 700_000,
            waiting: 12,
        }]
    }
    fn local_price(&self, call: &TransactionRequest) -> u128 {
        let is_hot = call.to == Some(TxKind::Call(Address::repeat_byte(0x11)));
        if is_hot { 2_000_000_000 } else { 0 }
    }
}

impl Pool for Chain {
    fn submit_raw(&self, raw: Bytes) -> Result<Submission> {
        let tx = Transaction::decode_signed(&raw)
            .map_err(|error| BackendError::Rejected(error.to_string()))?;
        let hash = tx.hash();
        let _nobody_listens = self.events.send(ChainEvent::Pending(Arc::new(tx.clone())));
        let sealing = *self.sealing.lock();
        let committed = match sealing {
            Sealing::AtOnce => {
                self.seal(vec![(tx, vec![])]);
                let (done, committed) = oneshot::channel();
                let _waiting = done.send(Ok(()));
                Some(committed)
            }
            Sealing::ByHand => {
                self.state.lock().pool.pending.push(Arc::new(tx));
                None
            }
            Sealing::Held => {
                let (done, committed) = oneshot::channel();
                self.state.lock().held.push(done);
                Some(committed)
            }
        };
        Ok(Submission { hash, committed })
    }
    fn send(&self, request: TransactionRequest) -> Result<B256> {
        let from = request.from.unwrap_or_default();
        if !self.accounts().contains(&from) {
            return Err(BackendError::Rejected("unknown account".into()));
        }
        self.called(format!("send from {from}"));
        Ok(keccak256("sent"))
    }
    fn fill(&self, request: TransactionRequest) -> Result<TransactionRequest> {
        Ok(TransactionRequest {
            nonce: Some(3),
            gas: Some(21_000),
            chain_id: Some(CHAIN_ID),
            max_fee_per_gas: Some(2),
            max_priority_fee_per_gas: Some(1),
            ..request
        })
    }
    fn sign_transaction(&self, _: TransactionRequest) -> Result<Bytes> {
        Ok(transfer(&self.signer, 0, 1))
    }
    fn sign_message(&self, address: Address, message: &[u8]) -> Result<Bytes> {
        if address != self.signer.address() {
            return Err(BackendError::Rejected("unknown account".into()));
        }
        Ok(self
            .signer
            .sign_message_sync(message)
            .unwrap()
            .as_bytes()
            .into())
    }
    fn sign_typed_data(&self, _: Address, data: serde_json::Value) -> Result<Bytes> {
        if !data.is_object() {
            return Err(BackendError::InvalidParams("not an object".into()));
        }
        Ok(keccak256(data.to_string()).into())
    }
    fn accounts(&self) -> Vec<Address> {
        let mut accounts = vec![self.signer.address()];
        accounts.extend(&self.state.lock().impersonated);
        accounts
    }
    fn pooled(&self, hash: B256) -> Option<PoolTransaction> {
        let state = self.state.lock();
        let transaction = state
            .pool
            .pending
            .iter()
            .find(|tx| tx.hash() == hash)?
            .clone();
        Some(PoolTransaction {
            transaction,
            executable: true,
        })
    }
    fn content(&self) -> PoolContent {
        self.state.lock().pool.clone()
    }
    fn pending_nonce(&self, address: Address) -> Result<u64> {
        let state = self.state.lock();
        let pooled = state
            .pool
            .pending
            .iter()
            .filter(|tx| tx.sender() == address)
            .count();
        Ok(state
            .accounts
            .get(&address)
            .map_or(0, |account| account.nonce)
            + pooled as u64)
    }
}
