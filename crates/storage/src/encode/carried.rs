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
    let id = |reader: &mut Reader<'_>| Some(AccountId(reader.hash()?));
    let signature = reader.take(64)?.try_into().ok()?;
    let payer = id(reader)?;
    let error = Some(reader.data()?).filter(|error| !error.is_empty());
    let fee = reader.number()?;
    let compute_units = reader.number()?;
    let logs = reader.list(Reader::text)?;
    let inner_instructions =
        reader.list(|reader| Some((reader.byte()?, reader.list(read_inner)?)))?;
    let return_data = reader
        .list(|reader| Some((id(reader)?, reader.data()?)))?
        .pop();
    let ids = reader.list(id)?;
    let loaded_writable = u16::try_from(reader.number()?).ok()?;
    let loaded_readonly = u16::try_from(reader.number()?).ok()?;
    let before = reader.list(Reader::number)?;
    let after = reader.list(Reader::number)?;
    if before.len() != ids.len() || after.len() != ids.len() {
        return None;
    }
    let accounts = ids.into_iter().zip(before).zip(after);
    let accounts = accounts.map(|((id, before), after)| AccountLamports { id, before, after });
    Some(SolanaReceipt {
        signature,
        payer,
        error,
        fee,
        compute_units,
        logs: logs.into_iter().collect(),
        inner_instructions,
        return_data,
        accounts: accounts.collect(),
        loaded_writable,
        loaded_readonly,
        tokens_before: reader.list(read_token)?,
        tokens_after: reader.list(read_token)?,
    })
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
