//! The readiness check's port: `GET /` says which services answer, with 503
//! until all do.

use super::backend::Readiness;
use axum::{Json, Router, extract::State, http::StatusCode, routing::get};
use serde_json::{Value, json};
use std::sync::Arc;

pub(super) fn router(readiness: Arc<dyn Readiness>) -> Router {
    Router::new().route("/", get(check)).with_state(readiness)
}

async fn check(State(readiness): State<Arc<dyn Readiness>>) -> (StatusCode, Json<Value>) {
    let services = readiness.services();
    let named = |wanted: bool| -> Vec<&str> {
        let found = services.iter().filter(|(_, ready)| *ready == wanted);
        found.map(|(name, _)| name.as_str()).collect()
    };
    let (ready, waiting) = (named(true), named(false));
    let status = if waiting.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    (
        status,
        Json(json!({ "ready": ready, "not_ready": waiting })),
    )
}
