//! Instructions of the SPL programs, by their bytes.
#![allow(dead_code, unreachable_pub, reason = "each test uses a part")]

use crate::chain::Chain;
use lumio_vm_svm::{ASSOCIATED_TOKEN, MEMO, TOKEN};
use solana_instruction::{AccountMeta, Instruction};
use solana_pubkey::Pubkey;
use solana_rent::Rent;
use solana_sdk_ids::system_program;
use solana_system_interface::instruction as system;

/// Bytes of a mint and of a token account.
pub const MINT_BYTES: u64 = 82;
pub const ACCOUNT_BYTES: u64 = 165;

pub fn exempt(bytes: u64) -> u64 {
    Rent::default().minimum_balance(usize::try_from(bytes).unwrap())
}

fn token(data: Vec<u8>, accounts: Vec<AccountMeta>) -> Instruction {
    Instruction {
        program_id: TOKEN,
        accounts,
        data,
    }
}

fn with_amount(tag: u8, amount: u64) -> Vec<u8> {
    let mut data = vec![tag];
    data.extend(amount.to_le_bytes());
    data
}

/// Makes a mint whose authority is the payer.
pub fn make_mint(payer: &Pubkey, mint: &Pubkey) -> [Instruction; 2] {
    let lamports = exempt(MINT_BYTES);
    [
        system::create_account(payer, mint, lamports, MINT_BYTES, &TOKEN),
        init_mint(mint, payer),
    ]
}

pub fn init_mint(mint: &Pubkey, authority: &Pubkey) -> Instruction {
    let mut data = vec![20, 6];
    data.extend_from_slice(authority.as_ref());
    data.push(0);
    token(data, vec![AccountMeta::new(*mint, false)])
}

pub fn init_account(account: &Pubkey, mint: &Pubkey, owner: &Pubkey) -> Instruction {
    let mut data = vec![18];
    data.extend_from_slice(owner.as_ref());
    let accounts = vec![
        AccountMeta::new(*account, false),
        AccountMeta::new_readonly(*mint, false),
    ];
    token(data, accounts)
}

pub fn associated(owner: &Pubkey, mint: &Pubkey) -> Pubkey {
    associated_of(&TOKEN, owner, mint)
}

/// The associated account of either token program.
pub fn associated_of(program: &Pubkey, owner: &Pubkey, mint: &Pubkey) -> Pubkey {
    let seeds = [owner.as_ref(), program.as_ref(), mint.as_ref()];
    Pubkey::find_program_address(&seeds, &ASSOCIATED_TOKEN).0
}

/// Makes the associated token account of an owner, if there is none.
pub fn make_associated(payer: &Pubkey, owner: &Pubkey, mint: &Pubkey) -> Instruction {
    make_associated_of(&TOKEN, payer, owner, mint)
}

/// The same for either token program.
pub fn make_associated_of(
    program: &Pubkey,
    payer: &Pubkey,
    owner: &Pubkey,
    mint: &Pubkey,
) -> Instruction {
    Instruction {
        program_id: ASSOCIATED_TOKEN,
        accounts: vec![
            AccountMeta::new(*payer, true),
            AccountMeta::new(associated_of(program, owner, mint), false),
            AccountMeta::new_readonly(*owner, false),
            AccountMeta::new_readonly(*mint, false),
            AccountMeta::new_readonly(system_program::id(), false),
            AccountMeta::new_readonly(*program, false),
        ],
        data: vec![1],
    }
}

pub fn mint_to(mint: &Pubkey, account: &Pubkey, authority: &Pubkey, amount: u64) -> Instruction {
    three(with_amount(7, amount), mint, account, authority)
}

pub fn transfer(from: &Pubkey, to: &Pubkey, owner: &Pubkey, amount: u64) -> Instruction {
    three(with_amount(3, amount), from, to, owner)
}

pub fn burn(account: &Pubkey, mint: &Pubkey, owner: &Pubkey, amount: u64) -> Instruction {
    three(with_amount(8, amount), account, mint, owner)
}

pub fn approve(account: &Pubkey, delegate: &Pubkey, owner: &Pubkey, amount: u64) -> Instruction {
    let accounts = vec![
        AccountMeta::new(*account, false),
        AccountMeta::new_readonly(*delegate, false),
        AccountMeta::new_readonly(*owner, true),
    ];
    token(with_amount(4, amount), accounts)
}

pub fn close(account: &Pubkey, to: &Pubkey, owner: &Pubkey) -> Instruction {
    three(vec![9], account, to, owner)
}

/// The same instruction for another token program.
pub fn on(program: &Pubkey, mut instruction: Instruction) -> Instruction {
    if instruction.program_id == TOKEN {
        instruction.program_id = *program;
    }
    // A mint is made with the program as its owner.
    let place = instruction
        .data
        .windows(32)
        .position(|part| part == TOKEN.as_ref());
    if let Some(at) = place {
        instruction.data[at..at + 32].copy_from_slice(program.as_ref());
    }
    instruction
}

fn three(data: Vec<u8>, first: &Pubkey, second: &Pubkey, signer: &Pubkey) -> Instruction {
    let accounts = vec![
        AccountMeta::new(*first, false),
        AccountMeta::new(*second, false),
        AccountMeta::new_readonly(*signer, true),
    ];
    token(data, accounts)
}

pub fn memo(text: &str, signer: &Pubkey) -> Instruction {
    Instruction {
        program_id: MEMO,
        accounts: vec![AccountMeta::new_readonly(*signer, true)],
        data: text.as_bytes().to_vec(),
    }
}

/// Tokens in an account.
pub fn balance(chain: &Chain, account: &Pubkey) -> u64 {
    let data = chain.account(account).unwrap().data;
    u64::from_le_bytes(data[64..72].try_into().unwrap())
}
