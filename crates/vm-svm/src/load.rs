//! Loads the accounts of a transaction, within the bytes that it allows.

use solana_account::{AccountSharedData, ReadableAccount};
use solana_instruction::{BorrowedAccountMeta, BorrowedInstruction};
use solana_instructions_sysvar::construct_instructions_data;
use solana_pubkey::Pubkey;
use solana_sdk_ids::{native_loader, sysvar};
use solana_svm::account_loader::PROGRAM_OWNERS;
use solana_svm_transaction::svm_message::{SVMMessage, SVMStaticMessage};
use solana_transaction_error::TransactionError;
use std::collections::HashSet;

use crate::{
    crossing::{self, CROSS_VM_VAULT},
    host,
    message::Message,
    payer::Charged,
    programs::programdata_of,
    run::Ran,
    status::SvmTransactError,
    transact::Run,
};

/// Bytes that each account counts besides its data (SIMD-0186).
const ACCOUNT_BYTES: usize = 64;
/// Bytes that each lookup table counts.
const TABLE_BYTES: usize = 8_248;

pub(crate) type Accounts = Vec<(Pubkey, AccountSharedData)>;

/// Bytes loaded so far.
struct Size<'a> {
    bytes: &'a mut u32,
    limit: u32,
}

impl Size<'_> {
    fn add(&mut self, bytes: usize) -> Result<(), TransactionError> {
        let sum = u32::try_from(bytes)
            .ok()
            .and_then(|bytes| self.bytes.checked_add(bytes))
            .filter(|sum| *sum <= self.limit);
        *self.bytes = sum.unwrap_or(self.limit);
        sum.map(|_| ())
            .ok_or(TransactionError::MaxLoadedAccountsDataSizeExceeded)
    }
}

impl Run<'_, '_, '_> {
    /// Loads all accounts; the inner error is the transaction's own.
    pub(crate) fn load(
        &mut self,
        charged: &Charged,
        limit: u32,
        bytes: &mut u32,
    ) -> Result<Result<Accounts, TransactionError>, SvmTransactError> {
        match self.load_all(charged, Size { bytes, limit }) {
            Ok(accounts) => Ok(Ok(accounts)),
            Err(SvmTransactError::Refused(error)) => Ok(Err(error)),
            Err(error) => Err(error),
        }
    }

    fn load_all(
        &mut self,
        charged: &Charged,
        mut size: Size<'_>,
    ) -> Result<Accounts, SvmTransactError> {
        let keys: Vec<Pubkey> = self.message.account_keys().iter().copied().collect();
        let tables = SVMStaticMessage::num_lookup_tables(&self.message);
        size.add(tables.saturating_mul(TABLE_BYTES))?;
        let mut accounts = Vec::with_capacity(keys.len());
        let mut counted = HashSet::new();
        for key in &keys {
            let account = self.load_one(key, charged)?;
            if sysvar::instructions::check_id(key) {
                accounts.push((*key, account.unwrap_or_default()));
                continue;
            }
            let Some(account) = account else {
                accounts.push((*key, host::empty(0)));
                continue;
            };
            size.add(ACCOUNT_BYTES.saturating_add(account.data().len()))?;
            // The code of an upgradeable program counts once, wherever it is.
            if let Some(holder) = programdata_of(&account)
                && !keys.contains(&holder)
                && counted.insert(holder)
                && let Some(code) = host::data_bytes(self.host.journal(), &holder)?
            {
                size.add(ACCOUNT_BYTES.saturating_add(code))?;
            }
            accounts.push((*key, account));
        }
        self.check_programs(&accounts)?;
        Ok(accounts)
    }

    fn load_one(
        &mut self,
        key: &Pubkey,
        charged: &Charged,
    ) -> Result<Option<AccountSharedData>, SvmTransactError> {
        if *key == charged.payer.0 {
            return Ok(Some(charged.payer.1.clone()));
        }
        if sysvar::instructions::check_id(key) {
            return Ok(Some(instructions_account(&self.message)?));
        }
        if *key == CROSS_VM_VAULT {
            return Ok(Some(crossing::vault()));
        }
        let journal = self.host.journal();
        let lamports = host::lamports(journal, key)?;
        if lamports > 0
            && let Some(account) = self.block.account(key, lamports)
        {
            return Ok(Some(account));
        }
        Ok(host::load_with(journal, key, lamports)?)
    }

    fn check_programs(&self, accounts: &Accounts) -> Result<(), TransactionError> {
        for (program, _) in SVMStaticMessage::program_instructions_iter(&self.message) {
            let account = accounts.iter().find(|(key, _)| key == program);
            let account = account.map(|(_, account)| account);
            let owner = match account {
                Some(account) if account.lamports() > 0 => account.owner(),
                _ => return Err(TransactionError::ProgramAccountNotFound),
            };
            if !native_loader::check_id(owner) && !PROGRAM_OWNERS.contains(owner) {
                return Err(TransactionError::InvalidProgramForExecution);
            }
        }
        Ok(())
    }

    /// What is left of a transaction whose accounts cannot be loaded: the payer and the nonce.
    pub(crate) fn failed_to_load(
        &mut self,
        error: TransactionError,
        charged: &Charged,
    ) -> Result<Ran, SvmTransactError> {
        let keys: Vec<Pubkey> = self.message.account_keys().iter().copied().collect();
        let mut accounts = Vec::with_capacity(keys.len());
        for key in keys {
            let account = self.load_one(&key, charged)?;
            accounts.push((key, account.unwrap_or_default()));
        }
        Ok(Ran::nothing(error, accounts))
    }
}

/// The sysvar in which programs read the transaction's instructions.
fn instructions_account(message: &Message<'_>) -> Result<AccountSharedData, TransactionError> {
    let keys = message.account_keys();
    let mut instructions = Vec::new();
    for (program_id, instruction) in SVMStaticMessage::program_instructions_iter(message) {
        let mut accounts = Vec::with_capacity(instruction.accounts.len());
        for at in instruction.accounts {
            let place = usize::from(*at);
            accounts.push(BorrowedAccountMeta {
                pubkey: keys
                    .get(place)
                    .ok_or(TransactionError::InvalidAccountIndex)?,
                is_signer: message.is_signer(place),
                is_writable: message.is_writable(place),
            });
        }
        instructions.push(BorrowedInstruction {
            program_id,
            accounts,
            data: instruction.data,
        });
    }
    let data = construct_instructions_data(&instructions)
        .map_err(|_| TransactionError::MaxLoadedAccountsDataSizeExceeded)?;
    let mut account = AccountSharedData::new(0, 0, &sysvar::id());
    account.set_data_from_slice(&data);
    Ok(account)
}
