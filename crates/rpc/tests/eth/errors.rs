//! Every class of error, and that the server goes on after each.

use crate::{
    chain::{Chain, PANICS, REVERTS, transfer},
    client::{Rpc, config, outcome},
};
use lumio_rpc::eth::{EthConfig, serve};
use serde_json::json;

async fn still_serves(rpc: &Rpc) {
    assert_eq!(rpc.ok("eth_blockNumber", json!([])).await, "0x1");
}

#[tokio::test]
async fn malformed_json_is_a_parse_error() {
    let rpc = Rpc::start().await;
    for body in ["{", "nonsense", "", "{\"jsonrpc\":\"2.0\",", "[{]", "\u{0}"] {
        let failure = outcome(&rpc.post(body).await.json()).unwrap_err();
        assert_eq!(failure.code, -32700, "{body}");
    }
    still_serves(&rpc).await;
}

#[tokio::test]
async fn what_is_no_request_is_an_invalid_request() {
    let rpc = Rpc::start().await;
    for body in [
        r#"{"id":1}"#,
        r#"{"jsonrpc":"1.0","id":1,"method":"eth_chainId"}"#,
        r#"{"jsonrpc":"2.0","id":1,"method":5}"#,
    ] {
        let failure = outcome(&rpc.post(body).await.json()).unwrap_err();
        assert_eq!(failure.code, -32600, "{body}");
    }
    let empty_batch = rpc.post("[]").await.json();
    assert_eq!(outcome(&empty_batch).unwrap_err().code, -32600);
    still_serves(&rpc).await;
}

