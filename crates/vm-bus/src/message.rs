//! What goes between VMs in a call's input and output, in Solidity's ABI.

use alloc::{string::String, vec::Vec};
use alloy_primitives::{B256, Bytes, hex};
use alloy_sol_types::{Revert, SolError, SolValue, sol};

use crate::abi::{AbiError, Reader};

sol! {
    /// The input of a call of a Move function. The call's target is the module's account.
    #[derive(Debug, PartialEq, Eq)]
    struct MoveCall {
        /// The module's name.
        string module;
        /// The function's name.
        string function;
        /// Type arguments, as `0x1::module::Type<u64>`.
        string[] typeArguments;
        /// `abi.encode` of the arguments without a leading signer.
        bytes arguments;
    }

    /// The input of a call of a Solana program.
    #[derive(Debug, PartialEq, Eq)]
    struct SolanaCall {
        /// The accounts: id, whether it signs, whether it may be written.
        (bytes32, bool, bool)[] accounts;
        /// The instruction's data.
        bytes data;
        /// Of what the addresses are derived that sign besides the caller: a list of seeds each.
        bytes[][] seeds;
    }

    /// The call used all the gas that it was given.
    #[derive(Debug, PartialEq, Eq)]
    error OutOfGas();

    /// A Move function aborted.
    #[derive(Debug, PartialEq, Eq)]
    error MoveAbort(bytes32 module, string name, uint64 code, string message);

    /// A Move function failed otherwise: an arithmetic error, a missing resource, out of gas.
    #[derive(Debug, PartialEq, Eq)]
    error MoveFailure(string status, string message);

    /// A Solana program failed with an error of its own.
    #[derive(Debug, PartialEq, Eq)]
    error SolanaProgramError(bytes32 program, uint32 code, string message);

    /// A call of a Solana program failed otherwise: an account that must not change, rent, a limit.
    #[derive(Debug, PartialEq, Eq)]
    error SolanaFailure(bytes32 program, string status, string message);
}

impl MoveCall {
    /// The bytes of a call's input.
    pub fn to_input(&self) -> Bytes {
        self.abi_encode_params().into()
    }

    /// Reads a call's input.
    ///
    /// # Errors
    /// What is wrong, for people.
    pub fn from_input(input: &[u8]) -> Result<Self, String> {
        Self::read(input, 0).map_err(|error| {
            alloc::format!("the call of a Move function cannot be decoded: {error}")
        })
    }

    /// Reads the four parts, whose heads follow each other after `skipped` words.
    ///
    /// # Errors
    /// What is wrong with the data.
    pub fn read(data: &[u8], skipped: usize) -> Result<Self, AbiError> {
        let mut reader = Reader::new(data);
        let head = |number: usize| skipped.saturating_add(number).saturating_mul(32);
        let at = reader.follow(head(0), 0)?;
        let module = reader.string(at)?;
        let at = reader.follow(head(1), 0)?;
        let function = reader.string(at)?;
        let at = reader.follow(head(2), 0)?;
        let (count, start) = reader.array(at)?;
        let mut types = Vec::new();
        for number in 0..count {
            let place = start.saturating_add(number.saturating_mul(32));
            let at = reader.follow(place, start)?;
            types.push(reader.string(at)?);
        }
        let at = reader.follow(head(3), 0)?;
        let arguments = Bytes::copy_from_slice(reader.bytes(at)?);
        Ok(Self {
            module,
            function,
            typeArguments: types,
            arguments,
        })
    }
}

impl SolanaCall {
    /// The bytes of a call's input.
    pub fn to_input(&self) -> Bytes {
        self.abi_encode_params().into()
    }

    /// A call that the caller alone signs.
    pub fn new(accounts: Vec<(B256, bool, bool)>, data: impl Into<Bytes>) -> Self {
        Self {
            accounts,
            data: data.into(),
            seeds: Vec::new(),
        }
    }

