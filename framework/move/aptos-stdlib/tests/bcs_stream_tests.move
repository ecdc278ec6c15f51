#[test_only]
module aptos_std::bcs_stream_tests {
    use std::bcs;
    use std::option::{Self, Option};
    use std::string::{Self, String};
    use aptos_std::bcs_stream::{Self, BCSStream};

    struct Parcel has copy, drop {
        label: String,
        weights: vector<u16>,
        owner: address,
        note: Option<u128>,
        sizes: vector<Option<u32>>
    }

    fun parcel(stream: &mut BCSStream): Parcel {
        Parcel {
            label: bcs_stream::deserialize_string(stream),
            weights: bcs_stream::deserialize_vector(stream, |s| bcs_stream::deserialize_u16(s)),
            owner: bcs_stream::deserialize_address(stream),
            note: bcs_stream::deserialize_option(stream, |s| bcs_stream::deserialize_u128(s)),
            sizes: bcs_stream::deserialize_vector(
                stream, |s| bcs_stream::deserialize_option(s, |t| bcs_stream::deserialize_u32(t))
            )
        }
    }

    #[test]
    fun a_struct_comes_back() {
        let sent = Parcel {
            label: string::utf8(b"fragile"),
            weights: vector[3, 500, 65535],
            owner: @0xcafe,
            note: option::some(1 << 100),
            sizes: vector[option::none(), option::some(7)]
        };
        let stream = bcs_stream::new(bcs::to_bytes(&sent));
        assert!(parcel(&mut stream) == sent);
        assert!(!bcs_stream::has_remaining(&mut stream));
    }

    #[test]
    fun numbers_follow_each_other() {
        let bytes = bcs::to_bytes(&5u8);
        bytes.append(bcs::to_bytes(&true));
        bytes.append(bcs::to_bytes(&(1u64 << 63)));
        bytes.append(bcs::to_bytes(&(1u256 << 255)));
        let stream = bcs_stream::new(bytes);
        assert!(bcs_stream::deserialize_u8(&mut stream) == 5);
        assert!(bcs_stream::deserialize_bool(&mut stream));
        assert!(bcs_stream::deserialize_u64(&mut stream) == 1 << 63);
        assert!(bcs_stream::has_remaining(&mut stream));
        assert!(bcs_stream::deserialize_u256(&mut stream) == 1 << 255);
        assert!(!bcs_stream::has_remaining(&mut stream));
    }

    #[test]
    fun lengths_of_one_and_more_bytes() {
        let stream = bcs_stream::new(x"007f8001ffffffffffffffffff01");
        assert!(bcs_stream::deserialize_uleb128(&mut stream) == 0);
        assert!(bcs_stream::deserialize_uleb128(&mut stream) == 127);
        assert!(bcs_stream::deserialize_uleb128(&mut stream) == 128);
        assert!(bcs_stream::deserialize_uleb128(&mut stream) == 18446744073709551615);
    }

    #[test]
    #[expected_failure(abort_code = 0x10001, location = bcs_stream)]
    fun a_length_has_no_superfluous_byte() {
        bcs_stream::deserialize_uleb128(&mut bcs_stream::new(x"8000"));
    }

    #[test]
    #[expected_failure(abort_code = 0x10001, location = bcs_stream)]
    fun a_length_fits_64_bits() {
        bcs_stream::deserialize_uleb128(&mut bcs_stream::new(x"ffffffffffffffffff02"));
    }

    #[test]
    #[expected_failure(abort_code = 0x10001, location = bcs_stream)]
    fun a_length_has_ten_bytes_at_most() {
        bcs_stream::deserialize_uleb128(&mut bcs_stream::new(x"80808080808080808080808001"));
    }

    #[test]
    #[expected_failure(abort_code = 0x20002, location = bcs_stream)]
    fun a_length_ends() {
        bcs_stream::deserialize_uleb128(&mut bcs_stream::new(x"80"));
    }

    #[test]
    #[expected_failure(abort_code = 0x10001, location = bcs_stream)]
    fun a_bool_is_zero_or_one() {
        bcs_stream::deserialize_bool(&mut bcs_stream::new(x"02"));
    }

    #[test]
    #[expected_failure(abort_code = 0x20002, location = bcs_stream)]
    fun a_number_needs_all_its_bytes() {
        bcs_stream::deserialize_u32(&mut bcs_stream::new(x"010203"));
    }

    #[test]
    #[expected_failure(abort_code = 0x20002, location = bcs_stream)]
    fun a_string_needs_all_its_bytes() {
        bcs_stream::deserialize_string(&mut bcs_stream::new(x"ffffffffffffffffff0161"));
    }

    #[test]
    #[expected_failure(abort_code = 1, location = std::string)]
    fun a_string_is_utf8() {
        bcs_stream::deserialize_string(&mut bcs_stream::new(x"02c328"));
    }
}
