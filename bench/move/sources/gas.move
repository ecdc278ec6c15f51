/// One loop for each instruction, native function and access of the state whose price is compared
/// with its time. `n` is how often; `size` how much at once, where that matters.
module bench::gas {
    use std::bcs;
    use std::cmp;
    use std::hash;
    use std::mem;
    use std::option::{Self, Option};
    use std::signer;
    use std::string;
    use aptos_std::copyable_any;
    use aptos_std::aptos_hash;
    use aptos_std::ed25519;
    use aptos_std::from_bcs;
    use aptos_std::multi_ed25519;
    use aptos_std::secp256k1;
    use aptos_std::string_utils;
    use aptos_std::table::{Self, Table};
    use aptos_std::type_info;
    use aptos_framework::aggregator_v2;
    use aptos_framework::coin;
    use aptos_framework::event;
    use aptos_framework::native_coin::{Self, NativeCoin};
    use aptos_framework::object;
    use aptos_framework::transaction_context;

    #[event]
    struct Told has drop, store {
        bytes: vector<u8>
    }

    struct Small has copy, drop, store {
        a: u64,
        b: u64
    }

    /// Of 40 words: it is kept out of line.
    struct Large has copy, drop, store {
        a: u256, b: u256, c: u256, d: u256, e: u256, f: u256, g: u256, h: u256, i: u256, j: u256
    }

    struct Held has key {
        value: u64
    }

    struct Blob has key {
        bytes: vector<u8>
    }

    struct Words has key {
        words: vector<u64>
    }

    struct Kept has key {
        table: Table<u64, u64>,
        by_bytes: Table<vector<u8>, u64>
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

    fun large(): Large {
        Large { a: 1, b: 2, c: 3, d: 4, e: 5, f: 6, g: 7, h: 8, i: 9, j: 10 }
    }

    // Instructions.

    entry fun empty(_a: &signer, n: u64, _size: u64, _data: vector<vector<u8>>) {
        for (i in 0..n) {}
    }

    entry fun add(_a: &signer, n: u64, _size: u64, _data: vector<vector<u8>>) {
        let x = 0;
        for (i in 0..n) { x = x + i; x = x - i; x = x + i; x = x - i; x = x + 1; }
    }

    entry fun div(_a: &signer, n: u64, _size: u64, _data: vector<vector<u8>>) {
        let x = 0;
        for (i in 0..n) { x = x ^ (0xffff_ffff_ffff_fff1 / (i + 3)); x = x ^ (0xffff_ffff_ffff_fff1 % (i + 5)); }
    }

    entry fun div_u128(_a: &signer, n: u64, _size: u64, _data: vector<vector<u8>>) {
        let x: u128 = 0;
        let y: u128 = 0xffff_ffff_ffff_ffff_1;
        for (i in 0..n) { x = x ^ (0xffff_ffff_ffff_ffff_ffff_ffff_ffff_fff1 / y); y = y + 1; }
    }

    entry fun add_u256(_a: &signer, n: u64, _size: u64, _data: vector<vector<u8>>) {
        let x: u256 = 7;
        for (i in 0..n) { x = x + 5; x = x ^ 3; x = x + 5; x = x ^ 1; }
    }

    entry fun mul_u256(_a: &signer, n: u64, _size: u64, _data: vector<vector<u8>>) {
        let x: u256 = 0xffff_ffff_ffff_ffff_ffff_ffff_ffff_fff1;
        let y: u256 = 3;
        for (i in 0..n) { y = y ^ (x * (x - 1)); y = y ^ (x * (x - 3)); }
    }

    entry fun div_u256(_a: &signer, n: u64, _size: u64, _data: vector<vector<u8>>) {
        let x: u256 = 0xffff_ffff_ffff_ffff_ffff_ffff_ffff_ffff_ffff_ffff_ffff_ffff_ffff_ffff_ffff_fff1;
        let y: u256 = 0xffff_ffff_ffff_ffff_ffff_ffff_ffff_fff1;
        for (i in 0..n) { y = y + (x / y); y = y + (x % y); y = 0xffff_ffff_ffff_ffff_ffff_ffff_ffff_fff1; }
    }

