//! The accounts that steps are about, and the instructions that steps are.

use crate::{
    chain::{Chain, keypair},
    loader, spl,
    step::{Step, TableStep},
    token_2022,
};
use lumio_vm_svm::{TOKEN, TOKEN_2022};
use proptest::sample::Index;
use solana_address_lookup_table_interface::instruction as tables;
use solana_instruction::{AccountMeta, Instruction};
use solana_pubkey::Pubkey;
use solana_sdk_ids::{compute_budget, system_program};
use solana_signer::Signer;
use solana_system_interface::instruction as system;

/// Lamports of those who cannot pay, or hardly.
pub const POOR: [u64; 5] = [4_999, 5_000, 895_879, 895_880, 10_000];
/// Of which slot the table of the beginning is.
const FIRST_TABLE_SLOT: u64 = 100;
const USERS: usize = 4;
const FRESH: usize = 4;
const CLASSIC_MINTS: usize = 2;
const MINTS: usize = CLASSIC_MINTS + token_2022::KINDS;

/// The accounts that steps are about: users, the poor, fresh ones, programs, buffers, and mints.
pub struct Cast {
    pub all: Vec<Pubkey>,
}

impl Cast {
    pub fn new() -> Self {
        let count = USERS + POOR.len() + FRESH + loader::PROGRAMS + loader::BUFFERS + MINTS;
        let keys = (0..).take(count).map(|number| keypair(number).pubkey());
        Self {
            all: keys.collect(),
        }
    }

    fn part(&self, start: usize, count: usize) -> &[Pubkey] {
        &self.all[start..start + count]
    }

    pub fn users(&self) -> &[Pubkey] {
        self.part(0, USERS)
    }

    pub fn poor(&self) -> &[Pubkey] {
        self.part(USERS, POOR.len())
    }

    /// The first of them is a nonce account from the beginning.
    pub fn fresh(&self) -> &[Pubkey] {
        self.part(USERS + POOR.len(), FRESH)
    }

    pub fn programs(&self) -> &[Pubkey] {
        self.part(USERS + POOR.len() + FRESH, loader::PROGRAMS)
    }

    pub fn buffers(&self) -> &[Pubkey] {
        let start = USERS + POOR.len() + FRESH + loader::PROGRAMS;
        self.part(start, loader::BUFFERS)
    }

    pub fn mints(&self) -> &[Pubkey] {
        &self.all[self.all.len() - MINTS..]
    }

    pub fn nonce_account(&self) -> Pubkey {
        self.fresh()[0]
    }

    pub fn user(&self, index: &Index) -> Pubkey {
        *index.get(self.users())
    }

    pub fn any(&self, index: &Index) -> Pubkey {
        *index.get(&self.all)
    }

    /// Mostly a user, and sometimes one who is poor, a nonce account or nobody.
    pub fn payer(&self, index: &Index) -> Pubkey {
        let others = &self.all[USERS..USERS + POOR.len() + FRESH];
        match others.get(index.index(8 * others.len())) {
            Some(other) => *other,
            None => self.user(index),
        }
    }

    /// A mint and its program.
    pub fn mint(&self, index: &Index) -> (Pubkey, Pubkey) {
        self.mint_at(index.index(MINTS))
    }

    fn mint_at(&self, place: usize) -> (Pubkey, Pubkey) {
        let program = if place < CLASSIC_MINTS {
            TOKEN
        } else {
            TOKEN_2022
        };
        (self.mints()[place], program)
    }

    /// What makes a mint at its place.
    pub fn make_mint(&self, payer: &Pubkey, mint: &Pubkey) -> Vec<Instruction> {
        let place = self.mints().iter().position(|known| known == mint).unwrap();
        match place.checked_sub(CLASSIC_MINTS) {
            None => spl::make_mint(payer, mint).to_vec(),
            Some(kind) => token_2022::make_mint(kind, payer, mint),
        }
    }

    /// A token account, mostly an associated one.
    fn tokens(&self, index: &Index) -> Tokens {
        let number = index.index(USERS * MINTS * 8);
        let owner = self.users()[number % USERS];
        let (mint, program) = self.mint_at(number / USERS % MINTS);
        let account = match number / (USERS * MINTS) {
            7 => self.any(index),
            _ => spl::associated_of(&program, &owner, &mint),
        };
        Tokens {
            account,
            mint,
            owner,
            program,
        }
    }

    /// Mostly what is right, and sometimes anybody.
    fn mostly(&self, index: &Index, right: Pubkey) -> Pubkey {
        match self.users().get(index.index(5 * USERS)) {
            Some(other) => *other,
            None => right,
        }
    }

    /// Mostly the nonce account that is there from the beginning.
    fn nonce(&self, index: &Index) -> Pubkey {
        match self.all.get(index.index(4 * self.all.len())) {
            Some(other) => *other,
            None => self.nonce_account(),
        }
    }

    /// A table: that of the beginning, or one that a user has made some blocks ago.
    pub fn table(&self, user: &Index, back: u64, slot: u64) -> Pubkey {
        let (owner, slot) = self.table_of(user, back, slot);
        tables::derive_lookup_table_address(&owner, slot).0
    }

