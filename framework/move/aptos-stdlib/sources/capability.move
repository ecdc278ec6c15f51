/// Proofs that an account has a feature, to be handed to functions that ask for it.
///
/// A feature is a type whose values only its own module can make: those are the witnesses that the functions here
/// take. The module makes one account the owner of its feature, and hands capabilities out to whom it sees fit.
/// An owner can delegate: the delegate acquires capabilities by its own signature until the owner's module revokes
/// that. A capability cannot be stored, so it ends with the transaction.
///
/// ```move
/// module my::pausing {
///     struct Pausing has drop {}
///
///     public fun acquire(account: &signer): Cap<Pausing> {
///         capability::acquire(account, &Pausing {})
///     }
/// }
/// ```
module aptos_std::capability {
    use std::error;
    use std::signer;

    /// The account owns the feature already.
    const ECAPABILITY_ALREADY_EXISTS: u64 = 1;
    /// The account neither owns the feature nor is a delegate.
    const ECAPABILITY_NOT_FOUND: u64 = 2;
    /// The owner does not know the account as a delegate.
    const EDELEGATE: u64 = 3;

    /// The right to use a feature, good for any number of calls in this transaction.
    struct Cap<phantom Feature> has copy, drop {
        root: address
    }

    /// The right to use a feature, good for one call.
    struct LinearCap<phantom Feature> has drop {
        root: address
    }

    /// Lies with the owner of a feature.
    struct CapState<phantom Feature> has key {
        delegates: vector<address>
    }

    /// Lies with a delegate, and says who the owner is.
    struct CapDelegateState<phantom Feature> has key {
        root: address
    }

    /// Makes an account an owner of a feature. Aborts with `ECAPABILITY_ALREADY_EXISTS` if it is one.
    public fun create<Feature>(owner: &signer, _feature_witness: &Feature) {
        assert!(
            !exists<CapState<Feature>>(signer::address_of(owner)),
            error::already_exists(ECAPABILITY_ALREADY_EXISTS)
        );
        move_to(owner, CapState<Feature> { delegates: vector[] });
    }

    /// The capability of an owner or a delegate. Aborts with `ECAPABILITY_NOT_FOUND` if the account is neither.
    public fun acquire<Feature>(requester: &signer, _feature_witness: &Feature): Cap<Feature>
    acquires CapState, CapDelegateState {
        Cap { root: root_of<Feature>(signer::address_of(requester)) }
    }

    /// The same as `acquire`, for a single use.
    public fun acquire_linear<Feature>(requester: &signer, _feature_witness: &Feature): LinearCap<Feature>
    acquires CapState, CapDelegateState {
        LinearCap { root: root_of<Feature>(signer::address_of(requester)) }
    }

    /// The owner on whose behalf the capability was acquired. Only the feature's module can ask.
    public fun root_addr<Feature>(self: &Cap<Feature>, _feature_witness: &Feature): address {
        self.root
    }

    /// The owner on whose behalf the capability was acquired. Only the feature's module can ask.
    public fun linear_root_addr<Feature>(self: &LinearCap<Feature>, _feature_witness: &Feature): address {
        self.root
    }

    /// Makes `to` a delegate of the owner. Does nothing if it is a delegate already, be it of another owner.
    public fun delegate<Feature>(self: Cap<Feature>, _feature_witness: &Feature, to: &signer)
    acquires CapState {
        let to_address = signer::address_of(to);
        if (exists<CapDelegateState<Feature>>(to_address)) return;
        move_to(to, CapDelegateState<Feature> { root: self.root });
        let delegates = &mut borrow_global_mut<CapState<Feature>>(self.root).delegates;
        if (!delegates.contains(&to_address)) {
            delegates.push_back(to_address);
        }
    }

    /// Ends the delegation of `from`. Does nothing if it is not a delegate.
    public fun revoke<Feature>(self: Cap<Feature>, _feature_witness: &Feature, from: address)
    acquires CapState, CapDelegateState {
        if (!exists<CapDelegateState<Feature>>(from)) return;
        let CapDelegateState { root: _ } = move_from<CapDelegateState<Feature>>(from);
        let delegates = &mut borrow_global_mut<CapState<Feature>>(self.root).delegates;
        let (found, place) = delegates.index_of(&from);
        if (found) {
            delegates.remove(place);
        }
    }

    /// The owner for whom an account may act: itself or, for a delegate, the one that delegated to it.
    fun root_of<Feature>(account: address): address acquires CapState, CapDelegateState {
        if (exists<CapDelegateState<Feature>>(account)) {
            let root = borrow_global<CapDelegateState<Feature>>(account).root;
            assert!(exists<CapState<Feature>>(root), error::invalid_state(EDELEGATE));
            assert!(
                borrow_global<CapState<Feature>>(root).delegates.contains(&account),
                error::invalid_state(EDELEGATE)
            );
            root
        } else {
            assert!(exists<CapState<Feature>>(account), error::not_found(ECAPABILITY_NOT_FOUND));
            account
        }
    }

