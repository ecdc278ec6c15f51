//! X12: whatever a carrier brings, it is refused, or it runs to an end and pays; nothing panics, and
//! nobody but the sender loses anything.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use alloy_consensus::{SignableTransaction, TxLegacy};
use alloy_primitives::TxKind;
use lumio_executor::ExecuteError;
use lumio_move_engine::{
    Address, ModuleId, TypeTag,
    format::{SignatureToken, read_module},
};
use lumio_move_transaction::{
    Bcs, EntryFunction, Script, SignedTransaction, TransactionArgument, TransactionPayload,
};
use lumio_state::StateKey;
use lumio_tests::{
    memory::Memory,
    mix::{VAULT, balances},
    moving::{MoveUser, Scene, carrier},
    package::{compiled, hazards, publication},
};
use lumio_types::{
    AccountId, Carried, DecodeTransactionError, Envelope, MOVE_MAGIC, MoveTransaction, Transaction,
    sign_carrier, wei_of_octas,
};
use proptest::{prelude::*, sample::Index};
use std::{cell::RefCell, sync::OnceLock};

/// An entry function and what it takes, without signers.
struct Entry {
    module: ModuleId,
    function: String,
    type_parameters: usize,
    parameters: Vec<SignatureToken>,
}

/// Of the whole framework.
fn entries() -> &'static [Entry] {
    static ONCE: OnceLock<Vec<Entry>> = OnceLock::new();
    ONCE.get_or_init(|| {
        let mut entries = Vec::new();
        let modules = lumio_framework::PACKAGES.iter().flat_map(|it| it.modules);
        for (_, bytes) in modules {
            let module = read_module(bytes).unwrap();
            let own = &module.module_handles[module.self_handle.index()];
            let address = module.addresses[own.address.index()];
            let name = module.identifiers[own.name.index()].as_str();
            for def in module.function_defs.iter().filter(|def| def.is_entry) {
                let handle = &module.function_handles[def.handle.index()];
                let parameters = module.signatures[handle.parameters.index()].iter();
                entries.push(Entry {
                    module: ModuleId::new(address, name),
                    function: module.identifiers[handle.name.index()].to_string(),
                    type_parameters: handle.type_parameters.len(),
                    parameters: parameters
                        .filter(|token| !is_signer(token))
                        .cloned()
                        .collect(),
                });
            }
        }
        assert!(entries.len() > 100, "{}", entries.len());
        entries
    })
}

fn is_signer(token: &SignatureToken) -> bool {
    match token {
        SignatureToken::Signer => true,
        SignatureToken::Reference(inner) => **inner == SignatureToken::Signer,
        _ => false,
    }
}

/// Arguments out of random bytes, mostly of the right form.
struct Maker<'a> {
    random: &'a [u8],
    at: usize,
}

impl Maker<'_> {
    fn byte(&mut self) -> u8 {
        self.at += 1;
        self.random[self.at % self.random.len()]
    }

    fn number(&mut self, width: usize) -> Vec<u8> {
        match self.byte() % 4 {
            0 => vec![0; width],
            1 => vec![0xff; width],
            2 => [vec![self.byte()], vec![0; width - 1]].concat(),
            _ => (0..width).map(|_| self.byte()).collect(),
        }
    }

    fn address(&mut self) -> Vec<u8> {
        match self.byte() % 5 {
            0 => Address::ONE.0.to_vec(),
            1 => Address::small(10).0.to_vec(),
            2 => MoveUser::new(1).address.0.to_vec(),
            3 => MoveUser::new(2).address.0.to_vec(),
            _ => vec![self.byte(); 32],
        }
    }

    fn value(&mut self, token: &SignatureToken) -> Vec<u8> {
        if self.byte() == 0 {
            // A length that nobody has.
            return vec![0xff, 0xff, 0xff, 0xff, 0x0f];
        }
        match token {
            SignatureToken::Bool => vec![self.byte() % 3],
            SignatureToken::U8 => self.number(1),
            SignatureToken::U16 => self.number(2),
            SignatureToken::U32 => self.number(4),
            SignatureToken::U64 => self.number(8),
            SignatureToken::U128 => self.number(16),
            SignatureToken::U256 => self.number(32),
            SignatureToken::Address => self.address(),
            SignatureToken::Vector(inner) => {
                let count = self.byte() % 5;
                let mut bytes = vec![count];
                (0..count).for_each(|_| bytes.extend(self.value(inner)));
                bytes
            }
            // Text, or an object.
            _ if self.byte().is_multiple_of(2) => self.address(),
            _ => vec![3, b'a', self.byte(), b'c'],
        }
    }

    fn tag(&mut self) -> TypeTag {
        const TAGS: [&str; 8] = [
            "0x1::aptos_coin::AptosCoin",
            "0x1::native_coin::NativeCoin",
            "0x1::fungible_asset::Metadata",
            "0x1::object::ObjectCore",
            "0x1::coin::CoinStore<0x1::aptos_coin::AptosCoin>",
            "u8",
            "0x1::nothing::Nothing",
            "vector<0x1::option::Option<address>>",
        ];
        TAGS[usize::from(self.byte() % 8)].parse().unwrap()
    }
}

