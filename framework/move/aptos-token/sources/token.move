/// Tokens that are kept in their owner's account: a creator makes collections, describes kinds of
/// tokens (`TokenData`) in them, and mints any number of a kind. Tokens of property version 0 are
/// interchangeable and share the default properties of their kind; a token whose properties are
/// changed gets a version of its own and is unique from then on.
///
/// The object tokens of `aptos_token_objects` supersede this module.
module aptos_token::token {
    use std::error;
    use std::option::{Self, Option};
    use std::signer;
    use std::string::{Self, String};
    use std::vector;
    use aptos_std::table::{Self, Table};
    use aptos_framework::account;
    use aptos_framework::event::{Self, EventHandle};
    use aptos_framework::timestamp;
    use aptos_token::property_map::{Self, PropertyMap};
    use aptos_token::token_event_store;

    /// The account has made no collection
    const ECOLLECTIONS_NOT_PUBLISHED: u64 = 1;
    /// The account has made no collection of this name
    const ECOLLECTION_NOT_PUBLISHED: u64 = 2;
    /// The account has made a collection of this name already
    const ECOLLECTION_ALREADY_EXISTS: u64 = 3;
    /// The collection has no room for another kind of token
    const ECREATE_WOULD_EXCEED_COLLECTION_MAXIMUM: u64 = 4;
    /// The account has not as many tokens
    const EINSUFFICIENT_BALANCE: u64 = 5;
    /// Only tokens of one id can be merged
    const EINVALID_TOKEN_MERGE: u64 = 6;
    /// There cannot be as many tokens of this kind
    const EMINT_WOULD_EXCEED_TOKEN_MAXIMUM: u64 = 7;
    /// The collection has a token of this name already
    const ETOKEN_DATA_ALREADY_EXISTS: u64 = 9;
    /// There is no such kind of token
    const ETOKEN_DATA_NOT_PUBLISHED: u64 = 10;
    /// The account has no token store
    const ETOKEN_STORE_NOT_PUBLISHED: u64 = 11;
    /// A split must leave something
    const ETOKEN_SPLIT_AMOUNT_LARGER_OR_EQUAL_TO_TOKEN_AMOUNT: u64 = 12;
    /// The creator cannot change this any more
    const EFIELD_NOT_MUTABLE: u64 = 13;
    /// Only the creator can change this
    const ENO_MUTATE_CAPABILITY: u64 = 14;
    /// The account does not have this token
    const ENO_TOKEN_IN_TOKEN_STORE: u64 = 15;
    /// The receiver takes no token without signing
    const EUSER_NOT_OPT_IN_DIRECT_TRANSFER: u64 = 16;
    /// Zero tokens cannot be withdrawn
    const EWITHDRAW_ZERO: u64 = 17;
    /// A token with properties of its own cannot be split
    const ENFT_NOT_SPLITABLE: u64 = 18;
    /// Only the creator can mint
    const ENO_MINT_CAPABILITY: u64 = 19;
    /// The name of the collection is longer than 128 bytes
    const ECOLLECTION_NAME_TOO_LONG: u64 = 25;
    /// The name of the token is longer than 128 bytes
    const ENFT_NAME_TOO_LONG: u64 = 26;
    /// The URI is longer than 512 bytes
    const EURI_TOO_LONG: u64 = 27;
    /// Zero tokens cannot be burned
    const ENO_BURN_TOKEN_WITH_ZERO_AMOUNT: u64 = 29;
    /// This kind of token cannot be burned by its owner
    const EOWNER_CANNOT_BURN_TOKEN: u64 = 30;
    /// This kind of token cannot be burned by its creator
    const ECREATOR_CANNOT_BURN_TOKEN: u64 = 31;
    /// There is no token of amount zero
    const ETOKEN_CANNOT_HAVE_ZERO_AMOUNT: u64 = 33;
    /// A royalty cannot be more than the whole price
    const EINVALID_ROYALTY_NUMERATOR_DENOMINATOR: u64 = 34;
    /// A maximum can be neither set nor lifted later, and not be less than the supply
    const EINVALID_MAXIMUM: u64 = 36;
    /// There must be as many keys as values and as types
    const ETOKEN_PROPERTIES_COUNT_NOT_MATCH: u64 = 37;
    /// The capability is for fewer tokens
    const EINSUFFICIENT_WITHDRAW_CAPABILITY_AMOUNT: u64 = 38;
    /// The capability has expired
    const EWITHDRAW_PROOF_EXPIRES: u64 = 39;
    /// The name of a property that is changed cannot begin with TOKEN_
    const EPROPERTY_RESERVED_BY_STANDARD: u64 = 40;

    const MAX_COLLECTION_NAME_LENGTH: u64 = 128;
    const MAX_NFT_NAME_LENGTH: u64 = 128;
    const MAX_URI_LENGTH: u64 = 512;

    // Places in the `mutate_setting` of a kind of token.
    const TOKEN_MAX_MUTABLE_IND: u64 = 0;
    const TOKEN_URI_MUTABLE_IND: u64 = 1;
    const TOKEN_ROYALTY_MUTABLE_IND: u64 = 2;
    const TOKEN_DESCRIPTION_MUTABLE_IND: u64 = 3;
    const TOKEN_PROPERTY_MUTABLE_IND: u64 = 4;

    // Places in the `mutate_setting` of a collection.
    const COLLECTION_DESCRIPTION_MUTABLE_IND: u64 = 0;
    const COLLECTION_URI_MUTABLE_IND: u64 = 1;
    const COLLECTION_MAX_MUTABLE_IND: u64 = 2;

    // Default properties of type bool that allow what is else forbidden. A kind of token has them
    // from the start or never. The third is misspelt where it was first published.
    const RESERVED_PREFIX: vector<u8> = b"TOKEN_";
    const BURNABLE_BY_CREATOR: vector<u8> = b"TOKEN_BURNABLE_BY_CREATOR";
    const BURNABLE_BY_OWNER: vector<u8> = b"TOKEN_BURNABLE_BY_OWNER";
    const TOKEN_PROPERTY_MUTABLE: vector<u8> = b"TOKEN_PROPERTY_MUTATBLE";

    /// An amount of one token. Its properties are empty at property version 0, where the default
    /// properties of the kind apply.
    struct Token has store {
        id: TokenId,
        amount: u64,
        token_properties: PropertyMap,
    }

    struct TokenId has store, copy, drop {
        token_data_id: TokenDataId,
        property_version: u64,
    }

    /// Tells a kind of token from all others.
    struct TokenDataId has copy, drop, store {
        creator: address,
        collection: String,
        name: String,
    }

