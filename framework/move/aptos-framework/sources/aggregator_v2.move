/// Integers that many transactions may change at once, because additions and subtractions commute, and
/// snapshots of them. As long as a program only adds, subtracts and compares, it need not know the value;
/// `read` reveals it and orders the transaction after all that changed it.
module aptos_framework::aggregator_v2 {
    use std::error;
    use std::string::String;

    /// The value of the aggregator would exceed its maximum
    const EAGGREGATOR_OVERFLOW: u64 = 1;

    /// The value of the aggregator would be negative
    const EAGGREGATOR_UNDERFLOW: u64 = 2;

    #[allow(unused_const)]
    /// Snapshots are of u64 or u128
    const EUNSUPPORTED_AGGREGATOR_SNAPSHOT_TYPE: u64 = 5;

    #[allow(unused_const)]
    /// Aggregators are of u64 or u128
    const EUNSUPPORTED_AGGREGATOR_TYPE: u64 = 7;

    #[allow(unused_const)]
    /// The text around a snapshot has more than 1024 bytes
    const ECONCAT_STRING_LENGTH_TOO_LARGE: u64 = 8;

    /// The function is not supported
    const EAGGREGATOR_FUNCTION_NOT_YET_SUPPORTED: u64 = 9;

    /// An integer, `u64` or `u128`, between zero and `max_value`.
    struct Aggregator<IntElement> has store, drop {
        value: IntElement,
        max_value: IntElement,
    }

    /// The value that an aggregator had at some moment.
    struct AggregatorSnapshot<IntElement> has store, drop {
        value: IntElement,
    }

    /// A string with a snapshot's value in it. The padding keeps its size the same whatever the value is.
    struct DerivedStringSnapshot has store, drop {
        value: String,
        padding: vector<u8>,
    }

    /// The largest value that the aggregator can have.
    public fun max_value<IntElement: copy + drop>(self: &Aggregator<IntElement>): IntElement {
        self.max_value
    }

    /// An aggregator at zero that can hold up to `max_value`. Aborts with `EUNSUPPORTED_AGGREGATOR_TYPE` unless
    /// `IntElement` is `u64` or `u128`.
    public native fun create_aggregator<IntElement: copy + drop>(max_value: IntElement): Aggregator<IntElement>;

    /// An aggregator at `start_value`. Aborts with `EAGGREGATOR_OVERFLOW` if that is above `max_value`.
    public fun create_aggregator_with_value<IntElement: copy + drop>(
        start_value: IntElement, max_value: IntElement
    ): Aggregator<IntElement> {
        let aggregator = create_aggregator(max_value);
        add(&mut aggregator, start_value);
        aggregator
    }

    /// An aggregator at zero that can hold all values of its type.
    public native fun create_unbounded_aggregator<IntElement: copy + drop>(): Aggregator<IntElement>;

    /// An aggregator at `start_value` that can hold all values of its type.
    public fun create_unbounded_aggregator_with_value<IntElement: copy + drop>(
        start_value: IntElement
    ): Aggregator<IntElement> {
        let aggregator = create_unbounded_aggregator();
        add(&mut aggregator, start_value);
        aggregator
    }

    /// Adds `value`; if the sum is above the maximum, changes nothing and returns false.
    public native fun try_add<IntElement>(self: &mut Aggregator<IntElement>, value: IntElement): bool;

    /// Adds `value`. Aborts with `EAGGREGATOR_OVERFLOW` if the sum is above the maximum.
    public fun add<IntElement>(self: &mut Aggregator<IntElement>, value: IntElement) {
        assert!(try_add(self, value), error::out_of_range(EAGGREGATOR_OVERFLOW));
    }

    /// Subtracts `value`; if it is more than there is, changes nothing and returns false.
    public native fun try_sub<IntElement>(self: &mut Aggregator<IntElement>, value: IntElement): bool;

    /// Subtracts `value`. Aborts with `EAGGREGATOR_UNDERFLOW` if it is more than there is.
    public fun sub<IntElement>(self: &mut Aggregator<IntElement>, value: IntElement) {
        assert!(try_sub(self, value), error::out_of_range(EAGGREGATOR_UNDERFLOW));
    }

    /// Whether the value is `min_amount` or more. Better than comparing what `read` returns.
    public fun is_at_least<IntElement>(self: &Aggregator<IntElement>, min_amount: IntElement): bool {
        is_at_least_impl(self, min_amount)
    }

    native fun is_at_least_impl<IntElement>(self: &Aggregator<IntElement>, min_amount: IntElement): bool;

    /// The value.
    public native fun read<IntElement>(self: &Aggregator<IntElement>): IntElement;

    /// The value as it is now, without revealing it.
    public native fun snapshot<IntElement>(self: &Aggregator<IntElement>): AggregatorSnapshot<IntElement>;

    /// A snapshot of a known value.
    public native fun create_snapshot<IntElement: copy + drop>(value: IntElement): AggregatorSnapshot<IntElement>;

    /// The value of a snapshot.
    public native fun read_snapshot<IntElement>(self: &AggregatorSnapshot<IntElement>): IntElement;

