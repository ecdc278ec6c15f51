/// Folds values into one number, so that a test can abort with all that it has seen.
module t::digest {
    use std::vector;
    use std::bcs;

    public fun add(digest: u64, value: u64): u64 {
        (((digest as u128) * 1099511628211 + (value as u128)) % 18446744073709551557) as u64
    }

    public fun bytes(digest: u64, data: &vector<u8>): u64 {
        let i = 0;
        while (i < vector::length(data)) {
            digest = add(digest, *vector::borrow(data, i) as u64);
            i = i + 1;
        };
        add(digest, i)
    }

    public fun any<T>(digest: u64, value: &T): u64 {
        bytes(digest, &bcs::to_bytes(value))
    }
}
