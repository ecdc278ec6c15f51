/// Coins: amounts of a type, `Coin<CoinType>`, that whoever declares the type can mint, burn and freeze. An account
/// keeps them in its `CoinStore`, or in the primary store of the fungible asset that the coin is paired with; both
/// count, and a coin turns into the fungible asset on demand. Coins of the native type, ETH, are in no store: the
/// account's balance on the chain's ledger is what it has, see `native_coin`.
module aptos_framework::coin {
    use std::error;
    use std::option::{Self, Option};
    use std::signer;
    use std::string::{Self, String};
    use aptos_framework::account;
    use aptos_framework::create_signer;
    use aptos_framework::event::{Self, EventHandle};
    use aptos_framework::fungible_asset::{
        Self, BurnRef, FungibleAsset, Metadata, MintRef, TransferRef
    };
    use aptos_framework::guid;
    use aptos_framework::native_coin;
    use aptos_framework::object::{Self, Object};
    use aptos_framework::optional_aggregator::{Self, OptionalAggregator};
    use aptos_framework::primary_fungible_store;
    use aptos_framework::system_addresses;
    use aptos_std::table::{Self, Table};
    use aptos_std::type_info::{Self, TypeInfo};

    /// The coin type is of a module of another account
    const ECOIN_INFO_ADDRESS_MISMATCH: u64 = 1;
    /// The type has been declared a coin before
    const ECOIN_INFO_ALREADY_PUBLISHED: u64 = 2;
    /// The type has not been declared a coin
    const ECOIN_INFO_NOT_PUBLISHED: u64 = 3;
    /// The account has not registered for the coin
    const ECOIN_STORE_NOT_PUBLISHED: u64 = 5;
    /// Not enough coins to complete transaction
    const EINSUFFICIENT_BALANCE: u64 = 6;
    /// Only a zero coin can be dropped
    const EDESTRUCTION_OF_NONZERO_TOKEN: u64 = 7;
    /// The coins of the account are frozen: they can be neither spent nor added to
    const EFROZEN: u64 = 10;
    /// The way in which the supply is counted cannot be changed
    const ECOIN_SUPPLY_UPGRADE_NOT_SUPPORTED: u64 = 11;
    /// The name of the coin has more than 32 bytes
    const ECOIN_NAME_TOO_LONG: u64 = 12;
    /// The symbol of the coin has more than 32 bytes
    const ECOIN_SYMBOL_TOO_LONG: u64 = 13;
    /// The fungible asset is paired with no coin
    const EPAIRED_COIN: u64 = 15;
    /// The coin is paired with no fungible asset
    const EPAIRED_FUNGIBLE_ASSET: u64 = 16;
    /// The fungible asset is paired with another coin
    const ECOIN_TYPE_MISMATCH: u64 = 17;
    /// The refs of the paired fungible asset are missing; this cannot happen
    const EPAIRED_FUNGIBLE_ASSET_REFS_NOT_FOUND: u64 = 19;
    /// The mint ref is not the one that was borrowed
    const EMINT_REF_RECEIPT_MISMATCH: u64 = 20;
    /// The mint ref has been borrowed
    const EMINT_REF_NOT_FOUND: u64 = 21;
    /// The transfer ref is not the one that was borrowed
    const ETRANSFER_REF_RECEIPT_MISMATCH: u64 = 22;
    /// The transfer ref has been borrowed
    const ETRANSFER_REF_NOT_FOUND: u64 = 23;
    /// The burn ref is not the one that was borrowed
    const EBURN_REF_RECEIPT_MISMATCH: u64 = 24;
    /// The burn ref has been borrowed or taken
    const EBURN_REF_NOT_FOUND: u64 = 25;
    /// Accounts of this network migrate their coins themselves
    const EMIGRATION_FRAMEWORK_NOT_ENABLED: u64 = 26;
    /// The map of coins and their fungible assets has not been created
    const ECOIN_CONVERSION_MAP_NOT_FOUND: u64 = 27;
    /// The native coin has not been paired yet
    const EAPT_PAIRING_IS_NOT_ENABLED: u64 = 28;
    /// The coin has more than 32 decimals
    const ECOIN_DECIMALS_TOO_LARGE: u64 = 29;
    /// Balances of the native coin cannot be frozen
    const ENATIVE_COIN_NOT_FREEZABLE: u64 = 30;

    const MAX_COIN_NAME_LENGTH: u64 = 32;
    const MAX_COIN_SYMBOL_LENGTH: u64 = 32;
    const MAX_DECIMALS: u8 = 32;

    /// An amount of a coin, which is nobody's until it is deposited.
    struct Coin<phantom CoinType> has store {
        value: u64,
    }

    /// An account's coins. Frozen ones can be neither spent nor added to.
    struct CoinStore<phantom CoinType> has key {
        coin: Coin<CoinType>,
        frozen: bool,
        deposit_events: EventHandle<DepositEvent>,
        withdraw_events: EventHandle<WithdrawEvent>,
    }

    /// Whether supplies could change their implementation; they cannot any more.
    struct SupplyConfig has key {
        allow_upgrades: bool,
    }

