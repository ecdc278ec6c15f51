//! Mints of Token-2022 with extensions, and the instructions that SPL Token does not have.

use crate::spl;
use lumio_vm_svm::TOKEN_2022;
use solana_instruction::{AccountMeta, Instruction};
use solana_pubkey::Pubkey;
use solana_system_interface::instruction as system;

/// Kinds of mints that there are.
pub const KINDS: usize = 7;

/// Bytes of a mint with extensions, before them: those of an account, and which of the two it is.
const BASE: u64 = 166;

/// A mint of a kind, whose authorities are all the payer.
pub fn make_mint(kind: usize, payer: &Pubkey, mint: &Pubkey) -> Vec<Instruction> {
    let key = payer.as_ref();
    let (bytes, extensions): (u64, Vec<Vec<u8>>) = match kind {
        0 => (spl::MINT_BYTES, vec![]),
        1 => (BASE + 4 + 32, vec![[&[25, 1][..], key].concat()]),
        // A fee of one percent, of at most 50.
        2 => (BASE + 4 + 108, vec![transfer_fee(payer, 100, 50)]),
        3 => (BASE + 4, vec![vec![32]]),
        // Accounts begin initialised; later they may begin frozen.
        4 => (BASE + 4 + 1, vec![vec![28, 0, 1]]),
        5 => (BASE + 4 + 32, vec![[&[35][..], key].concat()]),
        // Several: it can be closed, bears interest, and has a delegate for ever.
        _ => (
            BASE + 4 + 32 + 4 + 52 + 4 + 32,
            vec![
                [&[25, 1][..], key].concat(),
                [&[33, 0][..], key, &[10, 0]].concat(),
                [&[35][..], key].concat(),
            ],
        ),
    };
    let lamports = spl::exempt(bytes);
    let mut steps = vec![system::create_account(
        payer,
        mint,
        lamports,
        bytes,
        &TOKEN_2022,
    )];
    let on_mint = |data| Instruction {
        program_id: TOKEN_2022,
        accounts: vec![AccountMeta::new(*mint, false)],
        data,
    };
    steps.extend(extensions.into_iter().map(on_mint));
    // Six decimals, an authority that mints and one that freezes.
    steps.push(on_mint([&[20, 6][..], key, &[1], key].concat()));
    steps
}

fn transfer_fee(authority: &Pubkey, basis_points: u16, most: u64) -> Vec<u8> {
    let key = authority.as_ref();
    [
        &[26, 0, 1][..],
        key,
        &[1],
        key,
        &basis_points.to_le_bytes(),
        &most.to_le_bytes(),
    ]
    .concat()
}

/// A token account, its mint, and the account that signs, of either program.
pub fn three(
    program: &Pubkey,
    data: Vec<u8>,
    account: &Pubkey,
    mint: &Pubkey,
    signer: &Pubkey,
) -> Instruction {
    Instruction {
        program_id: *program,
        accounts: vec![
            AccountMeta::new(*account, false),
            AccountMeta::new_readonly(*mint, false),
            AccountMeta::new_readonly(*signer, true),
        ],
        data,
    }
}

/// `TransferChecked`, or `TransferCheckedWithFee`.
pub fn transfer_checked(
    program: &Pubkey,
    (from, mint, to, owner): (&Pubkey, &Pubkey, &Pubkey, &Pubkey),
    (amount, decimals, fee): (u64, u8, Option<u64>),
) -> Instruction {
    let mut data = match fee {
        None => vec![12],
        Some(_) => vec![26, 1],
    };
    data.extend(amount.to_le_bytes());
    data.push(decimals);
    data.extend(fee.into_iter().flat_map(u64::to_le_bytes));
    Instruction {
        program_id: *program,
        accounts: vec![
            AccountMeta::new(*from, false),
            AccountMeta::new_readonly(*mint, false),
            AccountMeta::new(*to, false),
            AccountMeta::new_readonly(*owner, true),
        ],
        data,
    }
}
