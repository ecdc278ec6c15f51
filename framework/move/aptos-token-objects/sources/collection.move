/// A collection: an object that gathers tokens, tells what they have in common and counts them.
/// Its address follows from its creator and its first name, so a collection is never deleted.
/// Supply is counted with aggregators, which lets many mints of one collection run in parallel.
module aptos_token_objects::collection {
    use std::error;
    use std::option::{Self, Option};
    use std::signer;
    use std::string::{Self, String};
    use aptos_framework::aggregator_v2::{Self, Aggregator, AggregatorSnapshot};
    use aptos_framework::event::{Self, EventHandle};
    use aptos_framework::object::{Self, ConstructorRef, ExtendRef, Object};
    use aptos_token_objects::royalty::{Self, Royalty};

    friend aptos_token_objects::token;

    /// There is no collection at this address
    const ECOLLECTION_DOES_NOT_EXIST: u64 = 1;
    /// The collection is full: a token must be burned before another one can be minted
    const ECOLLECTION_SUPPLY_EXCEEDED: u64 = 2;
    /// The name of the collection is longer than 128 bytes
    const ECOLLECTION_NAME_TOO_LONG: u64 = 3;
    /// The URI is longer than 512 bytes
    const EURI_TOO_LONG: u64 = 4;
    /// The description is longer than 2048 bytes
    const EDESCRIPTION_TOO_LONG: u64 = 5;
    /// A collection must have room for at least one token
    const EMAX_SUPPLY_CANNOT_BE_ZERO: u64 = 6;
    /// The collection counts its supply concurrently already
    const EALREADY_CONCURRENT: u64 = 8;
    /// The maximum supply cannot be less than the number of tokens that exist
    const EINVALID_MAX_SUPPLY: u64 = 9;

    const MAX_COLLECTION_NAME_LENGTH: u64 = 128;
    const MAX_URI_LENGTH: u64 = 512;
    const MAX_DESCRIPTION_LENGTH: u64 = 2048;

    #[resource_group_member(group = aptos_framework::object::ObjectGroup)]
    /// What every collection has.
    struct Collection has key {
        /// Who made it; stays the same when the collection changes hands.
        creator: address,
        description: String,
        name: String,
        /// Where its off-chain data are.
        uri: String,
        /// Kept for the layout; changes are reported as `Mutation`.
        mutation_events: EventHandle<MutationEvent>,
    }

    /// The right to change the text and the maximum supply of one collection.
    struct MutatorRef has drop, store {
        self: address,
    }

    /// Element type of `Collection.mutation_events`.
    struct MutationEvent has drop, store {
        mutated_field_name: String,
    }

    #[event]
    /// A text of the collection changed.
    struct Mutation has drop, store {
        mutated_field_name: String,
        collection: Object<Collection>,
        old_value: String,
        new_value: String,
    }

    #[resource_group_member(group = aptos_framework::object::ObjectGroup)]
    /// A bounded supply counted one mint at a time. Declared so that programs that name the type
    /// compile; no collection has it, they all have `ConcurrentSupply`.
    struct FixedSupply has key {
        current_supply: u64,
        max_supply: u64,
        total_minted: u64,
        burn_events: EventHandle<BurnEvent>,
        mint_events: EventHandle<MintEvent>,
    }

    #[resource_group_member(group = aptos_framework::object::ObjectGroup)]
    /// An unbounded supply counted one mint at a time. Declared for the reason of `FixedSupply`.
    struct UnlimitedSupply has key {
        current_supply: u64,
        total_minted: u64,
        burn_events: EventHandle<BurnEvent>,
        mint_events: EventHandle<MintEvent>,
    }

    #[resource_group_member(group = aptos_framework::object::ObjectGroup)]
    /// How many tokens there are, and how many there ever were. The bound of `current_supply` is
    /// the maximum supply; that of an unlimited collection is the greatest u64.
    struct ConcurrentSupply has key {
        current_supply: Aggregator<u64>,
        total_minted: Aggregator<u64>,
    }

    /// Element type of `burn_events`.
    struct BurnEvent has drop, store {
        index: u64,
        token: address,
    }

    /// Element type of `mint_events`.
    struct MintEvent has drop, store {
        index: u64,
        token: address,
    }

    #[event]
    /// A token left the collection for good.
    struct Burn has drop, store {
        collection: address,
        index: u64,
        token: address,
        previous_owner: address,
    }

    #[event]
    /// A token joined the collection.
    struct Mint has drop, store {
        collection: address,
        index: AggregatorSnapshot<u64>,
        token: address,
    }

