//! Solana's accounts as other VMs see them.

use alloy_primitives::{B256, Bytes};
use lumio_state::{Fault, Journal, StateKey};
use lumio_types::{AccountId, EvmForm};

/// An account that is more than its ETH.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SolanaAccount {
    /// The program that owns it.
    pub owner: B256,
    /// Whether it is a program.
    pub is_executable: bool,
    /// Its data.
    pub data: Bytes,
}

/// Bytes before an account's data: a flag, and the owner.
const HEAD: usize = 33;

/// What the state keeps of an account on Solana besides its ETH. None of one that has nothing
/// else, which the system program owns.
///
/// While a Solana program waits, what it has changed is not here yet: whoever reads has to refuse.
///
/// # Errors
/// When the state cannot be read.
pub fn solana_account(
    journal: &mut Journal<'_>,
    id: AccountId,
) -> Result<Option<SolanaAccount>, Fault> {
    let Some(record) = journal.read(&StateKey::SvmAccount(id))? else {
        return Ok(None);
    };
    let parts = record.split_first_chunk::<HEAD>();
    let Some(([flag, owner @ ..], data)) = parts else {
        let what = alloc::format!("the record of the Solana account {} is broken", id.0);
        return Err(Fault::Storage(what));
    };
    Ok(Some(SolanaAccount {
        owner: B256::new(*owner),
        is_executable: *flag != 0,
        data: Bytes::copy_from_slice(data),
    }))
}

/// Whether an account is more on Solana than its ETH. Then a program there relies on what the
/// account owns, and no other VM may spend it, whoever speaks for the account: a key signs for an
/// account in its own VM also after it was given to a program.
///
/// # Errors
/// When the state cannot be read.
pub fn is_program_owned(
    journal: &mut Journal<'_>,
    id: AccountId,
    form: EvmForm,
) -> Result<bool, Fault> {
    match form {
        // The Solana VM gives no program an account of the EVM.
        EvmForm::Padded(_) => Ok(false),
        EvmForm::Alias(_) => Ok(journal.read(&StateKey::SvmAccount(id))?.is_some()),
    }
}
