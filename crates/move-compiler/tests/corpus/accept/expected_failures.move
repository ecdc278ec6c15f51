// All ways to expect a failure.
module t::expected_failures_lib { const E: u64 = 4; public fun fail() { abort E } }
module t::expected_failures {
    use t::expected_failures_lib as lib;
    struct R has key {}
    #[test, expected_failure(abort_code = 4, location = t::expected_failures_lib)] fun there() { lib::fail() }
    #[test] #[expected_failure(abort_code = t::expected_failures_lib::E)] fun constant_there() { lib::fail() }
    #[test] #[expected_failure(abort_code = 4, location = Self)] fun not_here() { lib::fail() }
    #[test] #[expected_failure(arithmetic_error, location = Self)] fun arithmetic() { let x = 0u8; let _y = x - 1; }
    #[test] #[expected_failure(vector_error, location = Self)] fun vectors() { let v = vector[1]; let _y = v[1]; }
    #[test] #[expected_failure(vector_error, minor_status = 1, location = Self)] fun vector_minor() { let v = vector[1]; let _y = v[1]; }
    #[test] #[expected_failure(major_status = 4017, location = Self)] fun status() { let x = 255u8; let _y = x + 1; }
    #[test] #[expected_failure(major_status = 4008, location = Self)] fun missing() acquires R { let R {} = move_from<R>(@0x7); }
    #[test] #[expected_failure(major_status = 4004, location = Self)] fun wrong_status() { abort 4 }
    #[test] #[expected_failure(arithmetic_error, location = Self)] fun wrong_kind() { abort 4 }
    #[test(a = @0x9)] #[expected_failure(abort_code = 9, location = Self)] fun with_signer(a: &signer) { assert!(std::signer::address_of(a) == @0x8, 9) }
}
