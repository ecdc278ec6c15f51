//! Address lookup tables: addresses that a transaction names by their place in an account.

use lumio_state::Journal;
use lumio_vm_bus::Host;
use solana_account::ReadableAccount;
use solana_address_lookup_table_interface::{error::AddressLookupError, state::AddressLookupTable};
use solana_message::{VersionedMessage, v0::LoadedAddresses};
use solana_pubkey::Pubkey;
use solana_sdk_ids::address_lookup_table;
use solana_svm_transaction::svm_message::SVMMessage;
use solana_transaction::versioned::VersionedTransaction;
use solana_transaction_error::{AddressLoaderError, TransactionError};

use crate::{
    SvmVm, aliases::named_twice, host, machine::Block, message::Message, status::SvmTransactError,
};

impl SvmVm {
    /// Checks the shape of a transaction, and reads the addresses in its lookup tables.
    pub(crate) fn message<'t, 'v>(
        &self,
        transaction: &'t VersionedTransaction,
        host: &mut dyn Host<'v>,
        block: &Block,
    ) -> Result<Message<'t>, SvmTransactError> {
        Message::check(transaction)?;
        let addresses = resolve(host.journal(), block, &transaction.message)?;
        let reserved = &self.settings().reserved;
        let message = Message::new(transaction, addresses, reserved)?;
        if named_twice(message.account_keys().iter()).is_some() {
            return Err(TransactionError::AccountLoadedTwice.into());
        }
        Ok(message)
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
