/// What benchmarks measure of a call across machines.
module bench::cross {
    use std::signer;
    use aptos_framework::evm;

    /// How often an account has called.
    struct Counter has key {
        value: u64
    }

    /// The arguments of an ERC-20 transfer.
    struct Transfer has drop {
        to: address,
        amount: u256
    }

    /// Gives an account a counter.
    public entry fun start(account: &signer) {
        move_to(account, Counter { value: 0 });
    }

    /// Counts a call.
    public entry fun count(account: &signer) {
        let counter = &mut Counter[signer::address_of(account)];
        counter.value += 1;
    }

    /// Counts a call, and sends tokens that the account has.
    public entry fun send(account: &signer, token: address, to: address) {
        count(account);
        let sent = evm::call_now(account, token, 0, b"transfer(address,uint256)", &Transfer { to, amount: 1 });
        assert!(evm::decode<bool>(sent), 1);
    }

    /// Does nothing with some bytes.
    public entry fun take_bytes(_account: &signer, _bytes: vector<u8>) {}

    /// Does nothing with some numbers.
    public entry fun take_words(_account: &signer, _words: vector<u64>) {}

    /// Does nothing with some vectors.
    public entry fun take_nested(_account: &signer, _nested: vector<vector<u8>>) {}
}