    entry fun casts(_a: &signer, n: u64, _size: u64, _data: vector<vector<u8>>) {
        let x = 0;
        for (i in 0..n) { x = x ^ (((i as u256) as u128) as u64); }
    }

    fun id(x: u64): u64 { x }

    fun id_of<T>(x: T): T { x }

    entry fun call(_a: &signer, n: u64, _size: u64, _data: vector<vector<u8>>) {
        let x = 0;
        for (i in 0..n) { x = id(x); x = id(x); x = id(x); x = id(x); }
    }

    entry fun call_generic(_a: &signer, n: u64, _size: u64, _data: vector<vector<u8>>) {
        let x = large();
        for (i in 0..n) { x = id_of(x); x = id_of(x); }
    }

    entry fun call_closure(_a: &signer, n: u64, _size: u64, _data: vector<vector<u8>>) {
        let x = 0;
        for (i in 0..n) {
            let f: |u64|u64 has copy + drop = |y| y + i;
            x = f(x) % 1000;
        }
    }

    entry fun pack(_a: &signer, n: u64, _size: u64, _data: vector<vector<u8>>) {
        let x = 0;
        for (i in 0..n) {
            let s = Small { a: i, b: x };
            let Small { a, b } = s;
            x = a ^ b;
        }
    }

    entry fun pack_large(_a: &signer, n: u64, _size: u64, _data: vector<vector<u8>>) {
        for (i in 0..n) {
            let Large { a: _, b: _, c: _, d: _, e: _, f: _, g: _, h: _, i: _, j: _ } = large();
        }
    }

    entry fun field(_a: &signer, n: u64, _size: u64, _data: vector<vector<u8>>) {
        let s = Small { a: 1, b: 2 };
        for (i in 0..n) { s.a = s.b; s.b = s.a + 1; }
    }

    entry fun option(_a: &signer, n: u64, _size: u64, _data: vector<vector<u8>>) {
        for (i in 0..n) {
            let o: Option<u64> = option::some(i);
            o.destroy_some();
        }
    }

    entry fun vector_push(_a: &signer, n: u64, _size: u64, _data: vector<vector<u8>>) {
        let v = vector[];
        for (i in 0..n) { v.push_back(i); v.push_back(i); v.pop_back(); v.pop_back(); }
    }

    entry fun vector_new(_a: &signer, n: u64, _size: u64, _data: vector<vector<u8>>) {
        for (i in 0..n) { let v = vector[i]; v.push_back(i); }
    }

    entry fun vector_borrow(_a: &signer, n: u64, size: u64, _data: vector<vector<u8>>) {
        let v = words(size);
        let x = 0;
        for (i in 0..n) { x = x ^ v[i % size]; v.swap(0, i % size); }
    }

    entry fun vector_move(_a: &signer, n: u64, size: u64, _data: vector<vector<u8>>) {
        let v = words(size);
        for (i in 0..n) { v.insert(0, i); v.remove(0); }
    }

    entry fun copy_bytes(_a: &signer, n: u64, size: u64, _data: vector<vector<u8>>) {
        let v = bytes(size);
        for (i in 0..n) { let w = v; w.push_back(1); }
    }

    entry fun copy_words(_a: &signer, n: u64, size: u64, _data: vector<vector<u8>>) {
        let v = words(size);
        for (i in 0..n) { let w = v; w.push_back(1); }
    }

    entry fun copy_nested(_a: &signer, n: u64, size: u64, _data: vector<vector<u8>>) {
        let v = nested(size);
        for (i in 0..n) { let w = v; w.pop_back(); }
    }

