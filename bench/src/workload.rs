//! What is run: named workloads, each a plan of accounts to fund, contracts to
//! set up, and a list of signed transactions to measure.

use crate::{
    contracts::{Compute, Factory, Router, Token, creation_code},
    signer::{Action, Signed, Signer},
};
use alloy_primitives::{Address, U256, keccak256};
use alloy_sol_types::{SolCall, SolConstructor};
use anyhow::{Context, Result, ensure};
use clap::ValueEnum;

/// Wei that each sender starts with: a million ETH.
pub(crate) const FUNDS: u128 = 1_000_000_000_000_000_000_000_000;
/// Token units that each sender starts with.
const TOKENS: u64 = 1_000_000_000_000;
/// Rounds of the compute loop: about 150,000 gas.
const ROUNDS: u64 = 1_000;

/// A kind of transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Workload {
    /// ETH to a recipient that nobody else uses and that is new.
    Transfer,
    /// ETH from all senders to one recipient.
    TransferHot,
    /// ETH between the senders.
    TransferAmong,
    /// ERC-20 units to a recipient that nobody else uses and that is new.
    Erc20,
    /// ERC-20 units from all senders to one recipient.
    Erc20Hot,
    /// ERC-20 units between the senders.
    Erc20Among,
    /// A swap on one Uniswap V2 pair through the router.
    Swap,
    /// A loop of 256-bit arithmetic.
    Compute,
}

/// How much of a workload.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(crate) struct Size {
    /// Transactions in each case
    #[arg(long, default_value_t = 20_000)]
    pub(crate) transactions: usize,
    /// Accounts that send them, in turn
    #[arg(long, default_value_t = 200)]
    pub(crate) senders: usize,
}

/// A workload made concrete.
#[derive(Debug)]
pub(crate) struct Plan {
    /// Accounts that must own [`FUNDS`] wei first.
    pub(crate) funded: Vec<Address>,
    /// Transactions that set the contracts up. Each stage must be in a block
    /// before the next is sent.
    pub(crate) setup: Vec<Vec<Signed>>,
    /// The transactions to measure; the sender of number `i` is `i` modulo
    /// `senders`.
    pub(crate) load: Vec<Signed>,
    /// How many accounts send.
    pub(crate) senders: usize,
}

impl Workload {
    /// The name of the case.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Transfer => "evm-transfer",
            Self::TransferHot => "evm-transfer-hot",
            Self::TransferAmong => "evm-transfer-among",
            Self::Erc20 => "evm-erc20",
            Self::Erc20Hot => "evm-erc20-hot",
            Self::Erc20Among => "evm-erc20-among",
            Self::Swap => "evm-uniswap-v2-swap",
            Self::Compute => "evm-compute",
        }
    }

    /// Signs everything that the workload sends.
    ///
    /// # Errors
    /// When an artefact is missing or the size is zero.
    pub(crate) fn plan(self, size: Size) -> Result<Plan> {
        ensure!(
            size.transactions > 0 && size.senders > 0,
            "a workload needs transactions and senders"
        );
        let mut deployer = Signer::new("deployer", 0)?;
        let mut senders = (0..size.senders)
            .map(|index| Signer::new("sender", index))
            .collect::<Result<Vec<_>>>()?;
        let funded = senders
            .iter()
            .map(Signer::address)
            .chain([deployer.address()])
            .collect();
        let (setup, mut target) = self.set_up(&mut deployer, &mut senders)?;
        target.users = senders.iter().map(Signer::address).collect();
        let load = sign_all(&mut senders, size.transactions, |index, sender| {
            self.action(index, sender, &target)
        })?;
        Ok(Plan {
            funded,
            setup,
            load,
            senders: size.senders,
        })
    }

    fn set_up(
        self,
        deployer: &mut Signer,
        senders: &mut [Signer],
    ) -> Result<(Vec<Vec<Signed>>, Target)> {
        match self {
            Self::Transfer | Self::TransferHot | Self::TransferAmong => {
                Ok((Vec::new(), Target::default()))
            }
            Self::Erc20 | Self::Erc20Hot | Self::Erc20Among => {
                let (token, create) = deploy_token(deployer)?;
                let fund = hand_out(deployer, senders, token)?;
                let target = Target {
                    contract: token,
                    ..Target::default()
                };
                Ok((vec![vec![create], fund], target))
            }
            Self::Swap => set_up_uniswap(deployer, senders),
            Self::Compute => {
                let contract = deployer.next_contract();
                let create = deployer.sign(Action::create(creation_code("Compute", &[])?))?;
                let target = Target {
                    contract,
                    ..Target::default()
                };
                Ok((vec![vec![create]], target))
            }
        }
    }

    fn action(self, index: usize, sender: Address, target: &Target) -> Action {
        match self {
            Self::Transfer => Action::transfer(recipient(index), U256::ONE),
            Self::TransferHot => Action::transfer(recipient(0), U256::ONE),
            Self::TransferAmong => Action::transfer(target.partner(index), U256::ONE),
            Self::Erc20 => token_transfer(target.contract, recipient(index), 1),
            Self::Erc20Hot => token_transfer(target.contract, recipient(0), 1),
            Self::Erc20Among => token_transfer(target.contract, target.partner(index), 1),
            Self::Swap => {
                let swap = Router::swapExactTokensForTokensCall {
                    amountIn: U256::from(1_000),
                    amountOutMin: U256::ZERO,
                    path: target.path.clone(),
                    to: sender,
                    deadline: U256::MAX,
                };
                Action::call(target.contract, swap.abi_encode(), 300_000)
            }
            Self::Compute => {
                let mix = Compute::mixAndStoreCall {
                    seed: U256::from(index),
                    rounds: U256::from(ROUNDS),
                };
                Action::call(target.contract, mix.abi_encode(), 500_000)
            }
        }
    }
}

