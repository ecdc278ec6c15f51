#[test_only]
/// Signers for unit tests.
module std::unit_test {
    /// As many different signers as asked for.
    native public fun create_signers_for_testing(num_signers: u64): vector<signer>;

    /// One signer.
    public fun create_signer_for_testing(): signer {
        create_signers_for_testing(1).pop_back()
    }
}
