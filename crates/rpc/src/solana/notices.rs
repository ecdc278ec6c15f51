//! What a subscription says of each block.

use super::{
    Block, ChainEvent, Committed,
    args::{self, Args},
    blocks,
    context::{Context, at},
    convert::Shape,
    error::RpcError,
    programs,
};
use lumio_types::AccountId;
use serde::Serialize;
use serde_json::{
    json,
    value::{RawValue, to_raw_value},
};
use solana_account::Account;
use solana_pubkey::Pubkey;
use solana_rpc_client_types::{
    config::{
        RpcAccountInfoConfig, RpcBlockSubscribeConfig, RpcBlockSubscribeFilter,
        RpcProgramAccountsConfig, RpcSignatureSubscribeConfig, RpcTransactionLogsFilter,
    },
    filter::RpcFilterType,
    response::{
        ProcessedSignatureResult, ReceivedSignatureResult, RpcBlockUpdate, RpcBlockUpdateError,
        RpcKeyedAccount, RpcLogsResponse, RpcSignatureResult,
    },
};
use solana_signature::Signature;
use solana_transaction_status::{BlockEncodingOptions, UiTransactionEncoding};
use std::collections::BTreeSet;

/// What a subscription is about.
pub(super) enum Kind {
    Account {
        key: Pubkey,
        shape: Shape,
        last: Option<Account>,
    },
    Program {
        program: Pubkey,
        filters: Vec<RpcFilterType>,
        shape: Shape,
    },
    Logs {
        mentions: Option<Pubkey>,
    },
    Block {
        mentions: Option<Pubkey>,
        encoding: UiTransactionEncoding,
        options: BlockEncodingOptions,
    },
    Signature {
        signature: Signature,
        tells_receipt: bool,
    },
    Slot,
    SlotsUpdates,
    Root,
}

/// Messages for a subscriber.
#[derive(Default)]
pub(super) struct Notices {
    pub(super) messages: Vec<Box<RawValue>>,
    /// Whether nothing comes after them.
    pub(super) is_last: bool,
}

impl Notices {
    fn add(&mut self, message: &impl Serialize) -> Result<(), RpcError> {
        let json = to_raw_value(message).map_err(|error| RpcError::Internal(error.to_string()))?;
        self.messages.push(json);
        Ok(())
    }
}

impl Kind {
    /// What a request of that name asks for.
    pub(super) fn read(name: &str, args: &Args<'_>) -> Result<Self, RpcError> {
        Ok(match name {
            "accountSubscribe" => {
                let config: RpcAccountInfoConfig = args.or_default(1)?;
                Self::Account {
                    key: args.key(0)?,
                    shape: Shape::new(config.encoding, config.data_slice),
                    last: None,
                }
            }
            "programSubscribe" => {
                let config: RpcProgramAccountsConfig = args.or_default(1)?;
                let filters = programs::checked(config.filters)?;
                let shown = config.account_config;
                Self::Program {
                    program: args.key(0)?,
                    filters,
                    shape: Shape::new(shown.encoding, shown.data_slice),
                }
            }
            "logsSubscribe" => Self::Logs {
                mentions: match args.get(0)? {
                    RpcTransactionLogsFilter::All | RpcTransactionLogsFilter::AllWithVotes => None,
                    RpcTransactionLogsFilter::Mentions(keys) => match keys.as_slice() {
                        [one] => Some(args::key(one)?),
                        _ => {
                            return Err(RpcError::InvalidParams(
                                "Invalid Request: Only 1 address supported".into(),
                            ));
                        }
                    },
                },
            },
            "blockSubscribe" => Self::block(args)?,
            "signatureSubscribe" => {
                let config: RpcSignatureSubscribeConfig = args.or_default(1)?;
                Self::Signature {
                    signature: args.signature(0)?,
                    tells_receipt: config.enable_received_notification.unwrap_or(false),
                }
            }
            "slotSubscribe" => Self::Slot,
            "slotsUpdatesSubscribe" => Self::SlotsUpdates,
            "rootSubscribe" => Self::Root,
            "voteSubscribe" => {
                return Err(RpcError::InvalidRequest(
                    "there are no votes on this chain: subscribe to blocks or slots".into(),
                ));
            }
            _ => return Err(RpcError::MethodNotFound),
        })
    }

