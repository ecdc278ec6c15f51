//! The shape of a transaction, and its address lookup tables: addresses that it names by their
//! place in an account.

use lumio_state::Journal;
use lumio_vm_bus::Host;
use solana_account::ReadableAccount;
use solana_address_lookup_table_interface::{error::AddressLookupError, state::AddressLookupTable};
use solana_message::{SimpleAddressLoader, VersionedMessage, v0::LoadedAddresses};
use solana_pubkey::Pubkey;
use solana_sdk_ids::address_lookup_table;
use solana_transaction::{
    sanitized::SanitizedTransaction,
    versioned::{
        TransactionVersion, VersionedTransaction, sanitized::SanitizedVersionedTransaction,
    },
};
use solana_transaction_error::{AddressLoaderError, TransactionError};

use crate::{SvmVm, aliases::named_twice, host, machine::Block, status::SvmTransactError};

/// Accounts that one transaction may name.
const MAX_ACCOUNTS: usize = 64;

impl SvmVm {
    /// Reads the addresses in lookup tables, and checks the shape of a transaction.
    pub(crate) fn sanitise<'v>(
        &self,
        transaction: &VersionedTransaction,
        host: &mut dyn Host<'v>,
        block: &Block,
    ) -> Result<SanitizedTransaction, SvmTransactError> {
        if transaction.version() == TransactionVersion::Number(1) {
            return Err(TransactionError::UnsupportedVersion.into());
        }
        let checked = SanitizedVersionedTransaction::try_from(transaction.clone())
            .map_err(|_| TransactionError::SanitizeFailure)?;
        let message = &checked.get_message().message;
        let addresses = resolve(host.journal(), block, message)?;
        let hash = message.hash();
        let transaction = SanitizedTransaction::try_new(
            checked,
            hash,
            false,
            SimpleAddressLoader::Enabled(addresses),
            &self.settings().reserved,
        )?;
        SanitizedTransaction::validate_account_locks(transaction.message(), MAX_ACCOUNTS)?;
        if named_twice(transaction.message().account_keys().iter()).is_some() {
            return Err(TransactionError::AccountLoadedTwice.into());
        }
        Ok(transaction)
    }
}

/// The addresses that a message names in lookup tables.
fn resolve(
    journal: &mut Journal<'_>,
    block: &Block,
    message: &VersionedMessage,
) -> Result<LoadedAddresses, SvmTransactError> {
    let mut addresses = LoadedAddresses::default();
    for lookup in message.address_table_lookups().unwrap_or_default() {
        let table = host::load(journal, &lookup.account_key)?;
        let table = table.ok_or(TransactionError::AddressLookupTableNotFound)?;
        if !address_lookup_table::check_id(table.owner()) {
            return Err(TransactionError::InvalidAddressLookupTableOwner.into());
        }
        let table = AddressLookupTable::deserialize(table.data())
            .map_err(|_| TransactionError::InvalidAddressLookupTableData)?;
        let (slot, hashes) = (block.sysvars.slot, &block.sysvars.slot_hashes);
        let find = |indexes: &[u8]| -> Result<Vec<Pubkey>, TransactionError> {
            let found = table.lookup(slot, indexes, hashes);
            found.map_err(|error| TransactionError::from(loader_error(error)))
        };
        addresses.writable.extend(find(&lookup.writable_indexes)?);
        addresses.readonly.extend(find(&lookup.readonly_indexes)?);
    }
    Ok(addresses)
}

fn loader_error(error: AddressLookupError) -> AddressLoaderError {
    match error {
        AddressLookupError::LookupTableAccountNotFound => {
            AddressLoaderError::LookupTableAccountNotFound
        }
        AddressLookupError::InvalidAccountOwner => AddressLoaderError::InvalidAccountOwner,
        AddressLookupError::InvalidAccountData => AddressLoaderError::InvalidAccountData,
        AddressLookupError::InvalidLookupIndex => AddressLoaderError::InvalidLookupIndex,
    }
}