    /// What a coin is called, how amounts are shown (`decimals` 2 means that 505 is 5.05), and how much of it there is
    /// as coins, if that is counted. Lives at the account that declared the type.
    struct CoinInfo<phantom CoinType> has key {
        name: String,
        symbol: String,
        decimals: u8,
        supply: Option<OptionalAggregator>,
    }

    #[event]
    /// Coins were deposited with an account.
    struct CoinDeposit has drop, store {
        coin_type: String,
        account: address,
        amount: u64,
    }

    #[event]
    /// Coins were withdrawn from an account.
    struct CoinWithdraw has drop, store {
        coin_type: String,
        account: address,
        amount: u64,
    }

    /// Coins were deposited in the `CoinStore` whose event handle this is.
    struct DepositEvent has drop, store {
        amount: u64,
    }

    /// Coins were withdrawn from the `CoinStore` whose event handle this is.
    struct WithdrawEvent has drop, store {
        amount: u64,
    }

    #[event]
    /// A `CoinStore`, with its event handles, gave way to a primary fungible store.
    struct CoinStoreDeletion has drop, store {
        coin_type: String,
        event_handle_creation_address: address,
        deleted_deposit_event_handle_creation_number: u64,
        deleted_withdraw_event_handle_creation_number: u64,
    }

    #[event]
    /// A coin got its fungible asset.
    struct PairCreation has drop, store {
        coin_type: TypeInfo,
        fungible_asset_metadata_address: address,
    }

    #[resource_group_member(group = aptos_framework::object::ObjectGroup)]
    /// On a primary fungible store: it took the place of a `CoinStore`, and receives the owner's coins.
    struct MigrationFlag has key {}

    /// Lets its holder mint.
    struct MintCapability<phantom CoinType> has copy, store {}

    /// Lets its holder freeze accounts' coins.
    struct FreezeCapability<phantom CoinType> has copy, store {}

    /// Lets its holder burn.
    struct BurnCapability<phantom CoinType> has copy, store {}

    /// The fungible asset of each paired coin.
    struct CoinConversionMap has key {
        coin_to_fungible_asset_map: Table<TypeInfo, Object<Metadata>>,
    }

    #[resource_group_member(group = aptos_framework::object::ObjectGroup)]
    /// On a metadata object: the coin that it is paired with.
    struct PairedCoinType has key {
        type: TypeInfo,
    }

    #[resource_group_member(group = aptos_framework::object::ObjectGroup)]
    /// On a metadata object that is paired with a coin: its refs, except those that have been lent or taken.
    struct PairedFungibleAssetRefs has key {
        mint_ref_opt: Option<MintRef>,
        transfer_ref_opt: Option<TransferRef>,
        burn_ref_opt: Option<BurnRef>,
    }

    /// Makes the borrower of a `MintRef` return it.
    struct MintRefReceipt {
        metadata: Object<Metadata>,
    }

    /// Makes the borrower of a `TransferRef` return it.
    struct TransferRefReceipt {
        metadata: Object<Metadata>,
    }

    /// Makes the borrower of a `BurnRef` return it.
    struct BurnRefReceipt {
        metadata: Object<Metadata>,
    }

    // Pairs of coins and fungible assets

    #[view]
    /// The fungible asset that the coin is paired with, if it is.
    public fun paired_metadata<CoinType>(): Option<Object<Metadata>> {
        if (native_coin::is_native<CoinType>()) {
            return if (object::object_exists<Metadata>(@aptos_fungible_asset)) {
                option::some(object::address_to_object(@aptos_fungible_asset))
            } else {
                option::none()
            }
        };
        if (exists<CoinConversionMap>(@aptos_framework)) {
            let pairs = &CoinConversionMap[@aptos_framework].coin_to_fungible_asset_map;
            let type = type_info::type_of<CoinType>();
            if (table::contains(pairs, type)) {
                return option::some(*table::borrow(pairs, type))
            };
        };
        option::none()
    }

    /// Creates the map of pairs. Only for the framework's account; does nothing the second time.
    public entry fun create_coin_conversion_map(aptos_framework: &signer) {
        system_addresses::assert_aptos_framework(aptos_framework);
        if (!exists<CoinConversionMap>(@aptos_framework)) {
            move_to(aptos_framework, CoinConversionMap { coin_to_fungible_asset_map: table::new() });
        };
    }

    /// Pairs the coin with a fungible asset, the native coin too. Only for the framework's account.
    public entry fun create_pairing<CoinType>(aptos_framework: &signer) {
        system_addresses::assert_aptos_framework(aptos_framework);
        if (option::is_none(&paired_metadata<CoinType>())) {
            create_pair<CoinType>();
        };
    }

    /// The fungible asset of the coin, which is created if need be. Genesis does that for the native coin.
    public(package) fun ensure_paired_metadata<CoinType>(): Object<Metadata> {
        let metadata = paired_metadata<CoinType>();
        if (option::is_some(&metadata)) {
            option::destroy_some(metadata)
        } else {
            assert!(!native_coin::is_native<CoinType>(), error::invalid_state(EAPT_PAIRING_IS_NOT_ENABLED));
            create_pair<CoinType>()
        }
    }

