/// Transfers of tokens in two steps: the sender offers, the receiver claims. An offered token is
/// kept with the sender, who may take it back until it is claimed.
module aptos_token::token_transfers {
    use std::error;
    use std::signer;
    use std::string::String;
    use aptos_std::table::{Self, Table};
    use aptos_framework::account;
    use aptos_framework::event::{Self, EventHandle};
    use aptos_token::token::{Self, Token, TokenId};

    /// There is no such offer
    const ETOKEN_OFFER_NOT_EXIST: u64 = 1;

    /// What an account has offered and nobody has claimed.
    struct PendingClaims has key {
        pending_claims: Table<TokenOfferId, Token>,
        /// Kept for the layout, like the two below; the module's events are reported without them.
        offer_events: EventHandle<TokenOfferEvent>,
        cancel_offer_events: EventHandle<TokenCancelOfferEvent>,
        claim_events: EventHandle<TokenClaimEvent>,
    }

    struct TokenOfferId has copy, drop, store {
        to_addr: address,
        token_id: TokenId,
    }

    /// Element type of `offer_events`.
    struct TokenOfferEvent has drop, store {
        to_address: address,
        token_id: TokenId,
        amount: u64,
    }

    /// Element type of `cancel_offer_events`.
    struct TokenCancelOfferEvent has drop, store {
        to_address: address,
        token_id: TokenId,
        amount: u64,
    }

    /// Element type of `claim_events`.
    struct TokenClaimEvent has drop, store {
        to_address: address,
        token_id: TokenId,
        amount: u64,
    }

    #[event]
    /// `account` offers tokens to `to_address`.
    struct Offer has drop, store {
        account: address,
        to_address: address,
        token_id: TokenId,
        amount: u64,
    }

    #[event]
    /// `account` takes back what it offered to `to_address`.
    struct CancelOffer has drop, store {
        account: address,
        to_address: address,
        token_id: TokenId,
        amount: u64,
    }

    #[event]
    /// `to_address` takes what `account` offered.
    struct Claim has drop, store {
        account: address,
        to_address: address,
        token_id: TokenId,
        amount: u64,
    }

    /// `offer` as a transaction.
    public entry fun offer_script(
        sender: signer,
        receiver: address,
        creator: address,
        collection: String,
        name: String,
        property_version: u64,
        amount: u64,
    ) acquires PendingClaims {
        let token_id = token::create_token_id_raw(creator, collection, name, property_version);
        offer(&sender, receiver, token_id, amount);
    }

    /// Sets tokens of the sender aside for the receiver; a second offer of the same token adds to
    /// the first. Aborts if the sender has not as many.
    public fun offer(
        sender: &signer,
        receiver: address,
        token_id: TokenId,
        amount: u64,
    ) acquires PendingClaims {
        let from = signer::address_of(sender);
        if (!exists<PendingClaims>(from)) {
            move_to(sender, PendingClaims {
                pending_claims: table::new(),
                offer_events: account::new_event_handle(sender),
                cancel_offer_events: account::new_event_handle(sender),
                claim_events: account::new_event_handle(sender),
            });
        };

        let token = token::withdraw_token(sender, token_id, amount);
        let offers = &mut borrow_global_mut<PendingClaims>(from).pending_claims;
        let id = TokenOfferId { to_addr: receiver, token_id };
        if (table::contains(offers, id)) {
            token::merge(table::borrow_mut(offers, id), token);
        } else {
            table::add(offers, id, token);
        };
        event::emit(Offer { account: from, to_address: receiver, token_id, amount });
    }

    /// `claim` as a transaction.
    public entry fun claim_script(
        receiver: signer,
        sender: address,
        creator: address,
        collection: String,
        name: String,
        property_version: u64,
    ) acquires PendingClaims {
        let token_id = token::create_token_id_raw(creator, collection, name, property_version);
        claim(&receiver, sender, token_id);
    }

    /// Takes all that the sender has offered of one token. Aborts if that is nothing.
    public fun claim(receiver: &signer, sender: address, token_id: TokenId) acquires PendingClaims {
        let to_address = signer::address_of(receiver);
        let token = take_back(sender, to_address, token_id);
        event::emit(Claim {
            account: sender,
            to_address,
            token_id,
            amount: token::get_token_amount(&token),
        });
        token::deposit_token(receiver, token);
    }