    fn block(args: &Args<'_>) -> Result<Self, RpcError> {
        let mentions = match args.get(0)? {
            RpcBlockSubscribeFilter::All => None,
            RpcBlockSubscribeFilter::MentionsAccountOrProgram(key) => Some(args::key(&key)?),
        };
        let config: RpcBlockSubscribeConfig = args.or_default(1)?;
        Ok(Self::Block {
            mentions,
            encoding: config.encoding.unwrap_or(UiTransactionEncoding::Base64),
            options: BlockEncodingOptions {
                transaction_details: config.transaction_details.unwrap_or_default(),
                show_rewards: config.show_rewards.unwrap_or_default(),
                max_supported_transaction_version: config.max_supported_transaction_version,
            },
        })
    }

    /// What is to be said at once.
    pub(super) fn first(&mut self, context: &Context) -> Result<Notices, RpcError> {
        match self {
            Self::Account { key, last, .. } => {
                *last = context.state(None)?.account(key)?;
                Ok(Notices::default())
            }
            Self::Signature {
                signature,
                tells_receipt,
            } => match context.backend.transaction(signature)? {
                Some(found) => ended(&found, *tells_receipt),
                None => Ok(Notices::default()),
            },
            _ => Ok(Notices::default()),
        }
    }

    /// What is to be said of an event.
    pub(super) fn notices(
        &mut self,
        context: &Context,
        event: &ChainEvent,
    ) -> Result<Notices, RpcError> {
        if let Self::Account { key, shape, last } = self {
            return account(context, event, (key, *shape), last);
        }
        let ChainEvent::Block(block) = event else {
            return Ok(Notices::default());
        };
        let mut notices = Notices::default();
        let head = &block.head;
        match self {
            Self::Account { .. } => {}
            Self::Program {
                program,
                filters,
                shape,
            } => program_accounts(&mut notices, context, block, (program, filters, *shape))?,
            Self::Logs { mentions } => {
                let wanted = block.transactions.iter();
                for sent in wanted.filter(|sent| is_mentioned(sent, mentions.as_ref())) {
                    let logs = sent.transaction.meta.log_messages.clone();
                    let said = RpcLogsResponse {
                        signature: sent.signature().to_string(),
                        err: sent.error().cloned().map(Into::into),
                        logs: logs.unwrap_or_default(),
                    };
                    notices.add(&at(head.slot, said))?;
                }
            }
            Self::Block {
                mentions,
                encoding,
                options,
            } => {
                if let Some(update) = update(block, mentions.as_ref(), *encoding, options) {
                    notices.add(&at(head.slot, update))?;
                }
            }
            Self::Signature {
                signature,
                tells_receipt,
            } => {
                let mut sent = block.transactions.iter();
                if let Some(found) = sent.find(|sent| sent.signature() == *signature) {
                    return ended(found, *tells_receipt);
                }
            }
            Self::Slot => {
                let parent = head.parent_slot();
                notices.add(&json!({ "slot": head.slot, "parent": parent, "root": head.slot }))?;
            }
            Self::SlotsUpdates => steps(&mut notices, block)?,
            Self::Root => notices.add(&head.slot)?,
        }
        Ok(notices)
    }
}

fn is_mentioned(sent: &Committed, key: Option<&Pubkey>) -> bool {
    key.is_none_or(|key| {
        let keys = sent.transaction.account_keys();
        keys.iter().any(|other| other == key)
    })
}

fn ended(found: &Committed, tells_receipt: bool) -> Result<Notices, RpcError> {
    let mut notices = Notices::default();
    if tells_receipt {
        let received =
            RpcSignatureResult::ReceivedSignature(ReceivedSignatureResult::ReceivedSignature);
        notices.add(&at(found.slot, received))?;
    }
    let processed = ProcessedSignatureResult {
        err: found.error().cloned().map(Into::into),
    };
    notices.add(&at(
        found.slot,
        RpcSignatureResult::ProcessedSignature(processed),
    ))?;
    notices.is_last = true;
    Ok(notices)
}

