/// A token: an object that is one item of a collection. This module keeps what all tokens have;
/// whoever makes a token adds resources of their own to the object through its ConstructorRef.
module aptos_token_objects::token {
    use std::error;
    use std::option::{Self, Option};
    use std::signer;
    use std::string::{Self, String};
    use std::vector;
    use aptos_framework::aggregator_v2::{Self, AggregatorSnapshot, DerivedStringSnapshot};
    use aptos_framework::event::{Self, EventHandle};
    use aptos_framework::object::{Self, ConstructorRef, DeleteRef, Object};
    use aptos_token_objects::collection::{Self, Collection};
    use aptos_token_objects::royalty::{Self, Royalty};

    /// There is no token at this address
    const ETOKEN_DOES_NOT_EXIST: u64 = 1;
    /// The signer is not the creator of the collection
    const ENOT_CREATOR: u64 = 2;
    /// The name of the token is longer than 128 bytes
    const ETOKEN_NAME_TOO_LONG: u64 = 4;
    /// The URI is longer than 512 bytes
    const EURI_TOO_LONG: u64 = 5;
    /// The description is longer than 2048 bytes
    const EDESCRIPTION_TOO_LONG: u64 = 6;
    /// The seed is longer than 128 bytes
    const ESEED_TOO_LONG: u64 = 7;
    /// The signer is not the owner of the collection
    const ENOT_OWNER: u64 = 8;

    const MAX_TOKEN_NAME_LENGTH: u64 = 128;
    const MAX_TOKEN_SEED_LENGTH: u64 = 128;
    const MAX_URI_LENGTH: u64 = 512;
    const MAX_DESCRIPTION_LENGTH: u64 = 2048;
    /// Decimal digits of the greatest index.
    const MAX_INDEX_LENGTH: u64 = 20;

    #[resource_group_member(group = aptos_framework::object::ObjectGroup)]
    /// What every token has. Its index and its name are in `TokenIdentifiers`; the fields of these
    /// names stay 0 and empty here.
    struct Token has key {
        collection: Object<Collection>,
        index: u64,
        description: String,
        name: String,
        /// Where its off-chain data are.
        uri: String,
        /// Kept for the layout; changes are reported as `Mutation`.
        mutation_events: EventHandle<MutationEvent>,
    }

    #[resource_group_member(group = aptos_framework::object::ObjectGroup)]
    /// What tells a token from the others of its collection, in a form that parallel mints can
    /// fill in.
    struct TokenIdentifiers has key {
        index: AggregatorSnapshot<u64>,
        name: DerivedStringSnapshot,
    }

    /// The right to burn one token. It has a DeleteRef (`inner`) if the object can be deleted too,
    /// else only the address (`self`).
    struct BurnRef has drop, store {
        inner: Option<DeleteRef>,
        self: Option<address>,
    }

    /// The right to change the texts of one token.
    struct MutatorRef has drop, store {
        self: address,
    }

    /// Element type of `Token.mutation_events`.
    struct MutationEvent has drop, store {
        mutated_field_name: String,
        old_value: String,
        new_value: String,
    }

    #[event]
    /// A text of the token changed.
    struct Mutation has drop, store {
        token_address: address,
        mutated_field_name: String,
        old_value: String,
        new_value: String,
    }

    // Each `create...` below differs in where the object is (new address, or derived from names),
    // in who may do it (creator or owner of the collection), and in whether the name gets the
    // index. All abort if the collection is full or does not exist, or if a text is too long.

    /// Mints a token at a new address into a collection of the signer's own making.
    public fun create_token(
        creator: &signer,
        collection: Object<Collection>,
        description: String,
        name: String,
        royalty: Option<Royalty>,
        uri: String,
    ): ConstructorRef {
        assert_creator(creator, collection);
        let ref = object::create_object(signer::address_of(creator));
        mint(ref, collection, description, name, option::none(), royalty, uri)
    }

    /// `create_token` for a collection that still has the name that it was made with.
    public fun create(
        creator: &signer,
        collection_name: String,
        description: String,
        name: String,
        royalty: Option<Royalty>,
        uri: String,
    ): ConstructorRef {
        let collection = collection_of(creator, &collection_name);
        create_token(creator, collection, description, name, royalty, uri)
    }

