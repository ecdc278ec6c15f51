//! Transactions in BCS, read back by the letter.

use crate::client::Api;
use lumio_move_engine::{Address, TypeTag, bcs::Reader};
use lumio_move_transaction::{Bcs as _, ExecutableRef, SignedTransaction};

/// Reads one transaction with all that is known of it; returns what was signed,
/// and how it ended.
fn read(reader: &mut Reader<'_>, version: u64) -> (Option<SignedTransaction>, u8) {
    assert_eq!(reader.u64().unwrap(), version);
    let mut signed = None;
    match reader.uleb().unwrap() {
        0 => {
            let rest = reader.clone().take(reader.left()).unwrap();
            let mut inner = lumio_move_transaction::Reader::new(rest);
            let found = SignedTransaction::read(&mut inner).unwrap();
            reader.take(found.to_bytes().len()).unwrap();
            signed = Some(found);
        }
        1 => {
            assert_eq!(reader.uleb().unwrap(), 0);
            write_set(reader);
            events(reader);
        }
        2 => {
            hash(reader);
            reader.take(16 + 32).unwrap();
            assert_eq!((reader.uleb().unwrap(), reader.uleb().unwrap()), (0, 0));
            reader.u64().unwrap();
        }
        3 => hash(reader),
        other => panic!("no transaction {other}"),
    }
    assert_eq!(reader.uleb().unwrap(), 0);
    assert_eq!(reader.u64().unwrap(), 7);
    let status = reader.u8().unwrap();
    if status == 4 {
        assert!(!reader.bool().unwrap());
    }
    (0..3).for_each(|_| hash(reader));
    if reader.bool().unwrap() {
        hash(reader);
    }
    assert!(!reader.bool().unwrap());
    events(reader);
    hash(reader);
    write_set(reader);
    (signed, status)
}

fn hash(reader: &mut Reader<'_>) {
    assert_eq!(reader.uleb().unwrap(), 32);
    reader.take(32).unwrap();
}

fn bytes(reader: &mut Reader<'_>) {
    let length = reader.uleb().unwrap();
    reader.take(length as usize).unwrap();
}

fn events(reader: &mut Reader<'_>) {
    for _ in 0..reader.uleb().unwrap() {
        match reader.uleb().unwrap() {
            0 => {
                reader.take(8 + 32 + 8).unwrap();
            }
            1 => {}
            other => panic!("no event {other}"),
        }
        TypeTag::read(reader).unwrap();
        bytes(reader);
    }
}

fn write_set(reader: &mut Reader<'_>) {
    assert_eq!(reader.uleb().unwrap(), 0);
    for _ in 0..reader.uleb().unwrap() {
        match reader.uleb().unwrap() {
            0 | 1 => {
                reader.address().unwrap();
                bytes(reader);
            }
            other => panic!("no key {other}"),
        }
        match reader.uleb().unwrap() {
            1 => bytes(reader),
            2 => {}
            other => panic!("no change {other}"),
        }
    }
}

#[tokio::test]
async fn every_type_of_transaction_can_be_read_from_bcs() {
    let api = Api::start().await;
    let list = api.bcs("/transactions").await;
    let mut reader = Reader::new(&list);
    assert_eq!(reader.uleb().unwrap(), 9);
    let mut signed = 0;
    for version in 0..9 {
        let (found, _) = read(&mut reader, version);
        signed += u8::from(found.is_some());
    }
    reader.end().unwrap();
    assert_eq!(signed, 4);
}

#[tokio::test]
async fn a_transaction_by_hash_says_that_it_is_committed() {
    let api = Api::start().await;
    let bytes = api.bcs("/transactions/by_version/2").await;
    let mut reader = Reader::new(&bytes);
    assert_eq!(reader.uleb().unwrap(), 0);
    let (signed, status) = read(&mut reader, 2);
    reader.end().unwrap();
    let expected = api.chain.alice.transfer(4, Address::small(0xbb), 77);
    assert_eq!((signed.unwrap(), status), (expected, 0));
}

#[tokio::test]
async fn a_transaction_of_another_machine_has_a_users_form() {
    let api = Api::start().await;
    let bytes = api.bcs("/transactions/by_version/6").await;
    let mut reader = Reader::new(&bytes[1..]);
    let (signed, status) = read(&mut reader, 6);
    let raw = signed.unwrap().raw;
    assert_eq!((raw.sender, raw.sequence_number), (Address::small(0xaa), 3));
    let ExecutableRef::EntryFunction(call) = raw.payload.executable() else {
        panic!("no entry function");
    };
    assert_eq!((call.function.as_str(), status), ("create", 4));
}
