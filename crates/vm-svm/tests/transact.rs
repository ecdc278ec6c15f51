//! Whole transactions: fees, remainders, failures, nonces, lookup tables.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(missing_docs)]

mod chain;
mod spl;

use alloy_primitives::U256;
use chain::{Chain, keypair, oracle, sign};
use lumio_state::StateKey;
use lumio_types::wei_of_lamports;
use lumio_vm_svm::{SvmTransactError, TOKEN, TOKEN_2022};
use solana_address_lookup_table_interface::instruction as tables;
use solana_instruction::{Instruction, error::InstructionError};
use solana_message::{AddressLookupTableAccount, VersionedMessage, v0};
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use solana_system_interface::instruction as system;
use solana_transaction::versioned::VersionedTransaction;
use solana_transaction_error::TransactionError;

const SOL: u64 = 1_000_000_000;

#[test]
fn a_transfer_moves_whole_lamports_and_leaves_remainders_where_they_are() {
    let mut chain = Chain::new();
    let (alice, bob) = (keypair(1), keypair(2));
    let remainder = U256::from(123_456_789);
    chain.give(&alice.pubkey(), wei_of_lamports(10 * SOL) + remainder);
    chain.give(&bob.pubkey(), U256::from(987));
    let supply = chain.supply();
    let beneficiary = chain.env.block.beneficiary;

    let transfer = system::transfer(&alice.pubkey(), &bob.pubkey(), 3 * SOL);
    let sent = chain.send(&[transfer], &[&alice]);

    assert_eq!(sent.fee, 5_000);
    assert_eq!(sent.compute_units, 150);
    let left = wei_of_lamports(7 * SOL - 5_000) + remainder;
    assert_eq!(chain.wei(&alice.pubkey()), left);
    let got = wei_of_lamports(3 * SOL) + U256::from(987);
    assert_eq!(chain.wei(&bob.pubkey()), got);
    let key = StateKey::Balance(beneficiary);
    let fees = lumio_state::StateView::word(&chain.state, &key).unwrap();
    assert_eq!(fees, wei_of_lamports(5_000));
    assert_eq!(chain.supply(), supply);
    assert!(chain.record(&alice.pubkey()).is_none());
    assert_eq!(sent.before[0].lamports_(), 10 * SOL);
    assert_eq!(sent.after[0].lamports_(), 7 * SOL - 5_000);
}

#[test]
fn a_failed_transaction_pays_its_fee_and_nothing_else() {
    let mut chain = Chain::new();
    let (alice, bob) = (keypair(1), keypair(2));
    chain.give(&alice.pubkey(), wei_of_lamports(10 * SOL));
    let supply = chain.supply();
    let good = system::transfer(&alice.pubkey(), &bob.pubkey(), SOL);
    let bad = system::transfer(&alice.pubkey(), &bob.pubkey(), 100 * SOL);
    let transaction = sign(&[good, bad], &[&alice], chain.blockhash());
    let sent = chain.try_send(&transaction).unwrap();
    assert!(matches!(
        sent.status,
        Err(TransactionError::InstructionError(1, _))
    ));
    assert_eq!(chain.wei(&bob.pubkey()), U256::ZERO);
    let left = wei_of_lamports(10 * SOL - 5_000);
    assert_eq!(chain.wei(&alice.pubkey()), left);
    assert_eq!(chain.supply(), supply);
}