    entry fun copy_large(_a: &signer, n: u64, _size: u64, _data: vector<vector<u8>>) {
        let v = large();
        for (i in 0..n) { let w = v; w.a = 7; }
    }

    entry fun eq_bytes(_a: &signer, n: u64, size: u64, _data: vector<vector<u8>>) {
        let (v, w) = (bytes(size), bytes(size));
        for (i in 0..n) { assert!(&v == &w, 1); }
    }

    entry fun eq_nested(_a: &signer, n: u64, size: u64, _data: vector<vector<u8>>) {
        let (v, w) = (nested(size), nested(size));
        for (i in 0..n) { assert!(&v == &w, 1); }
    }

    entry fun constant(_a: &signer, n: u64, _size: u64, _data: vector<vector<u8>>) {
        for (i in 0..n) { let v = b"0123456789012345678901234567890123456789012345678901234567890123"; v.push_back(1); }
    }

    // The state.

    entry fun borrow_global(a: &signer, n: u64, _size: u64, _data: vector<vector<u8>>) acquires Held {
        let at = signer::address_of(a);
        if (!exists<Held>(at)) move_to(a, Held { value: 0 });
        for (i in 0..n) { Held[at].value += 1; assert!(exists<Held>(at), 1); }
    }

    entry fun move_global(a: &signer, n: u64, _size: u64, _data: vector<vector<u8>>) acquires Held {
        let at = signer::address_of(a);
        if (!exists<Held>(at)) move_to(a, Held { value: 0 });
        for (i in 0..n) { let Held { value } = move_from<Held>(at); move_to(a, Held { value }); }
    }

    /// The first access of entries that are not there.
    entry fun load_absent(_a: &signer, n: u64, _size: u64, _data: vector<vector<u8>>) {
        let x: u256 = 0x1234_0000_0000;
        for (i in 0..n) { x = x + 1; assert!(!exists<Held>(from_bcs::to_address(bcs::to_bytes(&x))), 1); }
    }

    /// Sets an entry up for `load_bytes`.
    entry fun store_bytes(a: &signer, _n: u64, size: u64, _data: vector<vector<u8>>) acquires Blob {
        let at = signer::address_of(a);
        if (exists<Blob>(at)) { Blob[at].bytes = bytes(size); } else move_to(a, Blob { bytes: bytes(size) });
    }

    /// Sets an entry up for `load_words`.
    entry fun store_words(a: &signer, _n: u64, size: u64, _data: vector<vector<u8>>) acquires Words {
        let at = signer::address_of(a);
        if (exists<Words>(at)) { Words[at].words = words(size); } else move_to(a, Words { words: words(size) });
    }

    entry fun load_bytes(a: &signer, n: u64, _size: u64, _data: vector<vector<u8>>) {
        if (n > 0) assert!(exists<Blob>(signer::address_of(a)), 1);
    }

    entry fun load_words(a: &signer, n: u64, _size: u64, _data: vector<vector<u8>>) {
        if (n > 0) assert!(exists<Words>(signer::address_of(a)), 1);
    }

    fun kept(a: &signer): address {
        let at = signer::address_of(a);
        if (!exists<Kept>(at)) {
            let table = table::new();
            table.add(7, 7);
            let by_bytes = table::new();
            move_to(a, Kept { table, by_bytes });
        };
        at
    }

    entry fun table_warm(a: &signer, n: u64, _size: u64, _data: vector<vector<u8>>) acquires Kept {
        let at = kept(a);
        let table = &mut Kept[at].table;
        for (i in 0..n) { *table.borrow_mut(7) = i; }
    }

    entry fun table_absent(a: &signer, n: u64, _size: u64, _data: vector<vector<u8>>) acquires Kept {
        let at = kept(a);
        let table = &Kept[at].table;
        for (i in 0..n) { assert!(!table.contains(1000 + i), 1); }
    }