    /// `create_token` for the owner of the collection.
    public fun create_token_as_collection_owner(
        creator: &signer,
        collection: Object<Collection>,
        description: String,
        name: String,
        royalty: Option<Royalty>,
        uri: String,
    ): ConstructorRef {
        assert_owner(creator, collection);
        let ref = object::create_object(signer::address_of(creator));
        mint(ref, collection, description, name, option::none(), royalty, uri)
    }

    /// Mints a token at a new address whose name is prefix, index and suffix. The name is made
    /// without reading the index, so that mints run in parallel.
    public fun create_numbered_token_object(
        creator: &signer,
        collection: Object<Collection>,
        description: String,
        name_with_index_prefix: String,
        name_with_index_suffix: String,
        royalty: Option<Royalty>,
        uri: String,
    ): ConstructorRef {
        assert_creator(creator, collection);
        let ref = object::create_object(signer::address_of(creator));
        let suffix = option::some(name_with_index_suffix);
        mint(ref, collection, description, name_with_index_prefix, suffix, royalty, uri)
    }

    /// `create_numbered_token_object` for a collection that still has the name that it was made
    /// with.
    public fun create_numbered_token(
        creator: &signer,
        collection_name: String,
        description: String,
        name_with_index_prefix: String,
        name_with_index_suffix: String,
        royalty: Option<Royalty>,
        uri: String,
    ): ConstructorRef {
        let collection = collection_of(creator, &collection_name);
        create_numbered_token_object(
            creator, collection, description, name_with_index_prefix, name_with_index_suffix, royalty, uri,
        )
    }

    /// `create_numbered_token_object` for the owner of the collection.
    public fun create_numbered_token_as_collection_owner(
        creator: &signer,
        collection: Object<Collection>,
        description: String,
        name_with_index_prefix: String,
        name_with_index_suffix: String,
        royalty: Option<Royalty>,
        uri: String,
    ): ConstructorRef {
        assert_owner(creator, collection);
        let ref = object::create_object(signer::address_of(creator));
        let suffix = option::some(name_with_index_suffix);
        mint(ref, collection, description, name_with_index_prefix, suffix, royalty, uri)
    }

    /// Mints a token at the address that follows from the signer and the two names; its object can
    /// never be deleted. Aborts if there is an object already.
    public fun create_named_token_object(
        creator: &signer,
        collection: Object<Collection>,
        description: String,
        name: String,
        royalty: Option<Royalty>,
        uri: String,
    ): ConstructorRef {
        assert_creator(creator, collection);
        let seed = create_token_seed(&collection::name(collection), &name);
        let ref = object::create_named_object(creator, seed);
        mint(ref, collection, description, name, option::none(), royalty, uri)
    }

    /// `create_named_token_object` for a collection that still has the name that it was made with.
    public fun create_named_token(
        creator: &signer,
        collection_name: String,
        description: String,
        name: String,
        royalty: Option<Royalty>,
        uri: String,
    ): ConstructorRef {
        let collection = collection_of(creator, &collection_name);
        assert_creator(creator, collection);
        let ref = object::create_named_object(creator, create_token_seed(&collection_name, &name));
        mint(ref, collection, description, name, option::none(), royalty, uri)
    }

    /// `create_named_token_object` for the owner of the collection.
    public fun create_named_token_as_collection_owner(
        creator: &signer,
        collection: Object<Collection>,
        description: String,
        name: String,
        royalty: Option<Royalty>,
        uri: String,
    ): ConstructorRef {
        assert_owner(creator, collection);
        let seed = create_token_seed(&collection::name(collection), &name);
        let ref = object::create_named_object(creator, seed);
        mint(ref, collection, description, name, option::none(), royalty, uri)
    }

