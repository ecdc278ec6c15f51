//! How accounts authenticate, as JSON and back.

use super::{
    convert::hex_of,
    error::ApiError,
    names::{self, address},
};
use alloy_primitives::hex;
use lumio_move_engine::{Address, ModuleId, is_identifier};
use lumio_move_transaction::{
    Abstraction, AbstractionData, AccountAuthenticator, AnyPublicKey, AnySignature, Bcs,
    Ed25519PublicKey, Ed25519Signature, MultiEd25519PublicKey, MultiEd25519Signature, MultiKey,
    MultiKeySignature, Secp256k1PublicKey, Secp256k1Signature, Secp256r1PublicKey,
    TransactionAuthenticator,
};
use serde_json::{Map, Value, json};

/// A transaction's signature as JSON.
pub(super) fn signature_json(authenticator: &TransactionAuthenticator) -> Value {
    match authenticator {
        TransactionAuthenticator::Ed25519 { key, signature } => ed25519_json(key, signature),
        TransactionAuthenticator::MultiEd25519 { key, signature } => {
            multi_ed25519_json(key, signature)
        }
        TransactionAuthenticator::SingleSender(sender) => {
            let mut object = account_json(sender);
            if let Some(object) = object.as_object_mut() {
                object.insert("type".into(), json!("single_sender"));
            }
            object
        }
        TransactionAuthenticator::MultiAgent {
            sender,
            secondary_addresses,
            secondary,
        } => json!({
            "type": "multi_agent_signature",
            "sender": account_json(sender),
            "secondary_signer_addresses": addresses(secondary_addresses),
            "secondary_signers": accounts(secondary),
        }),
        TransactionAuthenticator::FeePayer {
            sender,
            secondary_addresses,
            secondary,
            fee_payer_address,
            fee_payer,
        } => json!({
            "type": "fee_payer_signature",
            "sender": account_json(sender),
            "secondary_signer_addresses": addresses(secondary_addresses),
            "secondary_signers": accounts(secondary),
            "fee_payer_address": address(fee_payer_address),
            "fee_payer_signer": account_json(fee_payer),
        }),
    }
}

fn addresses(list: &[Address]) -> Vec<String> {
    list.iter().map(address).collect()
}

fn accounts(list: &[AccountAuthenticator]) -> Vec<Value> {
    list.iter().map(account_json).collect()
}

fn ed25519_json(key: &Ed25519PublicKey, signature: &Ed25519Signature) -> Value {
    json!({
        "type": "ed25519_signature",
        "public_key": hex_of(&key.0),
        "signature": hex_of(&signature.0),
    })
}

fn multi_ed25519_json(key: &MultiEd25519PublicKey, signature: &MultiEd25519Signature) -> Value {
    let keys = key.keys.iter().map(|key| hex_of(&key.0));
    let signatures = signature.signatures.iter().map(|one| hex_of(&one.0));
    json!({
        "type": "multi_ed25519_signature",
        "public_keys": keys.collect::<Vec<_>>(),
        "signatures": signatures.collect::<Vec<_>>(),
        "threshold": key.threshold,
        "bitmap": hex_of(&signature.bitmap),
    })
}

fn account_json(account: &AccountAuthenticator) -> Value {
    match account {
        AccountAuthenticator::Ed25519 { key, signature } => ed25519_json(key, signature),
        AccountAuthenticator::MultiEd25519 { key, signature } => multi_ed25519_json(key, signature),
        AccountAuthenticator::SingleKey { key, signature } => json!({
            "type": "single_key_signature",
            "public_key": key_json(key),
            "signature": any_signature_json(signature),
        }),
        AccountAuthenticator::MultiKey { key, signature } => {
            let keys = key.keys.iter().map(key_json);
            let signatures = signature.signers().zip(&signature.signatures);
            let signatures = signatures.map(
                |(index, one)| json!({ "index": index, "signature": any_signature_json(one) }),
            );
            json!({
                "type": "multi_key_signature",
                "public_keys": keys.collect::<Vec<_>>(),
                "signatures": signatures.collect::<Vec<_>>(),
                "signatures_required": key.threshold,
            })
        }
        AccountAuthenticator::Absent => json!({ "type": "no_account_signature" }),
        AccountAuthenticator::Abstraction(abstraction) => json!({
            "type": "account_abstraction_signature",
            "function_info": names::function(&abstraction.module, &abstraction.function),
            "auth_data": hex_of(&abstraction.data.to_bytes()),
        }),
    }
}

fn key_json(key: &AnyPublicKey) -> Value {
    let (kind, value) = match key {
        AnyPublicKey::Ed25519(key) => ("ed25519", hex_of(&key.0)),
        AnyPublicKey::Secp256k1(key) => ("secp256k1_ecdsa", hex_of(&key.0)),
        AnyPublicKey::Secp256r1(key) => ("secp256r1_ecdsa", hex_of(&key.0)),
    };
    json!({ "type": kind, "value": value })
}

