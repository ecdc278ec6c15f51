/// Makes aggregators of the first kind. Only the framework may make them.
module aptos_framework::aggregator_factory {
    use std::bcs;
    use std::error;
    use aptos_framework::aggregator::{Self, Aggregator};
    use aptos_framework::system_addresses;
    use aptos_std::from_bcs;

    /// The aggregator factory has not been published
    const EAGGREGATOR_FACTORY_NOT_FOUND: u64 = 1;

    /// The largest limit that an aggregator can have.
    const MAX_U128: u128 = 340282366920938463463374607431768211455;

    /// Numbers the aggregators.
    struct AggregatorFactory has key {
        made: u256,
    }

    /// Publishes the factory. Genesis calls this.
    public(package) fun initialize_aggregator_factory(aptos_framework: &signer) {
        system_addresses::assert_aptos_framework(aptos_framework);
        aggregator::initialize(aptos_framework);
        move_to(aptos_framework, AggregatorFactory { made: 0 });
    }

    /// Makes an aggregator that can hold any `u128`.
    public(package) fun create_aggregator_internal(): Aggregator {
        new_with_limit(MAX_U128)
    }

    /// Makes an aggregator for the framework's account, which must sign.
    public fun create_aggregator(account: &signer, limit: u128): Aggregator {
        system_addresses::assert_aptos_framework(account);
        new_with_limit(limit)
    }

    fun new_with_limit(limit: u128): Aggregator {
        assert!(
            exists<AggregatorFactory>(@aptos_framework),
            error::not_found(EAGGREGATOR_FACTORY_NOT_FOUND)
        );
        let factory = &mut AggregatorFactory[@aptos_framework];
        factory.made += 1;
        aggregator::new(from_bcs::to_address(bcs::to_bytes(&factory.made)), limit)
    }

    #[test_only]
    /// Publishes the factory, as genesis does.
    public fun initialize_aggregator_factory_for_test(aptos_framework: &signer) {
        if (!exists<AggregatorFactory>(@aptos_framework)) {
            initialize_aggregator_factory(aptos_framework);
        };
    }

    #[test(framework = @aptos_framework)]
    fun aggregators_count_up_to_their_limit(framework: &signer) {
        initialize_aggregator_factory_for_test(framework);
        let aggregator = create_aggregator(framework, 10);
        assert!(aggregator::limit(&aggregator) == 10 && aggregator::read(&aggregator) == 0);
        let another = create_aggregator(framework, 5);
        aggregator::add(&mut aggregator, 10);
        aggregator::sub(&mut aggregator, 3);
        aggregator::add(&mut another, 1);
        assert!(aggregator::read(&aggregator) == 7 && aggregator::read(&another) == 1);
        aggregator::destroy(aggregator);
        aggregator::destroy(another);
    }

    #[test(framework = @aptos_framework)]
    #[expected_failure(abort_code = 0x20001, location = aptos_framework::aggregator)]
    fun an_aggregator_does_not_exceed_its_limit(framework: &signer) {
        initialize_aggregator_factory_for_test(framework);
        let aggregator = create_aggregator(framework, 10);
        aggregator::add(&mut aggregator, 11);
        aggregator::destroy(aggregator);
    }

    #[test(framework = @aptos_framework)]
    #[expected_failure(abort_code = 0x20002, location = aptos_framework::aggregator)]
    fun an_aggregator_is_never_negative(framework: &signer) {
        initialize_aggregator_factory_for_test(framework);
        let aggregator = create_aggregator_internal();
        aggregator::add(&mut aggregator, 1);
        aggregator::sub(&mut aggregator, 2);
        aggregator::destroy(aggregator);
    }

    #[test(framework = @aptos_framework)]
    #[expected_failure(abort_code = 0x60001, location = Self)]
    fun aggregators_need_the_factory(framework: &signer) {
        aggregator::destroy(create_aggregator(framework, 10));
    }

    #[test(user = @0xcafe)]
    #[expected_failure(abort_code = 0x50003, location = aptos_framework::system_addresses)]
    fun users_cannot_make_aggregators(user: &signer) {
        aggregator::destroy(create_aggregator(user, 10));
    }
}
