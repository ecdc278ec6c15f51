/// What the Move workloads of layer A call.
module bench::work {
    use std::option;
    use std::string;
    use aptos_std::table::{Self, Table};
    use aptos_framework::fungible_asset::{Self, MintRef};
    use aptos_framework::object;
    use aptos_framework::primary_fungible_store;

    /// What the package keeps.
    struct Bench has key {
        mint: MintRef,
        items: Table<u64, u64>
    }

    /// What is at each object.
    struct Counter has key {
        value: u64
    }

    const ITEMS: u64 = 100;

    fun init_module(account: &signer) {
        let constructor = object::create_named_object(account, b"BENCH");
        primary_fungible_store::create_primary_store_enabled_fungible_asset(
            &constructor,
            option::none(),
            string::utf8(b"Bench"),
            string::utf8(b"BEN"),
            8,
            string::utf8(b""),
            string::utf8(b"")
        );
        let items = table::new();
        for (i in 0..ITEMS) {
            items.add(i, i);
        };
        move_to(account, Bench { mint: fungible_asset::generate_mint_ref(&constructor), items });
    }

    /// Gives somebody units of the package's fungible asset.
    public entry fun mint(to: address, amount: u64) acquires Bench {
        primary_fungible_store::mint(&borrow_global<Bench>(@bench).mint, to, amount);
    }

    /// A loop of arithmetic on 64 bits.
    public entry fun compute(rounds: u64) {
        let x = 881726454;
        let i = 0;
        while (i < rounds) {
            x = x ^ (x >> 7);
            // Below 2^30 times below 2^33.
            x = (x * 6364136223) % 18446744073709551557;
            x = x ^ (x << 9);
            x %= 1000000007;
            i += 1;
        };
        assert!(x != 0xFFFF_FFFF_FFFF, 1);
    }

    /// Reads and changes items of a table that is there already, and adds and removes one each.
    public entry fun tables(rounds: u64) acquires Bench {
        let items = &mut borrow_global_mut<Bench>(@bench).items;
        for (i in 0..rounds) {
            let item = items.borrow_mut(i % ITEMS);
            *item += 1;
            assert!(items.contains(i % ITEMS), 2);
            items.add(1000 + i, i);
            items.remove(1000 + i);
        }
    }

    /// Makes objects with a resource each, hands them on, and changes them.
    public entry fun objects(account: &signer, to: address, rounds: u64) acquires Counter {
        let owner = std::signer::address_of(account);
        for (i in 0..rounds) {
            let constructor = object::create_object(owner);
            move_to(&object::generate_signer(&constructor), Counter { value: i });
            let made = object::object_from_constructor_ref<Counter>(&constructor);
            object::transfer(account, made, to);
            let counter = borrow_global_mut<Counter>(object::object_address(&made));
            counter.value += 1;
        }
    }
}
