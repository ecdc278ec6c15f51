module t::resources {
    use std::vector;
    use std::signer;
    use t::digest;

    struct Counter has key { value: u64 }
    struct Box<T: store> has key { items: vector<T>, note: vector<u8> }
    struct Coin has store { amount: u64 }

    fun bump(at: address): u64 acquires Counter {
        let c = borrow_global_mut<Counter>(at);
        c.value = c.value + 1;
        c.value
    }
    fun read(at: address): u64 acquires Counter { borrow_global<Counter>(at).value }

    #[test(s = @0x10)] fun publish_and_read(s: &signer) acquires Counter {
        move_to(s, Counter { value: 5 });
        bump(@0x10);
        abort bump(signer::address_of(s)) + read(@0x10)
    }
    #[test(s = @0x10)] fun twice(s: &signer) {
        move_to(s, Counter { value: 5 });
        move_to(s, Counter { value: 6 });
    }
    #[test] fun missing() acquires Counter { bump(@0x77); }
    #[test] fun missing_read() acquires Counter { read(@0x77); }
    #[test] fun missing_move() acquires Counter { let Counter { value } = move_from<Counter>(@0x77); abort value }
    #[test(s = @0x10)] fun presence(s: &signer) acquires Counter {
        let before = exists<Counter>(@0x10);
        move_to(s, Counter { value: 1 });
        let during = exists<Counter>(@0x10);
        let Counter { value } = move_from<Counter>(@0x10);
        let after = exists<Counter>(@0x10);
        abort value * 8 + (if (before) 1 else 0) + (if (during) 2 else 0) + (if (after) 4 else 0)
    }
    #[test(s = @0x10)] fun again_after_move(s: &signer) acquires Counter {
        move_to(s, Counter { value: 1 });
        let Counter { value } = move_from<Counter>(@0x10);
        move_to(s, Counter { value: value + 10 });
        bump(@0x10);
        abort read(@0x10)
    }
    #[test(s = @0x10)] fun generic_kinds(s: &signer) acquires Box {
        move_to(s, Box<u64> { items: vector[1, 2], note: b"numbers" });
        move_to(s, Box<vector<u8>> { items: vector[b"a"], note: b"bytes" });
        borrow_global_mut<Box<u64>>(@0x10).items.push_back(3);
        let b = borrow_global_mut<Box<vector<u8>>>(@0x10);
        b.items.push_back(b"bc");
        b.note.push_back(33);
        let d = digest::any(0, &borrow_global<Box<u64>>(@0x10).items);
        d = digest::any(d, &borrow_global<Box<vector<u8>>>(@0x10).items);
        abort digest::bytes(d, &borrow_global<Box<vector<u8>>>(@0x10).note)
    }
    #[test(s = @0x10)] fun generic_missing(s: &signer) acquires Box {
        move_to(s, Box<u64> { items: vector[1, 2], note: b"numbers" });
        borrow_global_mut<Box<u128>>(@0x10).items.push_back(3);
    }
    #[test(a = @0x10, b = @0x11)] fun two_accounts(a: &signer, b: &signer) acquires Counter {
        move_to(a, Counter { value: 1 });
        move_to(b, Counter { value: 100 });
        bump(@0x10);
        bump(@0x11);
        bump(@0x11);
        abort read(@0x10) * 1000 + read(@0x11)
    }
    #[test(s = @0x10)] fun no_copy_inside(s: &signer) acquires Box {
        move_to(s, Box<Coin> { items: vector[Coin { amount: 5 }, Coin { amount: 6 }], note: b"" });
        let b = borrow_global_mut<Box<Coin>>(@0x10);
        let Coin { amount } = b.items.pop_back();
        let first = &mut b.items[0].amount;
        *first = *first + amount;
        abort borrow_global<Box<Coin>>(@0x10).items[0].amount
    }
    #[test(s = @0x10)] fun written_through_call(s: &signer) acquires Counter {
        move_to(s, Counter { value: 3 });
        let d = 0;
        let i = 0;
        while (i < 30) { d = digest::add(d, bump(@0x10)); i = i + 1 };
        abort d
    }
}
