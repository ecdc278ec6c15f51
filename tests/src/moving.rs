//! Move users on a chain in memory.

use crate::{
    chain::{CHAIN_ID, block},
    memory::Memory,
};
use alloy_consensus::{SignableTransaction, TxLegacy};
use alloy_primitives::{TxKind, U256};
use ed25519_dalek::{Signer, SigningKey};
use lumio_executor::{BlockContext, ChainSpec, ExecuteError, Executed, Executor, Rules};
use lumio_move_engine::{Address, ModuleId, TypeTag};
use lumio_move_transaction::{
    AccountAuthenticator, Bcs, Ed25519PublicKey, Ed25519Signature, EntryFunction, RawTransaction,
    RawTransactionWithData, SignedTransaction, TransactionAuthenticator, TransactionPayload,
};
use lumio_types::{AccountId, Envelope, MOVE_MAGIC, Transaction, sign_carrier, wei_of_octas};
use std::sync::OnceLock;

pub const MOVE_CHAIN_ID: u8 = 4;

/// Octas that a gas unit costs at the blocks' base fee.
pub const GAS_PRICE: u64 = 10;

pub fn executor() -> Executor {
    Executor::new(ChainSpec {
        chain_id: CHAIN_ID,
        rules: Rules::NEWEST,
        move_chain_id: Some(MOVE_CHAIN_ID),
        has_svm: false,
    })
}

/// A chain with Move's genesis and the start of a block.
pub fn chain(executor: &Executor, block: &BlockContext) -> Memory {
    let mut memory = Memory::default();
    let genesis = BlockContext {
        timestamp: 0,
        number: 0,
        ..block.clone()
    };
    let writes = executor.move_genesis(&memory, &genesis).unwrap().writes;
    memory.apply(&writes);
    let writes = executor.begin_block(&memory, block).unwrap();
    memory.apply(&writes);
    memory
}

/// The ETH of an account.
pub fn balance(memory: &Memory, owner: Address) -> U256 {
    let owner = AccountId(owner.0.into()).evm_address();
    let key = lumio_state::StateKey::Balance(owner);
    memory
        .0
        .get(&key)
        .and_then(|v| v.as_word())
        .unwrap_or_default()
}

pub fn fund(memory: &mut Memory, owner: Address, octas: u64) {
    memory.fund(AccountId(owner.0.into()).evm_address(), wei_of_octas(octas));
}

/// A Move account with its key.
pub struct MoveUser {
    key: SigningKey,
    pub address: Address,
    pub sequence_number: u64,
}

impl MoveUser {
    pub fn new(number: u8) -> Self {
        let key = SigningKey::from_bytes(&[number + 1; 32]);
        let public = Ed25519PublicKey(key.verifying_key().to_bytes());
        Self {
            address: Address(public.authentication_key()),
            key,
            sequence_number: 0,
        }
    }

    pub fn raw(&mut self, payload: TransactionPayload) -> RawTransaction {
        self.sequence_number += 1;
        RawTransaction {
            sender: self.address,
            sequence_number: self.sequence_number - 1,
            payload,
            max_gas_amount: 100_000,
            gas_unit_price: GAS_PRICE,
            expiration_timestamp_secs: 100_000,
            chain_id: MOVE_CHAIN_ID,
        }
    }

    pub fn sign(&self, raw: RawTransaction) -> SignedTransaction {
        let signature = self.key.sign(&raw.signing_message());
        SignedTransaction {
            raw,
            authenticator: TransactionAuthenticator::Ed25519 {
                key: Ed25519PublicKey(self.key.verifying_key().to_bytes()),
                signature: Ed25519Signature(signature.to_bytes()),
            },
        }
    }

    /// Signed by both; the second pays.
    pub fn sign_for(&self, raw: RawTransaction, payer: &Self) -> SignedTransaction {
        let with_payer = RawTransactionWithData::FeePayer {
            raw: raw.clone(),
            secondary: vec![],
            fee_payer: payer.address,
        };
        let message = with_payer.signing_message();
        SignedTransaction {
            authenticator: TransactionAuthenticator::FeePayer {
                sender: self.agrees(&message),
                secondary_addresses: vec![],
                secondary: vec![],
                fee_payer_address: payer.address,
                fee_payer: Box::new(payer.agrees(&message)),
            },
            raw,
        }
    }

    fn agrees(&self, message: &[u8]) -> AccountAuthenticator {
        AccountAuthenticator::Ed25519 {
            key: Ed25519PublicKey(self.key.verifying_key().to_bytes()),
            signature: Ed25519Signature(self.key.sign(message).to_bytes()),
        }
    }

