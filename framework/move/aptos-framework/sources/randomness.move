/// Random values for Move code, from a seed that each block carries.
///
/// The seed is the block's entropy: the sequencer knows it before it orders the block's transactions, and could choose
/// which of them see it. No one else can predict it. Do not use it where the sequencer must not know the outcome.
module aptos_framework::randomness {
    use std::hash;
    use std::option::{Self, Option};
    use aptos_framework::event;
    use aptos_framework::system_addresses;
    use aptos_framework::transaction_context;

    /// Only a private entry function marked `#[randomness]` may draw, so that no caller can undo a result it dislikes
    const E_API_USE_IS_BIASIBLE: u64 = 1;
    /// The block has no seed
    const E_NO_SEED: u64 = 2;

    /// Keeps these hashes apart from those of other uses.
    const DST: vector<u8> = b"LUMIO_RANDOMNESS";
    const MAX_U256: u256 = 115792089237316195423570985008687907853269984665640564039457584007913129639935;

    /// The seed of the current block.
    struct PerBlockRandomness has drop, key {
        epoch: u64,
        round: u64,
        seed: Option<vector<u8>>
    }

    #[event]
    /// A transaction drew a random value.
    struct RandomnessGeneratedEvent has drop, store {}

    /// Sets up the resource, without a seed, at genesis.
    public fun initialize(framework: &signer) {
        system_addresses::assert_aptos_framework(framework);
        if (!exists<PerBlockRandomness>(@aptos_framework)) {
            move_to(framework, PerBlockRandomness { epoch: 0, round: 0, seed: option::none() });
        }
    }

    /// Takes the seed of a new block.
    public(package) fun on_new_block(vm: &signer, epoch: u64, round: u64, seed_for_new_block: Option<vector<u8>>) {
        system_addresses::assert_vm(vm);
        if (exists<PerBlockRandomness>(@aptos_framework)) {
            PerBlockRandomness[@aptos_framework] = PerBlockRandomness { epoch, round, seed: seed_for_new_block };
        }
    }

    /// `n` random bytes.
    public fun bytes(n: u64): vector<u8> {
        let drawn = vector[];
        while (drawn.length() < n) {
            drawn.append(next_32_bytes());
        };
        drawn.trim(n);
        announce();
        drawn
    }

    /// A uniform `u8`.
    public fun u8_integer(): u8 {
        let drawn = next_u256();
        announce();
        (drawn % (1 << 8)) as u8
    }

    /// A uniform `u16`.
    public fun u16_integer(): u16 {
        let drawn = next_u256();
        announce();
        (drawn % (1 << 16)) as u16
    }

    /// A uniform `u32`.
    public fun u32_integer(): u32 {
        let drawn = next_u256();
        announce();
        (drawn % (1 << 32)) as u32
    }

    /// A uniform `u64`.
    public fun u64_integer(): u64 {
        let drawn = next_u256();
        announce();
        (drawn % (1 << 64)) as u64
    }

    /// A uniform `u128`.
    public fun u128_integer(): u128 {
        let drawn = next_u256();
        announce();
        (drawn % (1 << 128)) as u128
    }

    /// A uniform `u256`.
    public fun u256_integer(): u256 {
        let drawn = next_u256();
        announce();
        drawn
    }

    /// A uniform number from `min_incl` up to, not including, `max_excl`. Aborts if the range is empty; so do the
    /// others.
    public fun u8_range(min_incl: u8, max_excl: u8): u8 {
        let drawn = min_incl + (next_below((max_excl - min_incl) as u256) as u8);
        announce();
        drawn
    }

    /// A uniform number from `min_incl` up to, not including, `max_excl`.
    public fun u16_range(min_incl: u16, max_excl: u16): u16 {
        let drawn = min_incl + (next_below((max_excl - min_incl) as u256) as u16);
        announce();
        drawn
    }

    /// A uniform number from `min_incl` up to, not including, `max_excl`.
    public fun u32_range(min_incl: u32, max_excl: u32): u32 {
        let drawn = min_incl + (next_below((max_excl - min_incl) as u256) as u32);
        announce();
        drawn
    }

    /// A uniform number from `min_incl` up to, not including, `max_excl`.
    public fun u64_range(min_incl: u64, max_excl: u64): u64 {
        let drawn = min_incl + (next_below((max_excl - min_incl) as u256) as u64);
        announce();
        drawn
    }

    /// A uniform number from `min_incl` up to, not including, `max_excl`.
    public fun u128_range(min_incl: u128, max_excl: u128): u128 {
        let drawn = min_incl + (next_below((max_excl - min_incl) as u256) as u128);
        announce();
        drawn
    }

    /// A uniform number from `min_incl` up to, not including, `max_excl`.
    public fun u256_range(min_incl: u256, max_excl: u256): u256 {
        let drawn = min_incl + next_below(max_excl - min_incl);
        announce();
        drawn
    }

