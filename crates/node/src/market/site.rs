//! What transactions have in common that will write the same: the function that they call, and
//! the addresses that they name.

use crate::market::key::name_of;
use alloy_consensus::Transaction as _;
use alloy_primitives::Address;
use lumio_move_transaction::ExecutableRef;
use lumio_types::{Carried, MoveTransaction, SolanaTransaction, Transaction};

/// Bytes of an instruction's data that say which of a program's it is.
const DISCRIMINATOR: usize = 8;

/// Names under which transactions are remembered, the most telling first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Site {
    /// The function with the addresses that the call names, without the sender's own.
    pub(super) fine: u64,
    /// The function.
    pub(super) coarse: u64,
    /// The machine, where limits of gas say little about its use.
    pub(super) machine: Option<u64>,
}

impl Site {
    pub(super) fn of(transaction: &Transaction) -> Self {
        match transaction.carried() {
            None => {
                let envelope = transaction.envelope();
                Self::of_call(transaction.sender(), envelope.to(), envelope.input())
            }
            Some(Carried::Move(inner)) => Self::of_move(inner),
            Some(Carried::Solana(inner)) => Self::of_solana(inner),
        }
    }

    /// Of a call of a contract, or of a creation.
    pub(super) fn of_call(sender: Address, to: Option<Address>, input: &[u8]) -> Self {
        let (selector, arguments) = match input.split_first_chunk::<4>() {
            Some((selector, rest)) => (Some(selector), rest),
            None => (None, [].as_slice()),
        };
        let coarse = name_of(("evm", to, selector));
        let (words, _) = arguments.as_chunks::<32>();
        let named = words.iter().filter_map(address_in);
        let named = named.filter(|address| *address != sender);
        Self {
            fine: named.fold(coarse, |name, address| name_of((name, address))),
            coarse,
            machine: None,
        }
    }

    fn of_move(inner: &MoveTransaction) -> Self {
        let raw = &inner.signed.raw;
        let (coarse, arguments) = match raw.payload.executable() {
            ExecutableRef::EntryFunction(call) => {
                let module = (call.module.address.0, call.module.name.as_str());
                (
                    name_of(("move", module, call.function.as_str())),
                    call.arguments.as_slice(),
                )
            }
            ExecutableRef::Script(script) => (name_of(("script", script.hash())), [].as_slice()),
            ExecutableRef::Empty => (name_of("move, empty"), [].as_slice()),
        };
        let named = arguments.iter().filter(|argument| {
            argument.len() == 32 && argument.as_slice() != raw.sender.0.as_slice()
        });
        Self {
            fine: named.fold(coarse, |name, address| name_of((name, address.as_slice()))),
            coarse,
            machine: Some(name_of("move")),
        }
    }

    /// Its accounts are declared, so that only its use of gas is to be guessed.
    fn of_solana(inner: &SolanaTransaction) -> Self {
        let message = &inner.versioned.message;
        let keys = message.static_account_keys();
        let mut coarse = name_of("solana");
        for instruction in message.instructions() {
            // Without accounts it only sets limits.
            if instruction.accounts.is_empty() {
                continue;
            }
            let program = keys.get(usize::from(instruction.program_id_index));
            let data = instruction.data.get(..DISCRIMINATOR);
            let program = program.map(|key| key.to_bytes());
            coarse = name_of((coarse, program, data.unwrap_or(&instruction.data)));
        }
        Self {
            fine: coarse,
            coarse,
            machine: Some(name_of("solana, any")),
        }
    }
}

/// The address that a word of calldata looks like. Amounts are almost never as large.
fn address_in(word: &[u8; 32]) -> Option<Address> {
    let (zeros, address) = word.split_at_checked(12)?;
    let (high, _) = address.split_at_checked(4)?;
    let is_address = zeros.iter().all(|byte| *byte == 0) && high.iter().any(|byte| *byte != 0);
    is_address.then(|| Address::from_slice(address))
}
