//! Random transactions give on our chain what they give in LiteSVM: the same accounts, logs,
//! compute units, inner instructions, return data and errors.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(missing_docs)]

mod chain;
mod spl;

use alloy_primitives::U256;
use chain::{Chain, keypair, oracle, sign};
use litesvm::LiteSVM;
use lumio_types::wei_of_lamports;
use lumio_vm_svm::SvmTransactError;
use proptest::{collection::vec, prelude::*, sample::Index};
use solana_address_lookup_table_interface::instruction as tables;
use solana_instruction::{AccountMeta, Instruction};
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_sdk_ids::{compute_budget, system_program};
use solana_signer::Signer;
use solana_system_interface::instruction as system;
use solana_transaction_error::TransactionError;
use std::collections::HashSet;

const USERS: u64 = 4;
const FRESH: u64 = 4;
const MINTS: u64 = 2;
const SOL: u64 = 1_000_000_000;

/// Something that a transaction does, with numbers that name its accounts.
#[derive(Clone, Debug)]
enum Step {
    Transfer(Index, Index, u64),
    Create(Index, Index, u64, u64, bool),
    Allocate(Index, u64),
    Assign(Index, bool),
    MakeMint(Index, Index),
    MakeAccount(Index, Index, Index, Index),
    MakeAssociated(Index, Index, Index),
    MintTo(Index, Index, Index, u64),
    MoveTokens(Index, Index, Index, u64),
    Burn(Index, Index, Index, u64),
    Approve(Index, Index, Index, u64),
    Close(Index, Index, Index),
    Memo(Index, Vec<u8>),
    MakeNonce(Index, Index),
    AdvanceNonce(Index, Index),
    WithdrawNonce(Index, Index, Index, u64),
    MakeTable(Index),
    Limit(u32),
    Price(u64),
    Heap(u32),
    Loaded(u32),
    Garbage(Index, Index, Vec<u8>),
}

