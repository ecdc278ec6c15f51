/// The prices of storage operations, which rise with the fill of the state: each follows a curve from its least value,
/// when the state is empty, to its greatest, at the target usage.
module aptos_framework::storage_gas {
    use std::error;
    use aptos_framework::state_storage;
    use aptos_framework::system_addresses;

    /// The configuration of storage gas exists already, or is missing
    const ESTORAGE_GAS_CONFIG: u64 = 0;
    /// The prices of storage exist already, or are missing
    const ESTORAGE_GAS: u64 = 1;
    /// The least gas must not exceed the greatest
    const EINVALID_GAS_RANGE: u64 = 2;
    /// The target usage is zero
    const EZERO_TARGET_USAGE: u64 = 3;
    /// The target usage is so large that prices would overflow
    const ETARGET_USAGE_TOO_BIG: u64 = 4;
    /// The points of a curve must rise in x and must not fall in y
    const EINVALID_MONOTONICALLY_NON_DECREASING_CURVE: u64 = 5;
    /// The coordinates of a point must not exceed 10000
    const EINVALID_POINT_RANGE: u64 = 6;

    /// Curves are drawn in ten thousandths of the target usage (x) and of the price range (y).
    const BASIS_POINT_DENOMINATION: u64 = 10000;
    const MAX_U64: u64 = 18446744073709551615;

    /// The current prices.
    struct StorageGas has key {
        per_item_read: u64,
        per_item_create: u64,
        per_item_write: u64,
        per_byte_read: u64,
        per_byte_create: u64,
        per_byte_write: u64
    }

    /// A point of a curve in basis points; `(0, 0)` and `(10000, 10000)` are on each curve without being named.
    struct Point has copy, drop, store {
        x: u64,
        y: u64
    }

    /// A price between `min_gas` and `max_gas`, linear from point to point.
    struct GasCurve has copy, drop, store {
        min_gas: u64,
        max_gas: u64,
        points: vector<Point>
    }

    /// The curves of one measure of usage, and the usage at which prices reach their maximum.
    struct UsageGasConfig has copy, drop, store {
        target_usage: u64,
        read_curve: GasCurve,
        create_curve: GasCurve,
        write_curve: GasCurve
    }

    /// The curves for items and for bytes.
    struct StorageGasConfig has copy, drop, key, store {
        item_config: UsageGasConfig,
        byte_config: UsageGasConfig
    }

    /// A curve close to `(8192^x - 1) / 8191`: flat while there is room, steep towards the target.
    public fun base_8192_exponential_curve(min_gas: u64, max_gas: u64): GasCurve {
        let points = vector[
            new_point(1000, 2),
            new_point(2000, 6),
            new_point(3000, 17),
            new_point(4000, 44),
            new_point(5000, 109),
            new_point(6000, 271),
            new_point(7000, 669),
            new_point(8000, 1648),
            new_point(9000, 4061),
            new_point(9500, 6372),
            new_point(9900, 9138)
        ];
        new_gas_curve(min_gas, max_gas, points)
    }

    /// A point of a curve. Aborts if a coordinate exceeds 10000.
    public fun new_point(x: u64, y: u64): Point {
        assert!(
            x <= BASIS_POINT_DENOMINATION && y <= BASIS_POINT_DENOMINATION,
            error::invalid_argument(EINVALID_POINT_RANGE)
        );
        Point { x, y }
    }

    /// A curve through `points`. Aborts if `max_gas` is less than `min_gas`, or the points do not rise.
    public fun new_gas_curve(min_gas: u64, max_gas: u64, points: vector<Point>): GasCurve {
        assert!(max_gas >= min_gas, error::invalid_argument(EINVALID_GAS_RANGE));
        assert!(
            max_gas <= MAX_U64 / BASIS_POINT_DENOMINATION, error::invalid_argument(EINVALID_GAS_RANGE)
        );
        assert_rises(&points);
        GasCurve { min_gas, max_gas, points }
    }

