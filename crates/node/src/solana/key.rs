//! A Solana key pair of the mnemonic, as Solana's wallets derive it: SLIP-10 over ed25519, at the
//! path `m/44'/501'/0'/0'`.

use crate::keys::KeyError;
use alloy_signer_local::coins_bip39::{English, Mnemonic};
use hmac::{Hmac, Mac as _};
use lumio_types::AccountId;
use sha2::Sha512;
use solana_keypair::Keypair;
use solana_signer::Signer as _;

/// What the root of all keys of ed25519 is hashed with.
const CURVE: &[u8] = b"ed25519 seed";
/// All steps of the path, each hardened.
const PATH: [u32; 4] = [44, 501, 0, 0];
const HARDENED: u32 = 1 << 31;

/// A key pair.
pub struct SolanaKey(Keypair);

impl std::fmt::Debug for SolanaKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("SolanaKey").field(&self.0.pubkey()).finish()
    }
}

impl Clone for SolanaKey {
    fn clone(&self) -> Self {
        Self(self.0.insecure_clone())
    }
}

impl SolanaKey {
    /// The first key of a mnemonic.
    ///
    /// # Errors
    /// When the phrase is invalid.
    pub fn from_mnemonic(phrase: &str) -> Result<Self, KeyError> {
        let invalid = |error: String| KeyError::Mnemonic(error);
        let mnemonic = Mnemonic::<English>::new_from_phrase(phrase)
            .map_err(|error| invalid(error.to_string()))?;
        let seed = mnemonic
            .to_seed(None)
            .map_err(|error| invalid(error.to_string()))?;
        let (mut key, mut chain) = step(CURVE, &[&seed])?;
        for index in PATH {
            let index = (HARDENED | index).to_be_bytes();
            (key, chain) = step(&chain, &[&[0], &key, &index])?;
        }
        Ok(Self(Keypair::new_from_array(key)))
    }

    /// The account.
    pub fn id(&self) -> AccountId {
        AccountId(self.0.pubkey().to_bytes().into())
    }

    /// The key pair as wallets import it, in base58.
    pub fn secret(&self) -> String {
        self.0.to_base58_string()
    }

    pub(super) const fn pair(&self) -> &Keypair {
        &self.0
    }
}

/// One step of the derivation: a key, and what the next step is hashed with.
fn step(with: &[u8], data: &[&[u8]]) -> Result<([u8; 32], [u8; 32]), KeyError> {
    let broken = || KeyError::Sign("a Solana key could not be derived".into());
    let mut mac = Hmac::<Sha512>::new_from_slice(with).map_err(|_| broken())?;
    for part in data {
        mac.update(part);
    }
    let hashed = mac.finalize().into_bytes();
    let key = hashed.first_chunk::<32>().ok_or_else(broken)?;
    let chain = hashed.last_chunk::<32>().ok_or_else(broken)?;
    Ok((*key, *chain))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::SolanaKey;

    /// The address that Solana's wallets show first for this well-known phrase.
    #[test]
    fn the_key_is_the_wallets_first_one() {
        let phrase = "test test test test test test test test test test test junk";
        let key = SolanaKey::from_mnemonic(phrase).unwrap();
        let id = solana_pubkey::Pubkey::new_from_array(key.id().0.0);
        assert_eq!(
            id.to_string(),
            "oeYf6KAJkLYhBuR8CiGc6L4D4Xtfepr85fuDgA9kq96"
        );
        assert!(SolanaKey::from_mnemonic("test test").is_err());
    }
}