    #[event]
    struct SetMaxSupply has drop, store {
        collection: Object<Collection>,
        old_max_supply: u64,
        new_max_supply: u64,
    }

    /// Makes a collection that never holds more than `max_supply` tokens at a time. It stays with
    /// its creator. Aborts if `max_supply` is 0, if a text is too long, or if the creator has made
    /// a collection of that name.
    public fun create_fixed_collection(
        creator: &signer,
        description: String,
        max_supply: u64,
        name: String,
        royalty: Option<Royalty>,
        uri: String,
    ): ConstructorRef {
        assert!(max_supply > 0, error::invalid_argument(EMAX_SUPPLY_CANNOT_BE_ZERO));
        let room = aggregator_v2::create_aggregator(max_supply);
        new_collection(creator, description, name, royalty, uri, room)
    }

    /// `create_fixed_collection`, except that the collection can be transferred. Who owns it may
    /// mint into it with the `..._as_collection_owner` functions of `token`.
    public fun create_fixed_collection_as_owner(
        creator: &signer,
        description: String,
        max_supply: u64,
        name: String,
        royalty: Option<Royalty>,
        uri: String,
    ): ConstructorRef {
        transferable(create_fixed_collection(creator, description, max_supply, name, royalty, uri))
    }

    /// Makes a collection of any number of tokens. It stays with its creator. Aborts if a text is
    /// too long, or if the creator has made a collection of that name.
    public fun create_unlimited_collection(
        creator: &signer,
        description: String,
        name: String,
        royalty: Option<Royalty>,
        uri: String,
    ): ConstructorRef {
        let room = aggregator_v2::create_unbounded_aggregator();
        new_collection(creator, description, name, royalty, uri, room)
    }

    /// `create_unlimited_collection`, except that the collection can be transferred.
    public fun create_unlimited_collection_as_owner(
        creator: &signer,
        description: String,
        name: String,
        royalty: Option<Royalty>,
        uri: String,
    ): ConstructorRef {
        transferable(create_unlimited_collection(creator, description, name, royalty, uri))
    }

    fun new_collection(
        creator: &signer,
        description: String,
        name: String,
        royalty: Option<Royalty>,
        uri: String,
        room: Aggregator<u64>,
    ): ConstructorRef {
        assert_fits(&uri, MAX_URI_LENGTH, EURI_TOO_LONG);
        assert_fits(&description, MAX_DESCRIPTION_LENGTH, EDESCRIPTION_TOO_LONG);

        let ref = object::create_named_object(creator, create_collection_seed(&name));
        let itself = object::generate_signer(&ref);
        move_to(&itself, Collection {
            creator: signer::address_of(creator),
            description,
            name,
            uri,
            mutation_events: object::new_event_handle(&itself),
        });
        move_to(&itself, ConcurrentSupply {
            current_supply: room,
            total_minted: aggregator_v2::create_unbounded_aggregator(),
        });
        if (option::is_some(&royalty)) {
            royalty::init(&ref, option::destroy_some(royalty));
        };
        object::disable_ungated_transfer(&object::generate_transfer_ref(&ref));
        ref
    }

    fun transferable(ref: ConstructorRef): ConstructorRef {
        object::enable_ungated_transfer(&object::generate_transfer_ref(&ref));
        ref
    }

    /// Where the collection of that creator and first name is, whether or not it exists.
    public fun create_collection_address(creator: &address, name: &String): address {
        object::create_object_address(creator, create_collection_seed(name))
    }

    /// The seed of a collection's address: its name. Aborts if the name is too long.
    public fun create_collection_seed(name: &String): vector<u8> {
        assert_fits(name, MAX_COLLECTION_NAME_LENGTH, ECOLLECTION_NAME_TOO_LONG);
        *string::bytes(name)
    }

    /// Counts a new token and returns its index: the number of tokens ever minted here. Aborts if
    /// the collection is full.
    friend fun increment_supply(
        collection: &Object<Collection>,
        token: address,
    ): Option<AggregatorSnapshot<u64>> acquires ConcurrentSupply {
        let at = object::object_address(collection);
        let supply = borrow_global_mut<ConcurrentSupply>(at);
        assert!(
            aggregator_v2::try_add(&mut supply.current_supply, 1),
            error::out_of_range(ECOLLECTION_SUPPLY_EXCEEDED),
        );
        aggregator_v2::add(&mut supply.total_minted, 1);

        let index = aggregator_v2::snapshot(&supply.total_minted);
        event::emit(Mint { collection: at, index, token });
        option::some(aggregator_v2::snapshot(&supply.total_minted))
    }

