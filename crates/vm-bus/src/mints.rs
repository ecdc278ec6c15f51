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

/// The ERC-20 contract that the registry has made of a mint.
///
/// # Errors
/// When the state cannot be read.
pub fn erc20_of_mint(journal: &mut Journal<'_>, mint: B256) -> Result<Option<Address>, Fault> {
    let found = noted(journal, mint, ERC20_OF_MINT)?;
    Ok((!found.is_zero()).then(|| Address::from_word(found)))
}

/// The mint of which the registry has made this contract.
///
/// # Errors
/// When the state cannot be read.
pub fn mint_shown_by(
    journal: &mut Journal<'_>,
    contract: AccountId,
) -> Result<Option<B256>, Fault> {
    let EvmForm::Padded(address) = contract.evm_form() else {
        return Ok(None);
    };
    let found = noted(journal, address.into_word(), MINT_SHOWN_BY)?;
    Ok((!found.is_zero()).then_some(found))
}

/// What a mapping of the registry has for a key.
fn noted(journal: &mut Journal<'_>, key: B256, mapping: u8) -> Result<B256, Fault> {
    let place = [key.0, B256::with_last_byte(mapping).0].concat();
    let slot = U256::from_be_bytes(keccak256(place).0);
    Ok(journal.peek_slot(REGISTRY_ADDRESS, slot)?.into())
}
