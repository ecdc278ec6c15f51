//! What fails, with its status and code.

use crate::{
    chain::{Chain, PANICS},
    client::{Api, Request, exchange, send},
};
use proptest::prelude::*;

#[tokio::test]
async fn each_failure_has_its_status_and_code() {
    let api = Api::start().await;
    let cases = [
        ("/accounts/0xzz", 400, "web_framework_error"),
        (
            "/accounts/0x1/resource/nonsense",
            400,
            "web_framework_error",
        ),
        (
            "/accounts/0x1/resource/0x1::a::B",
            404,
            "resource_not_found",
        ),
        ("/accounts/0x1/module/nothing", 404, "module_not_found"),
        ("/accounts/0x1?ledger_version=x", 400, "web_framework_error"),
        ("/accounts/0x1?ledger_version=99", 404, "version_not_found"),
        (
            "/accounts/0x1/resources?start=zz",
            400,
            "web_framework_error",
        ),
        ("/accounts/0x1/resources?start=0x0102", 400, "invalid_input"),
        (
            "/accounts/0x1/resources?limit=-1",
            400,
            "web_framework_error",
        ),
        ("/accounts/0x1/resources?limit=0", 400, "invalid_input"),
        ("/transactions/by_hash/0x12", 400, "web_framework_error"),
        ("/transactions/by_version/x", 400, "web_framework_error"),
        ("/blocks/by_height/-1", 400, "web_framework_error"),
        (
            "/blocks/by_height/1?with_transactions=2",
            400,
            "web_framework_error",
        ),
        ("/accounts/0x1/events/x", 400, "web_framework_error"),
        ("/nothing", 404, "web_framework_error"),
        ("/accounts", 404, "web_framework_error"),
        ("/view", 405, "web_framework_error"),
    ];
    for (path, status, code) in cases {
        let answer = api.get(path).await;
        assert_eq!(answer.error(), (status, code.to_owned()), "{path}");
        assert_eq!(answer.headers["x-aptos-chain-id"], "4", "{path}");
    }
    let posts = [
        ("/view", "text/plain", "", 415, "web_framework_error"),
        ("/view", "application/json", "{", 400, "web_framework_error"),
        (
            "/view",
            "application/json",
            "{}",
            400,
            "web_framework_error",
        ),
        (
            "/view",
            "application/json",
            r#"{"function":"f"}"#,
            400,
            "invalid_input",
        ),
        (
            "/transactions",
            "text/plain",
            "",
            415,
            "web_framework_error",
        ),
        (
            "/transactions",
            "application/json",
            "[]",
            400,
            "web_framework_error",
        ),
        (
            "/tables/0x1/item",
            "application/json",
            "[]",
            400,
            "web_framework_error",
        ),
        (
            "/tables/x/item",
            "application/json",
            "{}",
            400,
            "web_framework_error",
        ),
        (
            "/estimate_gas_price",
            "application/json",
            "",
            405,
            "web_framework_error",
        ),
    ];
    for (path, kind, body, status, code) in posts {
        let answer = api.post_as(path, kind, body.as_bytes(), "*/*").await;
        assert_eq!(answer.error(), (status, code.to_owned()), "{path} {body}");
    }
}

#[tokio::test]
async fn every_answer_tells_where_the_ledger_is() {
    let api = Api::start().await;
    let expected = [
        ("x-aptos-chain-id", "4"),
        ("x-aptos-ledger-version", "8"),
        ("x-aptos-ledger-oldest-version", "0"),
        ("x-aptos-ledger-timestampusec", "1700000002000000"),
        ("x-aptos-epoch", "1"),
        ("x-aptos-block-height", "2"),
        ("x-aptos-oldest-block-height", "0"),
    ];
    let paths = [
        "/",
        "/accounts/0x1",
        "/accounts/zz",
        "/nothing",
        "/view",
        "/-/healthy",
    ];
    for path in paths {
        let answer = api.get(path).await;
        for (name, value) in expected {
            assert_eq!(answer.headers[name], value, "{path} {name}");
        }
    }
}

#[tokio::test]
async fn pages_of_other_origins_may_ask() {
    let api = Api::start().await;
    let ask = |method, path, headers| {
        send(
            api.address,
            Request {
                method,
                path,
                headers,
                body: &[],
            },
        )
    };
    let preflight = [
        ("origin", "https://wallet.example"),
        ("access-control-request-method", "POST"),
        (
            "access-control-request-headers",
            "content-type,x-aptos-client",
        ),
    ];
    let answer = ask("OPTIONS", "/v1/transactions", &preflight).await;
    assert_eq!(answer.status, 200);
    let allowed = &answer.headers["access-control-allow-origin"];
    assert_eq!(allowed, "https://wallet.example");
    assert_eq!(answer.headers["access-control-allow-credentials"], "true");
    let headers = &answer.headers["access-control-allow-headers"];
    assert!(headers.contains("x-aptos-client"));
    let origin = [("origin", "https://wallet.example")];
    let answer = ask("GET", "/v1/nothing", &origin).await;
    assert_eq!(answer.status, 404);
    let exposed = &answer.headers["access-control-expose-headers"];
    assert!(exposed.contains("x-aptos-cursor"));
}

#[tokio::test]
async fn a_panic_is_answered_and_the_server_goes_on() {
    let api = Api::start().await;
    let answer = api.get(&format!("/accounts/{PANICS}")).await;
    assert_eq!(answer.error(), (500, "internal_error".into()));
    assert!(!answer.json()["message"].to_string().contains("asked to"));
    assert_eq!(api.get("/accounts/0x1").await.status, 200);
}

#[test]
fn any_request_is_answered() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let api = runtime.block_on(Api::start());
    let part = prop_oneof![
        Just("accounts".to_owned()),
        Just("transactions".to_owned()),
        Just("by_hash".to_owned()),
        Just("tables".to_owned()),
        Just("item".to_owned()),
        Just("resource".to_owned()),
        Just("events".to_owned()),
        Just("0x1".to_owned()),
        "[!-~]{0,12}",
        "(%[0-9a-f]{2}){0,6}",
    ];
    let kinds = [
        "application/json",
        crate::client::SIGNED,
        "application/x.aptos.view_function+bcs",
    ];
    let config = ProptestConfig::with_cases(256);
    proptest!(config, |(
        parts in proptest::collection::vec(part, 0..6),
        post in any::<bool>(),
        kind in 0..kinds.len(),
        body in proptest::collection::vec(any::<u8>(), 0..200),
    )| {
        let path = format!("/v1/{}", parts.join("/"));
        let request = Request {
            method: if post { "POST" } else { "GET" },
            path: &path,
            headers: &[("content-type", kinds[kind])],
            body: &body,
        };
        let answer = runtime.block_on(send(api.address, request));
        prop_assert!(answer.status >= 200 && answer.status < 500, "{}", path);
    });
    assert_eq!(runtime.block_on(api.get("/")).status, 200);
}

#[tokio::test]
async fn what_is_no_request_is_refused() {
    let api = Api::with(Chain::new(), crate::client::config()).await;
    for bytes in ["GET\r\n\r\n", "GET /v1/<> HTTP/1.1\r\nhost: x\r\n\r\n"] {
        let answer = exchange(api.address, bytes.as_bytes()).await;
        assert_eq!(answer.status, 400, "{bytes:?}");
    }
}
