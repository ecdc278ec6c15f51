//! `eth_simulateV1`: blocks of made-up calls on top of a real one, with true roots.

use crate::{
    backend::{
        NodeBackend, Result,
        sign::{envelope, placeholder},
        simulate::{context_of, simulation_error},
    },
    producer::{Executed, next_base_fee_after, unsealed},
};
use alloy_consensus::{Transaction as _, TxEnvelope, transaction::Recovered};
use alloy_eips::{BlockId, BlockNumberOrTag};
use alloy_primitives::{B256, Bytes, U256};
use alloy_rpc_types_eth::{
    Block, BlockOverrides, BlockTransactions, Log, TransactionRequest,
    simulate::{
        SimBlock, SimCallResult, SimulateError as CallError, SimulatePayload, SimulatedBlock,
    },
};
use lumio_executor::BlockContext;
use lumio_rpc::eth::BackendError;
use lumio_simulator::{
    SimulateError, SimulateOptions, SimulatedCall, apply_state_overrides, revert_reason,
};
use lumio_state::{Overlay, WriteSet};
use lumio_storage::View;
use lumio_types::{SealedHeader, Transaction};

/// Blocks that one request may simulate, filled gaps included.
const MAX_BLOCKS: u64 = 256;
/// Seconds between simulated blocks, as in geth.
const BLOCK_SECONDS: u64 = 12;

/// JSON-RPC codes of calls that fail, as the specification of the method gives them.
const CODE_REVERTED: i32 = 3;
const CODE_VM: i32 = -32015;
/// And those of requests that fail as a whole.
const CODE_BLOCK_GAS_LIMIT: i32 = -38015;
const CODE_BLOCK_NUMBER: i32 = -38020;
const CODE_BLOCK_TIME: i32 = -38021;
const CODE_TOO_MANY_BLOCKS: i32 = -38026;
/// Why a call may not be in a block: how the message begins, and the code.
const CODES_OF_REFUSALS: &[(&str, i32)] = &[
    ("nonce too low", -38010),
    ("nonce too high", -38011),
    ("max fee per gas less than block base fee", -38012),
    ("intrinsic gas too low", -38013),
    ("insufficient gas for floor data gas cost", -38013),
    ("insufficient funds", -38014),
    ("block gas limit reached", CODE_BLOCK_GAS_LIMIT),
    ("exceeds block gas limit", CODE_BLOCK_GAS_LIMIT),
    ("sender not an eoa", -38024),
    ("max initcode size exceeded", -38025),
];

/// A simulation under way.
struct Simulation<'a> {
    node: &'a NodeBackend,
    /// The real block below.
    base: u64,
    parent: SealedHeader,
    state: Overlay<View>,
    /// All that the simulated blocks changed so far.
    writes: WriteSet,
    options: SimulateOptions,
    full: bool,
}

impl NodeBackend {
    pub(super) fn simulate_blocks(
        &self,
        at: BlockId,
        payload: SimulatePayload,
    ) -> Result<Vec<SimulatedBlock>> {
        let at = match at {
            BlockId::Number(BlockNumberOrTag::Pending) => BlockId::latest(),
            at => at,
        };
        let base = self.number(at)?;
        let mut simulation = Simulation {
            node: self,
            base,
            parent: SealedHeader::new(self.sealed_header(base)?),
            state: Overlay::new(self.chain.state_at(base)?),
            writes: self.edits_at(base),
            options: SimulateOptions {
                validation: payload.validation,
                trace_transfers: payload.trace_transfers,
            },
            full: payload.return_full_transactions,
        };
        let mut blocks = Vec::new();
        for block in payload.block_state_calls {
            let asked = block.block_overrides.as_ref().and_then(|it| it.number);
            let number = simulation.number_of(asked)?;
            if number.saturating_sub(base) > MAX_BLOCKS {
                return Err(too_many_blocks());
            }
            while simulation.next_number() < number {
                blocks.push(simulation.block(SimBlock::default())?);
            }
            blocks.push(simulation.block(block)?);
        }
        Ok(blocks)
    }
}

impl NodeBackend {
    /// What is over the state of the head and in no block yet.
    fn edits_at(&self, number: u64) -> WriteSet {
        let snapshot = self.chain.snapshot();
        match snapshot.head() {
            Some(head) if head.number == number => (*snapshot.edits()).clone(),
            _ => WriteSet::new(),
        }
    }
}