    /// `create_named_token_object` with a seed of the caller's in the address, so that a collection
    /// can have several tokens of one name.
    public fun create_named_token_from_seed(
        creator: &signer,
        collection: Object<Collection>,
        description: String,
        name: String,
        seed: String,
        royalty: Option<Royalty>,
        uri: String,
    ): ConstructorRef {
        assert_creator(creator, collection);
        let seed = create_token_name_with_seed(&collection::name(collection), &name, &seed);
        let ref = object::create_named_object(creator, seed);
        mint(ref, collection, description, name, option::none(), royalty, uri)
    }

    /// `create_named_token_from_seed` for the owner of the collection.
    public fun create_named_token_from_seed_as_collection_owner(
        creator: &signer,
        collection: Object<Collection>,
        description: String,
        name: String,
        seed: String,
        royalty: Option<Royalty>,
        uri: String,
    ): ConstructorRef {
        assert_owner(creator, collection);
        let seed = create_token_name_with_seed(&collection::name(collection), &name, &seed);
        let ref = object::create_named_object(creator, seed);
        mint(ref, collection, description, name, option::none(), royalty, uri)
    }

    #[deprecated]
    /// Superseded by `create`. Takes the new address from the account's own counter, so that mints
    /// of one account cannot run in parallel.
    public fun create_from_account(
        creator: &signer,
        collection_name: String,
        description: String,
        name: String,
        royalty: Option<Royalty>,
        uri: String,
    ): ConstructorRef {
        let collection = collection_of(creator, &collection_name);
        assert_creator(creator, collection);
        let ref = object::create_object_from_account(creator);
        mint(ref, collection, description, name, option::none(), royalty, uri)
    }

    fun mint(
        ref: ConstructorRef,
        collection: Object<Collection>,
        description: String,
        name: String,
        suffix: Option<String>,
        royalty: Option<Royalty>,
        uri: String,
    ): ConstructorRef {
        let numbered = option::is_some(&suffix);
        let name_length = string::length(&name);
        if (numbered) {
            name_length = name_length + MAX_INDEX_LENGTH + string::length(option::borrow(&suffix));
        };
        assert!(name_length <= MAX_TOKEN_NAME_LENGTH, error::out_of_range(ETOKEN_NAME_TOO_LONG));
        assert_fits(&description, MAX_DESCRIPTION_LENGTH, EDESCRIPTION_TOO_LONG);
        assert_fits(&uri, MAX_URI_LENGTH, EURI_TOO_LONG);

        let itself = object::generate_signer(&ref);
        let index = option::destroy_some(
            collection::increment_supply(&collection, signer::address_of(&itself)),
        );
        let name = if (numbered) {
            aggregator_v2::derive_string_concat(name, &index, option::destroy_some(suffix))
        } else {
            aggregator_v2::create_derived_string(name)
        };
        move_to(&itself, TokenIdentifiers { index, name });
        move_to(&itself, Token {
            collection,
            index: 0,
            description,
            name: string::utf8(b""),
            uri,
            mutation_events: object::new_event_handle(&itself),
        });
        if (option::is_some(&royalty)) {
            royalty::init(&ref, option::destroy_some(royalty));
        };
        ref
    }

    fun collection_of(creator: &signer, name: &String): Object<Collection> {
        let at = collection::create_collection_address(&signer::address_of(creator), name);
        object::address_to_object(at)
    }

    fun assert_creator(creator: &signer, collection: Object<Collection>) {
        assert!(
            signer::address_of(creator) == collection::creator(collection),
            error::unauthenticated(ENOT_CREATOR),
        );
    }

    fun assert_owner(owner: &signer, collection: Object<Collection>) {
        assert!(
            signer::address_of(owner) == object::owner(collection),
            error::unauthenticated(ENOT_OWNER),
        );
    }

    /// Where the named token of that creator is, whether or not it exists.
    public fun create_token_address(creator: &address, collection: &String, name: &String): address {
        object::create_object_address(creator, create_token_seed(collection, name))
    }

    #[view]
    /// Where the named token of that creator and seed is, whether or not it exists.
    public fun create_token_address_with_seed(
        creator: address,
        collection: String,
        name: String,
        seed: String,
    ): address {
        let seed = create_token_name_with_seed(&collection, &name, &seed);
        object::create_object_address(&creator, seed)
    }

