//! Who pays for a transaction, and that it is not too old: what must hold before it may be in a
//! block, and what stays of it if it fails.

use alloy_primitives::B256;
use lumio_state::{Journal, StateKey};
use solana_account::{AccountSharedData, ReadableAccount, WritableAccount};
use solana_nonce::{
    NONCED_TX_MARKER_IX_INDEX,
    state::{DurableNonce, State},
    versions::Versions,
};
use solana_nonce_account::verify_nonce_account;
use solana_pubkey::Pubkey;
use solana_svm::{
    account_loader::validate_fee_payer, transaction_error_metrics::TransactionErrorMetrics,
};
use solana_svm_transaction::svm_message::{SVMMessage, SVMStaticMessage};
use solana_transaction_error::TransactionError;

use crate::{
    SvmVm, host, machine::Block, message::Message, prices::LAMPORTS_PER_SIGNATURE,
    status::SvmTransactError,
};

/// A fee that can be paid.
pub(crate) struct Charged {
    pub(crate) age: Age,
    pub(crate) payer_before: AccountSharedData,
    /// The payer, its fee taken.
    pub(crate) payer: (Pubkey, AccountSharedData),
}

/// Why a transaction is not too old.
pub(crate) enum Age {
    /// It names a recent blockhash. The hash of its message.
    Recent(B256),
    /// It names a durable nonce: the account, advanced.
    Nonce(Pubkey, AccountSharedData),
}

impl Charged {
    /// What stays of a transaction that fails: the fee, and the nonce that it used up.
    pub(crate) fn rollback(&self) -> Vec<(Pubkey, AccountSharedData)> {
        let (payer, mut account) = self.payer.clone();
        let mut kept = Vec::with_capacity(2);
        if let Age::Nonce(nonce, advanced) = &self.age {
            if *nonce == payer {
                account.set_data_from_slice(advanced.data());
            } else {
                kept.push((*nonce, advanced.clone()));
            }
        }
        kept.push((payer, account));
        kept
    }
}

/// Checks age and payer. Changes nothing.
pub(crate) fn charge(
    journal: &mut Journal<'_>,
    block: &Block,
    message: &Message<'_>,
    vm: &SvmVm,
    fee: u64,
) -> Result<Charged, SvmTransactError> {
    let blockhash = SVMStaticMessage::recent_blockhash(message);
    let age = match block.facts.is_recent(blockhash) {
        true => {
            let hash = B256::new(message.hash().to_bytes());
            if journal.read(&StateKey::SvmMessage(hash))?.is_some() {
                return Err(TransactionError::AlreadyProcessed.into());
            }
            Age::Recent(hash)
        }
        false => {
            let (key, advanced) = advance_nonce(journal, block, message)?;
            Age::Nonce(key, advanced)
        }
    };
    let key = *SVMStaticMessage::fee_payer(message);
    let payer_before = host::load(journal, &key)?.ok_or(TransactionError::AccountNotFound)?;
    let mut payer = payer_before.clone();
    validate_fee_payer(
        &mut payer,
        0,
        &mut TransactionErrorMetrics::default(),
        &block.sysvars.rent,
        fee,
        vm.settings()
            .runtime_features
            .relax_post_exec_min_balance_check,
    )?;
    Ok(Charged {
        age,
        payer_before,
        payer: (key, payer),
    })
}

/// The nonce account of a transaction that names a durable nonce in place of a blockhash, with
/// the next nonce in it.
fn advance_nonce(
    journal: &mut Journal<'_>,
    block: &Block,
    message: &Message<'_>,
) -> Result<(Pubkey, AccountSharedData), SvmTransactError> {
    let stale = || SvmTransactError::from(TransactionError::BlockhashNotFound);
    let key = *message.get_durable_nonce().ok_or_else(stale)?;
    let mut account = host::load(journal, &key)?.ok_or_else(stale)?;
    let blockhash = SVMStaticMessage::recent_blockhash(message);
    let data = verify_nonce_account(&account, blockhash).ok_or_else(stale)?;
    let next = DurableNonce::from_blockhash(&block.facts.blockhash());
    let first = usize::from(NONCED_TX_MARKER_IX_INDEX);
    let is_signed = message
        .get_ix_signers(first)
        .any(|key| *key == data.authority);
    if data.durable_nonce == next || !is_signed {
        return Err(stale());
    }
    let state = State::new_initialized(&data.authority, next, LAMPORTS_PER_SIGNATURE);
    let bytes = bincode::serialize(&Versions::new(state)).map_err(|_| stale())?;
    let length = bytes.len().min(account.data().len());
    if let (Some(place), Some(bytes)) = (
        account.data_as_mut_slice().get_mut(..length),
        bytes.get(..length),
    ) {
        place.copy_from_slice(bytes);
    }
    Ok((key, account))
}
