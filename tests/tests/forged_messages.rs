//! X5: only who may speak for somebody is heard: events are of those who define them, system
//! accounts have no keys, and only a carrier carries.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use alloy_consensus::{Sealed, SignableTransaction, TxLegacy};
use alloy_primitives::{Address as EvmAddress, Bytes, TxKind, U256, keccak256};
use alloy_signer::SignerSync;
use lumio_move_engine::Address;
use lumio_move_transaction::{
    AccountAuthenticator, AnyPublicKey, AnySignature, Bcs, Script, Secp256k1PublicKey,
    Secp256k1Signature, TransactionAuthenticator, TransactionPayload,
};
use lumio_state::StateKey;
use lumio_tests::{
    chain::{CHAIN_ID, User},
    moving::{MoveUser, Scene, carrier},
    package::compiled,
};
use lumio_types::{AccountId, Carried, Envelope, EventOrigin, MOVE_MAGIC, Transaction};
use op_alloy_consensus::TxDeposit;
use sha3::{Digest, Sha3_256};

const BELL: &str = "
module hazards::bell {
    #[event] struct Rung has copy, drop, store { by: address }
    public fun rung(by: address): Rung { Rung { by } }
    public entry fun ring(by: &signer) {
        aptos_framework::event::emit(rung(std::signer::address_of(by)))
    }
}";

const SCRIPT: &str =
    "script { fun main() { aptos_framework::event::emit(hazards::bell::rung(@0x1)) } }";

const FORGER: &str = "
module hazards::forger {
    public entry fun forge() { aptos_framework::event::emit(hazards::bell::rung(@0x1)) }
}";

const GENERIC: &str = "
module hazards::forger {
    public fun any<T: drop + store>(event: T) { aptos_framework::event::emit(event) }
    public entry fun forge() { any(hazards::bell::rung(@0x1)) }
}";

#[test]
fn events_of_move_are_of_the_module_that_defines_them() {
    let mut scene = Scene::new();
    let (mut alice, mut mallory) = (scene.user(1), scene.user(2));
    let (bell, scripts) = compiled(&format!("{BELL}{SCRIPT}"), alice.address);
    scene.succeed(&alice.publish("Bell", &bell));
    let honest = alice.call_at(alice.address, ("bell", "ring"), vec![], vec![]);
    let executed = scene.succeed(&honest);
    let (_, creator) = alice.address.0.split_at(12);
    assert_eq!(executed.events[0].log.address.as_slice(), creator);

    let raw = mallory.raw(TransactionPayload::Script(Script {
        code: scripts[0].clone(),
        type_arguments: vec![],
        arguments: vec![],
    }));
    let status = scene.fail(&carrier(&mallory.sign(raw)));
    assert!(status.contains("CONSTRAINT_NOT_SATISFIED"), "{status}");

    for text in [FORGER, GENERIC] {
        // Compiled beside the bell of Alice, published elsewhere.
        let (modules, _) = compiled(&format!("{BELL}{text}"), Address([0xee; 32]));
        let forger = modules.into_iter().filter(|(name, _)| name == "forger");
        let forger: Vec<_> = forger
            .map(|(name, bytes)| (name, relinked(&bytes, alice.address, mallory.address)))
            .collect();
        let status = scene.fail(&mallory.publish("Forger", &forger));
        assert!(status.contains("CONSTRAINT_NOT_SATISFIED"), "{status}");
    }
}

/// The module at another address, with the bell of somebody else.
fn relinked(module: &[u8], bell: Address, own: Address) -> Vec<u8> {
    use lumio_move_engine::format::{ModuleHandle, read_module, write_module};
    let mut module = read_module(module).unwrap();
    let place = module
        .addresses
        .iter()
        .position(|it| it.0 == [0xee; 32])
        .unwrap();
    module.addresses[place] = bell;
    let next = module.addresses.len();
    module.addresses.push(own);
    let at = module.self_handle.index();
    let ModuleHandle { name, .. } = module.module_handles[at];
    module.module_handles[at] = ModuleHandle {
        address: lumio_move_engine::format::AddressIndex(u16::try_from(next).unwrap()),
        name,
    };
    write_module(&module).unwrap()
}

#[test]
fn a_log_of_a_contract_is_no_message() {
    let mut scene = Scene::new();
    let mut user = User::new(3, &mut scene.memory);
    let topics = [
        // `Call(address,bytes,bytes,bytes,bytes,bytes)` of the predeploy, and events of Move.
        "0xb1ee1c34db66e83584533a490e5cca83973604a6511b9c72c2d018d9ed9b1fad"
            .parse()
            .unwrap(),
        "0x64f273725c56a151b02d06f3391189ce0b819bb537919e3362e1a2348da5c95a"
            .parse()
            .unwrap(),
        keccak256(format!(
            "{}1::transaction_fee::FeeStatement",
            "0".repeat(63)
        )),
    ];
    for (number, topic) in topics.into_iter().enumerate() {
        let contract = EvmAddress::repeat_byte(0xa0 + u8::try_from(number).unwrap());
        let code = [&[0x7f], topic.as_slice(), &[0x60, 0x40, 0x5f, 0xa1]].concat();
        scene.memory.deploy(contract, code.into());
        let call = user.transaction(TxKind::Call(contract), U256::ZERO, Bytes::new(), 100_000);
        let executed = scene.succeed(&call);
        assert_eq!(executed.events.len(), 1);
        assert_eq!(executed.events[0].log.topics(), [topic]);
        assert!(!matches!(executed.events[0].origin, EventOrigin::Move(_)));
        for key in executed.writes.keys() {
            let expected = matches!(key, StateKey::Balance(_) | StateKey::EvmAccount(_));
            assert!(expected, "{key:?}");
        }
    }
}