    /// A signed call of an entry function, in a carrier.
    pub fn call(
        &mut self,
        function: (&str, &str),
        types: Vec<TypeTag>,
        arguments: Vec<Vec<u8>>,
    ) -> Transaction {
        self.call_at(Address::ONE, function, types, arguments)
    }

    pub fn call_at(
        &mut self,
        address: Address,
        (module, function): (&str, &str),
        type_arguments: Vec<TypeTag>,
        arguments: Vec<Vec<u8>>,
    ) -> Transaction {
        let raw = self.raw(TransactionPayload::EntryFunction(EntryFunction {
            module: ModuleId::new(address, module),
            function: function.into(),
            type_arguments,
            arguments,
        }));
        carrier(&self.sign(raw))
    }
}

/// An Ethereum transaction that brings a Move one, as the sequencer makes it.
pub fn carrier(signed: &SignedTransaction) -> Transaction {
    let tx = TxLegacy {
        chain_id: Some(CHAIN_ID),
        gas_limit: 50_000_000,
        to: TxKind::Create,
        input: [MOVE_MAGIC.as_slice(), &signed.to_bytes()].concat().into(),
        ..TxLegacy::default()
    };
    let signature = sign_carrier(tx.signature_hash());
    Transaction::recover(Envelope::Legacy(tx.into_signed(signature))).unwrap()
}

/// Runs a transaction and keeps what it changes.
pub fn run(
    executor: &Executor,
    memory: &mut Memory,
    block: &BlockContext,
    transaction: &Transaction,
) -> Result<Executed, ExecuteError> {
    let executed = executor.execute(memory, block, transaction)?;
    memory.apply(&executed.writes);
    Ok(executed)
}

/// A chain with Move, one block after another.
pub struct Scene {
    pub executor: Executor,
    pub memory: Memory,
    pub block: BlockContext,
}

impl Scene {
    /// At the start of block 1.
    #[allow(clippy::new_without_default)]
    pub fn new() -> Self {
        static ONCE: OnceLock<(Executor, Memory)> = OnceLock::new();
        let block = block(1);
        let made = || {
            let executor = executor();
            let memory = chain(&executor, &block);
            (executor, memory)
        };
        // With caches that stay warm.
        let (executor, memory) = ONCE.get_or_init(made).clone();
        Self {
            executor,
            memory,
            block,
        }
    }

    /// A Move account with an ETH.
    pub fn user(&mut self, number: u8) -> MoveUser {
        let user = MoveUser::new(number);
        fund(&mut self.memory, user.address, 100_000_000);
        user
    }

    /// The start of the next block.
    pub fn next_block(&mut self) {
        self.block = block(self.block.number + 1);
        let writes = self.executor.begin_block(&self.memory, &self.block);
        self.memory.apply(&writes.unwrap());
    }

    /// Runs a transaction and keeps what it changes; wei are conserved.
    pub fn run(&mut self, transaction: &Transaction) -> Result<Executed, ExecuteError> {
        let supply = self.memory.supply();
        let executed = run(&self.executor, &mut self.memory, &self.block, transaction);
        assert_eq!(self.memory.supply(), supply);
        executed
    }

    /// Runs a transaction that succeeds.
    pub fn succeed(&mut self, transaction: &Transaction) -> Executed {
        let executed = self.run(transaction).unwrap();
        assert!(
            executed.success,
            "{:?} {:?}",
            executed.halt, executed.carried
        );
        executed
    }

    /// Runs a Move transaction that fails and pays. Returns its status.
    pub fn fail(&mut self, transaction: &Transaction) -> String {
        let executed = self.run(transaction).unwrap();
        assert!(!executed.success);
        let carried = executed.carried.unwrap().into_move().unwrap();
        assert!(carried.gas_units > 0);
        assert_eq!(executed.events.len(), 1, "only the fee statement");
        carried.status
    }

    /// Runs a transaction that no block may contain. Returns the reason.
    pub fn refuse(&mut self, transaction: &Transaction) -> String {
        self.run(transaction).unwrap_err().to_string()
    }

    /// The first result of a view.
    pub fn view(&self, module: &ModuleId, function: &str, arguments: &[Vec<u8>]) -> Vec<u8> {
        let (memory, block) = (&self.memory, &self.block);
        let viewed = self
            .executor
            .with_move(memory, block, 10_000_000, |vm, bus| {
                vm.view(bus, (module, function), &[], arguments).unwrap()
            });
        viewed.unwrap().values.remove(0)
    }
}
