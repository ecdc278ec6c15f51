//! A chain with nothing but the Solana VM, and LiteSVM beside it with the same accounts.
#![allow(dead_code, unreachable_pub, reason = "each test uses a part")]

use alloy_primitives::{Address, B256, U256, keccak256, map::HashMap};
use litesvm::LiteSVM;
use lumio_state::{Fault, Journal, StateKey, StateView, Value, WriteSet, Writes};
use lumio_vm_bus::{Absent, BlockContext, Bus, Call, Env, Host, Outcome, Vms, mock::MockVm};
use lumio_vm_svm::{
    MAX_BLOCKHASH_AGE, SvmTransactError, SvmTransacted, SvmVm, account_id, account_key,
};
use solana_account::Account;
use solana_clock::Clock;
use solana_epoch_schedule::EpochSchedule;
use solana_hash::Hash;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_message::{Message, VersionedMessage};
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use solana_slot_hashes::SlotHashes;
#[allow(deprecated)]
use solana_sysvar::recent_blockhashes::{IterItem, RecentBlockhashes};
use solana_transaction::versioned::VersionedTransaction;

/// Gas of each transaction and call.
pub const GAS: u64 = 30_000_000;

/// The whole state.
#[derive(Clone, Default)]
pub struct State(pub HashMap<StateKey, Value>);

impl State {
    pub fn apply(&mut self, writes: impl IntoIterator<Item = (StateKey, Option<Value>)>) {
        for (key, value) in writes {
            match value {
                Some(value) => self.0.insert(key, value),
                None => self.0.remove(&key),
            };
        }
    }
}

impl StateView for State {
    fn get(&self, key: &StateKey) -> Result<Option<Value>, Fault> {
        Ok(self.0.get(key).cloned())
    }

    fn storage_slots(&self, _: Address) -> Result<Vec<U256>, Fault> {
        Ok(Vec::new())
    }
}

/// A chain with nothing but the Solana VM.
pub struct Chain {
    pub vm: SvmVm,
    pub state: State,
    pub env: Env,
    pub evm: MockVm,
    /// What the block has noted so far of its transactions.
    pub messages: Vec<(StateKey, Option<Value>)>,
    /// Slots and their blockhashes, newest first.
    pub hashes: Vec<(u64, Hash)>,
}

impl Chain {
    /// A chain at block 100.
    pub fn new() -> Self {
        let mut chain = Self {
            vm: SvmVm::new().unwrap(),
            state: State::default(),
            env: Env::default(),
            evm: MockVm::default(),
            messages: Vec::new(),
            hashes: Vec::new(),
        };
        let vm = chain.vm.clone();
        chain.run(|host| vm.genesis(host)).unwrap();
        chain.env.block = BlockContext {
            number: 99,
            timestamp: 1_700_000_000,
            beneficiary: Address::repeat_byte(0xfe),
            parent_hash: keccak256(b"98"),
            ..BlockContext::default()
        };
        chain.next_block();
        chain
    }

    /// Goes on to the next block.
    pub fn next_block(&mut self) {
        let parent = keccak256(self.env.block.parent_hash);
        self.next_block_after(parent);
    }

    /// The same, with this hash for the block that ends.
    pub fn next_block_after(&mut self, parent_hash: B256) {
        let mut writes = WriteSet::from_iter(self.messages.drain(..));
        SvmVm::end_block(self.env.block.number, &mut writes);
        self.state.apply(writes);
        let block = &mut self.env.block;
        block.number += 1;
        block.timestamp += 1;
        block.parent_hash = parent_hash;
        let context = block.clone();
        let hash = Hash::new_from_array(context.parent_hash.0);
        self.hashes.insert(0, (context.number - 1, hash));
        let vm = self.vm.clone();
        self.run(|host| vm.begin_block(host.journal(), &context))
            .unwrap();
    }

