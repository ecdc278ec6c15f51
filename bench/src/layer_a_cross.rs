//! Layer A for calls across machines: a round trip EVM → Move → EVM beside its parts, each a
//! transaction of its own, and beside one way of it; and one way EVM → Solana. In memory, on one thread, no signatures.

use crate::{
    contracts::RoundTrip,
    layer_a::{Timed, timed},
    layer_a_move::MAX_GAS,
    mixed::solana_call,
    move_chain::{Call, MoveChain, MoveUser},
    report::{Case, Report, micros_each, per_second},
    server::own_rss_mib,
    signer::{Action, Signer},
    workload::{FUNDS, deploy_token, recipient, token_transfer},
};
use alloy_primitives::{Address as EvmAddress, B256, U256};
use alloy_sol_types::SolCall;
use anyhow::{Context as _, Result, ensure};
use clap::ValueEnum;
use lumio_move_engine::{Address, ModuleId};
use lumio_state::{StateKey, Value};
use lumio_types::{AccountId, Transaction};
use std::hint::black_box;

/// What each transaction does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum CrossWorkload {
    /// A contract counts: the first part
    Step,
    /// A Move function counts: the second part
    Count,
    /// An ERC-20 transfer: the third part
    Transfer,
    /// The first and the third part, within the EVM
    Send,
    /// The first and the second part: EVM → Move
    ToMove,
    /// The second and the third part: Move → EVM
    ToEvm,
    /// A transfer by Solana's system program: EVM → Solana
    ToSolana,
    /// All three: EVM → Move → EVM
    ThereAndBack,
}

/// `bench cross`
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct CrossArgs {
    /// Workloads; the ratio needs all parts
    #[arg(long, value_enum, value_delimiter = ',', default_values = ["step", "count", "transfer", "send", "to-move", "to-evm", "to-solana", "there-and-back"])]
    workload: Vec<CrossWorkload>,
    /// How often each is run, in turn
    #[arg(long, default_value_t = 5)]
    pairs: usize,
    /// Transactions in each case
    #[arg(long, default_value_t = 5_000)]
    transactions: usize,
}

/// Runs the layer.
///
/// # Errors
/// When a transaction fails.
pub(crate) fn run(args: &CrossArgs, report: &mut Report) -> Result<()> {
    let mut bed = Bed::new()?;
    for pair in 1..=args.pairs {
        for workload in &args.workload {
            let timed = bed
                .measure(*workload, args.transactions)
                .with_context(|| workload.name())?;
            let count = args.transactions;
            let gas = timed.gas.checked_div(count as u64).unwrap_or(0);
            report.add(Case {
                case: workload.name().to_owned(),
                layer: "executor",
                subject: "lumio".to_owned(),
                pair,
                transactions: count,
                threads: 1,
                tx_per_s: per_second(count, timed.wall),
                cpu_us_per_tx: micros_each(timed.cpu, count),
                rss_mib: own_rss_mib()?,
                setting: format!("in memory, one block, {gas} gas each"),
                ..Case::default()
            })?;
        }
    }
    let parts = [
        CrossWorkload::Step,
        CrossWorkload::Count,
        CrossWorkload::Transfer,
    ];
    let parts = parts.map(CrossWorkload::name);
    report.compare_with_sum(CrossWorkload::ThereAndBack.name(), &parts)
}

impl CrossWorkload {
    const fn name(self) -> &'static str {
        match self {
            Self::Step => "part-evm-count",
            Self::Count => "part-move-count",
            Self::Transfer => "part-evm-erc20",
            Self::Send => "evm-to-evm",
            Self::ToMove => "evm-to-move",
            Self::ToEvm => "move-to-evm",
            Self::ToSolana => "evm-to-solana",
            Self::ThereAndBack => "evm-to-move-to-evm",
        }
    }
}

/// A chain with the contracts and the module, and those who call them.
struct Bed {
    chain: MoveChain,
    wallet: Signer,
    user: MoveUser,
    token: EvmAddress,
    contract: EvmAddress,
}

