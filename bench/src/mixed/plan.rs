//! What is sent, and what must be there before.

use super::{
    drive::{Job, Sending},
    kinds::{Door, Kind, sequence},
    solana::{Recipe, Wallets},
};
use crate::{
    contracts::{CrossVm, RoundTrip},
    layer_a_move::{MoveWorkload, UNITS, own},
    move_chain::{Call, MoveChain, MoveUser, ROUND_TRIP, compiled, number, publication},
    signer::{Action, Signed, Signer},
    workload::{deploy_token, hand_out, partner, recipient, sign_all, token_transfer},
};
use alloy_primitives::{Address as EvmAddress, B256, U256, hex};
use alloy_sol_types::SolCall as _;
use anyhow::{Context as _, Result, anyhow};
use lumio_move_engine::{Address, ModuleId};
use lumio_types::AccountId;
use lumio_vm_evm::CROSS_VM_ADDRESS;
use lumio_vm_svm::account_id;
use solana_system_interface::{instruction as system, program};
use std::time::Duration;

/// Gas units that a Move transaction may take.
const MAX_GAS: u64 = 10_000;
/// Gas units that the publication of the package may take.
const PUBLICATION_GAS: u64 = 2_000_000;
/// Transactions in a second while the chain is prepared.
const SETUP_RATE: f64 = 500.0;

/// A load, and what comes before it.
pub(super) struct Plan {
    /// Accounts that must own ETH first.
    pub(super) funded: Vec<EvmAddress>,
    /// Each stage must be in blocks before the next is sent.
    pub(super) setup: Vec<Vec<Sending>>,
    /// A part of the load that is not counted.
    pub(super) warm_up: Vec<Sending>,
    pub(super) load: Vec<Sending>,
}

/// How much.
#[derive(Debug, Clone, Copy)]
pub(super) struct Size {
    /// Transactions in a second.
    pub(super) rate: f64,
    /// Of which so many are not counted.
    pub(super) warm_up: usize,
    /// All.
    pub(super) transactions: usize,
    /// Accounts of each machine.
    pub(super) senders: usize,
}

/// Everybody who sends.
struct Cast {
    deployer: Signer,
    senders: Vec<Signer>,
    owner: MoveUser,
    users: Vec<MoveUser>,
    token: EvmAddress,
}

impl Plan {
    pub(super) fn new(size: Size, wallets: &Wallets) -> Result<Self> {
        let senders = (0..size.senders).map(|index| Signer::new("sender", index));
        let users = (0..size.senders).map(|index| MoveUser::new("user", index));
        let mut cast = Cast {
            deployer: Signer::new("deployer", 0)?,
            senders: senders.collect::<Result<_>>()?,
            owner: MoveUser::new("owner", 0),
            users: users.collect(),
            token: EvmAddress::ZERO,
        };
        let move_users = cast.users.iter().chain([&cast.owner]);
        let evm_users = cast.senders.iter().chain([&cast.deployer]);
        let funded = evm_users
            .map(Signer::address)
            .chain(move_users.map(|user| MoveChain::ledger(user.address)))
            .chain(wallets.ledger())
            .collect();
        let setup = cast.set_up()?;
        let mut load = cast.load(size, wallets)?;
        let counted = load.split_off(size.warm_up.min(load.len()));
        Ok(Self {
            funded,
            setup,
            warm_up: load,
            load: timed(counted, size.rate),
        })
    }
}

/// Each at its moment, from the first on.
fn timed(mut sendings: Vec<Sending>, rate: f64) -> Vec<Sending> {
    for (index, sending) in sendings.iter_mut().enumerate() {
        #[allow(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
        let seconds = index as f64 / rate;
        sending.due = Duration::from_secs_f64(seconds);
    }
    sendings
}

impl Cast {
    fn module(&self) -> B256 {
        self.owner.address.0.into()
    }

