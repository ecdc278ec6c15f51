//! What a passkey signs. The browser asks it to sign a challenge, here the SHA3-256 of the
//! signing message, and gets a signature over its own data and the SHA-256 of the client data,
//! a JSON text that contains the challenge.

use alloc::{borrow::Cow, string::String, vec::Vec};

use lumio_move_engine::bcs::put_bytes;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::{
    Bcs, ClientDataError, DecodeError, Reader, Secp256r1PublicKey, Secp256r1Signature,
    SignatureError, crypto, hash::sha3_256,
};

/// Authenticator data and client data, each.
const DATA_MAX: u32 = 1024;

/// A passkey's signature, with what it signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebAuthnAssertion {
    /// The signature.
    pub signature: Secp256r1Signature,
    /// What the authenticator says of itself and the user.
    pub authenticator_data: Vec<u8>,
    /// What the browser says of the request: a JSON text.
    pub client_data_json: Vec<u8>,
}

#[derive(Deserialize)]
struct ClientData<'a> {
    #[serde(rename = "type", borrow)]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    challenge: Cow<'a, str>,
}

impl WebAuthnAssertion {
    pub(crate) fn verify(
        &self,
        key: &Secp256r1PublicKey,
        message: &[u8],
    ) -> Result<(), SignatureError> {
        // The parser would also take a list of the two.
        if !self.client_data_json.trim_ascii_start().starts_with(b"{") {
            return Err(ClientDataError::Malformed.into());
        }
        let client: ClientData<'_> = serde_json::from_slice(&self.client_data_json)
            .map_err(|_| ClientDataError::Malformed)?;
        // A registration signs a challenge too, and must not pass for consent to a transaction.
        if client.kind != "webauthn.get" {
            return Err(ClientDataError::Type.into());
        }
        if client.challenge != base64url(&sha3_256(&[message])) {
            return Err(ClientDataError::Challenge.into());
        }
        let mut signed = self.authenticator_data.clone();
        signed.extend(Sha256::digest(&self.client_data_json));
        crypto::secp256r1(key, &self.signature, &signed)
    }
}

/// Base64 for URLs, without padding.
fn base64url(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let bits = chunk
            .iter()
            .chain([0, 0].iter())
            .take(3)
            .fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte));
        for shift in [18, 12, 6, 0]
            .into_iter()
            .take(chunk.len().saturating_add(1))
        {
            let digit = DIGITS.get((bits >> shift & 63) as usize);
            out.extend(digit.map(|digit| char::from(*digit)));
        }
    }
    out
}

impl Bcs for WebAuthnAssertion {
    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        match reader.uleb()? {
            0 => {}
            other => return reader.no_variant("a passkey's signature", other),
        }
        Ok(Self {
            signature: Bcs::read(reader)?,
            authenticator_data: reader
                .bytes_up_to("bytes of authenticator data", DATA_MAX)?
                .into(),
            client_data_json: reader.bytes_up_to("bytes of client data", DATA_MAX)?.into(),
        })
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.push(0);
        self.signature.write(out);
        put_bytes(out, &self.authenticator_data);
        put_bytes(out, &self.client_data_json);
    }
}

#[cfg(test)]
mod tests {
    use super::base64url;

    #[test]
    fn base64_agrees_with_the_vectors_of_rfc_4648() {
        let pairs = [
            ("", ""),
            ("f", "Zg"),
            ("fo", "Zm8"), // typos:ignore
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg"),
            ("fooba", "Zm9vYmE"),
            ("foobar", "Zm9vYmFy"),
        ];
        for (text, encoded) in pairs {
            assert_eq!(base64url(text.as_bytes()), encoded);
        }
        assert_eq!(base64url(&[0xfb, 0xff, 0xbf]), "-_-_");
    }
}
