//! Submitting transactions, and preparing what is to be signed.

use super::{
    answer::{Answer, Reply},
    args::Args,
    backend::Pending,
    context::Context,
    convert::{hex_of, pending_json},
    error::ApiError,
    registry::{Handler, Route},
    request::{RequestJson, SIGNED_TRANSACTION, read_one, read_several},
};
use axum::http::StatusCode;
use serde_json::{Value, json};
use std::sync::Arc;

const BODIES: &[&str] = &["application/json", SIGNED_TRANSACTION];

pub(super) const ROUTES: &[Route] = &[
    // As with Ethereum's, a thread of its own would cost more than checking one does.
    Route::post(
        "/transactions",
        Handler::Inline(submit),
        "submit_transaction",
    )
    .says("Takes a signed transaction", "PendingTransaction")
    .bodies(BODIES)
    .or_bcs(),
    Route::post(
        "/transactions/batch",
        Handler::Read(batch),
        "submit_batch_transactions",
    )
    .says(
        "Takes several signed transactions; says which of them were not taken, with 206",
        "TransactionsBatchSubmissionResult",
    )
    .bodies(BODIES),
    Route::post(
        "/transactions/encode_submission",
        Handler::Read(encode_submission),
        "encode_submission",
    )
    .says("What the signers of a transaction sign", "HexEncodedBytes"),
];

fn submit(context: &Context, args: &Args) -> Reply {
    let mut types = context.newest()?;
    let signed = Arc::new(read_one(context, &mut types, args)?);
    let hash = context.backend.submit(signed.as_ref().clone())?;
    let answer = if args.wants_bcs() {
        // A unit.
        Answer::bcs(Vec::new())
    } else {
        let pending = Pending::Move(signed);
        Answer::json(pending_json(&mut types, &hash, &pending)?)
    };
    Ok(answer.with_status(StatusCode::ACCEPTED))
}

fn batch(context: &Context, args: &Args) -> Reply {
    if args.wants_bcs() {
        return Err(ApiError::NoBcs);
    }
    let mut types = context.newest()?;
    let mut failures = Vec::new();
    let list = read_several(context, &mut types, args)?;
    for (index, signed) in list.into_iter().enumerate() {
        if let Err(error) = context.backend.submit(signed) {
            failures.push((index, ApiError::from(error)));
        }
    }
    let status = if failures.is_empty() {
        StatusCode::ACCEPTED
    } else {
        StatusCode::PARTIAL_CONTENT
    };
    let shown: Vec<Value> = failures
        .iter()
        .map(|(index, error)| json!({ "transaction_index": index, "error": error.json() }))
        .collect();
    Ok(Answer::json(json!({ "transaction_failures": shown })).with_status(status))
}

fn encode_submission(context: &Context, args: &Args) -> Reply {
    if args.wants_bcs() {
        return Err(ApiError::NoBcs);
    }
    let mut types = context.newest()?;
    let request: RequestJson = args.json()?;
    let message = request.signing_message(context, &mut types)?;
    Ok(Answer::json(json!(hex_of(&message))))
}