/// The account, if it differs from the last time.
fn account(
    context: &Context,
    event: &ChainEvent,
    (key, shape): (&Pubkey, Shape),
    last: &mut Option<Account>,
) -> Result<Notices, RpcError> {
    let mut notices = Notices::default();
    if let ChainEvent::Block(block) = event {
        let changed = context.backend.changed(block.head.slot)?;
        if !changed.records.contains(key) && !changed.balances.contains(&form(key)) {
            return Ok(notices);
        }
    }
    let state = context.state(None)?;
    let now = state.account(key)?;
    if now == *last {
        return Ok(notices);
    }
    // One that is gone is shown as empty.
    let shown = now.clone().unwrap_or_default();
    let shown = shape.show(&*state, key, &shown)?;
    notices.add(&at(state.head().slot, shown))?;
    *last = now;
    Ok(notices)
}

/// The address under which an account's balance is.
fn form(key: &Pubkey) -> [u8; 20] {
    AccountId(key.to_bytes().into()).evm_address().into_array()
}

/// The accounts of a program that a block changed.
fn program_accounts(
    notices: &mut Notices,
    context: &Context,
    block: &Block,
    (program, filters, shape): (&Pubkey, &[RpcFilterType], Shape),
) -> Result<(), RpcError> {
    let changed = context.backend.changed(block.head.slot)?;
    let mut keys: BTreeSet<Pubkey> = changed.records.iter().copied().collect();
    for sent in &block.transactions {
        let named = sent.transaction.account_keys();
        let named = named
            .iter()
            .filter(|key| changed.balances.contains(&form(key)));
        keys.extend(named.copied());
    }
    let state = context.state(None)?;
    for key in keys {
        let Some(account) = state.account(&key)? else {
            continue;
        };
        if account.owner != *program || !programs::allows(filters, &account.data) {
            continue;
        }
        let shown = RpcKeyedAccount {
            pubkey: key.to_string(),
            account: shape.show(&*state, &key, &account)?,
        };
        notices.add(&at(state.head().slot, shown))?;
    }
    Ok(())
}

/// A block with those of its transactions that mention an account; nothing if none does.
fn update(
    block: &Block,
    mentions: Option<&Pubkey>,
    encoding: UiTransactionEncoding,
    options: &BlockEncodingOptions,
) -> Option<RpcBlockUpdate> {
    let sent = block.transactions.iter();
    let wanted: Vec<_> = sent
        .filter(|sent| is_mentioned(sent, mentions))
        .cloned()
        .collect();
    if mentions.is_some() && wanted.is_empty() {
        return None;
    }
    let part = Block {
        head: block.head,
        transactions: wanted,
    };
    let options = BlockEncodingOptions {
        transaction_details: options.transaction_details,
        ..*options
    };
    let shown = blocks::encoded(&part, encoding, options);
    let err = shown.as_ref().err().map(|error| match error {
        RpcError::TransactionVersion(version) => {
            RpcBlockUpdateError::UnsupportedTransactionVersion(*version)
        }
        _ => RpcBlockUpdateError::BlockStoreError,
    });
    Some(RpcBlockUpdate {
        slot: block.head.slot,
        block: shown.ok(),
        err,
    })
}

/// What happens to a block on Solana in steps happens to ours at once.
fn steps(notices: &mut Notices, block: &Block) -> Result<(), RpcError> {
    let slot = block.head.slot;
    let timestamp = block.head.timestamp.saturating_mul(1000);
    let failed = block
        .transactions
        .iter()
        .filter(|sent| sent.error().is_some());
    let failed = failed.count();
    let all = block.transactions.len();
    notices.add(&json!({
        "type": "createdBank", "slot": slot, "parent": block.head.parent_slot(),
        "timestamp": timestamp,
    }))?;
    notices.add(&json!({
        "type": "frozen", "slot": slot, "timestamp": timestamp,
        "stats": {
            "numTransactionEntries": all,
            "numSuccessfulTransactions": all.saturating_sub(failed),
            "numFailedTransactions": failed,
            "maxTransactionsPerEntry": all,
        },
    }))?;
    for step in ["optimisticConfirmation", "root"] {
        notices.add(&json!({ "type": step, "slot": slot, "timestamp": timestamp }))?;
    }
    Ok(())
}