    fn set_up(&mut self) -> Result<Vec<Vec<Sending>>> {
        let (token, create) = deploy_token(&mut self.deployer)?;
        self.token = token;
        let package = self.owner.address;
        let publish = self
            .owner
            .call(publication(&compiled(package)?), PUBLICATION_GAS)?;
        let first = vec![
            evm(Kind::Erc20, 0, &create),
            moving(Kind::Coin, 0, publish.signed, publish.transaction.hash()),
            solana(Kind::Spl, 0, Recipe::Mint),
        ];

        let mut second = Vec::new();
        let start = RoundTrip::callMoveCall {
            module: self.module(),
            function_: "start".to_owned(),
            arguments: Default::default(),
        };
        let start = Action::call(ROUND_TRIP, start.abi_encode(), 1_000_000);
        let mut tokens = hand_out(&mut self.deployer, &self.senders, token)?;
        for user in &self.users {
            let action = token_transfer(token, MoveChain::ledger(user.address), 1_000_000_000);
            tokens.push(self.deployer.sign(action)?);
        }
        tokens.push(self.deployer.sign(start)?);
        second.extend(tokens.iter().map(|it| evm(Kind::Erc20, 0, it)));
        for (index, user) in self.users.iter_mut().enumerate() {
            let mint = own(
                package,
                "mint",
                vec![user.address.0.to_vec(), number(UNITS)],
            );
            let mint = self.owner.call(mint, MAX_GAS)?;
            second.push(moving(Kind::Asset, 0, mint.signed, mint.transaction.hash()));
            let start = user.call(cross(package, "start", vec![]), MAX_GAS)?;
            let hash = start.transaction.hash();
            second.push(moving(Kind::MoveToEvm, index, start.signed, hash));
            second.push(solana(Kind::Spl, index, Recipe::Account(index)));
        }
        Ok(vec![timed(first, SETUP_RATE), timed(second, SETUP_RATE)])
    }

    fn load(&mut self, size: Size, wallets: &Wallets) -> Result<Vec<Sending>> {
        let kinds = sequence(size.transactions);
        let through = |door: Door| -> Vec<Kind> {
            let kinds = kinds.iter().copied();
            kinds.filter(|kind| kind.door() == door).collect()
        };
        let mut evm = self.evm_load(&through(Door::Eth), wallets)?.into_iter();
        let mut moving = self.move_load(&through(Door::Aptos))?.into_iter();
        let mut amount = 0_u64;
        let mut load = Vec::with_capacity(kinds.len());
        for kind in kinds {
            load.push(match kind.door() {
                Door::Eth => evm.next().context("too few transactions")?,
                Door::Aptos => moving.next().context("too few transactions")?,
                Door::Solana => {
                    amount = amount.saturating_add(1);
                    solana_transfer(kind, amount, size.senders)
                }
            });
        }
        Ok(load)
    }

    fn evm_load(&mut self, kinds: &[Kind], wallets: &Wallets) -> Result<Vec<Sending>> {
        let (token, module) = (self.token, self.module());
        let users = self.senders.len();
        let receivers = (0..users).map(|index| Ok(account_id(&wallets.key(index)?).0));
        let receivers: Vec<B256> = receivers.collect::<Result<_>>()?;
        let action = |index: usize, sender: EvmAddress| match kinds.get(index) {
            Some(Kind::Erc20) => token_transfer(token, recipient(index), 1),
            Some(Kind::EvmToMove) => {
                let input = RoundTrip::toMoveCall { module }.abi_encode();
                Action::call(ROUND_TRIP, input, 1_000_000)
            }
            Some(Kind::EvmToSolana) => {
                let to = receivers.get(partner(index, users));
                solana_call(sender, to.copied().unwrap_or_default())
            }
            _ => Action::transfer(recipient(index), U256::ONE),
        };
        let signed = sign_all(&mut self.senders, kinds.len(), action)?;
        let numbered = signed.iter().zip(kinds).enumerate();
        let rendered = numbered.map(|(index, (signed, kind))| evm(*kind, index % users, signed));
        Ok(rendered.collect())
    }

