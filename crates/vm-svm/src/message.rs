//! A transaction's message with the addresses of its lookup tables: what the runtime asks of a
//! transaction, borrowed from it.

use solana_hash::Hash;
use solana_message::{
    AccountKeys, VersionedMessage,
    v0::{LoadedAddresses, LoadedMessage},
};
use solana_pubkey::Pubkey;
use solana_svm_transaction::{
    instruction::SVMInstruction,
    message_address_table_lookup::SVMMessageAddressTableLookup,
    svm_message::{SVMMessage, SVMStaticMessage},
};
use solana_transaction::versioned::{TransactionVersion, VersionedTransaction};
use solana_transaction_error::TransactionError;
use std::collections::HashSet;

use crate::prices::Usage;

/// Accounts that one transaction may name.
const MAX_ACCOUNTS: usize = 64;

/// A message of the right shape, and which of its accounts it may write.
#[derive(Debug)]
pub(crate) struct Message<'t> {
    versioned: &'t VersionedMessage,
    hash: Hash,
    loaded: LoadedAddresses,
    writable: Vec<bool>,
}

impl<'t> Message<'t> {
    /// Checks the shape of a transaction before its lookup tables are read.
    ///
    /// # Errors
    /// Why no block may contain it.
    pub(crate) fn check(transaction: &VersionedTransaction) -> Result<(), TransactionError> {
        if transaction.version() == TransactionVersion::Number(1) {
            return Err(TransactionError::UnsupportedVersion);
        }
        transaction
            .sanitize()
            .map_err(|_| TransactionError::SanitizeFailure)
    }

    /// The message of a transaction whose shape is right, with the addresses of its lookup tables.
    ///
    /// # Errors
    /// When it names an account twice, or too many.
    pub(crate) fn new(
        transaction: &'t VersionedTransaction,
        loaded: LoadedAddresses,
        reserved: &HashSet<Pubkey>,
    ) -> Result<Self, TransactionError> {
        let versioned = &transaction.message;
        let (has_duplicates, writable) = match versioned {
            VersionedMessage::Legacy(message) => {
                let places = 0..message.account_keys.len();
                let writable = places.map(|at| {
                    message.is_maybe_writable_with_reserved_addresses(at, Some(reserved))
                });
                (message.has_duplicates(), writable.collect())
            }
            VersionedMessage::V0(message) => {
                let message = LoadedMessage::new_borrowed(message, &loaded, reserved);
                (message.has_duplicates(), message.is_writable_account_cache)
            }
            VersionedMessage::V1(_) => return Err(TransactionError::UnsupportedVersion),
        };
        if has_duplicates {
            return Err(TransactionError::AccountLoadedTwice);
        }
        if writable.len() > MAX_ACCOUNTS {
            return Err(TransactionError::TooManyAccountLocks);
        }
        Ok(Self {
            versioned,
            hash: versioned.hash(),
            loaded,
            writable,
        })
    }

    /// The hash by which it is known once it is in a block.
    pub(crate) const fn hash(&self) -> &Hash {
        &self.hash
    }

    /// Accounts that it names, those of lookup tables included.
    pub(crate) fn len(&self) -> usize {
        self.writable.len()
    }

    /// Which of its accounts it may write.
    pub(crate) fn writable(&self) -> &[bool] {
        &self.writable
    }

    /// Its instructions.
    pub(crate) fn instructions(&self) -> impl Iterator<Item = SVMInstruction<'t>> {
        self.versioned
            .instructions()
            .iter()
            .map(SVMInstruction::from)
    }

    /// What it takes besides compute units and bytes.
    pub(crate) fn usage(&self) -> Usage {
        let signatures = self
            .num_transaction_signatures()
            .saturating_add(self.num_ed25519_signatures())
            .saturating_add(self.num_secp256k1_signatures())
            .saturating_add(self.num_secp256r1_signatures());
        Usage {
            accounts: self.len() as u64,
            signatures,
            invocations: self.num_instructions() as u64,
            ..Usage::default()
        }
    }

    /// Addresses of lookup tables that it may write, and those that it only reads.
    pub(crate) const fn loaded(&self) -> &LoadedAddresses {
        &self.loaded
    }
}

impl SVMStaticMessage for Message<'_> {
    fn version(&self) -> TransactionVersion {
        match self.versioned {
            VersionedMessage::Legacy(_) => TransactionVersion::LEGACY,
            VersionedMessage::V0(_) => TransactionVersion::Number(0),
            VersionedMessage::V1(_) => TransactionVersion::Number(1),
        }
    }

    fn num_transaction_signatures(&self) -> u64 {
        u64::from(self.versioned.header().num_required_signatures)
    }

    fn num_write_locks(&self) -> u64 {
        let header = self.versioned.header();
        let readonly = usize::from(header.num_readonly_signed_accounts)
            .saturating_add(usize::from(header.num_readonly_unsigned_accounts))
            .saturating_add(self.loaded.readonly.len());
        self.len().saturating_sub(readonly) as u64
    }

    fn recent_blockhash(&self) -> &Hash {
        self.versioned.recent_blockhash()
    }

    fn num_instructions(&self) -> usize {
        self.versioned.instructions().len()
    }

    fn instructions_iter(&self) -> impl Iterator<Item = SVMInstruction<'_>> {
        self.instructions()
    }

    fn program_instructions_iter(
        &self,
    ) -> impl Iterator<Item = (&Pubkey, SVMInstruction<'_>)> + Clone {
        let keys = self.versioned.static_account_keys();
        // A program is always a static account: the shape was checked.
        let instructions = self.versioned.instructions().iter();
        instructions.filter_map(|instruction| {
            let key = keys.get(usize::from(instruction.program_id_index))?;
            Some((key, SVMInstruction::from(instruction)))
        })
    }

    fn static_account_keys(&self) -> &[Pubkey] {
        self.versioned.static_account_keys()
    }

    fn fee_payer(&self) -> &Pubkey {
        const NOBODY: &Pubkey = &Pubkey::new_from_array([0; 32]);
        // There is a first account: the shape was checked.
        self.static_account_keys().first().unwrap_or(NOBODY)
    }

    fn num_lookup_tables(&self) -> usize {
        let lookups = self.versioned.address_table_lookups();
        lookups.map_or(0, <[_]>::len)
    }

    fn message_address_table_lookups(
        &self,
    ) -> impl Iterator<Item = SVMMessageAddressTableLookup<'_>> {
        let lookups = self.versioned.address_table_lookups();
        let lookups = lookups.unwrap_or_default().iter();
        lookups.map(SVMMessageAddressTableLookup::from)
    }
}

impl SVMMessage for Message<'_> {
    fn account_keys(&self) -> AccountKeys<'_> {
        AccountKeys::new(self.static_account_keys(), Some(&self.loaded))
    }

    fn is_writable(&self, index: usize) -> bool {
        self.writable.get(index).copied().unwrap_or_default()
    }

    fn is_signer(&self, index: usize) -> bool {
        self.versioned.is_signer(index)
    }

    fn is_invoked(&self, key_index: usize) -> bool {
        self.versioned.is_invoked(key_index)
    }
}
