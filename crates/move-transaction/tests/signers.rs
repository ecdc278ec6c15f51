//! Signers that no transaction can have are refused: wrong thresholds, bitmaps, numbers, doubles;
//! and signatures where there must be none.
#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use lumio_move_engine::Address;
use lumio_move_transaction::{
    AccountAuthenticator, Bcs, MultiEd25519PublicKey, MultiEd25519Signature, MultiKey,
    MultiKeySignature, Proof, Role, SignatureError, SignedTransaction, TransactionAuthenticator,
    VerifyError,
};
use support::{cause, form};

/// Two of three schemes signed; `change` what there is of it.
fn several(change: impl FnOnce(&mut MultiKey, &mut MultiKeySignature)) -> SignedTransaction {
    let mut signed = form("forms", "alone: two of three schemes");
    match &mut signed.authenticator {
        TransactionAuthenticator::SingleSender(AccountAuthenticator::MultiKey {
            key,
            signature,
        }) => change(key, signature),
        other => panic!("{other:?}"),
    }
    signed
}

/// Two of three ed25519 keys signed; `change` what there is of it.
fn several_ed25519(
    change: impl FnOnce(&mut MultiEd25519PublicKey, &mut MultiEd25519Signature),
) -> SignedTransaction {
    let mut signed = form("forms", "alone: two of three ed25519");
    match &mut signed.authenticator {
        TransactionAuthenticator::MultiEd25519 { key, signature } => change(key, signature),
        other => panic!("{other:?}"),
    }
    signed
}

#[test]
fn enough_of_several_keys_sign() {
    let found = 1;
    let short = SignatureError::NotEnough { needed: 2, found };
    let one = several(|_, signature| {
        signature.signatures.pop();
        signature.bitmap = vec![0b0100_0000];
    });
    assert_eq!(cause(&one), short);
    let one = several_ed25519(|_, signature| {
        signature.signatures.pop();
        signature.bitmap = [0b1000_0000, 0, 0, 0];
    });
    assert_eq!(cause(&one), short);
    let none = several_ed25519(|_, signature| {
        signature.signatures.clear();
        signature.bitmap = [0; 4];
    });
    let found = 0;
    assert_eq!(cause(&none), SignatureError::NotEnough { needed: 2, found });
}

#[test]
fn no_signature_counts_twice() {
    let twice = several(|_, signature| {
        signature.signatures[1] = signature.signatures[0].clone();
        signature.bitmap = vec![0b0100_0000];
    });
    let (bits, signatures) = (1, 2);
    assert_eq!(cause(&twice), SignatureError::Bitmap { bits, signatures });
    let twice = several_ed25519(|_, signature| {
        signature.signatures[1] = signature.signatures[0];
    });
    assert_eq!(cause(&twice), SignatureError::Invalid);
}

#[test]
fn bitmaps_name_keys_that_are_there() {
    let beyond = several(|_, signature| signature.bitmap = vec![0b0101_0000]);
    // The first of the two is checked before; the second has no key.
    let (index, keys) = (3, 3);
    assert_eq!(cause(&beyond), SignatureError::NoSuchKey { index, keys });
    let beyond = several_ed25519(|_, signature| signature.bitmap = [0x80, 0, 0, 1]);
    let index = 31;
    assert_eq!(cause(&beyond), SignatureError::NoSuchKey { index, keys });
    let others = several(|_, signature| signature.bitmap = vec![0b1010_0000]);
    assert!(matches!(
        cause(&others),
        SignatureError::SchemeMismatch { .. }
    ));
}

#[test]
fn thresholds_are_between_one_and_all() {
    for threshold in [0, 4, 255] {
        let error = SignatureError::Threshold { threshold, keys: 3 };
        let signed = several(|key, _| key.threshold = threshold);
        assert_eq!(cause(&signed), error);
        assert!(signed.verify_simulation().is_err());
        let signed = several_ed25519(|key, _| key.threshold = threshold);
        assert_eq!(cause(&signed), error);
        assert!(signed.verify_simulation().is_err());
    }
    let nobody = several(|key, signature| {
        key.keys.clear();
        signature.signatures.clear();
        signature.bitmap.clear();
    });
    let (threshold, keys) = (2, 0);
    assert_eq!(
        cause(&nobody),
        SignatureError::Threshold { threshold, keys }
    );
}

