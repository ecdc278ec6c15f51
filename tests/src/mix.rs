//! A random mix of transactions of the EVM and of Move, and a naive model of whose wei are where.

mod moves;

use crate::{
    chain::{CHAIN_ID, User, block},
    memory::Memory,
    moving::{MoveUser, Scene, carrier, executor, fund},
    package::{hazards, publication},
};
use alloy_consensus::{SignableTransaction, TxEip1559};
use alloy_primitives::{Address, Bytes, TxKind, U256};
use alloy_rpc_types_trace::geth::{GethDebugTracingOptions, GethTrace, TraceResult};
use alloy_signer::SignerSync;
use lumio_executor::{BlockContext, ExecuteError, Executed, Executor};
use lumio_move_engine::{Address as MoveAddress, ModuleId, TypeTag};
use lumio_move_transaction::{
    Bcs, Ed25519Signature, EntryFunction, RawTransaction, SignedTransaction,
    TransactionAuthenticator, TransactionPayload, object_address_from_seed,
};
use lumio_simulator::Simulator;
use lumio_state::StateKey;
use lumio_types::{
    AccountId, Envelope, MOVE_MAGIC, MoveTransaction, OCTA_WEI, Receipt, Transaction, wei_of_octas,
};
use std::{collections::BTreeMap, sync::OnceLock};

/// Users of each VM.
pub const USERS: usize = 3;
/// Places where ETH can be sent to.
pub const PLACES: usize = 12;
const MAX_UNITS: u64 = 20_000;
const BASE_FEE_VAULT: &str = "0x4200000000000000000000000000000000000019";
const FEE_VAULT: &str = "0x4200000000000000000000000000000000000011";
/// The text of `native_coin::VAULT`.
pub const VAULT: MoveAddress = MoveAddress(*b"lumio/native_coin/vault\0\0\0\0\0\0\0\0\0");

/// What a transaction of Move does. Amounts are octas, places are numbers below [`PLACES`].
#[derive(Clone, Debug)]
pub enum Act {
    /// One of several functions that only transfer.
    Transfer {
        way: usize,
        to: usize,
        octas: u64,
    },
    /// All that the sender has.
    Drain {
        to: usize,
    },
    /// Into a struct.
    Save {
        octas: u64,
    },
    /// Out of it.
    Spend {
        to: usize,
        octas: u64,
    },
    /// Into a store that is an object.
    Lock {
        octas: u64,
    },
    /// Out of it.
    Unlock {
        to: usize,
        octas: u64,
    },
    /// Through coins and assets that are split, merged and converted.
    Juggle {
        to: usize,
        octas: u64,
    },
    SaveAndAbort {
        octas: u64,
    },
    SpendAllGas {
        to: usize,
        octas: u64,
    },
    Publish {
        is_broken: bool,
    },
}

/// Why no block may contain a carrier.
#[derive(Clone, Copy, Debug)]
pub enum Flaw {
    Sequence,
    Expired,
    Chain,
    Price,
    /// The envelope gives less gas than its content asks for.
    Gas,
    /// Bytes that are no transaction.
    Bytes,
    Signature,
    Value,
}

#[derive(Clone, Debug)]
pub enum Step {
    Send {
        from: usize,
        to: usize,
        wei: u128,
        tip: u64,
    },
    /// To a contract that reverts.
    Fail { from: usize, wei: u128 },
    /// A new contract destroys itself in favour of a place, or of itself: then it is burnt.
    Leave {
        from: usize,
        to: Option<usize>,
        wei: u128,
    },
    Move {
        from: usize,
        payer: Option<usize>,
        bearer: Option<usize>,
        act: Act,
        flaw: Option<Flaw>,
    },
}

impl Step {
    fn kind(&self) -> String {
        let text = match self {
            Self::Move {
                flaw: Some(flaw), ..
            } => format!("{flaw:?}"),
            Self::Move { act, .. } => format!("{act:?}"),
            other => format!("{other:?}"),
        };
        text.split(' ').next().unwrap_or_default().to_owned()
    }
}

/// How a step ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum End {
    Success,
    Failure,
    Refusal,
}

/// The chain and the model.
pub struct World {
    pub executor: Executor,
    pub memory: Memory,
    /// All balances, in wei.
    pub model: BTreeMap<Address, U256>,
    pub burnt: U256,
    purses: [Option<u64>; USERS],
    tills: [bool; USERS],
    evm: Vec<User>,
    pub movers: Vec<MoveUser>,
    height: u64,
    /// How often each kind of step came to an end.
    pub tally: BTreeMap<(String, End), usize>,
}

