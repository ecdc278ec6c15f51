/// What an authentication function in Move sees of a transaction: its digest, and the bytes that stand for a signature.
module aptos_framework::auth_data {
    use std::error;

    /// The data is not that of a derivable account
    const ENOT_DERIVABLE_AUTH_DATA: u64 = 1;
    /// The data is not that of an account with an authentication function
    const ENOT_REGULAR_AUTH_DATA: u64 = 2;

    /// The data, of an account with an authentication function or of a derivable account.
    enum AbstractionAuthData has copy, drop {
        V1 {
            digest: vector<u8>,
            authenticator: vector<u8>
        }
        DerivableV1 {
            digest: vector<u8>,
            abstract_signature: vector<u8>,
            abstract_public_key: vector<u8>
        }
    }

    /// The SHA3-256 hash of the message that the sender agrees to.
    public fun digest(self: &AbstractionAuthData): &vector<u8> {
        &self.digest
    }

    /// The bytes that stand for a signature. Aborts for a derivable account.
    public fun authenticator(self: &AbstractionAuthData): &vector<u8> {
        assert!(self is V1, error::invalid_argument(ENOT_REGULAR_AUTH_DATA));
        &self.authenticator
    }

    /// Whether the account's address derives from an authentication function and a public key.
    public fun is_derivable(self: &AbstractionAuthData): bool {
        self is DerivableV1
    }

    /// The bytes that stand for the signature of a derivable account. Aborts for others.
    public fun derivable_abstract_signature(self: &AbstractionAuthData): &vector<u8> {
        assert!(self is DerivableV1, error::invalid_argument(ENOT_DERIVABLE_AUTH_DATA));
        &self.abstract_signature
    }

    /// The public key of a derivable account. Aborts for others.
    public fun derivable_abstract_public_key(self: &AbstractionAuthData): &vector<u8> {
        assert!(self is DerivableV1, error::invalid_argument(ENOT_DERIVABLE_AUTH_DATA));
        &self.abstract_public_key
    }

    #[test_only]
    /// Data of an account with an authentication function.
    public fun create_auth_data(digest: vector<u8>, authenticator: vector<u8>): AbstractionAuthData {
        AbstractionAuthData::V1 { digest, authenticator }
    }

    #[test_only]
    /// Data of a derivable account.
    public fun create_derivable_auth_data(
        digest: vector<u8>, abstract_signature: vector<u8>, abstract_public_key: vector<u8>
    ): AbstractionAuthData {
        AbstractionAuthData::DerivableV1 { digest, abstract_signature, abstract_public_key }
    }

    #[test]
    fun both_kinds_show_their_parts() {
        let regular = create_auth_data(x"01", x"02");
        assert!(!regular.is_derivable() && regular.digest() == &x"01" && regular.authenticator() == &x"02", 0);
        let derivable = create_derivable_auth_data(x"03", x"04", x"05");
        assert!(derivable.is_derivable() && derivable.digest() == &x"03", 0);
        assert!(derivable.derivable_abstract_signature() == &x"04", 0);
        assert!(derivable.derivable_abstract_public_key() == &x"05", 0);
    }

    #[test]
    #[expected_failure(abort_code = 0x10001, location = Self)]
    fun a_regular_account_has_no_public_key() {
        create_auth_data(x"01", x"02").derivable_abstract_public_key();
    }

    #[test]
    #[expected_failure(abort_code = 0x10001, location = Self)]
    fun a_regular_account_has_no_abstract_signature() {
        create_auth_data(x"01", x"02").derivable_abstract_signature();
    }

    #[test]
    #[expected_failure(abort_code = 0x10002, location = Self)]
    fun a_derivable_account_has_no_authenticator() {
        create_derivable_auth_data(x"03", x"04", x"05").authenticator();
    }
}
