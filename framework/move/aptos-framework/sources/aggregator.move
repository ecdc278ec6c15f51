/// The first kind of aggregator: an integer with a limit that lives in the table of the aggregator factory.
/// New code uses `aggregator_v2`.
module aptos_framework::aggregator {
    /// The value of aggregator overflows (raised by native code)
    const EAGGREGATOR_OVERFLOW: u64 = 1;

    /// The value of aggregator underflows (raised by native code)
    const EAGGREGATOR_UNDERFLOW: u64 = 2;

    /// Aggregator feature is not supported (raised by native code)
    const ENOT_SUPPORTED: u64 = 3;

    /// Names the table item that holds the value, and the largest value that it may have.
    struct Aggregator has store {
        handle: address,
        key: address,
        limit: u128,
    }

    /// The largest value that the aggregator can have.
    public fun limit(aggregator: &Aggregator): u128 {
        aggregator.limit
    }

    /// Adds `value`. Aborts with `EAGGREGATOR_OVERFLOW` if the sum is above the limit.
    public native fun add(aggregator: &mut Aggregator, value: u128);

    /// Subtracts `value`. Aborts with `EAGGREGATOR_UNDERFLOW` if it is more than there is.
    public native fun sub(aggregator: &mut Aggregator, value: u128);

    /// The value.
    public native fun read(aggregator: &Aggregator): u128;

    /// Removes the aggregator and its table item.
    public native fun destroy(aggregator: Aggregator);
}
