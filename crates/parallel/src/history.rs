//! What is known of transactions before they run: what is declared, and what was learnt.
//!
//! Declared are the sender, whose nonces are in order, who is paid, and what a Solana transaction
//! locks to write. Only named are addresses among the arguments of a call, such as to whom tokens
//! go. Learnt is which functions are contended: where a block's calls of one spoiled each other,
//! later blocks' calls of it are put in line. What was learnt is forgotten after some blocks, and
//! learnt anew if it still holds.

use crate::{
    hints::{Calls, Parties, Party},
    plan::Plan,
};
use alloy_consensus::Transaction as _;
use alloy_primitives::{
    Address,
    map::{DefaultHashBuilder, HashMap},
};
use lumio_move_transaction::ExecutableRef;
use lumio_types::{AccountId, CARRIER, Carried, Transaction};
use solana_message::MessageHeader;
use solana_pubkey::Pubkey;
use std::{borrow::Borrow, hash::BuildHasher};

/// Contended functions that are remembered.
const REMEMBERED: usize = 1024;
/// Blocks for which they are.
const BLOCKS: u64 = 64;
/// Arguments of a call that are looked at.
const ARGUMENTS: usize = 8;
/// Bytes that say which function of a contract is called, and bytes of an argument.
const SELECTOR: usize = 4;
const WORD: usize = 32;
/// When one in so many batches was spoiled, it is looked which transactions are why.
const SPOILED_BATCHES: usize = 16;
/// Blocks for which it is.
const BLOCKS_APART: u64 = 4;
/// A function of which one in so many of the spoiled calls of a block was, is why it gave up.
const SPOILED_SHARE: usize = 4;

/// How a block went.
#[derive(Clone, Copy, Debug)]
pub struct Went<'w> {
    /// Batches of which a run was for nothing.
    pub repeated: &'w [usize],
    /// Whether the rest was run in order after too many of them.
    pub gave_up: bool,
}

/// What was learnt of earlier blocks.
#[derive(Clone, Default)]
pub(super) struct History {
    hasher: DefaultHashBuilder,
    block: u64,
    /// Until this block, each transaction is run apart.
    apart_until: u64,
    /// Contended functions, with the block until which they are taken for that.
    contended: HashMap<u64, u64>,
}

/// Kinds of parties, so that an account and a function of the same bytes differ.
#[derive(Clone, Copy, Hash)]
enum Kind {
    Account,
    Function,
}

/// The accounts that a Solana transaction declares it writes: of the signers the first ones, and of
/// the others.
fn writable<'k>(header: &MessageHeader, keys: &'k [Pubkey]) -> impl Iterator<Item = &'k Pubkey> {
    let signers = usize::from(header.num_required_signatures);
    let read = usize::from(header.num_readonly_signed_accounts);
    let others_read = usize::from(header.num_readonly_unsigned_accounts);
    let others = keys.len().saturating_sub(others_read);
    let keys = keys.iter().enumerate();
    keys.filter(move |(place, _)| match *place < signers {
        true => *place < signers.saturating_sub(read),
        false => *place < others,
    })
    .map(|(_, key)| key)
}

/// The addresses among the first arguments of a call of a contract: words of 20 bytes that are no
/// small numbers.
fn named_by_call(input: &[u8]) -> impl Iterator<Item = Address> {
    let arguments = input.get(SELECTOR..).unwrap_or_default();
    let words = arguments.chunks_exact(WORD).take(ARGUMENTS);
    words.filter_map(|word| {
        let (zeros, address) = word.split_at_checked(WORD - 20)?;
        let is_small = address.starts_with(&[0; 4]);
        let is_address = zeros.iter().all(|byte| *byte == 0) && !is_small;
        is_address.then(|| Address::from_slice(address))
    })
}

/// Whether so many of a function's calls were spoiled that all of them are one line. On many
/// threads calls meet that only share an account now and then, and still go faster than in line:
/// of a line, all but the first of each of the threads' rounds is spoiled.
const fn is_line(spoiled: usize, calls: usize, threads: usize) -> bool {
    let all = threads.saturating_mul(2);
    spoiled.saturating_mul(all) >= calls.saturating_mul(all.saturating_sub(3))
}

impl History {
    /// How a block is divided among so many threads; not at all if one is as quick. Sometimes
    /// its transactions are run apart, to see which of them spoil each other.
    pub(super) fn plan(&self, parties: &Parties, threads: usize) -> Option<Plan> {
        Plan::new(parties.hints(), threads, self.block < self.apart_until)
    }