    /// Signs on two threads: the users of each take turns.
    fn move_load(&mut self, kinds: &[Kind]) -> Result<Vec<Sending>> {
        let package = self.owner.address;
        let token = AccountId::from_evm(self.token).0.0.to_vec();
        let count = self.users.len();
        let addresses: Vec<Address> = self.users.iter().map(|user| user.address).collect();
        let share = count.div_ceil(2);
        let sign = |first: usize, users: &mut [MoveUser]| -> Result<Vec<(usize, Sending)>> {
            let mut signed = Vec::new();
            for (lane, user) in (first..).zip(users) {
                for index in (lane..kinds.len()).step_by(count) {
                    let kind = *kinds.get(index).context("no such transaction")?;
                    let to = addresses.get(partner(index, count)).context("no user")?;
                    let call = match kind {
                        Kind::MoveToEvm => {
                            let to = AccountId::from_evm(recipient(index)).0.0.to_vec();
                            cross(package, "send", vec![token.clone(), to])
                        }
                        Kind::Asset => MoveWorkload::Fa.call(package, to)?,
                        _ => MoveWorkload::Coin.call(package, to)?,
                    };
                    let carrier = user.call(call, MAX_GAS)?;
                    let hash = carrier.transaction.hash();
                    signed.push((index, moving(kind, lane, carrier.signed, hash)));
                }
            }
            Ok(signed)
        };
        let mut all = Vec::with_capacity(kinds.len());
        std::thread::scope(|scope| -> Result<()> {
            let shares = (0..)
                .step_by(share.max(1))
                .zip(self.users.chunks_mut(share.max(1)));
            let workers: Vec<_> = shares
                .map(|(first, users)| scope.spawn(move || sign(first, users)))
                .collect();
            for worker in workers {
                let signed = worker.join();
                all.extend(signed.map_err(|_| anyhow!("a signing thread panicked"))??);
            }
            Ok(())
        })?;
        all.sort_by_key(|(index, _)| *index);
        Ok(all.into_iter().map(|(_, sending)| sending).collect())
    }
}

fn solana_transfer(kind: Kind, amount: u64, users: usize) -> Sending {
    let number = usize::try_from(amount).unwrap_or(usize::MAX);
    let (from, to) = (number % users, partner(number, users));
    let recipe = match kind {
        Kind::Spl => Recipe::Spl { from, to, amount },
        _ => Recipe::Sol { from, to, amount },
    };
    solana(kind, from, recipe)
}

/// A lamport from the EVM account that calls, by Solana's system program.
pub(crate) fn solana_call(sender: EvmAddress, to: B256) -> Action {
    let from = AccountId::from_evm(sender).0;
    let sent = system::transfer(&from.0.into(), &to.0.into(), 1);
    let meta = |id, signer| CrossVm::AccountMeta {
        id,
        signer,
        writable: true,
    };
    let call = CrossVm::callSolanaCall {
        program: program::ID.to_bytes().into(),
        accounts: vec![meta(from, true), meta(to, false)],
        data: sent.data.into(),
    };
    Action::call(CROSS_VM_ADDRESS, call.abi_encode(), 1_000_000)
}

fn cross(package: Address, function: &'static str, arguments: Vec<Vec<u8>>) -> Call {
    Call {
        module: ModuleId::new(package, "cross"),
        function,
        types: vec![],
        arguments,
    }
}

fn evm(kind: Kind, sender: usize, signed: &Signed) -> Sending {
    let raw = hex::encode(&signed.raw);
    let request = format!(
        r#"{{"jsonrpc":"2.0","id":1,"method":"eth_sendRawTransaction","params":["0x{raw}"]}}"#
    );
    ready(
        kind,
        sender,
        request.into_bytes(),
        signed.transaction.hash(),
    )
}

fn moving(kind: Kind, sender: usize, bcs: Vec<u8>, hash: B256) -> Sending {
    ready(kind, sender, bcs, hash)
}

fn ready(kind: Kind, sender: usize, request: Vec<u8>, hash: B256) -> Sending {
    Sending {
        due: Duration::ZERO,
        kind,
        sender,
        job: Job::Ready { request, hash },
    }
}

fn solana(kind: Kind, sender: usize, recipe: Recipe) -> Sending {
    Sending {
        due: Duration::ZERO,
        kind,
        sender,
        job: Job::Sign(recipe),
    }
}