/// What the measured transactions call.
#[derive(Debug, Default)]
struct Target {
    contract: Address,
    path: Vec<Address>,
    /// Who sends.
    users: Vec<Address>,
}

impl Target {
    fn partner(&self, number: usize) -> Address {
        let users = self.users.len().max(1);
        let partner = self.users.get(partner(number, users));
        partner.copied().unwrap_or_default()
    }
}

/// To whom the transaction of a number sends when so many users, of whom there are some, take
/// turns: not to a neighbour, so that transactions beside each other do not meet, and to another
/// one in each round; with an even number of users never to oneself.
pub(crate) const fn partner(number: usize, users: usize) -> usize {
    let round = number / users;
    let here = number.wrapping_mul(7).wrapping_add(3);
    here.wrapping_add(round.wrapping_mul(26)) % users
}

/// An address that nobody has the key of.
pub(crate) fn recipient(index: usize) -> Address {
    Address::from_word(keccak256(format!("lumio-bench/recipient/{index}")))
}

/// Creates an ERC-20 whose whole supply its deployer owns.
///
/// # Errors
/// When the artefact is missing.
pub(crate) fn deploy_token(deployer: &mut Signer) -> Result<(Address, Signed)> {
    let arguments = Token::constructorCall {
        name: "Bench".to_owned(),
        symbol: "BENCH".to_owned(),
        supply: U256::from(u128::MAX),
    };
    let code = creation_code("Token", &arguments.abi_encode())?;
    let token = deployer.next_contract();
    Ok((token, deployer.sign(Action::create(code))?))
}

/// A transfer of token units.
pub(crate) fn token_transfer(token: Address, to: Address, amount: u64) -> Action {
    let transfer = Token::transferCall {
        to,
        amount: U256::from(amount),
    };
    Action::call(token, transfer.abi_encode(), 100_000)
}

pub(crate) fn hand_out(
    deployer: &mut Signer,
    senders: &[Signer],
    token: Address,
) -> Result<Vec<Signed>> {
    senders
        .iter()
        .map(|sender| deployer.sign(token_transfer(token, sender.address(), TOKENS)))
        .collect()
}

