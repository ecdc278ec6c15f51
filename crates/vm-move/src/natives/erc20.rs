//! `0x1::erc20`: contracts of the EVM that keep the balances of a fungible asset, and logs of those
//! that show one.

use alloc::{format, string::String, vec::Vec};
use alloy_primitives::{Address as EvmAddress, B256, Bytes};
use alloy_sol_types::{SolCall, sol};
use lumio_move_engine::{Address, Change, NativeOutcome, U256, VmError, VmResult};
use lumio_types::{AccountId, VmId};
use lumio_vm_bus::{Call, Status, faces::transfer_log, message::reason_of};

use super::{
    Done, Frame, Row,
    evm::{cross_with, flushed, linked_address},
};

pub(super) const ROWS: &[Row] = &[
    ("erc20", "balance_internal", 3_000, 0, balance),
    ("erc20", "supply_internal", 3_000, 0, supply),
    ("erc20", "transfer_internal", 9_000, 0, transfer),
    ("erc20", "log_internal", 2_500, 0, log),
];

sol! {
    function balanceOf(address account) returns (uint256);
    function totalSupply() returns (uint256);
    function transfer(address to, uint256 amount) returns (bool);
}

/// Abort codes of `0x1::erc20`, with their categories.
const REFUSED: u64 = 0x3_0001;
const NO_ERC20: u64 = 0x1_0002;

/// What a log says.
const MINTED: u64 = 1;
const BURNT: u64 = 2;

#[cold]
fn abort<T>(code: u64, why: String) -> VmResult<T> {
    Err(VmError::abort(code).with_message(why))
}

fn id(account: Address) -> AccountId {
    AccountId(B256::from(account.0))
}

/// A contract that is asked several things in a row.
struct Token {
    contract: Address,
    /// What the session has changed, until the contract has been shown it.
    changes: Vec<Change>,
}

impl Token {
    fn new(frame: &mut Frame<'_>) -> VmResult<Self> {
        Ok(Self {
            contract: frame.call.address(0)?,
            changes: flushed(frame)?,
        })
    }

    /// Calls the contract. Returns what it returned, or why it failed.
    fn call(
        &mut self,
        frame: &mut Frame<'_>,
        caller: Address,
        input: Vec<u8>,
        is_static: bool,
    ) -> VmResult<Result<Bytes, String>> {
        let (caller, contract) = (id(caller), id(self.contract));
        let gas = frame.call.gas_left();
        let mut call = Call::new(VmId::Evm, caller, contract, input.into(), gas);
        call.is_static = is_static;
        let outcome = cross_with(frame, call, core::mem::take(&mut self.changes))?;
        Ok(match outcome.status {
            Status::Success => Ok(outcome.output),
            Status::OutOfGas => Err("it ran out of gas".into()),
            Status::Revert | Status::Halt => Err(reason_of(&outcome.output)),
        })
    }

    /// A number that the contract tells.
    fn number(
        &mut self,
        frame: &mut Frame<'_>,
        caller: Address,
        what: &str,
        input: Vec<u8>,
    ) -> VmResult<U256> {
        let told = self.call(frame, caller, input, true)?;
        let contract = id(self.contract).evm_address();
        match told {
            Ok(data) => match data.first_chunk::<32>() {
                Some(word) => Ok(U256::from_be_bytes(*word)),
                None => abort(NO_ERC20, format!("{contract} has no {what}")),
            },
            Err(why) => abort(NO_ERC20, format!("{what} of {contract} failed: {why}")),
        }
    }

    fn balance(&mut self, frame: &mut Frame<'_>, account: Address) -> VmResult<U256> {
        let input = balanceOfCall {
            account: id(account).evm_address(),
        };
        self.number(frame, account, "balanceOf(address)", input.abi_encode())
    }
}

/// Takes the contract and an account.
fn balance(frame: &mut Frame<'_>) -> Done {
    let account = frame.call.address(1)?;
    let balance = Token::new(frame)?.balance(frame, account)?;
    frame.give(&balance.to_le_bytes::<32>())
}

/// Takes the contract.
fn supply(frame: &mut Frame<'_>) -> Done {
    let mut token = Token::new(frame)?;
    let input = totalSupplyCall {}.abi_encode();
    let supply = token.number(frame, Address::ONE, "totalSupply()", input)?;
    frame.give(&supply.to_le_bytes::<32>())
}

/// Takes the contract, who gives, who gets, and how much. The contract is believed nothing: what counts
/// is what both have before and after.
fn transfer(frame: &mut Frame<'_>) -> Done {
    let (from, to) = (frame.call.address(1)?, frame.call.address(2)?);
    let amount = frame.call.integer(3)?;
    // Whoever gets something can be found from his address.
    linked_address(frame, to)?;
    let mut token = Token::new(frame)?;
    let contract = id(token.contract).evm_address();
    let given = token.balance(frame, from)?;
    if given < amount {
        return frame.give_bool(false);
    }
    let got = token.balance(frame, to)?;
    let input = transferCall {
        to: id(to).evm_address(),
        amount,
    };
    let returned = match token.call(frame, from, input.abi_encode(), false)? {
        Ok(returned) => returned,
        Err(why) => return abort(REFUSED, format!("transfer of {contract} failed: {why}")),
    };
    // Some old contracts return nothing.
    let is_agreed = returned.is_empty()
        || returned
            .first_chunk::<32>()
            .is_some_and(|word| U256::from_be_bytes(*word) == U256::ONE);
    if !is_agreed {
        return abort(
            REFUSED,
            format!("transfer of {contract} did not return true"),
        );
    }
    // Two accounts may share an address, and with it what they have.
    let is_same = id(from).evm_address() == id(to).evm_address();
    let moved = if is_same { U256::ZERO } else { amount };
    let given_now = token.balance(frame, from)?;
    let got_now = token.balance(frame, to)?;
    if given.checked_sub(moved) != Some(given_now) || got.checked_add(moved) != Some(got_now) {
        let why = format!(
            "transfer of {contract} moved another amount than {amount}: tokens with a fee on transfers, \
             or whose balances change by themselves, cannot be moved from Move"
        );
        return abort(REFUSED, why);
    }
    frame.give_bool(true)
}

/// Takes the face, who gave, who got, how much, and what happened.
fn log(frame: &mut Frame<'_>) -> Done {
    let contract = frame.call.address(0)?;
    let (from, to) = (frame.call.address(1)?, frame.call.address(2)?);
    let (amount, kind) = (frame.call.u64(3)?, frame.call.u64(4)?);
    let mut party = |account, is_nobody| {
        if is_nobody {
            Ok(EvmAddress::ZERO)
        } else {
            linked_address(frame, account)
        }
    };
    let (from, to) = (party(from, kind == MINTED)?, party(to, kind == BURNT)?);
    let contract = id(contract).evm_address();
    frame.chain.log(transfer_log(contract, from, to, amount));
    Ok(NativeOutcome::Return)
}