    /// Reads a call's input.
    ///
    /// # Errors
    /// What is wrong, for people.
    pub fn from_input(input: &[u8]) -> Result<Self, String> {
        Self::read(input, 0, true).map_err(|error| {
            alloc::format!("the call of a Solana program cannot be decoded: {error}")
        })
    }

    /// Reads the accounts, the data and, if there are any, the seeds, whose heads follow each other
    /// after `skipped` words.
    ///
    /// # Errors
    /// What is wrong with the data.
    pub fn read(data: &[u8], skipped: usize, has_seeds: bool) -> Result<Self, AbiError> {
        let mut reader = Reader::new(data);
        let head = |number: usize| skipped.saturating_add(number).saturating_mul(32);
        let at = reader.follow(head(0), 0)?;
        let (count, start) = reader.array(at)?;
        let mut accounts = Vec::new();
        for number in 0..count {
            let place = start.saturating_add(number.saturating_mul(96));
            let id = reader.word(place)?;
            let is_signer = !reader.word(place.saturating_add(32))?.is_zero();
            let is_writable = !reader.word(place.saturating_add(64))?.is_zero();
            accounts.push((id, is_signer, is_writable));
        }
        let at = reader.follow(head(1), 0)?;
        let data = Bytes::copy_from_slice(reader.bytes(at)?);
        let mut seeds = Vec::new();
        if has_seeds {
            let at = reader.follow(head(2), 0)?;
            let (count, start) = reader.array(at)?;
            for number in 0..count {
                let place = start.saturating_add(number.saturating_mul(32));
                let at = reader.follow(place, start)?;
                seeds.push(reader.byte_strings(at)?);
            }
        }
        Ok(Self {
            accounts,
            data,
            seeds,
        })
    }
}

/// Data of a revert that says why, as Solidity's `revert("…")` makes it.
pub fn revert_reason(reason: &str) -> Bytes {
    Revert {
        reason: reason.into(),
    }
    .abi_encode()
    .into()
}

/// What the data of a revert say, for people: a reason, the error of a Move function or of a Solana
/// program, or the bytes.
pub fn reason_of(data: &[u8]) -> String {
    if data.is_empty() {
        return "it gave no reason".into();
    }
    if let Ok(revert) = Revert::abi_decode(data) {
        return revert.reason;
    }
    if let Ok(panic) = alloy_sol_types::Panic::abi_decode(data) {
        return alloc::format!("{panic}");
    }
    if OutOfGas::abi_decode(data).is_ok() {
        return "it ran out of gas".into();
    }
    let known = move_reason(data).or_else(|| solana_reason(data));
    known.unwrap_or_else(|| hex::encode_prefixed(data))
}

/// What the error of a Move function says, for people, if the data are one.
pub fn move_reason(data: &[u8]) -> Option<String> {
    if let Ok(abort) = MoveAbort::abi_decode(data) {
        return Some(abort.message);
    }
    let failure = MoveFailure::abi_decode(data).ok()?;
    Some(alloc::format!("{}: {}", failure.status, failure.message))
}

fn solana_reason(data: &[u8]) -> Option<String> {
    if let Ok(error) = SolanaProgramError::abi_decode(data) {
        let (code, message) = (error.code, error.message);
        return Some(alloc::format!("the program's error {code:#x}: {message}"));
    }
    let failure = SolanaFailure::abi_decode(data).ok()?;
    Some(alloc::format!("{}: {}", failure.status, failure.message))
}

/// Splits a list of type names at the commas that are in no angle brackets.
pub fn split_types(list: &str) -> Vec<String> {
    let (mut depth, mut start, mut types) = (0_usize, 0_usize, Vec::new());
    let mut push = |part: &str| {
        let part = part.trim();
        if !part.is_empty() {
            types.push(String::from(part));
        }
    };
    for (at, character) in list.char_indices() {
        match character {
            '<' => depth = depth.saturating_add(1),
            '>' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                push(list.get(start..at).unwrap_or_default());
                start = at.saturating_add(1);
            }
            _ => {}
        }
    }
    push(list.get(start..).unwrap_or_default());
    types
}
