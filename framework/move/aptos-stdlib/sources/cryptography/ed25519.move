/// Ed25519 signatures (RFC 8032).
///
/// A key is unvalidated when it merely has the right length, validated when it is known to be a point on the curve
/// that is not of small order. Signatures are verified against unvalidated keys: strict verification rejects bad
/// points by itself.
module aptos_std::ed25519 {
    use std::bcs;
    use std::error;
    use std::hash;
    use std::option::{Self, Option};
    use aptos_std::type_info::{Self, TypeInfo};

    /// A public key has 32 bytes.
    const E_WRONG_PUBKEY_SIZE: u64 = 1;
    /// A signature has 64 bytes.
    const E_WRONG_SIGNATURE_SIZE: u64 = 2;

    /// What is appended to a public key before it is hashed to an authentication key.
    const SIGNATURE_SCHEME_ID: u8 = 0;
    /// How many bytes a public key has.
    const PUBLIC_KEY_NUM_BYTES: u64 = 32;
    /// How many bytes a signature has.
    const SIGNATURE_NUM_BYTES: u64 = 64;

    /// What is signed, in BCS, when a value is signed: the value together with its type, so that a signature of one
    /// type is none of another that has the same bytes.
    struct SignedMessage<MessageType> has drop {
        type_info: TypeInfo,
        inner: MessageType
    }

    /// 32 bytes that may be a public key.
    struct UnvalidatedPublicKey has copy, drop, store {
        bytes: vector<u8>
    }

    /// A public key that is a point on the curve, not of small order.
    struct ValidatedPublicKey has copy, drop, store {
        bytes: vector<u8>
    }

    /// 64 bytes that may be a signature.
    struct Signature has copy, drop, store {
        bytes: vector<u8>
    }

    /// Takes 32 bytes as a public key. Aborts with `E_WRONG_PUBKEY_SIZE` if there are more or fewer.
    public fun new_unvalidated_public_key_from_bytes(bytes: vector<u8>): UnvalidatedPublicKey {
        assert!(bytes.length() == PUBLIC_KEY_NUM_BYTES, error::invalid_argument(E_WRONG_PUBKEY_SIZE));
        UnvalidatedPublicKey { bytes }
    }

    /// The public key of these bytes, if they are a valid one.
    public fun new_validated_public_key_from_bytes(bytes: vector<u8>): Option<ValidatedPublicKey> {
        if (public_key_validate_internal(bytes)) {
            option::some(ValidatedPublicKey { bytes })
        } else {
            option::none()
        }
    }

    /// Takes 64 bytes as a signature. Aborts with `E_WRONG_SIGNATURE_SIZE` if there are more or fewer.
    public fun new_signature_from_bytes(bytes: vector<u8>): Signature {
        assert!(bytes.length() == SIGNATURE_NUM_BYTES, error::invalid_argument(E_WRONG_SIGNATURE_SIZE));
        Signature { bytes }
    }

    /// The same key as an unvalidated one, to verify signatures with.
    public fun public_key_to_unvalidated(pk: &ValidatedPublicKey): UnvalidatedPublicKey {
        UnvalidatedPublicKey { bytes: pk.bytes }
    }

    /// Turns the key into an unvalidated one, to verify signatures with.
    public fun public_key_into_unvalidated(pk: ValidatedPublicKey): UnvalidatedPublicKey {
        let ValidatedPublicKey { bytes } = pk;
        UnvalidatedPublicKey { bytes }
    }

    /// The 32 bytes of the key.
    public fun unvalidated_public_key_to_bytes(pk: &UnvalidatedPublicKey): vector<u8> {
        pk.bytes
    }

    /// The 32 bytes of the key.
    public fun validated_public_key_to_bytes(pk: &ValidatedPublicKey): vector<u8> {
        pk.bytes
    }

    /// The 64 bytes of the signature.
    public fun signature_to_bytes(sig: &Signature): vector<u8> {
        sig.bytes
    }

    /// The same key as a validated one, if it is valid.
    public fun public_key_validate(pk: &UnvalidatedPublicKey): Option<ValidatedPublicKey> {
        new_validated_public_key_from_bytes(pk.bytes)
    }

    /// Whether the key signed the message. Signatures that anyone could change into another valid one are no
    /// signatures, nor are those of keys of small order.
    public fun signature_verify_strict(
        signature: &Signature, public_key: &UnvalidatedPublicKey, message: vector<u8>
    ): bool {
        signature_verify_strict_internal(signature.bytes, public_key.bytes, message)
    }

    /// Whether the key signed the BCS of the `SignedMessage` of `data`.
    public fun signature_verify_strict_t<T: drop>(
        signature: &Signature, public_key: &UnvalidatedPublicKey, data: T
    ): bool {
        signature_verify_strict(signature, public_key, bcs::to_bytes(&new_signed_message(data)))
    }

    /// A value together with its type. Aborts if `T` is not a struct.
    public fun new_signed_message<T: drop>(data: T): SignedMessage<T> {
        SignedMessage { type_info: type_info::type_of<T>(), inner: data }
    }

    /// The authentication key of an account with this key.
    public fun unvalidated_public_key_to_authentication_key(pk: &UnvalidatedPublicKey): vector<u8> {
        authentication_key(pk.bytes)
    }

    /// The authentication key of an account with this key.
    public fun validated_public_key_to_authentication_key(pk: &ValidatedPublicKey): vector<u8> {
        authentication_key(pk.bytes)
    }

    fun authentication_key(bytes: vector<u8>): vector<u8> {
        bytes.push_back(SIGNATURE_SCHEME_ID);
        hash::sha3_256(bytes)
    }

    /// Whether the bytes are a point on the curve that is not of small order; false if there are not 32.
    native fun public_key_validate_internal(bytes: vector<u8>): bool;

    /// Verifies a signature as RFC 8032 has it, and rejects points of small order.
    native fun signature_verify_strict_internal(
        signature: vector<u8>, public_key: vector<u8>, message: vector<u8>
    ): bool;

    #[test_only]
    /// A key to sign with.
    struct SecretKey has drop {
        bytes: vector<u8>
    }

    #[test_only]
    /// A new pair of keys.
    public fun generate_keys(): (SecretKey, ValidatedPublicKey) {
        let (sk, pk) = generate_keys_internal();
        (SecretKey { bytes: sk }, ValidatedPublicKey { bytes: pk })
    }

    #[test_only]
    /// Signs bytes.
    public fun sign_arbitrary_bytes(sk: &SecretKey, msg: vector<u8>): Signature {
        Signature { bytes: sign_internal(sk.bytes, msg) }
    }

    #[test_only]
    /// Signs the BCS of the `SignedMessage` of a value.
    public fun sign_struct<T: drop>(sk: &SecretKey, data: T): Signature {
        sign_arbitrary_bytes(sk, bcs::to_bytes(&new_signed_message(data)))
    }

    #[test_only]
    /// A secret key and its public key.
    native fun generate_keys_internal(): (vector<u8>, vector<u8>);

    #[test_only]
    native fun sign_internal(sk: vector<u8>, msg: vector<u8>): vector<u8>;
}
