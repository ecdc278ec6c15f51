//! The same transactions on our chain and in LiteSVM, and what must be the same of them.
//!
//! What differs on purpose, because LiteSVM is not all of Solana:
//!
//! - A transaction that was there already is refused here; LiteSVM's history is off.
//! - A transaction whose accounts cannot be loaded pays its fee here.
//! - A transaction with a durable nonce that fails uses the nonce up here, and the next nonce comes of
//!   the chain's last blockhash, not of the transaction's.
//! - The slot hashes are those of the blocks whose hash a transaction may name, and on Solana of more:
//!   LiteSVM is given the same.
//! - A program that was deployed runs from the next block on here: after each block with one, both go on.
//! - LiteSVM goes on running a program that was closed: it is told of it.
//! - An account that a loader owns, and that is no program, may be named as one: running it fails.
//! - LiteSVM looks at a transaction's age before its compute budget, and at the size of its lookup tables
//!   before its payer.
//! - LiteSVM takes what is not there for what is no program.

use crate::{
    SOL,
    cast::{Cast, POOR},
    chain::{Chain, show_block},
    loader, spl,
    step::{Age, Draft, Twist},
};
use alloy_primitives::{B256, U256};
use litesvm::{LiteSVM, types::TransactionMetadata};
use lumio_types::wei_of_lamports;
use lumio_vm_svm::{SvmTransactError, SvmTransacted, TOKEN_2022};
use proptest::prelude::*;
use solana_address_lookup_table_interface::state::AddressLookupTable;
use solana_hash::Hash;
use solana_instruction::{AccountMeta, Instruction};
use solana_message::{AddressLookupTableAccount, Message, VersionedMessage, v0};
use solana_nonce::state::DurableNonce;
use solana_pubkey::Pubkey;
use solana_sdk_ids::{bpf_loader_upgradeable, sysvar};
use solana_system_interface::instruction as system;
use solana_transaction::versioned::VersionedTransaction;
use solana_transaction_error::TransactionError;
use std::collections::{BTreeMap, HashSet};

/// How a transaction ended, by a word for each way: what tests look at to see that they draw enough.
pub type Endings = BTreeMap<String, u32>;

/// Runs the same transactions on both sides.
pub struct Both {
    chain: Chain,
    lite: LiteSVM,
    cast: Cast,
    sent: HashSet<Vec<u8>>,
    pub endings: Endings,
}

impl Both {
    pub fn new(dust: u64) -> Self {
        let lite = LiteSVM::new()
            .with_sigverify(false)
            .with_blockhash_check(true);
        let mut both = Self {
            chain: Chain::new(),
            lite,
            cast: Cast::new(),
            sent: HashSet::new(),
            endings: Endings::new(),
        };
        let users = both.cast.users().iter().map(|key| (*key, 500 * SOL));
        let poor = both.cast.poor().iter().copied().zip(POOR);
        let endowed: Vec<_> = users.chain(poor).collect();
        for (key, lamports) in endowed {
            let wei = wei_of_lamports(lamports) + U256::from(dust % 1_000_000_000);
            both.chain.give(&key, wei);
            let account = both.chain.account(&key).unwrap();
            both.lite.set_account(key, account).unwrap();
        }
        both.next_block();
        both.begin();
        both
    }

    /// Mints, accounts with tokens, a nonce, a lookup table, and a program.
    fn begin(&mut self) {
        let users = self.cast.users().to_vec();
        let first = users[0];
        let (nonce, lamports) = (self.cast.nonce_account(), spl::exempt(80));
        let mut scenes = vec![system::create_nonce_account(
            &first, &nonce, &first, lamports,
        )];
        for mint in self.cast.mints().to_vec() {
            let steps = self.cast.make_mint(&first, &mint);
            let program = steps.last().unwrap().program_id;
            scenes.push(steps);
            for user in &users {
                let account = spl::associated_of(&program, user, &mint);
                scenes.push(vec![
                    spl::make_associated_of(&program, &first, user, &mint),
                    spl::on(&program, spl::mint_to(&mint, &account, &first, 1_000)),
                ]);
            }
        }
        scenes.push(self.cast.make_first_table());
        scenes.extend(loader::scenes(&self.cast));
        for scene in scenes {
            let message = Message::new_with_blockhash(&scene, Some(&first), &self.blockhash());
            let sent = self.mirror(VersionedMessage::Legacy(message), false);
            assert!(sent.unwrap(), "{scene:?}");
        }
        self.next_block();
        self.endings.clear();
    }

