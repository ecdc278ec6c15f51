/// Instructions of Solana's programs for tokens, to be run by `svm`: SPL Token, Token-2022, whose instructions are the
/// same, and associated token accounts. And what is in a mint and in a token account.
///
/// `authority` signs: the account that calls, or an address that is derived of it.
module aptos_framework::spl_token {
    use std::bcs;
    use std::error;
    use std::option::Option;
    use aptos_framework::borsh;
    use aptos_framework::svm::{Self, Instruction};

    /// The account is none of a token program
    const ENO_TOKEN_ACCOUNT: u64 = 1;

    /// SPL Token: `TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA`.
    const TOKEN: address = @0x06ddf6e1d765a193d9cbe146ceeb79ac1cb485ed5f5b37913a8cf5857eff00a9;
    /// SPL Token-2022: `TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb`.
    const TOKEN_2022: address = @0x06ddf6e1ee758fde18425dbce46ccddab61afc4d83b90d27febdf928d8a18bfc;
    /// Associated token accounts: `ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL`.
    const ASSOCIATED: address = @0x8c97258f4e2489f1bb3d1029148e0d830b5a1399daff1084048e7bd8dbe9f859;

    /// Bytes of a mint, and of a token account.
    const MINT_BYTES: u64 = 82;
    const ACCOUNT_BYTES: u64 = 165;

    #[view]
    /// SPL Token.
    public fun token(): address {
        TOKEN
    }

    #[view]
    /// SPL Token-2022.
    public fun token_2022(): address {
        TOKEN_2022
    }

    #[view]
    /// The token account that a wallet has of a mint by convention.
    public fun associated_address(wallet: address, mint: address, program: address): address {
        let seeds = vector[bcs::to_bytes(&wallet), bcs::to_bytes(&program), bcs::to_bytes(&mint)];
        let (found, _) = svm::find_program_address(seeds, ASSOCIATED);
        found
    }

    /// Makes a wallet's associated token account, unless there is one. `payer` signs and pays its rent.
    public fun create_associated(payer: address, wallet: address, mint: address, program: address): Instruction {
        let accounts = vector[
            svm::signing_writable(payer),
            svm::writable(associated_address(wallet, mint, program)),
            svm::readonly(wallet),
            svm::readonly(mint),
            svm::readonly(svm::system()),
            svm::readonly(program)
        ];
        svm::instruction(ASSOCIATED, accounts, vector[1])
    }

    /// Makes a mint of an account of `MINT_BYTES` that the program owns already.
    public fun initialize_mint(
        mint: address, decimals: u8, mint_authority: address, freeze_authority: Option<address>, program: address
    ): Instruction {
        let data = vector[20, decimals];
        borsh::put_pubkey(&mut data, mint_authority);
        borsh::put_optional_pubkey(&mut data, freeze_authority);
        svm::instruction(program, vector[svm::writable(mint)], data)
    }

    /// Moves tokens from one token account to another.
    public fun transfer(from: address, to: address, authority: address, amount: u64, program: address): Instruction {
        let accounts = vector[svm::writable(from), svm::writable(to), svm::signing(authority)];
        svm::instruction(program, accounts, with_amount(3, amount))
    }

    /// The same, if the mint is this one and has so many decimals.
    public fun transfer_checked(
        from: address, mint: address, to: address, authority: address, amount: u64, decimals: u8, program: address
    ): Instruction {
        let accounts = vector[
            svm::writable(from), svm::readonly(mint), svm::writable(to), svm::signing(authority)
        ];
        let data = with_amount(12, amount);
        data.push_back(decimals);
        svm::instruction(program, accounts, data)
    }

    /// Lets `delegate` move so many tokens of a token account.
    public fun approve(
        account: address, delegate: address, authority: address, amount: u64, program: address
    ): Instruction {
        let accounts = vector[svm::writable(account), svm::readonly(delegate), svm::signing(authority)];
        svm::instruction(program, accounts, with_amount(4, amount))
    }

    /// Takes that back.
    public fun revoke(account: address, authority: address, program: address): Instruction {
        svm::instruction(program, vector[svm::writable(account), svm::signing(authority)], vector[5])
    }

    /// Makes new tokens.
    public fun mint_to(mint: address, to: address, authority: address, amount: u64, program: address): Instruction {
        let accounts = vector[svm::writable(mint), svm::writable(to), svm::signing(authority)];
        svm::instruction(program, accounts, with_amount(7, amount))
    }

    /// Destroys tokens of a token account.
    public fun burn(account: address, mint: address, authority: address, amount: u64, program: address): Instruction {
        let accounts = vector[svm::writable(account), svm::writable(mint), svm::signing(authority)];
        svm::instruction(program, accounts, with_amount(8, amount))
    }

    /// Closes an empty token account, whose lamports `to` gets.
    public fun close_account(account: address, to: address, authority: address, program: address): Instruction {
        let accounts = vector[svm::writable(account), svm::writable(to), svm::signing(authority)];
        svm::instruction(program, accounts, vector[9])
    }

    #[view]
    /// How many tokens are in a token account; 0 if there is none.
    public fun balance(account: address): u64 {
        let data = svm::data(account);
        if (data.is_empty()) return 0;
        assert!(is_token_program(svm::owner(account)), error::invalid_argument(ENO_TOKEN_ACCOUNT));
        assert!(data.length() >= ACCOUNT_BYTES, error::invalid_argument(ENO_TOKEN_ACCOUNT));
        let reader = borsh::reader_at(data, 64);
        reader.take_u64()
    }

    #[view]
    /// How many tokens of a mint there are, and how many decimals they have.
    public fun supply(mint: address): (u64, u8) {
        let data = svm::data(mint);
        assert!(is_token_program(svm::owner(mint)), error::invalid_argument(ENO_TOKEN_ACCOUNT));
        assert!(data.length() >= MINT_BYTES, error::invalid_argument(ENO_TOKEN_ACCOUNT));
        let reader = borsh::reader_at(data, 36);
        (reader.take_u64(), reader.take_u8())
    }

    fun is_token_program(program: address): bool {
        program == TOKEN || program == TOKEN_2022
    }

    fun with_amount(tag: u8, amount: u64): vector<u8> {
        let data = vector[tag];
        borsh::put_u64(&mut data, amount);
        data
    }

    #[test]
    fun instructions_are_those_of_the_token_program() {
        let expected = svm::instruction(
            TOKEN,
            vector[svm::writable(@0x11), svm::readonly(@0x22), svm::writable(@0x33), svm::signing(@0x44)],
            x"0c080706050403020106"
        );
        assert!(transfer_checked(@0x11, @0x22, @0x33, @0x44, 0x0102030405060708, 6, TOKEN) == expected);
        let expected = svm::instruction(
            TOKEN_2022,
            vector[svm::writable(@0x22), svm::writable(@0x11), svm::signing(@0x44)],
            x"07ffffffffffffffff"
        );
        assert!(mint_to(@0x22, @0x11, @0x44, 18446744073709551615, TOKEN_2022) == expected);
    }
}