    /// What all tokens of a kind share.
    struct TokenData has store {
        /// The most tokens that there can be; 0 if there is no bound, and `supply` is not counted.
        maximum: u64,
        largest_property_version: u64,
        supply: u64,
        uri: String,
        royalty: Royalty,
        name: String,
        description: String,
        default_properties: PropertyMap,
        mutability_config: TokenMutabilityConfig,
    }

    /// The share of a sale that is owed to `payee_address`.
    struct Royalty has copy, drop, store {
        royalty_points_numerator: u64,
        royalty_points_denominator: u64,
        payee_address: address,
    }

    /// What the creator may change of a kind of token.
    struct TokenMutabilityConfig has copy, store, drop {
        maximum: bool,
        uri: bool,
        royalty: bool,
        description: bool,
        properties: bool,
    }

    /// The tokens of an account. The four handles are kept for the layout.
    struct TokenStore has key {
        tokens: Table<TokenId, Token>,
        /// Whether others may put tokens here.
        direct_transfer: bool,
        deposit_events: EventHandle<DepositEvent>,
        withdraw_events: EventHandle<WithdrawEvent>,
        burn_events: EventHandle<BurnTokenEvent>,
        mutate_token_property_events: EventHandle<MutateTokenPropertyMapEvent>,
    }

    /// What the creator may change of a collection.
    struct CollectionMutabilityConfig has copy, store, drop {
        description: bool,
        uri: bool,
        maximum: bool,
    }

    /// What an account has made. The three handles are kept for the layout.
    struct Collections has key {
        collection_data: Table<String, CollectionData>,
        token_data: Table<TokenDataId, TokenData>,
        create_collection_events: EventHandle<CreateCollectionEvent>,
        create_token_data_events: EventHandle<CreateTokenDataEvent>,
        mint_token_events: EventHandle<MintTokenEvent>,
    }

    struct CollectionData has store {
        description: String,
        name: String,
        uri: String,
        /// The number of kinds of tokens.
        supply: u64,
        /// The most kinds that there can be; 0 if there is no bound, and `supply` is not counted.
        maximum: u64,
        mutability_config: CollectionMutabilityConfig,
    }

    /// The right to withdraw an amount from the owner's account once, until a time.
    struct WithdrawCapability has drop, store {
        token_owner: address,
        token_id: TokenId,
        amount: u64,
        expiration_sec: u64,
    }

    // Element types of the handles above.

    struct DepositEvent has drop, store {
        id: TokenId,
        amount: u64,
    }

    struct WithdrawEvent has drop, store {
        id: TokenId,
        amount: u64,
    }

    struct CreateTokenDataEvent has drop, store {
        id: TokenDataId,
        description: String,
        maximum: u64,
        uri: String,
        royalty_payee_address: address,
        royalty_points_denominator: u64,
        royalty_points_numerator: u64,
        name: String,
        mutability_config: TokenMutabilityConfig,
        property_keys: vector<String>,
        property_values: vector<vector<u8>>,
        property_types: vector<String>,
    }

    struct MintTokenEvent has drop, store {
        id: TokenDataId,
        amount: u64,
    }

    struct BurnTokenEvent has drop, store {
        id: TokenId,
        amount: u64,
    }

    struct MutateTokenPropertyMapEvent has drop, store {
        old_id: TokenId,
        new_id: TokenId,
        keys: vector<String>,
        values: vector<vector<u8>>,
        types: vector<String>,
    }

    struct CreateCollectionEvent has drop, store {
        creator: address,
        collection_name: String,
        uri: String,
        description: String,
        maximum: u64,
    }

    #[event]
    struct TokenDeposit has drop, store {
        account: address,
        id: TokenId,
        amount: u64,
    }

    #[event]
    struct TokenWithdraw has drop, store {
        account: address,
        id: TokenId,
        amount: u64,
    }

    #[event]
    /// A kind of token was described.
    struct TokenDataCreation has drop, store {
        creator: address,
        id: TokenDataId,
        description: String,
        maximum: u64,
        uri: String,
        royalty_payee_address: address,
        royalty_points_denominator: u64,
        royalty_points_numerator: u64,
        name: String,
        mutability_config: TokenMutabilityConfig,
        property_keys: vector<String>,
        property_values: vector<vector<u8>>,
        property_types: vector<String>,
    }

    #[event]
    struct Mint has drop, store {
        creator: address,
        id: TokenDataId,
        amount: u64,
    }

    #[event]
    /// Tokens of `account` were burned, by itself or by their creator.
    struct Burn has drop, store {
        account: address,
        id: TokenId,
        amount: u64,
    }

    #[event]
    /// Properties of one token of `account` were set; the ids differ if it became unique by that.
    struct MutatePropertyMap has drop, store {
        account: address,
        old_id: TokenId,
        new_id: TokenId,
        keys: vector<String>,
        values: vector<vector<u8>>,
        types: vector<String>,
    }

    #[event]
    struct CreateCollection has drop, store {
        creator: address,
        collection_name: String,
        uri: String,
        description: String,
        maximum: u64,
    }

    // Making collections and kinds of tokens.

    /// `create_collection` as a transaction.
    public entry fun create_collection_script(
        creator: &signer,
        name: String,
        description: String,
        uri: String,
        maximum: u64,
        mutate_setting: vector<bool>,
    ) acquires Collections {
        create_collection(creator, name, description, uri, maximum, mutate_setting);
    }

    /// Makes a collection of at most `maximum` kinds of tokens, or of any number if that is 0. The
    /// setting says whether description, URI and maximum can change. Aborts if the creator has one
    /// of that name, or if name or URI is too long.
    public fun create_collection(
        creator: &signer,
        name: String,
        description: String,
        uri: String,
        maximum: u64,
        mutate_setting: vector<bool>,
    ) acquires Collections {
        assert_fits(&name, MAX_COLLECTION_NAME_LENGTH, ECOLLECTION_NAME_TOO_LONG);
        assert_fits(&uri, MAX_URI_LENGTH, EURI_TOO_LONG);
        let maker = signer::address_of(creator);
        if (!exists<Collections>(maker)) {
            move_to(creator, Collections {
                collection_data: table::new(),
                token_data: table::new(),
                create_collection_events: account::new_event_handle(creator),
                create_token_data_events: account::new_event_handle(creator),
                mint_token_events: account::new_event_handle(creator),
            });
        };

        let collections = &mut borrow_global_mut<Collections>(maker).collection_data;
        assert!(!table::contains(collections, name), error::already_exists(ECOLLECTION_ALREADY_EXISTS));
        let mutability_config = create_collection_mutability_config(&mutate_setting);
        table::add(collections, name, CollectionData {
            description, name, uri, supply: 0, maximum, mutability_config,
        });
        event::emit(CreateCollection {
            creator: maker,
            collection_name: name,
            uri,
            description,
            maximum,
        });
    }