    fun create_pair<CoinType>(): Object<Metadata> {
        assert!(exists<CoinConversionMap>(@aptos_framework), error::not_found(ECOIN_CONVERSION_MAP_NOT_FOUND));
        assert!(is_coin_initialized<CoinType>(), error::invalid_argument(ECOIN_INFO_NOT_PUBLISHED));
        let constructor_ref = &if (native_coin::is_native<CoinType>()) {
            object::create_sticky_object_at_address(@aptos_framework, @aptos_fungible_asset)
        } else {
            object::create_named_object(
                &create_signer::create_signer(@aptos_fungible_asset),
                *string::bytes(&type_info::type_name<CoinType>())
            )
        };
        primary_fungible_store::create_primary_store_enabled_fungible_asset(
            constructor_ref,
            option::none(),
            name<CoinType>(),
            symbol<CoinType>(),
            decimals<CoinType>(),
            string::utf8(b""),
            string::utf8(b"")
        );
        let metadata_signer = &object::generate_signer(constructor_ref);
        let type = type_info::type_of<CoinType>();
        move_to(metadata_signer, PairedCoinType { type });
        move_to(
            metadata_signer,
            PairedFungibleAssetRefs {
                mint_ref_opt: option::some(fungible_asset::generate_mint_ref(constructor_ref)),
                transfer_ref_opt: option::some(fungible_asset::generate_transfer_ref(constructor_ref)),
                burn_ref_opt: option::some(fungible_asset::generate_burn_ref(constructor_ref)),
            }
        );
        let metadata = object::object_from_constructor_ref<Metadata>(constructor_ref);
        table::add(&mut CoinConversionMap[@aptos_framework].coin_to_fungible_asset_map, type, metadata);
        event::emit(
            PairCreation {
                coin_type: type,
                fungible_asset_metadata_address: object::object_address(&metadata),
            }
        );
        metadata
    }

    #[view]
    /// The coin that the fungible asset is paired with, if it is.
    public fun paired_coin(metadata: Object<Metadata>): Option<TypeInfo> {
        let metadata_addr = object::object_address(&metadata);
        if (exists<PairedCoinType>(metadata_addr)) {
            option::some(PairedCoinType[metadata_addr].type)
        } else {
            option::none()
        }
    }

    /// Turns a coin into its fungible asset, which is paired with it now if it was not.
    public fun coin_to_fungible_asset<CoinType>(coin: Coin<CoinType>): FungibleAsset {
        let metadata = ensure_paired_metadata<CoinType>();
        if (native_coin::is_native<CoinType>()) {
            let Coin { value } = coin;
            fungible_asset::from_native_coin(value)
        } else {
            fungible_asset::mint_internal(metadata, burn_internal(coin))
        }
    }

    /// Turns a fungible asset into the coin that it is paired with.
    fun fungible_asset_to_coin<CoinType>(fa: FungibleAsset): Coin<CoinType> {
        let metadata_addr = object::object_address(&fungible_asset::metadata_from_asset(&fa));
        assert!(exists<PairedCoinType>(metadata_addr), error::not_found(EPAIRED_COIN));
        assert!(
            PairedCoinType[metadata_addr].type == type_info::type_of<CoinType>(),
            error::invalid_argument(ECOIN_TYPE_MISMATCH)
        );
        if (native_coin::is_native<CoinType>()) {
            Coin { value: fungible_asset::into_native_coin(fa) }
        } else {
            mint_internal(fungible_asset::burn_internal(fa))
        }
    }

    fun paired_refs_address<CoinType>(): address {
        let metadata = paired_metadata<CoinType>();
        assert!(option::is_some(&metadata), error::not_found(EPAIRED_FUNGIBLE_ASSET));
        let metadata_addr = object::object_address(option::borrow(&metadata));
        assert!(
            exists<PairedFungibleAssetRefs>(metadata_addr),
            error::internal(EPAIRED_FUNGIBLE_ASSET_REFS_NOT_FOUND)
        );
        metadata_addr
    }

    #[view]
    /// Whether the `MintRef` of the coin's fungible asset is there to be borrowed.
    public fun paired_mint_ref_exists<CoinType>(): bool {
        option::is_some(&PairedFungibleAssetRefs[paired_refs_address<CoinType>()].mint_ref_opt)
    }

    /// Borrows the `MintRef` of the coin's fungible asset for the rest of the transaction.
    public fun get_paired_mint_ref<CoinType>(_: &MintCapability<CoinType>): (MintRef, MintRefReceipt) {
        let metadata_addr = paired_refs_address<CoinType>();
        let ref = &mut PairedFungibleAssetRefs[metadata_addr].mint_ref_opt;
        assert!(option::is_some(ref), error::not_found(EMINT_REF_NOT_FOUND));
        (option::extract(ref), MintRefReceipt { metadata: object::address_to_object(metadata_addr) })
    }

    /// Returns the ref.
    public fun return_paired_mint_ref(mint_ref: MintRef, receipt: MintRefReceipt) {
        let MintRefReceipt { metadata } = receipt;
        assert!(
            fungible_asset::mint_ref_metadata(&mint_ref) == metadata,
            error::invalid_argument(EMINT_REF_RECEIPT_MISMATCH)
        );
        let refs = &mut PairedFungibleAssetRefs[object::object_address(&metadata)];
        option::fill(&mut refs.mint_ref_opt, mint_ref);
    }

