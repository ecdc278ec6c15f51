//! Solana users on a chain in memory that has all three machines.

use crate::{
    chain::{CHAIN_ID, block},
    memory::Memory,
    moving::MOVE_CHAIN_ID,
};
use alloy_consensus::{SignableTransaction, TxLegacy};
use alloy_primitives::{TxKind, U256};
use lumio_executor::{BlockContext, ChainSpec, Executed, Executor, Rules};
use lumio_types::{
    AccountId, Envelope, SOLANA_MAGIC, Transaction, lamports_of, sign_carrier, wei_of_lamports,
};
use solana_hash::Hash;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_message::{Message, VersionedMessage};
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use solana_transaction::versioned::VersionedTransaction;

/// Gas of each carrier: what the largest Solana transaction may use.
pub const GAS: u64 = 30_000_000;

/// A chain with all three machines.
pub fn executor() -> Executor {
    Executor::new(ChainSpec {
        chain_id: CHAIN_ID,
        rules: Rules::NEWEST,
        move_chain_id: Some(MOVE_CHAIN_ID),
        has_svm: true,
    })
}

/// What every block has.
pub fn next_block(number: u64) -> BlockContext {
    BlockContext {
        parent_hash: U256::from(number).into(),
        ..block(number)
    }
}

/// A chain with the geneses of Move and Solana, and the start of a block.
pub fn chain(executor: &Executor, block: &BlockContext) -> Memory {
    let mut memory = Memory::default();
    let genesis = BlockContext {
        timestamp: 0,
        number: 0,
        ..block.clone()
    };
    let writes = executor.move_genesis(&memory, &genesis).unwrap().writes;
    memory.apply(&writes);
    let writes = executor.solana_genesis(&memory, &genesis).unwrap().writes;
    memory.apply(&writes);
    begin(executor, &mut memory, block);
    memory
}

/// The start of a block.
pub fn begin(executor: &Executor, memory: &mut Memory, block: &BlockContext) {
    let writes = executor.begin_block(memory, block).unwrap();
    memory.apply(&writes);
}

/// Runs a transaction and keeps what it changes. Wei are conserved: what it pays besides stays with the
/// chain.
pub fn keep(
    executor: &Executor,
    memory: &mut Memory,
    block: &BlockContext,
    transaction: &Transaction,
) -> Executed {
    let before = memory.supply();
    let done = executor.execute(memory, block, transaction).unwrap();
    memory.apply(&done.writes);
    assert_eq!(memory.supply(), before, "wei are conserved");
    done
}

/// The account behind a public key.
pub fn id_of(key: &Pubkey) -> AccountId {
    AccountId(key.to_bytes().into())
}

/// Lamports of an account.
pub fn lamports(memory: &Memory, key: &Pubkey) -> u64 {
    let balance = lumio_state::StateKey::Balance(id_of(key).evm_address());
    let wei = memory.0.get(&balance).and_then(|value| value.as_word());
    lamports_of(wei.unwrap_or_default()).unwrap().units
}

/// Gives an account its first lamports.
pub fn fund(memory: &mut Memory, key: &Pubkey, lamports: u64) {
    memory.fund(id_of(key).evm_address(), wei_of_lamports(lamports));
}

/// A Solana key pair.
pub struct SolanaUser(pub Keypair);

impl SolanaUser {
    /// The one of a number.
    pub fn new(number: u8) -> Self {
        Self(Keypair::new_from_array([number + 101; 32]))
    }

    /// Its public key.
    pub fn key(&self) -> Pubkey {
        self.0.pubkey()
    }

    /// Instructions, signed by this user and others, in a carrier. The blockhash is that of the
    /// block's parent.
    pub fn send(
        &self,
        block: &BlockContext,
        others: &[&Keypair],
        instructions: &[Instruction],
    ) -> Transaction {
        carrier(&self.sign(block, others, instructions))
    }

    /// The same without a carrier.
    pub fn sign(
        &self,
        block: &BlockContext,
        others: &[&Keypair],
        instructions: &[Instruction],
    ) -> VersionedTransaction {
        let blockhash = Hash::new_from_array(block.parent_hash.0);
        let message = Message::new_with_blockhash(instructions, Some(&self.key()), &blockhash);
        let mut signers: Vec<&Keypair> = vec![&self.0];
        signers.extend(others);
        let message = VersionedMessage::Legacy(message);
        VersionedTransaction::try_new(message, &signers).unwrap()
    }
}

/// A transaction in a carrier.
pub fn carrier(transaction: &VersionedTransaction) -> Transaction {
    let wire = wincode::serialize(transaction).unwrap();
    carrier_of(&wire)
}

/// Bytes that should be a Solana transaction, in a carrier.
pub fn carrier_of(wire: &[u8]) -> Transaction {
    let envelope = TxLegacy {
        chain_id: Some(CHAIN_ID),
        gas_limit: GAS,
        to: TxKind::Create,
        input: [SOLANA_MAGIC.as_slice(), wire].concat().into(),
        ..TxLegacy::default()
    };
    let signature = sign_carrier(envelope.signature_hash());
    Transaction::recover(Envelope::Legacy(envelope.into_signed(signature))).unwrap()
}