    /// The seed of a named token's address: `collection::name`. Aborts if the name is too long.
    public fun create_token_seed(collection: &String, name: &String): vector<u8> {
        assert_fits(name, MAX_TOKEN_NAME_LENGTH, ETOKEN_NAME_TOO_LONG);
        let bytes = *string::bytes(collection);
        vector::append(&mut bytes, b"::");
        vector::append(&mut bytes, *string::bytes(name));
        bytes
    }

    /// `create_token_seed`, followed by the caller's seed. Aborts if that is too long.
    public fun create_token_name_with_seed(collection: &String, name: &String, seed: &String): vector<u8> {
        assert_fits(seed, MAX_TOKEN_SEED_LENGTH, ESEED_TOO_LONG);
        let bytes = create_token_seed(collection, name);
        vector::append(&mut bytes, *string::bytes(seed));
        bytes
    }

    /// The right to change the token under construction.
    public fun generate_mutator_ref(ref: &ConstructorRef): MutatorRef {
        let token = object::object_from_constructor_ref<Token>(ref);
        MutatorRef { self: object::object_address(&token) }
    }

    /// The right to burn the token under construction.
    public fun generate_burn_ref(ref: &ConstructorRef): BurnRef {
        if (object::can_generate_delete_ref(ref)) {
            BurnRef { inner: option::some(object::generate_delete_ref(ref)), self: option::none() }
        } else {
            let at = object::address_from_constructor_ref(ref);
            BurnRef { inner: option::none(), self: option::some(at) }
        }
    }

    /// The token that the BurnRef is for.
    public fun address_from_burn_ref(ref: &BurnRef): address {
        if (option::is_some(&ref.self)) {
            *option::borrow(&ref.self)
        } else {
            object::address_from_delete_ref(option::borrow(&ref.inner))
        }
    }

    #[view]
    /// The creator of the token's collection.
    public fun creator<T: key>(token: Object<T>): address acquires Token {
        collection::creator(borrow(&token).collection)
    }

    #[view]
    public fun collection_name<T: key>(token: Object<T>): String acquires Token {
        collection::name(borrow(&token).collection)
    }

    #[view]
    public fun collection_object<T: key>(token: Object<T>): Object<Collection> acquires Token {
        borrow(&token).collection
    }

    #[view]
    public fun description<T: key>(token: Object<T>): String acquires Token {
        borrow(&token).description
    }

    #[view]
    /// The token's name. Reading it in the transaction that mints keeps that transaction from
    /// running in parallel with others of the collection.
    public fun name<T: key>(token: Object<T>): String acquires TokenIdentifiers {
        aggregator_v2::read_derived_string(&borrow_identifiers(&token).name)
    }

    #[view]
    public fun uri<T: key>(token: Object<T>): String acquires Token {
        borrow(&token).uri
    }

    #[view]
    /// The token's own royalty, or else that of its collection.
    public fun royalty<T: key>(token: Object<T>): Option<Royalty> acquires Token {
        let collection = borrow(&token).collection;
        let own = royalty::get(token);
        if (option::is_some(&own)) own else royalty::get(collection)
    }

    #[view]
    /// The place of the token among all that were ever minted in its collection, from 1. The hint
    /// at `name` holds here too.
    public fun index<T: key>(token: Object<T>): u64 acquires TokenIdentifiers {
        aggregator_v2::read_snapshot(&borrow_identifiers(&token).index)
    }

    /// Destroys the token, and its object too if that can be deleted. Resources that others put
    /// next to it stay. Aborts if the token is gone.
    public fun burn(burn_ref: BurnRef) acquires Token, TokenIdentifiers {
        let at = address_from_burn_ref(&burn_ref);
        let previous_owner = object::owner(object::address_to_object<Token>(at));
        let Token { collection, index: _, description: _, name: _, uri: _, mutation_events } =
            move_from<Token>(at);
        let TokenIdentifiers { index, name: _ } = move_from<TokenIdentifiers>(at);
        event::destroy_handle(mutation_events);
        if (royalty::exists_at(at)) {
            royalty::delete(at);
        };

        let BurnRef { inner, self: _ } = burn_ref;
        if (option::is_some(&inner)) {
            object::delete(option::destroy_some(inner));
        };
        let index = option::some(aggregator_v2::read_snapshot(&index));
        collection::decrement_supply(&collection, at, index, previous_owner);
    }