    /// `create_tokendata` and `mint_token` in one transaction.
    public entry fun create_token_script(
        account: &signer,
        collection: String,
        name: String,
        description: String,
        balance: u64,
        maximum: u64,
        uri: String,
        royalty_payee_address: address,
        royalty_points_denominator: u64,
        royalty_points_numerator: u64,
        mutate_setting: vector<bool>,
        property_keys: vector<String>,
        property_values: vector<vector<u8>>,
        property_types: vector<String>,
    ) acquires Collections, TokenStore {
        let id = create_tokendata(
            account,
            collection,
            name,
            description,
            maximum,
            uri,
            royalty_payee_address,
            royalty_points_denominator,
            royalty_points_numerator,
            create_token_mutability_config(&mutate_setting),
            property_keys,
            property_values,
            property_types,
        );
        mint_token(account, id, balance);
    }

    /// Describes a kind of token of which there can be at most `maximum`, or any number if that is
    /// 0. Aborts if the creator has no such collection, if it is full or has a token of that name,
    /// if the royalty is more than 1, or if name or URI is too long.
    public fun create_tokendata(
        account: &signer,
        collection: String,
        name: String,
        description: String,
        maximum: u64,
        uri: String,
        royalty_payee_address: address,
        royalty_points_denominator: u64,
        royalty_points_numerator: u64,
        token_mutate_config: TokenMutabilityConfig,
        property_keys: vector<String>,
        property_values: vector<vector<u8>>,
        property_types: vector<String>,
    ): TokenDataId acquires Collections {
        let creator = signer::address_of(account);
        let id = create_token_data_id(creator, collection, name);
        assert_fits(&uri, MAX_URI_LENGTH, EURI_TOO_LONG);
        let royalty =
            create_royalty(royalty_points_numerator, royalty_points_denominator, royalty_payee_address);
        assert_collection_exists(creator, collection);

        let made = borrow_global_mut<Collections>(creator);
        assert!(!table::contains(&made.token_data, id), error::already_exists(ETOKEN_DATA_ALREADY_EXISTS));
        let collection = table::borrow_mut(&mut made.collection_data, collection);
        if (collection.maximum > 0) {
            assert!(
                collection.supply < collection.maximum,
                error::invalid_argument(ECREATE_WOULD_EXCEED_COLLECTION_MAXIMUM),
            );
            collection.supply = collection.supply + 1;
        };
        table::add(&mut made.token_data, id, TokenData {
            maximum,
            largest_property_version: 0,
            supply: 0,
            uri,
            royalty,
            name,
            description,
            default_properties: property_map::new(property_keys, property_values, property_types),
            mutability_config: token_mutate_config,
        });
        event::emit(TokenDataCreation {
            creator,
            id,
            description,
            maximum,
            uri,
            royalty_payee_address,
            royalty_points_denominator,
            royalty_points_numerator,
            name,
            mutability_config: token_mutate_config,
            property_keys,
            property_values,
            property_types,
        });
        id
    }

    // Minting.

    /// `mint_token` as a transaction.
    public entry fun mint_script(
        account: &signer,
        token_data_address: address,
        collection: String,
        name: String,
        amount: u64,
    ) acquires Collections, TokenStore {
        mint_token(account, create_token_data_id(token_data_address, collection, name), amount);
    }

    /// Mints tokens of property version 0 for their creator. Aborts if the signer is not the
    /// creator, if `amount` is 0, or if there would be too many of the kind.
    public fun mint_token(
        account: &signer,
        token_data_id: TokenDataId,
        amount: u64,
    ): TokenId acquires Collections, TokenStore {
        let token = new_tokens(account, token_data_id, amount);
        let id = token.id;
        deposit_token(account, token);
        id
    }

    /// `mint_token` for a receiver. Aborts also if the receiver takes no token without signing.
    public fun mint_token_to(
        account: &signer,
        receiver: address,
        token_data_id: TokenDataId,
        amount: u64,
    ) acquires Collections, TokenStore {
        assert!(has_token_store(receiver), error::not_found(ETOKEN_STORE_NOT_PUBLISHED));
        assert_opted_in(receiver);
        direct_deposit(receiver, new_tokens(account, token_data_id, amount));
    }

    fun new_tokens(creator: &signer, id: TokenDataId, amount: u64): Token acquires Collections {
        assert!(id.creator == signer::address_of(creator), error::permission_denied(ENO_MINT_CAPABILITY));
        assert_known(id.creator, id);
        let data = borrow_mut(id);
        if (data.maximum > 0) {
            assert!(
                amount <= data.maximum - data.supply,
                error::invalid_argument(EMINT_WOULD_EXCEED_TOKEN_MAXIMUM),
            );
            data.supply = data.supply + amount;
        };
        event::emit(Mint { creator: id.creator, id, amount });
        Token { id: create_token_id(id, 0), amount, token_properties: property_map::empty() }
    }

    // Burning.

    /// Burns tokens of `owner`. Aborts unless the signer is their creator and their kind has the
    /// property TOKEN_BURNABLE_BY_CREATOR.
    public entry fun burn_by_creator(
        creator: &signer,
        owner: address,
        collection: String,
        name: String,
        property_version: u64,
        amount: u64,
    ) acquires Collections, TokenStore {
        let id = create_token_id_raw(signer::address_of(creator), collection, name, property_version);
        burn_if_allowed(owner, id, amount, BURNABLE_BY_CREATOR, ECREATOR_CANNOT_BURN_TOKEN);
    }

    /// Burns tokens of the signer. Aborts unless their kind has the property
    /// TOKEN_BURNABLE_BY_OWNER.
    public entry fun burn(
        owner: &signer,
        creators_address: address,
        collection: String,
        name: String,
        property_version: u64,
        amount: u64,
    ) acquires Collections, TokenStore {
        let id = create_token_id_raw(creators_address, collection, name, property_version);
        let owner = signer::address_of(owner);
        burn_if_allowed(owner, id, amount, BURNABLE_BY_OWNER, EOWNER_CANNOT_BURN_TOKEN);
    }

