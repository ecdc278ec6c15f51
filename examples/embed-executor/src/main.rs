//! The executor embedded in a program: a transfer, then a call from the EVM into a second virtual
//! machine, then one that is undone in both because its caller reverts.
//!
//! The second machine is the mock of `lumio-vm-bus`, whose programs are lists of steps.

mod world;

use alloy_consensus::{SignableTransaction, TxEip1559};
use alloy_primitives::{Address, B256, Bytes, TxKind, U256, address, bytes};
use alloy_signer::SignerSync;
use alloy_signer_local::PrivateKeySigner;
use lumio_executor::{BlockContext, ChainSpec, Executed, Executor, Rules};
use lumio_state::{Journal, StateKey};
use lumio_types::{AccountId, Envelope, Transaction, VmId};
use lumio_vm_bus::{
    Absent, Bus, Vms,
    mock::{MockVm, Step},
};
use lumio_vm_evm::{Gateway, evm_transaction};
use world::World;

const CHAIN_ID: u64 = 1337;
const BOB: Address = address!("b0b0000000000000000000000000000000000000");
/// Where contracts of the EVM reach the program of the other machine.
const GATEWAY: Address = address!("ca11000000000000000000000000000000000000");
/// That program's account.
const COUNTER: AccountId = AccountId(B256::repeat_byte(0xc0));
/// A contract that calls the gateway, and then reverts.
const FICKLE: Address = address!("f1c1000000000000000000000000000000000000");
const FICKLE_CODE: Bytes = bytes!(
    // Five zeros, the gateway and the gas for CALL; two zeros for REVERT.
    "5f5f5f5f5f73ca110000000000000000000000000000000000005af15f5ffd"
);

fn main() -> anyhow::Result<()> {
    let mut chain = Chain::new()?;
    chain.send(BOB, U256::from(10).pow(U256::from(18)))?;
    println!("Bob has {} wei", chain.balance(BOB));

    let called = chain.send(GATEWAY, U256::ZERO)?;
    println!("the counter's cell is {}", chain.counter());
    println!("{} event, by the {}", called.events.len(), VmId::Move);

    let undone = chain.send(FICKLE, U256::ZERO)?;
    println!(
        "reverted: {}, with {} events; the cell is still {}",
        !undone.success,
        undone.events.len(),
        chain.counter()
    );
    Ok(())
}

/// Two virtual machines over one state, and the key of one user.
struct Chain {
    executor: Executor,
    mock: MockVm,
    world: World,
    alice: PrivateKeySigner,
    nonce: u64,
}

impl Chain {
    fn new() -> anyhow::Result<Self> {
        let executor = Executor::new(ChainSpec {
            chain_id: CHAIN_ID,
            rules: Rules::NEWEST,
            move_chain_id: None,
            has_svm: false,
        });
        let evm = executor.evm().clone().with_gateways(vec![Gateway {
            address: GATEWAY,
            vm: VmId::Move,
            target: COUNTER,
        }]);
        let program = vec![Step::Write(0, 42), Step::Emit(7)];
        let alice = PrivateKeySigner::from_bytes(&B256::repeat_byte(1))?;
        let mut world = World::default();
        world.fund(
            alice.address(),
            U256::from(100) * U256::from(10).pow(U256::from(18)),
        );
        world.deploy(FICKLE, FICKLE_CODE);
        Ok(Self {
            executor: executor.with_evm(evm),
            mock: MockVm::new([(COUNTER, program)].into()),
            world,
            alice,
            nonce: 0,
        })
    }

    /// Signs a transaction of Alice's, runs it, and keeps what it changes.
    fn send(&mut self, to: Address, value: U256) -> anyhow::Result<Executed> {
        let transaction = self.signed(to, value)?;
        let block = BlockContext {
            number: 1,
            timestamp: 1,
            gas_limit: 30_000_000,
            ..BlockContext::default()
        };
        // What `Executor::execute` does, with a machine more than it has.
        let transaction = evm_transaction(&transaction);
        let env = self.executor.env(&block, &transaction);
        let vms = Vms {
            evm: self.executor.evm(),
            move_vm: &self.mock,
            svm: &Absent,
        };
        let mut journal = Journal::new(&self.world);
        let mut bus = Bus::new(&mut journal, &env, vms, transaction.base.gas_limit);
        let transacted = self.executor.evm().transact(transaction, &mut bus)?;
        let executed = self.executor.settle(journal, transacted)?;
        self.world.apply(executed.writes.clone());
        Ok(executed)
    }

    fn signed(&mut self, to: Address, value: U256) -> anyhow::Result<Transaction> {
        let transaction = TxEip1559 {
            chain_id: CHAIN_ID,
            nonce: self.nonce,
            gas_limit: 200_000,
            to: TxKind::Call(to),
            value,
            ..TxEip1559::default()
        };
        self.nonce += 1;
        let signature = self.alice.sign_hash_sync(&transaction.signature_hash())?;
        let envelope = Envelope::Eip1559(transaction.into_signed(signature));
        Ok(Transaction::recover(envelope)?)
    }

    fn balance(&self, owner: Address) -> U256 {
        self.world.word(&StateKey::Balance(owner))
    }

    fn counter(&self) -> U256 {
        self.world.word(&MockVm::cell(VmId::Move, COUNTER, 0))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_call_stands_or_falls_in_both_machines() {
        let mut chain = Chain::new().unwrap();

        let undone = chain.send(FICKLE, U256::from(5)).unwrap();
        assert!(!undone.success);
        assert!(undone.events.is_empty());
        assert_eq!(chain.counter(), U256::ZERO);
        assert_eq!(chain.balance(FICKLE), U256::ZERO);

        let called = chain.send(GATEWAY, U256::ZERO).unwrap();
        assert!(called.success);
        assert_eq!(called.events.len(), 1);
        assert_eq!(called.events[0].origin.vm(), VmId::Move);
        assert_eq!(chain.counter(), U256::from(42));
    }

    #[test]
    fn a_transfer_moves_wei() {
        let mut chain = Chain::new().unwrap();
        let alice = chain.alice.address();
        let before = chain.balance(alice);
        chain.send(BOB, U256::from(7)).unwrap();
        assert_eq!(chain.balance(BOB), U256::from(7));
        assert_eq!(chain.balance(alice), before - U256::from(7));
    }
}
