// Generic resources by `[]`.
module t::index_generic_resources {
    struct R<T: store> has key { t: T }
    fun get<T: store + copy>(a: address): T acquires R { R<T>[a].t }
    #[test(a = @0x7)] fun read(a: &signer) acquires R { move_to(a, R<u64> { t: 4 }); move_to(a, R<bool> { t: true }); assert!(get<bool>(@0x7), 1); abort get(@0x7) }
    #[test(a = @0x7)] fun write(a: &signer) acquires R { move_to(a, R { t: 4u8 }); R<u8>[@0x7].t = 5; abort get<u8>(@0x7) as u64 }
}