#[test]
fn no_key_speaks_for_a_system_account() {
    let mut scene = Scene::new();
    let padded = |address: &str| Address(AccountId::from_evm(address.parse().unwrap()).0.0);
    let vault = Address(*b"lumio/native_coin/vault\0\0\0\0\0\0\0\0\0");
    let system = (0..=0x10).map(Address::small).chain([
        vault,
        padded("0x4200000000000000000000000000000000000011"),
        padded("0x4200000000000000000000000000000000000f00"),
        padded("0xdeaddeaddeaddeaddeaddeaddeaddeaddead0001"),
    ]);
    let mut mallory = MoveUser::new(9);
    for account in system {
        lumio_tests::moving::fund(&mut scene.memory, account, 100_000_000);
        let taken = mallory.call(
            ("aptos_account", "transfer"),
            vec![],
            vec![mallory.address.0.to_vec(), vec![1, 0, 0, 0, 0, 0, 0, 0]],
        );
        let Some(Carried::Move(inner)) = taken.carried() else {
            panic!("no carrier");
        };
        let mut raw = inner.signed.raw.clone();
        (raw.sender, raw.sequence_number) = (account, 0);
        let reason = scene.refuse(&carrier(&mallory.sign(raw)));
        assert!(
            reason.starts_with("INVALID_AUTH_KEY"),
            "{account}: {reason}"
        );
    }
}

#[test]
fn the_key_of_an_evm_account_does_not_sign_for_it_in_move() {
    let mut scene = Scene::new();
    let user = User::new(3, &mut scene.memory);
    let account = Address(AccountId::from_evm(user.address()).0.0);
    let mut other = MoveUser::new(9);
    let taken = other.call(
        ("aptos_account", "transfer"),
        vec![],
        vec![vec![7; 32], vec![0; 8]],
    );
    let Some(Carried::Move(inner)) = taken.carried() else {
        panic!("no carrier");
    };
    let mut raw = inner.signed.raw.clone();
    raw.sender = account;
    let hash = alloy_primitives::B256::from(sha3(&raw.signing_message()));
    let signature = user.signer.sign_hash_sync(&hash).unwrap();
    let signature = signature.normalize_s().unwrap_or(signature);
    let mut compact = [0; 64];
    compact[..32].copy_from_slice(&signature.r().to_be_bytes::<32>());
    compact[32..].copy_from_slice(&signature.s().to_be_bytes::<32>());
    let key = [&[4], user.signer.public_key().as_slice()].concat();
    let key = Secp256k1PublicKey(key.try_into().unwrap());
    let authenticator = TransactionAuthenticator::SingleSender(AccountAuthenticator::SingleKey {
        key: AnyPublicKey::Secp256k1(key),
        signature: AnySignature::Secp256k1(Secp256k1Signature(compact)),
    });
    let signed = lumio_move_transaction::SignedTransaction { raw, authenticator };
    assert!(signed.verify().is_ok(), "the signature holds");
    let reason = scene.refuse(&carrier(&signed));
    assert!(reason.starts_with("INVALID_AUTH_KEY"), "{reason}");
}

fn sha3(bytes: &[u8]) -> [u8; 32] {
    Sha3_256::digest(bytes).into()
}

#[test]
fn only_a_carrier_carries() {
    let mut scene = Scene::new();
    let mut alice = scene.user(1);
    let call = alice.call(
        ("aptos_account", "transfer"),
        vec![],
        vec![vec![7; 32], vec![9, 0, 0, 0, 0, 0, 0, 0]],
    );
    let Some(Carried::Move(inner)) = call.carried() else {
        panic!("no carrier");
    };
    let input = Bytes::from([MOVE_MAGIC.as_slice(), &inner.signed.to_bytes()].concat());
    // To an account, it is data.
    let mut user = User::new(3, &mut scene.memory);
    let data = user.transaction(
        TxKind::Call(EvmAddress::repeat_byte(7)),
        U256::ZERO,
        input.clone(),
        1_000_000,
    );
    assert!(data.carried().is_none());
    scene.succeed(&data);
    // A deposit, and a creation by somebody's signature that comes with another magic, are not.
    let deposit = TxDeposit {
        to: TxKind::Create,
        gas_limit: 1_000_000,
        input: input.clone(),
        ..TxDeposit::default()
    };
    let deposit = Transaction::recover(Envelope::Deposit(Sealed::new(deposit))).unwrap();
    assert!(deposit.carried().is_none());
    let mut other = input.to_vec();
    other[0] = b'm';
    let tx = TxLegacy {
        chain_id: Some(CHAIN_ID),
        to: TxKind::Create,
        gas_limit: 1_000_000,
        gas_price: 2_000_000_000,
        nonce: user.nonce,
        input: other.into(),
        ..TxLegacy::default()
    };
    let signature = user.signer.sign_hash_sync(&tx.signature_hash()).unwrap();
    let create = Transaction::recover(Envelope::Legacy(tx.into_signed(signature))).unwrap();
    assert!(create.carried().is_none());
    // The transaction is still good.
    scene.succeed(&call);
}
