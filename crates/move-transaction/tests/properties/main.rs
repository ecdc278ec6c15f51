//! Whatever is written is read again, whatever is read would be written the same, and no bytes
//! panic.
#![allow(clippy::unwrap_used, clippy::panic, clippy::arithmetic_side_effects)]

mod strategies;
#[path = "../support/mod.rs"]
mod support;

use lumio_move_transaction::{
    AccountAuthenticator, Bcs, RawTransactionWithData, SignedTransaction, TransactionPayload,
};
use proptest::{collection::vec, option, prelude::*};
use strategies::{address, authenticator, raw};
use support::{bytes, each, vectors};

type Signed = SignedTransaction;

/// All transactions of the SDK's vectors.
fn made_by_the_sdk() -> Vec<Vec<u8>> {
    let vectors = vectors();
    let lists = ["payloads", "forms", "simulations"];
    let cases = lists.iter().flat_map(|list| each(&vectors[*list]));
    cases.map(|(_, case)| bytes(&case["bytes"])).collect()
}

/// Reads bytes as a transaction and does all that can be done with it.
fn exercise(bytes: &[u8]) -> Result<(), TestCaseError> {
    let Ok(signed) = Signed::from_bytes(bytes) else {
        return Ok(());
    };
    prop_assert_eq!(signed.to_bytes(), bytes);
    let verified = signed.verify();
    if verified.is_ok() && signed.verify_simulation().is_ok() {
        // Signatures hold and may be simulated: only functions can say more.
        let text = format!("{verified:?}");
        prop_assert!(text.contains("Function"), "{}", text);
    }
    Ok(())
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(raw in raw(), authenticator in authenticator()) {
        let signed = SignedTransaction { raw, authenticator };
        let bytes = signed.to_bytes();
        prop_assert_eq!(Signed::from_bytes(&bytes), Ok(signed));
        exercise(&bytes)?;
    }

    #[test]
    fn what_is_signed_is_read_again(
        raw in raw(),
        secondary in vec(address(), 0..4),
        payer in option::of(address()),
    ) {
        let with_data = match payer {
            None => RawTransactionWithData::MultiAgent { raw, secondary },
            Some(fee_payer) => RawTransactionWithData::FeePayer { raw, secondary, fee_payer },
        };
        let bytes = with_data.to_bytes();
        prop_assert!(with_data.signing_message().ends_with(&bytes));
        prop_assert_eq!(RawTransactionWithData::from_bytes(&bytes), Ok(with_data));
    }

    #[test]
    fn no_bytes_panic(bytes in vec(any::<u8>(), 0..400)) {
        exercise(&bytes)?;
        // Everything from where random bytes get further.
        let _ = AccountAuthenticator::from_bytes(&bytes);
        let _ = TransactionPayload::from_bytes(&bytes);
        let _ = RawTransactionWithData::from_bytes(&bytes);
    }

    #[test]
    fn no_changed_transaction_panics(
        which in any::<prop::sample::Index>(),
        changes in vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        splice in option::of((any::<prop::sample::Index>(), 0_usize..40, vec(any::<u8>(), 0..40))),
    ) {
        let all = made_by_the_sdk();
        let mut bytes = all[which.index(all.len())].clone();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Some((at, length, with)) = splice {
            let start = at.index(bytes.len());
            let end = bytes.len().min(start + length);
            bytes.splice(start..end, with);
        }
        exercise(&bytes)?;
    }
}
