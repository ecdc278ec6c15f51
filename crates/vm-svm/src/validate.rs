//! What is asked of a transaction before it waits for a block.

use agave_feature_set::FeatureSet;
use litesvm::LiteSVM;
use lumio_vm_bus::Host;
use solana_compute_budget_instruction::instructions_processor::process_compute_budget_instructions;
use solana_fee::FeeFeatures;
use solana_message::VersionedMessage;
use solana_svm_transaction::{instruction::SVMInstruction, svm_message::SVMStaticMessage};
use solana_transaction::versioned::VersionedTransaction;
use solana_transaction_error::TransactionError;
use std::sync::LazyLock;

use crate::{
    SvmVm, payer,
    precompiles::is_precompile,
    prices::{LAMPORTS_PER_SIGNATURE, Usage},
    status::SvmTransactError,
};

/// What a transaction offers for its place in a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bid {
    /// Lamports that it pays: for its signatures, and what it adds.
    pub fee: u64,
    /// The most EVM gas that it can use: its compute units, its accounts, the bytes that it lets
    /// them have, and events.
    pub gas_limit: u64,
}

impl Bid {
    /// What a transaction offers.
    ///
    /// # Errors
    /// When its compute budget instructions contradict each other, or ask for what is not there.
    pub fn of(transaction: &VersionedTransaction) -> Result<Self, TransactionError> {
        let message = &transaction.message;
        let keys = message.static_account_keys();
        let instructions = message.instructions().iter().filter_map(|instruction| {
            let program = keys.get(usize::from(instruction.program_id_index))?;
            Some((program, SVMInstruction::from(instruction)))
        });
        let limits = process_compute_budget_instructions(instructions, &FEATURES)?;
        let units = u64::from(limits.compute_unit_limit);
        let bytes = u64::from(limits.loaded_accounts_bytes.get());
        let signatures = u64::from(message.header().num_required_signatures);
        let checked = message.instructions().iter().map(|instruction| {
            let program = keys.get(usize::from(instruction.program_id_index));
            // The programs that check signatures say first how many.
            let count = instruction.data.first().copied().unwrap_or_default();
            match program.is_some_and(is_precompile) {
                true => u64::from(count),
                false => 0,
            }
        });
        let signatures = signatures.saturating_add(checked.sum());
        let usage = Usage {
            units,
            accounts: account_count(message),
            bytes,
            passed: 0,
            signatures,
            invocations: message.instructions().len() as u64,
            event_bytes: 0,
            face_gas: 0,
        };
        Ok(Self {
            fee: LAMPORTS_PER_SIGNATURE
                .saturating_mul(signatures)
                .saturating_add(limits.get_prioritization_fee()),
            gas_limit: usage.most_gas(),
        })
    }
}

/// Frozen with the pinned runtime.
static FEATURES: LazyLock<FeatureSet> = LazyLock::new(LiteSVM::mainnet_feature_set);

impl SvmVm {
    /// Whether a transaction could be in a block now, as far as its shape, its age and its payer
    /// tell: what a pool asks. Its signatures are not looked at.
    ///
    /// # Errors
    /// The reason if it could not.
    pub fn validate<'v>(
        &self,
        transaction: &VersionedTransaction,
        host: &mut dyn Host<'v>,
    ) -> Result<(), SvmTransactError> {
        let context = host.env().block.clone();
        let block = self.block(host.journal(), &context)?;
        let message = self.message(transaction, host, &block)?;
        let features = &self.settings().features;
        let limits = process_compute_budget_instructions(
            SVMStaticMessage::program_instructions_iter(&message),
            features,
        )?;
        let fee = solana_fee::calculate_fee_details(
            &message,
            LAMPORTS_PER_SIGNATURE,
            limits.get_prioritization_fee(),
            FeeFeatures::from(features),
        );
        payer::charge(host.journal(), &block, &message, self, fee.total_fee())?;
        Ok(())
    }
}

/// Accounts of a message, those of lookup tables included.
fn account_count(message: &VersionedMessage) -> u64 {
    let lookups = message.address_table_lookups().unwrap_or_default();
    let looked_up = lookups.iter().map(|lookup| {
        let writable = lookup.writable_indexes.len();
        writable.saturating_add(lookup.readonly_indexes.len())
    });
    let count = message
        .static_account_keys()
        .len()
        .saturating_add(looked_up.sum());
    count as u64
}