    /// Where the supply is counted, the last token takes its kind with it, and the last kind its
    /// collection.
    fun burn_if_allowed(
        owner: address,
        id: TokenId,
        amount: u64,
        permission: vector<u8>,
        reason: u64,
    ) acquires Collections, TokenStore {
        assert!(amount > 0, error::invalid_argument(ENO_BURN_TOKEN_WITH_ZERO_AMOUNT));
        let TokenId { token_data_id: kind, property_version: _ } = id;
        assert_known(kind.creator, kind);
        let made = borrow_global_mut<Collections>(kind.creator);
        let data = table::borrow_mut(&mut made.token_data, kind);
        assert!(has_flag(data, permission), error::permission_denied(reason));

        let Token { id: _, amount: burned, token_properties: _ } = withdraw(owner, id, amount);
        event::emit(Burn { account: owner, id, amount: burned });
        if (data.maximum == 0) return;
        data.supply = data.supply - burned;
        if (data.supply > 0) return;

        let TokenData {
            maximum: _,
            largest_property_version: _,
            supply: _,
            uri: _,
            royalty: _,
            name: _,
            description: _,
            default_properties: _,
            mutability_config: _,
        } = table::remove(&mut made.token_data, kind);
        let collection = table::borrow_mut(&mut made.collection_data, kind.collection);
        if (collection.maximum == 0) return;
        collection.supply = collection.supply - 1;
        if (collection.supply > 0) return;

        let CollectionData {
            description: _,
            name: _,
            uri: _,
            supply: _,
            maximum: _,
            mutability_config: _,
        } = table::remove(&mut made.collection_data, kind.collection);
    }

    // Transfers.

    /// Moves tokens between two accounts that both sign.
    public entry fun direct_transfer_script(
        sender: &signer,
        receiver: &signer,
        creators_address: address,
        collection: String,
        name: String,
        property_version: u64,
        amount: u64,
    ) acquires TokenStore {
        let id = create_token_id_raw(creators_address, collection, name, property_version);
        direct_transfer(sender, receiver, id, amount);
    }

    /// Moves tokens between two accounts that both sign. Aborts if the sender has not as many.
    public fun direct_transfer(
        sender: &signer,
        receiver: &signer,
        token_id: TokenId,
        amount: u64,
    ) acquires TokenStore {
        deposit_token(receiver, withdraw_token(sender, token_id, amount));
    }

    /// Sets whether the signer takes tokens without signing.
    public entry fun opt_in_direct_transfer(account: &signer, opt_in: bool) acquires TokenStore {
        initialize_token_store(account);
        borrow_global_mut<TokenStore>(signer::address_of(account)).direct_transfer = opt_in;
        token_event_store::emit_token_opt_in_event(account, opt_in);
    }

    /// `transfer` as a transaction.
    public entry fun transfer_with_opt_in(
        from: &signer,
        creator: address,
        collection_name: String,
        token_name: String,
        token_property_version: u64,
        to: address,
        amount: u64,
    ) acquires TokenStore {
        let id = create_token_id_raw(creator, collection_name, token_name, token_property_version);
        transfer(from, id, to, amount);
    }

    /// Moves tokens to an account that takes them without signing. Aborts if it does not, or if
    /// the sender has not as many.
    public fun transfer(from: &signer, id: TokenId, to: address, amount: u64) acquires TokenStore {
        assert_opted_in(to);
        direct_deposit(to, withdraw_token(from, id, amount));
    }

    /// Puts a token into the signer's account.
    public fun deposit_token(account: &signer, token: Token) acquires TokenStore {
        initialize_token_store(account);
        direct_deposit(signer::address_of(account), token);
    }

    /// Puts a token into an account. Aborts if it takes none without signing.
    public fun direct_deposit_with_opt_in(account_addr: address, token: Token) acquires TokenStore {
        assert_opted_in(account_addr);
        direct_deposit(account_addr, token);
    }

    /// Takes tokens out of the signer's account. Aborts if there are not as many.
    public fun withdraw_token(account: &signer, id: TokenId, amount: u64): Token acquires TokenStore {
        withdraw(signer::address_of(account), id, amount)
    }

    /// Allows whoever has the capability to withdraw from the signer's account, up to and including
    /// the second of expiration. Whether there are tokens shows only then.
    public fun create_withdraw_capability(
        owner: &signer,
        token_id: TokenId,
        amount: u64,
        expiration_sec: u64,
    ): WithdrawCapability {
        WithdrawCapability { token_owner: signer::address_of(owner), token_id, amount, expiration_sec }
    }

    /// Withdraws all that the capability is for.
    public fun withdraw_with_capability(withdraw_proof: WithdrawCapability): Token acquires TokenStore {
        let WithdrawCapability { token_owner, token_id, amount, expiration_sec } = withdraw_proof;
        assert_not_expired(expiration_sec);
        withdraw(token_owner, token_id, amount)
    }

    /// Withdraws a part, and returns a capability for the rest if there is a rest.
    public fun partial_withdraw_with_capability(
        withdraw_proof: WithdrawCapability,
        withdraw_amount: u64,
    ): (Token, Option<WithdrawCapability>) acquires TokenStore {
        let WithdrawCapability { token_owner, token_id, amount, expiration_sec } = withdraw_proof;
        assert_not_expired(expiration_sec);
        assert!(
            withdraw_amount <= amount,
            error::invalid_argument(EINSUFFICIENT_WITHDRAW_CAPABILITY_AMOUNT),
        );
        let rest = amount - withdraw_amount;
        let capability = if (rest > 0) {
            option::some(WithdrawCapability { token_owner, token_id, amount: rest, expiration_sec })
        } else {
            option::none()
        };
        (withdraw(token_owner, token_id, withdraw_amount), capability)
    }

    fun assert_not_expired(expiration_sec: u64) {
        assert!(
            timestamp::now_seconds() <= expiration_sec,
            error::invalid_argument(EWITHDRAW_PROOF_EXPIRES),
        );
    }

    fun assert_opted_in(account: address) acquires TokenStore {
        assert!(
            get_direct_transfer(account),
            error::permission_denied(EUSER_NOT_OPT_IN_DIRECT_TRANSFER),
        );
    }

    fun withdraw(from: address, id: TokenId, amount: u64): Token acquires TokenStore {
        assert!(amount > 0, error::invalid_argument(EWITHDRAW_ZERO));
        let balance = balance_of(from, id);
        assert!(balance >= amount, error::invalid_argument(EINSUFFICIENT_BALANCE));
        event::emit(TokenWithdraw { account: from, id, amount });

        let tokens = &mut borrow_global_mut<TokenStore>(from).tokens;
        if (balance == amount) {
            table::remove(tokens, id)
        } else {
            table::borrow_mut(tokens, id).amount = balance - amount;
            Token { id, amount, token_properties: property_map::empty() }
        }
    }

    fun direct_deposit(to: address, token: Token) acquires TokenStore {
        assert!(token.amount > 0, error::invalid_argument(ETOKEN_CANNOT_HAVE_ZERO_AMOUNT));
        assert!(has_token_store(to), error::not_found(ETOKEN_STORE_NOT_PUBLISHED));
        event::emit(TokenDeposit { account: to, id: token.id, amount: token.amount });

        let tokens = &mut borrow_global_mut<TokenStore>(to).tokens;
        if (table::contains(tokens, token.id)) {
            merge(table::borrow_mut(tokens, token.id), token);
        } else {
            table::add(tokens, token.id, token);
        }
    }

