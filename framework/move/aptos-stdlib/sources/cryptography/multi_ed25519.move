/// Signatures of at least k out of n Ed25519 keys.
///
/// A public key is the n keys one after another, then k in one byte. A signature is the signatures of those who
/// signed, in the order of their keys, then four bytes with a bit for each of them: the highest bit of the first
/// byte belongs to the first key. Otherwise this module is the same as `ed25519`.
module aptos_std::multi_ed25519 {
    use std::bcs;
    use std::error;
    use std::hash;
    use std::option::{Self, Option};
    use aptos_std::ed25519;

    /// A public key has 32 bytes for each of at most 32 keys, and one for the threshold.
    const E_WRONG_PUBKEY_SIZE: u64 = 1;
    /// A signature has 64 bytes for each one who signed, and four that tell who did.
    const E_WRONG_SIGNATURE_SIZE: u64 = 2;
    #[test_only]
    /// The threshold has to be at least one and at most the number of keys.
    const E_INVALID_THRESHOLD_OR_NUMBER_OF_SIGNERS: u64 = 3;

    /// What is appended to a public key before it is hashed to an authentication key.
    const SIGNATURE_SCHEME_ID: u8 = 1;
    /// How many bytes each of the keys has.
    const INDIVIDUAL_PUBLIC_KEY_NUM_BYTES: u64 = 32;
    /// How many bytes each of the signatures has.
    const INDIVIDUAL_SIGNATURE_NUM_BYTES: u64 = 64;
    /// How many bytes the threshold has.
    const THRESHOLD_SIZE_BYTES: u64 = 1;
    /// How many bytes tell who signed.
    const BITMAP_NUM_OF_BYTES: u64 = 4;
    /// How many keys there can be.
    const MAX_NUMBER_OF_PUBLIC_KEYS: u64 = 32;

    /// Bytes of the right length, which may be a public key.
    struct UnvalidatedPublicKey has copy, drop, store {
        bytes: vector<u8>
    }

    /// A public key whose keys are points on the curve, not of small order.
    struct ValidatedPublicKey has copy, drop, store {
        bytes: vector<u8>
    }

    /// Bytes of a right length, which may be a signature.
    struct Signature has copy, drop, store {
        bytes: vector<u8>
    }

    /// Takes bytes as a public key. Aborts with `E_WRONG_PUBKEY_SIZE` if there cannot be so many.
    public fun new_unvalidated_public_key_from_bytes(bytes: vector<u8>): UnvalidatedPublicKey {
        let length = bytes.length();
        assert!(
            length / INDIVIDUAL_PUBLIC_KEY_NUM_BYTES <= MAX_NUMBER_OF_PUBLIC_KEYS
                && length % INDIVIDUAL_PUBLIC_KEY_NUM_BYTES == THRESHOLD_SIZE_BYTES,
            error::invalid_argument(E_WRONG_PUBKEY_SIZE)
        );
        UnvalidatedPublicKey { bytes }
    }

    /// The public key of these bytes, if its keys are valid. The threshold is not looked at: prefer
    /// `new_validated_public_key_from_bytes_v2`.
    public fun new_validated_public_key_from_bytes(bytes: vector<u8>): Option<ValidatedPublicKey> {
        if (bytes.length() % INDIVIDUAL_PUBLIC_KEY_NUM_BYTES == THRESHOLD_SIZE_BYTES
            && public_key_validate_internal(bytes)) {
            option::some(ValidatedPublicKey { bytes })
        } else {
            option::none()
        }
    }

    /// The public key of these bytes, if they are a valid one.
    public fun new_validated_public_key_from_bytes_v2(bytes: vector<u8>): Option<ValidatedPublicKey> {
        if (public_key_validate_v2_internal(bytes)) {
            option::some(ValidatedPublicKey { bytes })
        } else {
            option::none()
        }
    }

