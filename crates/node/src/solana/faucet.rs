//! Gives away lamports of a development account, by the system program's transfer.

use crate::solana::{Result, SolanaBackend, internal};
use lumio_rpc::solana::{Ledger as _, SendError, SimulateRequest, Submission};
use lumio_types::SolanaTransaction;
use solana_instruction::Instruction;
use solana_message::{Message, VersionedMessage};
use solana_pubkey::Pubkey;
use solana_signature::Signature;
use solana_signer::Signer as _;
use solana_system_interface::instruction::transfer;
use solana_transaction::versioned::VersionedTransaction;
use std::{
    sync::atomic::Ordering,
    time::{SystemTime, UNIX_EPOCH},
};

/// A number that no earlier process has begun with, so that what it gives is not what was given.
pub(super) fn first_number() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| {
        u64::try_from(since.as_micros()).unwrap_or_default()
    })
}

impl SolanaBackend {
    pub(super) fn give(
        &self,
        to: &Pubkey,
        lamports: u64,
    ) -> std::result::Result<(Signature, Submission), SendError> {
        let inner = self.payment(to, lamports)?;
        let tried = self.try_out(SimulateRequest {
            transaction: inner.versioned.clone(),
            replace_blockhash: false,
            accounts: Vec::new(),
        })?;
        tried.status.map_err(SendError::Refused)?;
        let signature = Signature::from(inner.signature);
        Ok((signature, self.admit(inner)?))
    }

    fn payment(&self, to: &Pubkey, lamports: u64) -> Result<SolanaTransaction> {
        let pair = self.faucet.pair();
        let number = self.airdrops.fetch_add(1, Ordering::Relaxed);
        // Two equal gifts in one block would be the same transaction without a memo.
        let memo = Instruction {
            program_id: lumio_vm_svm::MEMO,
            accounts: Vec::new(),
            data: format!("airdrop {number}").into_bytes(),
        };
        let payment = transfer(&pair.pubkey(), to, lamports);
        let blockhash = self.head()?.blockhash;
        let message =
            Message::new_with_blockhash(&[payment, memo], Some(&pair.pubkey()), &blockhash);
        let transaction = VersionedTransaction::try_new(VersionedMessage::Legacy(message), &[pair])
            .map_err(internal)?;
        let wire = bincode::serialize(&transaction).map_err(internal)?;
        SolanaTransaction::trusted(&wire).map_err(internal)
    }
}
