//! Any transaction at all, valid or not.

use lumio_move_engine::{Address, ModuleId, StructTag, TypeTag, U256};
use lumio_move_transaction::{
    Abstraction, AbstractionData, AccountAuthenticator, AnyPublicKey, AnySignature,
    Ed25519PublicKey, Ed25519Signature, EntryFunction, Executable, ExtraConfig,
    MultiEd25519PublicKey, MultiEd25519Signature, MultiKey, MultiKeySignature, Multisig,
    OrderlessPayload, RawTransaction, Script, Secp256k1PublicKey, Secp256k1Signature,
    Secp256r1PublicKey, Secp256r1Signature, TransactionArgument, TransactionAuthenticator,
    TransactionPayload, WebAuthnAssertion,
};
use proptest::{collection::vec, option, prelude::*};

fn blob() -> impl Strategy<Value = Vec<u8>> {
    vec(any::<u8>(), 0..200)
}

/// Any address.
pub(crate) fn address() -> impl Strategy<Value = Address> {
    any::<[u8; 32]>().prop_map(Address)
}

fn array<const N: usize>() -> impl Strategy<Value = [u8; N]> {
    vec(any::<u8>(), N).prop_map(|bytes| bytes.try_into().unwrap())
}

fn name() -> impl Strategy<Value = String> {
    "[a-z_$][a-zA-Z0-9_$]{1,9}"
}

fn type_tag() -> impl Strategy<Value = TypeTag> {
    let leaf = prop_oneof![
        Just(TypeTag::Bool),
        Just(TypeTag::U8),
        Just(TypeTag::Address),
        Just(TypeTag::Signer),
        Just(TypeTag::U256),
        Just(TypeTag::I256),
    ];
    leaf.prop_recursive(4, 16, 3, |inner| {
        let arguments = vec(inner.clone(), 0..3);
        let tag = (address(), name(), name(), arguments);
        prop_oneof![
            inner.prop_map(|element| TypeTag::Vector(Box::new(element))),
            tag.prop_map(|(address, module, name, type_arguments)| {
                TypeTag::Struct(Box::new(StructTag {
                    module: ModuleId::new(address, module),
                    name,
                    type_arguments,
                }))
            }),
        ]
    })
}

fn argument() -> impl Strategy<Value = TransactionArgument> {
    use TransactionArgument as A;
    let wide = || array::<32>().prop_map(U256::from_le_bytes::<32>);
    prop_oneof![
        any::<u8>().prop_map(A::U8),
        any::<u16>().prop_map(A::U16),
        any::<u32>().prop_map(A::U32),
        any::<u64>().prop_map(A::U64),
        any::<u128>().prop_map(A::U128),
        wide().prop_map(A::U256),
        any::<i8>().prop_map(A::I8),
        any::<i16>().prop_map(A::I16),
        any::<i32>().prop_map(A::I32),
        any::<i64>().prop_map(A::I64),
        any::<i128>().prop_map(A::I128),
        wide().prop_map(A::I256),
        any::<bool>().prop_map(A::Bool),
        address().prop_map(A::Address),
        blob().prop_map(A::U8Vector),
        blob().prop_map(A::Serialized),
    ]
}

fn script() -> impl Strategy<Value = Script> {
    (blob(), vec(type_tag(), 0..4), vec(argument(), 0..6)).prop_map(
        |(code, type_arguments, arguments)| Script {
            code,
            type_arguments,
            arguments,
        },
    )
}

fn call() -> impl Strategy<Value = EntryFunction> {
    let module = (address(), name()).prop_map(|(address, name)| ModuleId::new(address, name));
    (module, name(), vec(type_tag(), 0..4), vec(blob(), 0..6)).prop_map(
        |(module, function, type_arguments, arguments)| EntryFunction {
            module,
            function,
            type_arguments,
            arguments,
        },
    )
}

fn payload() -> impl Strategy<Value = TransactionPayload> {
    let multisig = (address(), option::of(call()));
    let executable = prop_oneof![
        script().prop_map(Executable::Script),
        call().prop_map(Executable::EntryFunction),
        Just(Executable::Empty),
    ];
    let orderless = (executable, option::of(address()), any::<Option<u64>>());
    prop_oneof![
        script().prop_map(TransactionPayload::Script),
        call().prop_map(TransactionPayload::EntryFunction),
        multisig
            .prop_map(|(address, call)| TransactionPayload::Multisig(Multisig { address, call })),
        orderless.prop_map(|(executable, multisig_address, replay_protection_nonce)| {
            TransactionPayload::Orderless(OrderlessPayload {
                executable,
                extra: ExtraConfig {
                    multisig_address,
                    replay_protection_nonce,
                },
            })
        }),
    ]
}

