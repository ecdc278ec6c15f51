//! Submitting: one, several, in BCS and in JSON.

use crate::{
    chain::bytes,
    client::{Api, BCS, SIGNED},
    samples::Wallet,
};
use lumio_move_engine::Address;
use lumio_move_transaction::{RawTransactionWithData, TransactionPayload};
use lumio_rpc::aptos::SubmitError;
use serde_json::{Value, json};

const BOB: Address = Address::small(0xb0);

fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().map(|byte| format!("{byte:02x}"));
    format!("0x{}", digits.collect::<String>())
}

/// A transaction as a client writes it.
fn transfer_json(wallet: &Wallet, number: u64) -> Value {
    json!({
        "sender": wallet.long(),
        "sequence_number": number.to_string(),
        "max_gas_amount": "2000",
        "gas_unit_price": "100",
        "expiration_timestamp_secs": "4000000000",
        "payload": {
            "type": "entry_function_payload",
            "function": "0x1::aptos_account::transfer",
            "type_arguments": [],
            "arguments": ["0xb0", "5"],
        },
    })
}

#[tokio::test]
async fn a_transaction_in_bcs_is_taken_and_shown() {
    let api = Api::start().await;
    let alice = &api.chain.alice;
    let signed = alice.transfer(5, BOB, 5);
    let answer = api
        .post_as("/transactions", SIGNED, &bytes(&signed), "*/*")
        .await;
    assert_eq!(answer.status, 202);
    let shown = answer.json();
    assert_eq!(shown["hash"], hex(&signed.hash()));
    assert_eq!(shown["sender"], alice.long());
    assert_eq!(shown["sequence_number"], "5");
    assert_eq!(shown["max_gas_amount"], "2000");
    assert_eq!(shown["gas_unit_price"], "100");
    assert_eq!(shown["expiration_timestamp_secs"], "4000000000");
    let payload = json!({
        "type": "entry_function_payload",
        "function": "0x1::aptos_account::transfer",
        "type_arguments": [],
        "arguments": [format!("0x{}", BOB.to_hex()), "5"],
    });
    assert_eq!(shown["payload"], payload);
    assert_eq!(shown["signature"]["public_key"], hex(&alice.public_key()));
    let again = api
        .post_as("/transactions", SIGNED, &bytes(&signed), "*/*")
        .await;
    assert_eq!(again.error(), (400, "vm_error".into()));
    assert_eq!(again.json()["vm_error_code"], 3);
    let message = "Invalid transaction: Type: Validation Code: SEQUENCE_NUMBER_TOO_OLD";
    assert_eq!(again.json()["message"], message);
}

#[tokio::test]
async fn an_answer_in_bcs_is_empty() {
    let api = Api::start().await;
    let signed = api.chain.alice.transfer(5, BOB, 5);
    let answer = api
        .post_as("/transactions", SIGNED, &bytes(&signed), BCS)
        .await;
    assert_eq!((answer.status, answer.body.len()), (202, 0));
}

#[tokio::test]
async fn json_can_be_encoded_signed_and_submitted() {
    let api = Api::start().await;
    let alice = &api.chain.alice;
    let mut request = transfer_json(alice, 5);
    let message = api.post("/transactions/encode_submission", &request).await;
    let raw = alice.raw(5, BOB, 5);
    assert_eq!(message.ok(), json!(hex(&raw.signing_message())));
    request["signature"] = json!({
        "type": "ed25519_signature",
        "public_key": hex(&alice.public_key()),
        "signature": hex(&alice.signature(&raw.signing_message())),
    });
    let answer = api.post("/transactions", &request).await;
    assert_eq!(answer.status, 202, "{}", answer.json());
    assert_eq!(api.chain.last_submitted(), alice.transfer(5, BOB, 5));
}

#[tokio::test]
async fn messages_of_several_signers_name_them() {
    let api = Api::start().await;
    let alice = &api.chain.alice;
    let mut request = transfer_json(alice, 5);
    request["secondary_signers"] = json!(["0xb0"]);
    let path = "/transactions/encode_submission";
    let raw = alice.raw(5, BOB, 5);
    let secondary = vec![BOB];
    let expected = RawTransactionWithData::MultiAgent {
        raw: raw.clone(),
        secondary: secondary.clone(),
    };
    let message = api.post(path, &request).await.ok();
    assert_eq!(message, json!(hex(&expected.signing_message())));
    request["fee_payer"] = json!("0xfe");
    let expected = RawTransactionWithData::FeePayer {
        raw,
        secondary,
        fee_payer: Address::small(0xfe),
    };
    let message = api.post(path, &request).await.ok();
    assert_eq!(message, json!(hex(&expected.signing_message())));
}

