/// The events of `token` that tell of changes: of collections, of token data, and of the consent
/// to direct transfers.
module aptos_token::token_event_store {
    use std::option::Option;
    use std::signer;
    use std::string::String;
    use aptos_framework::event;
    use aptos_token::property_map::PropertyValue;

    friend aptos_token::token;

    #[event]
    struct CollectionDescriptionMutate has drop, store {
        creator_addr: address,
        collection_name: String,
        old_description: String,
        new_description: String,
    }

    #[event]
    struct CollectionUriMutate has drop, store {
        creator_addr: address,
        collection_name: String,
        old_uri: String,
        new_uri: String,
    }

    #[event]
    struct CollectionMaximumMutate has drop, store {
        creator_addr: address,
        collection_name: String,
        old_maximum: u64,
        new_maximum: u64,
    }

    #[event]
    /// An account begins (`opt_in`) or ends to take tokens without signing.
    struct OptInTransfer has drop, store {
        account_address: address,
        opt_in: bool,
    }

    #[event]
    struct UriMutation has drop, store {
        creator: address,
        collection: String,
        token: String,
        old_uri: String,
        new_uri: String,
    }

    #[event]
    /// Default properties were added (their old value is none) or replaced.
    struct DefaultPropertyMutate has drop, store {
        creator: address,
        collection: String,
        token: String,
        keys: vector<String>,
        old_values: vector<Option<PropertyValue>>,
        new_values: vector<PropertyValue>,
    }

    #[event]
    struct DescriptionMutate has drop, store {
        creator: address,
        collection: String,
        token: String,
        old_description: String,
        new_description: String,
    }

    #[event]
    struct RoyaltyMutate has drop, store {
        creator: address,
        collection: String,
        token: String,
        old_royalty_numerator: u64,
        old_royalty_denominator: u64,
        old_royalty_payee_addr: address,
        new_royalty_numerator: u64,
        new_royalty_denominator: u64,
        new_royalty_payee_addr: address,
    }

    #[event]
    struct MaximumMutate has drop, store {
        creator: address,
        collection: String,
        token: String,
        old_maximum: u64,
        new_maximum: u64,
    }

    friend fun emit_collection_uri_mutate_event(
        creator: &signer,
        collection: String,
        old_uri: String,
        new_uri: String,
    ) {
        let creator_addr = signer::address_of(creator);
        event::emit(CollectionUriMutate { creator_addr, collection_name: collection, old_uri, new_uri });
    }

    friend fun emit_collection_description_mutate_event(
        creator: &signer,
        collection: String,
        old_description: String,
        new_description: String,
    ) {
        event::emit(CollectionDescriptionMutate {
            creator_addr: signer::address_of(creator),
            collection_name: collection,
            old_description,
            new_description,
        });
    }

    friend fun emit_collection_maximum_mutate_event(
        creator: &signer,
        collection: String,
        old_maximum: u64,
        new_maximum: u64,
    ) {
        event::emit(CollectionMaximumMutate {
            creator_addr: signer::address_of(creator),
            collection_name: collection,
            old_maximum,
            new_maximum,
        });
    }

    friend fun emit_token_opt_in_event(account: &signer, opt_in: bool) {
        event::emit(OptInTransfer { account_address: signer::address_of(account), opt_in });
    }

    friend fun emit_token_uri_mutate_event(
        creator: &signer,
        collection: String,
        token: String,
        old_uri: String,
        new_uri: String,
    ) {
        let creator = signer::address_of(creator);
        event::emit(UriMutation { creator, collection, token, old_uri, new_uri });
    }

    friend fun emit_default_property_mutate_event(
        creator: &signer,
        collection: String,
        token: String,
        keys: vector<String>,
        old_values: vector<Option<PropertyValue>>,
        new_values: vector<PropertyValue>,
    ) {
        let creator = signer::address_of(creator);
        event::emit(DefaultPropertyMutate { creator, collection, token, keys, old_values, new_values });
    }

    friend fun emit_token_descrition_mutate_event(
        creator: &signer,
        collection: String,
        token: String,
        old_description: String,
        new_description: String,
    ) {
        let creator = signer::address_of(creator);
        event::emit(DescriptionMutate { creator, collection, token, old_description, new_description });
    }

