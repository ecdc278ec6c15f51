//! Random transactions give on our chain what they give in LiteSVM: the same accounts, logs,
//! compute units, inner instructions, return data and errors.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(missing_docs)]

mod chain;
mod spl;

use alloy_primitives::U256;
use chain::{Chain, keypair, oracle, show_block, sign};
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
    let tokens = || prop_oneof![4 => 0_u64..300, 2 => Just(1_000), 1 => any::<u64>()];
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

    /// A token account, mostly an associated one, with its mint and its owner.
    fn tokens(&self, index: &Index) -> (Pubkey, Pubkey, Pubkey) {
        let number = index.index(64);
        let owner = self.users[number % self.users.len()].pubkey();
        let mint = self.all[self.all.len() - 1 - (number / 4) % 2].pubkey();
        match number % 8 {
            7 => (self.any(index), mint, owner),
            _ => (spl::associated(&owner, &mint), mint, owner),
        }
    }

    /// Mostly what is right, and sometimes anybody.
    fn mostly(&self, index: &Index, right: Pubkey) -> Pubkey {
        match index.index(4) {
            0 => self.user(index),
            _ => right,
        }
    }

    /// Mostly the nonce account that is there from the beginning.
    fn nonce(&self, index: &Index) -> Pubkey {
        match index.index(4) {
            0 => self.any(index),
            _ => self.all[self.users.len()].pubkey(),
        }
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
                let (account, mint, _) = self.tokens(b);
                let mint = if a.index(8) == 0 { self.mint(a) } else { mint };
                let authority = self.mostly(c, self.users[0].pubkey());
                vec![spl::mint_to(&mint, &account, &authority, *n)]
            }
            Step::MoveTokens(a, b, c, n) => {
                let ((from, mint, owner), (to, _, payee)) = (self.tokens(a), self.tokens(b));
                let to = if b.index(8) == 0 {
                    to
                } else {
                    spl::associated(&payee, &mint)
                };
                vec![spl::transfer(&from, &to, &self.mostly(c, owner), *n)]
            }
            Step::Burn(a, b, c, n) => {
                let (from, mint, owner) = self.tokens(a);
                let mint = if b.index(8) == 0 { self.mint(b) } else { mint };
                vec![spl::burn(&from, &mint, &self.mostly(c, owner), *n)]
            }
            Step::Approve(a, b, c, n) => {
                let (account, _, owner) = self.tokens(a);
                let owner = self.mostly(c, owner);
                vec![spl::approve(&account, &self.user(b), &owner, *n)]
            }
            Step::Close(a, b, c) => {
                let (account, _, owner) = self.tokens(a);
                vec![spl::close(&account, &self.any(b), &self.mostly(c, owner))]
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
                let authority = self.mostly(b, self.users[0].pubkey());
                vec![system::advance_nonce_account(&self.nonce(a), &authority)]
            }
            Step::WithdrawNonce(a, b, c, n) => {
                let authority = self.mostly(b, self.users[0].pubkey());
                let (nonce, to) = (self.nonce(a), self.any(c));
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
                        AccountMeta::new(self.tokens(b).0, false),
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
        let mut both = Self {
            chain,
            lite,
            cast,
            sent,
        };
        both.begin();
        both
    }

    /// Mints, accounts with tokens, and a nonce.
    fn begin(&mut self) {
        let users: Vec<Pubkey> = self.cast.users.iter().map(Signer::pubkey).collect();
        let first = users[0];
        let nonce = self.cast.all[users.len()].pubkey();
        let lamports = spl::exempt(80);
        let mut scenes = vec![system::create_nonce_account(
            &first, &nonce, &first, lamports,
        )];
        let mints = self.cast.all.iter().rev().take(2).map(Signer::pubkey);
        for mint in mints {
            scenes.push(spl::make_mint(&first, &mint).to_vec());
            for user in &users {
                let account = spl::associated(user, &mint);
                scenes.push(vec![
                    spl::make_associated(&first, user, &mint),
                    spl::mint_to(&mint, &account, &first, 1_000),
                ]);
            }
        }
        for scene in scenes {
            let payer = self.cast.users[0].insecure_clone();
            assert!(self.mirror(&payer, &scene).unwrap(), "{scene:?}");
        }
    }

    fn next_block(&mut self) {
        self.chain.next_block();
        show_block(&self.chain, &mut self.lite);
    }

    fn step(&mut self, payer: &Index, steps: &[Step]) -> Result<bool, TestCaseError> {
        let slot = self.chain.env.block.number;
        let mut instructions = Vec::new();
        for step in steps {
            instructions.extend(self.cast.instructions(step, slot));
        }
        let payer = self.cast.users[payer.index(self.cast.users.len())].insecure_clone();
        self.mirror(&payer, &instructions)
    }

    /// Runs a transaction on both sides and compares. Whether it succeeded.
    fn mirror(
        &mut self,
        payer: &Keypair,
        instructions: &[Instruction],
    ) -> Result<bool, TestCaseError> {
        let signed: Vec<Pubkey> = instructions
            .iter()
            .flat_map(|i| i.accounts.iter().filter(|a| a.is_signer).map(|a| a.pubkey))
            .collect();
        let mut signers = vec![payer];
        let others = self.cast.all.iter();
        signers.extend(
            others.filter(|k| k.pubkey() != payer.pubkey() && signed.contains(&k.pubkey())),
        );
        let transaction = sign(instructions, &signers, self.chain.blockhash());
        let keys: Vec<Pubkey> = transaction.message.static_account_keys().to_vec();

        if !self.sent.insert(transaction.message.serialize()) {
            // Ours would be refused; LiteSVM's history is off.
            return Ok(false);
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
                return Ok(false);
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
        Ok(error.is_none())
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_transactions_do_what_they_do_in_litesvm(
        dust in any::<u64>(),
        transactions in vec((any::<Index>(), vec(step(), 1..4), 0_u8..4), 1..40),
    ) {
        let mut both = Both::new(dust);
        for (payer, steps, time) in &transactions {
            if *time == 0 {
                both.next_block();
            }
            both.step(payer, steps)?;
        }
    }
}