    #[view]
    /// Whether the `TransferRef` of the coin's fungible asset is there to be borrowed.
    public fun paired_transfer_ref_exists<CoinType>(): bool {
        option::is_some(&PairedFungibleAssetRefs[paired_refs_address<CoinType>()].transfer_ref_opt)
    }

    /// Borrows the `TransferRef` of the coin's fungible asset for the rest of the transaction.
    public fun get_paired_transfer_ref<CoinType>(
        _: &FreezeCapability<CoinType>
    ): (TransferRef, TransferRefReceipt) {
        let metadata_addr = paired_refs_address<CoinType>();
        let ref = &mut PairedFungibleAssetRefs[metadata_addr].transfer_ref_opt;
        assert!(option::is_some(ref), error::not_found(ETRANSFER_REF_NOT_FOUND));
        (option::extract(ref), TransferRefReceipt { metadata: object::address_to_object(metadata_addr) })
    }

    /// Returns the ref.
    public fun return_paired_transfer_ref(transfer_ref: TransferRef, receipt: TransferRefReceipt) {
        let TransferRefReceipt { metadata } = receipt;
        assert!(
            fungible_asset::transfer_ref_metadata(&transfer_ref) == metadata,
            error::invalid_argument(ETRANSFER_REF_RECEIPT_MISMATCH)
        );
        let refs = &mut PairedFungibleAssetRefs[object::object_address(&metadata)];
        option::fill(&mut refs.transfer_ref_opt, transfer_ref);
    }

    #[view]
    /// Whether the `BurnRef` of the coin's fungible asset is there to be borrowed.
    public fun paired_burn_ref_exists<CoinType>(): bool {
        option::is_some(&PairedFungibleAssetRefs[paired_refs_address<CoinType>()].burn_ref_opt)
    }

    /// Borrows the `BurnRef` of the coin's fungible asset for the rest of the transaction.
    public fun get_paired_burn_ref<CoinType>(_: &BurnCapability<CoinType>): (BurnRef, BurnRefReceipt) {
        let metadata_addr = paired_refs_address<CoinType>();
        let burn_ref = take_paired_burn_ref(metadata_addr);
        (burn_ref, BurnRefReceipt { metadata: object::address_to_object(metadata_addr) })
    }

    /// Gives the capability up for the `BurnRef` of the coin's fungible asset.
    public fun convert_and_take_paired_burn_ref<CoinType>(burn_cap: BurnCapability<CoinType>): BurnRef {
        destroy_burn_cap(burn_cap);
        take_paired_burn_ref(paired_refs_address<CoinType>())
    }

    fun take_paired_burn_ref(metadata_addr: address): BurnRef {
        let ref = &mut PairedFungibleAssetRefs[metadata_addr].burn_ref_opt;
        assert!(option::is_some(ref), error::not_found(EBURN_REF_NOT_FOUND));
        option::extract(ref)
    }

    /// Returns the ref.
    public fun return_paired_burn_ref(burn_ref: BurnRef, receipt: BurnRefReceipt) {
        let BurnRefReceipt { metadata } = receipt;
        assert!(
            fungible_asset::burn_ref_metadata(&burn_ref) == metadata,
            error::invalid_argument(EBURN_REF_RECEIPT_MISMATCH)
        );
        let refs = &mut PairedFungibleAssetRefs[object::object_address(&metadata)];
        option::fill(&mut refs.burn_ref_opt, burn_ref);
    }

    /// Moves the signer's coins to the primary store of the coin's fungible asset, which takes the place of the
    /// `CoinStore` for good.
    public entry fun migrate_to_fungible_store<CoinType>(account: &signer) {
        migrate<CoinType>(signer::address_of(account));
    }

    /// The same for any accounts, on a network whose accounts keep all coins in fungible stores.
    public entry fun migrate_coin_store_to_fungible_store<CoinType>(accounts: vector<address>) {
        assert!(
            prefers_fungible_asset(),
            error::unavailable(EMIGRATION_FRAMEWORK_NOT_ENABLED)
        );
        for (i in 0..accounts.length()) {
            migrate<CoinType>(accounts[i]);
        };
    }

    fun migrate<CoinType>(account: address) {
        if (native_coin::is_native<CoinType>()) {
            return
        };
        let metadata = ensure_paired_metadata<CoinType>();
        let store = primary_fungible_store::ensure_primary_store_exists(account, metadata);
        let store_addr = object::object_address(&store);
        if (exists<CoinStore<CoinType>>(account)) {
            let CoinStore { coin, frozen, deposit_events, withdraw_events } =
                move_from<CoinStore<CoinType>>(account);
            event::emit(
                CoinStoreDeletion {
                    coin_type: type_info::type_name<CoinType>(),
                    event_handle_creation_address: guid::creator_address(event::guid(&deposit_events)),
                    deleted_deposit_event_handle_creation_number: guid::creation_num(
                        event::guid(&deposit_events)
                    ),
                    deleted_withdraw_event_handle_creation_number: guid::creation_num(
                        event::guid(&withdraw_events)
                    ),
                }
            );
            event::destroy_handle(deposit_events);
            event::destroy_handle(withdraw_events);
            fungible_asset::unchecked_deposit(store_addr, coin_to_fungible_asset(coin));
            // A store that was frozen before stays so, whichever of the two it was.
            if (frozen && !fungible_asset::is_frozen(store)) {
                fungible_asset::set_frozen_flag_internal(store, true);
            };
        };
        if (!exists<MigrationFlag>(store_addr)) {
            move_to(&create_signer::create_signer(store_addr), MigrationFlag {});
        };
    }

