/// Tokens without code: collections, tokens and properties that a creator makes and manages with
/// plain transactions. What the creator may still change is settled when the collection is made.
module aptos_token_objects::aptos_token {
    use std::error;
    use std::option::{Self, Option};
    use std::signer;
    use std::string::String;
    use aptos_framework::object::{Self, ConstructorRef, Object};
    use aptos_token_objects::collection;
    use aptos_token_objects::property_map;
    use aptos_token_objects::royalty;
    use aptos_token_objects::token;

    /// There is no collection of this kind at this address
    const ECOLLECTION_DOES_NOT_EXIST: u64 = 1;
    /// There is no token of this kind at this address
    const ETOKEN_DOES_NOT_EXIST: u64 = 2;
    /// The signer is not the creator
    const ENOT_CREATOR: u64 = 3;
    /// The collection does not let its creator change this
    const EFIELD_NOT_MUTABLE: u64 = 4;
    /// The collection does not let its creator burn tokens
    const ETOKEN_NOT_BURNABLE: u64 = 5;
    /// The collection does not let its creator change properties
    const EPROPERTIES_NOT_MUTABLE: u64 = 6;

    #[resource_group_member(group = aptos_framework::object::ObjectGroup)]
    /// What the creator may do with a collection and its tokens.
    struct AptosCollection has key {
        /// There if description or URI can change.
        mutator_ref: Option<collection::MutatorRef>,
        /// There if the royalty can change.
        royalty_mutator_ref: Option<royalty::MutatorRef>,
        mutable_description: bool,
        mutable_uri: bool,
        mutable_token_description: bool,
        mutable_token_name: bool,
        mutable_token_properties: bool,
        mutable_token_uri: bool,
        tokens_burnable_by_creator: bool,
        tokens_freezable_by_creator: bool,
    }

    #[resource_group_member(group = aptos_framework::object::ObjectGroup)]
    /// The rights over one token, for the creator's use.
    struct AptosToken has key {
        /// There if the token can be burned.
        burn_ref: Option<token::BurnRef>,
        /// There if the token can be frozen.
        transfer_ref: Option<object::TransferRef>,
        /// There if a text of the token can change.
        mutator_ref: Option<token::MutatorRef>,
        property_mutator_ref: property_map::MutatorRef,
    }

    /// Makes a collection of at most `max_supply` tokens whose royalty goes to the creator.
    public entry fun create_collection(
        creator: &signer,
        description: String,
        max_supply: u64,
        name: String,
        uri: String,
        mutable_description: bool,
        mutable_royalty: bool,
        mutable_uri: bool,
        mutable_token_description: bool,
        mutable_token_name: bool,
        mutable_token_properties: bool,
        mutable_token_uri: bool,
        tokens_burnable_by_creator: bool,
        tokens_freezable_by_creator: bool,
        royalty_numerator: u64,
        royalty_denominator: u64,
    ) {
        create_collection_object(
            creator,
            description,
            max_supply,
            name,
            uri,
            mutable_description,
            mutable_royalty,
            mutable_uri,
            mutable_token_description,
            mutable_token_name,
            mutable_token_properties,
            mutable_token_uri,
            tokens_burnable_by_creator,
            tokens_freezable_by_creator,
            royalty_numerator,
            royalty_denominator,
        );
    }

    /// `create_collection` that returns the collection.
    public fun create_collection_object(
        creator: &signer,
        description: String,
        max_supply: u64,
        name: String,
        uri: String,
        mutable_description: bool,
        mutable_royalty: bool,
        mutable_uri: bool,
        mutable_token_description: bool,
        mutable_token_name: bool,
        mutable_token_properties: bool,
        mutable_token_uri: bool,
        tokens_burnable_by_creator: bool,
        tokens_freezable_by_creator: bool,
        royalty_numerator: u64,
        royalty_denominator: u64,
    ): Object<AptosCollection> {
        let payee = signer::address_of(creator);
        let royalty = option::some(royalty::create(royalty_numerator, royalty_denominator, payee));
        let ref = collection::create_fixed_collection(creator, description, max_supply, name, royalty, uri);
        let mutator_ref = if (mutable_description || mutable_uri) {
            option::some(collection::generate_mutator_ref(&ref))
        } else {
            option::none()
        };
        let royalty_mutator_ref = if (mutable_royalty) {
            option::some(royalty::generate_mutator_ref(object::generate_extend_ref(&ref)))
        } else {
            option::none()
        };
        move_to(&object::generate_signer(&ref), AptosCollection {
            mutator_ref,
            royalty_mutator_ref,
            mutable_description,
            mutable_uri,
            mutable_token_description,
            mutable_token_name,
            mutable_token_properties,
            mutable_token_uri,
            tokens_burnable_by_creator,
            tokens_freezable_by_creator,
        });
        object::object_from_constructor_ref(&ref)
    }