    /// Gives the signer a place for tokens, which takes none without signing. Does nothing if there
    /// is one.
    public fun initialize_token_store(account: &signer) {
        if (!has_token_store(signer::address_of(account))) {
            move_to(account, TokenStore {
                tokens: table::new(),
                direct_transfer: false,
                deposit_events: account::new_event_handle(account),
                withdraw_events: account::new_event_handle(account),
                burn_events: account::new_event_handle(account),
                mutate_token_property_events: account::new_event_handle(account),
            });
        }
    }

    /// Adds the second amount to the first. Aborts if they are of different tokens.
    public fun merge(dst_token: &mut Token, source_token: Token) {
        let Token { id, amount, token_properties: _ } = source_token;
        assert!(dst_token.id == id, error::invalid_argument(EINVALID_TOKEN_MERGE));
        dst_token.amount = dst_token.amount + amount;
    }

    /// Takes an amount out of a larger one. Aborts if nothing would be taken or left, or if the
    /// property version is not 0.
    public fun split(dst_token: &mut Token, amount: u64): Token {
        assert!(dst_token.id.property_version == 0, error::invalid_state(ENFT_NOT_SPLITABLE));
        assert!(
            amount < dst_token.amount,
            error::invalid_argument(ETOKEN_SPLIT_AMOUNT_LARGER_OR_EQUAL_TO_TOKEN_AMOUNT),
        );
        assert!(amount > 0, error::invalid_argument(ETOKEN_CANNOT_HAVE_ZERO_AMOUNT));
        dst_token.amount = dst_token.amount - amount;
        Token { id: dst_token.id, amount, token_properties: property_map::empty() }
    }

    // Changes by the creator. Each function aborts unless the signer is the creator and may change
    // what it changes.

    public fun mutate_collection_description(
        creator: &signer,
        collection_name: String,
        description: String,
    ) acquires Collections {
        let collection = collection_to_mutate(creator, collection_name);
        assert_mutable(collection.mutability_config.description);
        token_event_store::emit_collection_description_mutate_event(
            creator, collection_name, collection.description, description,
        );
        collection.description = description;
    }

    public fun mutate_collection_uri(
        creator: &signer,
        collection_name: String,
        uri: String,
    ) acquires Collections {
        assert_fits(&uri, MAX_URI_LENGTH, EURI_TOO_LONG);
        let collection = collection_to_mutate(creator, collection_name);
        assert_mutable(collection.mutability_config.uri);
        token_event_store::emit_collection_uri_mutate_event(
            creator, collection_name, collection.uri, uri,
        );
        collection.uri = uri;
    }

    /// Aborts also if there was or will be no maximum, or if there are more kinds than that.
    public fun mutate_collection_maximum(
        creator: &signer,
        collection_name: String,
        maximum: u64,
    ) acquires Collections {
        let collection = collection_to_mutate(creator, collection_name);
        assert_valid_maximum(collection.maximum, maximum, collection.supply);
        assert_mutable(collection.mutability_config.maximum);
        token_event_store::emit_collection_maximum_mutate_event(
            creator, collection_name, collection.maximum, maximum,
        );
        collection.maximum = maximum;
    }

    /// Aborts also if there was or will be no maximum, or if there are more tokens than that.
    public fun mutate_tokendata_maximum(
        creator: &signer,
        token_data_id: TokenDataId,
        maximum: u64,
    ) acquires Collections {
        let data = data_to_mutate(creator, token_data_id);
        assert_valid_maximum(data.maximum, maximum, data.supply);
        assert_mutable(data.mutability_config.maximum);
        token_event_store::emit_token_maximum_mutate_event(
            creator, token_data_id.collection, token_data_id.name, data.maximum, maximum,
        );
        data.maximum = maximum;
    }

    public fun mutate_tokendata_uri(
        creator: &signer,
        token_data_id: TokenDataId,
        uri: String,
    ) acquires Collections {
        assert_fits(&uri, MAX_URI_LENGTH, EURI_TOO_LONG);
        let data = data_to_mutate(creator, token_data_id);
        assert_mutable(data.mutability_config.uri);
        token_event_store::emit_token_uri_mutate_event(
            creator, token_data_id.collection, token_data_id.name, data.uri, uri,
        );
        data.uri = uri;
    }

    public fun mutate_tokendata_royalty(
        creator: &signer,
        token_data_id: TokenDataId,
        royalty: Royalty,
    ) acquires Collections {
        let data = data_to_mutate(creator, token_data_id);
        assert_mutable(data.mutability_config.royalty);
        token_event_store::emit_token_royalty_mutate_event(
            creator,
            token_data_id.collection,
            token_data_id.name,
            data.royalty.royalty_points_numerator,
            data.royalty.royalty_points_denominator,
            data.royalty.payee_address,
            royalty.royalty_points_numerator,
            royalty.royalty_points_denominator,
            royalty.payee_address,
        );
        data.royalty = royalty;
    }

    public fun mutate_tokendata_description(
        creator: &signer,
        token_data_id: TokenDataId,
        description: String,
    ) acquires Collections {
        let data = data_to_mutate(creator, token_data_id);
        assert_mutable(data.mutability_config.description);
        token_event_store::emit_token_descrition_mutate_event(
            creator, token_data_id.collection, token_data_id.name, data.description, description,
        );
        data.description = description;
    }

    /// Sets default properties, which apply to all tokens of property version 0.
    public fun mutate_tokendata_property(
        creator: &signer,
        token_data_id: TokenDataId,
        keys: vector<String>,
        values: vector<vector<u8>>,
        types: vector<String>,
    ) acquires Collections {
        let data = data_to_mutate(creator, token_data_id);
        let count = vector::length(&keys);
        assert!(
            count == vector::length(&values) && count == vector::length(&types),
            error::invalid_state(ETOKEN_PROPERTIES_COUNT_NOT_MATCH),
        );
        assert_mutable(data.mutability_config.properties);
        assert_not_reserved(&keys);

        let properties = &mut data.default_properties;
        let old_values = vector[];
        let new_values = vector[];
        for (i in 0..count) {
            let key = *vector::borrow(&keys, i);
            let new = property_map::create_property_value_raw(
                *vector::borrow(&values, i), *vector::borrow(&types, i),
            );
            vector::push_back(&mut new_values, new);
            if (property_map::contains_key(properties, &key)) {
                let old = *property_map::borrow(properties, &key);
                vector::push_back(&mut old_values, option::some(old));
                property_map::update_property_value(properties, &key, new);
            } else {
                vector::push_back(&mut old_values, option::none());
                property_map::add(properties, key, new);
            };
        };
        token_event_store::emit_default_property_mutate_event(
            creator, token_data_id.collection, token_data_id.name, keys, old_values, new_values,
        );
    }