    /// Aborts if the text is too long.
    public fun set_description(mutator_ref: &MutatorRef, description: String) acquires Token {
        assert_fits(&description, MAX_DESCRIPTION_LENGTH, EDESCRIPTION_TOO_LONG);
        let token = borrow_mut(mutator_ref);
        announce(mutator_ref, b"description", token.description, description);
        token.description = description;
    }

    /// Renames the token. A named token stays where it is. Aborts if the name is too long.
    public fun set_name(mutator_ref: &MutatorRef, name: String) acquires TokenIdentifiers {
        assert_fits(&name, MAX_TOKEN_NAME_LENGTH, ETOKEN_NAME_TOO_LONG);
        assert!(exists<Token>(mutator_ref.self), error::not_found(ETOKEN_DOES_NOT_EXIST));
        let current = &mut borrow_global_mut<TokenIdentifiers>(mutator_ref.self).name;
        announce(mutator_ref, b"name", aggregator_v2::read_derived_string(current), name);
        *current = aggregator_v2::create_derived_string(name);
    }

    /// Aborts if the URI is too long.
    public fun set_uri(mutator_ref: &MutatorRef, uri: String) acquires Token {
        assert_fits(&uri, MAX_URI_LENGTH, EURI_TOO_LONG);
        let token = borrow_mut(mutator_ref);
        announce(mutator_ref, b"uri", token.uri, uri);
        token.uri = uri;
    }

    fun assert_fits(text: &String, limit: u64, reason: u64) {
        assert!(string::length(text) <= limit, error::out_of_range(reason));
    }

    fun announce(ref: &MutatorRef, field: vector<u8>, old_value: String, new_value: String) {
        event::emit(Mutation {
            token_address: ref.self,
            mutated_field_name: string::utf8(field),
            old_value,
            new_value,
        });
    }

    fun existing<T: key>(token: &Object<T>): address {
        let at = object::object_address(token);
        assert!(exists<Token>(at), error::not_found(ETOKEN_DOES_NOT_EXIST));
        at
    }

    inline fun borrow<T: key>(token: &Object<T>): &Token {
        borrow_global<Token>(existing(token))
    }

    inline fun borrow_identifiers<T: key>(token: &Object<T>): &TokenIdentifiers {
        borrow_global<TokenIdentifiers>(existing(token))
    }

    inline fun borrow_mut(ref: &MutatorRef): &mut Token {
        assert!(exists<Token>(ref.self), error::not_found(ETOKEN_DOES_NOT_EXIST));
        borrow_global_mut<Token>(ref.self)
    }

    #[test(creator = @0xc0ffee)]
    fun a_change_is_announced_with_both_values(creator: &signer) acquires Token, TokenIdentifiers {
        let empty = string::utf8(b"");
        let pots = collection::create_unlimited_collection(
            creator, empty, string::utf8(b"Pottery"), option::none(), empty,
        );
        let ref = create_token(
            creator, object::object_from_constructor_ref(&pots), empty, string::utf8(b"Vase"), option::none(), empty,
        );
        let mutator = generate_mutator_ref(&ref);
        set_name(&mutator, string::utf8(b"Urn"));
        set_uri(&mutator, string::utf8(b"ipfs://urn"));
        let at = mutator.self;
        assert!(event::emitted_events<Mutation>() == vector[
            Mutation {
                token_address: at,
                mutated_field_name: string::utf8(b"name"),
                old_value: string::utf8(b"Vase"),
                new_value: string::utf8(b"Urn"),
            },
            Mutation {
                token_address: at,
                mutated_field_name: string::utf8(b"uri"),
                old_value: empty,
                new_value: string::utf8(b"ipfs://urn"),
            },
        ], 0);
    }
}
