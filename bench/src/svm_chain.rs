//! The Solana VM over a journal, in memory, and LiteSVM beside it with the same accounts.

use alloy_primitives::{Address, U256, keccak256, map::HashMap};
use anyhow::{Context as _, Result, ensure};
use litesvm::LiteSVM;
use lumio_executor::BlockContext;
use lumio_state::{Fault, Journal, StateKey, StateView, Value};
use lumio_types::{lamports_of, wei_of_lamports};
use lumio_vm_bus::{Absent, Bus, Env, Host, Vms};
use lumio_vm_svm::{SvmTransacted, SvmVm, TOKEN, account_id, account_key};
use solana_account::Account;
use solana_hash::Hash;
use solana_instruction::{AccountMeta, Instruction};
use solana_keypair::Keypair;
use solana_message::{Message, VersionedMessage};
use solana_pubkey::Pubkey;
use solana_rent::Rent;
use solana_signer::Signer;
use solana_system_interface::instruction as system;
use solana_transaction::versioned::VersionedTransaction;

/// Lamports that each user starts with.
const FUNDS: u64 = 1_000_000_000_000;
/// Gas of each transaction: as much as a block has.
const GAS: u64 = 1_000_000_000;

/// A state in memory.
#[derive(Default)]
pub(crate) struct Memory(HashMap<StateKey, Value>);

impl Memory {
    fn apply(&mut self, writes: impl IntoIterator<Item = (StateKey, Option<Value>)>) {
        for (key, value) in writes {
            match value {
                Some(value) => self.0.insert(key, value),
                None => self.0.remove(&key),
            };
        }
    }
}

impl StateView for Memory {
    fn get(&self, key: &StateKey) -> Result<Option<Value>, Fault> {
        Ok(self.0.get(key).cloned())
    }

    fn storage_slots(&self, _: Address) -> Result<Vec<U256>, Fault> {
        Ok(Vec::new())
    }
}

/// A chain with nothing but the Solana VM.
pub(crate) struct SvmChain {
    vm: SvmVm,
    pub(crate) state: Memory,
    env: Env,
    /// Everyone who has been given something.
    known: Vec<Pubkey>,
}

impl SvmChain {
    /// A chain at block 1.
    ///
    /// # Errors
    /// When genesis cannot be made.
    pub(crate) fn new() -> Result<Self> {
        let mut chain = Self {
            vm: SvmVm::new()?,
            state: Memory::default(),
            env: Env::default(),
            known: Vec::new(),
        };
        let vm = chain.vm.clone();
        chain.run(|host| vm.genesis(host))?;
        chain.env.block = BlockContext {
            number: 1,
            timestamp: 1_700_000_000,
            beneficiary: Address::repeat_byte(0xbe),
            gas_limit: GAS,
            parent_hash: keccak256("0"),
            ..BlockContext::default()
        };
        let block = chain.env.block.clone();
        chain.run(|host| vm.begin_block(host.journal(), &block))?;
        Ok(chain)
    }

    fn run<T>(&mut self, run: impl FnOnce(&mut dyn Host<'_>) -> Result<T, Fault>) -> Result<T> {
        let mut journal = Journal::new(&self.state);
        let vms = Vms {
            evm: &Absent,
            move_vm: &Absent,
            svm: &self.vm,
        };
        let result = run(&mut Bus::new(&mut journal, &self.env, vms, GAS))?;
        let writes = journal.finish(true)?.writes;
        self.state.apply(writes);
        Ok(result)
    }

    /// Runs a transaction, and keeps what it changes.
    ///
    /// # Errors
    /// When it cannot be in a block.
    pub(crate) fn transact(&mut self, transaction: &VersionedTransaction) -> Result<SvmTransacted> {
        let mut journal = Journal::new(&self.state);
        let vms = Vms {
            evm: &Absent,
            move_vm: &Absent,
            svm: &self.vm,
        };
        let mut bus = Bus::new(&mut journal, &self.env, vms, GAS);
        let transacted = self.vm.transact(transaction, &mut bus)?;
        let writes = journal.finish(true)?.writes;
        self.state.apply(writes);
        Ok(transacted)
    }

    /// Forgets which transactions there were.
    pub(crate) fn forget(&mut self) {
        let state = &mut self.state.0;
        state.retain(|key, _| !matches!(key, StateKey::SvmMessage(_)));
    }

    /// Signs instructions and runs them; they must succeed.
    ///
    /// # Errors
    /// When they fail.
    pub(crate) fn send(
        &mut self,
        instructions: &[Instruction],
        signers: &[&Keypair],
    ) -> Result<()> {
        let transaction = self.sign(instructions, signers)?;
        let transacted = self.transact(&transaction)?;
        ensure!(
            transacted.status.is_ok(),
            "the set-up failed: {:?}",
            transacted.logs
        );
        for key in transacted.keys {
            self.know(key);
        }
        Ok(())
    }

    /// Signs instructions; the first signer pays.
    ///
    /// # Errors
    /// When a signer is missing.
    pub(crate) fn sign(
        &self,
        instructions: &[Instruction],
        signers: &[&Keypair],
    ) -> Result<VersionedTransaction> {
        let payer = signers.first().context("nobody pays")?.pubkey();
        let hash = Hash::new_from_array(self.env.block.parent_hash.0);
        let message = Message::new_with_blockhash(instructions, Some(&payer), &hash);
        Ok(VersionedTransaction::try_new(
            VersionedMessage::Legacy(message),
            signers,
        )?)
    }

    /// A key that is the same in each run.
    pub(crate) fn stranger(number: usize) -> Keypair {
        let seed = keccak256(format!("lumio-bench/svm/{number}"));
        Keypair::new_from_array(seed.0)
    }

    /// Somebody with money.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub(crate) fn user(&mut self, number: usize) -> Result<Keypair> {
        let user = Self::stranger(number);
        let address = account_id(&user.pubkey()).evm_address();
        let wei = Value::word(wei_of_lamports(FUNDS));
        self.state.apply([(StateKey::Balance(address), Some(wei))]);
        self.know(user.pubkey());
        Ok(user)
    }