fn set_up_uniswap(
    deployer: &mut Signer,
    senders: &mut [Signer],
) -> Result<(Vec<Vec<Signed>>, Target)> {
    let (token_a, create_a) = deploy_token(deployer)?;
    let (token_b, create_b) = deploy_token(deployer)?;
    let factory = deployer.next_contract();
    let arguments = Factory::constructorCall {
        feeToSetter: Address::ZERO,
    };
    let code = creation_code("UniswapV2Factory", &arguments.abi_encode())?;
    let create_factory = deployer.sign(Action::create(code))?;
    let router = deployer.next_contract();
    // The router's WETH is never called: every swap is between two tokens.
    let arguments = Router::constructorCall {
        factory,
        weth: Address::ZERO,
    };
    let code = creation_code("UniswapV2Router02", &arguments.abi_encode())?;
    let create_router = deployer.sign(Action::create(code))?;

    let approve = |token| {
        let approval = Token::approveCall {
            spender: router,
            amount: U256::MAX,
        };
        Action::call(token, approval.abi_encode(), 100_000)
    };
    let liquidity = Router::addLiquidityCall {
        tokenA: token_a,
        tokenB: token_b,
        desiredA: U256::from(1_u128 << 100),
        desiredB: U256::from(1_u128 << 100),
        minA: U256::ZERO,
        minB: U256::ZERO,
        to: deployer.address(),
        deadline: U256::MAX,
    };
    let pool = vec![
        deployer.sign(approve(token_a))?,
        deployer.sign(approve(token_b))?,
        deployer.sign(Action::call(router, liquidity.abi_encode(), 5_000_000))?,
    ];
    let fund = hand_out(deployer, senders, token_a)?;
    let approvals = senders
        .iter_mut()
        .map(|sender| sender.sign(approve(token_a)))
        .collect::<Result<Vec<_>>>()?;
    let target = Target {
        contract: router,
        path: vec![token_a, token_b],
        ..Target::default()
    };
    let creations = vec![create_a, create_b, create_factory, create_router];
    Ok((vec![creations, pool, fund, approvals], target))
}

/// Signs `count` transactions on all cores; senders take turns.
pub(crate) fn sign_all(
    senders: &mut [Signer],
    count: usize,
    action: impl Fn(usize, Address) -> Action + Sync,
) -> Result<Vec<Signed>> {
    let lanes = senders.len();
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let share = lanes.div_ceil(threads);
    let mut signed: Vec<Option<Signed>> = vec![None; count];
    std::thread::scope(|scope| -> Result<()> {
        let workers: Vec<_> = (0..)
            .step_by(share)
            .zip(senders.chunks_mut(share))
            .map(|(first, chunk)| {
                let action = &action;
                scope.spawn(move || sign_lanes(chunk, first, lanes, count, action))
            })
            .collect();
        for worker in workers {
            let share = worker
                .join()
                .map_err(|_| anyhow::anyhow!("a signing thread panicked"))??;
            for (index, transaction) in share {
                if let Some(slot) = signed.get_mut(index) {
                    *slot = Some(transaction);
                }
            }
        }
        Ok(())
    })?;
    signed
        .into_iter()
        .map(|transaction| transaction.context("a transaction was not signed"))
        .collect()
}

fn sign_lanes(
    senders: &mut [Signer],
    first: usize,
    lanes: usize,
    count: usize,
    action: &(impl Fn(usize, Address) -> Action + Sync),
) -> Result<Vec<(usize, Signed)>> {
    let mut signed = Vec::new();
    for (lane, sender) in (first..).zip(senders) {
        for index in (lane..count).step_by(lanes) {
            let action = action(index, sender.address());
            signed.push((index, sender.sign(action)?));
        }
    }
    Ok(signed)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;
    use alloy_consensus::Transaction as _;
    use std::collections::HashMap;

    #[test]
    fn a_plan_has_every_nonce_of_every_sender_in_order() {
        let size = Size {
            transactions: 103,
            senders: 7,
        };
        for workload in Workload::value_variants() {
            let plan = workload.plan(size).unwrap();
            assert_eq!(plan.load.len(), 103);
            let mut next: HashMap<Address, u64> = HashMap::new();
            let all = plan.setup.iter().flatten().chain(&plan.load);
            for signed in all {
                let sender = signed.transaction.sender();
                assert!(plan.funded.contains(&sender));
                let nonce = next.entry(sender).or_default();
                assert_eq!(signed.transaction.envelope().nonce(), *nonce);
                *nonce += 1;
            }
        }
    }
}