impl Bed {
    fn new() -> Result<Self> {
        let mut chain = MoveChain::with_solana()?;
        let mut wallet = Signer::new("wallet", 0)?;
        let user = MoveUser::new("user", 0);
        chain.fund(user.address);
        let wei = Value::word(U256::from(FUNDS));
        let funds = [wallet.address(), recipient(1)];
        let funds = funds.map(|owner| (StateKey::Balance(owner), Some(wei.clone())));
        chain.state.apply(funds);
        chain.publish()?;
        let contract = chain.install_round_trip()?;

        let (token, create) = deploy_token(&mut wallet)?;
        chain.run(&create.transaction)?;
        let mut bed = Self {
            chain,
            wallet,
            user,
            token,
            contract,
        };
        for owner in [contract, MoveChain::ledger(bed.user.address)] {
            let action = token_transfer(token, owner, 1_000_000_000);
            let fund = bed.wallet.sign(action)?;
            bed.chain.run(&fund.transaction)?;
        }
        // Both begin to count.
        let start = bed.module_call("start", vec![]);
        let carrier = bed.user.call(start, MAX_GAS)?;
        bed.chain.run(&carrier.transaction)?;
        let start = RoundTrip::callMoveCall {
            module: bed.module(),
            function_: "start".to_owned(),
            arguments: Default::default(),
        };
        let action = Action::call(bed.contract, start.abi_encode(), 1_000_000);
        let start = bed.wallet.sign(action)?;
        bed.chain.run(&start.transaction)?;
        Ok(bed)
    }

    fn module(&self) -> B256 {
        self.chain.owner.address.0.into()
    }

    fn module_call(&self, function: &'static str, arguments: Vec<Vec<u8>>) -> Call {
        Call {
            module: ModuleId::new(self.chain.owner.address, "cross"),
            function,
            types: vec![],
            arguments,
        }
    }

    /// The next transaction of a workload.
    fn transaction(&mut self, workload: CrossWorkload) -> Result<Transaction> {
        let to = recipient(0);
        let (token, module) = (self.token, self.module());
        let input = match workload {
            CrossWorkload::Count => {
                let call = self.module_call("count", vec![]);
                return Ok(self.user.call(call, MAX_GAS)?.transaction);
            }
            CrossWorkload::ToEvm => {
                let arguments = [token, to].map(|it| account(it).0.to_vec());
                let call = self.module_call("send", arguments.into());
                return Ok(self.user.call(call, MAX_GAS)?.transaction);
            }
            CrossWorkload::Transfer => {
                let action = token_transfer(token, to, 1);
                return Ok(self.wallet.sign(action)?.transaction);
            }
            CrossWorkload::ToSolana => {
                let to = AccountId::from_evm(recipient(1)).0;
                let action = solana_call(self.wallet.address(), to);
                return Ok(self.wallet.sign(action)?.transaction);
            }
            CrossWorkload::Step => RoundTrip::stepCall {}.abi_encode(),
            CrossWorkload::Send => RoundTrip::sendCall { token, to }.abi_encode(),
            CrossWorkload::ToMove => RoundTrip::toMoveCall { module }.abi_encode(),
            CrossWorkload::ThereAndBack => {
                let [token, to] = [token, to].map(|it| account(it).0.into());
                RoundTrip::thereAndBackCall { module, token, to }.abi_encode()
            }
        };
        let action = Action::call(self.contract, input, 1_000_000);
        Ok(self.wallet.sign(action)?.transaction)
    }

    fn measure(&mut self, workload: CrossWorkload, count: usize) -> Result<Timed> {
        let transaction = self.transaction(workload)?;
        self.chain.run(&transaction)?;
        let load = (0..count)
            .map(|_| self.transaction(workload))
            .collect::<Result<Vec<_>>>()?;
        let MoveChain {
            executor,
            block,
            state,
            ..
        } = &mut self.chain;
        timed(move || {
            let mut gas: u64 = 0;
            for transaction in &load {
                let executed = executor.execute(&*state, block, transaction)?;
                ensure!(executed.success, "failed: {:?}", executed.halt);
                gas = gas.saturating_add(executed.gas_used);
                black_box(executed.events.len());
                state.apply(executed.writes);
            }
            Ok((gas, load))
        })
    }
}

/// The account of an EVM address, as Move knows it.
fn account(address: EvmAddress) -> Address {
    Address(AccountId::from_evm(address).0.0)
}