    entry fun table_long_key(a: &signer, n: u64, size: u64, _data: vector<vector<u8>>) acquires Kept {
        let at = kept(a);
        let table = &Kept[at].by_bytes;
        let key = bytes(size);
        for (i in 0..n) { assert!(!table.contains(key), 1); }
    }

    /// New items, which are written.
    entry fun table_add(a: &signer, n: u64, size: u64, _data: vector<vector<u8>>) acquires Kept {
        let at = kept(a);
        let table = &mut Kept[at].table;
        for (i in 0..n) { table.add(1000 + size + i, i); }
    }

    // Natives.

    entry fun bcs_bytes(_a: &signer, n: u64, size: u64, _data: vector<vector<u8>>) {
        let v = bytes(size);
        for (i in 0..n) { bcs::to_bytes(&v); }
    }

    entry fun bcs_words(_a: &signer, n: u64, size: u64, _data: vector<vector<u8>>) {
        let v = words(size);
        for (i in 0..n) { bcs::to_bytes(&v); }
    }

    entry fun bcs_nested(_a: &signer, n: u64, size: u64, _data: vector<vector<u8>>) {
        let v = nested(size);
        for (i in 0..n) { bcs::serialized_size(&v); }
    }

    entry fun bcs_constant_size(_a: &signer, n: u64, _size: u64, _data: vector<vector<u8>>) {
        for (i in 0..n) { bcs::constant_serialized_size<Large>(); }
    }

    entry fun from_bcs_address(_a: &signer, n: u64, _size: u64, _data: vector<vector<u8>>) {
        let v = bytes(32);
        for (i in 0..n) { from_bcs::to_address(v); }
    }

    entry fun from_bcs_string(_a: &signer, n: u64, size: u64, _data: vector<vector<u8>>) {
        let v = bcs::to_bytes(&bytes(size));
        for (i in 0..n) { from_bcs::to_string(v); }
    }

    entry fun from_bcs_words(_a: &signer, n: u64, size: u64, _data: vector<vector<u8>>) {
        let v = copyable_any::pack(words(size));
        for (i in 0..n) { copyable_any::unpack<vector<u64>>(v); }
    }

    entry fun from_bcs_nested(_a: &signer, n: u64, size: u64, _data: vector<vector<u8>>) {
        let v = copyable_any::pack(nested(size));
        for (i in 0..n) { copyable_any::unpack<vector<vector<u8>>>(v); }
    }

    entry fun cmp_bytes(_a: &signer, n: u64, size: u64, _data: vector<vector<u8>>) {
        let (v, w) = (bytes(size), bytes(size));
        for (i in 0..n) { cmp::compare(&v, &w); }
    }

    entry fun cmp_words(_a: &signer, n: u64, size: u64, _data: vector<vector<u8>>) {
        let (v, w) = (words(size), words(size));
        for (i in 0..n) { cmp::compare(&v, &w); }
    }

    entry fun mem_swap(_a: &signer, n: u64, _size: u64, _data: vector<vector<u8>>) {
        let (v, w) = (large(), large());
        for (i in 0..n) { mem::swap(&mut v, &mut w); }
    }

    entry fun sha2_256(_a: &signer, n: u64, size: u64, _data: vector<vector<u8>>) {
        let v = bytes(size);
        for (i in 0..n) { hash::sha2_256(v); }
    }

    entry fun sha3_256(_a: &signer, n: u64, size: u64, _data: vector<vector<u8>>) {
        let v = bytes(size);
        for (i in 0..n) { hash::sha3_256(v); }
    }

    entry fun keccak256(_a: &signer, n: u64, size: u64, _data: vector<vector<u8>>) {
        let v = bytes(size);
        for (i in 0..n) { aptos_hash::keccak256(v); }
    }

    entry fun sha2_512(_a: &signer, n: u64, size: u64, _data: vector<vector<u8>>) {
        let v = bytes(size);
        for (i in 0..n) { aptos_hash::sha2_512(v); }
    }