impl Simulation<'_> {
    const fn next_number(&self) -> u64 {
        self.parent.header.number.saturating_add(1)
    }

    fn number_of(&self, asked: Option<U256>) -> Result<u64> {
        let Some(asked) = asked else {
            return Ok(self.next_number());
        };
        let parent = self.parent.header.number;
        if asked <= U256::from(parent) {
            let message = format!("block numbers must be in order: {asked} <= {parent}");
            return Err(coded(CODE_BLOCK_NUMBER, message));
        }
        u64::try_from(asked).map_err(|_| too_many_blocks())
    }

    fn context(&self, overrides: Option<&BlockOverrides>) -> Result<BlockContext> {
        let parent = &self.parent.header;
        let mut context = BlockContext {
            number: self.next_number(),
            timestamp: parent.timestamp.saturating_add(BLOCK_SECONDS),
            base_fee: if self.options.validation {
                next_base_fee_after(parent)
            } else {
                0
            },
            parent_hash: self.parent.hash,
            prev_randao: B256::ZERO,
            ..context_of(parent)
        };
        let Some(overrides) = overrides else {
            return Ok(context);
        };
        if let Some(time) = overrides.time {
            if time <= parent.timestamp {
                let message = format!(
                    "block timestamps must be in order: {time} <= {}",
                    parent.timestamp
                );
                return Err(coded(CODE_BLOCK_TIME, message));
            }
            context.timestamp = time;
        }
        if let Some(fee) = overrides.base_fee {
            context.base_fee = u64::try_from(fee)
                .map_err(|_| BackendError::InvalidParams("baseFeePerGas exceeds 64 bits".into()))?;
        }
        context.gas_limit = overrides.gas_limit.unwrap_or(context.gas_limit);
        context.beneficiary = overrides.coinbase.unwrap_or(context.beneficiary);
        context.prev_randao = overrides.random.unwrap_or(context.prev_randao);
        context.difficulty = overrides.difficulty.unwrap_or(context.difficulty);
        Ok(context)
    }

    fn block(&mut self, block: SimBlock) -> Result<SimulatedBlock> {
        let context = self.context(block.block_overrides.as_ref())?;
        let simulator = &self.node.simulator;
        let mut state = Overlay::new(&self.state);
        if let Some(overrides) = &block.state_overrides {
            apply_state_overrides(&mut state, overrides).map_err(simulation_error)?;
        }
        let system = simulator.begin_block(&state, &context);
        state.apply(system.map_err(simulation_error)?);
        let ran = simulator
            .simulate_calls(&mut state, &context, &block.calls, self.options)
            .map_err(refusal)?;
        let writes = state.into_writes();
        self.state.apply(writes.clone());
        self.writes.extend(writes);

        let mut executed = Executed::default();
        let mut requests = Vec::new();
        for (request, call) in block.calls.iter().zip(&ran.calls) {
            let request = self.as_run(request, call);
            let transaction = transaction_of(request.clone())?;
            let receipt = call
                .executed
                .clone()
                .into_receipt(&transaction, executed.gas_used);
            executed.gas_used = receipt.cumulative_gas_used;
            executed.receipts.push(receipt);
            executed.transactions.push(transaction);
            requests.push(request);
        }
        let unsealed = unsealed(&context, executed);
        let header = self
            .node
            .chain
            .roots_on(self.base, unsealed.header, &self.writes)?;
        let sealed = SealedHeader::new(header);
        let calls = results(&sealed, &unsealed.transactions, &ran.calls);
        let inner = self.rendered(&sealed, &unsealed.transactions, requests)?;
        self.parent = sealed;
        Ok(SimulatedBlock { inner, calls })
    }

    /// The request with what the simulator put in.
    fn as_run(&self, request: &TransactionRequest, call: &SimulatedCall) -> TransactionRequest {
        let base = &call.transaction.base;
        let mut request = request.clone();
        request.from = Some(base.caller);
        request.to = Some(base.kind);
        request.nonce = Some(base.nonce);
        request.gas = Some(base.gas_limit);
        request.value = Some(base.value);
        request.chain_id = Some(self.node.chain.executor().spec().chain_id);
        if request.gas_price.is_none() {
            request.max_fee_per_gas.get_or_insert(base.gas_price);
            request.max_priority_fee_per_gas.get_or_insert(0);
        }
        request
    }

    fn rendered(
        &self,
        sealed: &SealedHeader,
        transactions: &[Transaction],
        requests: Vec<TransactionRequest>,
    ) -> Result<Block> {
        let transactions = if self.full {
            let full = requests
                .into_iter()
                .zip(0..)
                .map(|(request, index)| full_transaction(sealed, request, index))
                .collect::<Result<_>>()?;
            BlockTransactions::Full(full)
        } else {
            BlockTransactions::Hashes(transactions.iter().map(Transaction::hash).collect())
        };
        Ok(Block {
            header: alloy_rpc_types_eth::Header {
                hash: sealed.hash,
                inner: sealed.header.clone(),
                total_difficulty: None,
                size: None,
            },
            uncles: Vec::new(),
            transactions,
            withdrawals: Some(Default::default()),
        })
    }
}

