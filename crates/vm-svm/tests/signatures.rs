//! Signatures of many transactions, on several threads: each holds or not by itself.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(missing_docs)]

mod chain;

use chain::{keypair, sign};
use lumio_vm_svm::Verifier;
use solana_hash::Hash;
use solana_message::{Message, VersionedMessage};
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use solana_system_interface::instruction as system;
use solana_transaction::versioned::VersionedTransaction;
use std::num::NonZeroUsize;

fn transfer(number: u64) -> VersionedTransaction {
    let (from, to) = (keypair(number % 7), keypair(100).pubkey());
    let steps = [system::transfer(&from.pubkey(), &to, number)];
    sign(&steps, &[&from], Hash::default())
}

/// Of a key that is the identity, this signature holds for every message, unless the check is
/// strict.
fn of_small_order() -> VersionedTransaction {
    let mut identity = [0; 32];
    identity[0] = 1;
    let payer = Pubkey::new_from_array(identity);
    let steps = [system::transfer(&payer, &keypair(1).pubkey(), 1)];
    let message = Message::new_with_blockhash(&steps, Some(&payer), &Hash::default());
    let mut signature = [0; 64];
    signature[0] = 1;
    VersionedTransaction {
        signatures: vec![signature.into()],
        message: VersionedMessage::Legacy(message),
    }
}

#[test]
fn a_wrong_signature_spoils_no_other() {
    let mut transactions: Vec<_> = (0..100).map(transfer).collect();
    let broken = |transaction: &mut VersionedTransaction, at: usize| {
        let mut bytes: [u8; 64] = transaction.signatures[0].into();
        bytes[at] ^= 1;
        transaction.signatures[0] = bytes.into();
    };
    for (number, at) in [(3, 0), (40, 31), (41, 32), (99, 63)] {
        broken(&mut transactions[number], at);
    }
    transactions[50] = of_small_order();
    transactions[60].signatures.clear();
    let more = transactions[61].signatures[0];
    transactions[61].signatures.push(more);
    // Another message under the same signature.
    let signatures = transactions[70].signatures.clone();
    transactions[70] = transfer(777);
    transactions[70].signatures = signatures;

    let wrong = [3, 40, 41, 50, 60, 61, 70, 99];
    let expected: Vec<bool> = (0..100).map(|number| !wrong.contains(&number)).collect();
    let all: Vec<&VersionedTransaction> = transactions.iter().collect();
    for threads in [1, 2, 5] {
        // Once with an empty memory, and once with all keys in it.
        let verifier = Verifier::default();
        for _ in 0..2 {
            let threads = NonZeroUsize::new(threads).unwrap();
            assert_eq!(verifier.verify_all(&all, threads), expected);
        }
    }
    let none = Verifier::default().verify_all(&[], NonZeroUsize::MIN);
    assert!(none.is_empty());
    for (number, transaction) in transactions.iter().enumerate() {
        // As many signatures as keys: the reference counts no others.
        if ![60, 61].contains(&number) {
            let theirs = transaction.verify_with_results().iter().all(|holds| *holds);
            assert_eq!(theirs, expected[number]);
        }
    }
}
