//! Layer A: the executor alone, in memory, on one thread, beside plain revm on
//! the same block. No signatures, no state root, no disk.

use crate::{
    report::{Case, Report, micros_each, per_second},
    server::own_rss_mib,
    signer::CHAIN_ID,
    workload::{FUNDS, Plan, Size, Workload},
};
use alloy_primitives::{Address, B256, U256};
use anyhow::{Context as _, Result, anyhow, ensure};
use clap::ValueEnum;
use lumio_executor::{BlockContext, ChainSpec, Executor, OpSpecId, Rules, SpecId};
use lumio_state::{EmptyView, Overlay, StateKey, Value, WriteSet};
use lumio_types::Transaction;
use lumio_vm_evm::evm_transaction;
use op_revm::{DefaultOp, OpBuilder, OpContext};
use revm::{
    Context, ExecuteCommitEvm, MainBuilder, MainContext,
    context::{BlockEnv, CfgEnv, result::ExecutionResult},
    context_interface::block::BlobExcessGasAndPrice,
    database::{CacheDB, EmptyDB},
    state::AccountInfo,
};
use std::{
    fmt::Debug,
    hint::black_box,
    time::{Duration, Instant},
};

const OPTIMISM: OpSpecId = OpSpecId::KARST;
const ETHEREUM: SpecId = SpecId::OSAKA;

/// What executes the block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Engine {
    /// Our executor with the OP stack's rules, as the node runs it
    Lumio,
    /// op-revm with its own journal, over a cache in memory
    OpRevm,
    /// Our executor with plain Ethereum's rules
    LumioEthereum,
    /// revm with its own journal and mainnet handler, over a cache in memory
    Revm,
}

/// `bench executor`
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct ExecutorArgs {
    /// Engines to measure, interleaved in this order
    #[arg(long, value_enum, value_delimiter = ',', default_values = ["lumio", "op-revm", "lumio-ethereum", "revm"])]
    engine: Vec<Engine>,
    /// Workloads
    #[arg(long, value_enum, value_delimiter = ',', default_values = ["transfer", "transfer-hot", "erc20", "erc20-hot", "swap", "compute"])]
    workload: Vec<Workload>,
    /// How often each engine runs each workload
    #[arg(long, default_value_t = 5)]
    pairs: usize,
    #[command(flatten)]
    size: Size,
}

/// One run of a block.
pub(crate) struct Timed {
    pub(crate) wall: Duration,
    pub(crate) cpu: Duration,
    pub(crate) gas: u64,
}

impl Engine {
    const fn name(self) -> &'static str {
        match self {
            Self::Lumio => "lumio",
            Self::OpRevm => "op-revm",
            Self::LumioEthereum => "lumio-ethereum",
            Self::Revm => "revm",
        }
    }

    pub(crate) fn run(self, plan: &Plan) -> Result<Timed> {
        match self {
            Self::Lumio => run_lumio(Rules::Optimism(OPTIMISM), plan),
            Self::LumioEthereum => run_lumio(Rules::Ethereum(ETHEREUM), plan),
            Self::OpRevm => {
                let context: OpContext<_> = OpContext::op()
                    .with_db(funded_cache(plan))
                    .with_block(block_env())
                    .with_cfg(config(OPTIMISM));
                run_revm(context.build_op(), plan, evm_transaction)
            }
            Self::Revm => {
                let context = Context::mainnet()
                    .with_db(funded_cache(plan))
                    .with_block(block_env())
                    .with_cfg(config(ETHEREUM));
                run_revm(context.build_mainnet(), plan, |it| evm_transaction(it).base)
            }
        }
    }
}

/// Runs the layer.
///
/// # Errors
/// When a transaction fails, or two engines disagree on the gas.
pub(crate) fn run(args: &ExecutorArgs, report: &mut Report) -> Result<()> {
    for workload in &args.workload {
        let plan = workload.plan(args.size)?;
        for pair in 1..=args.pairs {
            let mut gas = None;
            for engine in &args.engine {
                let timed = engine
                    .run(&plan)
                    .with_context(|| format!("{} on {}", workload.name(), engine.name()))?;
                let expected = *gas.get_or_insert(timed.gas);
                ensure!(
                    timed.gas == expected,
                    "{} used {} gas, the first engine {expected}",
                    engine.name(),
                    timed.gas
                );
                report.add(case(*workload, *engine, pair, &plan, &timed)?)?;
            }
        }
        report.compare(workload.name(), "lumio", "op-revm")?;
        report.compare(workload.name(), "lumio-ethereum", "revm")?;
    }
    Ok(())
}

fn case(
    workload: Workload,
    engine: Engine,
    pair: usize,
    plan: &Plan,
    timed: &Timed,
) -> Result<Case> {
    let count = plan.load.len();
    Ok(Case {
        case: workload.name().to_owned(),
        layer: "executor",
        subject: engine.name().to_owned(),
        pair,
        transactions: count,
        threads: 1,
        tx_per_s: per_second(count, timed.wall),
        cpu_us_per_tx: micros_each(timed.cpu, count),
        rss_mib: own_rss_mib()?,
        setting: format!("in memory, one block, {} gas", timed.gas),
        ..Case::default()
    })
}

