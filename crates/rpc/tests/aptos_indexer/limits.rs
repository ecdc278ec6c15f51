use crate::{Running, config, sample::chain};
use lumio_rpc::aptos::IndexerConfig;
use std::time::Duration;

#[tokio::test(flavor = "multi_thread")]
async fn bad_requests_get_errors_and_the_server_goes_on() {
    let running = Running::sample().await;
    for (query, words) in [
        ("{ events { nothing } }", "nothing"),
        ("{ nothing { a } }", "nothing"),
        ("{ events(where: {nothing: {_eq: 1}}) { type } }", "nothing"),
        ("{ events(where: {type: {_eq: null}}) { type } }", "null"),
        ("{ events(limit: -1) { type } }", "negative"),
        (
            "{ events(where: {event_index: {_gt: \"x\"}}) { type } }",
            "integer",
        ),
        ("mutation { delete_events { a } }", ""),
        ("{ events {", ""),
    ] {
        let message = running.fail(query).await;
        assert!(message.contains(words), "{query}: {message}");
    }
    for body in [&b"not json"[..], b"[]", b"{}", b"", b"\xff\xff"] {
        let (head, answer) = running.raw(body).await;
        assert!(head.starts_with("HTTP/1.1 200"), "{head}");
        assert!(answer.contains("errors"), "{answer}");
    }
    running.wait().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_costs_no_more_than_its_bounds() {
    let small = IndexerConfig {
        max_page: 3,
        max_scan: 15,
        max_request_bytes: 2000,
        ..config()
    };
    let running = Running::with(chain(), small).await;
    let answer = running.query("{ events { type } }").await;
    assert_eq!(answer["events"].as_array().unwrap().len(), 3);
    let sorting = "{ a: events(order_by: {type: asc}) { type }
        b: events(order_by: {type: asc}) { type } }";
    assert!(running.fail(sorting).await.contains("too many rows"));

    let nested = |open: &str, close: &str, depth: usize| {
        let (open, close) = (open.repeat(depth), close.repeat(depth));
        format!("{{ events(where: {open}{close}) {{ type }} }}")
    };
    let deep = nested("{_not: ", "}", 40).replace(": }", ": {}}");
    assert!(running.fail(&deep).await.contains("deep"), "{deep}");
    let fields = "type ".repeat(3000);
    let (head, _) = running.raw(fields.as_bytes()).await;
    assert!(head.starts_with("HTTP/1.1 413"), "{head}");
}

#[tokio::test(flavor = "multi_thread")]
async fn web_pages_may_ask_and_tools_may_read_the_schema() {
    let running = Running::sample().await;
    let (head, _) = running.raw(br#"{"query":"{ __typename }"}"#).await;
    assert!(
        head.contains("access-control-allow-origin: http://dapp"),
        "{head}"
    );
    let schema = running
        .query("{ __type(name: \"events_bool_exp\") { inputFields { name type { name } } } }")
        .await;
    let fields = schema["__type"]["inputFields"].as_array().unwrap();
    let found = fields
        .iter()
        .find(|field| field["name"] == "creation_number");
    assert_eq!(found.unwrap()["type"]["name"], "bigint_comparison_exp");
}

#[tokio::test(flavor = "multi_thread")]
async fn stopping_frees_the_port() {
    let running = Running::sample().await;
    let address = running.address;
    running.indexer.stop(Duration::from_secs(5)).await;
    tokio::net::TcpListener::bind(address).await.unwrap();
}
