//! Bytes that are not what they should be are refused, with the reason, and never panic.
#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use lumio_move_transaction::{
    AccountAuthenticator, AnyPublicKey, AnySignature, Bcs, DecodeCause, DecodeError, EntryFunction,
    MultiEd25519PublicKey, MultiEd25519Signature, MultiKey, MultiKeySignature,
    RawTransactionWithData, Script, SignedTransaction, TransactionArgument,
    TransactionAuthenticator, TransactionPayload, WebAuthnAssertion,
};
use support::{bytes, each, vectors};

fn refused<T: Bcs + std::fmt::Debug>(bytes: &[u8]) -> DecodeCause {
    T::from_bytes(bytes).unwrap_err().cause
}

#[test]
fn every_end_but_the_right_one_is_refused() {
    for list in ["payloads", "forms", "simulations"] {
        for (name, case) in each(&vectors()[list]) {
            let mut wire = bytes(&case["bytes"]);
            for end in 0..wire.len() {
                assert!(
                    SignedTransaction::from_bytes(&wire[..end]).is_err(),
                    "{name}"
                );
            }
            wire.push(0);
            let offset = wire.len() - 1;
            assert_eq!(
                SignedTransaction::from_bytes(&wire),
                Err(DecodeError {
                    offset,
                    cause: DecodeCause::Trailing(1)
                })
            );
        }
    }
}

#[test]
fn lengths_and_variants_have_one_form() {
    assert_eq!(
        refused::<TransactionArgument>(&[0x80, 0, 1]),
        DecodeCause::NotCanonical
    );
    assert_eq!(
        refused::<TransactionArgument>(&[0xff, 0xff, 0xff, 0xff, 0x1f]),
        DecodeCause::TooWide
    );
    assert_eq!(
        refused::<TransactionArgument>(&[0x80, 0x80, 0x80, 0x80, 0x80, 1]),
        DecodeCause::TooWide
    );
    assert_eq!(
        refused::<TransactionArgument>(&[0xff, 0xff, 0xff, 0xff, 0x0f]),
        DecodeCause::UnknownVariant {
            what: "a script's argument",
            variant: u32::MAX
        }
    );
    assert_eq!(
        refused::<TransactionArgument>(&[5, 2]),
        DecodeCause::NotBoolean(2)
    );
}

#[test]
fn what_exists_only_elsewhere_is_refused_by_name() {
    let unsupported = |cause| match cause {
        DecodeCause::Unsupported(what) => what,
        other => panic!("{other}"),
    };
    let payload = |variant| unsupported(refused::<TransactionPayload>(&[variant]));
    assert_eq!(payload(1), "module bundles as payloads");
    assert_eq!(payload(5), "encrypted payloads");
    let key = |variant| unsupported(refused::<AnyPublicKey>(&[variant]));
    assert_eq!(key(3), "keyless accounts");
    assert_eq!(key(4), "federated keyless accounts");
    assert_eq!(key(5), "SLH-DSA keys");
    let signature = |variant| unsupported(refused::<AnySignature>(&[variant]));
    assert_eq!(signature(3), "keyless signatures");
    assert_eq!(signature(4), "SLH-DSA signatures");
    // In the place where a keyless account's would be.
    let error = AccountAuthenticator::from_bytes(&[2, 3, 0]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "byte 2: keyless accounts are not supported"
    );
}

#[test]
fn variants_that_do_not_exist_are_refused() {
    fn unknown<T: Bcs + std::fmt::Debug>(before: &[u8], variant: u8) {
        let wire = [before, &[variant]].concat();
        let cause = refused::<T>(&wire);
        let expected = u32::from(variant);
        assert!(
            matches!(cause, DecodeCause::UnknownVariant { variant, .. } if variant == expected),
            "{cause}"
        );
    }
    unknown::<TransactionPayload>(&[], 6);
    unknown::<TransactionPayload>(&[4], 1);
    unknown::<TransactionPayload>(&[4, 0], 3);
    unknown::<TransactionPayload>(&[4, 0, 2], 1);
    unknown::<TransactionPayload>(&[&[3][..], &[0; 32], &[1]].concat(), 1);
    unknown::<TransactionArgument>(&[], 16);
    unknown::<TransactionAuthenticator>(&[], 5);
    unknown::<AccountAuthenticator>(&[], 6);
    unknown::<AnyPublicKey>(&[], 6);
    unknown::<AnySignature>(&[], 5);
    unknown::<WebAuthnAssertion>(&[], 1);
    unknown::<RawTransactionWithData>(&[], 2);
    let function = [&[5][..], &[0; 32], b"\x01m\x01f"].concat();
    unknown::<AccountAuthenticator>(&function, 2);
}

