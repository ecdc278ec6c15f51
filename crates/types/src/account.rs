//! Account ids: one space of 32 bytes for all VMs, and its EVM address form.

use alloy_primitives::{Address, B256, keccak256};
use core::fmt;

/// Domain of the hash that derives an EVM address for a long account id.
const ALIAS_DOMAIN: &[u8] = b"lumio/alias";

/// Addresses up to this one belong to precompiles and to Move's framework.
/// Only a padded EVM address above it keeps its own 20 bytes.
const LAST_SYSTEM_ADDRESS: u64 = 0xffff;

/// An account of the chain, whichever VM it lives on.
///
/// A Move address or a Solana public key is its account id. An EVM address is
/// padded with twelve zero bytes in front.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct AccountId(pub B256);

/// The EVM address of an account id, and whether the id can be read off it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EvmForm {
    /// The id is this address padded with zeros: nothing needs recording.
    Padded(Address),
    /// A hash of the id: the link must be recorded in state before first use.
    Alias(Address),
}

impl EvmForm {
    /// The address itself.
    pub const fn address(self) -> Address {
        match self {
            Self::Padded(address) | Self::Alias(address) => address,
        }
    }
}

impl AccountId {
    /// The account of an EVM address.
    pub fn from_evm(address: Address) -> Self {
        Self(address.into_word())
    }

    /// The EVM address form of this account.
    ///
    /// An id that is not a padded EVM address, or whose address would be a
    /// system address, is hashed instead. No key of one VM can therefore sign
    /// for an account of another, and the mapping is injective up to
    /// collisions of a 160-bit hash.
    pub fn evm_form(&self) -> EvmForm {
        let (pad, tail) = self.0.split_at(12);
        let address = Address::from_slice(tail);
        let padded = pad.iter().all(|byte| *byte == 0);
        if padded && !is_system_address(address) {
            return EvmForm::Padded(address);
        }
        let mut preimage = [0; ALIAS_DOMAIN.len() + 32];
        preimage[..ALIAS_DOMAIN.len()].copy_from_slice(ALIAS_DOMAIN);
        preimage[ALIAS_DOMAIN.len()..].copy_from_slice(self.0.as_slice());
        EvmForm::Alias(Address::from_word(keccak256(preimage)))
    }

    /// The EVM address under which this account's wei are kept.
    pub fn evm_address(&self) -> Address {
        self.evm_form().address()
    }
}

/// Whether an EVM address is reserved for precompiles and framework modules.
fn is_system_address(address: Address) -> bool {
    let (head, tail) = address.split_at(12);
    let mut low = [0; 8];
    low.copy_from_slice(tail);
    head.iter().all(|byte| *byte == 0) && u64::from_be_bytes(low) <= LAST_SYSTEM_ADDRESS
}

impl From<Address> for AccountId {
    fn from(address: Address) -> Self {
        Self::from_evm(address)
    }
}

impl fmt::Debug for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}