    /// The string.
    public native fun read_derived_string(self: &DerivedStringSnapshot): String;

    /// A derived string of known text. Aborts with `ECONCAT_STRING_LENGTH_TOO_LARGE` above 1024 bytes.
    public native fun create_derived_string(value: String): DerivedStringSnapshot;

    /// The snapshot's value in decimal digits between `before` and `after`. Aborts with
    /// `ECONCAT_STRING_LENGTH_TOO_LARGE` if those two have more than 1024 bytes, and with
    /// `EUNSUPPORTED_AGGREGATOR_SNAPSHOT_TYPE` unless `IntElement` is `u64` or `u128`.
    public native fun derive_string_concat<IntElement>(
        before: String, snapshot: &AggregatorSnapshot<IntElement>, after: String
    ): DerivedStringSnapshot;

    #[deprecated]
    /// Always aborts with `EAGGREGATOR_FUNCTION_NOT_YET_SUPPORTED`.
    public fun copy_snapshot<IntElement: copy + drop>(
        _snapshot: &AggregatorSnapshot<IntElement>
    ): AggregatorSnapshot<IntElement> {
        abort error::invalid_state(EAGGREGATOR_FUNCTION_NOT_YET_SUPPORTED)
    }

    #[deprecated]
    /// Always aborts with `EAGGREGATOR_FUNCTION_NOT_YET_SUPPORTED`; see `derive_string_concat`.
    public fun string_concat<IntElement>(
        _before: String, _snapshot: &AggregatorSnapshot<IntElement>, _after: String
    ): AggregatorSnapshot<String> {
        abort error::invalid_state(EAGGREGATOR_FUNCTION_NOT_YET_SUPPORTED)
    }

    #[test_only]
    use std::string;

    #[test]
    fun aggregators_stay_within_their_bounds() {
        let aggregator = create_aggregator(10u64);
        assert!(aggregator.max_value() == 10 && aggregator.read() == 0);
        assert!(aggregator.try_add(10) && !aggregator.try_add(1));
        assert!(aggregator.is_at_least(10) && !aggregator.is_at_least(11));
        assert!(!aggregator.try_sub(11) && aggregator.try_sub(4));
        assert!(aggregator.read() == 6);
    }

    #[test]
    fun unbounded_aggregators_hold_their_type() {
        let small = create_unbounded_aggregator_with_value(18446744073709551615u64);
        assert!(small.max_value() == 18446744073709551615 && !small.try_add(1));
        let large = create_unbounded_aggregator<u128>();
        large.add(340282366920938463463374607431768211455);
        assert!(!large.try_add(1) && large.max_value() == large.read());
    }

    #[test]
    fun a_start_value_counts() {
        let aggregator = create_aggregator_with_value(5u128, 6);
        assert!(aggregator.read() == 5 && aggregator.try_add(1) && !aggregator.try_add(1));
    }

    #[test]
    fun snapshots_keep_the_value() {
        let aggregator = create_aggregator_with_value(41u64, 100);
        let snapshot = aggregator.snapshot();
        aggregator.add(1);
        assert!(snapshot.read_snapshot() == 41 && aggregator.read() == 42);
        assert!(create_snapshot(7u128).read_snapshot() == 7);
    }

    #[test]
    fun strings_are_derived_from_snapshots() {
        let snapshot = create_snapshot(42u64);
        let derived = derive_string_concat(string::utf8(b"#"), &snapshot, string::utf8(b"!"));
        assert!(derived.read_derived_string() == string::utf8(b"#42!"));
        assert!(create_derived_string(string::utf8(b"plain")).read_derived_string() == string::utf8(b"plain"));
    }

    #[test]
    #[expected_failure(abort_code = 0x20001, location = Self)]
    fun addition_aborts_above_the_maximum() {
        create_aggregator(10u64).add(11);
    }

    #[test]
    #[expected_failure(abort_code = 0x20002, location = Self)]
    fun subtraction_aborts_below_zero() {
        create_aggregator(10u64).sub(1);
    }

    #[test]
    #[expected_failure(abort_code = 0x30007, location = Self)]
    fun other_integers_are_refused() {
        create_aggregator(10u32);
    }

    #[test]
    #[expected_failure(abort_code = 0x30005, location = Self)]
    fun other_snapshots_are_refused() {
        create_snapshot(true);
    }

    #[test]
    #[expected_failure(abort_code = 0x30008, location = Self)]
    fun long_strings_are_refused() {
        let text = vector[];
        for (i in 0..1025) text.push_back(65u8);
        create_derived_string(string::utf8(text));
    }

    #[test]
    #[expected_failure(abort_code = 0x30009, location = Self)]
    fun snapshots_are_not_copied() {
        copy_snapshot(&create_snapshot(1u64));
    }

    #[test]
    #[expected_failure(abort_code = 0x30009, location = Self)]
    fun snapshots_of_strings_are_gone() {
        string_concat(string::utf8(b""), &create_snapshot(1u64), string::utf8(b""));
    }
}
