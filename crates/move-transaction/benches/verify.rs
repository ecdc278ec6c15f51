//! What it costs to read a transaction and to check it, by form.
#![allow(clippy::unwrap_used, missing_docs)]

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use lumio_move_transaction::{Bcs, SignedTransaction};
use serde_json::Value;

/// All forms that the SDK made, by name.
fn forms() -> Vec<(String, Vec<u8>)> {
    let text = include_str!("../tests/vectors/vectors.json");
    let vectors: Value = serde_json::from_str(text).unwrap();
    let forms = vectors["forms"].as_array().unwrap().iter();
    let bytes = |hex: &str| {
        let digits = |at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
        (0..hex.len()).step_by(2).map(digits).collect()
    };
    forms
        .map(|form| {
            let name = form["name"].as_str().unwrap().to_owned();
            (name, bytes(form["bytes"].as_str().unwrap()))
        })
        .collect()
}

fn transactions(criterion: &mut Criterion) {
    for (name, bytes) in forms() {
        let mut group = criterion.benchmark_group("transaction");
        group.bench_with_input(BenchmarkId::new("read", &name), &bytes, |bencher, bytes| {
            bencher.iter(|| SignedTransaction::from_bytes(bytes).unwrap());
        });
        let signed = SignedTransaction::from_bytes(&bytes).unwrap();
        group.bench_with_input(
            BenchmarkId::new("check", &name),
            &signed,
            |bencher, signed| {
                bencher.iter(|| signed.verify().unwrap());
            },
        );
        group.finish();
    }
}

criterion_group!(benches, transactions);
criterion_main!(benches);
