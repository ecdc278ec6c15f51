//! The keys that a development node holds: the accounts of a mnemonic.

use alloy_primitives::{Address, B256, Signature};
use alloy_signer::SignerSync;
use alloy_signer_local::{MnemonicBuilder, PrivateKeySigner, coins_bip39::English};

/// The mnemonic of Foundry's and Hardhat's well-known accounts.
pub const DEFAULT_MNEMONIC: &str = "test test test test test test test test test test test junk";

/// The most accounts that are derived from a mnemonic.
pub const MAX_ACCOUNTS: u32 = 10_000;

/// A mnemonic that no keys come from.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// Not twelve to twenty-four words of the English list with a valid checksum.
    #[error("the mnemonic is not a valid English BIP-39 phrase: {0}")]
    Mnemonic(String),
    /// More accounts than make sense.
    #[error("{0} accounts are more than {MAX_ACCOUNTS}")]
    TooMany(u32),
    /// Signing failed.
    #[error("signing failed: {0}")]
    Sign(String),
}

/// The accounts of a mnemonic, at the path of Ethereum wallets.
#[derive(Clone)]
pub struct Keyring {
    signers: Vec<PrivateKeySigner>,
}

impl std::fmt::Debug for Keyring {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.addresses()).finish()
    }
}

impl Keyring {
    /// Derives the first `count` accounts: `m/44'/60'/0'/0/i`.
    ///
    /// # Errors
    /// When the phrase is invalid or `count` is too large.
    pub fn from_mnemonic(phrase: &str, count: u32) -> Result<Self, KeyError> {
        if count > MAX_ACCOUNTS {
            return Err(KeyError::TooMany(count));
        }
        let invalid =
            |error: alloy_signer_local::LocalSignerError| KeyError::Mnemonic(error.to_string());
        // One account at least, so that a bad phrase is noticed even when none is asked for.
        let parent = MnemonicBuilder::<English>::default().phrase(phrase);
        let keys = parent.build_parent_key().map_err(invalid)?;
        let signers = (0..count)
            .map(|index| keys.child(index).map(|key| key.signer()).map_err(invalid))
            .collect::<Result<_, _>>()?;
        Ok(Self { signers })
    }

    /// The addresses, in the order of derivation.
    pub fn addresses(&self) -> impl ExactSizeIterator<Item = Address> {
        self.signers.iter().map(PrivateKeySigner::address)
    }

    /// Addresses with their private keys, for the banner of a development chain.
    pub fn secrets(&self) -> impl ExactSizeIterator<Item = (Address, B256)> {
        self.signers
            .iter()
            .map(|signer| (signer.address(), signer.to_bytes()))
    }

    /// Whether the key of an address is here.
    pub fn contains(&self, address: Address) -> bool {
        self.find(address).is_some()
    }

    /// Signs a hash with the key of an address. `None` if the key is not here.
    ///
    /// # Errors
    /// When the key cannot sign.
    pub fn sign(&self, address: Address, hash: B256) -> Result<Option<Signature>, KeyError> {
        self.find(address)
            .map(|signer| signer.sign_hash_sync(&hash))
            .transpose()
            .map_err(|error| KeyError::Sign(error.to_string()))
    }

    fn find(&self, address: Address) -> Option<&PrivateKeySigner> {
        self.signers
            .iter()
            .find(|signer| signer.address() == address)
    }
}