#[test]
fn what_no_block_may_contain_changes_nothing() {
    let mut chain = Chain::new();
    let (alice, bob) = (keypair(1), keypair(2));
    let transfer = system::transfer(&alice.pubkey(), &bob.pubkey(), 1);
    let transaction = sign(&[transfer], &[&alice], chain.blockhash());
    let before = chain.state.clone();
    let refused = chain.try_send(&transaction).unwrap_err();
    let expected = TransactionError::AccountNotFound;
    assert_eq!(refused, SvmTransactError::Refused(expected));

    chain.give(&alice.pubkey(), wei_of_lamports(4_999));
    let refused = chain.try_send(&transaction).unwrap_err();
    let expected = TransactionError::InsufficientFundsForFee;
    assert_eq!(refused, SvmTransactError::Refused(expected));

    chain.give(&alice.pubkey(), wei_of_lamports(SOL));
    for _ in 0..150 {
        chain.next_block();
    }
    let refused = chain.try_send(&transaction).unwrap_err();
    let expected = TransactionError::BlockhashNotFound;
    assert_eq!(refused, SvmTransactError::Refused(expected));
    assert_eq!(chain.wei(&bob.pubkey()), U256::ZERO);
    assert!(before.0.len() <= chain.state.0.len());
}

#[test]
fn an_account_too_rich_for_lamports_is_refused_with_a_reason() {
    let mut chain = Chain::new();
    let (alice, bob) = (keypair(1), keypair(2));
    chain.give(&alice.pubkey(), wei_of_lamports(SOL));
    chain.give(
        &bob.pubkey(),
        wei_of_lamports(u64::MAX) + wei_of_lamports(1),
    );
    let transfer = system::transfer(&alice.pubkey(), &bob.pubkey(), 1);
    let transaction = sign(&[transfer], &[&alice], chain.blockhash());
    match chain.try_send(&transaction).unwrap_err() {
        SvmTransactError::Amount(reason) => {
            assert!(reason.contains(&bob.pubkey().to_string()), "{reason}");
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_token_life_cycle_is_that_of_litesvm() {
    for program in [TOKEN, TOKEN_2022] {
        token_life_cycle(&program);
    }
}

fn token_life_cycle(program: &Pubkey) {
    let mut chain = Chain::new();
    let mut lite = oracle(&chain);
    let (alice, bob, mint) = (keypair(1), keypair(2), keypair(3));
    for owner in [&alice, &bob] {
        chain.give(&owner.pubkey(), wei_of_lamports(10 * SOL));
        let account = chain.account(&owner.pubkey()).unwrap();
        lite.set_account(owner.pubkey(), account).unwrap();
    }
    let (a, b, m) = (alice.pubkey(), bob.pubkey(), mint.pubkey());
    let from = spl::associated_of(program, &a, &m);
    let to = spl::associated_of(program, &b, &m);
    let associate = |owner| vec![spl::make_associated_of(program, &a, owner, &m)];
    let steps = [
        (spl::make_mint(&a, &m).to_vec(), vec![&alice, &mint]),
        (associate(&a), vec![&alice]),
        (associate(&b), vec![&alice]),
        (vec![spl::mint_to(&m, &from, &a, 1_000)], vec![&alice]),
        (vec![spl::transfer(&from, &to, &a, 400)], vec![&alice]),
        (vec![spl::burn(&to, &m, &b, 150)], vec![&bob]),
        (vec![spl::approve(&to, &a, &b, 50)], vec![&bob]),
        (vec![spl::transfer(&to, &from, &a, 50)], vec![&alice]),
        (vec![spl::transfer(&from, &to, &a, 651)], vec![&alice]),
        (vec![spl::memo("thank you", &a)], vec![&alice]),
    ];
    for (number, (instructions, signers)) in steps.into_iter().enumerate() {
        let instructions: Vec<_> = instructions
            .into_iter()
            .map(|i| spl::on(program, i))
            .collect();
        let transaction = sign(&instructions, &signers, chain.blockhash());
        let sent = chain.try_send(&transaction).unwrap();
        let (error, expected) = match lite.send_transaction(transaction) {
            Ok(meta) => (None, meta),
            Err(failed) => (Some(failed.err), failed.meta),
        };
        assert_eq!(
            error.is_some(),
            number == 8,
            "more than there is: {error:?}"
        );
        assert_eq!(sent.status.err(), error, "{:#?}", sent.logs);
        assert_eq!(sent.logs, expected.logs);
        assert_eq!(sent.compute_units, expected.compute_units_consumed);
        assert_eq!(sent.inner_instructions, expected.inner_instructions);
    }
    assert_eq!(spl::balance(&chain, &from), 650);
    assert_eq!(spl::balance(&chain, &to), 200);
    for key in [a, b, m, from, to] {
        assert_eq!(chain.account(&key), lite.get_account(&key), "{key}");
    }
}

#[test]
fn a_durable_nonce_outlives_blockhashes_and_is_used_up_once() {
    let mut chain = Chain::new();
    let (alice, bob, nonce) = (keypair(1), keypair(2), keypair(3));
    let (a, b, n) = (alice.pubkey(), bob.pubkey(), nonce.pubkey());
    chain.give(&a, wei_of_lamports(10 * SOL));
    let make = system::create_nonce_account(&a, &n, &a, spl::exempt(80));
    chain.send(&make, &[&alice, &nonce]);
    for _ in 0..200 {
        chain.next_block();
    }
    let stored =
        |chain: &Chain| -> [u8; 32] { chain.account(&n).unwrap().data[40..72].try_into().unwrap() };
    for (lamports, succeeds) in [(SOL, true), (100 * SOL, false)] {
        let durable = stored(&chain);
        let steps = [
            system::advance_nonce_account(&n, &a),
            system::transfer(&a, &b, lamports),
        ];
        let transaction = sign(&steps, &[&alice], durable.into());
        let before = chain.account(&a).unwrap().lamports;
        let sent = chain.try_send(&transaction).unwrap();
        assert_eq!(sent.status.is_ok(), succeeds, "{:#?}", sent.logs);
        let paid = if succeeds { SOL + 5_000 } else { 5_000 };
        assert_eq!(chain.account(&a).unwrap().lamports, before - paid);
        // Used up, whether it succeeded or not.
        assert_ne!(stored(&chain), durable);
        let expected = SvmTransactError::Refused(TransactionError::BlockhashNotFound);
        assert_eq!(chain.try_send(&transaction).unwrap_err(), expected);
        chain.next_block();
    }
    assert_eq!(chain.wei(&b), wei_of_lamports(SOL));
    // Without a nonce account, it is the blockhash that is too old.
    let steps = [system::advance_nonce_account(&keypair(9).pubkey(), &a)];
    let nowhere = sign(&steps, &[&alice], stored(&chain).into());
    let expected = SvmTransactError::Refused(TransactionError::BlockhashNotFound);
    assert_eq!(chain.try_send(&nowhere).unwrap_err(), expected);
    // Nobody but its authority advances it.
    chain.give(&b, wei_of_lamports(10 * SOL));
    let steps = [system::advance_nonce_account(&n, &b)];
    let stolen = sign(&steps, &[&bob], stored(&chain).into());
    let expected = SvmTransactError::Refused(TransactionError::BlockhashNotFound);
    assert_eq!(chain.try_send(&stolen).unwrap_err(), expected);
}

#[test]
fn a_transaction_is_in_the_chain_once() {
    let mut chain = Chain::new();
    let (alice, bob) = (keypair(1), keypair(2));
    chain.give(&alice.pubkey(), wei_of_lamports(10 * SOL));
    let pay = |lamports| system::transfer(&alice.pubkey(), &bob.pubkey(), lamports);
    let good = sign(&[pay(SOL)], &[&alice], chain.blockhash());
    let failing = sign(&[pay(100 * SOL)], &[&alice], chain.blockhash());
    assert!(chain.try_send(&good).unwrap().status.is_ok());
    assert!(chain.try_send(&failing).unwrap().status.is_err());
    let notes = |chain: &Chain| {
        let keys = chain.state.0.keys();
        let notes = keys.filter(|key| match key {
            StateKey::System(name) => name.starts_with(b"svm/list/"),
            StateKey::SvmMessage(_) => true,
            _ => false,
        });
        notes.count()
    };
    for block in 0..150 {
        let expected = SvmTransactError::Refused(TransactionError::AlreadyProcessed);
        for transaction in [&good, &failing] {
            let refused = chain.try_send(transaction).unwrap_err();
            assert_eq!(refused, expected, "block {block}");
        }
        // The block's end adds the list of the two.
        assert_eq!(notes(&chain), 2 + usize::from(block > 0));
        chain.next_block();
    }
    let expected = SvmTransactError::Refused(TransactionError::BlockhashNotFound);
    assert_eq!(chain.try_send(&good).unwrap_err(), expected);
    chain.next_block();
    assert_eq!(notes(&chain), 0, "nothing is kept of what has expired");
    assert_eq!(chain.wei(&bob.pubkey()), wei_of_lamports(SOL));
}

#[test]
fn addresses_come_out_of_lookup_tables() {
    let mut chain = Chain::new();
    let (alice, bob) = (keypair(1), keypair(2));
    let (a, b) = (alice.pubkey(), bob.pubkey());
    chain.give(&a, wei_of_lamports(10 * SOL));
    let (make, key) = tables::create_lookup_table(a, a, chain.env.block.number - 1);
    let extend = tables::extend_lookup_table(key, a, Some(a), vec![b, keypair(4).pubkey()]);
    chain.send(&[make, extend], &[&alice]);

    let pay = |chain: &Chain, table: &AddressLookupTableAccount| {
        let transfer = system::transfer(&a, &b, SOL);
        let tables = std::slice::from_ref(table);
        let message = v0::Message::try_compile(&a, &[transfer], tables, chain.blockhash());
        let message = VersionedMessage::V0(message.unwrap());
        assert_eq!(message.address_table_lookups().unwrap().len(), 1);
        VersionedTransaction::try_new(message, &[&alice]).unwrap()
    };
    let addresses = vec![b, keypair(4).pubkey()];
    let table = AddressLookupTableAccount { key, addresses };
    // What was added in this block is not yet there.
    let early = pay(&chain, &table);
    let expected = SvmTransactError::Refused(TransactionError::InvalidAddressLookupTableIndex);
    assert_eq!(chain.try_send(&early).unwrap_err(), expected);
    chain.next_block();
    let transaction = pay(&chain, &table);
    let sent = chain.try_send(&transaction).unwrap();
    assert_eq!(sent.status, Ok(()), "{:#?}", sent.logs);
    assert_eq!(sent.keys.last(), Some(&b));
    assert_eq!(chain.wei(&b), wei_of_lamports(SOL));

    for (key, expected) in [
        (b, TransactionError::InvalidAddressLookupTableOwner),
        (
            keypair(9).pubkey(),
            TransactionError::AddressLookupTableNotFound,
        ),
    ] {
        let addresses = vec![b];
        let transaction = pay(&chain, &AddressLookupTableAccount { key, addresses });
        let refused = chain.try_send(&transaction).unwrap_err();
        assert_eq!(refused, SvmTransactError::Refused(expected));
    }
}

#[test]
fn fees_are_paid_of_a_transaction_whose_accounts_cannot_be_loaded() {
    let mut chain = Chain::new();
    let alice = keypair(1);
    chain.give(&alice.pubkey(), wei_of_lamports(SOL));
    let supply = chain.supply();
    let nowhere = Instruction {
        program_id: keypair(9).pubkey(),
        accounts: Vec::new(),
        data: Vec::new(),
    };
    let transaction = sign(&[nowhere], &[&alice], chain.blockhash());
    let sent = chain.try_send(&transaction).unwrap();
    assert_eq!(sent.status, Err(TransactionError::ProgramAccountNotFound));
    let left = wei_of_lamports(SOL - 5_000);
    assert_eq!(chain.wei(&alice.pubkey()), left);
    assert_eq!(chain.supply(), supply);
}

#[test]
fn a_transaction_that_may_use_more_gas_than_there_is_is_refused() {
    let mut chain = Chain::new();
    let (alice, bob) = (keypair(1), keypair(2));
    chain.give(&alice.pubkey(), wei_of_lamports(SOL));
    let transfer = system::transfer(&alice.pubkey(), &bob.pubkey(), 1);
    let transaction = sign(&[transfer], &[&alice], chain.blockhash());
    let vm = chain.vm.clone();
    // A system instruction may use 3,000 compute units, unless a limit says otherwise.
    // Alice's account and the system program are loaded: 64 bytes each, and the data.
    let enough = lumio_vm_svm::Usage {
        units: 3_000,
        accounts: 3,
        bytes: 64 + 64 + 14,
        signatures: 1,
        invocations: 1,
        ..Default::default()
    }
    .most_gas();
    for (gas, fits) in [(enough, true), (enough - 1, false)] {
        let mut journal = lumio_state::Journal::new(&chain.state);
        let vms = lumio_vm_bus::Vms {
            evm: &lumio_vm_bus::Absent,
            move_vm: &lumio_vm_bus::Absent,
            svm: &vm,
        };
        let mut bus = lumio_vm_bus::Bus::new(&mut journal, &chain.env, vms, gas);
        let sent = vm.transact(&transaction, &mut bus);
        assert_eq!(sent.is_ok(), fits, "{sent:?}");
    }
}

#[test]
fn precompiles_check_signatures_and_read_other_instructions() {
    let mut chain = Chain::new();
    let alice = keypair(1);
    chain.give(&alice.pubkey(), wei_of_lamports(SOL));
    let message = b"to be signed".as_slice();
    let signature = alice.sign_message(message);
    // One signature; the message is in the memo, which comes second.
    let mut memo = spl::memo("", &alice.pubkey());
    let mut data = vec![1, 0];
    for number in [16_u16, u16::MAX, 80, u16::MAX, 5, 12, 1] {
        data.extend(number.to_le_bytes());
    }
    data.extend_from_slice(signature.as_ref());
    data.extend_from_slice(alice.pubkey().as_ref());
    memo.data = [b"note:".as_slice(), message].concat();
    let check = Instruction {
        program_id: solana_sdk_ids::ed25519_program::id(),
        accounts: Vec::new(),
        data,
    };
    let sent = chain.send(&[check.clone(), memo.clone()], &[&alice]);
    assert_eq!(sent.fee, 10_000, "the second signature is paid for");
    for at in [2, 16, 40, 80, 111] {
        let mut broken = check.clone();
        broken.data[at] ^= 1;
        let transaction = sign(&[broken, memo.clone()], &[&alice], chain.blockhash());
        let sent = chain.try_send(&transaction).unwrap();
        assert!(sent.status.is_err(), "byte {at}");
    }
    memo.data[6] ^= 1;
    let transaction = sign(&[check, memo], &[&alice], chain.blockhash());
    let sent = chain.try_send(&transaction).unwrap();
    let expected = TransactionError::InstructionError(0, InstructionError::Custom(2));
    assert_eq!(sent.status, Err(expected));
}

/// Runs an instruction of a precompile, and then again with each of these bytes changed.
fn check_precompile(program: Pubkey, data: Vec<u8>, broken: &[(usize, u32)]) {
    let mut chain = Chain::new();
    let alice = keypair(1);
    chain.give(&alice.pubkey(), wei_of_lamports(SOL));
    let check = Instruction {
        program_id: program,
        accounts: Vec::new(),
        data,
    };
    let sent = chain.send(std::slice::from_ref(&check), &[&alice]);
    assert_eq!((sent.fee, sent.compute_units), (10_000, 0));
    for (at, code) in broken {
        let mut check = check.clone();
        check.data[*at] ^= 1;
        let transaction = sign(&[check], &[&alice], chain.blockhash());
        let error = InstructionError::Custom(*code);
        let expected = Err(TransactionError::InstructionError(0, error));
        let sent = chain.try_send(&transaction).unwrap();
        assert_eq!(sent.status, expected, "byte {at}");
    }
}

#[test]
fn the_secp256k1_program_recovers_addresses() {
    use alloy_primitives::keccak256;
    let key = k256::ecdsa::SigningKey::from_slice(&[7; 32]).unwrap();
    let message = b"to be signed".as_slice();
    let hash = keccak256(message);
    let (signature, id) = key.sign_prehash_recoverable(hash.as_slice()).unwrap();
    let point = key.verifying_key().to_encoded_point(false);
    let address = keccak256(&point.as_bytes()[1..]);
    // One signature, then the address, the signature and the message.
    let mut data = vec![1];
    data.extend(32_u16.to_le_bytes());
    data.push(0);
    data.extend(12_u16.to_le_bytes());
    data.push(0);
    data.extend(97_u16.to_le_bytes());
    data.extend(12_u16.to_le_bytes());
    data.push(0);
    data.extend_from_slice(&address[12..]);
    data.extend_from_slice(&signature.to_bytes());
    data.push(id.to_byte());
    data.extend_from_slice(message);
    let (signature_fails, offsets_fail, size_fails) = (2, 3, 4);
    let broken = [
        (12, signature_fails),
        (97, signature_fails),
        (96, signature_fails),
        (3, size_fails),
        (6, offsets_fail),
    ];
    let program = solana_sdk_ids::secp256k1_program::id();
    check_precompile(program, data.clone(), &broken);

    // The same signature with a high `s` recovers the same address.
    let high = k256::ecdsa::Signature::from_scalars(signature.r(), -signature.s()).unwrap();
    data[32..96].copy_from_slice(&high.to_bytes());
    data[96] ^= 1;
    check_precompile(program, data, &[]);
}

#[test]
fn the_secp256r1_program_takes_the_low_form_alone() {
    use p256::ecdsa::signature::Signer as _;
    let key = p256::ecdsa::SigningKey::from_slice(&[7; 32]).unwrap();
    let message = b"to be signed".as_slice();
    let signature: p256::ecdsa::Signature = key.sign(message);
    let signature = signature.normalize_s().unwrap_or(signature);
    let mut data = vec![1, 0];
    for number in [16_u16, u16::MAX, 80, u16::MAX, 113, 12, u16::MAX] {
        data.extend(number.to_le_bytes());
    }
    data.extend_from_slice(&signature.to_bytes());
    data.extend_from_slice(key.verifying_key().to_encoded_point(true).as_bytes());
    data.extend_from_slice(message);
    let program = solana_sdk_ids::secp256r1_program::id();
    let (signature_fails, offsets_fail, size_fails) = (2, 3, 4);
    let broken = [
        (113, signature_fails),
        (79, signature_fails),
        (4, offsets_fail),
        (0, size_fails),
    ];
    check_precompile(program, data.clone(), &broken);

    let high = p256::ecdsa::Signature::from_scalars(signature.r(), -signature.s()).unwrap();
    data[16..80].copy_from_slice(&high.to_bytes());
    let mut chain = Chain::new();
    let alice = keypair(1);
    chain.give(&alice.pubkey(), wei_of_lamports(SOL));
    let check = Instruction {
        program_id: program,
        accounts: Vec::new(),
        data,
    };
    let transaction = sign(&[check], &[&alice], chain.blockhash());
    assert!(chain.try_send(&transaction).unwrap().status.is_err());
}

/// Lamports of an account.
trait Lamports {
    fn lamports_(&self) -> u64;
}

impl Lamports for solana_account::AccountSharedData {
    fn lamports_(&self) -> u64 {
        solana_account::ReadableAccount::lamports(self)
    }
}