    fn blockhash(&self) -> Hash {
        self.chain.blockhash()
    }

    fn next_block(&mut self) {
        self.lite.expire_blockhash();
        let hash = B256::from(self.lite.latest_blockhash().to_bytes());
        self.chain.next_block_after(hash);
        show_block(&self.chain, &mut self.lite);
    }

    fn nonce(&self) -> Option<Hash> {
        let account = self.chain.account(&self.cast.nonce_account())?;
        let value = account.data.get(40..72)?;
        Some(Hash::new_from_array(value.try_into().ok()?))
    }

    pub fn step(&mut self, draft: &Draft) -> Result<(), TestCaseError> {
        for _ in 1..draft.blocks {
            self.chain.next_block();
        }
        if draft.blocks > 0 {
            self.next_block();
        }
        let mut instructions = Vec::new();
        for step in &draft.steps {
            instructions.extend(self.cast.instructions(step, &self.chain));
        }
        if let Some(twist) = &draft.twist {
            self.twist(&mut instructions, twist);
        }
        let first = self.cast.users()[0];
        let advance = system::advance_nonce_account(&self.cast.nonce_account(), &first);
        let blockhash = match (draft.age, self.nonce()) {
            (Age::Nonce, Some(nonce)) => {
                instructions.insert(0, advance);
                nonce
            }
            (Age::NonceLater, Some(nonce)) => {
                instructions.push(advance);
                nonce
            }
            (Age::WrongNonce, _) => {
                instructions.insert(0, advance);
                Hash::new_from_array([7; 32])
            }
            (Age::Latest | Age::Nonce | Age::NonceLater, _) => self.blockhash(),
        };
        let payer = self.cast.payer(&draft.payer);
        let message = self.message(&payer, &instructions, draft, blockhash);
        let by_nonce = blockhash != self.blockhash();
        self.mirror(message, by_nonce)?;
        Ok(())
    }

    /// The message, with a table if the draft says so and it can be compiled with one.
    fn message(
        &self,
        payer: &Pubkey,
        instructions: &[Instruction],
        draft: &Draft,
        blockhash: Hash,
    ) -> VersionedMessage {
        let with_table = draft.table.as_ref().and_then(|(user, back, lies)| {
            let slot = self.chain.env.block.number;
            let key = self.cast.table(user, *back, slot);
            let mut addresses = self.addresses(&key);
            if *lies {
                addresses.extend(&self.cast.all);
            }
            let table = AddressLookupTableAccount { key, addresses };
            v0::Message::try_compile(payer, instructions, &[table], blockhash).ok()
        });
        match with_table {
            Some(message) => VersionedMessage::V0(message),
            None => {
                let message = Message::new_with_blockhash(instructions, Some(payer), &blockhash);
                VersionedMessage::Legacy(message)
            }
        }
    }

    /// What a table has, if it is one.
    fn addresses(&self, table: &Pubkey) -> Vec<Pubkey> {
        let account = self.chain.account(table).unwrap_or_default();
        match AddressLookupTable::deserialize(&account.data) {
            Ok(table) => table.addresses.to_vec(),
            Err(_) => Vec::new(),
        }
    }