fn coded(code: i32, message: String) -> BackendError {
    BackendError::Coded { code, message }
}

fn too_many_blocks() -> BackendError {
    coded(CODE_TOO_MANY_BLOCKS, "too many blocks".into())
}

/// A call that may not be in its block fails the request, with a code that says why.
fn refusal(error: SimulateError) -> BackendError {
    match simulation_error(error) {
        BackendError::Rejected(message) => {
            let code = CODES_OF_REFUSALS
                .iter()
                .find(|(words, _)| message.starts_with(words));
            match code {
                Some((_, code)) => coded(*code, message),
                None => BackendError::Rejected(message),
            }
        }
        error => error,
    }
}

fn transaction_of(request: TransactionRequest) -> Result<Transaction> {
    let (from, unsigned) = super::sign::unsigned(request)?;
    Ok(Transaction::trusted(
        envelope(unsigned, placeholder(from))?,
        from,
    ))
}

fn full_transaction(
    sealed: &SealedHeader,
    request: TransactionRequest,
    index: u64,
) -> Result<alloy_rpc_types_eth::Transaction> {
    use alloy_consensus::{SignableTransaction, TypedTransaction};
    let (from, unsigned) = super::sign::unsigned(request)?;
    let signature = placeholder(from);
    let envelope: TxEnvelope = match unsigned {
        TypedTransaction::Legacy(tx) => tx.into_signed(signature).into(),
        TypedTransaction::Eip2930(tx) => tx.into_signed(signature).into(),
        TypedTransaction::Eip1559(tx) => tx.into_signed(signature).into(),
        TypedTransaction::Eip4844(tx) => tx.into_signed(signature).into(),
        TypedTransaction::Eip7702(tx) => tx.into_signed(signature).into(),
    };
    let base_fee = sealed.header.base_fee_per_gas;
    let price = envelope.effective_gas_price(base_fee);
    Ok(alloy_rpc_types_eth::Transaction {
        inner: Recovered::new_unchecked(envelope, from),
        block_hash: Some(sealed.hash),
        block_number: Some(sealed.header.number),
        transaction_index: Some(index),
        effective_gas_price: Some(price),
        block_timestamp: Some(sealed.header.timestamp),
    })
}

fn results(
    sealed: &SealedHeader,
    transactions: &[Transaction],
    calls: &[SimulatedCall],
) -> Vec<SimCallResult> {
    let mut log_index = 0..;
    transactions
        .iter()
        .zip(calls)
        .zip(0..)
        .map(|((transaction, call), index)| {
            let executed = &call.executed;
            let logs = call.logs.iter().map(|log| Log {
                inner: log.clone(),
                block_hash: Some(sealed.hash),
                block_number: Some(sealed.header.number),
                block_timestamp: Some(sealed.header.timestamp),
                transaction_hash: Some(transaction.hash()),
                transaction_index: Some(index),
                log_index: log_index.next(),
                removed: false,
            });
            SimCallResult {
                return_data: executed.output.clone(),
                logs: logs.collect(),
                gas_used: executed.gas_used,
                max_used_gas: None,
                status: executed.success,
                error: (!executed.success)
                    .then(|| failure(executed.halt.as_deref(), &executed.output)),
            }
        })
        .collect()
}

fn failure(halt: Option<&str>, output: &Bytes) -> CallError {
    match halt {
        Some(halt) => CallError {
            code: CODE_VM,
            message: halt.to_owned(),
            data: None,
        },
        None => CallError {
            code: CODE_REVERTED,
            message: match revert_reason(output) {
                Some(reason) => format!("execution reverted: {reason}"),
                None => "execution reverted".into(),
            },
            data: Some(output.clone()),
        },
    }
}
