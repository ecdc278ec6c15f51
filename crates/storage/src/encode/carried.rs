//! What became of transactions of other VMs, as bytes.

use super::bytes::{Reader, data, length, number, text};
use lumio_types::{
    AccountId, AccountLamports, CarriedReceipt, InnerInstruction, MoveReceipt, SolanaReceipt,
    TokenBalance,
};

/// Which VM it is.
const MOVE: u8 = 0;
const SOLANA: u8 = 1;

pub(super) fn write(carried: &CarriedReceipt, bytes: &mut Vec<u8>) {
    match carried {
        CarriedReceipt::Move(receipt) => {
            bytes.push(MOVE);
            bytes.extend_from_slice(receipt.hash.as_slice());
            bytes.extend_from_slice(receipt.sender.0.as_slice());
            text(&receipt.status, bytes);
            number(receipt.gas_units, bytes);
        }
        CarriedReceipt::Solana(receipt) => {
            bytes.push(SOLANA);
            write_solana(receipt, bytes);
        }
    }
}

fn write_solana(receipt: &SolanaReceipt, bytes: &mut Vec<u8>) {
    bytes.extend_from_slice(&receipt.signature);
    bytes.extend_from_slice(receipt.payer.0.as_slice());
    // No error has no bytes.
    data(receipt.error.as_ref().map_or(&[], |error| error), bytes);
    number(receipt.fee, bytes);
    number(receipt.compute_units, bytes);
    length(receipt.logs.len(), bytes);
    for line in receipt.logs.iter() {
        text(line, bytes);
    }
    length(receipt.inner_instructions.len(), bytes);
    for (outer, list) in &receipt.inner_instructions {
        bytes.push(*outer);
        length(list.len(), bytes);
        for inner in list {
            bytes.push(inner.program);
            data(&inner.accounts, bytes);
            data(&inner.data, bytes);
            bytes.push(inner.stack_height);
        }
    }
    length(usize::from(receipt.return_data.is_some()), bytes);
    if let Some((program, returned)) = &receipt.return_data {
        bytes.extend_from_slice(program.0.as_slice());
        data(returned, bytes);
    }
    length(receipt.accounts.len(), bytes);
    for account in &receipt.accounts {
        bytes.extend_from_slice(account.id.0.as_slice());
    }
    number(u64::from(receipt.loaded_writable), bytes);
    number(u64::from(receipt.loaded_readonly), bytes);
    let columns: [fn(&AccountLamports) -> u64; 2] = [|it| it.before, |it| it.after];
    for lamports in columns {
        length(receipt.accounts.len(), bytes);
        for account in &receipt.accounts {
            number(lamports(account), bytes);
        }
    }
    for tokens in [&receipt.tokens_before, &receipt.tokens_after] {
        length(tokens.len(), bytes);
        for token in tokens {
            bytes.push(token.account);
            for id in [token.mint, token.owner, token.program] {
                bytes.extend_from_slice(id.0.as_slice());
            }
            number(token.amount, bytes);
            bytes.push(token.decimals);
        }
    }
}

pub(super) fn read(reader: &mut Reader<'_>) -> Option<CarriedReceipt> {
    match reader.byte()? {
        MOVE => Some(CarriedReceipt::Move(MoveReceipt {
            hash: reader.hash()?,
            sender: AccountId(reader.hash()?),
            status: reader.text()?,
            gas_units: reader.number()?,
        })),
        SOLANA => Some(CarriedReceipt::Solana(read_solana(reader)?.into())),
        _ => None,
    }
}

fn read_solana(reader: &mut Reader<'_>) -> Option<SolanaReceipt> {
    let account = |reader: &mut Reader<'_>| Some(AccountId(reader.hash()?));
    let account_without_lamports = |reader: &mut Reader<'_>| {
        Some(AccountLamports {
            id: account(reader)?,
            before: 0,
            after: 0,
        })
    };
    let mut receipt = SolanaReceipt {
        signature: reader.take(64)?.try_into().ok()?,
        payer: account(reader)?,
        error: Some(reader.data()?).filter(|error| !error.is_empty()),
        fee: reader.number()?,
        compute_units: reader.number()?,
        logs: reader.list(Reader::text)?.into_iter().collect(),
        inner_instructions: reader
            .list(|reader| Some((reader.byte()?, reader.list(read_inner)?)))?,
        return_data: reader
            .list(|reader| Some((account(reader)?, reader.data()?)))?
            .pop(),
        accounts: reader.list(account_without_lamports)?.into(),
        loaded_writable: u16::try_from(reader.number()?).ok()?,
        loaded_readonly: u16::try_from(reader.number()?).ok()?,
        tokens_before: Vec::new(),
        tokens_after: Vec::new(),
    };
    let columns: [fn(&mut AccountLamports) -> &mut u64; 2] =
        [|it| &mut it.before, |it| &mut it.after];
    for lamports in columns {
        if reader.length()? != receipt.accounts.len() {
            return None;
        }
        for account in &mut receipt.accounts {
            *lamports(account) = reader.number()?;
        }
    }
    receipt.tokens_before = reader.list(read_token)?;
    receipt.tokens_after = reader.list(read_token)?;
    Some(receipt)
}

fn read_inner(reader: &mut Reader<'_>) -> Option<InnerInstruction> {
    Some(InnerInstruction {
        program: reader.byte()?,
        accounts: reader.data()?.to_vec(),
        data: reader.data()?,
        stack_height: reader.byte()?,
    })
}

fn read_token(reader: &mut Reader<'_>) -> Option<TokenBalance> {
    let account = reader.byte()?;
    Some(TokenBalance {
        account,
        mint: AccountId(reader.hash()?),
        owner: AccountId(reader.hash()?),
        program: AccountId(reader.hash()?),
        amount: reader.number()?,
        decimals: reader.byte()?,
    })
}