fn lamports() -> impl Strategy<Value = u64> {
    prop_oneof![
        0_u64..10,
        Just(890_880),
        890_000_u64..900_000,
        0..3 * SOL,
        Just(100 * SOL),
        any::<u64>(),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let i = any::<Index>;
    let tokens = || prop_oneof![0_u64..2_000, any::<u64>()];
    prop_oneof![
        4 => (i(), i(), lamports()).prop_map(|(a, b, n)| Step::Transfer(a, b, n)),
        2 => (i(), i(), lamports(), 0_u64..300, any::<bool>())
            .prop_map(|(a, b, n, size, own)| Step::Create(a, b, n, size, own)),
        1 => (i(), prop_oneof![0_u64..100, Just(20 << 20)]).prop_map(|(a, n)| Step::Allocate(a, n)),
        1 => (i(), any::<bool>()).prop_map(|(a, b)| Step::Assign(a, b)),
        2 => (i(), i()).prop_map(|(a, b)| Step::MakeMint(a, b)),
        2 => (i(), i(), i(), i()).prop_map(|(a, b, c, d)| Step::MakeAccount(a, b, c, d)),
        4 => (i(), i(), i()).prop_map(|(a, b, c)| Step::MakeAssociated(a, b, c)),
        4 => (i(), i(), i(), tokens()).prop_map(|(a, b, c, n)| Step::MintTo(a, b, c, n)),
        4 => (i(), i(), i(), tokens()).prop_map(|(a, b, c, n)| Step::MoveTokens(a, b, c, n)),
        2 => (i(), i(), i(), tokens()).prop_map(|(a, b, c, n)| Step::Burn(a, b, c, n)),
        1 => (i(), i(), i(), tokens()).prop_map(|(a, b, c, n)| Step::Approve(a, b, c, n)),
        1 => (i(), i(), i()).prop_map(|(a, b, c)| Step::Close(a, b, c)),
        2 => (i(), prop_oneof![vec(any::<u8>(), 0..40), "[a-z ]{0,60}".prop_map(String::into_bytes)])
            .prop_map(|(a, bytes)| Step::Memo(a, bytes)),
        2 => (i(), i()).prop_map(|(a, b)| Step::MakeNonce(a, b)),
        1 => (i(), i()).prop_map(|(a, b)| Step::AdvanceNonce(a, b)),
        1 => (i(), i(), i(), lamports()).prop_map(|(a, b, c, n)| Step::WithdrawNonce(a, b, c, n)),
        1 => i().prop_map(Step::MakeTable),
        1 => prop_oneof![0_u32..3_000, 100_000_u32..2_000_000].prop_map(Step::Limit),
        1 => (0_u64..5_000_000).prop_map(Step::Price),
        1 => prop_oneof![Just(64 << 10), any::<u32>()].prop_map(Step::Heap),
        // Between these, LiteSVM does not count the code of upgradeable programs.
        1 => prop_oneof![0_u32..60, (8_u32 << 20)..(80 << 20)].prop_map(Step::Loaded),
        1 => (i(), i(), vec(any::<u8>(), 0..20)).prop_map(|(a, b, data)| Step::Garbage(a, b, data)),
    ]
}

/// The accounts that steps are about: users, then fresh ones and mints.
struct Cast {
    users: Vec<Keypair>,
    all: Vec<Keypair>,
}

impl Cast {
    fn new() -> Self {
        let users = (0..USERS).map(keypair).collect();
        let all = (0..USERS + FRESH + MINTS).map(keypair).collect();
        Self { users, all }
    }

    fn user(&self, index: &Index) -> Pubkey {
        self.users[index.index(self.users.len())].pubkey()
    }

    fn any(&self, index: &Index) -> Pubkey {
        self.all[index.index(self.all.len())].pubkey()
    }

    fn mint(&self, index: &Index) -> Pubkey {
        let mints = usize::try_from(MINTS).unwrap();
        self.all[self.all.len() - 1 - index.index(mints)].pubkey()
    }

    /// A token account of an owner, mostly the associated one.
    fn tokens(&self, index: &Index) -> Pubkey {
        let number = index.index(64);
        if number % 8 == 7 {
            return self.any(index);
        }
        let owner = self.users[number % self.users.len()].pubkey();
        let mint = self.all[self.all.len() - 1 - (number / 4) % 2].pubkey();
        spl::associated(&owner, &mint)
    }

    fn instructions(&self, step: &Step, slot: u64) -> Vec<Instruction> {
        let budget = |tag: u8, bytes: &[u8]| Instruction {
            program_id: compute_budget::id(),
            accounts: Vec::new(),
            data: [&[tag], bytes].concat(),
        };
        match step {
            Step::Transfer(a, b, n) => vec![system::transfer(&self.user(a), &self.any(b), *n)],
            Step::Create(a, b, n, size, own) => {
                let owner = if *own {
                    system_program::id()
                } else {
                    lumio_vm_svm::TOKEN
                };
                let (from, to) = (self.user(a), self.any(b));
                vec![system::create_account(&from, &to, *n, *size, &owner)]
            }
            Step::Allocate(a, n) => vec![system::allocate(&self.any(a), *n)],
            Step::Assign(a, own) => {
                let owner = if *own {
                    system_program::id()
                } else {
                    lumio_vm_svm::TOKEN
                };
                vec![system::assign(&self.any(a), &owner)]
            }
            Step::MakeMint(a, b) => spl::make_mint(&self.user(a), &self.mint(b)).to_vec(),
            Step::MakeAccount(a, b, c, d) => {
                let (payer, account) = (self.user(a), self.any(b));
                let (bytes, token) = (spl::ACCOUNT_BYTES, lumio_vm_svm::TOKEN);
                let lamports = spl::exempt(bytes);
                vec![
                    system::create_account(&payer, &account, lamports, bytes, &token),
                    spl::init_account(&account, &self.mint(c), &self.user(d)),
                ]
            }
            Step::MakeAssociated(a, b, c) => {
                vec![spl::make_associated(
                    &self.user(a),
                    &self.user(b),
                    &self.mint(c),
                )]
            }
            Step::MintTo(a, b, c, n) => {
                vec![spl::mint_to(
                    &self.mint(a),
                    &self.tokens(b),
                    &self.user(c),
                    *n,
                )]
            }
            Step::MoveTokens(a, b, c, n) => {
                vec![spl::transfer(
                    &self.tokens(a),
                    &self.tokens(b),
                    &self.user(c),
                    *n,
                )]
            }
            Step::Burn(a, b, c, n) => {
                vec![spl::burn(&self.tokens(a), &self.mint(b), &self.user(c), *n)]
            }
            Step::Approve(a, b, c, n) => {
                vec![spl::approve(
                    &self.tokens(a),
                    &self.user(b),
                    &self.user(c),
                    *n,
                )]
            }
            Step::Close(a, b, c) => {
                vec![spl::close(&self.tokens(a), &self.any(b), &self.user(c))]
            }
            Step::Memo(a, bytes) => {
                let mut memo = spl::memo("", &self.user(a));
                memo.data = bytes.clone();
                vec![memo]
            }
            Step::MakeNonce(a, b) => {
                let (payer, nonce) = (self.user(a), self.any(b));
                system::create_nonce_account(&payer, &nonce, &payer, spl::exempt(80))
            }
            Step::AdvanceNonce(a, b) => {
                vec![system::advance_nonce_account(&self.any(a), &self.user(b))]
            }
            Step::WithdrawNonce(a, b, c, n) => {
                let (nonce, authority, to) = (self.any(a), self.user(b), self.any(c));
                vec![system::withdraw_nonce_account(&nonce, &authority, &to, *n)]
            }
            Step::MakeTable(a) => {
                let payer = self.user(a);
                let (make, table) = tables::create_lookup_table(payer, payer, slot - 1);
                let keys = self.all.iter().map(Signer::pubkey).collect();
                vec![
                    make,
                    tables::extend_lookup_table(table, payer, Some(payer), keys),
                ]
            }
            Step::Limit(n) => vec![budget(2, &n.to_le_bytes())],
            Step::Price(n) => vec![budget(3, &n.to_le_bytes())],
            Step::Heap(n) => vec![budget(1, &n.to_le_bytes())],
            Step::Loaded(n) => vec![budget(4, &n.to_le_bytes())],
            Step::Garbage(a, b, data) => {
                let programs = [
                    lumio_vm_svm::TOKEN,
                    system_program::id(),
                    lumio_vm_svm::TOKEN_2022,
                ];
                vec![Instruction {
                    program_id: programs[b.index(programs.len())],
                    accounts: vec![
                        AccountMeta::new(self.any(a), false),
                        AccountMeta::new(self.tokens(b), false),
                    ],
                    data: data.clone(),
                }]
            }
        }
    }
}

/// Runs the same transactions on both sides.
struct Both {
    chain: Chain,
    lite: LiteSVM,
    cast: Cast,
    sent: HashSet<Vec<u8>>,
}

impl Both {
    fn new(dust: u64) -> Self {
        let mut chain = Chain::new();
        let mut lite = oracle(&chain);
        let cast = Cast::new();
        for (number, user) in cast.all.iter().enumerate() {
            let funded = number < cast.users.len();
            let lamports = if funded { 10 * SOL } else { 0 };
            let wei = wei_of_lamports(lamports) + U256::from(dust % 1_000_000_000);
            chain.give(&user.pubkey(), wei);
            if let Some(account) = chain.account(&user.pubkey()) {
                lite.set_account(user.pubkey(), account).unwrap();
            }
        }
        let sent = HashSet::new();
        Self {
            chain,
            lite,
            cast,
            sent,
        }
    }

    fn step(&mut self, payer: &Index, steps: &[Step]) -> Result<(), TestCaseError> {
        let slot = self.chain.env.block.number;
        let mut instructions = Vec::new();
        for step in steps {
            instructions.extend(self.cast.instructions(step, slot));
        }
        let payer = self.cast.users[payer.index(self.cast.users.len())].insecure_clone();
        let signed: Vec<Pubkey> = instructions
            .iter()
            .flat_map(|i| i.accounts.iter().filter(|a| a.is_signer).map(|a| a.pubkey))
            .collect();
        let mut signers = vec![&payer];
        let others = self.cast.all.iter();
        signers.extend(
            others.filter(|k| k.pubkey() != payer.pubkey() && signed.contains(&k.pubkey())),
        );
        let transaction = sign(&instructions, &signers, self.chain.blockhash());
        let keys: Vec<Pubkey> = transaction.message.static_account_keys().to_vec();

        if !self.sent.insert(transaction.message.serialize()) {
            // Ours would be refused; LiteSVM's history is off.
            return Ok(());
        }
        let supply = self.chain.supply();
        let ours = self.chain.try_send(&transaction);
        let theirs = self.lite.send_transaction(transaction);
        prop_assert_eq!(self.chain.supply(), supply, "wei are conserved");

        let (error, meta) = match theirs {
            Ok(meta) => (None, meta),
            Err(failed) => (Some(failed.err), failed.meta),
        };
        match ours {
            Err(SvmTransactError::Refused(refused)) => {
                prop_assert_eq!(Some(refused), error);
                return Ok(());
            }
            Err(other) => return Err(TestCaseError::fail(other.to_string())),
            Ok(sent) => {
                prop_assert_eq!(
                    sent.status.err(),
                    error.clone(),
                    "{:#?} {:#?}",
                    sent.logs,
                    meta.logs
                );
                prop_assert_eq!(&sent.logs, &meta.logs);
                prop_assert_eq!(sent.compute_units, meta.compute_units_consumed);
                prop_assert_eq!(sent.fee, meta.fee);
                if error.is_none() {
                    prop_assert_eq!(sent.inner_instructions, meta.inner_instructions);
                    prop_assert_eq!(sent.return_data, meta.return_data);
                }
            }
        }
        // LiteSVM takes no fee of a transaction whose accounts cannot be loaded; Solana does.
        if let Some(
            TransactionError::MaxLoadedAccountsDataSizeExceeded
            | TransactionError::ProgramAccountNotFound
            | TransactionError::InvalidProgramForExecution,
        ) = error
        {
            let account = self.chain.account(&payer.pubkey()).unwrap_or_default();
            self.lite.set_account(payer.pubkey(), account).unwrap();
        }
        for key in keys {
            let (ours, theirs) = (self.chain.account(&key), self.lite.get_account(&key));
            // What genesis deploys has other lamports there.
            if theirs.as_ref().is_some_and(|account| {
                account.executable || account.owner == solana_sdk_ids::sysvar::id()
            }) {
                continue;
            }
            let theirs = theirs.filter(|account| account.lamports > 0);
            prop_assert_eq!(ours, theirs, "{}", key);
        }
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_transactions_do_what_they_do_in_litesvm(
        dust in any::<u64>(),
        transactions in vec((any::<Index>(), vec(step(), 1..4)), 1..40),
    ) {
        let mut both = Both::new(dust);
        for (payer, steps) in &transactions {
            both.step(payer, steps)?;
        }
    }
}