    /// Whether accounts keep coins as fungible assets from the beginning, and register for none: wherever coins can
    /// be paired. Only unit tests that have set up nothing but accounts know no such map.
    fun prefers_fungible_asset(): bool {
        exists<CoinConversionMap>(@aptos_framework)
    }

    /// Whether coins for an account without a `CoinStore` go to its primary fungible store.
    fun receives_fungible_asset(account: address, metadata: Object<Metadata>): bool {
        prefers_fungible_asset()
            || exists<MigrationFlag>(primary_fungible_store::primary_store_address(account, metadata))
    }

    // Supply upgrades, which are gone

    /// Publishes the configuration. Genesis calls this.
    public(package) fun initialize_supply_config(aptos_framework: &signer) {
        system_addresses::assert_aptos_framework(aptos_framework);
        move_to(aptos_framework, SupplyConfig { allow_upgrades: false });
    }

    #[deprecated]
    /// Always aborts with `ECOIN_SUPPLY_UPGRADE_NOT_SUPPORTED`.
    public fun allow_supply_upgrades(_aptos_framework: &signer, _allowed: bool) {
        abort error::invalid_state(ECOIN_SUPPLY_UPGRADE_NOT_SUPPORTED)
    }

    #[deprecated]
    /// Always aborts with `ECOIN_SUPPLY_UPGRADE_NOT_SUPPORTED`.
    public entry fun upgrade_supply<CoinType>(_account: &signer) {
        abort error::invalid_state(ECOIN_SUPPLY_UPGRADE_NOT_SUPPORTED)
    }

    // Looking at coins

    #[view]
    /// What `owner` has of the coin and of its fungible asset.
    public fun balance<CoinType>(owner: address): u64 {
        if (native_coin::is_native<CoinType>()) {
            return native_coin::balance(owner)
        };
        let metadata = paired_metadata<CoinType>();
        coin_balance<CoinType>(owner) + if (option::is_some(&metadata)) {
            primary_fungible_store::balance(owner, option::destroy_some(metadata))
        } else {
            0
        }
    }

    #[view]
    /// Whether `owner` has `amount` or more of the coin and its fungible asset.
    public fun is_balance_at_least<CoinType>(owner: address, amount: u64): bool {
        if (native_coin::is_native<CoinType>()) {
            return native_coin::balance(owner) >= amount
        };
        let coins = coin_balance<CoinType>(owner);
        if (coins >= amount) {
            return true
        };
        let metadata = paired_metadata<CoinType>();
        option::is_some(&metadata)
            && primary_fungible_store::is_balance_at_least(
                owner, option::destroy_some(metadata), amount - coins
            )
    }

    fun coin_balance<CoinType>(owner: address): u64 {
        if (exists<CoinStore<CoinType>>(owner)) {
            CoinStore<CoinType>[owner].coin.value
        } else {
            0
        }
    }

    #[view]
    /// Whether the type has been declared a coin.
    public fun is_coin_initialized<CoinType>(): bool {
        exists<CoinInfo<CoinType>>(coin_address<CoinType>())
    }

    #[view]
    /// Whether the account's coins are frozen, or it cannot have any because it is not registered.
    public fun is_coin_store_frozen<CoinType>(account_addr: address): bool {
        if (native_coin::is_native<CoinType>()) {
            return false
        };
        if (exists<CoinStore<CoinType>>(account_addr)) {
            return CoinStore<CoinType>[account_addr].frozen
        };
        let metadata = paired_metadata<CoinType>();
        if (option::is_none(&metadata)) {
            return !is_account_registered<CoinType>(account_addr)
        };
        let metadata = option::destroy_some(metadata);
        !receives_fungible_asset(account_addr, metadata)
            || primary_fungible_store::is_frozen(account_addr, metadata)
    }

    #[view]
    /// Whether the account can receive the coin. All accounts can receive the native coin. Aborts if the type is no
    /// coin.
    public fun is_account_registered<CoinType>(account_addr: address): bool {
        assert!(is_coin_initialized<CoinType>(), error::invalid_argument(ECOIN_INFO_NOT_PUBLISHED));
        if (
            native_coin::is_native<CoinType>()
                || exists<CoinStore<CoinType>>(account_addr)
                || prefers_fungible_asset()
        ) {
            return true
        };
        let metadata = paired_metadata<CoinType>();
        option::is_some(&metadata) && receives_fungible_asset(account_addr, option::destroy_some(metadata))
    }

    #[view]
    /// The name of the coin.
    public fun name<CoinType>(): String {
        CoinInfo<CoinType>[coin_address<CoinType>()].name
    }

    #[view]
    /// The short name of the coin.
    public fun symbol<CoinType>(): String {
        CoinInfo<CoinType>[coin_address<CoinType>()].symbol
    }

    #[view]
    /// Where the decimal point is put when amounts are shown.
    public fun decimals<CoinType>(): u8 {
        CoinInfo<CoinType>[coin_address<CoinType>()].decimals
    }

