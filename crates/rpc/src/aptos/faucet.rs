//! The faucet's port: `POST /fund` as SDKs call it, `POST /mint` as older
//! clients do.

use super::{backend::Faucet, convert::hex_of, error::ApiError};
use axum::{
    Json, Router,
    body::Body,
    extract::{DefaultBodyLimit, Query, State},
    http::Response,
    routing::{get, post},
};
use lumio_move_engine::Address;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// What is given if the request does not say: one coin.
const DEFAULT_OCTAS: u64 = 100_000_000;

#[derive(Deserialize)]
struct Request {
    address: Option<String>,
    auth_key: Option<String>,
    amount: Option<Amount>,
}

/// Octas, as a number or as its digits.
#[derive(Deserialize)]
#[serde(untagged)]
enum Amount {
    Number(u64),
    Digits(String),
}

impl Amount {
    fn octas(&self) -> Result<u64, ApiError> {
        match self {
            Self::Number(octas) => Ok(*octas),
            Self::Digits(digits) => digits
                .parse()
                .map_err(|error| ApiError::InvalidInput(format!("amount {digits:?}: {error}"))),
        }
    }
}

pub(super) fn router(faucet: Arc<dyn Faucet>) -> Router {
    Router::new()
        .route("/", get(|| async { "tap:ok" }))
        .route("/health", get(|| async { "tap:ok" }))
        .route("/fund", post(fund))
        .route("/mint", post(mint))
        .fallback(|| async { lost() })
        .method_not_allowed_fallback(|| async { lost() })
        .layer(DefaultBodyLimit::max(4096))
        .with_state(faucet)
}

/// What whoever looks for something else is told.
fn lost() -> Response<Body> {
    let words = "this is a faucet: POST /fund with {\"address\": \"0x…\", \"amount\": octas}";
    let error = json!({ "message": words, "error_code": "web_framework_error" });
    let mut response = respond(error);
    *response.status_mut() = axum::http::StatusCode::NOT_FOUND;
    response
}

async fn fund(State(faucet): State<Arc<dyn Faucet>>, body: String) -> Response<Body> {
    let request = serde_json::from_str(&body).map_err(|error| ApiError::Payload(error.to_string()));
    match pour(faucet, request).await {
        Ok(hashes) => respond(json!({ "txn_hashes": hashes })),
        Err(error) => error.answer().into_response(),
    }
}

/// Answers the bare list, as the first faucets did.
async fn mint(State(faucet): State<Arc<dyn Faucet>>, uri: axum::http::Uri) -> Response<Body> {
    let request = Query::try_from_uri(&uri)
        .map(|Query(request)| request)
        .map_err(|error| ApiError::Payload(error.body_text()));
    match pour(faucet, request).await {
        Ok(hashes) => respond(json!(hashes)),
        Err(error) => error.answer().into_response(),
    }
}

fn respond(value: Value) -> Response<Body> {
    axum::response::IntoResponse::into_response(Json(value))
}

async fn pour(
    faucet: Arc<dyn Faucet>,
    request: Result<Request, ApiError>,
) -> Result<Vec<String>, ApiError> {
    let request = request?;
    let text = request
        .address
        .or(request.auth_key)
        .ok_or_else(|| ApiError::InvalidInput("give an `address`".into()))?;
    let address: Address = text
        .parse()
        .map_err(|error| ApiError::InvalidInput(format!("{error}")))?;
    let amount = request.amount.map(|amount| amount.octas()).transpose()?;
    let octas = amount.unwrap_or(DEFAULT_OCTAS);
    let work = tokio::task::spawn_blocking(move || faucet.fund(address, octas));
    let hashes = work
        .await
        .map_err(|_| ApiError::Internal("the faucet failed unexpectedly".into()))??;
    Ok(hashes.iter().map(|hash| hex_of(hash)).collect())
}