    /// Whose table, and of which slot.
    fn table_of(&self, user: &Index, back: u64, slot: u64) -> (Pubkey, u64) {
        match back.checked_sub(2) {
            None => (self.users()[0], FIRST_TABLE_SLOT),
            Some(back) => (self.user(user), slot.saturating_sub(1 + back)),
        }
    }

    /// What makes the table of the beginning.
    pub fn make_first_table(&self) -> Vec<Instruction> {
        let first = self.users()[0];
        let (make, table) = tables::create_lookup_table(first, first, FIRST_TABLE_SLOT);
        let keys = self.all.clone();
        vec![
            make,
            tables::extend_lookup_table(table, first, Some(first), keys),
        ]
    }

    fn owner(own: bool) -> Pubkey {
        if own { system_program::id() } else { TOKEN }
    }

    /// The instructions of a step, in the block that there is.
    pub fn instructions(&self, step: &Step, chain: &Chain) -> Vec<Instruction> {
        let slot = chain.env.block.number;
        let first = self.users()[0];
        let one = |instruction| vec![instruction];
        match step {
            Step::Transfer(a, b, n) => one(system::transfer(&self.user(a), &self.any(b), *n)),
            Step::Create(a, b, n, size, own) => {
                let (from, to) = (self.user(a), self.any(b));
                one(system::create_account(
                    &from,
                    &to,
                    *n,
                    *size,
                    &Self::owner(*own),
                ))
            }
            Step::Allocate(a, n) => one(system::allocate(&self.any(a), *n)),
            Step::Assign(a, own) => one(system::assign(&self.any(a), &Self::owner(*own))),
            Step::MakeMint(a, b) => self.make_mint(&self.user(a), &self.mint(b).0),
            Step::MakeAccount(a, b, c, d) => {
                let (payer, account, (mint, program)) = (self.user(a), self.any(b), self.mint(c));
                let bytes = spl::ACCOUNT_BYTES;
                let lamports = spl::exempt(bytes);
                let init = spl::init_account(&account, &mint, &self.user(d));
                vec![
                    system::create_account(&payer, &account, lamports, bytes, &program),
                    spl::on(&program, init),
                ]
            }
            Step::MakeAssociated(a, b, c) => {
                let (payer, owner, (mint, program)) = (self.user(a), self.user(b), self.mint(c));
                one(spl::make_associated_of(&program, &payer, &owner, &mint))
            }
            Step::MintTo(a, b, c, n) => {
                let to = self.tokens(b);
                let mint = if a.index(8) == 0 {
                    self.mint(a).0
                } else {
                    to.mint
                };
                let authority = self.mostly(c, first);
                one(to.on(spl::mint_to(&mint, &to.account, &authority, *n)))
            }
            Step::MoveTokens(a, b, c, n) => {
                let (from, to) = self.both(a, b);
                let owner = self.mostly(c, from.owner);
                one(from.on(spl::transfer(&from.account, &to, &owner, *n)))
            }
            Step::MoveChecked(a, b, c, n, decimals) => {
                let (from, to) = self.both(a, b);
                let owner = self.mostly(c, from.owner);
                let accounts = (&from.account, &from.mint, &to, &owner);
                let amount = (*n, *decimals, None);
                one(token_2022::transfer_checked(
                    &from.program,
                    accounts,
                    amount,
                ))
            }
            Step::MoveWithFee(a, b, c, n, fee) => {
                let (from, to) = self.both(a, b);
                let owner = self.mostly(c, from.owner);
                let accounts = (&from.account, &from.mint, &to, &owner);
                let amount = (*n, 6, Some(*fee));
                one(token_2022::transfer_checked(
                    &from.program,
                    accounts,
                    amount,
                ))
            }
            Step::Burn(a, b, c, n) => {
                let from = self.tokens(a);
                let mint = if b.index(8) == 0 {
                    self.mint(b).0
                } else {
                    from.mint
                };
                let owner = self.mostly(c, from.owner);
                one(from.on(spl::burn(&from.account, &mint, &owner, *n)))
            }
            Step::Approve(a, b, c, n) => {
                let of = self.tokens(a);
                let owner = self.mostly(c, of.owner);
                one(of.on(spl::approve(&of.account, &self.user(b), &owner, *n)))
            }
            Step::Close(a, b, c) => {
                let of = self.tokens(a);
                let owner = self.mostly(c, of.owner);
                one(of.on(spl::close(&of.account, &self.any(b), &owner)))
            }
            Step::CloseMint(a, b, c) => {
                let (mint, program) = self.mint(a);
                let authority = self.mostly(c, first);
                one(spl::on(
                    &program,
                    spl::close(&mint, &self.any(b), &authority),
                ))
            }
            Step::Freeze(a, b, thaw) => {
                let of = self.tokens(a);
                let authority = self.mostly(b, first);
                let tag = vec![10 + u8::from(*thaw)];
                one(token_2022::three(
                    &of.program,
                    tag,
                    &of.account,
                    &of.mint,
                    &authority,
                ))
            }
            Step::SetAuthority(a, b, c, kind) => {
                let of = self.tokens(a);
                let (target, signer) = match kind % 2 {
                    0 => (of.mint, self.mostly(b, first)),
                    _ => (of.account, self.mostly(b, of.owner)),
                };
                let data = match c.index(3) {
                    0 => vec![6, *kind, 0],
                    _ => [&[6, *kind, 1][..], self.user(c).as_ref()].concat(),
                };
                let accounts = vec![
                    AccountMeta::new(target, false),
                    AccountMeta::new_readonly(signer, true),
                ];
                one(Instruction {
                    program_id: of.program,
                    accounts,
                    data,
                })
            }
            Step::AskMint(a, tag, n) => {
                let (mint, program_id) = self.mint(a);
                let mut data = vec![*tag];
                match tag {
                    23 => data.extend(n.to_le_bytes()),
                    24 => data.extend((*n % 100_000).to_string().bytes()),
                    _ => {}
                }
                let accounts = vec![AccountMeta::new_readonly(mint, false)];
                one(Instruction {
                    program_id,
                    accounts,
                    data,
                })
            }
            Step::Memo(a, bytes) => {
                let mut memo = spl::memo("", &self.user(a));
                memo.data = bytes.clone();
                one(memo)
            }
            Step::MakeNonce(a, b) => {
                let (payer, nonce) = (self.user(a), self.any(b));
                system::create_nonce_account(&payer, &nonce, &payer, spl::exempt(80))
            }
            Step::AdvanceNonce(a, b) => one(system::advance_nonce_account(
                &self.nonce(a),
                &self.mostly(b, first),
            )),
            Step::WithdrawNonce(a, b, c, n) => {
                let (nonce, authority) = (self.nonce(a), self.mostly(b, first));
                one(system::withdraw_nonce_account(
                    &nonce,
                    &authority,
                    &self.any(c),
                    *n,
                ))
            }
            Step::AuthorizeNonce(a, b, c) => {
                let (nonce, authority) = (self.nonce(a), self.mostly(b, first));
                // Mostly the same again.
                let next = if c.index(4) == 0 { self.user(c) } else { first };
                one(system::authorize_nonce_account(&nonce, &authority, &next))
            }
            Step::Table(kind, a, back, keys) => self.of_table(*kind, a, *back, keys, slot),
            Step::Load(kind, a, b, c, n) => loader::instructions(self, *kind, (a, b, c), *n),
            Step::Limit(n) => one(budget(&[&[2][..], &n.to_le_bytes()].concat())),
            Step::Price(n) => one(budget(&[&[3][..], &n.to_le_bytes()].concat())),
            Step::Heap(n) => one(budget(&[&[1][..], &n.to_le_bytes()].concat())),
            Step::Loaded(n) => one(budget(&[&[4][..], &n.to_le_bytes()].concat())),
            Step::NoBudget(data) => one(budget(data)),
            Step::Garbage(a, b, data) => {
                let programs = [TOKEN, system_program::id(), TOKEN_2022];
                one(Instruction {
                    program_id: *b.get(&programs),
                    accounts: vec![
                        AccountMeta::new(self.any(a), false),
                        AccountMeta::new(self.tokens(b).account, false),
                    ],
                    data: data.clone(),
                })
            }
        }
    }

