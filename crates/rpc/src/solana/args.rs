//! The positional parameters of a request, with the words of Solana's nodes when they are wrong.

use super::error::RpcError;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use solana_hash::Hash;
use solana_pubkey::Pubkey;
use solana_signature::Signature;

/// Longest text that can be 32 bytes in base58.
const MAX_KEY: usize = 44;
/// Longest text that can be 64 bytes in base58.
const MAX_SIGNATURE: usize = 88;

/// The parameters, not yet looked into.
#[derive(Debug)]
pub(super) struct Args<'a> {
    values: Vec<&'a RawValue>,
}

impl<'a> Args<'a> {
    /// Splits the `params` of a request. None and `null` mean no parameters.
    pub(super) fn parse(params: Option<&'a str>) -> Result<Self, RpcError> {
        let values = match params.map(str::trim_start) {
            None | Some("null" | "") => Vec::new(),
            Some(list) if list.starts_with('[') => {
                serde_json::from_str(list).map_err(|error| invalid(&error))?
            }
            Some(_) => {
                return Err(RpcError::InvalidParams(
                    "`params` should be an array".into(),
                ));
            }
        };
        Ok(Self { values })
    }

    fn raw(&self, index: usize) -> Option<&'a str> {
        self.values
            .get(index)
            .map(|value| value.get())
            .filter(|json| *json != "null")
    }

    /// A parameter that must be there.
    pub(super) fn get<T: DeserializeOwned>(&self, index: usize) -> Result<T, RpcError> {
        self.maybe(index)?.ok_or_else(|| {
            RpcError::InvalidParams(format!(
                "`params` should have at least {} argument(s)",
                index.saturating_add(1)
            ))
        })
    }

    /// A parameter that may be missing or null.
    pub(super) fn maybe<T: DeserializeOwned>(&self, index: usize) -> Result<Option<T>, RpcError> {
        let value = self.raw(index).map(serde_json::from_str).transpose();
        value.map_err(|error| invalid(&error))
    }

    /// A parameter that has a default.
    pub(super) fn or_default<T: DeserializeOwned + Default>(
        &self,
        index: usize,
    ) -> Result<T, RpcError> {
        Ok(self.maybe(index)?.unwrap_or_default())
    }

    /// The key of an account.
    pub(super) fn key(&self, index: usize) -> Result<Pubkey, RpcError> {
        key(&self.get::<String>(index)?)
    }

    /// A transaction's signature.
    pub(super) fn signature(&self, index: usize) -> Result<Signature, RpcError> {
        signature(&self.get::<String>(index)?)
    }

    /// A blockhash.
    pub(super) fn hash(&self, index: usize) -> Result<Hash, RpcError> {
        Ok(Hash::new_from_array(
            key(&self.get::<String>(index)?)?.to_bytes(),
        ))
    }
}

/// serde's words, less the position, which is one inside the parameter.
fn invalid(error: &serde_json::Error) -> RpcError {
    let text = error.to_string();
    let end = text.rfind(" at line ").unwrap_or(text.len());
    let reason = text.get(..end).unwrap_or(&text);
    RpcError::InvalidParams(format!("Invalid params: {reason}."))
}

/// Reads the key of an account.
pub(super) fn key(text: &str) -> Result<Pubkey, RpcError> {
    let bytes = base58::<32>(text, MAX_KEY)?;
    Ok(Pubkey::new_from_array(bytes))
}

/// Reads a transaction's signature.
pub(super) fn signature(text: &str) -> Result<Signature, RpcError> {
    let bytes = base58::<64>(text, MAX_SIGNATURE)?;
    Ok(Signature::from(bytes))
}

/// Text of that many bytes. Of long text nothing is decoded, which takes time that grows with the
/// square of its length.
fn base58<const N: usize>(text: &str, longest: usize) -> Result<[u8; N], RpcError> {
    if text.len() > longest {
        return Err(RpcError::param("WrongSize"));
    }
    let bytes = bs58::decode(text)
        .into_vec()
        .map_err(|_| RpcError::param("Invalid"))?;
    <[u8; N]>::try_from(bytes).map_err(|_| RpcError::param("WrongSize"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{Args, key, signature};

    #[test]
    fn keys_and_signatures_have_one_length() {
        assert!(key("11111111111111111111111111111111").is_ok());
        let message = |text: &str| key(text).unwrap_err().to_string();
        assert_eq!(message("1111"), "Invalid param: WrongSize");
        assert_eq!(message("0OIl"), "Invalid param: Invalid");
        assert_eq!(message(&"1".repeat(1 << 20)), "Invalid param: WrongSize");
        assert!(signature(&"1".repeat(64)).is_ok());
        assert!(signature(&"1".repeat(63)).is_err());
    }

    #[test]
    fn what_is_missing_is_counted() {
        let args = Args::parse(Some("[1]")).unwrap();
        assert_eq!(args.get::<u64>(0).unwrap(), 1);
        let missing = args.get::<u64>(1).unwrap_err();
        let text = "`params` should have at least 2 argument(s)";
        assert_eq!((missing.code(), missing.to_string()), (-32602, text.into()));
        assert!(Args::parse(Some("{}")).is_err());
        assert!(
            Args::parse(None)
                .unwrap()
                .maybe::<u64>(0)
                .unwrap()
                .is_none()
        );
    }
}