    /// `mutate_one_token` for several tokens of one id.
    public entry fun mutate_token_properties(
        account: &signer,
        token_owner: address,
        creator: address,
        collection_name: String,
        token_name: String,
        token_property_version: u64,
        amount: u64,
        keys: vector<String>,
        values: vector<vector<u8>>,
        types: vector<String>,
    ) acquires Collections, TokenStore {
        assert!(signer::address_of(account) == creator, error::not_found(ENO_MUTATE_CAPABILITY));
        let id = create_token_id_raw(creator, collection_name, token_name, token_property_version);
        for (_i in 0..amount) {
            mutate_one_token(account, token_owner, id, keys, values, types);
        };
    }

    /// Sets properties of one token, whoever owns it. A token of property version 0 becomes unique:
    /// it gets a copy of the default properties and the next version of its kind, which is in the
    /// id that is returned. Allowed if default properties are mutable, or if the kind has the
    /// property TOKEN_PROPERTY_MUTATBLE.
    public fun mutate_one_token(
        account: &signer,
        token_owner: address,
        token_id: TokenId,
        keys: vector<String>,
        values: vector<vector<u8>>,
        types: vector<String>,
    ): TokenId acquires Collections, TokenStore {
        let kind = token_id.token_data_id;
        let data = data_to_mutate(account, kind);
        assert_mutable(data.mutability_config.properties || has_flag(data, TOKEN_PROPERTY_MUTABLE));

        let new_id = token_id;
        if (token_id.property_version == 0) {
            let Token { id: _, amount, token_properties: _ } = withdraw(token_owner, token_id, 1);
            data.largest_property_version = data.largest_property_version + 1;
            new_id.property_version = data.largest_property_version;
            let token_properties = data.default_properties;
            direct_deposit(token_owner, Token { id: new_id, amount, token_properties });
        };

        assert!(balance_of(token_owner, new_id) > 0, error::not_found(ENO_TOKEN_IN_TOKEN_STORE));
        assert_not_reserved(&keys);
        let token = table::borrow_mut(&mut borrow_global_mut<TokenStore>(token_owner).tokens, new_id);
        property_map::update_property_map(&mut token.token_properties, keys, values, types);
        event::emit(MutatePropertyMap {
            account: token_owner,
            old_id: token_id,
            new_id,
            keys,
            values,
            types,
        });
        new_id
    }

    inline fun collection_to_mutate(creator: &signer, name: String): &mut CollectionData {
        let maker = signer::address_of(creator);
        assert_collection_exists(maker, name);
        table::borrow_mut(&mut borrow_global_mut<Collections>(maker).collection_data, name)
    }

    inline fun data_to_mutate(creator: &signer, id: TokenDataId): &mut TokenData {
        assert!(signer::address_of(creator) == id.creator, error::permission_denied(ENO_MUTATE_CAPABILITY));
        assert_known(id.creator, id);
        borrow_mut(id)
    }

    fun assert_mutable(allowed: bool) {
        assert!(allowed, error::permission_denied(EFIELD_NOT_MUTABLE));
    }

    fun assert_valid_maximum(old: u64, new: u64, supply: u64) {
        assert!(old != 0 && new != 0 && new >= supply, error::invalid_argument(EINVALID_MAXIMUM));
    }

    fun assert_not_reserved(keys: &vector<String>) {
        let length = vector::length(&RESERVED_PREFIX);
        vector::for_each_ref(keys, |key| {
            let name = string::bytes(key);
            assert!(
                vector::length(name) < length || vector::slice(name, 0, length) != RESERVED_PREFIX,
                error::permission_denied(EPROPERTY_RESERVED_BY_STANDARD),
            );
        });
    }

    /// Aborts if the default property is there and is not of type bool.
    fun has_flag(data: &TokenData, name: vector<u8>): bool {
        let key = string::utf8(name);
        property_map::contains_key(&data.default_properties, &key)
            && property_map::read_bool(&data.default_properties, &key)
    }

    // Ids, royalties and settings.

    public fun create_token_id(token_data_id: TokenDataId, property_version: u64): TokenId {
        TokenId { token_data_id, property_version }
    }

    /// Aborts if a name is too long.
    public fun create_token_data_id(creator: address, collection: String, name: String): TokenDataId {
        assert_fits(&collection, MAX_COLLECTION_NAME_LENGTH, ECOLLECTION_NAME_TOO_LONG);
        assert_fits(&name, MAX_NFT_NAME_LENGTH, ENFT_NAME_TOO_LONG);
        TokenDataId { creator, collection, name }
    }

    /// Aborts if a name is too long.
    public fun create_token_id_raw(
        creator: address,
        collection: String,
        name: String,
        property_version: u64,
    ): TokenId {
        create_token_id(create_token_data_id(creator, collection, name), property_version)
    }

    /// Aborts if the royalty is more than 1.
    public fun create_royalty(
        royalty_points_numerator: u64,
        royalty_points_denominator: u64,
        payee_address: address,
    ): Royalty {
        assert!(
            royalty_points_numerator <= royalty_points_denominator,
            error::invalid_argument(EINVALID_ROYALTY_NUMERATOR_DENOMINATOR),
        );
        Royalty { royalty_points_numerator, royalty_points_denominator, payee_address }
    }

    /// Reads a setting of five: maximum, URI, royalty, description, properties.
    public fun create_token_mutability_config(mutate_setting: &vector<bool>): TokenMutabilityConfig {
        TokenMutabilityConfig {
            maximum: *vector::borrow(mutate_setting, TOKEN_MAX_MUTABLE_IND),
            uri: *vector::borrow(mutate_setting, TOKEN_URI_MUTABLE_IND),
            royalty: *vector::borrow(mutate_setting, TOKEN_ROYALTY_MUTABLE_IND),
            description: *vector::borrow(mutate_setting, TOKEN_DESCRIPTION_MUTABLE_IND),
            properties: *vector::borrow(mutate_setting, TOKEN_PROPERTY_MUTABLE_IND),
        }
    }

    /// Reads a setting of three: description, URI, maximum.
    public fun create_collection_mutability_config(mutate_setting: &vector<bool>): CollectionMutabilityConfig {
        CollectionMutabilityConfig {
            description: *vector::borrow(mutate_setting, COLLECTION_DESCRIPTION_MUTABLE_IND),
            uri: *vector::borrow(mutate_setting, COLLECTION_URI_MUTABLE_IND),
            maximum: *vector::borrow(mutate_setting, COLLECTION_MAX_MUTABLE_IND),
        }
    }