    /// Learns from a block which functions are contended.
    pub(super) fn learn<T: Borrow<Transaction>>(
        &mut self,
        transactions: &[T],
        plan: &Plan,
        went: &Went<'_>,
        threads: usize,
    ) {
        let Went { repeated, gave_up } = *went;
        self.block = self.block.saturating_add(1);
        if repeated.is_empty() {
            return;
        }
        if plan.size() > 1 {
            if repeated.len().saturating_mul(SPOILED_BATCHES) >= plan.len() {
                self.apart_until = self.block.saturating_add(BLOCKS_APART);
            }
            return;
        }
        let mut spoiled: HashMap<u64, usize> = HashMap::default();
        for number in repeated {
            let transaction = transactions.get(*number);
            if let Some(function) = transaction.and_then(|it| self.function(it.borrow())) {
                let count = spoiled.entry(function).or_default();
                *count = count.saturating_add(1);
            }
        }
        let mut calls: HashMap<u64, usize> = HashMap::default();
        for transaction in transactions {
            if let Some(function) = self.function(transaction.borrow())
                && spoiled.contains_key(&function)
            {
                let count = calls.entry(function).or_default();
                *count = count.saturating_add(1);
            }
        }
        let until = self.block.saturating_add(BLOCKS);
        for (function, spoiled) in spoiled {
            let calls = calls.get(&function).copied().unwrap_or_default();
            // Who gave up has not seen more of the calls than it took.
            let is_why = gave_up && spoiled.saturating_mul(SPOILED_SHARE) >= repeated.len();
            if calls > 1 && (is_why || is_line(spoiled, calls, threads)) {
                self.contended.insert(function, until);
            }
        }
        let block = self.block;
        self.contended.retain(|_, until| block <= *until);
        if self.contended.len() > REMEMBERED {
            self.contended.clear();
        }
    }

    /// Tells what a transaction may have in common with others.
    pub(super) fn parties(&self, transaction: &Transaction, mut tell: impl FnMut(Party)) -> Calls {
        let sender = transaction.sender();
        if sender != CARRIER {
            tell(self.declared(AccountId::from_evm(sender)));
        }
        match transaction.carried() {
            None => {
                let envelope = transaction.envelope();
                if let Some(to) = envelope.to().filter(|_| !envelope.value().is_zero()) {
                    tell(self.declared(AccountId::from_evm(to)));
                }
                for named in named_by_call(envelope.input()) {
                    tell(self.named(AccountId::from_evm(named)));
                }
            }
            Some(carried @ Carried::Move(inner)) => {
                tell(self.declared(carried.sender()));
                let executable = inner.signed.raw.payload.executable();
                if let ExecutableRef::EntryFunction(function) = executable {
                    let arguments = function.arguments.iter().take(ARGUMENTS);
                    let addresses = arguments.filter_map(|it| it.as_slice().try_into().ok());
                    addresses.for_each(|address| tell(self.named(AccountId(address))));
                }
            }
            Some(Carried::Solana(inner)) => {
                let message = &inner.versioned.message;
                for key in writable(message.header(), message.static_account_keys()) {
                    tell(self.declared(AccountId(key.to_bytes().into())));
                }
            }
        }
        if !self.contended.is_empty()
            && let Some(function) = self.function(transaction)
            && self.is_contended(function)
        {
            tell(Party::declared(function));
        }
        let runs_code =
            transaction.carried().is_some() || !transaction.envelope().input().is_empty();
        match runs_code {
            true => Calls::Something,
            false => Calls::Nothing,
        }
    }

    fn declared(&self, owner: AccountId) -> Party {
        Party::declared(self.hasher.hash_one((Kind::Account, owner)))
    }

    fn named(&self, owner: AccountId) -> Party {
        Party::named(self.hasher.hash_one((Kind::Account, owner)))
    }

    /// What a transaction calls, if that has a name.
    fn function(&self, transaction: &Transaction) -> Option<u64> {
        match transaction.carried() {
            None => {
                let envelope = transaction.envelope();
                let selector = envelope.input().get(..SELECTOR)?;
                let to = envelope.to()?;
                Some(self.hasher.hash_one((Kind::Function, to, selector)))
            }
            Some(Carried::Move(inner)) => {
                let ExecutableRef::EntryFunction(function) = inner.signed.raw.payload.executable()
                else {
                    return None;
                };
                let (module, name) = (&function.module, &function.function);
                let place = (module.address, module.name.as_str(), name.as_str());
                Some(self.hasher.hash_one((Kind::Function, place)))
            }
            // Its locks say more.
            Some(Carried::Solana(_)) => None,
        }
    }

    fn is_contended(&self, function: u64) -> bool {
        let until = self.contended.get(&function);
        until.is_some_and(|until| self.block <= *until)
    }
}