    /// The curves of one measure of usage. Aborts if `target_usage` is zero or too large.
    public fun new_usage_gas_config(
        target_usage: u64, read_curve: GasCurve, create_curve: GasCurve, write_curve: GasCurve
    ): UsageGasConfig {
        assert!(target_usage > 0, error::invalid_argument(EZERO_TARGET_USAGE));
        assert!(
            target_usage <= MAX_U64 / BASIS_POINT_DENOMINATION, error::invalid_argument(ETARGET_USAGE_TOO_BIG)
        );
        UsageGasConfig { target_usage, read_curve, create_curve, write_curve }
    }

    /// The curves for items and for bytes.
    public fun new_storage_gas_config(item_config: UsageGasConfig, byte_config: UsageGasConfig): StorageGasConfig {
        StorageGasConfig { item_config, byte_config }
    }

    /// Replaces the curves; prices follow at the next epoch.
    public(package) fun set_config(aptos_framework: &signer, config: StorageGasConfig) {
        system_addresses::assert_aptos_framework(aptos_framework);
        assert!(exists<StorageGasConfig>(@aptos_framework), error::not_found(ESTORAGE_GAS_CONFIG));
        StorageGasConfig[@aptos_framework] = config;
    }

    /// Sets up the curves and the prices of empty state, at genesis.
    public fun initialize(aptos_framework: &signer) {
        system_addresses::assert_aptos_framework(aptos_framework);
        assert!(!exists<StorageGasConfig>(@aptos_framework), error::already_exists(ESTORAGE_GAS_CONFIG));
        assert!(!exists<StorageGas>(@aptos_framework), error::already_exists(ESTORAGE_GAS));

        // Two thousand million items, and a terabyte.
        let item_config = new_usage_gas_config(
            2000000000, hundredfold(300000), hundredfold(300000), hundredfold(300000)
        );
        let byte_config = new_usage_gas_config(1000000000000, hundredfold(300), hundredfold(5000), hundredfold(5000));
        move_to(aptos_framework, new_storage_gas_config(item_config, byte_config));
        move_to(
            aptos_framework,
            StorageGas {
                per_item_read: 300000,
                per_item_create: 300000,
                per_item_write: 300000,
                per_byte_read: 300,
                per_byte_create: 5000,
                per_byte_write: 5000
            }
        );
    }

    /// Takes prices from the curves, by the usage of state at the start of the epoch.
    public(package) fun on_reconfig() {
        assert!(exists<StorageGasConfig>(@aptos_framework), error::not_found(ESTORAGE_GAS_CONFIG));
        assert!(exists<StorageGas>(@aptos_framework), error::not_found(ESTORAGE_GAS));
        let (items, bytes) = state_storage::current_items_and_bytes();
        let config = StorageGasConfig[@aptos_framework];
        let prices = &mut StorageGas[@aptos_framework];

        let usage = config.item_config;
        prices.per_item_read = price(&usage.read_curve, items, usage.target_usage);
        prices.per_item_create = price(&usage.create_curve, items, usage.target_usage);
        prices.per_item_write = price(&usage.write_curve, items, usage.target_usage);

        let usage = config.byte_config;
        prices.per_byte_read = price(&usage.read_curve, bytes, usage.target_usage);
        prices.per_byte_create = price(&usage.create_curve, bytes, usage.target_usage);
        prices.per_byte_write = price(&usage.write_curve, bytes, usage.target_usage);
    }

    fun hundredfold(min_gas: u64): GasCurve {
        base_8192_exponential_curve(min_gas, min_gas * 100)
    }

    fun assert_rises(points: &vector<Point>) {
        let last = Point { x: 0, y: 0 };
        for (i in 0..points.length()) {
            let point = points[i];
            assert!(
                point.x > last.x && point.y >= last.y,
                error::invalid_argument(EINVALID_MONOTONICALLY_NON_DECREASING_CURVE)
            );
            last = point;
        };
        assert!(
            last.x < BASIS_POINT_DENOMINATION,
            error::invalid_argument(EINVALID_MONOTONICALLY_NON_DECREASING_CURVE)
        );
    }