    public fun token_id(token: &Token): &TokenId {
        &token.id
    }

    public fun get_token_id(token: &Token): TokenId {
        token.id
    }

    public fun get_token_amount(token: &Token): u64 {
        token.amount
    }

    /// Creator, collection, name and property version.
    public fun get_token_id_fields(token_id: &TokenId): (address, String, String, u64) {
        let (creator, collection, name) = get_token_data_id_fields(&token_id.token_data_id);
        (creator, collection, name, token_id.property_version)
    }

    /// Creator, collection and name.
    public fun get_token_data_id_fields(token_data_id: &TokenDataId): (address, String, String) {
        (token_data_id.creator, token_data_id.collection, token_data_id.name)
    }

    public fun get_tokendata_id(token_id: TokenId): TokenDataId {
        token_id.token_data_id
    }

    public fun get_royalty_numerator(royalty: &Royalty): u64 {
        royalty.royalty_points_numerator
    }

    public fun get_royalty_denominator(royalty: &Royalty): u64 {
        royalty.royalty_points_denominator
    }

    public fun get_royalty_payee(royalty: &Royalty): address {
        royalty.payee_address
    }

    public fun get_token_mutability_maximum(config: &TokenMutabilityConfig): bool {
        config.maximum
    }

    public fun get_token_mutability_royalty(config: &TokenMutabilityConfig): bool {
        config.royalty
    }

    public fun get_token_mutability_uri(config: &TokenMutabilityConfig): bool {
        config.uri
    }

    public fun get_token_mutability_description(config: &TokenMutabilityConfig): bool {
        config.description
    }

    public fun get_token_mutability_default_properties(config: &TokenMutabilityConfig): bool {
        config.properties
    }

    public fun get_collection_mutability_description(config: &CollectionMutabilityConfig): bool {
        config.description
    }

    public fun get_collection_mutability_uri(config: &CollectionMutabilityConfig): bool {
        config.uri
    }

    public fun get_collection_mutability_maximum(config: &CollectionMutabilityConfig): bool {
        config.maximum
    }

    // What an account has.

    public fun has_token_store(owner: address): bool {
        exists<TokenStore>(owner)
    }

    /// Whether the account takes tokens without signing.
    public fun get_direct_transfer(receiver: address): bool acquires TokenStore {
        has_token_store(receiver) && borrow_global<TokenStore>(receiver).direct_transfer
    }

    /// How many of the token the account has.
    public fun balance_of(owner: address, id: TokenId): u64 acquires TokenStore {
        if (!has_token_store(owner)) return 0;
        let tokens = &borrow_global<TokenStore>(owner).tokens;
        if (table::contains(tokens, id)) table::borrow(tokens, id).amount else 0
    }

    /// The properties of a token: the default ones at property version 0, else its own. Aborts if
    /// the account does not have it.
    public fun get_property_map(
        owner: address,
        token_id: TokenId,
    ): PropertyMap acquires Collections, TokenStore {
        assert!(balance_of(owner, token_id) > 0, error::not_found(EINSUFFICIENT_BALANCE));
        if (token_id.property_version == 0) {
            let kind = token_id.token_data_id;
            data(kind.creator, kind).default_properties
        } else {
            table::borrow(&borrow_global<TokenStore>(owner).tokens, token_id).token_properties
        }
    }

    // What an account has made. Each `get_...` aborts if it has not made that.

    /// Aborts if the account has made no collection at all.
    public fun check_collection_exists(creator: address, name: String): bool acquires Collections {
        assert!(exists<Collections>(creator), error::not_found(ECOLLECTIONS_NOT_PUBLISHED));
        table::contains(&borrow_global<Collections>(creator).collection_data, name)
    }

    /// Aborts if the account has made no collection at all.
    public fun check_tokendata_exists(
        creator: address,
        collection_name: String,
        token_name: String,
    ): bool acquires Collections {
        is_known(creator, create_token_data_id(creator, collection_name, token_name))
    }

    /// The number of kinds of tokens, if there is a maximum.
    public fun get_collection_supply(
        creator_address: address,
        collection_name: String,
    ): Option<u64> acquires Collections {
        let collection = collection(creator_address, collection_name);
        counted(collection.maximum, collection.supply)
    }

    public fun get_collection_description(
        creator_address: address,
        collection_name: String,
    ): String acquires Collections {
        collection(creator_address, collection_name).description
    }

    public fun get_collection_uri(
        creator_address: address,
        collection_name: String,
    ): String acquires Collections {
        collection(creator_address, collection_name).uri
    }

    public fun get_collection_maximum(
        creator_address: address,
        collection_name: String,
    ): u64 acquires Collections {
        collection(creator_address, collection_name).maximum
    }

    #[view]
    public fun get_collection_mutability_config(
        creator: address,
        collection_name: String,
    ): CollectionMutabilityConfig acquires Collections {
        collection(creator, collection_name).mutability_config
    }

    /// The number of tokens of the kind, if there is a maximum.
    public fun get_token_supply(
        creator_address: address,
        token_data_id: TokenDataId,
    ): Option<u64> acquires Collections {
        let data = data(creator_address, token_data_id);
        counted(data.maximum, data.supply)
    }

    /// The property version that was given out last.
    public fun get_tokendata_largest_property_version(
        creator_address: address,
        token_data_id: TokenDataId,
    ): u64 acquires Collections {
        data(creator_address, token_data_id).largest_property_version
    }

    public fun get_tokendata_maximum(token_data_id: TokenDataId): u64 acquires Collections {
        data(token_data_id.creator, token_data_id).maximum
    }

    public fun get_tokendata_uri(creator: address, token_data_id: TokenDataId): String acquires Collections {
        data(creator, token_data_id).uri
    }

    public fun get_tokendata_description(token_data_id: TokenDataId): String acquires Collections {
        data(token_data_id.creator, token_data_id).description
    }

    public fun get_tokendata_royalty(token_data_id: TokenDataId): Royalty acquires Collections {
        data(token_data_id.creator, token_data_id).royalty
    }

    public fun get_royalty(token_id: TokenId): Royalty acquires Collections {
        get_tokendata_royalty(token_id.token_data_id)
    }

    public fun get_tokendata_mutability_config(
        token_data_id: TokenDataId,
    ): TokenMutabilityConfig acquires Collections {
        data(token_data_id.creator, token_data_id).mutability_config
    }

    inline fun collection(creator: address, name: String): &CollectionData {
        assert_collection_exists(creator, name);
        table::borrow(&borrow_global<Collections>(creator).collection_data, name)
    }

