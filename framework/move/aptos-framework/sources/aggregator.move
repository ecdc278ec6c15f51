/// The first kind of aggregator: an integer with a limit whose value lives in a table of the framework, not with its
/// owner. New code uses `aggregator_v2`.
module aptos_framework::aggregator {
    use std::error;
    use aptos_std::table::{Self, Table};

    /// The value of the aggregator would exceed its limit
    const EAGGREGATOR_OVERFLOW: u64 = 1;

    /// The value of the aggregator would be negative
    const EAGGREGATOR_UNDERFLOW: u64 = 2;

    /// Names the entry that holds the value: whose table, and which key; and the largest value that it may have.
    struct Aggregator has store {
        handle: address,
        key: address,
        limit: u128,
    }

    /// The values of all aggregators.
    struct Values has key {
        values: Table<address, u128>,
    }

    /// Publishes the table.
    public(package) fun initialize(aptos_framework: &signer) {
        move_to(aptos_framework, Values { values: table::new() });
    }

    /// An aggregator at zero. No other has the key.
    public(package) fun new(key: address, limit: u128): Aggregator {
        Values[@aptos_framework].values.add(key, 0);
        Aggregator { handle: @aptos_framework, key, limit }
    }

    /// The largest value that the aggregator can have.
    public fun limit(aggregator: &Aggregator): u128 {
        aggregator.limit
    }

    /// Adds `value`. Aborts with `EAGGREGATOR_OVERFLOW` if the sum is above the limit.
    public fun add(aggregator: &mut Aggregator, value: u128) {
        let current = Values[aggregator.handle].values.borrow_mut(aggregator.key);
        assert!(value <= aggregator.limit - *current, error::out_of_range(EAGGREGATOR_OVERFLOW));
        *current += value;
    }

    /// Subtracts `value`. Aborts with `EAGGREGATOR_UNDERFLOW` if it is more than there is.
    public fun sub(aggregator: &mut Aggregator, value: u128) {
        let current = Values[aggregator.handle].values.borrow_mut(aggregator.key);
        assert!(value <= *current, error::out_of_range(EAGGREGATOR_UNDERFLOW));
        *current -= value;
    }

    /// The value.
    public fun read(aggregator: &Aggregator): u128 {
        *Values[aggregator.handle].values.borrow(aggregator.key)
    }

    /// Removes the aggregator and its value.
    public fun destroy(aggregator: Aggregator) {
        let Aggregator { handle, key, limit: _ } = aggregator;
        Values[handle].values.remove(key);
    }
}
