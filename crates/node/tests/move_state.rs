//! The state of Move in a node's chain: in the state root, undone with its blocks, numbered by
//! versions, there after a restart.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    unreachable_pub
)]

mod started;
#[allow(dead_code, reason = "the API's tests use the rest")]
mod user;

use alloy_eips::BlockId;
use alloy_primitives::{Address, B256, TxKind, U256, keccak256};
use alloy_rpc_types_eth::TransactionRequest;
use alloy_trie::{Nibbles, TrieAccount, proof::verify_proof};
use lumio_move_engine::{Address as MoveAddress, ModuleId, StructTag};
use lumio_move_transaction::{Bcs, SignedTransaction};
use lumio_node::inspect;
use lumio_state::{STATE_ACCOUNT, StateKey};
use lumio_storage::{AccountOrder, Database, Options};
use lumio_types::{AccountId, EventOrigin, MOVE_MAGIC, wei_of_octas};
use started::Started;
use std::path::Path;
use user::User;

impl Started {
    fn rich(&self) -> Address {
        self.backend.accounts()[0]
    }

    fn head(&self) -> u64 {
        self.backend.head_number()
    }

    fn state_root(&self) -> B256 {
        let (header, _) = self.backend.header(self.head()).unwrap().unwrap();
        header.state_root
    }

    fn fund(&self, who: MoveAddress, octas: u64) {
        let request = TransactionRequest::default()
            .from(self.rich())
            .to(ledger(who))
            .value(wei_of_octas(octas));
        self.backend.send(request).unwrap();
    }

    /// Sends a Move transaction in one of a funded account.
    fn carry(&self, signed: &SignedTransaction) -> B256 {
        let mut request = TransactionRequest::default()
            .from(self.rich())
            .gas_limit(12_000_000)
            .input([MOVE_MAGIC.as_slice(), &signed.to_bytes()].concat().into());
        request.to = Some(TxKind::Create);
        self.backend.send(request).unwrap()
    }

    fn balance(&self, who: MoveAddress) -> U256 {
        let at = BlockId::latest();
        self.backend.account(at, ledger(who)).unwrap().balance
    }

    /// What the state root of a block says about a key, checked as a light client does.
    fn committed(&self, number: u64, key: &StateKey) -> U256 {
        let (header, _) = self.backend.header(number).unwrap().unwrap();
        let slot = key.commitment_slot().unwrap();
        let at = BlockId::number(number);
        let proof = self.backend.proof(at, STATE_ACCOUNT, &[slot]).unwrap();
        let account = TrieAccount {
            nonce: proof.account.nonce,
            balance: proof.account.balance,
            storage_root: proof.storage_root,
            code_hash: proof.account.code_hash,
        };
        let path = Nibbles::unpack(keccak256(STATE_ACCOUNT));
        let leaf = Some(alloy_rlp::encode(account));
        verify_proof(header.state_root, path, leaf, &proof.proof).unwrap();
        let word = &proof.storage[0];
        let path = Nibbles::unpack(keccak256(slot.to_be_bytes::<32>()));
        let leaf = (!word.value.is_zero()).then(|| alloy_rlp::encode(word.value));
        verify_proof(proof.storage_root, path, leaf, &word.proof).unwrap();
        let read = self.backend.storage(at, STATE_ACCOUNT, slot);
        assert_eq!(read.unwrap(), word.value);
        word.value
    }
}

fn ledger(who: MoveAddress) -> Address {
    AccountId(who.0.into()).evm_address()
}

fn resource(owner: MoveAddress, module: &str, name: &str) -> StateKey {
    let tag = StructTag {
        module: ModuleId::new(MoveAddress::ONE, module),
        name: name.into(),
        type_arguments: Vec::new(),
    };
    lumio_vm_move::resource_key(owner, &tag)
}

fn stored(folder: &Path) -> Database {
    Database::open(folder, Options::default()).unwrap()
}