    inline fun data(creator: address, id: TokenDataId): &TokenData {
        assert_known(creator, id);
        table::borrow(&borrow_global<Collections>(creator).token_data, id)
    }

    inline fun borrow_mut(id: TokenDataId): &mut TokenData {
        table::borrow_mut(&mut borrow_global_mut<Collections>(id.creator).token_data, id)
    }

    fun assert_collection_exists(creator: address, name: String) acquires Collections {
        assert!(check_collection_exists(creator, name), error::not_found(ECOLLECTION_NOT_PUBLISHED));
    }

    fun assert_known(creator: address, id: TokenDataId) acquires Collections {
        assert!(is_known(creator, id), error::not_found(ETOKEN_DATA_NOT_PUBLISHED));
    }

    fun is_known(creator: address, id: TokenDataId): bool acquires Collections {
        assert!(exists<Collections>(creator), error::not_found(ECOLLECTIONS_NOT_PUBLISHED));
        table::contains(&borrow_global<Collections>(creator).token_data, id)
    }

    fun counted(maximum: u64, supply: u64): Option<u64> {
        if (maximum > 0) option::some(supply) else option::none()
    }

    fun assert_fits(text: &String, limit: u64, reason: u64) {
        assert!(string::length(text) <= limit, error::invalid_argument(reason));
    }

    // Withdrawn, and there only so that programs that name them compile.

    /// Always aborts; a store is made when it is needed.
    public entry fun initialize_token_script(_account: &signer) {
        abort 0
    }

    /// Always aborts; a store is made when it is needed.
    public fun initialize_token(_account: &signer, _token_id: TokenId) {
        abort 0
    }

    #[test_only]
    public fun get_collection_name(): String {
        string::utf8(b"Hello, World")
    }

    #[test_only]
    public fun get_token_name(): String {
        string::utf8(b"Token")
    }

    #[test_only]
    /// Makes a collection and `amount` tokens of one kind. Lists of properties that are empty stand
    /// for two of type u64, attack (10) and num_of_use (5).
    public fun create_collection_and_token(
        creator: &signer,
        amount: u64,
        collection_max: u64,
        token_max: u64,
        property_keys: vector<String>,
        property_values: vector<vector<u8>>,
        property_types: vector<String>,
        collection_mutate_setting: vector<bool>,
        token_mutate_setting: vector<bool>,
    ): TokenId acquires Collections, TokenStore {
        let maker = signer::address_of(creator);
        let uri = string::utf8(b"https://example.com");
        create_collection(
            creator, get_collection_name(), string::utf8(b"A collection"), uri, collection_max, collection_mutate_setting,
        );
        if (vector::is_empty(&property_keys)) {
            property_keys = vector[string::utf8(b"attack"), string::utf8(b"num_of_use")];
        };
        if (vector::is_empty(&property_values)) {
            property_values = vector[std::bcs::to_bytes(&10u64), std::bcs::to_bytes(&5u64)];
        };
        if (vector::is_empty(&property_types)) {
            property_types = vector[string::utf8(b"u64"), string::utf8(b"u64")];
        };
        create_token_script(
            creator,
            get_collection_name(),
            get_token_name(),
            string::utf8(b"A token"),
            amount,
            token_max,
            uri,
            maker,
            100,
            0,
            token_mutate_setting,
            property_keys,
            property_values,
            property_types,
        );
        create_token_id_raw(maker, get_collection_name(), get_token_name(), 0)
    }

    #[test_only]
    fun five_tokens(creator: &signer): TokenId acquires Collections, TokenStore {
        account::create_account_for_test(signer::address_of(creator));
        create_collection_and_token(
            creator, 5, 1, 5, vector[string::utf8(BURNABLE_BY_OWNER)], vector[x"01"], vector[string::utf8(b"bool")],
            vector[true, true, true], vector[true, true, true, true, true],
        )
    }

    #[test(creator = @0xc0ffee)]
    fun making_is_reported(creator: &signer) acquires Collections, TokenStore {
        let id = five_tokens(creator);
        let kind = id.token_data_id;
        assert!(event::emitted_events<CreateCollection>() == vector[CreateCollection {
            creator: @0xc0ffee,
            collection_name: get_collection_name(),
            uri: string::utf8(b"https://example.com"),
            description: string::utf8(b"A collection"),
            maximum: 1,
        }], 0);
        assert!(event::emitted_events<TokenDataCreation>() == vector[TokenDataCreation {
            creator: @0xc0ffee,
            id: kind,
            description: string::utf8(b"A token"),
            maximum: 5,
            uri: string::utf8(b"https://example.com"),
            royalty_payee_address: @0xc0ffee,
            royalty_points_denominator: 100,
            royalty_points_numerator: 0,
            name: get_token_name(),
            mutability_config: get_tokendata_mutability_config(kind),
            property_keys: vector[string::utf8(BURNABLE_BY_OWNER)],
            property_values: vector[x"01"],
            property_types: vector[string::utf8(b"bool")],
        }], 1);
        let minted = vector[Mint { creator: @0xc0ffee, id: kind, amount: 5 }];
        assert!(event::emitted_events<Mint>() == minted, 2);
        let deposited = vector[TokenDeposit { account: @0xc0ffee, id, amount: 5 }];
        assert!(event::emitted_events<TokenDeposit>() == deposited, 3);
    }

    #[test(creator = @0xc0ffee)]
    fun burning_is_reported(creator: &signer) acquires Collections, TokenStore {
        let id = five_tokens(creator);
        burn(creator, @0xc0ffee, get_collection_name(), get_token_name(), 0, 2);
        let withdrawn = vector[TokenWithdraw { account: @0xc0ffee, id, amount: 2 }];
        assert!(event::emitted_events<TokenWithdraw>() == withdrawn, 0);
        assert!(event::emitted_events<Burn>() == vector[Burn { account: @0xc0ffee, id, amount: 2 }], 1);
    }

    #[test(creator = @0xc0ffee)]
    fun changed_properties_are_reported(creator: &signer) acquires Collections, TokenStore {
        let old_id = five_tokens(creator);
        let keys = vector[string::utf8(b"age")];
        let types = vector[string::utf8(b"u8")];
        let new_id = mutate_one_token(creator, @0xc0ffee, old_id, keys, vector[x"03"], types);
        mutate_one_token(creator, @0xc0ffee, new_id, keys, vector[x"04"], types);
        assert!(event::emitted_events<MutatePropertyMap>() == vector[
            MutatePropertyMap { account: @0xc0ffee, old_id, new_id, keys, values: vector[x"03"], types },
            MutatePropertyMap { account: @0xc0ffee, old_id: new_id, new_id, keys, values: vector[x"04"], types },
        ], 0);
    }
}
