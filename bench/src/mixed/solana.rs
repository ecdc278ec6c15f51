//! Solana's users, and their transactions. They are signed at their moment, because the blockhash
//! that they name expires after 150 blocks.

use crate::{
    signer::CHAIN_ID,
    svm_chain::{MINT_TO, SvmChain, TRANSFER, make_account, make_mint, token},
};
use alloy_consensus::{SignableTransaction, TxLegacy};
use alloy_primitives::{Address, B256, TxKind};
use anyhow::{Context as _, Result, anyhow};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use lumio_executor::SolanaBid;
use lumio_types::{Envelope, SOLANA_MAGIC, sign_carrier};
use lumio_vm_svm::account_id;
use solana_hash::Hash;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_message::{Message, VersionedMessage};
use solana_pubkey::Pubkey;
use solana_signer::Signer as _;
use solana_system_interface::instruction as system;
use solana_transaction::versioned::VersionedTransaction;

/// What a transaction does. Users are numbered.
#[derive(Debug, Clone, Copy)]
pub(super) enum Recipe {
    /// The first user makes the mint.
    Mint,
    /// The first user makes a token account for another one, with tokens in it.
    Account(usize),
    /// Lamports from one user to another. The amount makes each transaction another one.
    Sol { from: usize, to: usize, amount: u64 },
    /// The same with tokens.
    Spl { from: usize, to: usize, amount: u64 },
}

/// Users with their keys.
pub(super) struct Wallets {
    users: Vec<Keypair>,
    mint: Keypair,
    accounts: Vec<Keypair>,
    block_gas: u64,
    skips_preflight: bool,
}

/// A request, and the hash of the Ethereum transaction in which the blocks show it.
pub(super) struct Signed {
    pub(super) request: Vec<u8>,
    pub(super) hash: B256,
}

impl Wallets {
    pub(super) fn new(count: usize, block_gas: u64, skips_preflight: bool) -> Self {
        Self {
            users: (0..count).map(SvmChain::stranger).collect(),
            mint: SvmChain::stranger(count),
            accounts: (1..=count)
                .map(|number| SvmChain::stranger(count.saturating_add(number)))
                .collect(),
            block_gas,
            skips_preflight,
        }
    }

    /// The address under which the ledger keeps each user's lamports.
    pub(super) fn ledger(&self) -> impl Iterator<Item = Address> {
        let users = self.users.iter();
        users.map(|user| account_id(&user.pubkey()).evm_address())
    }

    /// A user's public key.
    ///
    /// # Errors
    /// When there is no such user.
    pub(super) fn key(&self, number: usize) -> Result<Pubkey> {
        Ok(self.user(number)?.pubkey())
    }

    fn user(&self, number: usize) -> Result<&Keypair> {
        self.users.get(number).context("no such user")
    }

    fn account(&self, number: usize) -> Result<&Keypair> {
        self.accounts.get(number).context("no such account")
    }

    /// Signs a transaction that names a blockhash.
    ///
    /// # Errors
    /// When it names a user that there is not.
    pub(super) fn sign(&self, recipe: Recipe, blockhash: Hash) -> Result<Signed> {
        let first = self.user(0)?;
        match recipe {
            Recipe::Mint => {
                let made = make_mint(&first.pubkey(), &self.mint.pubkey());
                self.render(&made, &[first, &self.mint], blockhash)
            }
            Recipe::Account(number) => {
                let account = self.account(number)?;
                let (mint, key) = (self.mint.pubkey(), account.pubkey());
                let (payer, owner) = (first.pubkey(), self.key(number)?);
                let mut made = make_account(&payer, &key, &mint, &owner).to_vec();
                made.push(token(MINT_TO, [&mint, &key, &payer], 1 << 40));
                self.render(&made, &[first, account], blockhash)
            }
            Recipe::Sol { from, to, amount } => {
                let from = self.user(from)?;
                let sent = system::transfer(&from.pubkey(), &self.key(to)?, amount);
                self.render(&[sent], &[from], blockhash)
            }
            Recipe::Spl { from, to, amount } => {
                let user = self.user(from)?;
                let (from, to) = (self.account(from)?.pubkey(), self.account(to)?.pubkey());
                let sent = token(TRANSFER, [&from, &to, &user.pubkey()], amount);
                self.render(&[sent], &[user], blockhash)
            }
        }
    }

    fn render(
        &self,
        instructions: &[Instruction],
        signers: &[&Keypair],
        blockhash: Hash,
    ) -> Result<Signed> {
        let payer = signers.first().context("nobody pays")?.pubkey();
        let message = Message::new_with_blockhash(instructions, Some(&payer), &blockhash);
        let message = VersionedMessage::Legacy(message);
        let signed = VersionedTransaction::try_new(message, signers)?;
        let wire = wincode::serialize(&signed)?;
        let bid = SolanaBid::of(&signed).map_err(|error| anyhow!("no bid: {error}"))?;
        // As the node makes it.
        let carrier = TxLegacy {
            chain_id: Some(CHAIN_ID),
            gas_limit: bid.gas_limit.min(self.block_gas),
            to: TxKind::Create,
            input: [SOLANA_MAGIC.as_slice(), &wire].concat().into(),
            ..TxLegacy::default()
        };
        let signature = sign_carrier(carrier.signature_hash());
        let envelope = Envelope::Legacy(carrier.into_signed(signature));
        let request = format!(
            r#"{{"jsonrpc":"2.0","id":1,"method":"sendTransaction","params":["{}",{{"encoding":"base64","skipPreflight":{}}}]}}"#,
            BASE64_STANDARD.encode(&wire),
            self.skips_preflight
        );
        Ok(Signed {
            request: request.into_bytes(),
            hash: envelope.tx_hash(),
        })
    }
}