    /// An account to take tokens of, and mostly another one of the same mint.
    fn both(&self, from: &Index, to: &Index) -> (Tokens, Pubkey) {
        let (from, payee) = (self.tokens(from), self.tokens(to));
        let to = match to.index(8) {
            0 => payee.account,
            _ => spl::associated_of(&from.program, &payee.owner, &from.mint),
        };
        (from, to)
    }

    fn of_table(
        &self,
        kind: TableStep,
        user: &Index,
        back: u64,
        keys: &[Index],
        slot: u64,
    ) -> Vec<Instruction> {
        let (authority, recent) = self.table_of(user, back, slot);
        let table = self.table(user, back, slot);
        let keys: Vec<Pubkey> = keys.iter().map(|key| self.any(key)).collect();
        vec![match kind {
            TableStep::Make => tables::create_lookup_table(authority, authority, recent).0,
            TableStep::Extend => {
                let payer = Some(authority);
                tables::extend_lookup_table(table, authority, payer, keys)
            }
            TableStep::Freeze => tables::freeze_lookup_table(table, authority),
            TableStep::Deactivate => tables::deactivate_lookup_table(table, authority),
            TableStep::Close => tables::close_lookup_table(table, authority, authority),
        }]
    }
}

fn budget(data: &[u8]) -> Instruction {
    Instruction {
        program_id: compute_budget::id(),
        accounts: Vec::new(),
        data: data.to_vec(),
    }
}

/// A token account, whose mint and owner are mostly these.
struct Tokens {
    account: Pubkey,
    mint: Pubkey,
    owner: Pubkey,
    program: Pubkey,
}

impl Tokens {
    fn on(&self, instruction: Instruction) -> Instruction {
        spl::on(&self.program, instruction)
    }
}