    entry fun sha3_512(_a: &signer, n: u64, size: u64, _data: vector<vector<u8>>) {
        let v = bytes(size);
        for (i in 0..n) { aptos_hash::sha3_512(v); }
    }

    entry fun ripemd160(_a: &signer, n: u64, size: u64, _data: vector<vector<u8>>) {
        let v = bytes(size);
        for (i in 0..n) { aptos_hash::ripemd160(v); }
    }

    entry fun blake2b_256(_a: &signer, n: u64, size: u64, _data: vector<vector<u8>>) {
        let v = bytes(size);
        for (i in 0..n) { aptos_hash::blake2b_256(v); }
    }

    entry fun sip_hash(_a: &signer, n: u64, size: u64, _data: vector<vector<u8>>) {
        let v = bytes(size);
        for (i in 0..n) { aptos_hash::sip_hash(v); }
    }

    entry fun utf8(_a: &signer, n: u64, size: u64, _data: vector<vector<u8>>) {
        let v = bytes(size);
        for (i in 0..n) { string::utf8(v); }
    }

    entry fun sub_string(_a: &signer, n: u64, size: u64, _data: vector<vector<u8>>) {
        let v = string::utf8(bytes(size));
        for (i in 0..n) { v.sub_string(1, size - 1); }
    }

    entry fun index_of(_a: &signer, n: u64, size: u64, _data: vector<vector<u8>>) {
        let v = bytes(size);
        let (v, w) = (string::utf8(v), string::utf8(b"zabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzab0"));
        for (i in 0..n) { v.index_of(&w); }
    }

    entry fun type_name(_a: &signer, n: u64, _size: u64, _data: vector<vector<u8>>) {
        for (i in 0..n) { type_info::type_name<Table<vector<Small>, Option<Large>>>(); }
    }

    entry fun type_of(_a: &signer, n: u64, _size: u64, _data: vector<vector<u8>>) {
        for (i in 0..n) { type_info::type_of<Table<vector<Small>, Option<Large>>>(); }
    }

    entry fun format_words(_a: &signer, n: u64, size: u64, _data: vector<vector<u8>>) {
        let v = words(size);
        for (i in 0..n) { string_utils::to_string(&v); }
    }

    entry fun format_bytes(_a: &signer, n: u64, size: u64, _data: vector<vector<u8>>) {
        let v = bytes(size);
        for (i in 0..n) { string_utils::to_string(&v); }
    }

    entry fun format_structs(_a: &signer, n: u64, size: u64, _data: vector<vector<u8>>) {
        let v = vector[];
        for (i in 0..size) { v.push_back(Small { a: i, b: i }); };
        for (i in 0..n) { string_utils::debug_string(&v); }
    }

    entry fun format_list(_a: &signer, n: u64, size: u64, _data: vector<vector<u8>>) {
        let v = words(size);
        for (i in 0..n) { string_utils::format2(&b"a {} b {}", i, v); }
    }

    entry fun ed25519_key(_a: &signer, n: u64, _size: u64, data: vector<vector<u8>>) {
        for (i in 0..n) { ed25519::new_validated_public_key_from_bytes(data[0]); }
    }

    entry fun ed25519_verify(_a: &signer, n: u64, size: u64, data: vector<vector<u8>>) {
        let key = ed25519::new_unvalidated_public_key_from_bytes(data[0]);
        let signature = ed25519::new_signature_from_bytes(data[1]);
        let message = bytes(size);
        for (i in 0..n) { ed25519::signature_verify_strict(&signature, &key, message); }
    }

    entry fun multi_ed25519_key(_a: &signer, n: u64, _size: u64, data: vector<vector<u8>>) {
        for (i in 0..n) { multi_ed25519::new_validated_public_key_from_bytes_v2(data[2]); }
    }