    fn know(&mut self, key: Pubkey) {
        if !self.known.contains(&key) {
            self.known.push(key);
        }
    }

    /// An account as Solana's clients see it.
    ///
    /// # Errors
    /// When its record is broken.
    pub(crate) fn account(&self, key: &Pubkey) -> Result<Option<Account>> {
        let address = account_id(key).evm_address();
        let wei: U256 = self.state.word(&StateKey::Balance(address))?;
        let lamports = lamports_of(wei)?.units;
        if lamports == 0 {
            return Ok(None);
        }
        let mut account = Account {
            lamports,
            rent_epoch: u64::MAX,
            ..Account::default()
        };
        if let Some(record) = self.state.get(&account_key(key))? {
            let (head, data) = record.split_at_checked(33).context("a broken record")?;
            let (flag, owner) = head.split_first().context("a broken record")?;
            account.executable = *flag == 1;
            account.owner = Pubkey::try_from(owner)?;
            account.data = data.to_vec();
        }
        Ok(Some(account))
    }

    /// LiteSVM with the accounts of everybody who is known.
    ///
    /// # Errors
    /// When it does not take one.
    pub(crate) fn litesvm(&self, checks_signatures: bool) -> Result<LiteSVM> {
        let mut lite = LiteSVM::new()
            .with_sigverify(checks_signatures)
            .with_blockhash_check(false);
        for key in &self.known {
            let Some(account) = self.account(key)? else {
                continue;
            };
            if !account.executable {
                lite.set_account(*key, account)?;
            }
        }
        Ok(lite)
    }
}

/// Makes a mint of SPL Token whose authority is the payer.
pub(crate) fn make_mint(payer: &Pubkey, mint: &Pubkey) -> [Instruction; 2] {
    let mut data = vec![20, 6];
    data.extend_from_slice(payer.as_ref());
    data.push(0);
    make(payer, mint, 82, data, &[])
}

/// Makes an account of a mint.
pub(crate) fn make_account(
    payer: &Pubkey,
    account: &Pubkey,
    mint: &Pubkey,
    owner: &Pubkey,
) -> [Instruction; 2] {
    let mut data = vec![18];
    data.extend_from_slice(owner.as_ref());
    make(payer, account, 165, data, &[*mint])
}

fn make(
    payer: &Pubkey,
    key: &Pubkey,
    bytes: usize,
    data: Vec<u8>,
    others: &[Pubkey],
) -> [Instruction; 2] {
    let lamports = Rent::default().minimum_balance(bytes);
    let others = others.iter();
    let mut accounts = vec![AccountMeta::new(*key, false)];
    accounts.extend(others.map(|key| AccountMeta::new_readonly(*key, false)));
    [
        system::create_account(payer, key, lamports, bytes as u64, &TOKEN),
        Instruction {
            program_id: TOKEN,
            accounts,
            data,
        },
    ]
}

/// Mints tokens, or moves them: the account that is written first, the other one, who signs.
pub(crate) fn token(tag: u8, accounts: [&Pubkey; 3], amount: u64) -> Instruction {
    let [first, second, signer] = accounts;
    let mut data = vec![tag];
    data.extend(amount.to_le_bytes());
    Instruction {
        program_id: TOKEN,
        accounts: vec![
            AccountMeta::new(*first, false),
            AccountMeta::new(*second, false),
            AccountMeta::new_readonly(*signer, true),
        ],
        data,
    }
}

/// The tag of SPL Token's `Transfer`.
pub(crate) const TRANSFER: u8 = 3;
/// The tag of SPL Token's `MintTo`.
pub(crate) const MINT_TO: u8 = 7;