    fn twist(&self, instructions: &mut [Instruction], twist: &Twist) {
        if instructions.is_empty() {
            return;
        }
        let at = twist.instruction.index(instructions.len());
        let instruction = &mut instructions[at];
        let other = self.cast.any(&twist.other);
        if twist.kind == 7 {
            let length = instruction.data.len();
            instruction.data.truncate(twist.account.index(length + 1));
        }
        if twist.kind == 8 && !instruction.data.is_empty() {
            let place = twist.account.index(instruction.data.len());
            instruction.data[place] ^= 1 << twist.other.index(8);
        }
        let accounts = &mut instruction.accounts;
        if accounts.is_empty() {
            return;
        }
        let place = twist.account.index(accounts.len());
        match twist.kind {
            0 => accounts[place].is_signer = false,
            1 => accounts[place].is_writable = false,
            2 => accounts[place].is_writable = true,
            3 => accounts[place].pubkey = other,
            4 => accounts[place].pubkey = twist.other.get(accounts).pubkey,
            5 => {
                accounts.remove(place);
            }
            6 => accounts.push(AccountMeta::new(other, false)),
            _ => {}
        }
    }

    /// Runs a transaction on both sides and compares. Whether it succeeded.
    fn mirror(&mut self, message: VersionedMessage, by_nonce: bool) -> Result<bool, TestCaseError> {
        if !self.sent.insert(message.serialize()) {
            return Ok(false);
        }
        let count = usize::from(message.header().num_required_signatures);
        let transaction = VersionedTransaction {
            signatures: vec![Default::default(); count],
            message,
        };
        let supply = self.chain.supply();
        let ours = self.chain.try_send(&transaction);
        let theirs = self.lite.send_transaction(transaction.clone());
        prop_assert_eq!(self.chain.supply(), supply, "wei are conserved");

        let (error, meta) = match theirs {
            Ok(meta) => (None, meta),
            Err(failed) => (Some(failed.err), failed.meta),
        };
        let sent = match ours {
            Err(SvmTransactError::Refused(refused)) => {
                self.note("refused", &refused);
                if !is_seen_first(&refused, error.as_ref()) {
                    prop_assert_eq!(Some(refused), error, "{:?}", transaction.message);
                }
                return Ok(false);
            }
            Err(other) => return Err(TestCaseError::fail(other.to_string())),
            Ok(sent) => sent,
        };
        match &sent.status {
            Ok(()) => self.note_success(&transaction.message, &sent, by_nonce),
            Err(error) => self.note("failed", error),
        }
        let is_unlike = self.names_no_program(&sent, error.as_ref());
        if !is_unlike {
            compare(&sent, error.as_ref(), &meta)?;
        }
        self.settle(&transaction, &sent, error.as_ref(), by_nonce)?;
        for key in &sent.keys {
            let (ours, theirs) = (self.chain.account(key), self.lite.get_account(key));
            // What genesis deploys has other lamports there.
            let is_of_genesis = |account: &solana_account::Account| {
                account.owner == sysvar::id()
                    || (account.executable && !self.cast.all.contains(key))
            };
            if theirs.as_ref().is_some_and(is_of_genesis) {
                continue;
            }
            let theirs = theirs.filter(|account| account.lamports > 0);
            prop_assert_eq!(ours, theirs, "{}", key);
        }
        if sent.keys.contains(&bpf_loader_upgradeable::id()) {
            self.next_block();
        }
        Ok(sent.status.is_ok())
    }

    fn note_success(&mut self, message: &VersionedMessage, sent: &SvmTransacted, by_nonce: bool) {
        let lookups = message.address_table_lookups().unwrap_or_default();
        for (what, is_so) in [
            ("success", true),
            ("success by a nonce", by_nonce),
            ("success with a table", !lookups.is_empty()),
            ("success with a result", !sent.return_data.data.is_empty()),
            (
                "success of the loader",
                sent.keys.contains(&bpf_loader_upgradeable::id()),
            ),
            ("success of Token-2022", sent.keys.contains(&TOKEN_2022)),
        ] {
            *self.endings.entry(what.into()).or_default() += u32::from(is_so);
        }
    }