    /// `cancel_offer` as a transaction.
    public entry fun cancel_offer_script(
        sender: signer,
        receiver: address,
        creator: address,
        collection: String,
        name: String,
        property_version: u64,
    ) acquires PendingClaims {
        let token_id = token::create_token_id_raw(creator, collection, name, property_version);
        cancel_offer(&sender, receiver, token_id);
    }

    /// Takes all of one token that was offered to the receiver back to the sender. Aborts if that
    /// is nothing.
    public fun cancel_offer(sender: &signer, receiver: address, token_id: TokenId) acquires PendingClaims {
        let account = signer::address_of(sender);
        let token = take_back(account, receiver, token_id);
        event::emit(CancelOffer {
            account,
            to_address: receiver,
            token_id,
            amount: token::get_token_amount(&token),
        });
        token::deposit_token(sender, token);
    }

    /// Ends an offer. The code of the abort has no category if the sender never offered anything.
    fun take_back(sender: address, to_addr: address, token_id: TokenId): Token acquires PendingClaims {
        assert!(exists<PendingClaims>(sender), ETOKEN_OFFER_NOT_EXIST);
        let offers = &mut borrow_global_mut<PendingClaims>(sender).pending_claims;
        let id = TokenOfferId { to_addr, token_id };
        assert!(table::contains(offers, id), error::not_found(ETOKEN_OFFER_NOT_EXIST));
        table::remove(offers, id)
    }

    #[test_only]
    /// Makes a collection, and `amount` tokens of one kind for its creator.
    public fun create_token(creator: &signer, amount: u64): TokenId {
        account::create_account_for_test(signer::address_of(creator));
        token::create_collection_and_token(
            creator, amount, 1, amount, vector[], vector[], vector[],
            vector[false, false, false], vector[false, false, false, false, true],
        )
    }

    #[test(maker = @0xc0ffee, buyer = @0xb0b)]
    fun an_offer_can_be_claimed_once(maker: &signer, buyer: &signer) acquires PendingClaims {
        let id = create_token(maker, 3);
        account::create_account_for_test(@0xb0b);
        offer(maker, @0xb0b, id, 1);
        offer(maker, @0xb0b, id, 1);
        assert!(token::balance_of(@0xc0ffee, id) == 1, 0);
        claim(buyer, @0xc0ffee, id);
        assert!(token::balance_of(@0xb0b, id) == 2, 1);
        assert!(event::emitted_events<Claim>() == vector[
            Claim { account: @0xc0ffee, to_address: @0xb0b, token_id: id, amount: 2 },
        ], 2);
        assert!(event::emitted_events<Offer>() == vector[
            Offer { account: @0xc0ffee, to_address: @0xb0b, token_id: id, amount: 1 },
            Offer { account: @0xc0ffee, to_address: @0xb0b, token_id: id, amount: 1 },
        ], 3);
    }

    #[test(maker = @0xc0ffee)]
    fun an_offer_can_be_taken_back(maker: &signer) acquires PendingClaims {
        let id = create_token(maker, 1);
        offer(maker, @0xb0b, id, 1);
        assert!(token::balance_of(@0xc0ffee, id) == 0, 0);
        cancel_offer(maker, @0xb0b, id);
        assert!(token::balance_of(@0xc0ffee, id) == 1, 1);
        assert!(event::emitted_events<CancelOffer>() == vector[
            CancelOffer { account: @0xc0ffee, to_address: @0xb0b, token_id: id, amount: 1 },
        ], 2);
    }

    #[test(maker = @0xc0ffee, thief = @0xbad)]
    #[expected_failure(abort_code = 0x60001, location = Self)]
    fun only_the_receiver_can_claim(maker: &signer, thief: &signer) acquires PendingClaims {
        let id = create_token(maker, 1);
        offer(maker, @0xb0b, id, 1);
        claim(thief, @0xc0ffee, id);
    }

    #[test(maker = @0xc0ffee, buyer = @0xb0b)]
    #[expected_failure(abort_code = 1, location = Self)]
    fun nothing_can_be_claimed_of_who_never_offered(maker: &signer, buyer: &signer) acquires PendingClaims {
        let id = create_token(maker, 1);
        claim(buyer, @0xc0ffee, id);
    }

    #[test(maker = @0xc0ffee, buyer = @0xb0b)]
    #[expected_failure(abort_code = 0x60001, location = Self)]
    fun what_was_taken_back_cannot_be_claimed(maker: &signer, buyer: &signer) acquires PendingClaims {
        let id = create_token(maker, 1);
        offer(maker, @0xb0b, id, 1);
        cancel_offer(maker, @0xb0b, id);
        claim(buyer, @0xc0ffee, id);
    }
}