    /// Mints a token for the creator; `property_map::prepare_input` tells about properties.
    public entry fun mint(
        creator: &signer,
        collection: String,
        description: String,
        name: String,
        uri: String,
        property_keys: vector<String>,
        property_types: vector<String>,
        property_values: vector<vector<u8>>,
    ) acquires AptosCollection {
        mint_token_object(
            creator, collection, description, name, uri, property_keys, property_types, property_values,
        );
    }

    /// `mint` that returns the token.
    public fun mint_token_object(
        creator: &signer,
        collection: String,
        description: String,
        name: String,
        uri: String,
        property_keys: vector<String>,
        property_types: vector<String>,
        property_values: vector<vector<u8>>,
    ): Object<AptosToken> acquires AptosCollection {
        let properties = property_map::prepare_input(property_keys, property_types, property_values);
        let ref = new_token(creator, collection, description, name, uri, properties, false);
        object::object_from_constructor_ref(&ref)
    }

    /// Mints a token that belongs to `soul_bound_to` for good: it can be neither transferred nor
    /// unfrozen.
    public entry fun mint_soul_bound(
        creator: &signer,
        collection: String,
        description: String,
        name: String,
        uri: String,
        property_keys: vector<String>,
        property_types: vector<String>,
        property_values: vector<vector<u8>>,
        soul_bound_to: address,
    ) acquires AptosCollection {
        mint_soul_bound_token_object(
            creator,
            collection,
            description,
            name,
            uri,
            property_keys,
            property_types,
            property_values,
            soul_bound_to,
        );
    }

    /// `mint_soul_bound` that returns the token.
    public fun mint_soul_bound_token_object(
        creator: &signer,
        collection: String,
        description: String,
        name: String,
        uri: String,
        property_keys: vector<String>,
        property_types: vector<String>,
        property_values: vector<vector<u8>>,
        soul_bound_to: address,
    ): Object<AptosToken> acquires AptosCollection {
        let properties = property_map::prepare_input(property_keys, property_types, property_values);
        let ref = new_token(creator, collection, description, name, uri, properties, true);
        let transfer_ref = object::generate_transfer_ref(&ref);
        object::transfer_with_ref(object::generate_linear_transfer_ref(&transfer_ref), soul_bound_to);
        object::disable_ungated_transfer(&transfer_ref);
        object::object_from_constructor_ref(&ref)
    }

    fun new_token(
        creator: &signer,
        collection_name: String,
        description: String,
        name: String,
        uri: String,
        properties: property_map::PropertyMap,
        soul_bound: bool,
    ): ConstructorRef acquires AptosCollection {
        let ref = token::create(creator, collection_name, description, name, option::none(), uri);
        let token = object::object_from_constructor_ref<token::Token>(&ref);
        let allowed = borrow_collection(&token::collection_object(token));

        let mutable = allowed.mutable_token_description
            || allowed.mutable_token_name
            || allowed.mutable_token_uri;
        let mutator_ref =
            if (mutable) option::some(token::generate_mutator_ref(&ref)) else option::none();
        let burn_ref = if (allowed.tokens_burnable_by_creator) {
            option::some(token::generate_burn_ref(&ref))
        } else {
            option::none()
        };
        let transfer_ref = if (allowed.tokens_freezable_by_creator && !soul_bound) {
            option::some(object::generate_transfer_ref(&ref))
        } else {
            option::none()
        };
        move_to(&object::generate_signer(&ref), AptosToken {
            burn_ref,
            transfer_ref,
            mutator_ref,
            property_mutator_ref: property_map::generate_mutator_ref(&ref),
        });
        property_map::init(&ref, properties);
        ref
    }

    #[view]
    public fun are_properties_mutable<T: key>(token: Object<T>): bool acquires AptosCollection {
        is_mutable_collection_token_properties(token::collection_object(token))
    }

    #[view]
    public fun is_burnable<T: key>(token: Object<T>): bool acquires AptosToken {
        let at = object::object_address(&token);
        assert!(exists<AptosToken>(at), error::not_found(ETOKEN_DOES_NOT_EXIST));
        option::is_some(&borrow_global<AptosToken>(at).burn_ref)
    }

    #[view]
    public fun is_freezable_by_creator<T: key>(token: Object<T>): bool acquires AptosCollection {
        are_collection_tokens_freezable(token::collection_object(token))
    }

    #[view]
    public fun is_mutable_description<T: key>(token: Object<T>): bool acquires AptosCollection {
        is_mutable_collection_token_description(token::collection_object(token))
    }

    #[view]
    public fun is_mutable_name<T: key>(token: Object<T>): bool acquires AptosCollection {
        is_mutable_collection_token_name(token::collection_object(token))
    }