    /// Makes room for another token when one with an index is burned.
    friend fun decrement_supply(
        collection: &Object<Collection>,
        token: address,
        index: Option<u64>,
        previous_owner: address,
    ) acquires ConcurrentSupply {
        let at = object::object_address(collection);
        aggregator_v2::sub(&mut borrow_global_mut<ConcurrentSupply>(at).current_supply, 1);
        event::emit(Burn {
            collection: at,
            index: option::destroy_some(index),
            token,
            previous_owner,
        });
    }

    /// The right to change the collection under construction.
    public fun generate_mutator_ref(ref: &ConstructorRef): MutatorRef {
        let collection = object::object_from_constructor_ref<Collection>(ref);
        MutatorRef { self: object::object_address(&collection) }
    }

    /// Moves an older collection to aggregators. Always aborts: no collection is without them.
    public fun upgrade_to_concurrent(_ref: &ExtendRef) {
        abort error::invalid_argument(EALREADY_CONCURRENT)
    }

    #[view]
    /// How many tokens there are now. Reading it in a transaction that mints or burns keeps that
    /// transaction from running in parallel with others of the collection.
    public fun count<T: key>(collection: Object<T>): Option<u64> acquires ConcurrentSupply {
        let supply = borrow_global<ConcurrentSupply>(existing(&collection));
        option::some(aggregator_v2::read(&supply.current_supply))
    }

    #[view]
    public fun creator<T: key>(collection: Object<T>): address acquires Collection {
        borrow_global<Collection>(existing(&collection)).creator
    }

    #[view]
    public fun description<T: key>(collection: Object<T>): String acquires Collection {
        borrow_global<Collection>(existing(&collection)).description
    }

    #[view]
    public fun name<T: key>(collection: Object<T>): String acquires Collection {
        borrow_global<Collection>(existing(&collection)).name
    }

    #[view]
    public fun uri<T: key>(collection: Object<T>): String acquires Collection {
        borrow_global<Collection>(existing(&collection)).uri
    }

    /// Renames the collection. It stays where it is: from now on `create_collection_address` of
    /// its name is another address, and tokens must be minted with functions that take the object.
    public fun set_name(mutator_ref: &MutatorRef, name: String) acquires Collection {
        assert_fits(&name, MAX_COLLECTION_NAME_LENGTH, ECOLLECTION_NAME_TOO_LONG);
        let collection = borrow_mut(mutator_ref);
        announce(mutator_ref, b"name", collection.name, name);
        collection.name = name;
    }

    /// Aborts if the text is too long.
    public fun set_description(mutator_ref: &MutatorRef, description: String) acquires Collection {
        assert_fits(&description, MAX_DESCRIPTION_LENGTH, EDESCRIPTION_TOO_LONG);
        let collection = borrow_mut(mutator_ref);
        announce(mutator_ref, b"description", collection.description, description);
        collection.description = description;
    }

    /// Aborts if the URI is too long.
    public fun set_uri(mutator_ref: &MutatorRef, uri: String) acquires Collection {
        assert_fits(&uri, MAX_URI_LENGTH, EURI_TOO_LONG);
        let collection = borrow_mut(mutator_ref);
        announce(mutator_ref, b"uri", collection.uri, uri);
        collection.uri = uri;
    }

    /// Changes how many tokens fit in; an unlimited collection becomes a bounded one. Aborts if
    /// there are more tokens than that.
    public fun set_max_supply(mutator_ref: &MutatorRef, max_supply: u64) acquires ConcurrentSupply {
        let collection = object::address_to_object<Collection>(mutator_ref.self);
        let current_supply = &mut borrow_global_mut<ConcurrentSupply>(mutator_ref.self).current_supply;
        let count = aggregator_v2::read(current_supply);
        assert!(count <= max_supply, error::out_of_range(EINVALID_MAX_SUPPLY));

        let old_max_supply = aggregator_v2::max_value(current_supply);
        *current_supply = aggregator_v2::create_aggregator_with_value(count, max_supply);
        event::emit(SetMaxSupply { collection, old_max_supply, new_max_supply: max_supply });
    }

    fun assert_fits(text: &String, limit: u64, reason: u64) {
        assert!(string::length(text) <= limit, error::out_of_range(reason));
    }

    fun announce(ref: &MutatorRef, field: vector<u8>, old_value: String, new_value: String) {
        event::emit(Mutation {
            mutated_field_name: string::utf8(field),
            collection: object::address_to_object(ref.self),
            old_value,
            new_value,
        });
    }

    fun existing<T: key>(collection: &Object<T>): address {
        let at = object::object_address(collection);
        assert!(exists<Collection>(at), error::not_found(ECOLLECTION_DOES_NOT_EXIST));
        at
    }

