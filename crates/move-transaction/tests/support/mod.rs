//! What the SDK made, for tests to compare with and to change.
#![allow(dead_code, reason = "not every test needs everything")]

use lumio_move_engine::Address;
use lumio_move_transaction::{
    AccountAuthenticator, Bcs, Proof, Role, SignatureError, SignedTransaction, Signers,
    TransactionAuthenticator, VerifyError,
};
use serde_json::Value;

/// `vectors/vectors.json`.
pub(crate) fn vectors() -> Value {
    serde_json::from_str(include_str!("../vectors/vectors.json")).unwrap()
}

/// The elements of a list, with their names.
pub(crate) fn each(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let list = value.as_array().unwrap();
    list.iter()
        .map(|element| (element["name"].as_str().unwrap(), element))
}

/// A hex string's bytes.
pub(crate) fn bytes(value: &Value) -> Vec<u8> {
    let text = value.as_str().unwrap();
    let digits = text.strip_prefix("0x").unwrap_or(text);
    digits
        .as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

/// Bytes as hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// An address.
pub(crate) fn address(value: &Value) -> Address {
    value.as_str().unwrap().parse().unwrap()
}

/// A form of the vectors by its name.
pub(crate) fn form(list: &str, name: &str) -> SignedTransaction {
    let vectors = vectors();
    let found = each(&vectors[list]).find(|(other, _)| *other == name);
    SignedTransaction::from_bytes(&bytes(&found.unwrap().1["bytes"])).unwrap()
}

/// All accounts and their keys, in the vectors' form.
pub(crate) fn keys(signers: &Signers<'_>) -> Value {
    let key = |proof: &Proof<'_>| match proof {
        Proof::Key(key) => Some(hex(key)),
        Proof::Function(abstraction) => abstraction.authentication_key().map(|key| hex(&key)),
        Proof::Absent => None,
    };
    let long = |address: &Address| format!("0x{}", address.to_hex());
    let secondary = signers.secondary.iter();
    let payer = signers.fee_payer.as_ref();
    serde_json::json!({
        "sender": key(&signers.sender.proof),
        "secondary": secondary
            .map(|signer| (long(&signer.address), key(&signer.proof)))
            .collect::<Vec<_>>(),
        "fee_payer": payer.map(|signer| (long(&signer.address), key(&signer.proof))),
    })
}

/// Why the sender's signature is refused.
pub(crate) fn cause(signed: &SignedTransaction) -> SignatureError {
    match signed.verify() {
        Err(VerifyError::Account {
            role: Role::Sender,
            cause,
            ..
        }) => cause,
        other => panic!("{other:?}"),
    }
}

/// A transaction of one account, changed.
pub(crate) fn changed(
    name: &str,
    change: impl FnOnce(&mut AccountAuthenticator),
) -> SignedTransaction {
    let mut signed = form("forms", name);
    match &mut signed.authenticator {
        TransactionAuthenticator::SingleSender(sender) => change(sender),
        other => panic!("{other:?}"),
    }
    signed
}