fn vault() -> alloy_primitives::Address {
    AccountId(VAULT.0.into()).evm_address()
}

const SAVED: u64 = 12_345;

/// A chain, who attacks, and somebody who keeps octas in a struct.
fn scene() -> (Scene, MoveUser, MoveUser) {
    static ONCE: OnceLock<Memory> = OnceLock::new();
    let memory = ONCE.get_or_init(|| {
        let mut scene = Scene::new();
        let mut victim = scene.user(2);
        scene.user(1);
        scene.succeed(&victim.publish("Hazards", &hazards(victim.address)));
        let octas = vec![SAVED.to_le_bytes().to_vec()];
        scene.succeed(&victim.call_at(victim.address, ("purse", "save"), vec![], octas));
        scene.memory
    });
    let mut scene = Scene::new();
    scene.memory = memory.clone();
    (scene, MoveUser::new(1), MoveUser::new(2))
}

/// Runs what mallory sends; nobody else loses a wei, and no code changes but hers.
fn harmless(scene: &mut Scene, mallory: &MoveUser, transaction: &Transaction) -> bool {
    let before = balances(&scene.memory);
    let own = AccountId(mallory.address.0.into());
    let executed = match scene.run(transaction) {
        Ok(executed) => executed,
        Err(ExecuteError::Fault(fault)) => panic!("{fault:?}"),
        Err(_) => return false,
    };
    assert!(executed.gas_used <= 10_000_000);
    let after = balances(&scene.memory);
    assert!(
        after[&vault()] >= wei_of_octas(SAVED),
        "saved coins are backed"
    );
    for (owner, wei) in before {
        // What she has saved herself is in the vault.
        if owner != own.evm_address() && owner != vault() {
            assert!(
                after.get(&owner).is_some_and(|now| *now >= wei),
                "{owner} lost"
            );
        }
    }
    for key in executed.writes.keys() {
        if let StateKey::MoveModule(owner, _) = key {
            assert_eq!(*owner, own);
        }
    }
    // The chain goes on.
    scene.next_block();
    executed.success
}

#[test]
fn entry_functions_of_the_framework_take_from_nobody_else() {
    let successes = RefCell::new(0);
    let strategy = (
        any::<Index>(),
        proptest::collection::vec(any::<u8>(), 16..64),
    );
    let config = ProptestConfig::with_cases(4_000).clone_with_source_file(file!());
    let mut runner = proptest::test_runner::TestRunner::new(config);
    let result = runner.run(&strategy, |(which, random)| {
        let (mut scene, mut mallory, _) = scene();
        let entry = which.get(entries());
        let mut maker = Maker {
            random: &random,
            at: 0,
        };
        let type_arguments = (0..entry.type_parameters).map(|_| maker.tag()).collect();
        let arguments = entry
            .parameters
            .iter()
            .map(|token| maker.value(token))
            .collect();
        let raw = mallory.raw(TransactionPayload::EntryFunction(EntryFunction {
            module: entry.module.clone(),
            function: entry.function.clone(),
            type_arguments,
            arguments,
        }));
        let transaction = carrier(&mallory.sign(raw));
        if harmless(&mut scene, &mallory, &transaction) {
            *successes.borrow_mut() += 1;
        }
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
    assert!(
        *successes.borrow() > 20,
        "{}: too few do anything",
        successes.borrow()
    );
}

fn script() -> &'static [u8] {
    static ONCE: OnceLock<Vec<u8>> = OnceLock::new();
    ONCE.get_or_init(|| {
        let text = "script { fun main(s: &signer, to: address, n: u64) {
            let coin = aptos_framework::coin::withdraw<aptos_framework::aptos_coin::AptosCoin>(s, n);
            let i = 0;
            while (i < 3) { let part = aptos_framework::coin::extract(&mut coin, n / 7);
                aptos_framework::coin::deposit(to, part); i = i + 1 };
            aptos_framework::coin::deposit(std::signer::address_of(s), coin);
        } }";
        compiled(text, Address::ONE).1.remove(0)
    })
}