    entry fun multi_ed25519_verify(_a: &signer, n: u64, size: u64, data: vector<vector<u8>>) {
        let key = multi_ed25519::new_unvalidated_public_key_from_bytes(data[2]);
        let signature = multi_ed25519::new_signature_from_bytes(data[3]);
        let message = bytes(size);
        for (i in 0..n) { multi_ed25519::signature_verify_strict(&signature, &key, message); }
    }

    entry fun secp256k1_recover(_a: &signer, n: u64, _size: u64, data: vector<vector<u8>>) {
        let signature = secp256k1::ecdsa_signature_from_bytes(data[4]);
        let message = bytes(32);
        for (i in 0..n) { secp256k1::ecdsa_recover(message, 0, &signature); }
    }

    entry fun emit(_a: &signer, n: u64, size: u64, _data: vector<vector<u8>>) {
        let v = bytes(size);
        for (i in 0..n) { event::emit(Told { bytes: v }); }
    }

    entry fun aggregator(_a: &signer, n: u64, _size: u64, _data: vector<vector<u8>>) {
        let x = aggregator_v2::create_unbounded_aggregator<u64>();
        for (i in 0..n) { x.add(3); x.try_sub(1); x.read(); }
    }

    entry fun aggregator_text(_a: &signer, n: u64, size: u64, _data: vector<vector<u8>>) {
        let v = string::utf8(bytes(size));
        let x = aggregator_v2::create_snapshot(7_u64);
        for (i in 0..n) { aggregator_v2::derive_string_concat(v, &x, v); }
    }

    entry fun object_address(a: &signer, n: u64, _size: u64, _data: vector<vector<u8>>) {
        let at = signer::address_of(a);
        for (i in 0..n) { object::create_user_derived_object_address(at, @0x7); }
    }

    entry fun object_exists(a: &signer, n: u64, _size: u64, _data: vector<vector<u8>>) {
        let at = signer::address_of(a);
        for (i in 0..n) { object::object_exists<Held>(at); }
    }

    entry fun unique_address(_a: &signer, n: u64, _size: u64, _data: vector<vector<u8>>) {
        for (i in 0..n) { transaction_context::generate_auid_address(); }
    }

    entry fun transaction_facts(_a: &signer, n: u64, _size: u64, _data: vector<vector<u8>>) {
        for (i in 0..n) {
            transaction_context::sender();
            transaction_context::get_transaction_hash();
            transaction_context::max_gas_amount();
        }
    }

    entry fun entry_payload(_a: &signer, n: u64, _size: u64, _data: vector<vector<u8>>) {
        for (i in 0..n) { transaction_context::entry_function_payload(); }
    }

    entry fun counter(_a: &signer, n: u64, _size: u64, _data: vector<vector<u8>>) {
        for (i in 0..n) { transaction_context::monotonically_increasing_counter(); }
    }

    entry fun eth_balance(_a: &signer, n: u64, _size: u64, _data: vector<vector<u8>>) {
        for (i in 0..n) { native_coin::balance(@0x77); native_coin::wei_balance(@0x77); }
    }

    /// Of accounts that nobody has asked for.
    entry fun eth_balance_cold(_a: &signer, n: u64, _size: u64, _data: vector<vector<u8>>) {
        let x: u256 = 0x1234_0000_0000;
        for (i in 0..n) { x = x + 1; native_coin::balance(from_bcs::to_address(bcs::to_bytes(&x))); }
    }

    entry fun eth_transfer(a: &signer, n: u64, _size: u64, _data: vector<vector<u8>>) {
        for (i in 0..n) { coin::transfer<NativeCoin>(a, @0x77, 1); }
    }

    /// To accounts that are new.
    entry fun eth_transfer_new(a: &signer, n: u64, size: u64, _data: vector<vector<u8>>) {
        let x: u256 = (size as u256) << 128;
        for (i in 0..n) { x = x + (1 << 100); coin::transfer<NativeCoin>(a, from_bcs::to_address(bcs::to_bytes(&x)), 1); }
    }
}