/// What the multi-agent forms have besides their sender.
fn others(signed: &mut SignedTransaction) -> (&mut Vec<Address>, &mut Vec<AccountAuthenticator>) {
    match &mut signed.authenticator {
        TransactionAuthenticator::MultiAgent {
            secondary_addresses,
            secondary,
            ..
        }
        | TransactionAuthenticator::FeePayer {
            secondary_addresses,
            secondary,
            ..
        } => (secondary_addresses, secondary),
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_secondary_signer_signs() {
    for name in ["multi-agent: every scheme", "fee payer, with others"] {
        let mut signed = form("forms", name);
        let count = others(&mut signed).0.len();
        others(&mut signed).1.pop();
        let error = VerifyError::SecondaryCount {
            addresses: count,
            authenticators: count - 1,
        };
        assert_eq!(signed.verify(), Err(error.clone()));
        assert_eq!(signed.verify_simulation(), Err(error));
    }
    let mut signed = form("forms", "multi-agent: every scheme");
    let (addresses, accounts) = others(&mut signed);
    let address = addresses[3];
    accounts[3] = AccountAuthenticator::Absent;
    assert_eq!(
        signed.verify(),
        Err(VerifyError::Account {
            role: Role::Secondary(3),
            address,
            cause: SignatureError::Absent
        })
    );
}

#[test]
fn no_account_signs_twice() {
    let mut signed = form("forms", "multi-agent: every scheme");
    let sender = signed.raw.sender;
    others(&mut signed).0[2] = sender;
    assert_eq!(signed.verify(), Err(VerifyError::DuplicateSigner(sender)));
    let (addresses, _) = others(&mut signed);
    addresses[2] = addresses[0];
    let double = addresses[0];
    assert_eq!(signed.verify(), Err(VerifyError::DuplicateSigner(double)));
}

#[test]
fn signatures_are_bounded_in_number() {
    let mut signed = form("forms", "multi-agent: one other");
    let all = match form("forms", "alone: all of 32 ed25519").authenticator {
        TransactionAuthenticator::MultiEd25519 { key, signature } => {
            AccountAuthenticator::MultiEd25519 { key, signature }
        }
        other => panic!("{other:?}"),
    };
    others(&mut signed).1[0] = all;
    let (count, most) = (33, 32);
    let error = VerifyError::TooManySignatures { count, most };
    assert_eq!(signed.verify(), Err(error.clone()));
    assert_eq!(signed.verify_simulation(), Err(error));
}

#[test]
fn only_simulation_goes_without_signatures() {
    let signed = form("simulations", "alone: nothing known");
    assert_eq!(cause(&signed), SignatureError::Absent);
    let signers = signed.verify_simulation().unwrap();
    assert_eq!(signers.sender.proof, Proof::Absent);
}

#[test]
fn one_valid_signature_among_many_is_not_simulated() {
    let sent = form("forms", "multi-agent: every scheme");
    for keep in 0..5 {
        let mut signed = sent.clone();
        let (addresses, accounts) = others(&mut signed);
        let address = addresses[keep];
        for (place, account) in accounts.iter_mut().enumerate() {
            if place != keep {
                *account = AccountAuthenticator::Absent;
            }
        }
        if let TransactionAuthenticator::MultiAgent { sender, .. } = &mut signed.authenticator {
            *sender = AccountAuthenticator::Absent;
        }
        let role = Role::Secondary(keep);
        assert_eq!(
            signed.verify_simulation(),
            Err(VerifyError::ValidSignature { role, address })
        );
    }
    // One key of two that must sign.
    let signed = several(|_, signature| {
        signature.signatures.pop();
        signature.bitmap = vec![0b0100_0000];
    });
    assert!(matches!(
        signed.verify_simulation(),
        Err(VerifyError::ValidSignature { .. })
    ));
}

#[test]
fn signatures_that_do_not_hold_are_simulated() {
    let mut signed = form("forms", "alone: ed25519");
    signed.raw.max_gas_amount = 1;
    let key = signed.verify_simulation().unwrap().sender.proof;
    assert!(matches!(key, Proof::Key(_)));
    assert_eq!(cause(&signed), SignatureError::Invalid);
}

#[test]
fn errors_say_who_and_why() {
    let mut signed = form("forms", "fee payer, with others");
    if let TransactionAuthenticator::FeePayer { fee_payer, .. } = &mut signed.authenticator {
        **fee_payer = AccountAuthenticator::Absent;
    }
    let text = signed.verify().unwrap_err().to_string();
    let payer = format!("0x{}", "fe".repeat(32));
    assert_eq!(
        text,
        format!("fee payer {payer}: the account does not authenticate")
    );
    let error = SignedTransaction::from_bytes(&signed.to_bytes()[..40]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "byte 40: 1 bytes are needed and 0 are left"
    );
}
