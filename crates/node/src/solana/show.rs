//! Solana transactions in blocks, in the form in which their clients' types have them.

use crate::solana::{Result, SolanaBackend, internal};
use alloy_primitives::B256;
use lumio_rpc::solana::{Block as ShownBlock, Committed};
use lumio_storage::Snapshot;
use lumio_types::{
    AccountId, Block, Carried, CarriedReceipt, Receipt, SolanaReceipt, SolanaTransaction,
    TokenBalance, Transaction,
};
use solana_account_decoder::parse_account_data::SplTokenAdditionalDataV2;
use solana_account_decoder::parse_token::token_amount_to_ui_amount_v3;
use solana_message::{compiled_instruction::CompiledInstruction, v0::LoadedAddresses};
use solana_pubkey::Pubkey;
use solana_transaction_context::transaction::TransactionReturnData;
use solana_transaction_error::TransactionError;
use solana_transaction_status::{
    InnerInstruction, InnerInstructions, TransactionStatusMeta, TransactionTokenBalance,
    VersionedTransactionWithStatusMeta,
};
use std::sync::Arc;

fn key_of(id: AccountId) -> Pubkey {
    Pubkey::new_from_array(id.0.0)
}

/// How a transaction ended.
pub(super) fn status_of(
    receipt: &SolanaReceipt,
) -> Result<std::result::Result<(), TransactionError>> {
    match &receipt.error {
        None => Ok(Ok(())),
        Some(bytes) => match bincode::deserialize(bytes) {
            Ok(error) => Ok(Err(error)),
            Err(error) => Err(internal(format!("the error of a transaction: {error}"))),
        },
    }
}

/// A transaction with what it did.
pub(super) fn with_meta(
    transaction: &SolanaTransaction,
    receipt: &SolanaReceipt,
) -> Result<VersionedTransactionWithStatusMeta> {
    let returned = receipt.return_data.as_ref();
    Ok(VersionedTransactionWithStatusMeta {
        transaction: transaction.versioned.clone(),
        meta: TransactionStatusMeta {
            status: status_of(receipt)?,
            fee: receipt.fee,
            pre_balances: receipt.accounts.iter().map(|it| it.before).collect(),
            post_balances: receipt.accounts.iter().map(|it| it.after).collect(),
            inner_instructions: Some(inner(receipt)),
            log_messages: Some(receipt.logs.iter().map(Into::into).collect()),
            pre_token_balances: Some(tokens(&receipt.tokens_before)),
            post_token_balances: Some(tokens(&receipt.tokens_after)),
            rewards: Some(Vec::new()),
            loaded_addresses: loaded(receipt),
            return_data: returned.map(|(program, data)| TransactionReturnData {
                program_id: key_of(*program),
                data: data.to_vec(),
            }),
            compute_units_consumed: Some(receipt.compute_units),
            cost_units: None,
        },
    })
}

/// The addresses that came from lookup tables: they stand after those that the message names.
fn loaded(receipt: &SolanaReceipt) -> LoadedAddresses {
    let (writable, readonly) = (
        usize::from(receipt.loaded_writable),
        usize::from(receipt.loaded_readonly),
    );
    let named = receipt
        .accounts
        .len()
        .saturating_sub(writable.saturating_add(readonly));
    let mut keys = receipt.accounts.iter().skip(named).map(|it| key_of(it.id));
    LoadedAddresses {
        writable: keys.by_ref().take(writable).collect(),
        readonly: keys.collect(),
    }
}

fn inner(receipt: &SolanaReceipt) -> Vec<InnerInstructions> {
    let lists = receipt.inner_instructions.iter();
    let lists = lists.map(|(index, list)| InnerInstructions {
        index: *index,
        instructions: list
            .iter()
            .map(|inner| InnerInstruction {
                instruction: CompiledInstruction {
                    program_id_index: inner.program,
                    accounts: inner.accounts.clone(),
                    data: inner.data.to_vec(),
                },
                stack_height: Some(u32::from(inner.stack_height)),
            })
            .collect(),
    });
    lists.collect()
}

fn tokens(balances: &[TokenBalance]) -> Vec<TransactionTokenBalance> {
    let shown = balances.iter().map(|balance| {
        let unit = SplTokenAdditionalDataV2 {
            decimals: balance.decimals,
            ..Default::default()
        };
        TransactionTokenBalance {
            account_index: balance.account,
            mint: key_of(balance.mint).to_string(),
            ui_token_amount: token_amount_to_ui_amount_v3(balance.amount, &unit),
            owner: key_of(balance.owner).to_string(),
            program_id: key_of(balance.program).to_string(),
        }
    });
    shown.collect()
}

/// The Solana transaction that another one brought, with what it did.
pub(super) fn carried(
    sent: &Transaction,
    receipt: &Receipt,
) -> Result<Option<VersionedTransactionWithStatusMeta>> {
    let Some(Carried::Solana(inner)) = sent.carried() else {
        return Ok(None);
    };
    let receipt = receipt.carried.as_ref().and_then(CarriedReceipt::as_solana);
    let receipt = receipt.ok_or_else(|| internal("a Solana transaction has no receipt"))?;
    with_meta(inner, receipt).map(Some)
}

impl SolanaBackend {
    /// A block with its Solana transactions.
    pub(super) fn shown(
        &self,
        snapshot: &Snapshot,
        block: &Block,
        receipts: &[Receipt],
    ) -> Result<Arc<ShownBlock>> {
        let hash: B256 = block.hash();
        if let Some(shown) = self.blocks.lock().get(&hash) {
            return Ok(Arc::clone(shown));
        }
        let head = super::block_head(snapshot, block.number())?;
        let head = head.ok_or_else(|| internal("a block is missing"))?;
        let mut transactions = Vec::new();
        let all = block.transactions.iter().zip(receipts);
        for (index, (sent, receipt)) in (0..).zip(all) {
            if let Some(transaction) = carried(sent, receipt)? {
                transactions.push(Committed {
                    slot: head.slot,
                    timestamp: head.timestamp,
                    index,
                    transaction,
                });
            }
        }
        let shown = Arc::new(ShownBlock { head, transactions });
        self.blocks.lock().put(hash, Arc::clone(&shown));
        Ok(shown)
    }
}