#[test]
fn the_state_root_commits_to_moves_state_and_a_revert_undoes_it() {
    let folder = tempfile::tempdir().unwrap();
    let node = Started::in_folder(folder.path(), |_| {});
    let mut alice = User::new(1);
    let bob = User::new(2);
    let module = lumio_vm_move::module_key(&ModuleId::new(MoveAddress::ONE, "account"));
    let account = resource(alice.address, "account", "Account");
    let clock = resource(MoveAddress::ONE, "timestamp", "CurrentTimeMicroseconds");
    assert!(!node.committed(0, &module).is_zero());
    let first_clock = node.committed(0, &clock);

    node.fund(alice.address, 100_000_000);
    let before = node.dev().snapshot().unwrap();
    let height = node.head();
    assert!(node.committed(height, &account).is_zero());
    assert_ne!(node.committed(height, &clock), first_clock);
    let root = node.state_root();

    node.carry(&alice.transfer(&bob, 1_000));
    assert_eq!(node.balance(bob.address), wei_of_octas(1_000));
    let first = node.committed(node.head(), &account);
    assert!(!first.is_zero());
    node.carry(&alice.transfer(&bob, 500));
    assert_eq!(node.balance(bob.address), wei_of_octas(1_500));
    assert_ne!(node.committed(node.head(), &account), first);
    assert_eq!(node.committed(height + 1, &account), first);

    assert!(node.dev().revert(before).unwrap());
    assert_eq!(node.state_root(), root);
    assert!(node.committed(height, &account).is_zero());
    assert_eq!(node.balance(bob.address), U256::ZERO);
    // The sequence number is free again.
    alice.sequence_number = 0;
    node.carry(&alice.transfer(&bob, 700));
    assert_eq!(node.balance(bob.address), wei_of_octas(700));
    let committed = node.committed(node.head(), &account);
    node.stop();
    let verified = inspect::verify(folder.path()).unwrap();
    assert!(verified.commitments > 100, "{verified}");
    let database = stored(folder.path());
    let snapshot = database.snapshot();
    let value = snapshot.latest_state().value(&account).unwrap().unwrap();
    assert_eq!(committed, U256::from_be_bytes(keccak256(&*value).0));
}