    fn note(&mut self, how: &str, error: &TransactionError) {
        let error = format!("{error:?}");
        let name = error.split(['(', ' ', '{']).next().unwrap_or_default();
        *self.endings.entry(format!("{how}: {name}")).or_default() += 1;
    }

    /// Whether an instruction names something as its program that is none, which LiteSVM calls by
    /// one name.
    fn names_no_program(&self, sent: &SvmTransacted, theirs: Option<&TransactionError>) -> bool {
        theirs == Some(&TransactionError::InvalidProgramForExecution)
            && match &sent.status {
                Err(TransactionError::ProgramAccountNotFound) => true,
                // It belongs to the loader.
                Err(TransactionError::InstructionError(..)) => {
                    sent.keys
                        .iter()
                        .any(|key| self.cast.buffers().contains(key))
                        || sent
                            .keys
                            .iter()
                            .any(|key| self.cast.programs().contains(key))
                }
                _ => false,
            }
    }

    /// Tells LiteSVM what differs on purpose.
    fn settle(
        &mut self,
        transaction: &VersionedTransaction,
        sent: &SvmTransacted,
        error: Option<&TransactionError>,
        by_nonce: bool,
    ) -> Result<(), TestCaseError> {
        let mut told = Vec::new();
        if let Some(
            TransactionError::MaxLoadedAccountsDataSizeExceeded
            | TransactionError::ProgramAccountNotFound
            | TransactionError::InvalidProgramForExecution,
        ) = error
        {
            told.push(transaction.message.static_account_keys()[0]);
        }
        if by_nonce {
            // Unless it was given up, it is the next one, whether the transaction failed or not.
            if let Some(value) = self.nonce() {
                let next = DurableNonce::from_blockhash(&self.blockhash());
                prop_assert_eq!(&value, next.as_hash());
            }
            let is_nonce = |key: &&Pubkey| {
                let account = self.chain.account(key);
                account.is_some_and(|account| account.data.len() == 80)
            };
            told.extend(sent.keys.iter().filter(is_nonce));
        }
        if sent.status.is_ok() {
            told.extend(
                self.cast
                    .programs()
                    .iter()
                    .filter(|key| sent.keys.contains(key)),
            );
        }
        for key in told {
            let account = self.chain.account(&key).unwrap_or_default();
            self.lite.set_account(key, account).unwrap();
        }
        Ok(())
    }
}

/// Whether, of two reasons to refuse a transaction, LiteSVM sees the other one first.
fn is_seen_first(ours: &TransactionError, theirs: Option<&TransactionError>) -> bool {
    use TransactionError as E;
    let is_of_budget = matches!(
        ours,
        E::InstructionError(..)
            | E::DuplicateInstruction(_)
            | E::InvalidLoadedAccountsDataSizeLimit
    );
    match theirs {
        Some(E::BlockhashNotFound) => is_of_budget,
        Some(E::MaxLoadedAccountsDataSizeExceeded) => !is_of_budget,
        _ => false,
    }
}

fn compare(
    sent: &SvmTransacted,
    error: Option<&TransactionError>,
    meta: &TransactionMetadata,
) -> Result<(), TestCaseError> {
    let status = sent.status.as_ref().err();
    prop_assert_eq!(
        status,
        error,
        "{:?} {:#?} {:#?}",
        sent.keys,
        sent.logs,
        meta.logs
    );
    prop_assert_eq!(&sent.logs, &meta.logs);
    prop_assert_eq!(sent.compute_units, meta.compute_units_consumed);
    prop_assert_eq!(sent.fee, meta.fee);
    if error.is_none() {
        prop_assert_eq!(&sent.inner_instructions, &meta.inner_instructions);
        prop_assert_eq!(&sent.return_data, &meta.return_data);
    }
    Ok(())
}
