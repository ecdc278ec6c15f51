// Enums as resources, changed to later versions.
module t::enum_storage {
    enum Data has key, store, drop { V1 { n: u64 }, V2 { n: u64, more: vector<u8> } }
    fun upgrade(a: address) acquires Data {
        let d = &mut Data[a];
        match (d) { V1 { n } => { let n = *n; *d = Data::V2 { n, more: b"new" } }, V2 { .. } => {} }
    }
    #[test(s = @0x5)] fun run(s: &signer) acquires Data { move_to(s, Data::V1 { n: 6 }); upgrade(@0x5); upgrade(@0x5); assert!(&Data[@0x5] is V2, 1); abort Data[@0x5].n + Data[@0x5].more.length() }
    #[test(s = @0x5)] fun taken(s: &signer) acquires Data { move_to(s, Data::V1 { n: 6 }); let n = match (move_from<Data>(@0x5)) { Data::V1 { n } => n, Data::V2 { n, more: _ } => n }; abort n }
}