    friend fun emit_token_royalty_mutate_event(
        creator: &signer,
        collection: String,
        token: String,
        old_royalty_numerator: u64,
        old_royalty_denominator: u64,
        old_royalty_payee_addr: address,
        new_royalty_numerator: u64,
        new_royalty_denominator: u64,
        new_royalty_payee_addr: address,
    ) {
        event::emit(RoyaltyMutate {
            creator: signer::address_of(creator),
            collection,
            token,
            old_royalty_numerator,
            old_royalty_denominator,
            old_royalty_payee_addr,
            new_royalty_numerator,
            new_royalty_denominator,
            new_royalty_payee_addr,
        });
    }

    friend fun emit_token_maximum_mutate_event(
        creator: &signer,
        collection: String,
        token: String,
        old_maximum: u64,
        new_maximum: u64,
    ) {
        let creator = signer::address_of(creator);
        event::emit(MaximumMutate { creator, collection, token, old_maximum, new_maximum });
    }

    #[test_only]
    use std::option;
    #[test_only]
    use std::string;
    #[test_only]
    use aptos_token::property_map;

    #[test(creator = @0xc0ffee)]
    fun changes_of_collections_are_reported(creator: &signer) {
        let (collection_name, old, new) = (string::utf8(b"c"), string::utf8(b"old"), string::utf8(b"new"));
        emit_collection_uri_mutate_event(creator, collection_name, old, new);
        emit_collection_description_mutate_event(creator, collection_name, old, new);
        emit_collection_maximum_mutate_event(creator, collection_name, 1, 2);
        let creator_addr = @0xc0ffee;
        assert!(event::emitted_events<CollectionUriMutate>() == vector[
            CollectionUriMutate { creator_addr, collection_name, old_uri: old, new_uri: new },
        ], 0);
        assert!(event::emitted_events<CollectionDescriptionMutate>() == vector[
            CollectionDescriptionMutate { creator_addr, collection_name, old_description: old, new_description: new },
        ], 1);
        assert!(event::emitted_events<CollectionMaximumMutate>() == vector[
            CollectionMaximumMutate { creator_addr, collection_name, old_maximum: 1, new_maximum: 2 },
        ], 2);
    }

    #[test(account = @0xc0ffee)]
    fun changes_of_kinds_are_reported(account: &signer) {
        let (collection, token) = (string::utf8(b"c"), string::utf8(b"t"));
        let (old, new) = (string::utf8(b"old"), string::utf8(b"new"));
        let values = vector[property_map::create_property_value(&1u8)];
        emit_token_uri_mutate_event(account, collection, token, old, new);
        emit_token_descrition_mutate_event(account, collection, token, old, new);
        emit_token_maximum_mutate_event(account, collection, token, 1, 2);
        emit_token_royalty_mutate_event(account, collection, token, 1, 2, @0x3, 4, 5, @0x6);
        emit_default_property_mutate_event(
            account, collection, token, vector[new], vector[option::none()], values,
        );
        let creator = @0xc0ffee;
        assert!(event::emitted_events<UriMutation>() == vector[
            UriMutation { creator, collection, token, old_uri: old, new_uri: new },
        ], 0);
        assert!(event::emitted_events<DescriptionMutate>() == vector[
            DescriptionMutate { creator, collection, token, old_description: old, new_description: new },
        ], 1);
        assert!(event::emitted_events<MaximumMutate>() == vector[
            MaximumMutate { creator, collection, token, old_maximum: 1, new_maximum: 2 },
        ], 2);
        assert!(event::emitted_events<RoyaltyMutate>() == vector[RoyaltyMutate {
            creator,
            collection,
            token,
            old_royalty_numerator: 1,
            old_royalty_denominator: 2,
            old_royalty_payee_addr: @0x3,
            new_royalty_numerator: 4,
            new_royalty_denominator: 5,
            new_royalty_payee_addr: @0x6,
        }], 3);
        assert!(event::emitted_events<DefaultPropertyMutate>() == vector[DefaultPropertyMutate {
            creator,
            collection,
            token,
            keys: vector[new],
            old_values: vector[option::none()],
            new_values: values,
        }], 4);
    }

    #[test(account = @0xb0b)]
    fun consent_is_reported(account: &signer) {
        emit_token_opt_in_event(account, true);
        assert!(event::emitted_events<OptInTransfer>() == vector[
            OptInTransfer { account_address: @0xb0b, opt_in: true },
        ], 0);
    }
}