    #[view]
    public fun is_mutable_uri<T: key>(token: Object<T>): bool acquires AptosCollection {
        is_mutable_collection_token_uri(token::collection_object(token))
    }

    // Each function below aborts unless the signer is the creator and the collection allows the act.

    /// Destroys a token with its properties, whoever owns it.
    public entry fun burn<T: key>(creator: &signer, token: Object<T>) acquires AptosToken {
        let at = authorized(creator, &token);
        assert!(
            option::is_some(&borrow_global<AptosToken>(at).burn_ref),
            error::permission_denied(ETOKEN_NOT_BURNABLE),
        );
        let AptosToken { burn_ref, transfer_ref: _, mutator_ref: _, property_mutator_ref } =
            move_from<AptosToken>(at);
        property_map::burn(property_mutator_ref);
        token::burn(option::destroy_some(burn_ref));
    }

    /// Stops owners from transferring the token.
    public entry fun freeze_transfer<T: key>(creator: &signer, token: Object<T>) acquires AptosToken {
        object::disable_ungated_transfer(transfer_ref(creator, &token));
    }

    /// Lets owners transfer the token again.
    public entry fun unfreeze_transfer<T: key>(creator: &signer, token: Object<T>) acquires AptosToken {
        object::enable_ungated_transfer(transfer_ref(creator, &token));
    }

    public entry fun set_description<T: key>(
        creator: &signer,
        token: Object<T>,
        description: String,
    ) acquires AptosCollection, AptosToken {
        assert!(is_mutable_description(token), error::permission_denied(EFIELD_NOT_MUTABLE));
        token::set_description(mutator_ref(creator, &token), description);
    }

    public entry fun set_name<T: key>(
        creator: &signer,
        token: Object<T>,
        name: String,
    ) acquires AptosCollection, AptosToken {
        assert!(is_mutable_name(token), error::permission_denied(EFIELD_NOT_MUTABLE));
        token::set_name(mutator_ref(creator, &token), name);
    }

    public entry fun set_uri<T: key>(
        creator: &signer,
        token: Object<T>,
        uri: String,
    ) acquires AptosCollection, AptosToken {
        assert!(is_mutable_uri(token), error::permission_denied(EFIELD_NOT_MUTABLE));
        token::set_uri(mutator_ref(creator, &token), uri);
    }

    public entry fun add_property<T: key>(
        creator: &signer,
        token: Object<T>,
        key: String,
        type: String,
        value: vector<u8>,
    ) acquires AptosCollection, AptosToken {
        property_map::add(property_mutator_ref(creator, token), key, type, value);
    }

    public entry fun add_typed_property<T: key, V: drop>(
        creator: &signer,
        token: Object<T>,
        key: String,
        value: V,
    ) acquires AptosCollection, AptosToken {
        property_map::add_typed(property_mutator_ref(creator, token), key, value);
    }

    public entry fun remove_property<T: key>(
        creator: &signer,
        token: Object<T>,
        key: String,
    ) acquires AptosCollection, AptosToken {
        property_map::remove(property_mutator_ref(creator, token), &key);
    }

    public entry fun update_property<T: key>(
        creator: &signer,
        token: Object<T>,
        key: String,
        type: String,
        value: vector<u8>,
    ) acquires AptosCollection, AptosToken {
        property_map::update(property_mutator_ref(creator, token), &key, type, value);
    }

    public entry fun update_typed_property<T: key, V: drop>(
        creator: &signer,
        token: Object<T>,
        key: String,
        value: V,
    ) acquires AptosCollection, AptosToken {
        property_map::update_typed(property_mutator_ref(creator, token), &key, value);
    }

    #[view]
    public fun is_mutable_collection_description<T: key>(collection: Object<T>): bool acquires AptosCollection {
        borrow_collection(&collection).mutable_description
    }

    #[view]
    public fun is_mutable_collection_royalty<T: key>(collection: Object<T>): bool acquires AptosCollection {
        option::is_some(&borrow_collection(&collection).royalty_mutator_ref)
    }

    #[view]
    public fun is_mutable_collection_uri<T: key>(collection: Object<T>): bool acquires AptosCollection {
        borrow_collection(&collection).mutable_uri
    }

    #[view]
    public fun is_mutable_collection_token_description<T: key>(collection: Object<T>): bool acquires AptosCollection {
        borrow_collection(&collection).mutable_token_description
    }

    #[view]
    public fun is_mutable_collection_token_name<T: key>(collection: Object<T>): bool acquires AptosCollection {
        borrow_collection(&collection).mutable_token_name
    }

    #[view]
    public fun is_mutable_collection_token_uri<T: key>(collection: Object<T>): bool acquires AptosCollection {
        borrow_collection(&collection).mutable_token_uri
    }