fn owner() -> MoveUser {
    MoveUser::new(90)
}

fn reverter() -> Address {
    Address::repeat_byte(0xbb)
}

/// After genesis, with the package of `tests/move`.
fn start() -> Memory {
    static ONCE: OnceLock<Memory> = OnceLock::new();
    let start = ONCE.get_or_init(|| {
        let mut scene = Scene::new();
        let mut owner = scene.user(90);
        let transaction = owner.publish("Hazards", &hazards(owner.address));
        scene.succeed(&transaction);
        let mut memory = scene.memory;
        memory.deploy(reverter(), Bytes::from_static(&[0x5f, 0x5f, 0xfd]));
        memory
    });
    start.clone()
}

fn ledger(owner: MoveAddress) -> Address {
    AccountId(owner.0.into()).evm_address()
}

pub fn balances(memory: &Memory) -> BTreeMap<Address, U256> {
    let balances = memory.0.iter().filter_map(|(key, value)| match key {
        StateKey::Balance(owner) => Some((*owner, value.as_word().unwrap())),
        _ => None,
    });
    balances.filter(|(_, wei)| !wei.is_zero()).collect()
}

impl Default for World {
    fn default() -> Self {
        let mut memory = start();
        let evm = (0..USERS)
            .map(|n| User::new(n as u8, &mut memory))
            .collect();
        let movers: Vec<_> = (0..USERS).map(|n| MoveUser::new(100 + n as u8)).collect();
        for mover in &movers {
            fund(&mut memory, mover.address, 50_000_000);
        }
        Self {
            executor: Scene::new().executor,
            model: balances(&memory),
            memory,
            burnt: U256::ZERO,
            purses: [None; USERS],
            tills: [false; USERS],
            evm,
            movers,
            height: 1,
            tally: BTreeMap::new(),
        }
    }
}

impl World {
    /// A place as Move sees it.
    pub fn place(&self, number: usize) -> MoveAddress {
        let padded = |address: Address| MoveAddress(AccountId::from_evm(address).0.0);
        match number {
            0..3 => padded(self.evm[number].address()),
            3..6 => self.movers[number - 3].address,
            6 => MoveAddress([6; 32]),
            7 => MoveAddress::small(5),
            // Another id with the ledger entry of a Move account.
            8 => padded(ledger(self.movers[0].address)),
            9 => VAULT,
            10 => padded(FEE_VAULT.parse().unwrap()),
            _ => self.till(0),
        }
    }

    fn till(&self, user: usize) -> MoveAddress {
        object_address_from_seed(self.movers[user].address, b"till")
    }

    pub fn wei(&self, owner: MoveAddress) -> U256 {
        self.model.get(&ledger(owner)).copied().unwrap_or_default()
    }

    pub fn octas(&self, owner: MoveAddress) -> u64 {
        u64::try_from(self.wei(owner) / U256::from(OCTA_WEI)).unwrap_or(u64::MAX)
    }

    fn pay(&mut self, from: Address, to: Address, wei: U256) {
        let entry = self.model.entry(from).or_default();
        *entry = entry.checked_sub(wei).expect("the model has it");
        *self.model.entry(to).or_default() += wei;
    }

    fn pay_octas(&mut self, from: MoveAddress, to: MoveAddress, octas: u64) {
        self.pay(ledger(from), ledger(to), wei_of_octas(octas));
    }

    /// A block of steps. What ran in it gives the same when it is run anew by machines that have
    /// loaded nothing.
    pub fn block(&mut self, base_fee: u64, steps: &[Step]) {
        self.height += 1;
        let context = BlockContext {
            base_fee,
            ..block(self.height)
        };
        let before = self.memory.clone();
        let begun = self.executor.begin_block(&self.memory, &context).unwrap();
        self.memory.apply(&begun);
        let mut included = Vec::new();
        let mut gas_used = 0;
        let mut receipts = Vec::new();
        for step in steps {
            let ran = self.step(&context, step);
            let end = match &ran {
                None => End::Refusal,
                Some((_, executed)) if executed.success => End::Success,
                Some(_) => End::Failure,
            };
            *self.tally.entry((step.kind(), end)).or_default() += 1;
            let Some((transaction, executed)) = ran else {
                continue;
            };
            let receipt = executed.into_receipt(&transaction, gas_used);
            gas_used = receipt.cumulative_gas_used;
            receipts.push(receipt);
            included.push(transaction);
        }
        let stored = included.iter();
        let stored = stored.map(|it| Transaction::trusted(it.envelope().clone(), it.sender()));
        let stored: Vec<_> = stored.collect();
        let outcome = executor()
            .execute_block(&before, &context, &stored)
            .unwrap();
        assert_eq!(outcome.receipts, receipts);
        self.trace(&before, &context, &stored, &receipts);
        let mut again = before;
        again.apply(&outcome.writes);
        assert_eq!(again, self.memory, "a second run of the block differs");
    }