fn run_lumio(rules: Rules, plan: &Plan) -> Result<Timed> {
    let executor = Executor::new(ChainSpec {
        chain_id: CHAIN_ID,
        rules,
        move_chain_id: None,
        has_svm: false,
    });
    let mut state = Overlay::new(EmptyView);
    state.apply(funds(plan));
    let block = block_context();
    for signed in plan.setup.iter().flatten() {
        let executed = executor.execute(&state, &block, &signed.transaction)?;
        ensure!(executed.success, "the set-up failed: {:?}", executed.halt);
        state.apply(executed.writes);
    }
    let load: Vec<&Transaction> = plan.load.iter().map(|it| &it.transaction).collect();
    let mut gas: u64 = 0;
    timed(move || {
        for transaction in load {
            let executed = executor.execute(&state, &block, transaction)?;
            ensure!(executed.success, "failed: {:?}", executed.halt);
            gas = gas.saturating_add(executed.gas_used);
            black_box(executed.events.len());
            state.apply(executed.writes);
        }
        Ok((gas, state))
    })
}

fn run_revm<E, T, H>(mut evm: E, plan: &Plan, convert: impl Fn(&Transaction) -> T) -> Result<Timed>
where
    E: ExecuteCommitEvm<Tx = T, ExecutionResult = ExecutionResult<H>>,
    E::Error: Debug,
    H: Debug,
{
    for signed in plan.setup.iter().flatten() {
        let result = transact(&mut evm, convert(&signed.transaction))?;
        ensure!(result.is_success(), "the set-up failed: {result:?}");
    }
    // In revm's own form before the clock starts: our conversion is our cost.
    let load: Vec<T> = plan
        .load
        .iter()
        .map(|it| convert(&it.transaction))
        .collect();
    let mut gas: u64 = 0;
    timed(move || {
        for transaction in load {
            let result = transact(&mut evm, transaction)?;
            ensure!(result.is_success(), "failed: {result:?}");
            gas = gas.saturating_add(result.tx_gas_used());
            black_box(result.logs().len());
        }
        Ok((gas, evm))
    })
}

fn transact<E>(evm: &mut E, transaction: E::Tx) -> Result<E::ExecutionResult>
where
    E: ExecuteCommitEvm,
    E::Error: Debug,
{
    evm.transact_commit(transaction)
        .map_err(|error| anyhow!("{error:?}"))
}

/// Times a run; what it leaves behind is dropped after the clock stopped.
pub(crate) fn timed<S>(run: impl FnOnce() -> Result<(u64, S)>) -> Result<Timed> {
    let cpu = thread_cpu()?;
    let began = Instant::now();
    let (gas, state) = run()?;
    let wall = began.elapsed();
    let cpu = thread_cpu()?.saturating_sub(cpu);
    drop(state);
    Ok(Timed { wall, cpu, gas })
}

/// CPU time of this thread so far, in nanoseconds and not in clock ticks.
pub(crate) fn thread_cpu() -> Result<Duration> {
    // Giving way makes the kernel bring the account up to date.
    std::thread::yield_now();
    let text = std::fs::read_to_string("/proc/thread-self/schedstat")?;
    let nanos = text.split(' ').next().context("malformed schedstat")?;
    Ok(Duration::from_nanos(nanos.parse()?))
}

/// The state before the set-up.
pub(crate) fn funds(plan: &Plan) -> WriteSet {
    plan.funded
        .iter()
        .map(|owner| {
            let wei = Value::word(U256::from(FUNDS));
            (StateKey::Balance(*owner), Some(wei))
        })
        .collect()
}

fn funded_cache(plan: &Plan) -> CacheDB<EmptyDB> {
    let mut cache = CacheDB::new(EmptyDB::default());
    for owner in &plan.funded {
        cache.insert_account_info(*owner, AccountInfo::from_balance(U256::from(FUNDS)));
    }
    cache
}

/// The block that everything runs in.
pub(crate) fn block_context() -> BlockContext {
    BlockContext {
        number: 1,
        timestamp: 1_700_000_000,
        beneficiary: Address::repeat_byte(0xbe),
        gas_limit: u64::MAX,
        base_fee: 1_000_000_000,
        prev_randao: B256::repeat_byte(0x77),
        // The blockhash of what is sent to Solana.
        parent_hash: B256::repeat_byte(0x11),
        excess_blob_gas: Some(0),
        ..BlockContext::default()
    }
}

fn block_env() -> BlockEnv {
    let block = block_context();
    BlockEnv {
        number: U256::from(block.number),
        beneficiary: block.beneficiary,
        timestamp: U256::from(block.timestamp),
        gas_limit: block.gas_limit,
        basefee: block.base_fee,
        prevrandao: Some(block.prev_randao),
        blob_excess_gas_and_price: Some(BlobExcessGasAndPrice::new_with_spec(0, ETHEREUM)),
        ..BlockEnv::default()
    }
}

fn config<S: Into<SpecId> + Clone>(spec: S) -> CfgEnv<S> {
    let mut config = CfgEnv::new_with_spec(spec);
    config.chain_id = CHAIN_ID;
    config
}
