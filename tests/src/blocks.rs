//! Random blocks of transactions of all three machines and of calls between them, in which
//! everybody meets: senders with several nonces in a row, the same storage, the same balances, and
//! the account that gets the fees.

use crate::{
    actors::{CHILD, Generator, MOVE_USER, Stage, account, transaction as tree_transaction},
    chain::User,
    fixture::{runtime, setCall},
    memory::Memory,
    moving::{MoveUser, fund},
    solana::{self, SolanaUser},
};
use alloy_primitives::{Address, Bytes, TxKind, U256, hex};
use alloy_sol_types::SolCall;
use lumio_executor::BlockContext;
use lumio_move_engine as engine;
use lumio_parallel::{Block, BlockRun};
use lumio_state::{AccountRecord, StateKey, Writes};
use lumio_types::{AccountId, Carried, Transaction};
use solana_pubkey::Pubkey;
use solana_system_interface::instruction as system;
use std::collections::BTreeMap;

/// Users of each machine.
const USERS: u8 = 3;
/// Most transactions of a block.
const LONGEST: u64 = 14;
/// Stores and logs what the account has that gets the fees.
const WATCHER: [u8; 13] = hex!("4131805f555f5260205fa000ff");

fn watcher() -> Address {
    Address::repeat_byte(0xc1)
}

fn store() -> Address {
    Address::repeat_byte(0xc2)
}

/// A chain on which random blocks run.
pub struct Blocks {
    generator: Generator,
    pub stage: Stage,
    evm: Vec<User>,
    movers: Vec<MoveUser>,
    solana: Vec<SolanaUser>,
    /// Whose Move transactions the trees are.
    tree_user: MoveUser,
    /// Move transactions of each sender that were in blocks.
    included: BTreeMap<engine::Address, u64>,
    /// How often a kind of transaction came to what.
    pub tally: BTreeMap<(&'static str, bool), usize>,
    /// So that no two transfers are the same.
    number: u64,
}

/// A block that can be run.
pub struct RandomBlock {
    pub context: BlockContext,
    pub transactions: Vec<Transaction>,
    kinds: Vec<&'static str>,
}

impl RandomBlock {
    /// The block over its chain's state.
    pub fn over<'b>(&'b self, blocks: &'b Blocks) -> Block<'b, Memory, Transaction> {
        Block {
            executor: &blocks.stage.executor,
            state: &blocks.stage.memory,
            context: &self.context,
            transactions: &self.transactions,
        }
    }
}

impl Blocks {
    /// The chain of a seed.
    pub fn new(seed: u64) -> Self {
        let mut blocks = Self {
            generator: Generator::new(seed),
            stage: Stage::new(),
            evm: Vec::new(),
            movers: Vec::new(),
            solana: Vec::new(),
            tree_user: MoveUser::new(MOVE_USER),
            included: BTreeMap::new(),
            tally: BTreeMap::new(),
            number: seed << 32,
        };
        blocks.renew();
        blocks
    }

    /// Begins the chain anew.
    pub fn renew(&mut self) {
        self.stage = Stage::new();
        let memory = &mut self.stage.memory;
        memory.deploy(watcher(), Bytes::from_static(&WATCHER));
        memory.deploy(store(), runtime("Store"));
        self.evm = (0..USERS).map(|n| User::new(70 + n, memory)).collect();
        self.movers = (0..USERS).map(|n| MoveUser::new(80 + n)).collect();
        self.solana = (0..USERS).map(|n| SolanaUser::new(90 + n)).collect();
        let joined = self.stage.sequence_number;
        self.included = [(self.tree_user.address, joined)].into();
        for mover in &self.movers {
            fund(memory, mover.address, 500_000_000);
        }
        for user in &self.solana {
            solana::fund(memory, &user.key(), 10_000_000_000);
        }
    }

    /// The next block.
    pub fn draw(&mut self) -> RandomBlock {
        let block = &mut self.stage.block;
        block.beneficiary = match self.generator.below(4) {
            0 => self.evm.first().map(User::address).unwrap_or_default(),
            1 => account(0).evm_address(),
            _ => Address::repeat_byte(0xfe),
        };
        let mut drawn = RandomBlock {
            context: block.clone(),
            transactions: Vec::new(),
            kinds: Vec::new(),
        };
        let length = 2 + self.generator.below(LONGEST - 1);
        for _ in 0..length {
            let (kind, transaction) = self.transaction(&drawn.transactions);
            if let Some(transaction) = transaction {
                drawn.kinds.push(kind);
                drawn.transactions.push(transaction);
            }
        }
        drawn
    }

