//! Mints, and instructions of the programs for tokens, by their bytes.

use lumio_tests::sbpf::record;
use solana_instruction::{AccountMeta, Instruction};
use solana_pubkey::Pubkey;
use solana_sdk_ids::system_program;

use super::world::World;

pub(super) use lumio_vm_svm::{ASSOCIATED_TOKEN, MEMO, TOKEN, TOKEN_2022};

/// Lamports of any account here.
pub(super) const RENT: u64 = 10_000_000;

/// A mint of a token program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mint {
    pub(super) key: Pubkey,
    pub(super) program: Pubkey,
    pub(super) decimals: u8,
}

impl Mint {
    pub(super) fn of(self, owner: &Pubkey) -> Pubkey {
        let seeds = [owner.as_ref(), self.program.as_ref(), self.key.as_ref()];
        Pubkey::find_program_address(&seeds, &ASSOCIATED_TOKEN).0
    }

    fn instruction(self, data: Vec<u8>, accounts: Vec<AccountMeta>) -> Instruction {
        Instruction {
            program_id: self.program,
            accounts,
            data,
        }
    }

    /// Three accounts, the first two of which change, and the last of which signs.
    fn three(self, tag: u8, amount: u64, keys: [&Pubkey; 3]) -> Instruction {
        let accounts = vec![
            AccountMeta::new(*keys[0], false),
            AccountMeta::new(*keys[1], false),
            AccountMeta::new_readonly(*keys[2], true),
        ];
        self.instruction([&[tag][..], &amount.to_le_bytes()].concat(), accounts)
    }

    /// Makes the associated account of an owner, if there is none.
    pub(super) fn open(self, payer: &Pubkey, owner: &Pubkey) -> Instruction {
        Instruction {
            program_id: ASSOCIATED_TOKEN,
            accounts: vec![
                AccountMeta::new(*payer, true),
                AccountMeta::new(self.of(owner), false),
                AccountMeta::new_readonly(*owner, false),
                AccountMeta::new_readonly(self.key, false),
                AccountMeta::new_readonly(system_program::ID, false),
                AccountMeta::new_readonly(self.program, false),
            ],
            data: vec![1],
        }
    }

    pub(super) fn mint_to(self, account: &Pubkey, authority: &Pubkey, amount: u64) -> Instruction {
        self.three(7, amount, [&self.key, account, authority])
    }

    pub(super) fn burn(self, account: &Pubkey, owner: &Pubkey, amount: u64) -> Instruction {
        self.three(8, amount, [account, &self.key, owner])
    }

    pub(super) fn transfer(
        self,
        from: &Pubkey,
        to: &Pubkey,
        owner: &Pubkey,
        amount: u64,
    ) -> Instruction {
        self.three(3, amount, [from, to, owner])
    }

    pub(super) fn transfer_checked(
        self,
        from: &Pubkey,
        to: &Pubkey,
        owner: &Pubkey,
        amount: u64,
    ) -> Instruction {
        let accounts = vec![
            AccountMeta::new(*from, false),
            AccountMeta::new_readonly(self.key, false),
            AccountMeta::new(*to, false),
            AccountMeta::new_readonly(*owner, true),
        ];
        let data = [&[12][..], &amount.to_le_bytes(), &[self.decimals]].concat();
        self.instruction(data, accounts)
    }

    pub(super) fn approve(
        self,
        account: &Pubkey,
        delegate: &Pubkey,
        owner: &Pubkey,
        amount: u64,
    ) -> Instruction {
        let mut it = self.three(4, amount, [account, delegate, owner]);
        it.accounts[1].is_writable = false;
        it
    }

    pub(super) fn freeze(self, account: &Pubkey, authority: &Pubkey) -> Instruction {
        let accounts = vec![
            AccountMeta::new(*account, false),
            AccountMeta::new_readonly(self.key, false),
            AccountMeta::new_readonly(*authority, true),
        ];
        self.instruction(vec![10], accounts)
    }

    pub(super) fn close(self, account: &Pubkey, to: &Pubkey, owner: &Pubkey) -> Instruction {
        let mut it = self.three(9, 0, [account, to, owner]);
        it.data.truncate(1);
        it
    }

    /// Gives a token account to another owner.
    pub(super) fn give_away(self, account: &Pubkey, owner: &Pubkey, to: &Pubkey) -> Instruction {
        let accounts = vec![
            AccountMeta::new(*account, false),
            AccountMeta::new_readonly(*owner, true),
        ];
        self.instruction([&[6, 2, 1][..], to.as_ref()].concat(), accounts)
    }
}

/// What a mint's account has, with the extensions: kind and bytes.
pub(super) fn mint_data(
    authority: &Pubkey,
    decimals: u8,
    extensions: &[(u16, Vec<u8>)],
) -> Vec<u8> {
    let key = [&1_u32.to_le_bytes()[..], authority.as_ref()].concat();
    let mut data = [&key, &[0; 8][..], &[decimals, 1], &key].concat();
    if extensions.is_empty() {
        return data;
    }
    data.resize(165, 0);
    data.push(1);
    for (kind, bytes) in extensions {
        data.extend(kind.to_le_bytes());
        data.extend(u16::try_from(bytes.len()).unwrap().to_le_bytes());
        data.extend(bytes);
    }
    data
}

impl World {
    /// Puts a mint into the state, of which Solana's user is the authority.
    pub(super) fn put_mint(
        &mut self,
        program: Pubkey,
        decimals: u8,
        extensions: &[(u16, Vec<u8>)],
    ) -> Mint {
        self.mints += 1;
        // It begins as an account of several signers may.
        let key = Pubkey::new_from_array([1, 11, 1, self.mints].repeat(8).try_into().unwrap());
        let data = mint_data(&self.alice.key(), decimals, extensions);
        self.memory
            .put_account(&key, RENT, record(&program, false, &data));
        Mint {
            key,
            program,
            decimals,
        }
    }

    /// An empty token account at a key, of this mint and owner.
    pub(super) fn put_account(&mut self, key: &Pubkey, mint: Mint, owner: &Pubkey) {
        let mut data = [mint.key.as_ref(), owner.as_ref()].concat();
        data.resize(165, 0);
        data[108] = 1;
        self.memory
            .put_account(key, RENT, record(&mint.program, false, &data));
    }
}
