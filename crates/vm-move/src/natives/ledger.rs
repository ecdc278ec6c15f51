//! `0x1::native_coin`: ETH, whose one ledger is in wei. Move counts in octas of 10^10 wei.

use lumio_move_engine::{Address, NativeOutcome, TypeTag, U256, VmResult};
use lumio_types::{octas_of, wei_of_octas};

use super::{Done, Frame, Row};
use crate::{coin::NATIVE_COIN, prices::NEW_ENTRY};

pub(super) const ROWS: &[Row] = &[
    ("native_coin", "balance_internal", 2_100, 0, balance),
    ("native_coin", "wei_balance_internal", 2_100, 0, wei_balance),
    ("native_coin", "transfer_internal", 7_000, 0, transfer),
    ("native_coin", "pay_fee_internal", 7_000, 0, pay_fee),
    ("native_coin", "mint_internal", 5_000, 0, mint),
    ("native_coin", "burn_internal", 5_000, 0, burn),
    ("native_coin", "is_native_internal", 200, 0, is_native),
    ("native_coin", "set_balance_for_test", 10, 0, set_balance),
];

fn wei(frame: &mut Frame<'_>, argument: usize) -> VmResult<U256> {
    Ok(wei_of_octas(frame.call.u64(argument)?))
}

/// Whole octas; the largest number if there are more than that.
fn balance(frame: &mut Frame<'_>) -> Done {
    let account = frame.call.address(0)?;
    let wei = frame.chain.balance(account)?;
    let octas = octas_of(wei).map_or(u64::MAX, |split| split.units);
    frame.call.return_u64(octas)?;
    Ok(NativeOutcome::Return)
}

fn wei_balance(frame: &mut Frame<'_>) -> Done {
    let account = frame.call.address(0)?;
    let wei = frame.chain.balance(account)?;
    frame.give(&wei.to_le_bytes::<32>())
}

fn transfer(frame: &mut Frame<'_>) -> Done {
    let (from, to) = (frame.call.address(0)?, frame.call.address(1)?);
    let wei = wei(frame, 2)?;
    if !wei.is_zero() && frame.chain.balance(to)?.is_zero() {
        // The ledger gets an entry more.
        frame.call.charge(NEW_ENTRY)?;
    }
    let done = frame.chain.transfer(from, to, wei)?;
    frame.give_bool(done)
}

/// A transfer to an account of which nothing is read, so that fees of many transactions do not meet.
fn pay_fee(frame: &mut Frame<'_>) -> Done {
    let (from, to) = (frame.call.address(0)?, frame.call.address(1)?);
    let wei = wei(frame, 2)?;
    let done = frame.chain.pay_fee(from, to, wei)?;
    frame.give_bool(done)
}

/// Makes new wei: those who may are named in the state, by capabilities.
fn mint(frame: &mut Frame<'_>) -> Done {
    let to = frame.call.address(0)?;
    let wei = wei(frame, 1)?;
    frame.chain.mint(to, wei)?;
    Ok(NativeOutcome::Return)
}

fn burn(frame: &mut Frame<'_>) -> Done {
    let from = frame.call.address(0)?;
    let wei = wei(frame, 1)?;
    let done = frame.chain.burn(from, wei)?;
    frame.give_bool(done)
}

/// Whether the type argument is the native coin.
fn is_native(frame: &mut Frame<'_>) -> Done {
    let ty = frame.call.type_argument(0)?;
    let is_native = match frame.call.code().tag(ty)? {
        TypeTag::Struct(tag) => {
            let name = (tag.module.name.as_str(), tag.name.as_str());
            tag.module.address == Address::ONE && name == NATIVE_COIN
        }
        _ => false,
    };
    frame.give_bool(is_native)
}

fn set_balance(frame: &mut Frame<'_>) -> Done {
    let account = frame.call.address(0)?;
    let wei = wei(frame, 1)?;
    frame.chain.set_balance(account, wei)?;
    Ok(NativeOutcome::Return)
}
