/// A counter of a coin's supply: an aggregator of the first kind, or a plain integer.
module aptos_framework::optional_aggregator {
    use std::error;
    use std::option::{Self, Option};
    use aptos_framework::aggregator::{Self, Aggregator};
    use aptos_framework::aggregator_factory;

    /// The value of the counter would exceed its limit
    const EAGGREGATOR_OVERFLOW: u64 = 1;

    /// The value of the counter would be negative
    const EAGGREGATOR_UNDERFLOW: u64 = 2;

    /// A counter cannot change its kind any more
    const ESWITCH_DEPRECATED: u64 = 3;

    /// The largest value of a counter.
    const MAX_U128: u128 = 340282366920938463463374607431768211455;

    /// A plain counter with a limit.
    struct Integer has store {
        value: u128,
        limit: u128,
    }

    /// Exactly one of the two is there.
    struct OptionalAggregator has store {
        aggregator: Option<Aggregator>,
        integer: Option<Integer>,
    }

    /// A counter at zero.
    public(package) fun new(parallelizable: bool): OptionalAggregator {
        if (parallelizable) {
            OptionalAggregator {
                aggregator: option::some(aggregator_factory::create_aggregator_internal()),
                integer: option::none(),
            }
        } else {
            OptionalAggregator {
                aggregator: option::none(),
                integer: option::some(Integer { value: 0, limit: MAX_U128 }),
            }
        }
    }

    /// Once changed one kind into the other; always aborts now.
    public fun switch(_optional_aggregator: &mut OptionalAggregator) {
        abort error::invalid_state(ESWITCH_DEPRECATED)
    }

    /// Removes the counter, whatever its value.
    public fun destroy(optional_aggregator: OptionalAggregator) {
        let OptionalAggregator { aggregator, integer } = optional_aggregator;
        if (option::is_some(&aggregator)) {
            aggregator::destroy(option::destroy_some(aggregator));
            option::destroy_none(integer);
        } else {
            let Integer { value: _, limit: _ } = option::destroy_some(integer);
            option::destroy_none(aggregator);
        }
    }

    /// Adds `value`. Aborts with `EAGGREGATOR_OVERFLOW` above the limit.
    public fun add(optional_aggregator: &mut OptionalAggregator, value: u128) {
        if (is_parallelizable(optional_aggregator)) {
            aggregator::add(option::borrow_mut(&mut optional_aggregator.aggregator), value);
        } else {
            let integer = option::borrow_mut(&mut optional_aggregator.integer);
            assert!(value <= integer.limit - integer.value, error::out_of_range(EAGGREGATOR_OVERFLOW));
            integer.value += value;
        }
    }

    /// Subtracts `value`. Aborts with `EAGGREGATOR_UNDERFLOW` below zero.
    public fun sub(optional_aggregator: &mut OptionalAggregator, value: u128) {
        if (is_parallelizable(optional_aggregator)) {
            aggregator::sub(option::borrow_mut(&mut optional_aggregator.aggregator), value);
        } else {
            let integer = option::borrow_mut(&mut optional_aggregator.integer);
            assert!(value <= integer.value, error::out_of_range(EAGGREGATOR_UNDERFLOW));
            integer.value -= value;
        }
    }

    /// The value.
    public fun read(optional_aggregator: &OptionalAggregator): u128 {
        if (is_parallelizable(optional_aggregator)) {
            aggregator::read(option::borrow(&optional_aggregator.aggregator))
        } else {
            option::borrow(&optional_aggregator.integer).value
        }
    }

    /// Whether the counter is an aggregator.
    public fun is_parallelizable(optional_aggregator: &OptionalAggregator): bool {
        option::is_some(&optional_aggregator.aggregator)
    }

    #[test_only]
    fun count(parallelizable: bool) {
        let counter = new(parallelizable);
        assert!(is_parallelizable(&counter) == parallelizable);
        add(&mut counter, MAX_U128);
        sub(&mut counter, MAX_U128 - 5);
        assert!(read(&counter) == 5);
        destroy(counter);
    }

    #[test]
    fun integers_count() {
        count(false);
    }

    #[test(framework = @aptos_framework)]
    fun aggregators_count(framework: &signer) {
        aggregator_factory::initialize_aggregator_factory_for_test(framework);
        count(true);
    }

    #[test]
    #[expected_failure(abort_code = 0x20001, location = Self)]
    fun integers_do_not_overflow() {
        let counter = new(false);
        add(&mut counter, MAX_U128);
        add(&mut counter, 1);
        destroy(counter);
    }

    #[test]
    #[expected_failure(abort_code = 0x20002, location = Self)]
    fun integers_are_never_negative() {
        let counter = new(false);
        add(&mut counter, 1);
        sub(&mut counter, 2);
        destroy(counter);
    }

    #[test]
    #[expected_failure(abort_code = 0x30003, location = Self)]
    fun switching_is_gone() {
        let counter = new(false);
        switch(&mut counter);
        destroy(counter);
    }
}