    /// The price on `curve` at `usage`. The configuration's bounds keep all products within 64 bits.
    fun price(curve: &GasCurve, usage: u64, target: u64): u64 {
        if (usage >= target) return curve.max_gas;
        let x = usage * BASIS_POINT_DENOMINATION / target;
        let from = Point { x: 0, y: 0 };
        let to = Point { x: BASIS_POINT_DENOMINATION, y: BASIS_POINT_DENOMINATION };
        for (i in 0..curve.points.length()) {
            let point = curve.points[i];
            if (point.x > x) {
                to = point;
                break
            };
            from = point;
        };
        let y = from.y + (x - from.x) * (to.y - from.y) / (to.x - from.x);
        curve.min_gas + (curve.max_gas - curve.min_gas) * y / BASIS_POINT_DENOMINATION
    }

    #[test]
    fun prices_follow_the_curve() {
        let curve = new_gas_curve(100, 1100, vector[new_point(5000, 1000)]);
        assert!(price(&curve, 0, 1000) == 100, 0);
        assert!(price(&curve, 250, 1000) == 150, 0);
        assert!(price(&curve, 500, 1000) == 200, 0);
        assert!(price(&curve, 750, 1000) == 650, 0);
        assert!(price(&curve, 1000, 1000) == 1100, 0);
        assert!(price(&curve, 5000, 1000) == 1100, 0);
    }

    #[test]
    fun the_default_curve_is_steep_at_the_end() {
        let curve = base_8192_exponential_curve(0, 10000);
        assert!(price(&curve, 5000, 10000) == 109, 0);
        assert!(price(&curve, 9900, 10000) == 9138, 0);
    }

    #[test(framework = @aptos_framework)]
    fun an_epoch_brings_new_prices(framework: &signer) {
        state_storage::initialize(framework);
        initialize(framework);
        on_reconfig();
        assert!(StorageGas[@aptos_framework].per_byte_create == 5000, 0);
        state_storage::set_for_test(1, 2000000000, 500000000000);
        on_reconfig();
        assert!(StorageGas[@aptos_framework].per_item_read == 30000000, 0);
        assert!(StorageGas[@aptos_framework].per_byte_read == 300 + 29700 * 109 / 10000, 0);
    }

    #[test(framework = @aptos_framework)]
    fun curves_can_be_replaced(framework: &signer) {
        state_storage::initialize(framework);
        initialize(framework);
        let flat = new_usage_gas_config(
            1, new_gas_curve(7, 7, vector[]), new_gas_curve(8, 8, vector[]), new_gas_curve(9, 9, vector[])
        );
        set_config(framework, new_storage_gas_config(flat, flat));
        on_reconfig();
        let prices = &StorageGas[@aptos_framework];
        assert!(prices.per_item_read == 7 && prices.per_item_create == 8 && prices.per_item_write == 9, 0);
        assert!(prices.per_byte_read == 7 && prices.per_byte_create == 8 && prices.per_byte_write == 9, 0);
    }

    #[test(framework = @aptos_framework)]
    #[expected_failure(abort_code = 0x80000, location = Self)]
    fun is_set_up_once(framework: &signer) {
        initialize(framework);
        initialize(framework);
    }

    #[test]
    #[expected_failure(abort_code = 0x60000, location = Self)]
    fun needs_a_configuration() {
        on_reconfig();
    }

    #[test]
    #[expected_failure(abort_code = 0x10002, location = Self)]
    fun range_must_not_be_upside_down() {
        new_gas_curve(2, 1, vector[]);
    }

    #[test]
    #[expected_failure(abort_code = 0x10003, location = Self)]
    fun target_must_not_be_zero() {
        let curve = hundredfold(1);
        new_usage_gas_config(0, curve, curve, curve);
    }

    #[test]
    #[expected_failure(abort_code = 0x10004, location = Self)]
    fun target_must_not_overflow() {
        let curve = hundredfold(1);
        new_usage_gas_config(MAX_U64 / BASIS_POINT_DENOMINATION + 1, curve, curve, curve);
    }

    #[test]
    #[expected_failure(abort_code = 0x10005, location = Self)]
    fun points_must_rise() {
        new_gas_curve(1, 2, vector[new_point(20, 20), new_point(10, 30)]);
    }

    #[test]
    #[expected_failure(abort_code = 0x10006, location = Self)]
    fun points_have_a_range() {
        new_point(0, 10001);
    }
}