    #[test_only]
    struct Pausing has drop {}

    #[test_only]
    struct Minting has drop {}

    #[test_only]
    fun root<Feature: drop>(account: &signer, witness: Feature): address acquires CapState, CapDelegateState {
        let root = acquire(account, &witness).root_addr(&witness);
        assert!(acquire_linear(account, &witness).linear_root_addr(&witness) == root);
        root
    }

    #[test(owner = @0xa)]
    fun an_owner_acquires(owner: &signer) acquires CapState, CapDelegateState {
        create(owner, &Pausing {});
        assert!(root(owner, Pausing {}) == @0xa);
    }

    #[test(owner = @0xa, delegate = @0xb)]
    fun a_delegate_acquires_for_the_owner(owner: &signer, delegate: &signer) acquires CapState, CapDelegateState {
        create(owner, &Pausing {});
        let cap = acquire(owner, &Pausing {});
        cap.delegate(&Pausing {}, delegate);
        cap.delegate(&Pausing {}, delegate);
        assert!(root(delegate, Pausing {}) == @0xa);
        assert!(borrow_global<CapState<Pausing>>(@0xa).delegates == vector[@0xb]);
    }

    #[test(owner = @0xa, delegate = @0xb)]
    fun a_delegation_can_be_repeated_after_it_ended(
        owner: &signer, delegate: &signer
    ) acquires CapState, CapDelegateState {
        create(owner, &Pausing {});
        let cap = acquire(owner, &Pausing {});
        cap.revoke(&Pausing {}, @0xb);
        cap.delegate(&Pausing {}, delegate);
        cap.revoke(&Pausing {}, @0xb);
        assert!(borrow_global<CapState<Pausing>>(@0xa).delegates.is_empty());
        cap.delegate(&Pausing {}, delegate);
        assert!(root(delegate, Pausing {}) == @0xa);
    }

    #[test(one = @0xa, two = @0xb, delegate = @0xc)]
    fun the_first_delegation_stays(
        one: &signer, two: &signer, delegate: &signer
    ) acquires CapState, CapDelegateState {
        create(one, &Pausing {});
        create(two, &Pausing {});
        acquire(one, &Pausing {}).delegate(&Pausing {}, delegate);
        acquire(two, &Pausing {}).delegate(&Pausing {}, delegate);
        assert!(root(delegate, Pausing {}) == @0xa);
    }

    #[test(owner = @0xa)]
    #[expected_failure(abort_code = 0x80001, location = Self)]
    fun owning_twice_aborts(owner: &signer) {
        create(owner, &Pausing {});
        create(owner, &Pausing {});
    }

    #[test(stranger = @0xb)]
    #[expected_failure(abort_code = 0x60002, location = Self)]
    fun a_stranger_aborts(stranger: &signer) acquires CapState, CapDelegateState {
        acquire(stranger, &Pausing {});
    }

    #[test(owner = @0xa)]
    #[expected_failure(abort_code = 0x60002, location = Self)]
    fun one_feature_is_not_another(owner: &signer) acquires CapState, CapDelegateState {
        create(owner, &Pausing {});
        acquire_linear(owner, &Minting {});
    }

    #[test(owner = @0xa, delegate = @0xb)]
    #[expected_failure(abort_code = 0x60002, location = Self)]
    fun a_revoked_delegate_aborts(owner: &signer, delegate: &signer) acquires CapState, CapDelegateState {
        create(owner, &Pausing {});
        let cap = acquire(owner, &Pausing {});
        cap.delegate(&Pausing {}, delegate);
        cap.revoke(&Pausing {}, @0xb);
        acquire(delegate, &Pausing {});
    }

    #[test(one = @0xa, two = @0xb, delegate = @0xc)]
    #[expected_failure(abort_code = 0x30003, location = Self)]
    fun a_delegate_that_the_owner_does_not_know_aborts(
        one: &signer, two: &signer, delegate: &signer
    ) acquires CapState, CapDelegateState {
        create(one, &Pausing {});
        create(two, &Pausing {});
        acquire(one, &Pausing {}).delegate(&Pausing {}, delegate);
        borrow_global_mut<CapState<Pausing>>(@0xa).delegates = vector[];
        acquire(delegate, &Pausing {});
    }

    #[test(delegate = @0xc)]
    #[expected_failure(abort_code = 0x30003, location = Self)]
    fun a_delegate_of_no_owner_aborts(delegate: &signer) acquires CapState, CapDelegateState {
        move_to(delegate, CapDelegateState<Pausing> { root: @0xa });
        acquire(delegate, &Pausing {});
    }
}
