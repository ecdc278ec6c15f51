#[test_only]
module aptos_token::token_coin_swap_tests {
    use std::string;
    use aptos_token::token;
    use aptos_token::token_coin_swap;

    struct Shell {}

    #[test]
    #[expected_failure(abort_code = 0x10008, location = aptos_token::token_coin_swap)]
    fun it_is_withdrawn() {
        let id = token::create_token_id_raw(@0xc0ffee, string::utf8(b"Pottery"), string::utf8(b"Vase"), 0);
        token_coin_swap::does_listing_exist<Shell>(@0xb0b, id);
    }
}
