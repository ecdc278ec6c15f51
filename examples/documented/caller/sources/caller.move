/// Queued calls of contracts, as Lumio's documents describe them.
module caller::caller {
    use std::string::String;
    use aptos_std::type_info;
    use aptos_framework::evm;

    /// Arguments of `transfer(address,u256)`.
    struct Transfer has drop {
        to: address,
        amount: u256
    }

    /// Arguments of `note(uint64,(string,bool)[],bytes32)`.
    struct Note has drop {
        number: u64,
        lines: vector<Line>,
        owner: address
    }

    struct Line has drop, copy {
        text: String,
        is_bold: bool
    }

    /// What was asked for with which types.
    struct Asked has key, copy, drop {
        by: address,
        first: String,
        second: String,
        number: u128
    }

    fun init_module(account: &signer) {
        let nothing = std::string::utf8(b"");
        move_to(account, Asked { by: @0x0, first: nothing, second: nothing, number: 0 });
    }

    public entry fun transfer(account: &signer, token: address, to: address, amount: u256) {
        evm::evm(account, token, b"transfer(address,u256)", &Transfer { to, amount });
    }

    public entry fun note(account: &signer, contract: address, text: String) {
        let lines = vector[Line { text, is_bold: true }, Line { text, is_bold: false }];
        evm::evm(account, contract, b"note(uint64,(string,bool)[],bytes32)", &Note { number: 7, lines, owner: @caller });
    }

    /// Called by `MoveVM.call`, with generics.
    public fun ask<A, B>(account: &signer, number: u128) {
        let (first, second) = (type_info::type_name<A>(), type_info::type_name<B>());
        Asked[@caller] = Asked { by: std::signer::address_of(account), first, second, number };
    }
}
