//! Transactions as clients send them: in BCS, or in JSON with the types of the
//! state.

use super::{
    args::Args, context::Context, error::ApiError, payload::PayloadJson,
    signatures::read_signature, types::Types,
};
use lumio_move_engine::Address;
use lumio_move_transaction::{Bcs as _, RawTransaction, RawTransactionWithData, SignedTransaction};
use serde::{Deserialize, Deserializer, de::Error as _};
use serde_json::Value;

/// The content type of a transaction in BCS.
pub(super) const SIGNED_TRANSACTION: &str = "application/x.aptos.signed_transaction+bcs";

/// A `u64` as a decimal string, or as a number.
#[derive(Clone, Copy)]
struct U64(u64);

impl<'de> Deserialize<'de> for U64 {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = match Value::deserialize(deserializer)? {
            Value::String(text) => text.parse().ok(),
            Value::Number(number) => number.as_u64(),
            _ => None,
        };
        number
            .map(Self)
            .ok_or_else(|| D::Error::custom("expected a 64-bit number as a string"))
    }
}

/// A transaction in JSON, signed or to be signed.
#[derive(Deserialize)]
pub(super) struct RequestJson {
    sender: String,
    sequence_number: Option<U64>,
    replay_protection_nonce: Option<U64>,
    max_gas_amount: U64,
    gas_unit_price: U64,
    expiration_timestamp_secs: U64,
    payload: PayloadJson,
    signature: Option<Value>,
    #[serde(default)]
    secondary_signers: Vec<String>,
    fee_payer: Option<String>,
}

fn parse_address(text: &str) -> Result<Address, ApiError> {
    text.parse()
        .map_err(|error| ApiError::InvalidInput(format!("{error}")))
}

impl RequestJson {
    fn raw(&self, context: &Context, types: &mut Types<'_>) -> Result<RawTransaction, ApiError> {
        let nonce = self.replay_protection_nonce.map(|nonce| nonce.0);
        let sequence_number = match (self.sequence_number, nonce) {
            (Some(number), None) => number.0,
            // What clients put there where a nonce stands in.
            (None, Some(_)) => u64::MAX,
            (Some(number), Some(_)) => number.0,
            (None, None) => {
                return Err(ApiError::InvalidInput(
                    "give a sequence_number or a replay_protection_nonce".into(),
                ));
            }
        };
        Ok(RawTransaction {
            sender: parse_address(&self.sender)?,
            sequence_number,
            payload: self.payload.read(types, nonce)?,
            max_gas_amount: self.max_gas_amount.0,
            gas_unit_price: self.gas_unit_price.0,
            expiration_timestamp_secs: self.expiration_timestamp_secs.0,
            chain_id: context.info().chain_id,
        })
    }

    /// The transaction with its signature.
    fn signed(
        &self,
        context: &Context,
        types: &mut Types<'_>,
    ) -> Result<SignedTransaction, ApiError> {
        let signature = self
            .signature
            .as_ref()
            .ok_or_else(|| ApiError::InvalidInput("the transaction has no signature".into()))?;
        Ok(SignedTransaction {
            raw: self.raw(context, types)?,
            authenticator: read_signature(signature)?,
        })
    }

    /// What its signers sign.
    pub(super) fn signing_message(
        &self,
        context: &Context,
        types: &mut Types<'_>,
    ) -> Result<Vec<u8>, ApiError> {
        let raw = self.raw(context, types)?;
        let secondary = self
            .secondary_signers
            .iter()
            .map(|text| parse_address(text));
        let secondary: Vec<_> = secondary.collect::<Result<_, _>>()?;
        Ok(match &self.fee_payer {
            Some(fee_payer) => RawTransactionWithData::FeePayer {
                raw,
                secondary,
                fee_payer: parse_address(fee_payer)?,
            }
            .signing_message(),
            None if secondary.is_empty() => raw.signing_message(),
            None => RawTransactionWithData::MultiAgent { raw, secondary }.signing_message(),
        })
    }
}

fn decode(bytes: &[u8]) -> Result<SignedTransaction, ApiError> {
    SignedTransaction::from_bytes(bytes).map_err(|error| not_signed(&error))
}

fn not_signed(error: &dyn std::fmt::Display) -> ApiError {
    ApiError::InvalidInput(format!(
        "Failed to deserialize input into SignedTransaction: {error}"
    ))
}

/// The transaction that is a request's body.
pub(super) fn read_one(
    context: &Context,
    types: &mut Types<'_>,
    args: &Args,
) -> Result<SignedTransaction, ApiError> {
    if args.body_is_bcs(SIGNED_TRANSACTION)? {
        return decode(&args.body);
    }
    args.json::<RequestJson>()?.signed(context, types)
}

/// The transactions that are a request's body.
pub(super) fn read_several(
    context: &Context,
    types: &mut Types<'_>,
    args: &Args,
) -> Result<Vec<SignedTransaction>, ApiError> {
    let most = context.config.max_batch;
    let too_many = |count: usize| {
        ApiError::InvalidInput(format!(
            "{count} transactions are too many: submit {most} at most"
        ))
    };
    if !args.body_is_bcs(SIGNED_TRANSACTION)? {
        let requests: Vec<RequestJson> = args.json()?;
        if requests.len() > most {
            return Err(too_many(requests.len()));
        }
        let signed = requests
            .iter()
            .map(|request| request.signed(context, types));
        return signed.collect();
    }
    let mut reader = lumio_move_engine::bcs::Reader::new(&args.body);
    let count = reader.uleb().map_err(|error| not_signed(&error))? as usize;
    if count > most {
        return Err(too_many(count));
    }
    let rest = reader
        .take(reader.left())
        .map_err(|error| not_signed(&error))?;
    let mut reader = lumio_move_transaction::Reader::new(rest);
    let mut list = Vec::new();
    for _ in 0..count {
        let signed = SignedTransaction::read(&mut reader);
        list.push(signed.map_err(|error| not_signed(&error))?);
    }
    reader.end().map_err(|error| not_signed(&error))?;
    Ok(list)
}