fn damaged(bytes: &[u8], damage: &[(Index, u8)]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for (at, byte) in damage {
        let at = at.index(bytes.len());
        bytes[at] = *byte;
    }
    bytes
}

fn damage() -> impl Strategy<Value = Vec<(Index, u8)>> {
    proptest::collection::vec((any::<Index>(), any::<u8>()), 1..4)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn damaged_scripts_are_refused_or_take_from_nobody_else(damage in damage()) {
        let (mut scene, mut mallory, victim) = scene();
        let raw = mallory.raw(TransactionPayload::Script(Script {
            code: damaged(script(), &damage),
            type_arguments: vec![],
            arguments: vec![
                TransactionArgument::Address(victim.address),
                TransactionArgument::U64(7_000),
            ],
        }));
        let transaction = carrier(&mallory.sign(raw));
        harmless(&mut scene, &mallory, &transaction);
    }

    #[test]
    fn damaged_modules_are_refused_or_take_from_nobody_else(damage in damage()) {
        let (mut scene, mut mallory, victim) = scene();
        let mut modules = hazards(mallory.address);
        modules[0].1 = damaged(&modules[0].1, &damage);
        let arguments = publication("Hazards", &modules);
        let publish = mallory.call(("code", "publish_package_txn"), vec![], arguments);
        harmless(&mut scene, &mallory, &publish);
        for function in ["save", "juggle", "spend"] {
            let mut arguments = vec![victim.address.0.to_vec(), vec![9, 0, 0, 0, 0, 0, 0, 0]];
            if function == "save" {
                arguments.remove(0);
            }
            let call = mallory.call_at(mallory.address, ("purse", function), vec![], arguments);
            harmless(&mut scene, &mallory, &call);
        }
    }
}

fn good() -> SignedTransaction {
    let mut alice = MoveUser::new(1);
    let call = alice.call(
        ("aptos_account", "transfer"),
        vec![],
        vec![vec![7; 32], vec![0; 8]],
    );
    let Some(Carried::Move(inner)) = call.carried() else {
        panic!("no carrier");
    };
    inner.signed.clone()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(5_000))]

    #[test]
    fn any_bytes_are_a_move_transaction_or_an_error(raw in proptest::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(MoveTransaction::decode(&raw).is_err());
    }

    #[test]
    fn a_damaged_transaction_is_nobodys(damage in damage(), cut in any::<Index>(), whole in any::<bool>()) {
        let original = good().to_bytes();
        let mut bytes = damaged(&original, &damage);
        if !whole {
            bytes.truncate(cut.index(bytes.len()));
        }
        prop_assume!(bytes != original);
        let error = MoveTransaction::decode(&bytes).unwrap_err();
        let expected = matches!(
            error,
            DecodeTransactionError::Carried(..) | DecodeTransactionError::CarriedSignature(..)
        );
        prop_assert!(expected, "{:?}", error);
    }
}

#[test]
fn types_and_arguments_have_bounds() {
    let mut scene = Scene::new();
    let mut mallory = scene.user(1);
    // Deep types: as deep as a transaction can say, and wide ones.
    for depth in [1, 7, 8, 9, 100, 255] {
        let mut tag: TypeTag = "u8".parse().unwrap();
        for _ in 0..depth {
            tag = TypeTag::Vector(Box::new(tag));
        }
        let transaction = mallory.raw(TransactionPayload::EntryFunction(EntryFunction {
            module: ModuleId::new(Address::ONE, "coin"),
            function: "transfer".into(),
            type_arguments: vec![tag],
            arguments: vec![vec![7; 32], vec![0; 8]],
        }));
        let signed = mallory.sign(transaction);
        match MoveTransaction::verified(signed.clone()) {
            Ok(_) if Transaction::recover(carrier_envelope(&signed)).is_ok() => {
                scene.fail(&carrier(&signed));
            }
            _ => mallory.sequence_number -= 1,
        }
    }
    // Many arguments, and many type arguments.
    let many = mallory.call(
        ("coin", "transfer"),
        vec!["u8".parse().unwrap(); 200],
        vec![vec![0; 8]; 200],
    );
    scene.fail(&many);
}

fn carrier_envelope(signed: &SignedTransaction) -> Envelope {
    let tx = TxLegacy {
        gas_limit: 50_000_000,
        to: TxKind::Create,
        input: [MOVE_MAGIC.as_slice(), &signed.to_bytes()].concat().into(),
        ..TxLegacy::default()
    };
    let signature = sign_carrier(tx.signature_hash());
    Envelope::Legacy(tx.into_signed(signature))
}
