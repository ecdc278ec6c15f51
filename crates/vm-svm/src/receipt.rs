//! What clients are told of a transaction, in the chain's own types.

use alloy_primitives::Bytes;
use lumio_state::{Fault, Journal};
use lumio_types::{AccountLamports, InnerInstruction, SolanaReceipt, SolanaTransaction};
use solana_account::ReadableAccount;
use solana_message::inner_instruction::InnerInstructionsList;

use crate::{account::account_id, tokens, transact::SvmTransacted};

impl SvmTransacted {
    /// The receipt of a transaction that came to this. The journal is the one in which it ran; the
    /// mints of tokens are read from it.
    ///
    /// # Errors
    /// When its error cannot be serialised, which is a bug, or when a mint cannot be read.
    pub fn receipt(
        &self,
        transaction: &SolanaTransaction,
        journal: &mut Journal<'_>,
    ) -> Result<SolanaReceipt, Fault> {
        let error = self.status.as_ref().err().map(bincode::serialize);
        let error = error
            .transpose()
            .map_err(|error| Fault::Bug(format!("the error of a transaction: {error}")))?;
        let lamports = self.before.iter().zip(&self.after);
        let accounts = self.keys.iter().zip(lamports);
        let accounts = accounts.map(|(key, (before, after))| AccountLamports {
            id: account_id(key),
            before: before.lamports(),
            after: after.lamports(),
        });
        let lookups = transaction.versioned.message.address_table_lookups();
        let (mut writable, mut readonly) = (0_usize, 0_usize);
        for lookup in lookups.unwrap_or_default() {
            writable = writable.saturating_add(lookup.writable_indexes.len());
            readonly = readonly.saturating_add(lookup.readonly_indexes.len());
        }
        let returned = &self.return_data;
        let has_returned = !returned.data.is_empty();
        Ok(SolanaReceipt {
            signature: transaction.signature,
            payer: transaction.payer,
            error: error.map(Bytes::from),
            fee: self.fee,
            compute_units: self.compute_units,
            logs: self.logs.iter().collect(),
            inner_instructions: inner(&self.inner_instructions),
            return_data: has_returned.then(|| {
                let data = Bytes::copy_from_slice(&returned.data);
                (account_id(&returned.program_id), data)
            }),
            accounts: accounts.collect(),
            loaded_writable: u16::try_from(writable).unwrap_or(u16::MAX),
            loaded_readonly: u16::try_from(readonly).unwrap_or(u16::MAX),
            tokens_before: tokens::balances(journal, &self.keys, &self.before)?,
            tokens_after: tokens::balances(journal, &self.keys, &self.after)?,
        })
    }
}

fn inner(lists: &InnerInstructionsList) -> Vec<(u8, Vec<InnerInstruction>)> {
    let lists = (0_u8..=u8::MAX).zip(lists);
    let lists = lists.filter(|(_, list)| !list.is_empty());
    lists
        .map(|(number, list)| {
            let list = list.iter().map(|inner| InnerInstruction {
                program: inner.instruction.program_id_index,
                accounts: inner.instruction.accounts.clone(),
                data: Bytes::copy_from_slice(&inner.instruction.data),
                stack_height: inner.stack_height,
            });
            (number, list.collect())
        })
        .collect()
}