#[tokio::test]
async fn a_nonce_makes_an_orderless_payload() {
    let api = Api::start().await;
    let alice = &api.chain.alice;
    let mut request = transfer_json(alice, 0);
    request.as_object_mut().unwrap().remove("sequence_number");
    request["replay_protection_nonce"] = json!("77");
    request["signature"] = json!({ "type": "no_account_signature" });
    api.post("/transactions", &request).await;
    let raw = api.chain.last_submitted().raw;
    assert_eq!(raw.payload.nonce(), Some(77));
    assert!(matches!(raw.payload, TransactionPayload::Orderless(_)));
}

#[tokio::test]
async fn a_batch_tells_which_failed() {
    let api = Api::start().await;
    let alice = &api.chain.alice;
    let list = [5, 5, 6].map(|number| bytes(&alice.transfer(number, BOB, 1)));
    let body = [&[3][..], &list.concat()].concat();
    let answer = api
        .post_as("/transactions/batch", SIGNED, &body, "*/*")
        .await;
    assert_eq!(answer.status, 206);
    let failures = &answer.json()["transaction_failures"];
    assert_eq!(failures.as_array().unwrap().len(), 1);
    assert_eq!(failures[0]["transaction_index"], 1);
    assert_eq!(failures[0]["error"]["error_code"], "vm_error");
    let body = [&[1][..], &bytes(&alice.transfer(7, BOB, 1))].concat();
    let answer = api
        .post_as("/transactions/batch", SIGNED, &body, "*/*")
        .await;
    assert_eq!(answer.status, 202);
    assert_eq!(answer.json(), json!({ "transaction_failures": [] }));
    for broken in [
        vec![2, 1],
        vec![0xff, 0xff, 3],
        vec![],
        [&body[..], &[0]].concat(),
    ] {
        let answer = api
            .post_as("/transactions/batch", SIGNED, &broken, "*/*")
            .await;
        assert_eq!(answer.error(), (400, "invalid_input".into()));
    }
}

#[tokio::test]
async fn each_refusal_has_its_status_and_code() {
    let api = Api::start().await;
    let signed = bytes(&api.chain.alice.transfer(5, BOB, 5));
    let say = || "no".to_owned();
    let refusals = [
        (
            SubmitError::SequenceNumberTooOld(say()),
            400,
            "sequence_number_too_old",
        ),
        (
            SubmitError::InvalidUpdate(say()),
            400,
            "invalid_transaction_update",
        ),
        (SubmitError::Filtered(say()), 403, "rejected_by_filter"),
        (SubmitError::PoolFull(say()), 507, "mempool_is_full"),
    ];
    for (refusal, status, code) in refusals {
        api.chain.refuse(refusal);
        let answer = api.post_as("/transactions", SIGNED, &signed, "*/*").await;
        assert_eq!(answer.error(), (status, code.to_owned()));
    }
}

#[tokio::test]
async fn what_is_no_transaction_is_refused() {
    let api = Api::start().await;
    let alice = &api.chain.alice;
    let good = bytes(&alice.transfer(5, BOB, 5));
    for end in (0..good.len()).step_by(7) {
        let answer = api
            .post_as("/transactions", SIGNED, &good[..end], "*/*")
            .await;
        assert_eq!(answer.error(), (400, "invalid_input".into()), "{end}");
    }
    let unsigned = transfer_json(alice, 5);
    let answer = api.post("/transactions", &unsigned).await;
    assert_eq!(answer.error(), (400, "invalid_input".into()));
    let breaks: [fn(&mut Value); 6] = [
        |json| json["payload"]["function"] = "0x1::aptos_account::no_such".into(),
        |json| json["payload"]["function"] = "aptos_account".into(),
        |json| json["payload"]["arguments"] = json!(["0xb0"]),
        |json| json["payload"]["arguments"] = json!(["0xb0", "x"]),
        |json| json["payload"]["type_arguments"] = json!(["u8"]),
        |json| json["sender"] = "0xzz".into(),
    ];
    for change in breaks {
        let mut broken = unsigned.clone();
        change(&mut broken);
        let path = "/transactions/encode_submission";
        let answer = api.post(path, &broken).await;
        assert_eq!(answer.error(), (400, "invalid_input".into()), "{broken}");
    }
}
