//! Addresses on Solana without a key, which are derived of seeds: of programs, and of contracts of
//! other VMs, which sign for theirs.

use alloy_primitives::{B256, b256};
use ed25519_dalek::VerifyingKey;
use lumio_types::AccountId;
use sha2::{Digest, Sha256};

/// The program of the Solana VM that stands for the other VMs there:
/// `CrossVm111111111111111111111111111111111111`.
pub const CROSS_VM_PROGRAM: B256 =
    b256!("0309b50dad823198c046af2657c60503355957fbfa29f6d9f76715c000000000");

/// Seeds of one address, the bump among them.
pub const MAX_SEEDS: usize = 16;
/// Bytes of one seed.
pub const MAX_SEED_BYTES: usize = 32;

/// Ends what is hashed, so that no other hash of Solana's is such an address.
const MARKER: &[u8] = b"ProgramDerivedAddress";

/// Why there is no such address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SeedsError {
    /// More than sixteen seeds.
    #[error("an address is derived of at most {MAX_SEEDS} seeds, the bump included")]
    TooMany,
    /// A seed of more than 32 bytes.
    #[error("a seed has at most {MAX_SEED_BYTES} bytes")]
    TooLong,
    /// Somebody could have a key for it.
    #[error("what these seeds give may have a key: add the bump that findProgramAddress returns")]
    OnCurve,
}

/// The address that a program signs for with these seeds, the bump among them.
///
/// # Errors
/// When there is none.
pub fn create_program_address<'s>(
    seeds: impl IntoIterator<Item = &'s [u8]>,
    program: B256,
) -> Result<B256, SeedsError> {
    let mut hasher = Sha256::new();
    for (number, seed) in seeds.into_iter().enumerate() {
        if number >= MAX_SEEDS {
            return Err(SeedsError::TooMany);
        }
        if seed.len() > MAX_SEED_BYTES {
            return Err(SeedsError::TooLong);
        }
        hasher.update(seed);
    }
    hasher.update(program);
    hasher.update(MARKER);
    let address: [u8; 32] = hasher.finalize().into();
    match VerifyingKey::from_bytes(&address) {
        Ok(_) => Err(SeedsError::OnCurve),
        Err(_) => Ok(address.into()),
    }
}

/// The address that a program has with these seeds and the first bump that gives one, and that
/// bump. `pay` is asked before each try, and may stop it.
///
/// # Errors
/// When the seeds are none, when no bump gives an address, or what `pay` stopped with.
pub fn find_program_address<E: From<SeedsError>>(
    seeds: &[impl AsRef<[u8]>],
    program: B256,
    mut pay: impl FnMut() -> Result<(), E>,
) -> Result<(B256, u8), E> {
    for bump in (0..=u8::MAX).rev() {
        pay()?;
        let last = [bump];
        let all = seeds.iter().map(AsRef::as_ref).chain([last.as_slice()]);
        match create_program_address(all, program) {
            Ok(address) => return Ok((address, bump)),
            Err(SeedsError::OnCurve) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(SeedsError::OnCurve.into())
}

/// The address that a contract of another VM signs for with these seeds: one of the cross-VM
/// program's, whose first seed is the contract's account. That program signs for nobody else, so
/// a Solana program or a key with the contract's account has none of these addresses.
///
/// # Errors
/// When there is none.
pub fn address_of_contract(
    contract: AccountId,
    seeds: &[impl AsRef<[u8]>],
) -> Result<B256, SeedsError> {
    let first = [contract.0.as_slice()];
    let all = first.into_iter().chain(seeds.iter().map(AsRef::as_ref));
    create_program_address(all, CROSS_VM_PROGRAM)
}
