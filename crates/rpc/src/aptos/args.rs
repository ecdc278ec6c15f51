//! Reads the parts of a request: path, query, headers, body.

use super::{answer::BCS, error::ApiError};
use alloy_primitives::hex;
use axum::{body::Bytes, http::HeaderMap};
use lumio_move_transaction::Hash;
use serde::de::DeserializeOwned;
use std::{fmt::Display, str::FromStr};

/// A request whose route is known.
#[derive(Debug, Default)]
pub(super) struct Args {
    pub(super) path: Vec<(String, String)>,
    pub(super) query: Vec<(String, String)>,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

/// A 32-byte hash from hex digits.
pub(super) fn parse_hash(text: &str) -> Result<Hash, String> {
    let mut hash = Hash::default();
    hex::decode_to_slice(text, &mut hash)
        .map_err(|_| format!("{text:?} is no hash: write 0x and 64 hex digits"))?;
    Ok(hash)
}

impl Args {
    fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value.and_then(|value| value.to_str().ok()).unwrap_or("")
    }

    /// Whether the client asks for BCS: before JSON, if for both.
    pub(super) fn wants_bcs(&self) -> bool {
        let accepted = self.header("accept").split(',');
        let mut kinds = accepted.map(|kind| kind.split(';').next().unwrap_or_default().trim());
        let known = kinds.find(|kind| [BCS, "application/json", "*/*"].contains(kind));
        known == Some(BCS)
    }

    /// The body's type, without its parameters, in lower case.
    pub(super) fn content_type(&self) -> String {
        let kind = self.header("content-type").split(';').next();
        kind.unwrap_or_default().trim().to_ascii_lowercase()
    }

    /// Whether the body is of a type of BCS, or else JSON.
    pub(super) fn body_is_bcs(&self, bcs: &'static str) -> Result<bool, ApiError> {
        let given = self.content_type();
        match given.as_str() {
            // What a client says of itself least is meant most often.
            "application/json" | "" => Ok(false),
            kind if kind == bcs => Ok(true),
            _ => Err(ApiError::ContentType {
                given,
                expected: bcs,
            }),
        }
    }

    /// A part of the path as text.
    pub(super) fn path(&self, name: &'static str) -> &str {
        let found = self.path.iter().find(|(key, _)| key == name);
        found.map_or("", |(_, value)| value)
    }

    /// A part of the path as something that has a text form.
    pub(super) fn parse<T: FromStr<Err: Display>>(
        &self,
        name: &'static str,
    ) -> Result<T, ApiError> {
        let text = self.path(name);
        text.parse().map_err(|error: T::Err| ApiError::Parameter {
            place: "path",
            name,
            reason: error.to_string(),
        })
    }

    /// A hash in the path.
    pub(super) fn hash(&self, name: &'static str) -> Result<Hash, ApiError> {
        parse_hash(self.path(name)).map_err(|reason| ApiError::Parameter {
            place: "path",
            name,
            reason,
        })
    }

    /// A value of the query as text.
    pub(super) fn query(&self, name: &str) -> Option<&str> {
        let found = self.query.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }

    /// A value of the query as something that has a text form.
    pub(super) fn option<T: FromStr<Err: Display>>(
        &self,
        name: &'static str,
    ) -> Result<Option<T>, ApiError> {
        let Some(text) = self.query(name) else {
            return Ok(None);
        };
        let parsed = text.parse();
        parsed
            .map(Some)
            .map_err(|error: T::Err| ApiError::Parameter {
                place: "query",
                name,
                reason: format!("{text:?}: {error}"),
            })
    }

    /// A switch of the query; off if it is not there.
    pub(super) fn flag(&self, name: &'static str) -> Result<bool, ApiError> {
        Ok(self.option(name)?.unwrap_or(false))
    }

    /// How many to list: `default` if the query does not say, never more than
    /// `most`.
    pub(super) fn limit(&self, default: u16, most: u16) -> Result<u16, ApiError> {
        match self.option::<u16>("limit")? {
            Some(0) => Err(ApiError::InvalidInput(
                "Given limit value (0) must not be zero".into(),
            )),
            limit => Ok(limit.unwrap_or(default).min(most)),
        }
    }

    /// The cursor of a listing.
    pub(super) fn cursor(&self) -> Result<Option<Vec<u8>>, ApiError> {
        let decoded = self.query("start").map(hex::decode).transpose();
        decoded.map_err(|error| ApiError::Parameter {
            place: "query",
            name: "start",
            reason: error.to_string(),
        })
    }

    /// The body as JSON.
    pub(super) fn json<T: DeserializeOwned>(&self) -> Result<T, ApiError> {
        serde_json::from_slice(&self.body).map_err(|error| ApiError::Payload(error.to_string()))
    }
}