    /// A trace of the block has the gas and the ends of its receipts.
    fn trace(
        &self,
        before: &Memory,
        block: &BlockContext,
        transactions: &[Transaction],
        receipts: &[Receipt],
    ) {
        let options = GethDebugTracingOptions::default();
        let traces = Simulator::new(self.executor.clone())
            .trace_block(before, block, transactions, None, &options)
            .unwrap();
        assert_eq!(traces.len(), receipts.len());
        for (trace, receipt) in traces.iter().zip(receipts) {
            let TraceResult::Success {
                result: GethTrace::Default(frame),
                ..
            } = trace
            else {
                panic!("{trace:?}");
            };
            assert_eq!(frame.gas, receipt.gas_used);
            assert_eq!(frame.failed, !receipt.success);
        }
    }

    /// Runs one step on the chain and in the model. Nothing if no block may contain it.
    fn step(&mut self, block: &BlockContext, step: &Step) -> Option<(Transaction, Executed)> {
        match step {
            Step::Send { from, to, wei, tip } => {
                let to = ledger(self.place(*to));
                let kind = TxKind::Call(to);
                self.evm(block, *from, *tip, kind, *wei, Bytes::new(), Some(to))
            }
            Step::Fail { from, wei } => {
                let kind = TxKind::Call(reverter());
                self.evm(block, *from, 1, kind, *wei, Bytes::new(), None)
            }
            Step::Leave { from, to, wei } => {
                let to = to.map(|to| ledger(self.place(to)));
                let created = self.evm[*from].address().create(self.evm[*from].nonce);
                let code = match to {
                    Some(to) => [&[0x73], to.as_slice(), &[0xff]].concat(),
                    None => vec![0x30, 0xff],
                };
                let to = to.unwrap_or(created);
                let done = self.evm(block, *from, 0, TxKind::Create, *wei, code.into(), Some(to));
                if let Some(burnt) = self.model.remove(&created) {
                    self.burnt += burnt;
                }
                done
            }
            Step::Move {
                from,
                payer,
                bearer,
                act,
                flaw,
            } => self.moving(block, *from, *payer, *bearer, act, *flaw),
        }
    }

    #[allow(clippy::too_many_arguments)]
    fn evm(
        &mut self,
        block: &BlockContext,
        from: usize,
        tip: u64,
        kind: TxKind,
        wei: u128,
        input: Bytes,
        arrives_at: Option<Address>,
    ) -> Option<(Transaction, Executed)> {
        let user = &mut self.evm[from];
        let sender = user.address();
        let tx = TxEip1559 {
            chain_id: CHAIN_ID,
            nonce: user.nonce,
            gas_limit: 200_000,
            max_fee_per_gas: u128::from(block.base_fee) * 2 + u128::from(tip),
            max_priority_fee_per_gas: u128::from(tip),
            to: kind,
            value: U256::from(wei),
            input,
            ..TxEip1559::default()
        };
        let most = U256::from(tx.max_fee_per_gas) * U256::from(tx.gas_limit) + tx.value;
        let transaction = signed(user, tx);
        let executed = self.executor.execute(&self.memory, block, &transaction);
        if self.model.get(&sender).copied().unwrap_or_default() < most {
            assert!(
                matches!(executed, Err(ExecuteError::Invalid(_))),
                "{executed:?}"
            );
            return None;
        }
        let executed = executed.unwrap();
        self.evm[from].nonce += 1;
        assert_eq!(executed.success, arrives_at.is_some(), "{executed:?}");
        if let Some(to) = arrives_at {
            self.pay(sender, to, U256::from(wei));
        }
        let gas = U256::from(executed.gas_used);
        let base = gas * U256::from(block.base_fee);
        self.pay(sender, BASE_FEE_VAULT.parse().unwrap(), base);
        self.pay(sender, block.beneficiary, gas * U256::from(tip));
        self.memory.apply(&executed.writes);
        Some((transaction, executed))
    }
}

fn signed(user: &User, tx: TxEip1559) -> Transaction {
    let signature = user.signer.sign_hash_sync(&tx.signature_hash()).unwrap();
    Transaction::recover(Envelope::Eip1559(tx.into_signed(signature))).unwrap()
}
