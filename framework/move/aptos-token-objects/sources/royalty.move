/// The share of a sale that goes to the makers of a token. It is kept with one token, or with a
/// collection for all tokens that have none of their own; `token::royalty` looks in both places.
module aptos_token_objects::royalty {
    use std::error;
    use std::option::{Self, Option};
    use aptos_framework::object::{Self, ConstructorRef, ExtendRef, Object};

    friend aptos_token_objects::token;

    /// There is no royalty at this address
    const EROYALTY_DOES_NOT_EXIST: u64 = 1;
    /// A royalty cannot be more than the whole price
    const EROYALTY_EXCEEDS_MAXIMUM: u64 = 2;
    /// The denominator of a royalty cannot be zero
    const EROYALTY_DENOMINATOR_IS_ZERO: u64 = 3;

    #[resource_group_member(group = aptos_framework::object::ObjectGroup)]
    /// `numerator / denominator` of the price, owed to `payee_address`.
    struct Royalty has copy, drop, key {
        numerator: u64,
        denominator: u64,
        payee_address: address,
    }

    /// The right to set the royalty of one object.
    struct MutatorRef has drop, store {
        inner: ExtendRef,
    }

    /// Gives the object under construction its royalty. Aborts if it has one.
    public fun init(ref: &ConstructorRef, royalty: Royalty) {
        move_to(&object::generate_signer(ref), royalty);
    }

    /// Sets the royalty, whether or not there was one before.
    public fun update(mutator_ref: &MutatorRef, royalty: Royalty) acquires Royalty {
        let at = object::address_from_extend_ref(&mutator_ref.inner);
        if (exists<Royalty>(at)) {
            *borrow_global_mut<Royalty>(at) = royalty;
        } else {
            move_to(&object::generate_signer_for_extending(&mutator_ref.inner), royalty);
        }
    }

    /// Makes a royalty of `numerator / denominator`. Aborts unless that is between 0 and 1.
    public fun create(numerator: u64, denominator: u64, payee_address: address): Royalty {
        assert!(denominator > 0, error::out_of_range(EROYALTY_DENOMINATOR_IS_ZERO));
        assert!(denominator >= numerator, error::out_of_range(EROYALTY_EXCEEDS_MAXIMUM));
        Royalty { numerator, denominator, payee_address }
    }

    /// Turns the right to extend an object into the right to set its royalty.
    public fun generate_mutator_ref(ref: ExtendRef): MutatorRef {
        MutatorRef { inner: ref }
    }

    /// Tells whether there is a royalty at `addr` itself.
    public fun exists_at(addr: address): bool {
        exists<Royalty>(addr)
    }

    /// Removes the royalty at `addr`. Aborts if there is none.
    friend fun delete(addr: address) acquires Royalty {
        assert!(exists<Royalty>(addr), error::not_found(EROYALTY_DOES_NOT_EXIST));
        move_from<Royalty>(addr);
    }

    /// The royalty that the object itself carries.
    public fun get<T: key>(maybe_royalty: Object<T>): Option<Royalty> acquires Royalty {
        let at = object::object_address(&maybe_royalty);
        if (exists<Royalty>(at)) option::some(*borrow_global<Royalty>(at)) else option::none()
    }

    public fun denominator(royalty: &Royalty): u64 {
        royalty.denominator
    }

    public fun numerator(royalty: &Royalty): u64 {
        royalty.numerator
    }

    public fun payee_address(royalty: &Royalty): address {
        royalty.payee_address
    }

    #[test(maker = @0xc0ffee)]
    fun a_deleted_royalty_is_gone(maker: &signer) acquires Royalty {
        let ref = object::create_named_object(maker, b"vase");
        let at = object::address_from_constructor_ref(&ref);
        init(&ref, create(1, 20, @0xfee));
        assert!(exists_at(at), 0);
        delete(at);
        assert!(!exists_at(at), 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x60001, location = Self)]
    fun only_what_is_there_can_be_deleted() acquires Royalty {
        delete(@0xc0ffee);
    }
}
