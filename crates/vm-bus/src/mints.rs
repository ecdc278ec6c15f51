//! SPL mints with an ERC-20 contract: what the registry of the EVM has noted of them.
//!
//! `Faces.sol` keeps two mappings, one for each way. Nobody but its code writes them, and that makes
//! the contracts itself.

use alloy_primitives::{Address, B256, U256, address, keccak256};
use lumio_state::{Fault, Journal};
use lumio_types::{AccountId, EvmForm};

/// The registry of tokens with several faces.
pub const REGISTRY_ADDRESS: Address = address!("42000000000000000000000000000000000000FD");

/// Slots of the registry's mappings.
const ERC20_OF_MINT: u8 = 0;
const MINT_SHOWN_BY: u8 = 1;

/// The slot in which the registry has the ERC-20 contract that it has made of a mint: a hash, for
/// callers to remember.
pub fn slot_of_mint(mint: B256) -> U256 {
    slot_of(mint, ERC20_OF_MINT)
}

/// The ERC-20 contract that the registry has made of the mint with this slot.
///
/// # Errors
/// When the state cannot be read.
pub fn erc20_in_slot(journal: &Journal<'_>, slot: U256) -> Result<Option<Address>, Fault> {
    let found = B256::from(journal.peek_slot(REGISTRY_ADDRESS, slot)?);
    Ok((!found.is_zero()).then(|| Address::from_word(found)))
}

/// The mint of which the registry has made this contract.
///
/// # Errors
/// When the state cannot be read.
pub fn mint_shown_by(journal: &Journal<'_>, contract: AccountId) -> Result<Option<B256>, Fault> {
    let EvmForm::Padded(address) = contract.evm_form() else {
        return Ok(None);
    };
    let slot = slot_of(address.into_word(), MINT_SHOWN_BY);
    let found = B256::from(journal.peek_slot(REGISTRY_ADDRESS, slot)?);
    Ok((!found.is_zero()).then_some(found))
}

/// Where a mapping of the registry has what it has for a key.
fn slot_of(key: B256, mapping: u8) -> U256 {
    let mut place = [0; 64];
    let (head, tail) = place.split_at_mut(32);
    head.copy_from_slice(key.as_slice());
    tail.copy_from_slice(B256::with_last_byte(mapping).as_slice());
    U256::from_be_bytes(keccak256(place).0)
}