    #[view]
    /// How much there is, as coins and as their fungible asset; none if nobody counts it, as for ETH.
    public fun supply<CoinType>(): Option<u128> {
        let coins = coin_supply<CoinType>();
        let metadata = paired_metadata<CoinType>();
        if (option::is_none(&coins) || option::is_none(&metadata)) {
            return coins
        };
        let assets = fungible_asset::supply(option::destroy_some(metadata));
        option::some(option::destroy_some(coins) + option::destroy_with_default(assets, 0))
    }

    #[view]
    /// How much there is as coins; none if nobody counts it.
    public fun coin_supply<CoinType>(): Option<u128> {
        let supply = &CoinInfo<CoinType>[coin_address<CoinType>()].supply;
        if (option::is_some(supply)) {
            option::some(optional_aggregator::read(option::borrow(supply)))
        } else {
            option::none()
        }
    }

    /// How much the coin is.
    public fun value<CoinType>(coin: &Coin<CoinType>): u64 {
        coin.value
    }

    /// The account whose module declares the type.
    fun coin_address<CoinType>(): address {
        type_info::account_address(&type_info::type_of<CoinType>())
    }

    // Declaring coins

    /// Declares that `CoinType`, of a module of `account`, is a coin, and returns the rights to burn, freeze and mint
    /// it. With `monitor_supply` it is counted how much there is. Aborts if the account is another, the coin exists, or
    /// name, symbol or decimals are above 32.
    public fun initialize<CoinType>(
        account: &signer, name: String, symbol: String, decimals: u8, monitor_supply: bool
    ): (BurnCapability<CoinType>, FreezeCapability<CoinType>, MintCapability<CoinType>) {
        initialize_internal(account, name, symbol, decimals, monitor_supply, false)
    }

    /// The same, with the supply in an aggregator.
    public(package) fun initialize_with_parallelizable_supply<CoinType>(
        account: &signer, name: String, symbol: String, decimals: u8, monitor_supply: bool
    ): (BurnCapability<CoinType>, FreezeCapability<CoinType>, MintCapability<CoinType>) {
        initialize_internal(account, name, symbol, decimals, monitor_supply, true)
    }

    fun initialize_internal<CoinType>(
        account: &signer,
        name: String,
        symbol: String,
        decimals: u8,
        monitor_supply: bool,
        parallelizable: bool
    ): (BurnCapability<CoinType>, FreezeCapability<CoinType>, MintCapability<CoinType>) {
        let account_addr = signer::address_of(account);
        assert!(
            coin_address<CoinType>() == account_addr,
            error::invalid_argument(ECOIN_INFO_ADDRESS_MISMATCH)
        );
        assert!(
            !exists<CoinInfo<CoinType>>(account_addr), error::already_exists(ECOIN_INFO_ALREADY_PUBLISHED)
        );
        assert!(string::length(&name) <= MAX_COIN_NAME_LENGTH, error::invalid_argument(ECOIN_NAME_TOO_LONG));
        assert!(
            string::length(&symbol) <= MAX_COIN_SYMBOL_LENGTH, error::invalid_argument(ECOIN_SYMBOL_TOO_LONG)
        );
        assert!(decimals <= MAX_DECIMALS, error::invalid_argument(ECOIN_DECIMALS_TOO_LARGE));
        let supply = if (monitor_supply) {
            option::some(optional_aggregator::new(parallelizable))
        } else {
            option::none()
        };
        move_to(account, CoinInfo<CoinType> { name, symbol, decimals, supply });
        (BurnCapability {}, FreezeCapability {}, MintCapability {})
    }

    // Moving coins

    /// Lets the signer hold the coin. Does nothing if it can already.
    public fun register<CoinType>(account: &signer) {
        let account_addr = signer::address_of(account);
        if (is_account_registered<CoinType>(account_addr)) {
            return
        };
        account::register_coin<CoinType>(account_addr);
        move_to(
            account,
            CoinStore<CoinType> {
                coin: Coin { value: 0 },
                frozen: false,
                deposit_events: account::new_event_handle<DepositEvent>(account),
                withdraw_events: account::new_event_handle<WithdrawEvent>(account),
            }
        );
    }

    /// Moves `amount` from the signer to `to`.
    public entry fun transfer<CoinType>(from: &signer, to: address, amount: u64) {
        if (!native_coin::is_native<CoinType>()) {
            return deposit(to, withdraw<CoinType>(from, amount))
        };
        let from = signer::address_of(from);
        assert!(native_coin::transfer(from, to, amount), error::invalid_argument(EINSUFFICIENT_BALANCE));
        emit_withdrawal<CoinType>(from, amount);
        emit_deposit<CoinType>(to, amount);
    }