    /// Runs something and keeps what it changed.
    pub fn run<T>(&mut self, run: impl FnOnce(&mut dyn Host<'_>) -> T) -> T {
        let (result, writes) = self.dry(run);
        for (key, value) in &writes {
            if let StateKey::SvmMessage(_) = key {
                self.messages.push((key.clone(), value.clone()));
            }
        }
        self.state.apply(writes);
        result
    }

    /// Runs something, to see what it would change.
    pub fn dry<T>(&self, run: impl FnOnce(&mut dyn Host<'_>) -> T) -> (T, Writes) {
        let mut journal = Journal::new(&self.state);
        let vms = Vms {
            evm: &self.evm,
            move_vm: &Absent,
            svm: &self.vm,
        };
        let mut bus = Bus::new(&mut journal, &self.env, vms, GAS);
        let result = run(&mut bus);
        (result, journal.finish(true).unwrap().writes)
    }

    pub fn blockhash(&self) -> Hash {
        Hash::new_from_array(self.env.block.parent_hash.0)
    }

    pub fn try_send(
        &mut self,
        transaction: &VersionedTransaction,
    ) -> Result<SvmTransacted, SvmTransactError> {
        let vm = self.vm.clone();
        self.run(|host| vm.transact(transaction, host))
    }

    /// Signs and sends instructions; they must succeed.
    pub fn send(&mut self, instructions: &[Instruction], signers: &[&Keypair]) -> SvmTransacted {
        let transaction = sign(instructions, signers, self.blockhash());
        let sent = self.try_send(&transaction).unwrap();
        assert_eq!(sent.status, Ok(()), "{:#?}", sent.logs);
        sent
    }

    /// Calls a program as another VM does.
    pub fn call(&mut self, call: Call) -> Result<Outcome, Fault> {
        self.run(|host| host.call(call))
    }

    pub fn wei(&self, key: &Pubkey) -> U256 {
        let address = account_id(key).evm_address();
        self.state.word(&StateKey::Balance(address)).unwrap()
    }

    pub fn give(&mut self, key: &Pubkey, wei: U256) {
        let address = account_id(key).evm_address();
        self.run(|host| host.journal().set_balance(address, wei))
            .unwrap();
    }

    pub fn record(&self, key: &Pubkey) -> Option<Value> {
        self.state.get(&account_key(key)).unwrap()
    }

    /// An account as Solana's clients see it.
    pub fn account(&self, key: &Pubkey) -> Option<Account> {
        let wei = self.wei(key);
        let lamports = lumio_types::lamports_of(wei).unwrap().units;
        if lamports == 0 {
            return None;
        }
        let mut account = Account {
            lamports,
            rent_epoch: u64::MAX,
            ..Account::default()
        };
        if let Some(record) = self.record(key) {
            account.executable = record[0] == 1;
            account.owner = Pubkey::try_from(&record[1..33]).unwrap();
            account.data = record[33..].to_vec();
        }
        Some(account)
    }

    /// Wei of all accounts together.
    pub fn supply(&self) -> U256 {
        let values = self.state.0.iter();
        let words = values.filter(|(key, _)| matches!(key, StateKey::Balance(_)));
        words.fold(U256::ZERO, |sum, (_, value)| sum + value.as_word().unwrap())
    }
}

/// Signs instructions; the first signer pays.
pub fn sign(
    instructions: &[Instruction],
    signers: &[&Keypair],
    blockhash: Hash,
) -> VersionedTransaction {
    let payer = signers[0].pubkey();
    let message = Message::new_with_blockhash(instructions, Some(&payer), &blockhash);
    VersionedTransaction::try_new(VersionedMessage::Legacy(message), signers).unwrap()
}

/// A key that is the same in each run.
pub fn keypair(number: u64) -> Keypair {
    Keypair::new_from_array(keccak256(number.to_be_bytes()).0)
}

/// LiteSVM with the sysvars of a chain.
pub fn oracle(chain: &Chain) -> LiteSVM {
    let mut lite = LiteSVM::new()
        .with_sigverify(false)
        .with_blockhash_check(false);
    show_block(chain, &mut lite);
    lite
}

/// Gives LiteSVM the sysvars of a chain's block.
pub fn show_block(chain: &Chain, lite: &mut LiteSVM) {
    let block = &chain.env.block;
    let schedule = EpochSchedule::without_warmup();
    let timestamp = i64::try_from(block.timestamp).unwrap();
    lite.set_sysvar(&schedule);
    lite.set_sysvar(&Clock {
        slot: block.number,
        epoch_start_timestamp: timestamp,
        epoch: 0,
        leader_schedule_epoch: 1,
        unix_timestamp: timestamp,
    });
    let hashes = &chain.hashes;
    let hashes = &hashes[..hashes.len().min(MAX_BLOCKHASH_AGE)];
    lite.set_sysvar(&SlotHashes::new(hashes));
    let recent = hashes.iter();
    #[allow(deprecated)]
    let recent: RecentBlockhashes = recent
        .map(|(slot, hash)| IterItem(*slot, hash, 5_000))
        .collect();
    lite.set_sysvar(&recent);
}