#[test]
fn versions_number_blocks_and_transactions_of_every_vm_across_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let mut alice = User::new(1);
    let bob = User::new(2);
    // Block 1 funds, 2 is empty, 3 and 4 carry.
    let node = Started::in_folder(folder.path(), |_| {});
    let rich = node.rich();
    node.fund(alice.address, 100_000_000);
    node.dev().mine(1, None).unwrap();
    let signed = alice.transfer(&bob, 1_000);
    let carrier = node.carry(&signed);
    node.stop();
    let node = Started::in_folder(folder.path(), |_| {});
    node.carry(&alice.transfer(&bob, 2_000));
    node.stop();

    let database = stored(folder.path());
    let snapshot = database.snapshot();
    let ranges = [(0, 0), (1, 2), (3, 3), (4, 5), (6, 7)];
    for (block, range) in (0..).zip(ranges) {
        assert_eq!(snapshot.version_range(block).unwrap(), Some(range));
    }
    assert_eq!(snapshot.latest_version().unwrap(), Some(7));
    let place = snapshot.place_of(carrier).unwrap().unwrap();
    assert_eq!(snapshot.version_of(place).unwrap(), Some(5));
    let hash = B256::from(signed.hash());
    assert_eq!(snapshot.place_of(hash).unwrap(), Some(place));

    let id = AccountId(alice.address.0.into());
    let versions = snapshot.versions_of_account(id, Some(0), 9).unwrap();
    let versions: Vec<_> = versions.iter().map(|found| found.version).collect();
    assert_eq!(versions, [5, 7]);
    let outer = snapshot
        .transactions_of_account(AccountId::from_evm(rich), Some(0), 9)
        .unwrap();
    let outer: Vec<_> = outer
        .iter()
        .map(|found| (found.version, found.order))
        .collect();
    let nonces = [(2, 0), (5, 1), (7, 2)].map(|(version, n)| (version, AccountOrder::Nonce(n)));
    assert_eq!(outer, nonces);

    let account = resource(alice.address, "account", "Account");
    let height = resource(MoveAddress::ONE, "block", "BlockResource");
    let changed = |version| -> Vec<StateKey> {
        let changes = snapshot.move_changes(version).unwrap();
        changes.into_iter().map(|(key, _)| key).collect()
    };
    for beginning in [1, 3, 4, 6] {
        assert!(changed(beginning).contains(&height), "{beginning}");
        assert!(!changed(beginning).contains(&account), "{beginning}");
    }
    assert!(changed(2).is_empty(), "of the EVM");
    for version in [5, 7] {
        assert!(changed(version).contains(&account), "{version}");
        let balance = StateKey::Balance(ledger(bob.address));
        assert!(changed(version).contains(&balance), "{version}");
    }
    // Each block is an event of one handle; the genesis block is the first.
    for (block, version) in (0..).zip([0, 1, 3, 4, 6]) {
        let events = snapshot.beginning_events(block).unwrap();
        let handle = events.iter().find_map(|event| match &event.origin {
            EventOrigin::Move(event) if &*event.type_tag == "0x1::block::NewBlockEvent" => {
                event.handle
            }
            _ => None,
        });
        let handle = handle.unwrap();
        assert_eq!(handle.sequence_number, block);
        let (creator, number) = (handle.creator, handle.creation_number);
        let found = snapshot.handle_events(creator, number, Some(block), 1);
        let found = found.unwrap();
        assert_eq!(found[0].version, version);
        assert!(events.contains(&found[0].event));
    }
    let genesis = lumio_vm_move::module_key(&ModuleId::new(MoveAddress::ONE, "account"));
    assert!(changed(0).contains(&genesis));
    let listed = snapshot
        .keys_with_prefix(&StateKey::resource_prefix(id), None, 100)
        .unwrap();
    assert!(listed.contains(&account), "{listed:?}");
    // Its account resource did not exist before its first transaction.
    let past = snapshot.state_at(2).unwrap();
    let listed = past.keys_with_prefix(&StateKey::resource_prefix(id), None, 100);
    assert!(!listed.unwrap().contains(&account));
    drop((past, snapshot, database));
    inspect::verify(folder.path()).unwrap();
}

#[test]
fn a_reset_leads_back_to_moves_genesis_beyond_the_kept_history() {
    let folder = tempfile::tempdir().unwrap();
    let node = Started::in_folder(folder.path(), |config| config.history_blocks = 2);
    let root = node.state_root();
    let mut alice = User::new(1);
    node.fund(alice.address, 100_000_000);
    for _ in 0..3 {
        node.carry(&alice.transfer_to(MoveAddress([9; 32]), 5));
    }
    node.dev().mine(5, None).unwrap();
    node.dev().reset().unwrap();
    assert_eq!(node.state_root(), root);
    alice.sequence_number = 0;
    node.fund(alice.address, 100_000_000);
    node.carry(&alice.transfer_to(MoveAddress([9; 32]), 5));
    node.stop();
    inspect::verify(folder.path()).unwrap();
    let database = stored(folder.path());
    let snapshot = database.snapshot();
    assert_eq!(snapshot.latest_version().unwrap(), Some(4));
}

#[test]
fn the_account_that_holds_the_commitment_cannot_be_emptied() {
    let folder = tempfile::tempdir().unwrap();
    let node = Started::in_folder(folder.path(), |_| {});
    let slot = U256::from(7);
    node.dev().set_nonce(STATE_ACCOUNT, 0).unwrap();
    node.dev()
        .set_storage(STATE_ACCOUNT, slot, B256::repeat_byte(1))
        .unwrap();
    node.dev().mine(2, None).unwrap();
    node.stop();
    inspect::verify(folder.path()).unwrap();
}