    /// Takes `amount` from the signer's coins and, if those do not suffice, from its fungible asset. Aborts with
    /// `EINSUFFICIENT_BALANCE` if the signer has less, and with `EFROZEN` if the coins are frozen.
    public fun withdraw<CoinType>(account: &signer, amount: u64): Coin<CoinType> {
        let account_addr = signer::address_of(account);
        if (native_coin::is_native<CoinType>()) {
            assert!(
                native_coin::withdraw(account_addr, amount), error::invalid_argument(EINSUFFICIENT_BALANCE)
            );
            emit_withdrawal<CoinType>(account_addr, amount);
            return Coin { value: amount }
        };
        let (coins, assets) = split<CoinType>(account_addr, amount);
        let coin = zero<CoinType>();
        if (coins > 0) {
            let store = &mut CoinStore<CoinType>[account_addr];
            assert!(!store.frozen, error::permission_denied(EFROZEN));
            emit_withdrawal<CoinType>(account_addr, coins);
            event::emit_event(&mut store.withdraw_events, WithdrawEvent { amount: coins });
            merge(&mut coin, extract(&mut store.coin, coins));
        };
        if (assets > 0) {
            let metadata = option::destroy_some(paired_metadata<CoinType>());
            assert_not_frozen(account_addr, metadata);
            let fa = primary_fungible_store::withdraw(account, metadata, assets);
            merge(&mut coin, fungible_asset_to_coin(fa));
        };
        coin
    }

    /// Gives the coin to the account. Aborts with `EFROZEN` if its coins are frozen, and with
    /// `ECOIN_STORE_NOT_PUBLISHED` if it is not registered.
    public fun deposit<CoinType>(account_addr: address, coin: Coin<CoinType>) {
        if (native_coin::is_native<CoinType>()) {
            let Coin { value } = coin;
            native_coin::deposit(account_addr, value);
            emit_deposit<CoinType>(account_addr, value);
        } else if (exists<CoinStore<CoinType>>(account_addr)) {
            let store = &mut CoinStore<CoinType>[account_addr];
            assert!(!store.frozen, error::permission_denied(EFROZEN));
            emit_deposit<CoinType>(account_addr, coin.value);
            event::emit_event(&mut store.deposit_events, DepositEvent { amount: coin.value });
            merge(&mut store.coin, coin);
        } else {
            assert!(
                is_account_registered<CoinType>(account_addr), error::not_found(ECOIN_STORE_NOT_PUBLISHED)
            );
            assert_not_frozen(account_addr, ensure_paired_metadata<CoinType>());
            primary_fungible_store::deposit(account_addr, coin_to_fungible_asset(coin));
        }
    }

    /// Whether coins were frozen or the asset that they are paired with, who handles coins is told of coins.
    fun assert_not_frozen(account_addr: address, metadata: Object<Metadata>) {
        assert!(
            !primary_fungible_store::is_frozen(account_addr, metadata), error::permission_denied(EFROZEN)
        );
    }

    /// The same for an account that signs.
    public fun deposit_with_signer<CoinType>(account: &signer, coin: Coin<CoinType>) {
        deposit(signer::address_of(account), coin);
    }

    /// The same without an event of the coin store, and even if the coins are frozen.
    public(package) fun force_deposit<CoinType>(account_addr: address, coin: Coin<CoinType>) {
        if (native_coin::is_native<CoinType>()) {
            let Coin { value } = coin;
            native_coin::deposit(account_addr, value);
        } else if (exists<CoinStore<CoinType>>(account_addr)) {
            merge(&mut CoinStore<CoinType>[account_addr].coin, coin);
        } else {
            assert!(
                is_account_registered<CoinType>(account_addr), error::not_found(ECOIN_STORE_NOT_PUBLISHED)
            );
            primary_fungible_store::force_deposit(account_addr, coin_to_fungible_asset(coin));
        }
    }

    /// How much of `amount` comes from the account's coins, and how much from its fungible asset.
    fun split<CoinType>(account_addr: address, amount: u64): (u64, u64) {
        let coins = coin_balance<CoinType>(account_addr);
        if (coins >= amount) {
            return (amount, 0)
        };
        let metadata = paired_metadata<CoinType>();
        assert!(
            option::is_some(&metadata)
                && primary_fungible_store::primary_store_exists(account_addr, *option::borrow(&metadata)),
            error::invalid_argument(EINSUFFICIENT_BALANCE)
        );
        (coins, amount - coins)
    }

    fun emit_withdrawal<CoinType>(account: address, amount: u64) {
        event::emit(CoinWithdraw { coin_type: type_info::type_name<CoinType>(), account, amount });
    }

    fun emit_deposit<CoinType>(account: address, amount: u64) {
        event::emit(CoinDeposit { coin_type: type_info::type_name<CoinType>(), account, amount });
    }

    /// No coins.
    public fun zero<CoinType>(): Coin<CoinType> {
        Coin { value: 0 }
    }

    /// Splits `amount` off. Aborts with `EINSUFFICIENT_BALANCE` if there is less.
    public fun extract<CoinType>(coin: &mut Coin<CoinType>, amount: u64): Coin<CoinType> {
        assert!(coin.value >= amount, error::invalid_argument(EINSUFFICIENT_BALANCE));
        coin.value -= amount;
        Coin { value: amount }
    }

    /// Takes everything, and leaves zero.
    public fun extract_all<CoinType>(coin: &mut Coin<CoinType>): Coin<CoinType> {
        let amount = coin.value;
        extract(coin, amount)
    }

    /// Adds one coin to another.
    public fun merge<CoinType>(dst_coin: &mut Coin<CoinType>, source_coin: Coin<CoinType>) {
        let Coin { value } = source_coin;
        dst_coin.value += value;
    }