/// Any transaction, signed by nobody.
pub(crate) fn raw() -> impl Strategy<Value = RawTransaction> {
    let numbers = any::<(u64, u64, u64, u64, u8)>();
    (address(), payload(), numbers).prop_map(
        |(sender, payload, (number, gas, price, expiry, chain_id))| RawTransaction {
            sender,
            sequence_number: number,
            payload,
            max_gas_amount: gas,
            gas_unit_price: price,
            expiration_timestamp_secs: expiry,
            chain_id,
        },
    )
}

fn key() -> impl Strategy<Value = AnyPublicKey> {
    prop_oneof![
        array().prop_map(|key| AnyPublicKey::Ed25519(Ed25519PublicKey(key))),
        array().prop_map(|key| AnyPublicKey::Secp256k1(Secp256k1PublicKey(key))),
        array().prop_map(|key| AnyPublicKey::Secp256r1(Secp256r1PublicKey(key))),
    ]
}

fn signature() -> impl Strategy<Value = AnySignature> {
    let assertion = (array(), blob(), blob());
    prop_oneof![
        array().prop_map(|bytes| AnySignature::Ed25519(Ed25519Signature(bytes))),
        array().prop_map(|bytes| AnySignature::Secp256k1(Secp256k1Signature(bytes))),
        assertion.prop_map(|(bytes, authenticator_data, client_data_json)| {
            AnySignature::WebAuthn(WebAuthnAssertion {
                signature: Secp256r1Signature(bytes),
                authenticator_data,
                client_data_json,
            })
        }),
    ]
}

fn multi_ed25519() -> impl Strategy<Value = (MultiEd25519PublicKey, MultiEd25519Signature)> {
    let keys = vec(array().prop_map(Ed25519PublicKey), 0..=32);
    let signatures = vec(array().prop_map(Ed25519Signature), 0..=32);
    (keys, any::<u8>(), signatures, any::<[u8; 4]>()).prop_map(
        |(keys, threshold, signatures, bitmap)| {
            (
                MultiEd25519PublicKey { keys, threshold },
                MultiEd25519Signature { signatures, bitmap },
            )
        },
    )
}

fn account() -> impl Strategy<Value = AccountAuthenticator> {
    use AccountAuthenticator as A;
    let several = (
        (vec(key(), 0..=32), any::<u8>()),
        (vec(signature(), 0..=32), vec(any::<u8>(), 0..=4)),
    );
    let data = prop_oneof![
        (blob(), blob()).prop_map(|(digest, authenticator)| AbstractionData::V1 {
            digest,
            authenticator
        }),
        (blob(), blob(), blob()).prop_map(|(digest, signature, public_key)| {
            AbstractionData::DerivableV1 {
                digest,
                signature,
                public_key,
            }
        }),
    ];
    let abstraction = ((address(), name()), name(), data);
    prop_oneof![
        (array(), array()).prop_map(|(key, signature)| A::Ed25519 {
            key: Ed25519PublicKey(key),
            signature: Ed25519Signature(signature)
        }),
        multi_ed25519().prop_map(|(key, signature)| A::MultiEd25519 { key, signature }),
        (key(), signature()).prop_map(|(key, signature)| A::SingleKey { key, signature }),
        several.prop_map(|((keys, threshold), (signatures, bitmap))| A::MultiKey {
            key: MultiKey { keys, threshold },
            signature: MultiKeySignature { signatures, bitmap },
        }),
        Just(A::Absent),
        abstraction.prop_map(|((address, module), function, data)| {
            A::Abstraction(Abstraction {
                module: ModuleId::new(address, module),
                function,
                data,
            })
        }),
    ]
}

/// Any authenticator; its signatures do not hold.
pub(crate) fn authenticator() -> impl Strategy<Value = TransactionAuthenticator> {
    use TransactionAuthenticator as T;
    let others = || (vec(address(), 0..4), vec(account(), 0..4));
    let agents = (account(), others());
    let payer = (account(), others(), (address(), account()));
    prop_oneof![
        (array(), array()).prop_map(|(key, signature)| T::Ed25519 {
            key: Ed25519PublicKey(key),
            signature: Ed25519Signature(signature)
        }),
        multi_ed25519().prop_map(|(key, signature)| T::MultiEd25519 { key, signature }),
        account().prop_map(T::SingleSender),
        agents.prop_map(|(sender, (secondary_addresses, secondary))| T::MultiAgent {
            sender,
            secondary_addresses,
            secondary
        }),
        payer.prop_map(
            |(sender, (secondary_addresses, secondary), (fee_payer_address, fee_payer))| {
                T::FeePayer {
                    sender,
                    secondary_addresses,
                    secondary,
                    fee_payer_address,
                    fee_payer: Box::new(fee_payer),
                }
            }
        ),
    ]
}