    inline fun borrow_mut(ref: &MutatorRef): &mut Collection {
        assert!(exists<Collection>(ref.self), error::not_found(ECOLLECTION_DOES_NOT_EXIST));
        borrow_global_mut<Collection>(ref.self)
    }

    #[test_only]
    fun pottery(creator: &signer, max_supply: u64): (Object<Collection>, MutatorRef) {
        let ref = create_fixed_collection(
            creator, string::utf8(b""), max_supply, string::utf8(b"Pottery"), option::none(), string::utf8(b""),
        );
        (object::object_from_constructor_ref(&ref), generate_mutator_ref(&ref))
    }

    #[test(creator = @0xc0ffee)]
    fun an_index_is_never_used_twice(creator: &signer) acquires ConcurrentSupply {
        let (pots, _) = pottery(creator, 2);
        let first = option::destroy_some(increment_supply(&pots, @0x11));
        let second = option::destroy_some(increment_supply(&pots, @0x12));
        assert!(aggregator_v2::read_snapshot(&first) == 1, 0);
        assert!(aggregator_v2::read_snapshot(&second) == 2, 1);

        decrement_supply(&pots, @0x11, option::some(1), @0xb0b);
        assert!(count(pots) == option::some(1), 2);
        let third = option::destroy_some(increment_supply(&pots, @0x13));
        assert!(aggregator_v2::read_snapshot(&third) == 3, 3);

        let at = object::object_address(&pots);
        assert!(event::emitted_events<Burn>() == vector[
            Burn { collection: at, index: 1, token: @0x11, previous_owner: @0xb0b },
        ], 4);
        assert!(std::vector::length(&event::emitted_events<Mint>()) == 3, 5);
    }

    #[test(creator = @0xc0ffee)]
    #[expected_failure(abort_code = 0x20002, location = Self)]
    fun a_full_collection_takes_no_token(creator: &signer) acquires ConcurrentSupply {
        let (pots, _) = pottery(creator, 1);
        increment_supply(&pots, @0x11);
        increment_supply(&pots, @0x12);
    }

    #[test(creator = @0xc0ffee)]
    fun a_full_collection_can_be_enlarged(creator: &signer) acquires ConcurrentSupply {
        let (pots, ref) = pottery(creator, 1);
        increment_supply(&pots, @0x11);
        set_max_supply(&ref, 2);
        increment_supply(&pots, @0x12);
        assert!(count(pots) == option::some(2), 0);
        assert!(event::emitted_events<SetMaxSupply>() == vector[
            SetMaxSupply { collection: pots, old_max_supply: 1, new_max_supply: 2 },
        ], 1);
    }

    #[test(creator = @0xc0ffee)]
    #[expected_failure(abort_code = 0x20009, location = Self)]
    fun a_collection_cannot_shrink_below_its_tokens(creator: &signer) acquires ConcurrentSupply {
        let (pots, ref) = pottery(creator, 3);
        increment_supply(&pots, @0x11);
        increment_supply(&pots, @0x12);
        set_max_supply(&ref, 1);
    }

    #[test(creator = @0xc0ffee)]
    #[expected_failure(abort_code = 0x20002, location = Self)]
    fun an_unlimited_collection_can_be_bounded(creator: &signer) acquires ConcurrentSupply {
        let empty = string::utf8(b"");
        let ref = create_unlimited_collection(creator, empty, string::utf8(b"Sand"), option::none(), empty);
        let sand = object::object_from_constructor_ref<Collection>(&ref);
        increment_supply(&sand, @0x11);
        set_max_supply(&generate_mutator_ref(&ref), 1);
        increment_supply(&sand, @0x12);
    }

    #[test(creator = @0xc0ffee)]
    fun a_change_is_announced_with_both_values(creator: &signer) acquires Collection {
        let (pots, ref) = pottery(creator, 1);
        set_description(&ref, string::utf8(b"fired twice"));
        assert!(event::emitted_events<Mutation>() == vector[Mutation {
            mutated_field_name: string::utf8(b"description"),
            collection: pots,
            old_value: string::utf8(b""),
            new_value: string::utf8(b"fired twice"),
        }], 0);
    }

    #[test(creator = @0xc0ffee)]
    #[expected_failure(abort_code = 0x60001, location = Self)]
    fun another_object_is_no_collection(creator: &signer) acquires Collection {
        let ref = object::create_named_object(creator, b"not a collection");
        name(object::object_from_constructor_ref<object::ObjectCore>(&ref));
    }
}
