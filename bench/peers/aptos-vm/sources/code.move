/// What the peer calls at its genesis, after it has published these modules.
module aptos_framework::code {
    use std::string::String;

    /// Takes note of nothing.
    public entry fun init_genesis(
        _framework: &signer, _modules: vector<String>, _publishers: vector<address>
    ) {}
}
