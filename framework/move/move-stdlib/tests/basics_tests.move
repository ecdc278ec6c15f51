#[test_only]
module std::basics_tests {
    use std::bcs;
    use std::cmp;
    use std::error;
    use std::hash;
    use std::mem;
    use std::option;
    use std::signer;
    use std::string;
    use std::unit_test;

    enum Shape has copy, drop { Point, Circle { r: u64 } }

    #[test]
    fun options_hold_at_most_one_value() {
        let o = option::none<u64>();
        assert!(o.is_none() && !o.is_some() && !o.contains(&1), 0);
        assert!(*o.borrow_with_default(&7) == 7 && o.get_with_default(8) == 8, 1);
        o.fill(1);
        assert!(o.contains(&1) && *o.borrow() == 1 && o.get_with_default(8) == 1, 2);
        *o.borrow_mut() = 2;
        assert!(o.swap(3) == 2 && o.extract() == 3, 3);
        assert!(o.swap_or_fill(4) == option::none() && o.swap_or_fill(5) == option::some(4), 4);
        assert!(o.to_vec() == vector[5] && option::from_vec(vector[5]) == o, 5);
        assert!(o.destroy_with_default(6) == 5 && option::none().destroy_with_default(6) == 6, 6);
        assert!(o.destroy_some() == 5, 7);
        option::none<u64>().destroy_none();
    }

    #[test]
    fun functions_see_the_value_of_an_option() {
        let seen = 0;
        option::some(1).for_each(|x| seen = seen + x);
        option::some(10).for_each_ref(|x| seen = seen + *x);
        option::none<u64>().for_each(|x| seen = seen + x);
        let o = option::some(100);
        o.for_each_mut(|x| *x = *x + 1);
        o.destroy(|x| seen = seen + x);
        assert!(seen == 112, 0);
        assert!(option::some(2).fold(1, |a, x| a + x) == 3 && option::none<u64>().fold(1, |a, x| a + x) == 1, 1);
        assert!(option::some(2).map(|x| x == 2) == option::some(true), 2);
        assert!(option::some(2).map_ref(|x| *x + 1) == option::some(3), 3);
        assert!(option::some(2).filter(|x| *x > 2) == option::none(), 4);
        assert!(option::some(2).any(|x| *x == 2) && !option::none<u64>().any(|x| *x == 2), 5);
    }

    #[test]
    #[expected_failure(abort_code = 0x40000, location = std::option)]
    fun a_full_option_is_not_filled() { option::some(1).fill(2); }

    #[test]
    #[expected_failure(abort_code = 0x40001, location = std::option)]
    fun nothing_is_borrowed_from_none() { option::none<u64>().borrow(); }

    #[test]
    #[expected_failure(abort_code = 0x40001, location = std::option)]
    fun nothing_is_extracted_from_none() { option::none<u64>().extract(); }

    #[test]
    #[expected_failure(abort_code = 0x40002, location = std::option)]
    fun two_values_are_no_option() { option::from_vec(vector[1, 2]); }

    #[test]
    fun text_is_cut_between_characters() {
        let s = string::utf8(b"Z\xC3\xBCrich");
        assert!(s.length() == 7 && !s.is_empty(), 0);
        assert!(s.sub_string(1, 3) == string::utf8(b"\xC3\xBC"), 1);
        assert!(s.index_of(&string::utf8(b"ri")) == 3 && s.index_of(&string::utf8(b"x")) == 7, 2);
        s.insert(7, string::utf8(b"!"));
        s.insert(0, string::utf8(b"in "));
        s.append_utf8(b"?");
        s.append(string::utf8(b"."));
        assert!(*s.bytes() == b"in Z\xC3\xBCrich!?.", 3);
        assert!(s.into_bytes().length() == 13, 4);
        assert!(string::try_utf8(b"\xFF") == option::none(), 5);
        assert!(string::try_utf8(b"a") == option::some(string::utf8(b"a")), 6);
    }

    #[test]
    #[expected_failure(abort_code = 1, location = std::string)]
    fun text_is_utf8() { string::utf8(b"\xFF"); }

    #[test]
    #[expected_failure(abort_code = 2, location = std::string)]
    fun text_is_not_cut_in_a_character() { string::utf8(b"\xC3\xBC").sub_string(0, 1); }

    #[test]
    #[expected_failure(abort_code = 2, location = std::string)]
    fun text_is_not_put_in_a_character() {
        string::utf8(b"\xC3\xBC").insert(1, string::utf8(b""));
    }

    #[test(a = @0xcafe)]
    fun signers_have_addresses(a: &signer) {
        assert!(signer::address_of(a) == @0xcafe && signer::borrow_address(a) == &@0xcafe, 0);
        let two = unit_test::create_signers_for_testing(2);
        assert!(signer::address_of(&two[0]) != signer::address_of(&two[1]), 1);
        unit_test::create_signer_for_testing();
    }

    #[test]
    fun values_have_bytes() {
        assert!(bcs::to_bytes(&258u16) == x"0201", 0);
        assert!(bcs::to_bytes(&string::utf8(b"ab")) == x"026162", 1);
        assert!(bcs::to_bytes(&Shape::Circle { r: 1 }) == x"010100000000000000", 2);
        assert!(bcs::serialized_size(&vector[1u8, 2]) == 3, 3);
        assert!(bcs::constant_serialized_size<u64>() == option::some(8), 4);
        assert!(bcs::constant_serialized_size<vector<u8>>() == option::none(), 5);
        assert!(bcs::constant_serialized_size<Shape>() == option::none(), 6);
        assert!(bcs::constant_serialized_size<address>() == option::some(32), 7);
    }

    #[test]
    fun bytes_have_hashes() {
        assert!(
            hash::sha2_256(b"abc")
                == x"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
            0
        );
        assert!(
            hash::sha3_256(b"abc")
                == x"3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532",
            1
        );
    }

    #[test]
    fun values_are_ordered() {
        assert!(cmp::compare(&1, &2).is_lt() && cmp::compare(&1, &2).is_le(), 0);
        assert!(cmp::compare(&b"b", &b"ab").is_gt() && cmp::compare(&2, &1).is_ge(), 1);
        assert!(cmp::compare(&@0x1, &@0x1).is_eq() && cmp::compare(&1, &2).is_ne(), 2);
        assert!(cmp::compare(&Shape::Point, &Shape::Circle { r: 0 }).is_lt(), 3);
    }

    #[test]
    fun values_change_places() {
        let a = vector[1];
        let b = vector[2, 3];
        mem::swap(&mut a, &mut b);
        assert!(mem::replace(&mut a, vector[]) == vector[2, 3] && b == vector[1], 0);
    }

    #[test]
    fun codes_have_a_kind_and_a_reason() {
        assert!(error::canonical(5, 7) == 0x50007, 0);
        assert!(error::invalid_argument(1) == 0x10001 && error::out_of_range(2) == 0x20002, 1);
        assert!(error::invalid_state(3) == 0x30003 && error::unauthenticated(4) == 0x40004, 2);
        assert!(error::permission_denied(5) == 0x50005 && error::not_found(6) == 0x60006, 3);
        assert!(error::aborted(7) == 0x70007 && error::already_exists(8) == 0x80008, 4);
        assert!(error::resource_exhausted(9) == 0x90009 && error::cancelled(10) == 0xA000A, 5);
        assert!(error::internal(11) == 0xB000B && error::not_implemented(12) == 0xC000C, 6);
        assert!(error::unavailable(13) == 0xD000D, 7);
    }
}