#[tokio::test]
async fn deep_nesting_is_refused() {
    let rpc = Rpc::start().await;
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let body = format!(r#"{{"jsonrpc":"2.0","id":1,"method":"eth_call","params":[{deep}]}}"#);
    let failure = outcome(&rpc.post(&body).await.json()).unwrap_err();
    assert!(matches!(failure.code, -32602 | -32700), "{failure:?}");
    for (method, field) in [
        ("eth_call", "data"),
        ("eth_getLogs", "topics"),
        ("eth_signTypedData_v4", "message"),
        ("debug_traceCall", "accessList"),
        ("eth_simulateV1", "blockStateCalls"),
        ("anvil_reset", "forking"),
    ] {
        let nested = format!(
            "{}1{}",
            format!(r#"{{"{field}":"#).repeat(50_000),
            "}".repeat(50_000)
        );
        let body = format!(
            r#"{{"jsonrpc":"2.0","id":1,"method":"{method}","params":[{nested},{nested}]}}"#
        );
        let failure = outcome(&rpc.post(&body).await.json()).unwrap_err();
        assert!(
            matches!(failure.code, -32602 | -32700),
            "{method}: {failure:?}"
        );
    }
    still_serves(&rpc).await;
}

#[tokio::test]
async fn unknown_methods_are_named() {
    let rpc = Rpc::start().await;
    let failure = rpc.fails("eth_frobnicate", json!([])).await;
    assert_eq!(failure.code, -32601);
    assert_eq!(
        failure.message,
        "the method eth_frobnicate does not exist/is not available"
    );
    let long = rpc.fails(&"x".repeat(10_000), json!([])).await;
    assert!(long.message.len() < 200);
}

#[tokio::test]
async fn wrong_parameters_say_which_and_why() {
    let rpc = Rpc::start().await;
    let missing = rpc.fails("eth_getBalance", json!([])).await;
    assert_eq!(
        (missing.code, missing.message.as_str()),
        (-32602, "missing value for required argument 0")
    );
    let invalid = rpc.fails("eth_getBalance", json!(["0x12"])).await;
    assert_eq!(invalid.code, -32602);
    assert!(
        invalid.message.starts_with("invalid argument 0: "),
        "{}",
        invalid.message
    );
    let object = rpc
        .fails("eth_getBalance", json!({ "address": "0x00" }))
        .await;
    assert_eq!(
        (object.code, object.message.as_str()),
        (-32602, "non-array args")
    );
    let block = rpc
        .fails("eth_getBlockByNumber", json!(["newest", false]))
        .await;
    assert!(
        block
            .message
            .starts_with("invalid argument 0: `newest` is neither"),
        "{}",
        block.message
    );
    for block in ["0x10000000000000000", "-1", "0xzz", "0x1.5"] {
        assert_eq!(
            rpc.fails("eth_getBlockByNumber", json!([block, false]))
                .await
                .code,
            -32602
        );
    }
}

#[tokio::test]
async fn a_block_hash_has_32_bytes() {
    let rpc = Rpc::start().await;
    let methods: Vec<_> = lumio_rpc::eth::method_list()
        .map(|method| method.name())
        .filter(|name| name.contains("ByHash") || name.contains("ByBlockHash"))
        .collect();
    assert!(methods.len() >= 10, "{methods:?}");
    for method in methods {
        for wrong in [json!("0x1"), json!("latest"), json!("0x12"), json!(1)] {
            let failure = rpc.fails(method, json!([wrong, "0x0"])).await;
            assert_eq!(failure.code, -32602, "{method} {wrong}");
            assert!(
                failure.message.starts_with("invalid argument 0: "),
                "{method} {wrong}: {}",
                failure.message
            );
        }
    }
}

#[tokio::test]
async fn reverts_carry_their_data() {
    let rpc = Rpc::start().await;
    for method in ["eth_call", "eth_estimateGas"] {
        let failure = rpc
            .fails(method, json!([{ "to": REVERTS }, "latest"]))
            .await;
        assert_eq!(failure.code, 3);
        assert_eq!(failure.message, "execution reverted: no");
        assert_eq!(failure.data, "0x08c379a0");
    }
}

#[tokio::test]
async fn unknown_blocks_and_bad_transactions_have_geths_words() {
    let rpc = Rpc::start().await;
    let failure = rpc.fails("eth_call", json!([{}, "0x99"])).await;
    assert_eq!(
        (failure.code, failure.message.as_str()),
        (-32000, "header not found")
    );
    let garbage = rpc.fails("eth_sendRawTransaction", json!(["0x02c0"])).await;
    assert_eq!(garbage.code, -32000);
    assert!(garbage.message.starts_with("rlp: "), "{}", garbage.message);
    assert_eq!(
        rpc.fails("eth_sendRawTransaction", json!(["zz"]))
            .await
            .code,
        -32602
    );
    assert_eq!(
        rpc.fails("eth_sendRawTransaction", json!([])).await.code,
        -32602
    );
    let unknown = rpc.fails("eth_sign", json!([PANICS, "0x00"])).await;
    assert_eq!(
        (unknown.code, unknown.message.as_str()),
        (-32000, "unknown account")
    );
}

#[tokio::test]
async fn a_panic_is_an_internal_error() {
    let rpc = Rpc::start().await;
    // One runs on the async thread, the other on a blocking one.
    for (method, params) in [
        ("eth_getBalance", json!([PANICS, "latest"])),
        ("eth_getProof", json!([PANICS, [], "latest"])),
    ] {
        let failure = rpc.fails(method, params).await;
        assert_eq!(failure.code, -32603);
        assert!(
            !failure.message.contains("asked for the account"),
            "the cause stays in the log"
        );
    }
    still_serves(&rpc).await;
}

#[tokio::test]
async fn a_dropped_submission_is_an_internal_error() {
    let rpc = Rpc::start().await;
    rpc.chain.set_sealing(crate::chain::Sealing::Held);
    let raw = transfer(&rpc.chain.signer, 0, 1);
    let send = rpc.call("eth_sendRawTransaction", json!([raw]));
    let stop = async {
        while rpc.chain.held() == 0 {
            tokio::task::yield_now().await;
        }
        rpc.chain
            .release(Err(lumio_rpc::eth::BackendError::Rejected(
                "nonce too low".into(),
            )));
    };
    let (answer, ()) = tokio::join!(send, stop);
    let failure = answer.unwrap_err();
    assert_eq!(
        (failure.code, failure.message.as_str()),
        (-32000, "nonce too low")
    );
}

#[tokio::test]
async fn a_taken_port_is_named() {
    let rpc = Rpc::start().await;
    let taken = EthConfig {
        listen: rpc.address,
        ..config()
    };
    let error = serve(taken, Chain::new()).await.unwrap_err().to_string();
    assert!(
        error.contains(&format!("cannot listen on {}", rpc.address)),
        "{error}"
    );
}

#[tokio::test]
async fn other_http_requests_are_answered() {
    let rpc = Rpc::start().await;
    let get = rpc
        .exchange(b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
        .await;
    assert_eq!(get.status, 405);
    let text = rpc
        .exchange(b"POST / HTTP/1.1\r\nhost: x\r\ncontent-type: text/plain\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}")
        .await;
    assert_eq!(text.status, 415);
    let garbage = rpc.exchange(b"\x16\x03\x01\x02\x00 no http\r\n\r\n").await;
    assert!(matches!(garbage.status, 0 | 400), "{}", garbage.status);
    let health = rpc
        .exchange(b"GET /health HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
        .await;
    assert_eq!(
        (health.status, health.json()["healthy"].clone()),
        (200, json!(true))
    );
    still_serves(&rpc).await;
}

/// Whatever is thrown at a method, it is the client's error and never the
/// node's.
#[tokio::test]
async fn junk_parameters_are_the_clients_error() {
    let rpc = Rpc::start().await;
    let hash = format!("0x{}", "ab".repeat(32));
    let junk = [
        json!(true),
        json!(-1),
        json!(0),
        json!(u64::MAX),
        json!(1e300),
        json!(""),
        json!("0x"),
        json!("0x0"),
        json!("latest"),
        json!("pending"),
        json!("💥"),
        json!(hash),
        json!(format!("0x{}", "f".repeat(64))),
        json!(rpc.chain.signer.address()),
        json!([]),
        json!([[[]]]),
        json!([hash, hash]),
        json!({}),
        json!({ "fromBlock": "0x0", "toBlock": "0xffffffffffffffff", "topics": [[null]] }),
        json!({ "blockNumber": {} }),
        json!({ "timestamp": "0xffffffffffffffff", "blocks": 0 }),
        json!({ "from": "0x", "to": null, "gas": "0xffffffffffffffffff" }),
    ];
    let mut requests = Vec::new();
    for method in lumio_rpc::eth::method_list() {
        for first in &junk {
            for second in [
                None,
                Some(&junk[8]),
                Some(&junk[12]),
                Some(&junk[15]),
                Some(&junk[20]),
            ] {
                let params: Vec<_> = [Some(first), second].into_iter().flatten().collect();
                requests.push(
                    json!({ "jsonrpc": "2.0", "id": 1, "method": method.name(), "params": params }),
                );
            }
        }
    }
    assert!(requests.len() > 10_000);
    for batch in requests.chunks(500) {
        let answers = rpc
            .post(&serde_json::Value::from(batch).to_string())
            .await
            .json();
        for (request, answer) in batch.iter().zip(answers.as_array().unwrap()) {
            let internal = answer["error"]["code"] == -32603;
            assert!(!internal, "{request}: {answer}");
        }
    }
}
