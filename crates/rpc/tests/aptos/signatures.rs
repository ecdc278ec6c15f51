//! Signatures of every form, in JSON and back: what was made by the SDK is
//! shown, and what is shown can be submitted.

use crate::client::Api;
use lumio_move_transaction::{Bcs as _, SignedTransaction};
use lumio_rpc::aptos::Pending;
use serde_json::Value;
use std::sync::Arc;

const VECTORS: &str = include_str!("../../../move-transaction/tests/vectors/vectors.json");

fn unhex(text: &str) -> Vec<u8> {
    let pair = |at: usize| u8::from_str_radix(&text[at..at + 2], 16).unwrap();
    (0..text.len()).step_by(2).map(pair).collect()
}

fn all_forms() -> Vec<(String, SignedTransaction)> {
    let vectors: Value = serde_json::from_str(VECTORS).unwrap();
    let lists = ["forms", "simulations"].into_iter();
    let all = lists.flat_map(|list| vectors[list].as_array().unwrap().clone());
    all.map(|form| {
        let bytes = unhex(form["bytes"].as_str().unwrap());
        let signed = SignedTransaction::from_bytes(&bytes).unwrap();
        (form["name"].as_str().unwrap().to_owned(), signed)
    })
    .collect()
}

#[tokio::test]
async fn every_form_that_is_shown_can_be_sent_again() {
    let api = Api::start().await;
    let forms = all_forms();
    assert!(forms.len() > 20);
    for (name, signed) in forms {
        let hash = signed.hash();
        api.chain.put(hash, Pending::Move(Arc::new(signed.clone())));
        let hex: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        let shown = api
            .get(&format!("/transactions/by_hash/0x{hex}"))
            .await
            .ok();
        assert_eq!(shown["type"], "pending_transaction", "{name}");
        // Whether the pool takes it is not the question.
        api.post("/transactions", &shown).await;
        let received = api.chain.last_submitted();
        if !name.contains("short bitmap") {
            assert_eq!(received, signed, "{name}: {shown}");
        }
    }
}

#[tokio::test]
async fn signatures_have_the_names_that_clients_know() {
    let api = Api::start().await;
    let names = [
        ("alone: ed25519", "ed25519_signature"),
        ("alone: two of three ed25519", "multi_ed25519_signature"),
        ("alone: single secp256k1", "single_sender"),
        ("alone: two of three keys", "single_sender"),
        ("multi-agent: one other", "multi_agent_signature"),
        ("fee payer, with others", "fee_payer_signature"),
    ];
    for (name, kind) in names {
        let forms = all_forms();
        let (_, signed) = forms.iter().find(|(form, _)| form == name).unwrap();
        api.chain
            .put([7; 32], Pending::Move(Arc::new(signed.clone())));
        let path = format!("/transactions/by_hash/0x{}", "07".repeat(32));
        let shown = api.get(&path).await.ok();
        assert_eq!(shown["signature"]["type"], kind, "{name}");
        if name.contains("secp256k1") {
            let key = &shown["signature"]["public_key"];
            assert_eq!(key["type"], "secp256k1_ecdsa");
            assert_eq!(key["value"].as_str().unwrap().len(), 132);
        }
    }
}

#[tokio::test]
async fn a_broken_signature_is_refused_with_its_place() {
    let api = Api::start().await;
    let (_, signed) = all_forms().remove(0);
    api.chain.put([7; 32], Pending::Move(Arc::new(signed)));
    let path = format!("/transactions/by_hash/0x{}", "07".repeat(32));
    let good = api.get(&path).await.ok();
    type Break = (&'static str, fn(&mut Value));
    let breaks: [Break; 5] = [
        ("public_key", |s| s["public_key"] = "0x12".into()),
        ("public_key", |s| s["public_key"] = 5.into()),
        ("signature", |s| s["signature"] = "zz".into()),
        ("type", |s| s["type"] = "no_such_signature".into()),
        ("sender", |s| s["type"] = "fee_payer_signature".into()),
    ];
    for (place, change) in breaks {
        let mut broken = good.clone();
        change(&mut broken["signature"]);
        let answer = api.post("/transactions", &broken).await;
        assert_eq!(answer.error(), (400, "invalid_input".into()));
        let message = answer.json()["message"].to_string();
        assert!(message.contains(place) || place == "type", "{message}");
    }
}