fn any_signature_json(signature: &AnySignature) -> Value {
    let (kind, value) = match signature {
        AnySignature::Ed25519(signature) => ("ed25519", hex_of(&signature.0)),
        AnySignature::Secp256k1(signature) => ("secp256k1_ecdsa", hex_of(&signature.0)),
        AnySignature::WebAuthn(assertion) => ("web_authn", hex_of(&assertion.to_bytes())),
    };
    json!({ "type": kind, "value": value })
}

/// A JSON object and where in the signature it is.
#[derive(Clone, Copy)]
struct Part<'a> {
    json: &'a Value,
    name: &'a str,
}

/// Accounts or keys of one signature: more than any may have.
const PARTS_MAX: usize = 32;

impl<'a> Part<'a> {
    fn fail(&self, reason: impl std::fmt::Display) -> ApiError {
        ApiError::InvalidInput(format!("signature: {}: {reason}", self.name))
    }

    fn get(&self, name: &'a str) -> Result<Self, ApiError> {
        let json = self.json.get(name);
        let json = json.ok_or_else(|| self.fail(format!("{name:?} is missing")))?;
        Ok(Part { json, name })
    }

    fn text(&self) -> Result<&'a str, ApiError> {
        self.json
            .as_str()
            .ok_or_else(|| self.fail("expected a string"))
    }

    fn list(&self) -> Result<Vec<Self>, ApiError> {
        let list = self.json.as_array();
        let list = list.ok_or_else(|| self.fail("expected an array"))?;
        if list.len() > PARTS_MAX {
            return Err(self.fail(format!("more than {PARTS_MAX}")));
        }
        let name = self.name;
        Ok(list.iter().map(|json| Part { json, name }).collect())
    }

    fn hex(&self) -> Result<Vec<u8>, ApiError> {
        hex::decode(self.text()?).map_err(|error| self.fail(error))
    }

    fn bytes<const N: usize>(&self) -> Result<[u8; N], ApiError> {
        let bytes = self.hex()?;
        let found = bytes.len();
        bytes
            .try_into()
            .map_err(|_| self.fail(format!("expected {N} bytes, found {found}")))
    }

    fn u8(&self) -> Result<u8, ApiError> {
        let number = self.json.as_u64().and_then(|n| u8::try_from(n).ok());
        number.ok_or_else(|| self.fail("expected a number below 256"))
    }

    fn address(&self) -> Result<Address, ApiError> {
        self.text()?.parse().map_err(|error| self.fail(error))
    }

    fn addresses(&self) -> Result<Vec<Address>, ApiError> {
        self.list()?.iter().map(Part::address).collect()
    }

    fn accounts(&self) -> Result<Vec<AccountAuthenticator>, ApiError> {
        self.list()?.iter().map(Part::account).collect()
    }

    fn ed25519(&self) -> Result<(Ed25519PublicKey, Ed25519Signature), ApiError> {
        Ok((
            Ed25519PublicKey(self.get("public_key")?.bytes()?),
            Ed25519Signature(self.get("signature")?.bytes()?),
        ))
    }

    fn multi_ed25519(&self) -> Result<(MultiEd25519PublicKey, MultiEd25519Signature), ApiError> {
        let mut keys = Vec::new();
        for key in self.get("public_keys")?.list()? {
            keys.push(Ed25519PublicKey(key.bytes()?));
        }
        let mut signatures = Vec::new();
        for signature in self.get("signatures")?.list()? {
            signatures.push(Ed25519Signature(signature.bytes()?));
        }
        let threshold = self.get("threshold")?.u8()?;
        let bitmap = self.get("bitmap")?.bytes()?;
        Ok((
            MultiEd25519PublicKey { keys, threshold },
            MultiEd25519Signature { signatures, bitmap },
        ))
    }

    fn key(&self) -> Result<AnyPublicKey, ApiError> {
        let value = self.get("value")?;
        Ok(match self.get("type")?.text()? {
            "ed25519" => AnyPublicKey::Ed25519(Ed25519PublicKey(value.bytes()?)),
            "secp256k1_ecdsa" => AnyPublicKey::Secp256k1(Secp256k1PublicKey(value.bytes()?)),
            "secp256r1_ecdsa" => AnyPublicKey::Secp256r1(Secp256r1PublicKey(value.bytes()?)),
            other => return Err(self.fail(format!("keys of type {other:?} are not supported"))),
        })
    }

    fn signature(&self) -> Result<AnySignature, ApiError> {
        let value = self.get("value")?;
        Ok(match self.get("type")?.text()? {
            "ed25519" => AnySignature::Ed25519(Ed25519Signature(value.bytes()?)),
            "secp256k1_ecdsa" => AnySignature::Secp256k1(Secp256k1Signature(value.bytes()?)),
            "web_authn" => AnySignature::WebAuthn(
                Bcs::from_bytes(&value.hex()?).map_err(|error| self.fail(error))?,
            ),
            other => {
                return Err(self.fail(format!("signatures of type {other:?} are not supported")));
            }
        })
    }

    fn multi_key(&self) -> Result<AccountAuthenticator, ApiError> {
        let keys = self.get("public_keys")?.list()?;
        let keys = keys.iter().map(Part::key).collect::<Result<_, _>>()?;
        let threshold = self.get("signatures_required")?.u8()?;
        let mut signatures = Vec::new();
        let mut bits = 0_u32;
        for one in self.get("signatures")?.list()? {
            let index = one.get("index")?.u8()?;
            // Signatures stand in the order of their bits: each below all before it.
            let bit = 0x8000_0000_u32.checked_shr(index.into());
            let bit = bit.filter(|bit| bits.trailing_zeros() > bit.trailing_zeros());
            bits |= bit.ok_or_else(|| one.fail(format!("index {index} is out of order")))?;
            signatures.push(one.get("signature")?.signature()?);
        }
        Ok(AccountAuthenticator::MultiKey {
            key: MultiKey { keys, threshold },
            signature: MultiKeySignature {
                signatures,
                bitmap: bits.to_be_bytes().to_vec(),
            },
        })
    }

    fn abstraction(&self) -> Result<Abstraction, ApiError> {
        let info = self.get("function_info")?;
        let mut parts = info.text()?.split("::");
        let (Some(account), Some(module), Some(function), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(info.fail("write address::module::function"));
        };
        if !is_identifier(module, true) || !is_identifier(function, true) {
            return Err(info.fail("names that no function has"));
        }
        let account: Address = account.parse().map_err(|error| info.fail(error))?;
        let data = self.get("auth_data")?;
        Ok(Abstraction {
            module: ModuleId::new(account, module),
            function: function.to_owned(),
            data: AbstractionData::from_bytes(&data.hex()?).map_err(|error| data.fail(error))?,
        })
    }

    fn account(&self) -> Result<AccountAuthenticator, ApiError> {
        Ok(match self.get("type")?.text()? {
            "ed25519_signature" => {
                let (key, signature) = self.ed25519()?;
                AccountAuthenticator::Ed25519 { key, signature }
            }
            "multi_ed25519_signature" => {
                let (key, signature) = self.multi_ed25519()?;
                AccountAuthenticator::MultiEd25519 { key, signature }
            }
            "secp256k1_ecdsa_signature" => AccountAuthenticator::SingleKey {
                key: AnyPublicKey::Secp256k1(Secp256k1PublicKey(self.get("public_key")?.bytes()?)),
                signature: AnySignature::Secp256k1(Secp256k1Signature(
                    self.get("signature")?.bytes()?,
                )),
            },
            "single_key_signature" => AccountAuthenticator::SingleKey {
                key: self.get("public_key")?.key()?,
                signature: self.get("signature")?.signature()?,
            },
            "multi_key_signature" => self.multi_key()?,
            "no_account_signature" => AccountAuthenticator::Absent,
            "account_abstraction_signature" => {
                AccountAuthenticator::Abstraction(self.abstraction()?)
            }
            other => return Err(self.fail(format!("there is no type {other:?}"))),
        })
    }

    /// What `single_sender` holds is told by its fields, since it has the place
    /// of the type.
    fn single_sender(&self) -> Result<AccountAuthenticator, ApiError> {
        let kind = match self.json {
            json if json.get("sender").is_some() => return self.get("sender")?.account(),
            json if json.get("signatures_required").is_some() => "multi_key_signature",
            json if json.get("threshold").is_some() => "multi_ed25519_signature",
            json if json.get("function_info").is_some() => "account_abstraction_signature",
            json if json.get("public_key").is_some_and(Value::is_string) => "ed25519_signature",
            json if json.get("public_key").is_some() => "single_key_signature",
            _ => "no_account_signature",
        };
        let mut object = self.json.as_object().cloned().unwrap_or_else(Map::new);
        object.insert("type".into(), json!(kind));
        let (json, name) = (&Value::Object(object), self.name);
        Part { json, name }.account()
    }
}