#[test]
fn keys_and_signatures_have_their_length() {
    let wrong = |cause| matches!(cause, DecodeCause::WrongLength { .. });
    for length in [0, 31, 33, 64] {
        let wire = [&[0, length][..], &[0; 64]].concat();
        assert!(wrong(refused::<AnyPublicKey>(&wire)));
    }
    for variant in [1, 2] {
        for length in [33, 64] {
            let wire = [&[variant, length][..], &[0; 65]].concat();
            assert!(wrong(refused::<AnyPublicKey>(&wire)), "{variant} {length}");
        }
    }
    assert!(wrong(refused::<AnySignature>(&[1, 65])));
    assert!(wrong(refused::<WebAuthnAssertion>(&[0, 72])));
}

#[test]
fn several_ed25519_keys_add_up() {
    let wire = |length: usize| {
        let mut wire = Vec::new();
        lumio_move_engine::bcs::put_bytes(&mut wire, &vec![1; length]);
        wire
    };
    for length in [0, 32, 34, 64, 33 * 32 + 1] {
        let cause = refused::<MultiEd25519PublicKey>(&wire(length));
        assert!(matches!(cause, DecodeCause::OddLength { found, .. } if found == length));
    }
    for length in [0, 3, 64, 67, 69, 33 * 64 + 4] {
        let cause = refused::<MultiEd25519Signature>(&wire(length));
        assert!(matches!(cause, DecodeCause::OddLength { found, .. } if found == length));
    }
    let most = MultiEd25519PublicKey::from_bytes(&wire(32 * 32 + 1)).unwrap();
    assert_eq!((most.keys.len(), most.threshold), (32, 1));
    let none = MultiEd25519Signature::from_bytes(&wire(4)).unwrap();
    assert!(none.signatures.is_empty());
}

#[test]
fn lists_are_bounded() {
    let many = |cause| matches!(cause, DecodeCause::TooMany { .. });
    let huge = [0xff, 0xff, 0xff, 0xff, 0x0f];
    assert!(many(refused::<Script>(&[&[0][..], &huge].concat())));
    assert!(many(refused::<Script>(&[&[0, 0][..], &huge].concat())));
    assert!(many(refused::<MultiKey>(&[33])));
    assert!(many(refused::<MultiKeySignature>(&[33])));
    assert!(many(refused::<MultiKeySignature>(&[0, 5, 0, 0, 0, 0, 0])));
    assert!(many(refused::<TransactionAuthenticator>(&[2, 4, 33])));
    let assertion = [&[0, 64][..], &[0; 64], &[0x81, 0x08]].concat();
    assert!(many(refused::<WebAuthnAssertion>(&assertion)));
    // A length that the bytes do not pay for.
    assert_eq!(
        refused::<Script>(&huge),
        DecodeCause::Truncated {
            needed: u32::MAX as usize,
            left: 0
        }
    );
    assert!(matches!(
        refused::<Script>(&[0, 0xff, 1]),
        DecodeCause::TypeTag(_)
    ));
}

#[test]
fn type_arguments_are_bounded_in_depth() {
    let nested = |depth: usize| {
        let tag = [vec![6; depth], vec![1]].concat();
        Script::from_bytes(&[&[0, 1][..], &tag, &[0]].concat())
    };
    nested(31).unwrap();
    for depth in [32, 100_000] {
        let error = nested(depth).unwrap_err();
        assert_eq!(
            error.to_string(),
            "byte 2: type argument: a type tag is nested too deep"
        );
    }
}

#[test]
fn names_are_names() {
    let call = |module: &[u8], function: &[u8]| {
        let mut wire = vec![0; 32];
        lumio_move_engine::bcs::put_bytes(&mut wire, module);
        lumio_move_engine::bcs::put_bytes(&mut wire, function);
        wire.extend([0, 0]);
        EntryFunction::from_bytes(&wire)
    };
    call(b"coin", b"transfer").unwrap();
    for bad in [&b""[..], b"a b", b"1st", b"_", b"a::b", "é".as_bytes()] {
        for error in [call(bad, b"f").unwrap_err(), call(b"m", bad).unwrap_err()] {
            assert!(
                matches!(error.cause, DecodeCause::BadName { .. }),
                "{error}"
            );
        }
    }
    let cause = call(b"\xff", b"f").unwrap_err().cause;
    assert_eq!(cause, DecodeCause::NotUtf8("a module's name"));
    let long = "é".repeat(60_000);
    assert!(call(long.as_bytes(), b"f").unwrap_err().to_string().len() < 300);
}