    #[view]
    public fun is_mutable_collection_token_properties<T: key>(collection: Object<T>): bool acquires AptosCollection {
        borrow_collection(&collection).mutable_token_properties
    }

    #[view]
    public fun are_collection_tokens_burnable<T: key>(collection: Object<T>): bool acquires AptosCollection {
        borrow_collection(&collection).tokens_burnable_by_creator
    }

    #[view]
    public fun are_collection_tokens_freezable<T: key>(collection: Object<T>): bool acquires AptosCollection {
        borrow_collection(&collection).tokens_freezable_by_creator
    }

    public entry fun set_collection_description<T: key>(
        creator: &signer,
        collection: Object<T>,
        description: String,
    ) acquires AptosCollection {
        let allowed = authorized_collection(creator, &collection);
        assert!(allowed.mutable_description, error::permission_denied(EFIELD_NOT_MUTABLE));
        collection::set_description(option::borrow(&allowed.mutator_ref), description);
    }

    /// Changes the royalty of all tokens that have none of their own.
    public fun set_collection_royalties<T: key>(
        creator: &signer,
        collection: Object<T>,
        royalty: royalty::Royalty,
    ) acquires AptosCollection {
        let ref = &authorized_collection(creator, &collection).royalty_mutator_ref;
        assert!(option::is_some(ref), error::permission_denied(EFIELD_NOT_MUTABLE));
        royalty::update(option::borrow(ref), royalty);
    }

    /// `set_collection_royalties` as a transaction.
    entry fun set_collection_royalties_call<T: key>(
        creator: &signer,
        collection: Object<T>,
        royalty_numerator: u64,
        royalty_denominator: u64,
        payee_address: address,
    ) acquires AptosCollection {
        let royalty = royalty::create(royalty_numerator, royalty_denominator, payee_address);
        set_collection_royalties(creator, collection, royalty);
    }

    public entry fun set_collection_uri<T: key>(
        creator: &signer,
        collection: Object<T>,
        uri: String,
    ) acquires AptosCollection {
        let allowed = authorized_collection(creator, &collection);
        assert!(allowed.mutable_uri, error::permission_denied(EFIELD_NOT_MUTABLE));
        collection::set_uri(option::borrow(&allowed.mutator_ref), uri);
    }

    /// The address of the token, if the signer is its creator.
    fun authorized<T: key>(creator: &signer, token: &Object<T>): address {
        let at = object::object_address(token);
        assert!(exists<AptosToken>(at), error::not_found(ETOKEN_DOES_NOT_EXIST));
        assert!(
            signer::address_of(creator) == token::creator(*token),
            error::permission_denied(ENOT_CREATOR),
        );
        at
    }

    inline fun transfer_ref<T: key>(creator: &signer, token: &Object<T>): &object::TransferRef {
        let ref = &borrow_global<AptosToken>(authorized(creator, token)).transfer_ref;
        assert!(option::is_some(ref), error::permission_denied(EFIELD_NOT_MUTABLE));
        option::borrow(ref)
    }

    inline fun mutator_ref<T: key>(creator: &signer, token: &Object<T>): &token::MutatorRef {
        option::borrow(&borrow_global<AptosToken>(authorized(creator, token)).mutator_ref)
    }

    inline fun property_mutator_ref<T: key>(creator: &signer, token: Object<T>): &property_map::MutatorRef {
        let at = authorized(creator, &token);
        assert!(are_properties_mutable(token), error::permission_denied(EPROPERTIES_NOT_MUTABLE));
        &borrow_global<AptosToken>(at).property_mutator_ref
    }

    inline fun borrow_collection<T: key>(collection: &Object<T>): &AptosCollection {
        let at = object::object_address(collection);
        assert!(exists<AptosCollection>(at), error::not_found(ECOLLECTION_DOES_NOT_EXIST));
        borrow_global<AptosCollection>(at)
    }

    inline fun authorized_collection<T: key>(creator: &signer, collection: &Object<T>): &AptosCollection {
        let allowed = borrow_collection(collection);
        assert!(
            signer::address_of(creator) == collection::creator(*collection),
            error::permission_denied(ENOT_CREATOR),
        );
        allowed
    }

    #[test_only]
    use std::string;

    #[test(creator = @0xc0ffee)]
    fun the_royalty_can_be_set_by_transaction(creator: &signer) acquires AptosCollection {
        let pots = create_collection_object(
            creator, string::utf8(b""), 1, string::utf8(b"Pottery"), string::utf8(b""),
            false, true, false, false, false, false, false, false, false, 1, 100,
        );
        set_collection_royalties_call(creator, pots, 1, 20, @0xfee);
        assert!(royalty::get(pots) == option::some(royalty::create(1, 20, @0xfee)), 0);
    }
}