/// A transaction's signature that a client gives in JSON.
pub(super) fn read_signature(json: &Value) -> Result<TransactionAuthenticator, ApiError> {
    let part = Part {
        json,
        name: "signature",
    };
    let sender = || part.get("sender")?.account();
    let secondary_addresses = || part.get("secondary_signer_addresses")?.addresses();
    let secondary = || part.get("secondary_signers")?.accounts();
    Ok(match part.get("type")?.text()? {
        "single_sender" => TransactionAuthenticator::SingleSender(part.single_sender()?),
        "multi_agent_signature" => TransactionAuthenticator::MultiAgent {
            sender: sender()?,
            secondary_addresses: secondary_addresses()?,
            secondary: secondary()?,
        },
        "fee_payer_signature" => TransactionAuthenticator::FeePayer {
            sender: sender()?,
            secondary_addresses: secondary_addresses()?,
            secondary: secondary()?,
            fee_payer_address: part.get("fee_payer_address")?.address()?,
            fee_payer: Box::new(part.get("fee_payer_signer")?.account()?),
        },
        _ => match part.account()? {
            AccountAuthenticator::Ed25519 { key, signature } => {
                TransactionAuthenticator::Ed25519 { key, signature }
            }
            AccountAuthenticator::MultiEd25519 { key, signature } => {
                TransactionAuthenticator::MultiEd25519 { key, signature }
            }
            other => TransactionAuthenticator::SingleSender(other),
        },
    })
}
