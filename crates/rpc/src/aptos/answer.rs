//! An answer before it is on the wire.

use super::{backend::LedgerInfo, error::ApiError};
use axum::{
    body::Body,
    http::{HeaderName, HeaderValue, Response, StatusCode, header::CONTENT_TYPE},
};
use serde_json::Value;

/// The content type of BCS, in answers and in what clients accept.
pub(super) const BCS: &str = "application/x-bcs";

const CURSOR: HeaderName = HeaderName::from_static("x-aptos-cursor");
const GAS_USED: HeaderName = HeaderName::from_static("x-aptos-gas-used");

/// Headers that scripts of web pages may read.
pub(super) const EXPOSED: [HeaderName; 9] = [
    HeaderName::from_static("x-aptos-chain-id"),
    HeaderName::from_static("x-aptos-ledger-version"),
    HeaderName::from_static("x-aptos-ledger-oldest-version"),
    HeaderName::from_static("x-aptos-ledger-timestampusec"),
    HeaderName::from_static("x-aptos-epoch"),
    HeaderName::from_static("x-aptos-block-height"),
    HeaderName::from_static("x-aptos-oldest-block-height"),
    CURSOR,
    GAS_USED,
];

/// What a handler returns.
pub(super) type Reply = Result<Answer, ApiError>;

/// An answer before it is on the wire.
#[derive(Debug)]
pub(super) struct Answer {
    status: StatusCode,
    content: Content,
    cursor: Option<String>,
    gas_used: Option<u64>,
}

#[derive(Debug)]
enum Content {
    Json(Value),
    Bcs(Vec<u8>),
}

impl Answer {
    const fn new(content: Content) -> Self {
        Self {
            status: StatusCode::OK,
            content,
            cursor: None,
            gas_used: None,
        }
    }

    pub(super) const fn json(value: Value) -> Self {
        Self::new(Content::Json(value))
    }

    pub(super) const fn bcs(bytes: Vec<u8>) -> Self {
        Self::new(Content::Bcs(bytes))
    }

    pub(super) const fn with_status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// Where the next page begins.
    pub(super) fn with_cursor(mut self, cursor: Option<&[u8]>) -> Self {
        self.cursor = cursor.map(alloy_primitives::hex::encode_prefixed);
        self
    }

    pub(super) const fn with_gas_used(mut self, gas: u64) -> Self {
        self.gas_used = Some(gas);
        self
    }

    /// On the wire, without the ledger's headers.
    pub(super) fn into_response(self) -> Response<Body> {
        let (kind, body) = match self.content {
            Content::Json(value) => ("application/json", Body::from(value.to_string())),
            Content::Bcs(bytes) => (BCS, Body::from(bytes)),
        };
        let mut response = Response::new(body);
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        if let Some(Ok(cursor)) = self.cursor.map(HeaderValue::try_from) {
            headers.insert(CURSOR, cursor);
        }
        if let Some(gas) = self.gas_used {
            headers.insert(GAS_USED, gas.into());
        }
        response
    }
}

/// Adds what every answer says of the chain. The client of the `aptos` command
/// takes no answer without it.
pub(super) fn add_ledger_headers(response: &mut Response<Body>, info: &LedgerInfo) {
    let values = [
        u64::from(info.chain_id),
        info.version,
        info.oldest_version,
        info.timestamp_usecs,
        info.epoch,
        info.block_height,
        info.oldest_block_height,
    ];
    for (name, value) in EXPOSED.into_iter().zip(values) {
        response.headers_mut().insert(name, value.into());
    }
}
