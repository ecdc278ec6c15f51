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
}