    fn transaction(&mut self, before: &[Transaction]) -> (&'static str, Option<Transaction>) {
        self.number += 1;
        let amount = self.number % 1_000 + 1;
        let user = self.generator.below(u64::from(USERS)) as usize;
        let to = self.somebody();
        match self.generator.below(20) {
            0..8 => ("tree", self.tree(user)),
            8 | 9 => (
                "ether",
                self.call(user, to.evm_address(), amount, Bytes::new()),
            ),
            10 => ("watch", self.call(user, watcher(), 0, Bytes::new())),
            11 => {
                let key = U256::from(self.generator.below(3));
                let value = U256::from(self.generator.below(2));
                let input = setCall { key, value }.abi_encode();
                ("store", self.call(user, store(), 0, input.into()))
            }
            12 => ("create", Some(self.create(user, amount))),
            13 | 14 => ("coin", self.coin(user, to, amount)),
            15 | 16 => ("sol", self.sol(user, to, amount)),
            17 => {
                let evm = self.evm.get_mut(user);
                // A nonce is left out; from the next block on it is right again.
                (
                    "gap",
                    evm.map(|evm| {
                        evm.nonce += 1;
                        evm.transaction(TxKind::Call(watcher()), U256::ZERO, Bytes::new(), 100_000)
                    }),
                )
            }
            18 => {
                let wei = U256::MAX >> 64;
                let evm = self.evm.get_mut(user);
                let to = TxKind::Call(to.evm_address());
                (
                    "poor",
                    evm.map(|evm| evm.transaction(to, wei, Bytes::new(), 50_000)),
                )
            }
            _ => {
                let twice = self.generator.below(before.len().max(1) as u64) as usize;
                ("twice", before.get(twice).cloned())
            }
        }
    }

    fn somebody(&mut self) -> AccountId {
        let number = self.generator.below(16);
        match number {
            0..3 => AccountId::from_evm(self.evm[number as usize].address()),
            3..6 => AccountId(self.movers[number as usize - 3].address.0.into()),
            6..9 => solana::id_of(&self.solana[number as usize - 6].key()),
            9..13 => account(number as u8 - 9),
            13 => AccountId::from_evm(self.stage.block.beneficiary),
            // Where a contract may be one day.
            14 => AccountId::from_evm(self.evm[0].address().create(self.evm[0].nonce)),
            _ => AccountId::from_evm(Address::repeat_byte(self.generator.below(200) as u8)),
        }
    }

    fn tree(&mut self, user: usize) -> Option<Transaction> {
        let tree = self.generator.tree();
        let evm = self.evm.get_mut(user)?;
        let made = tree_transaction(&self.stage, &tree, evm)?;
        match made.carried() {
            Some(Carried::Move(_)) => self.stage.sequence_number += 1,
            Some(Carried::Solana(_)) => self.stage.solana_transactions += 1,
            None => {}
        }
        Some(made)
    }

    fn call(&mut self, user: usize, to: Address, wei: u64, input: Bytes) -> Option<Transaction> {
        let evm = self.evm.get_mut(user)?;
        Some(evm.transaction(TxKind::Call(to), U256::from(wei), input, 200_000))
    }

    fn create(&mut self, user: usize, wei: u64) -> Transaction {
        let code = CHILD.to_vec().into();
        self.evm[user].transaction(TxKind::Create, U256::from(wei), code, 200_000)
    }

    fn coin(&mut self, user: usize, to: AccountId, octas: u64) -> Option<Transaction> {
        let arguments = vec![to.0.to_vec(), octas.to_le_bytes().to_vec()];
        let mover = self.movers.get_mut(user)?;
        Some(mover.call(("aptos_account", "transfer"), vec![], arguments))
    }

    fn sol(&mut self, user: usize, to: AccountId, lamports: u64) -> Option<Transaction> {
        let user = self.solana.get(user)?;
        let to = Pubkey::new_from_array(to.0.0);
        let transfer = system::transfer(&user.key(), &to, lamports + self.number % 7_919);
        Some(user.send(&self.stage.block, &[], &[transfer]))
    }

    /// Keeps what a block came to; senders go on from there.
    pub fn keep<K>(&mut self, block: &RandomBlock, run: BlockRun<K>) {
        for ((transaction, result), kind) in block
            .transactions
            .iter()
            .zip(run.results.iter().flatten())
            .zip(&block.kinds)
        {
            *self.tally.entry((kind, result.is_ok())).or_default() += 1;
            if result.is_ok()
                && let Some(Carried::Move(inner)) = transaction.carried()
            {
                *self.included.entry(inner.sender.address).or_default() += 1;
            }
        }
        let writes: Writes = run.writes.into_iter().flatten().collect();
        self.stage.memory.apply(&writes);
        for user in &mut self.evm {
            let record = StateKey::EvmAccount(user.address());
            let record = self.stage.memory.0.get(&record);
            let record = record.map(|it| AccountRecord::decode(it).unwrap());
            user.nonce = record.unwrap_or_default().nonce;
        }
        for mover in &mut self.movers {
            mover.sequence_number = self.included.get(&mover.address).copied().unwrap_or(0);
        }
        let trees = self.included.get(&self.tree_user.address);
        self.stage.sequence_number = trees.copied().unwrap_or(0);
    }
}