    /// The numbers from 0 to `n - 1` in a uniform order.
    public fun permutation(n: u64): vector<u64> {
        let order = vector[];
        for (i in 0..n) {
            order.push_back(i);
        };
        let left = n;
        while (left > 1) {
            let chosen = next_below(left as u256) as u64;
            left -= 1;
            order.swap(chosen, left);
        };
        announce();
        order
    }

    fun announce() {
        event::emit(RandomnessGeneratedEvent {});
    }

    /// Each draw hashes the block's seed with the transaction's hash and the number of the draw in it.
    fun next_32_bytes(): vector<u8> {
        assert!(is_unbiasable(), E_API_USE_IS_BIASIBLE);
        let seed = PerBlockRandomness[@aptos_framework].seed;
        assert!(seed.is_some(), E_NO_SEED);
        let input = DST;
        input.append(seed.destroy_some());
        input.append(transaction_context::get_transaction_hash());
        input.append(fetch_and_increment_txn_counter());
        hash::sha3_256(input)
    }

    fun next_u256(): u256 {
        let number = 0u256;
        next_32_bytes().for_each(|byte| {
            number = (number << 8) + (byte as u256);
        });
        number
    }

    /// Draws until the value lies in the largest multiple of `bound`, so that each remainder is as likely as others.
    fun next_below(bound: u256): u256 {
        let excess = (MAX_U256 % bound + 1) % bound;
        let drawn = next_u256();
        while (drawn > MAX_U256 - excess) {
            drawn = next_u256();
        };
        drawn % bound
    }

    native fun fetch_and_increment_txn_counter(): vector<u8>;

    native fun is_unbiasable(): bool;

    #[test_only]
    /// Sets up randomness in a test, with a seed of zeros.
    public fun initialize_for_testing(framework: &signer) {
        initialize(framework);
        set_seed(x"0000000000000000000000000000000000000000000000000000000000000000");
    }

    #[test_only]
    /// Sets the seed of a test.
    public fun set_seed(seed: vector<u8>) {
        assert!(seed.length() == 32, 0);
        PerBlockRandomness[@aptos_framework].seed = option::some(seed);
    }

    #[test(framework = @aptos_framework)]
    fun draws_differ(framework: &signer) {
        initialize_for_testing(framework);
        let first = u256_integer();
        assert!(first != u256_integer(), 0);
        assert!(bytes(32) != bytes(32), 0);
        assert!(event::emitted_events<RandomnessGeneratedEvent>().length() == 4, 0);
    }

    #[test(framework = @aptos_framework)]
    fun bytes_have_the_length(framework: &signer) {
        initialize_for_testing(framework);
        assert!(bytes(0).is_empty(), 0);
        assert!(bytes(1).length() == 1, 0);
        assert!(bytes(32).length() == 32, 0);
        assert!(bytes(100).length() == 100, 0);
    }

    #[test(framework = @aptos_framework)]
    fun integers_of_all_sizes(framework: &signer) {
        initialize_for_testing(framework);
        u8_integer();
        u16_integer();
        u32_integer();
        u64_integer();
        u128_integer();
        u256_integer();
    }

    #[test(framework = @aptos_framework)]
    fun ranges_hold(framework: &signer) {
        initialize_for_testing(framework);
        let seen = vector[false, false, false];
        for (i in 0..60) {
            let n = u64_range(10, 13);
            assert!(n >= 10 && n < 13, i);
            seen[n - 10] = true;
        };
        assert!(seen == vector[true, true, true], 0);
        assert!(u8_range(254, 255) == 254, 0);
        assert!(u16_range(0, 1) == 0, 0);
        assert!(u32_range(7, 8) == 7, 0);
        assert!(u128_range(1 << 100, (1 << 100) + 1) == 1 << 100, 0);
        assert!(u256_range(0, MAX_U256) < MAX_U256, 0);
    }

    #[test(framework = @aptos_framework)]
    fun a_permutation_has_each_number_once(framework: &signer) {
        initialize_for_testing(framework);
        assert!(permutation(0).is_empty(), 0);
        assert!(permutation(1) == vector[0], 0);
        let order = permutation(50);
        assert!(order.length() == 50, 0);
        for (i in 0..50) {
            assert!(order.contains(&i), i);
        }
    }

    #[test(framework = @aptos_framework, vm = @vm_reserved)]
    fun a_block_brings_its_seed(framework: &signer, vm: &signer) {
        on_new_block(vm, 1, 1, option::none());
        initialize(framework);
        initialize(framework);
        on_new_block(vm, 1, 2, option::some(x"01"));
        let state = &PerBlockRandomness[@aptos_framework];
        assert!(state.epoch == 1 && state.round == 2 && state.seed == option::some(x"01"), 0);
    }

    #[test(framework = @aptos_framework)]
    #[expected_failure(abort_code = E_NO_SEED, location = Self)]
    fun no_draw_without_seed(framework: &signer) {
        initialize(framework);
        u8_integer();
    }

    #[test(framework = @aptos_framework)]
    #[expected_failure(arithmetic_error, location = Self)]
    fun no_draw_from_nothing(framework: &signer) {
        initialize_for_testing(framework);
        u8_range(5, 5);
    }
}