    /// Drops a zero coin. Aborts with `EDESTRUCTION_OF_NONZERO_TOKEN` for any other.
    public fun destroy_zero<CoinType>(zero_coin: Coin<CoinType>) {
        let Coin { value } = zero_coin;
        assert!(value == 0, error::invalid_argument(EDESTRUCTION_OF_NONZERO_TOKEN));
    }

    // Minting, burning, freezing

    /// Creates `amount`.
    public fun mint<CoinType>(amount: u64, _cap: &MintCapability<CoinType>): Coin<CoinType> {
        mint_internal(amount)
    }

    fun mint_internal<CoinType>(amount: u64): Coin<CoinType> {
        if (amount == 0) {
            return zero()
        };
        if (native_coin::is_native<CoinType>()) {
            native_coin::mint(amount);
        } else {
            let supply = &mut CoinInfo<CoinType>[coin_address<CoinType>()].supply;
            if (option::is_some(supply)) {
                optional_aggregator::add(option::borrow_mut(supply), (amount as u128));
            };
        };
        Coin { value: amount }
    }

    /// Destroys the coin.
    public fun burn<CoinType>(coin: Coin<CoinType>, _cap: &BurnCapability<CoinType>) {
        burn_internal(coin);
    }

    fun burn_internal<CoinType>(coin: Coin<CoinType>): u64 {
        let Coin { value: amount } = coin;
        if (amount == 0) {
            return 0
        };
        if (native_coin::is_native<CoinType>()) {
            native_coin::burn(amount);
        } else {
            let supply = &mut CoinInfo<CoinType>[coin_address<CoinType>()].supply;
            if (option::is_some(supply)) {
                optional_aggregator::sub(option::borrow_mut(supply), (amount as u128));
            };
        };
        amount
    }

    /// Destroys `amount` of the account's coins and fungible asset, frozen or not, without an event of the coin store.
    public fun burn_from<CoinType>(
        account_addr: address, amount: u64, burn_cap: &BurnCapability<CoinType>
    ) {
        if (amount == 0) {
            return
        };
        if (native_coin::is_native<CoinType>()) {
            assert!(
                native_coin::burn_from(account_addr, amount), error::invalid_argument(EINSUFFICIENT_BALANCE)
            );
            return
        };
        let (coins, assets) = split<CoinType>(account_addr, amount);
        if (coins > 0) {
            burn(extract(&mut CoinStore<CoinType>[account_addr].coin, coins), burn_cap);
        };
        if (assets > 0) {
            let metadata = option::destroy_some(paired_metadata<CoinType>());
            let store_addr = primary_fungible_store::primary_store_address(account_addr, metadata);
            fungible_asset::burn_internal(fungible_asset::unchecked_withdraw(store_addr, assets));
        };
    }

    #[legacy_entry_fun]
    /// Freezes the account's coins: they can be neither spent nor added to. Without a `CoinStore`, its primary
    /// fungible store is frozen.
    public entry fun freeze_coin_store<CoinType>(
        account_addr: address, _freeze_cap: &FreezeCapability<CoinType>
    ) {
        set_frozen<CoinType>(account_addr, true);
    }

    #[legacy_entry_fun]
    /// Ends that.
    public entry fun unfreeze_coin_store<CoinType>(
        account_addr: address, _freeze_cap: &FreezeCapability<CoinType>
    ) {
        set_frozen<CoinType>(account_addr, false);
    }

    fun set_frozen<CoinType>(account_addr: address, frozen: bool) {
        assert!(!native_coin::is_native<CoinType>(), error::unavailable(ENATIVE_COIN_NOT_FREEZABLE));
        if (exists<CoinStore<CoinType>>(account_addr)) {
            CoinStore<CoinType>[account_addr].frozen = frozen;
        } else {
            assert!(prefers_fungible_asset(), error::not_found(ECOIN_STORE_NOT_PUBLISHED));
            let metadata = ensure_paired_metadata<CoinType>();
            let store = primary_fungible_store::ensure_primary_store_exists(account_addr, metadata);
            fungible_asset::set_frozen_flag_internal(store, frozen);
        }
    }

    /// Gives the right up.
    public fun destroy_freeze_cap<CoinType>(freeze_cap: FreezeCapability<CoinType>) {
        let FreezeCapability {} = freeze_cap;
    }

    /// Gives the right up.
    public fun destroy_mint_cap<CoinType>(mint_cap: MintCapability<CoinType>) {
        let MintCapability {} = mint_cap;
    }

    /// Gives the right up.
    public fun destroy_burn_cap<CoinType>(burn_cap: BurnCapability<CoinType>) {
        let BurnCapability {} = burn_cap;
    }

    #[test_only]
    use aptos_framework::native_coin::NativeCoin;

    #[test(from = @0xcafe)]
    fun events_name_coin_account_and_amount(from: &signer) {
        native_coin::set_balance(@0xcafe, 9);
        transfer<NativeCoin>(from, @0xbeef, 5);
        let coin_type = string::utf8(b"0x1::native_coin::NativeCoin");
        assert!(event::was_event_emitted(&CoinWithdraw { coin_type, account: @0xcafe, amount: 5 }));
        assert!(event::was_event_emitted(&CoinDeposit { coin_type, account: @0xbeef, amount: 5 }));
    }
}
