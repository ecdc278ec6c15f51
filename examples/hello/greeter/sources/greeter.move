/// Greets whoever asks, also contracts.
module greeter::greeter {
    use std::signer;
    use std::string::{Self, String};
    use aptos_std::table::{Self, Table};

    /// A name has at least one letter
    const ENO_NAME: u64 = 1;

    /// How often each account was greeted.
    struct Greeted has key {
        times: Table<address, u64>
    }

    fun init_module(greeter: &signer) {
        move_to(greeter, Greeted { times: table::new() });
    }

    /// A greeting, and how often the caller has had one.
    public fun greet(caller: &signer, name: String): (String, u64) {
        assert!(!name.is_empty(), ENO_NAME);
        let greeting = string::utf8(b"Hello ");
        greeting.append(name);
        greeting.append_utf8(b", says Move");
        let times = Greeted[@greeter].times.borrow_mut_with_default(signer::address_of(caller), 0);
        *times += 1;
        (greeting, *times)
    }

    #[view]
    /// How often an account was greeted.
    public fun times(account: address): u64 {
        *Greeted[@greeter].times.borrow_with_default(account, &0)
    }
}
