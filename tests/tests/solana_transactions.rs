//! Solana transactions that come in Ethereum ones, on the chain with all machines.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use lumio_executor::{ExecuteError, SvmTransactError};
use lumio_tests::{
    memory::Memory,
    solana::{SolanaUser, begin, carrier_of, chain, executor, fund, id_of, lamports, next_block},
};
use lumio_types::{DecodeTransactionError, Envelope, Transaction, VmId};
use solana_system_interface::instruction::transfer;
use solana_transaction_error::TransactionError;

const SOL: u64 = 1_000_000_000;

#[test]
fn a_transfer_moves_lamports_of_the_one_ledger() {
    let executor = executor();
    let block = next_block(1);
    let mut memory = chain(&executor, &block);
    let (alice, bob) = (SolanaUser::new(1), SolanaUser::new(2));
    fund(&mut memory, &alice.key(), 10 * SOL);
    let supply = memory.supply();

    let sent = alice.send(&block, &[], &[transfer(&alice.key(), &bob.key(), 3 * SOL)]);
    let executed = executor.execute(&memory, &block, &sent).unwrap();
    assert!(executed.success, "{:?}", executed.carried);
    memory.apply(&executed.writes);
    assert_eq!(lamports(&memory, &bob.key()), 3 * SOL);
    assert_eq!(lamports(&memory, &alice.key()), 7 * SOL - 5_000);
    assert_eq!(memory.supply(), supply);

    let carried = executed.carried.unwrap();
    let receipt = carried.as_solana().unwrap();
    assert_eq!(receipt.fee, 5_000);
    assert_eq!(receipt.payer, id_of(&alice.key()));
    assert_eq!(receipt.error, None);
    let lamports = receipt.accounts.iter().map(|it| (it.before, it.after));
    let lamports: Vec<_> = lamports.take(2).collect();
    assert_eq!(lamports, [(10 * SOL, 7 * SOL - 5_000), (0, 3 * SOL)]);
    assert!(receipt.logs.iter().any(|line| line.contains("success")));
    assert_eq!(
        sent.carried().unwrap().as_solana().unwrap().signature,
        receipt.signature
    );
    assert!(executed.gas_used > 0 && executed.gas_used < sent_gas(&sent));
}

fn sent_gas(transaction: &Transaction) -> u64 {
    alloy_consensus::Transaction::gas_limit(transaction.envelope())
}

#[test]
fn a_transaction_comes_once() {
    let executor = executor();
    let block = next_block(1);
    let mut memory = chain(&executor, &block);
    let (alice, bob) = (SolanaUser::new(1), SolanaUser::new(2));
    fund(&mut memory, &alice.key(), 10 * SOL);
    let sent = alice.send(&block, &[], &[transfer(&alice.key(), &bob.key(), SOL)]);
    let executed = executor.execute(&memory, &block, &sent).unwrap();
    memory.apply(&executed.writes);
    let again = |memory: &Memory, number| {
        let error = executor.execute(memory, &next_block(number), &sent);
        let ExecuteError::Solana(SvmTransactError::Refused(error)) = error.unwrap_err() else {
            panic!("another error");
        };
        error
    };
    assert_eq!(again(&memory, 1), TransactionError::AlreadyProcessed);
    for number in 2..=160 {
        begin(&executor, &mut memory, &next_block(number));
    }
    assert_eq!(again(&memory, 160), TransactionError::BlockhashNotFound);
}

#[test]
fn what_fails_pays_and_changes_nothing_else() {
    let executor = executor();
    let block = next_block(1);
    let mut memory = chain(&executor, &block);
    let (alice, bob) = (SolanaUser::new(1), SolanaUser::new(2));
    fund(&mut memory, &alice.key(), SOL);
    let both = [
        transfer(&alice.key(), &bob.key(), SOL / 2),
        transfer(&alice.key(), &bob.key(), SOL),
    ];
    let sent = alice.send(&block, &[], &both);
    let executed = executor.execute(&memory, &block, &sent).unwrap();
    assert!(!executed.success);
    memory.apply(&executed.writes);
    assert_eq!(lamports(&memory, &bob.key()), 0);
    assert_eq!(lamports(&memory, &alice.key()), SOL - 5_000);
    assert!(
        executed
            .carried
            .unwrap()
            .as_solana()
            .unwrap()
            .error
            .is_some()
    );
    assert!(
        executed
            .events
            .iter()
            .all(|event| event.origin.vm() != VmId::Svm)
    );
}

#[test]
fn a_signature_that_does_not_hold_is_no_transaction() {
    let alice = SolanaUser::new(1);
    let sent = alice.send(
        &next_block(1),
        &[],
        &[transfer(&alice.key(), &alice.key(), 1)],
    );
    let wire = sent.carried().unwrap().as_solana().unwrap().wire.to_vec();
    let decode = |wire: &[u8]| {
        let Envelope::Legacy(envelope) = sent.envelope() else {
            panic!("carriers are legacy transactions");
        };
        let mut unsigned = envelope.tx().clone();
        unsigned.input = [lumio_types::SOLANA_MAGIC.as_slice(), wire].concat().into();
        use alloy_consensus::SignableTransaction as _;
        let signature = lumio_types::sign_carrier(unsigned.signature_hash());
        Transaction::recover(Envelope::Legacy(unsigned.into_signed(signature)))
    };
    assert!(decode(&wire).is_ok());
    for at in 0..wire.len() {
        let mut broken = wire.clone();
        broken[at] ^= 1;
        let error = decode(&broken).unwrap_err();
        assert!(
            matches!(
                error,
                DecodeTransactionError::Carried("Solana", _)
                    | DecodeTransactionError::CarriedSignature("Solana", _)
            ),
            "{at}: {error}"
        );
    }
    for length in 0..wire.len() {
        assert!(decode(&wire[..length]).is_err());
    }
    assert!(decode(&[&wire[..], &[0]].concat()).is_err());
    assert_eq!(carrier_of(&wire).carried(), sent.carried());
}