    /// Takes bytes as a signature. Aborts with `E_WRONG_SIGNATURE_SIZE` if there cannot be so many.
    public fun new_signature_from_bytes(bytes: vector<u8>): Signature {
        assert!(
            bytes.length() % INDIVIDUAL_SIGNATURE_NUM_BYTES == BITMAP_NUM_OF_BYTES,
            error::invalid_argument(E_WRONG_SIGNATURE_SIZE)
        );
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

    /// The bytes of the key.
    public fun unvalidated_public_key_to_bytes(pk: &UnvalidatedPublicKey): vector<u8> {
        pk.bytes
    }

    /// The bytes of the key.
    public fun validated_public_key_to_bytes(pk: &ValidatedPublicKey): vector<u8> {
        pk.bytes
    }

    /// The bytes of the signature.
    public fun signature_to_bytes(sig: &Signature): vector<u8> {
        sig.bytes
    }

    /// The same key as a validated one, if its keys are valid. The threshold is not looked at: prefer
    /// `public_key_validate_v2`.
    public fun public_key_validate(pk: &UnvalidatedPublicKey): Option<ValidatedPublicKey> {
        new_validated_public_key_from_bytes(pk.bytes)
    }

    /// The same key as a validated one, if it is valid.
    public fun public_key_validate_v2(pk: &UnvalidatedPublicKey): Option<ValidatedPublicKey> {
        new_validated_public_key_from_bytes_v2(pk.bytes)
    }

    /// Whether as many of the keys as the threshold asks for signed the message, and no signature is wrong.
    public fun signature_verify_strict(
        multisignature: &Signature, public_key: &UnvalidatedPublicKey, message: vector<u8>
    ): bool {
        signature_verify_strict_internal(multisignature.bytes, public_key.bytes, message)
    }

    /// The same for the BCS of the `ed25519::SignedMessage` of `data`.
    public fun signature_verify_strict_t<T: drop>(
        multisignature: &Signature, public_key: &UnvalidatedPublicKey, data: T
    ): bool {
        let message = bcs::to_bytes(&ed25519::new_signed_message(data));
        signature_verify_strict(multisignature, public_key, message)
    }

    /// The authentication key of an account with this key.
    public fun unvalidated_public_key_to_authentication_key(pk: &UnvalidatedPublicKey): vector<u8> {
        authentication_key(pk.bytes)
    }

    /// How many keys the bytes have room for; that is how many there are, if the key is valid.
    public fun unvalidated_public_key_num_sub_pks(pk: &UnvalidatedPublicKey): u8 {
        num_sub_pks(&pk.bytes)
    }

    /// How many have to sign, if the bytes have the form of a key.
    public fun unvalidated_public_key_threshold(pk: &UnvalidatedPublicKey): Option<u8> {
        check_and_get_threshold(pk.bytes)
    }

    /// The authentication key of an account with this key.
    public fun validated_public_key_to_authentication_key(pk: &ValidatedPublicKey): vector<u8> {
        authentication_key(pk.bytes)
    }

    /// How many keys there are.
    public fun validated_public_key_num_sub_pks(pk: &ValidatedPublicKey): u8 {
        num_sub_pks(&pk.bytes)
    }

    /// How many have to sign.
    public fun validated_public_key_threshold(pk: &ValidatedPublicKey): u8 {
        pk.bytes[pk.bytes.length() - 1]
    }

    /// The threshold of bytes that have the form of a public key: 1 to 32 keys, and a threshold that is neither zero
    /// nor above their number. Whether the keys are valid is not looked at.
    public fun check_and_get_threshold(bytes: vector<u8>): Option<u8> {
        let length = bytes.length();
        let keys = length / INDIVIDUAL_PUBLIC_KEY_NUM_BYTES;
        if (length % INDIVIDUAL_PUBLIC_KEY_NUM_BYTES != THRESHOLD_SIZE_BYTES
            || keys == 0 || keys > MAX_NUMBER_OF_PUBLIC_KEYS) {
            return option::none()
        };
        let threshold = bytes[length - 1];
        if (threshold == 0 || (threshold as u64) > keys) option::none() else option::some(threshold)
    }

    fun num_sub_pks(bytes: &vector<u8>): u8 {
        (bytes.length() / INDIVIDUAL_PUBLIC_KEY_NUM_BYTES) as u8
    }

    fun authentication_key(bytes: vector<u8>): vector<u8> {
        bytes.push_back(SIGNATURE_SCHEME_ID);
        hash::sha3_256(bytes)
    }

    /// Whether every whole 32 bytes are a point on the curve that is not of small order; false for more than 32 keys.
    native fun public_key_validate_internal(bytes: vector<u8>): bool;

    /// Whether the bytes have the form of a public key, as `check_and_get_threshold` has it, and its keys are points
    /// on the curve that are not of small order.
    native fun public_key_validate_v2_internal(bytes: vector<u8>): bool;

    native fun signature_verify_strict_internal(
        multisignature: vector<u8>, public_key: vector<u8>, message: vector<u8>
    ): bool;

    #[test_only]
    /// The keys to sign with.
    struct SecretKey has drop {
        bytes: vector<u8>
    }

    #[test_only]
    /// `n` new pairs of keys, of which `threshold` have to sign. Aborts with
    /// `E_INVALID_THRESHOLD_OR_NUMBER_OF_SIGNERS` unless `1 <= threshold <= n <= 32`.
    public fun generate_keys(threshold: u8, n: u8): (SecretKey, ValidatedPublicKey) {
        assert!(
            1 <= threshold && threshold <= n && (n as u64) <= MAX_NUMBER_OF_PUBLIC_KEYS,
            error::invalid_argument(E_INVALID_THRESHOLD_OR_NUMBER_OF_SIGNERS)
        );
        let (sk, pk) = generate_keys_internal(threshold, n);
        (SecretKey { bytes: sk }, ValidatedPublicKey { bytes: pk })
    }

    #[test_only]
    /// Signs bytes with as many of the keys as the threshold asks for.
    public fun sign_arbitrary_bytes(sk: &SecretKey, msg: vector<u8>): Signature {
        Signature { bytes: sign_internal(sk.bytes, msg) }
    }

    #[test_only]
    /// Signs the BCS of the `ed25519::SignedMessage` of a value.
    public fun sign_struct<T: drop>(sk: &SecretKey, data: T): Signature {
        sign_arbitrary_bytes(sk, bcs::to_bytes(&ed25519::new_signed_message(data)))
    }

    #[test_only]
    /// `n` secret keys, then the threshold; and the public key.
    native fun generate_keys_internal(threshold: u8, n: u8): (vector<u8>, vector<u8>);

    #[test_only]
    native fun sign_internal(sk: vector<u8>, msg: vector<u8>): vector<u8>;
}
