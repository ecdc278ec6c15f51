// Resources of generic types are apart.
module t::generic_storage {
    struct Box<T: store> has key { t: T }
    struct A has store, drop {}
    struct Tag<phantom T> has key { n: u64 }
    fun put<T: store>(s: &signer, t: T) { move_to(s, Box { t }) }
    fun take<T: store>(a: address): T acquires Box { let Box { t } = move_from<Box<T>>(a); t }
    #[test(s = @0x5)] fun apart(s: &signer) acquires Box { put(s, 5u64); put(s, A {}); put(s, true); assert!(exists<Box<A>>(@0x5) && !exists<Box<u8>>(@0x5), 1); let A {} = take(@0x5); abort take<u64>(@0x5) }
    #[test(s = @0x5)] fun tags(s: &signer) acquires Tag { move_to(s, Tag<A> { n: 1 }); move_to(s, Tag<u8> { n: 2 }); borrow_global_mut<Tag<A>>(@0x5).n = 8; abort Tag<A>[@0x5].n * 10 + Tag<u8>[@0x5].n }
    #[test(s = @0x5)] fun again(s: &signer) { put(s, 1u8); put(s, 2u8) }
}
