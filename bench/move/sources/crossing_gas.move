/// The loops of `bench::gas`, of calls across machines and of Solidity's ABI. The last of `data` is the address of
/// the contract that calls Move, and does nothing when it is called without a function's selector.
module bench::crossing_gas {
    use aptos_std::table::{Self, Table};
    use aptos_framework::evm;
    use aptos_framework::vms;

    struct Items has key {
        table: Table<u64, u64>
    }

    /// The arguments of `Solidity.repeat`.
    struct Repeat has drop {
        module_address: address,
        function: std::string::String,
        rounds: u256,
        arguments: vector<u8>
    }

    /// Arguments of an ERC-20 transfer.
    struct Transfer has drop {
        to: address,
        amount: u256
    }

    fun contract(data: &vector<vector<u8>>): address {
        vms::account_of(data[data.length() - 1])
    }

    fun bytes(size: u64): vector<u8> {
        let v = vector[];
        for (i in 0..size) {
            v.push_back((i % 26 + 97) as u8);
        };
        v
    }

    fun words(size: u64): vector<u64> {
        let v = vector[];
        for (i in 0..size) {
            v.push_back(i);
        };
        v
    }

    fun nested(size: u64): vector<vector<u8>> {
        let v = vector[];
        for (i in 0..size) {
            v.push_back(b"12345678");
        };
        v
    }

    // Calls.

    entry fun cross_to_evm(a: &signer, n: u64, size: u64, data: vector<vector<u8>>) {
        let to = contract(&data);
        let input = bytes(size);
        for (i in 0..n) { evm::call_raw(a, to, 0, input); }
    }

    /// From a session that has loaded so many items.
    entry fun cross_to_evm_loaded(a: &signer, n: u64, size: u64, data: vector<vector<u8>>) acquires Items {
        let to = contract(&data);
        let at = std::signer::address_of(a);
        move_to(a, Items { table: table::new() });
        for (i in 0..size) { Items[at].table.add(i, i); };
        for (i in 0..n) { evm::call_raw(a, to, 0, b""); }
    }

    fun repeat(a: &signer, data: &vector<vector<u8>>, function: vector<u8>, rounds: u64, arguments: vector<u8>) {
        let function = std::string::utf8(function);
        let call = Repeat { module_address: @bench, function, rounds: rounds as u256, arguments };
        evm::call_now(a, contract(data), 0, b"repeat(bytes32,string,uint256,bytes)", &call);
    }

    entry fun cross_to_move(a: &signer, n: u64, size: u64, data: vector<vector<u8>>) {
        repeat(a, &data, b"take_bytes", n, evm::encode(&bytes(size)));
    }

    entry fun cross_to_move_words(a: &signer, n: u64, size: u64, data: vector<vector<u8>>) {
        repeat(a, &data, b"take_words", n, evm::encode(&words(size)));
    }

    entry fun cross_to_move_nested(a: &signer, n: u64, size: u64, data: vector<vector<u8>>) {
        repeat(a, &data, b"take_nested", n, evm::encode(&nested(size)));
    }

    // The ABI.

    entry fun abi_call(_a: &signer, n: u64, _size: u64, _data: vector<vector<u8>>) {
        for (i in 0..n) { evm::encode_call(b"transfer(address,uint256)", &Transfer { to: @bench, amount: 1 }); }
    }

    entry fun abi_encode_words(_a: &signer, n: u64, size: u64, _data: vector<vector<u8>>) {
        let v = words(size);
        for (i in 0..n) { evm::encode(&v); }
    }

    entry fun abi_encode_nested(_a: &signer, n: u64, size: u64, _data: vector<vector<u8>>) {
        let v = nested(size);
        for (i in 0..n) { evm::encode(&v); }
    }

    entry fun abi_decode_words(_a: &signer, n: u64, size: u64, _data: vector<vector<u8>>) {
        let v = evm::encode(&words(size));
        for (i in 0..n) { evm::decode<vector<u64>>(v); }
    }

    entry fun abi_decode_nested(_a: &signer, n: u64, size: u64, _data: vector<vector<u8>>) {
        let v = evm::encode(&nested(size));
        for (i in 0..n) { evm::decode<vector<vector<u8>>>(v); }
    }
}
