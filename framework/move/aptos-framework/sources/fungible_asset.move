/// Fungible assets: a metadata object names an asset, stores (objects too) hold amounts of it, and a
/// `FungibleAsset` is an amount on its way from one store to another. Who creates the metadata object can keep
/// refs to mint, to burn, and to move or freeze what others hold.
///
/// The asset of the metadata object at `0xa` is ETH: its stores show the balance that `native_coin` keeps, of the
/// owner for a primary store and of the store object itself for any other. In the same way the stores of an ERC-20's
/// asset show what the contract keeps, see `faces`; and an asset that is kept here can have a face in the EVM, which
/// announces each movement as a log.
module aptos_framework::fungible_asset {
    use std::error;
    use std::features;
    use std::option::{Self, Option};
    use std::signer;
    use std::string::{Self, String};
    use aptos_framework::aggregator_v2::{Self, Aggregator};
    use aptos_framework::create_signer;
    use aptos_framework::erc20;
    use aptos_framework::event;
    use aptos_framework::function_info::{Self, FunctionInfo};
    use aptos_framework::native_coin;
    use aptos_framework::object::{Self, Object, ConstructorRef, DeleteRef, ExtendRef};

    /// The transfer ref is for another asset than the amount
    const ETRANSFER_REF_AND_FUNGIBLE_ASSET_MISMATCH: u64 = 2;
    /// The store is frozen: its asset can be neither sent nor received
    const ESTORE_IS_FROZEN: u64 = 3;
    /// Not enough of the fungible asset
    const EINSUFFICIENT_BALANCE: u64 = 4;
    /// More would exist than the maximum supply allows
    const EMAX_SUPPLY_EXCEEDED: u64 = 5;
    /// The two amounts are of different assets
    const EFUNGIBLE_ASSET_MISMATCH: u64 = 6;
    /// The account does not own the store
    const ENOT_STORE_OWNER: u64 = 8;
    /// The transfer ref is for another asset than the store
    const ETRANSFER_REF_AND_STORE_MISMATCH: u64 = 9;
    /// The burn ref is for another asset than the store
    const EBURN_REF_AND_STORE_MISMATCH: u64 = 10;
    /// The store holds another asset than the amount is of
    const EFUNGIBLE_ASSET_AND_STORE_MISMATCH: u64 = 11;
    /// Only a zero amount can be dropped
    const EAMOUNT_IS_NOT_ZERO: u64 = 12;
    /// The burn ref is for another asset than the amount
    const EBURN_REF_AND_FUNGIBLE_ASSET_MISMATCH: u64 = 13;
    /// Only an empty store can be removed
    const EBALANCE_IS_NOT_ZERO: u64 = 14;
    /// The name of the asset has more than 32 bytes
    const ENAME_TOO_LONG: u64 = 15;
    /// The symbol of the asset has more than 32 bytes
    const ESYMBOL_TOO_LONG: u64 = 16;
    /// The asset has more than 32 decimals
    const EDECIMALS_TOO_LARGE: u64 = 17;
    /// The object can be deleted, so it cannot stand for an asset
    const EOBJECT_IS_DELETABLE: u64 = 18;
    /// A URI of the asset has more than 512 bytes
    const EURI_TOO_LONG: u64 = 19;
    /// More is burnt than exists; this cannot happen
    const ESUPPLY_UNDERFLOW: u64 = 20;
    /// The supply of the asset is not counted here
    const ESUPPLY_NOT_FOUND: u64 = 21;
    /// There is no fungible store at the address
    const EFUNGIBLE_STORE_EXISTENCE: u64 = 23;
    /// The function for withdrawals does not have the signature that it must have
    const EWITHDRAW_FUNCTION_SIGNATURE_MISMATCH: u64 = 25;
    /// The function for deposits does not have the signature that it must have
    const EDEPOSIT_FUNCTION_SIGNATURE_MISMATCH: u64 = 26;
    /// The function for balances does not have the signature that it must have
    const EDERIVED_BALANCE_FUNCTION_SIGNATURE_MISMATCH: u64 = 27;
    /// The asset has functions of its own: move it by dispatchable_fungible_asset
    const EINVALID_DISPATCHABLE_OPERATIONS: u64 = 28;
    /// The functions of the asset have been registered before
    const EALREADY_REGISTERED: u64 = 29;
    /// The object is no metadata of an asset
    const EFUNGIBLE_METADATA_EXISTENCE: u64 = 30;
    /// The native coin cannot have functions of its own
    const EAPT_NOT_DISPATCHABLE: u64 = 31;
    /// The function for the supply does not have the signature that it must have
    const EDERIVED_SUPPLY_FUNCTION_SIGNATURE_MISMATCH: u64 = 33;
    /// The balance ref is for another asset than the store
    const ERAW_BALANCE_REF_AND_FUNGIBLE_ASSET_MISMATCH: u64 = 34;
    /// The supply ref is for another asset
    const ERAW_SUPPLY_REF_AND_FUNGIBLE_ASSET_MISMATCH: u64 = 35;
    /// The asset has a face in the EVM
    const EHAS_FACE: u64 = 100;

    const MAX_NAME_LENGTH: u64 = 32;
    const MAX_SYMBOL_LENGTH: u64 = 32;
    const MAX_DECIMALS: u8 = 32;
    const MAX_URI_LENGTH: u64 = 512;
    const MAX_U64: u256 = 18446744073709551615;
    const MAX_U128: u128 = 340282366920938463463374607431768211455;

    #[resource_group_member(group = aptos_framework::object::ObjectGroup)]
    /// How much of the asset there is, as a plain number. Declared so that programs that name the type compile; no
    /// asset has it, they all have `ConcurrentSupply`.
    struct Supply has key {
        current: u128,
        maximum: Option<u128>,
    }

    #[resource_group_member(group = aptos_framework::object::ObjectGroup)]
    /// How much of the asset there is. No maximum means as much as the type can hold.
    struct ConcurrentSupply has key {
        current: Aggregator<u128>,
    }

    #[resource_group_member(group = aptos_framework::object::ObjectGroup)]
    /// What an asset is called, and how its amounts are shown: `decimals` 2 means that 505 is 5.05.
    struct Metadata has key, copy, drop {
        name: String,
        symbol: String,
        decimals: u8,
        icon_uri: String,
        project_uri: String,
    }

    #[resource_group_member(group = aptos_framework::object::ObjectGroup)]
    /// On a metadata object: stores of the asset cannot change their owner.
    struct Untransferable has key {}

    #[resource_group_member(group = aptos_framework::object::ObjectGroup)]
    /// Holds an amount of one asset. `balance` is zero where `ConcurrentFungibleBalance` or the ledger of ETH has it.
    struct FungibleStore has key {
        metadata: Object<Metadata>,
        balance: u64,
        frozen: bool,
    }

    #[resource_group_member(group = aptos_framework::object::ObjectGroup)]
    /// On a primary store of ETH, or of an ERC-20's asset: whose balance it shows.
    struct NativeStore has key {
        account: address,
    }

    #[resource_group_member(group = aptos_framework::object::ObjectGroup)]
    /// On a metadata object: the ERC-20 contract that is the same asset.
    struct Face has key, copy, drop {
        /// The contract's account.
        contract: address,
        /// Whether the contract keeps the balances, which stores show. Otherwise stores keep them, which the contract
        /// shows.
        keeps: bool,
        /// How many of the contract's units are one of the asset's.
        unit: u256,
    }

    #[resource_group_member(group = aptos_framework::object::ObjectGroup)]
    /// On a metadata object: functions that run in place of a plain withdrawal, deposit or look at the balance.
    struct DispatchFunctionStore has key {
        withdraw_function: Option<FunctionInfo>,
        deposit_function: Option<FunctionInfo>,
        derived_balance_function: Option<FunctionInfo>,
    }

    #[resource_group_member(group = aptos_framework::object::ObjectGroup)]
    /// On a metadata object: the function that says what the supply is.
    struct DeriveSupplyDispatch has key {
        dispatch_function: Option<FunctionInfo>,
    }

    #[resource_group_member(group = aptos_framework::object::ObjectGroup)]
    /// The balance of a store as an aggregator.
    struct ConcurrentFungibleBalance has key {
        balance: Aggregator<u64>,
    }

    /// An amount of an asset that is in no store. It cannot be kept, only deposited, burnt or split.
    struct FungibleAsset {
        metadata: Object<Metadata>,
        amount: u64,
    }

    /// Lets its holder mint.
    struct MintRef has drop, store {
        metadata: Object<Metadata>,
    }

    /// Lets its holder freeze stores, and move assets between any stores, frozen or not.
    struct TransferRef has drop, store {
        metadata: Object<Metadata>,
    }

    /// Shows the balance of stores whose asset derives it by a function.
    struct RawBalanceRef has drop, store {
        metadata: Object<Metadata>,
    }

    /// Shows the supply of an asset that derives it by a function.
    struct RawSupplyRef has drop, store {
        metadata: Object<Metadata>,
    }

    /// Lets its holder burn, from any store.
    struct BurnRef has drop, store {
        metadata: Object<Metadata>,
    }

    /// Lets its holder change the metadata.
    struct MutateMetadataRef has drop, store {
        metadata: Object<Metadata>,
    }

    #[event]
    /// An amount arrived in a store.
    struct Deposit has drop, store {
        store: address,
        amount: u64,
    }

    #[event]
    /// An amount left a store.
    struct Withdraw has drop, store {
        store: address,
        amount: u64,
    }

    #[event]
    /// A store was frozen, or is no longer.
    struct Frozen has drop, store {
        store: address,
        frozen: bool,
    }

    // Metadata and refs

    /// Makes the object that is being created the metadata of a new asset. Without `maximum_supply`, up to 2^128 - 1
    /// can exist. Aborts if the object can be deleted, or a text or the decimals are too long.
    public fun add_fungibility(
        constructor_ref: &ConstructorRef,
        maximum_supply: Option<u128>,
        name: String,
        symbol: String,
        decimals: u8,
        icon_uri: String,
        project_uri: String
    ): Object<Metadata> {
        assert!(!object::can_generate_delete_ref(constructor_ref), error::invalid_argument(EOBJECT_IS_DELETABLE));
        let metadata = Metadata { name, symbol, decimals, icon_uri, project_uri };
        let metadata_signer = &add_metadata(constructor_ref, metadata);
        // The chain does not count how much ETH it holds.
        if (!is_native_address(signer::address_of(metadata_signer))) {
            let current = if (option::is_some(&maximum_supply)) {
                aggregator_v2::create_aggregator(option::destroy_some(maximum_supply))
            } else {
                aggregator_v2::create_unbounded_aggregator()
            };
            move_to(metadata_signer, ConcurrentSupply { current });
        };
        object::object_from_constructor_ref<Metadata>(constructor_ref)
    }

    /// Makes the object that is being created the metadata of the asset whose balances an ERC-20 contract keeps, in
    /// units of which `unit` are one of the asset's.
    public(package) fun add_fungibility_of_erc20(
        constructor_ref: &ConstructorRef, name: String, symbol: String, decimals: u8, contract: address, unit: u256
    ) {
        let empty = string::utf8(b"");
        let metadata = Metadata { name, symbol, decimals, icon_uri: empty, project_uri: empty };
        move_to(&add_metadata(constructor_ref, metadata), Face { contract, keeps: true, unit });
    }

    fun add_metadata(constructor_ref: &ConstructorRef, metadata: Metadata): signer {
        assert_well_formed(&metadata);
        let metadata_signer = object::generate_signer(constructor_ref);
        move_to(&metadata_signer, metadata);
        metadata_signer
    }

    fun assert_well_formed(metadata: &Metadata) {
        assert!(string::length(&metadata.name) <= MAX_NAME_LENGTH, error::out_of_range(ENAME_TOO_LONG));
        assert!(string::length(&metadata.symbol) <= MAX_SYMBOL_LENGTH, error::out_of_range(ESYMBOL_TOO_LONG));
        assert!(metadata.decimals <= MAX_DECIMALS, error::out_of_range(EDECIMALS_TOO_LARGE));
        assert!(string::length(&metadata.icon_uri) <= MAX_URI_LENGTH, error::out_of_range(EURI_TOO_LONG));
        assert!(string::length(&metadata.project_uri) <= MAX_URI_LENGTH, error::out_of_range(EURI_TOO_LONG));
    }

    /// Makes all stores of the asset, which must not be transferred as objects, untransferable from now on.
    public fun set_untransferable(constructor_ref: &ConstructorRef) {
        let metadata_addr = object::address_from_constructor_ref(constructor_ref);
        assert!(exists<Metadata>(metadata_addr), error::not_found(EFUNGIBLE_METADATA_EXISTENCE));
        move_to(&object::generate_signer(constructor_ref), Untransferable {});
    }

    #[view]
    /// Whether stores of the asset cannot be transferred.
    public fun is_untransferable<T: key>(metadata: Object<T>): bool {
        exists<Untransferable>(object::object_address(&metadata))
    }

    /// Sets the functions that run in place of plain withdrawals, deposits and looks at the balance. Aborts unless
    /// each has the signature that `dispatchable_fungible_asset` calls it with.
    public(package) fun register_dispatch_functions(
        constructor_ref: &ConstructorRef,
        withdraw_function: Option<FunctionInfo>,
        deposit_function: Option<FunctionInfo>,
        derived_balance_function: Option<FunctionInfo>
    ) {
        assert!(
            is_dispatchable_as(&withdraw_function, b"dispatchable_withdraw"),
            error::invalid_argument(EWITHDRAW_FUNCTION_SIGNATURE_MISMATCH)
        );
        assert!(
            is_dispatchable_as(&deposit_function, b"dispatchable_deposit"),
            error::invalid_argument(EDEPOSIT_FUNCTION_SIGNATURE_MISMATCH)
        );
        assert!(
            is_dispatchable_as(&derived_balance_function, b"dispatchable_derived_balance"),
            error::invalid_argument(EDERIVED_BALANCE_FUNCTION_SIGNATURE_MISMATCH)
        );
        let metadata_addr = assert_can_dispatch(constructor_ref);
        assert!(!exists<DispatchFunctionStore>(metadata_addr), error::already_exists(EALREADY_REGISTERED));
        move_to(
            &object::generate_signer(constructor_ref),
            DispatchFunctionStore { withdraw_function, deposit_function, derived_balance_function }
        );
    }

    /// Sets the function that says what the supply of the asset is.
    public(package) fun register_derive_supply_dispatch_function(
        constructor_ref: &ConstructorRef, dispatch_function: Option<FunctionInfo>
    ) {
        assert!(
            is_dispatchable_as(&dispatch_function, b"dispatchable_derived_supply"),
            error::invalid_argument(EDERIVED_SUPPLY_FUNCTION_SIGNATURE_MISMATCH)
        );
        let metadata_addr = assert_can_dispatch(constructor_ref);
        assert!(!exists<DeriveSupplyDispatch>(metadata_addr), error::already_exists(EALREADY_REGISTERED));
        move_to(&object::generate_signer(constructor_ref), DeriveSupplyDispatch { dispatch_function });
    }

    /// Whether the VM can call the function, if there is one, where the framework calls `entry_point`.
    fun is_dispatchable_as(function: &Option<FunctionInfo>, entry_point: vector<u8>): bool {
        if (option::is_none(function)) {
            return true
        };
        let entry_point = function_info::new_function_info_from_address(
            @aptos_framework, string::utf8(b"dispatchable_fungible_asset"), string::utf8(entry_point)
        );
        function_info::check_dispatch_type_compatibility(&entry_point, option::borrow(function))
    }

    fun assert_can_dispatch(constructor_ref: &ConstructorRef): address {
        let metadata_addr = object::address_from_constructor_ref(constructor_ref);
        assert!(!is_native_address(metadata_addr), error::permission_denied(EAPT_NOT_DISPATCHABLE));
        assert!(
            !object::can_generate_delete_ref(constructor_ref), error::invalid_argument(EOBJECT_IS_DELETABLE)
        );
        assert!(exists<Metadata>(metadata_addr), error::not_found(EFUNGIBLE_METADATA_EXISTENCE));
        metadata_addr
    }

    /// The right to mint the asset that is being created.
    public fun generate_mint_ref(constructor_ref: &ConstructorRef): MintRef {
        MintRef { metadata: object::object_from_constructor_ref(constructor_ref) }
    }

    /// The right to burn the asset that is being created.
    public fun generate_burn_ref(constructor_ref: &ConstructorRef): BurnRef {
        BurnRef { metadata: object::object_from_constructor_ref(constructor_ref) }
    }

    /// The right to freeze and move the asset that is being created.
    public fun generate_transfer_ref(constructor_ref: &ConstructorRef): TransferRef {
        TransferRef { metadata: object::object_from_constructor_ref(constructor_ref) }
    }

    /// The right to see balances of the asset that is being created, whatever its functions make of them.
    public fun generate_raw_balance_ref(constructor_ref: &ConstructorRef): RawBalanceRef {
        RawBalanceRef { metadata: object::object_from_constructor_ref(constructor_ref) }
    }

    /// The right to see the supply of the asset that is being created, whatever its function makes of it.
    public fun generate_raw_supply_ref(constructor_ref: &ConstructorRef): RawSupplyRef {
        RawSupplyRef { metadata: object::object_from_constructor_ref(constructor_ref) }
    }

    /// The right to change the metadata that is being created.
    public fun generate_mutate_metadata_ref(constructor_ref: &ConstructorRef): MutateMetadataRef {
        MutateMetadataRef { metadata: object::object_from_constructor_ref(constructor_ref) }
    }

    /// The metadata object that the ref is for.
    public fun mint_ref_metadata(ref: &MintRef): Object<Metadata> {
        ref.metadata
    }

    /// The metadata object that the ref is for.
    public fun transfer_ref_metadata(ref: &TransferRef): Object<Metadata> {
        ref.metadata
    }

    /// The metadata object that the ref is for.
    public fun burn_ref_metadata(ref: &BurnRef): Object<Metadata> {
        ref.metadata
    }

    /// The metadata object that the ref is for.
    public fun object_from_metadata_ref(ref: &MutateMetadataRef): Object<Metadata> {
        ref.metadata
    }

    /// Changes the parts of the metadata that are given.
    public fun mutate_metadata(
        metadata_ref: &MutateMetadataRef,
        name: Option<String>,
        symbol: Option<String>,
        decimals: Option<u8>,
        icon_uri: Option<String>,
        project_uri: Option<String>
    ) {
        let metadata = &mut Metadata[object::object_address(&metadata_ref.metadata)];
        replace(&mut metadata.name, name);
        replace(&mut metadata.symbol, symbol);
        replace(&mut metadata.decimals, decimals);
        replace(&mut metadata.icon_uri, icon_uri);
        replace(&mut metadata.project_uri, project_uri);
        assert_well_formed(metadata);
    }

    fun replace<T: copy + drop>(place: &mut T, value: Option<T>) {
        if (option::is_some(&value)) {
            *place = *option::borrow(&value);
        };
    }

    // Looking at assets

    #[view]
    /// How much of the asset there is; none if nobody counts it, as for ETH.
    public fun supply<T: key>(metadata: Object<T>): Option<u128> {
        supply_at(object::object_address(&metadata))
    }

    /// The supply, whatever the asset's function makes of it.
    public fun supply_with_ref<T: key>(ref: &RawSupplyRef, metadata: Object<T>): Option<u128> {
        let metadata_addr = object::object_address(&metadata);
        assert!(
            object::object_address(&ref.metadata) == metadata_addr,
            error::invalid_argument(ERAW_SUPPLY_REF_AND_FUNGIBLE_ASSET_MISMATCH)
        );
        supply_at(metadata_addr)
    }

    fun supply_at(metadata_addr: address): Option<u128> {
        if (exists<ConcurrentSupply>(metadata_addr)) {
            option::some(aggregator_v2::read(&ConcurrentSupply[metadata_addr].current))
        } else if (is_kept_by_erc20(metadata_addr)) {
            let face = Face[metadata_addr];
            let supply = erc20::supply(face.contract) / face.unit;
            option::some(if (supply > (MAX_U128 as u256)) MAX_U128 else (supply as u128))
        } else {
            option::none()
        }
    }

    #[view]
    /// How much of the asset there can be; none if its type is the only limit.
    public fun maximum<T: key>(metadata: Object<T>): Option<u128> {
        let metadata_addr = object::object_address(&metadata);
        let maximum = if (exists<ConcurrentSupply>(metadata_addr)) {
            option::some(aggregator_v2::max_value(&ConcurrentSupply[metadata_addr].current))
        } else {
            option::none()
        };
        if (maximum == option::some(MAX_U128)) option::none() else maximum
    }

    #[view]
    /// The name of the asset.
    public fun name<T: key>(metadata: Object<T>): String {
        Metadata[object::object_address(&metadata)].name
    }

    #[view]
    /// The short name of the asset.
    public fun symbol<T: key>(metadata: Object<T>): String {
        Metadata[object::object_address(&metadata)].symbol
    }

    #[view]
    /// Where the decimal point is put when amounts are shown.
    public fun decimals<T: key>(metadata: Object<T>): u8 {
        Metadata[object::object_address(&metadata)].decimals
    }

    #[view]
    /// Where the picture of the asset is.
    public fun icon_uri<T: key>(metadata: Object<T>): String {
        Metadata[object::object_address(&metadata)].icon_uri
    }

    #[view]
    /// Where the site of the asset is.
    public fun project_uri<T: key>(metadata: Object<T>): String {
        Metadata[object::object_address(&metadata)].project_uri
    }

    #[view]
    /// All the metadata.
    public fun metadata<T: key>(metadata: Object<T>): Metadata {
        Metadata[object::object_address(&metadata)]
    }

    #[view]
    /// Whether there is a store at the address.
    public fun store_exists(store: address): bool {
        exists<FungibleStore>(store)
    }

    /// The asset that `fa` is an amount of.
    public fun metadata_from_asset(fa: &FungibleAsset): Object<Metadata> {
        fa.metadata
    }

    /// The asset that `fa` is an amount of.
    public fun asset_metadata(fa: &FungibleAsset): Object<Metadata> {
        fa.metadata
    }

    #[view]
    /// The asset that the store holds. Aborts if there is no store.
    public fun store_metadata<T: key>(store: Object<T>): Object<Metadata> {
        metadata_of_store(object::object_address(&store))
    }

    fun metadata_of_store(store_addr: address): Object<Metadata> {
        assert!(exists<FungibleStore>(store_addr), error::not_found(EFUNGIBLE_STORE_EXISTENCE));
        FungibleStore[store_addr].metadata
    }

    /// How much `fa` is.
    public fun amount(fa: &FungibleAsset): u64 {
        fa.amount
    }

    #[view]
    /// How much the store holds; zero if there is no store.
    public fun balance<T: key>(store: Object<T>): u64 {
        balance_at(object::object_address(&store))
    }

    /// How much the store holds, whatever the asset's function makes of it.
    public fun balance_with_ref<T: key>(ref: &RawBalanceRef, store: Object<T>): u64 {
        assert!(
            ref.metadata == store_metadata(store),
            error::invalid_argument(ERAW_BALANCE_REF_AND_FUNGIBLE_ASSET_MISMATCH)
        );
        balance(store)
    }

    fun balance_at(store_addr: address): u64 {
        if (!exists<FungibleStore>(store_addr)) {
            return 0
        };
        let store = &FungibleStore[store_addr];
        if (is_native(store.metadata)) {
            native_coin::balance(native_account(store_addr))
        } else if (store.balance != 0) {
            store.balance
        } else if (exists<ConcurrentFungibleBalance>(store_addr)) {
            aggregator_v2::read(&ConcurrentFungibleBalance[store_addr].balance)
        } else {
            let metadata_addr = object::object_address(&store.metadata);
            if (is_kept_by_erc20(metadata_addr)) erc20_balance(native_account(store_addr), metadata_addr) else 0
        }
    }

    #[view]
    /// Whether the store holds `amount` or more.
    public fun is_balance_at_least<T: key>(store: Object<T>, amount: u64): bool {
        is_address_balance_at_least(object::object_address(&store), amount)
    }

    /// Whether the store at the address holds `amount` or more.
    public(package) fun is_address_balance_at_least(store_addr: address, amount: u64): bool {
        if (exists<ConcurrentFungibleBalance>(store_addr)) {
            aggregator_v2::is_at_least(&ConcurrentFungibleBalance[store_addr].balance, amount)
        } else {
            balance_at(store_addr) >= amount
        }
    }

    #[view]
    /// Whether the store is frozen. What does not exist is not frozen, so that it can be created by a deposit.
    public fun is_frozen<T: key>(store: Object<T>): bool {
        let store_addr = object::object_address(&store);
        exists<FungibleStore>(store_addr) && FungibleStore[store_addr].frozen
    }

    #[view]
    /// Whether functions run in place of plain withdrawals and deposits of the store.
    public fun is_store_dispatchable<T: key>(store: Object<T>): bool {
        is_asset_type_dispatchable(store_metadata(store))
    }

    #[view]
    /// Whether functions run in place of plain withdrawals and deposits of the asset.
    public fun is_asset_type_dispatchable<T: key>(metadata: Object<T>): bool {
        exists<DispatchFunctionStore>(object::object_address(&metadata))
    }

    /// The function that deposits into the store, if not the framework does.
    public fun deposit_dispatch_function<T: key>(store: Object<T>): Option<FunctionInfo> {
        let metadata_addr = object::object_address(&store_metadata(store));
        if (exists<DispatchFunctionStore>(metadata_addr)) {
            DispatchFunctionStore[metadata_addr].deposit_function
        } else {
            option::none()
        }
    }

    /// The function that withdraws from the store, if not the framework does.
    public fun withdraw_dispatch_function<T: key>(store: Object<T>): Option<FunctionInfo> {
        let metadata_addr = object::object_address(&store_metadata(store));
        if (exists<DispatchFunctionStore>(metadata_addr)) {
            DispatchFunctionStore[metadata_addr].withdraw_function
        } else {
            option::none()
        }
    }

    /// The function that says what the store holds, if not the framework does.
    public(package) fun derived_balance_dispatch_function<T: key>(store: Object<T>): Option<FunctionInfo> {
        let metadata_addr = object::object_address(&store_metadata(store));
        if (exists<DispatchFunctionStore>(metadata_addr)) {
            DispatchFunctionStore[metadata_addr].derived_balance_function
        } else {
            option::none()
        }
    }

    /// The function that says what the supply is, if not the framework does.
    public(package) fun derived_supply_dispatch_function<T: key>(metadata: Object<T>): Option<FunctionInfo> {
        let metadata_addr = object::object_address(&metadata);
        if (exists<DeriveSupplyDispatch>(metadata_addr)) {
            DeriveSupplyDispatch[metadata_addr].dispatch_function
        } else {
            option::none()
        }
    }

    // Stores

    /// Makes the object that is being created a store of the asset.
    public fun create_store<T: key>(
        constructor_ref: &ConstructorRef, metadata: Object<T>
    ): Object<FungibleStore> {
        let store_signer = &object::generate_signer(constructor_ref);
        move_to(store_signer, FungibleStore { metadata: object::convert(metadata), balance: 0, frozen: false });
        if (
            features::default_to_concurrent_fungible_balance_enabled()
                && !is_kept_elsewhere(object::object_address(&metadata))
        ) {
            move_to(store_signer, ConcurrentFungibleBalance { balance: aggregator_v2::create_unbounded_aggregator() });
        };
        if (is_untransferable(metadata)) {
            object::set_untransferable(constructor_ref);
        };
        object::object_from_constructor_ref(constructor_ref)
    }

    /// Makes the object that is being created the primary store of `owner`; the object cannot change its owner.
    public(package) fun create_primary_store<T: key>(
        constructor_ref: &ConstructorRef, owner: address, metadata: Object<T>
    ): Object<FungibleStore> {
        let store = create_store(constructor_ref, metadata);
        if (is_kept_elsewhere(object::object_address(&metadata))) {
            move_to(&object::generate_signer(constructor_ref), NativeStore { account: owner });
        };
        store
    }

    /// Removes an empty store from its object. Aborts with `EBALANCE_IS_NOT_ZERO` if it is not empty.
    public fun remove_store(delete_ref: &DeleteRef) {
        let store_addr = object::address_from_delete_ref(delete_ref);
        assert!(exists<FungibleStore>(store_addr), error::not_found(EFUNGIBLE_STORE_EXISTENCE));
        assert!(balance_at(store_addr) == 0, error::permission_denied(EBALANCE_IS_NOT_ZERO));
        let FungibleStore { metadata: _, balance: _, frozen: _ } = move_from<FungibleStore>(store_addr);
        if (exists<ConcurrentFungibleBalance>(store_addr)) {
            let ConcurrentFungibleBalance { balance: _ } = move_from<ConcurrentFungibleBalance>(store_addr);
        };
        if (exists<NativeStore>(store_addr)) {
            let NativeStore { account: _ } = move_from<NativeStore>(store_addr);
        };
    }

    /// Turns the supply into an aggregator. All are from the beginning, so that it always aborts with
    /// `ESUPPLY_NOT_FOUND`.
    public fun upgrade_to_concurrent(_ref: &ExtendRef) {
        abort error::not_found(ESUPPLY_NOT_FOUND)
    }

    /// Turns the balance of a store, which the signer owns, into an aggregator. What another ledger keeps is left alone.
    public entry fun upgrade_store_to_concurrent<T: key>(owner: &signer, store: Object<T>) {
        assert!(
            object::owns(store, signer::address_of(owner)), error::permission_denied(ENOT_STORE_OWNER)
        );
        assert!(!is_frozen(store), error::invalid_argument(ESTORE_IS_FROZEN));
        let store_addr = object::object_address(&store);
        let metadata_addr = object::object_address(&metadata_of_store(store_addr));
        if (is_kept_elsewhere(metadata_addr) || exists<ConcurrentFungibleBalance>(store_addr)) {
            return
        };
        let store = &mut FungibleStore[store_addr];
        let balance = aggregator_v2::create_unbounded_aggregator_with_value(store.balance);
        store.balance = 0;
        move_to(&create_signer::create_signer(store_addr), ConcurrentFungibleBalance { balance });
    }

    // Moving assets

    /// Moves `amount` between stores of an asset without functions of its own; the signer owns `from`.
    public entry fun transfer<T: key>(sender: &signer, from: Object<T>, to: Object<T>, amount: u64) {
        if (has_face(from)) {
            withdraw_sanity_check(sender, from, true);
            deposit_sanity_check(to, true);
            unchecked_transfer(object::object_address(&from), object::object_address(&to), amount);
        } else {
            let fa = withdraw(sender, from, amount);
            deposit(to, fa);
        };
    }

    /// Takes `amount` out of a store that the signer owns. Aborts if the store is frozen, or holds less, or the asset
    /// has a function for withdrawals.
    public fun withdraw<T: key>(owner: &signer, store: Object<T>, amount: u64): FungibleAsset {
        withdraw_sanity_check(owner, store, true);
        unchecked_withdraw(object::object_address(&store), amount)
    }

    /// Aborts unless the signer may withdraw from the store now.
    public(package) fun withdraw_sanity_check<T: key>(
        owner: &signer, store: Object<T>, abort_on_dispatch: bool
    ) {
        assert!(
            object::owns(store, signer::address_of(owner)), error::permission_denied(ENOT_STORE_OWNER)
        );
        assert!(
            !abort_on_dispatch || option::is_none(&withdraw_dispatch_function(store)),
            error::invalid_argument(EINVALID_DISPATCHABLE_OPERATIONS)
        );
        assert!(!is_frozen(store), error::permission_denied(ESTORE_IS_FROZEN));
    }

    /// Aborts unless the store can receive assets now.
    public fun deposit_sanity_check<T: key>(store: Object<T>, abort_on_dispatch: bool) {
        assert!(
            !abort_on_dispatch || option::is_none(&deposit_dispatch_function(store)),
            error::invalid_argument(EINVALID_DISPATCHABLE_OPERATIONS)
        );
        assert!(!is_frozen(store), error::permission_denied(ESTORE_IS_FROZEN));
    }

    /// Puts `fa` into the store. Aborts if the store is frozen or of another asset, or the asset has a function for
    /// deposits.
    public fun deposit<T: key>(store: Object<T>, fa: FungibleAsset) {
        deposit_sanity_check(store, true);
        unchecked_deposit(object::object_address(&store), fa);
    }

    /// Creates `amount` of the asset. Aborts with `EMAX_SUPPLY_EXCEEDED` above the maximum.
    public fun mint(ref: &MintRef, amount: u64): FungibleAsset {
        mint_internal(ref.metadata, amount)
    }

    /// The same without a ref, for coins that become fungible assets.
    public(package) fun mint_internal(metadata: Object<Metadata>, amount: u64): FungibleAsset {
        increase_supply(metadata, amount);
        let metadata_addr = object::object_address(&metadata);
        if (amount != 0 && exists<Face>(metadata_addr)) {
            let contract = Face[metadata_addr].contract;
            erc20::log_mint(contract, contract, amount);
        };
        FungibleAsset { metadata, amount }
    }

    /// Creates `amount` in the store.
    public fun mint_to<T: key>(ref: &MintRef, store: Object<T>, amount: u64) {
        deposit_sanity_check(store, false);
        let store_addr = object::object_address(&store);
        let metadata_addr = object::object_address(&ref.metadata);
        if (amount == 0 || !exists<Face>(metadata_addr)) {
            increase_supply(ref.metadata, amount);
            unchecked_deposit(store_addr, FungibleAsset { metadata: ref.metadata, amount });
        } else {
            assert_store_of(store_addr, ref.metadata);
            increase_supply(ref.metadata, amount);
            put(store_addr, amount);
            erc20::log_mint(Face[metadata_addr].contract, holder(store_addr, metadata_addr), amount);
        }
    }

    /// Freezes the store, or ends that. Nothing but a `TransferRef` moves assets in or out of a frozen store.
    public fun set_frozen_flag<T: key>(ref: &TransferRef, store: Object<T>, frozen: bool) {
        assert!(
            ref.metadata == store_metadata(store), error::invalid_argument(ETRANSFER_REF_AND_STORE_MISMATCH)
        );
        set_frozen_flag_internal(store, frozen)
    }

    /// The same without a ref.
    public(package) fun set_frozen_flag_internal<T: key>(store: Object<T>, frozen: bool) {
        let store_addr = object::object_address(&store);
        FungibleStore[store_addr].frozen = frozen;
        event::emit(Frozen { store: store_addr, frozen });
    }

    /// Destroys `fa`.
    public fun burn(ref: &BurnRef, fa: FungibleAsset) {
        assert!(
            ref.metadata == fa.metadata, error::invalid_argument(EBURN_REF_AND_FUNGIBLE_ASSET_MISMATCH)
        );
        burn_internal(fa);
    }

    /// The same without a ref, for fungible assets that become coins. Returns the amount.
    public(package) fun burn_internal(fa: FungibleAsset): u64 {
        let FungibleAsset { metadata, amount } = fa;
        decrease_supply(metadata, amount);
        let metadata_addr = object::object_address(&metadata);
        if (amount != 0 && exists<Face>(metadata_addr)) {
            let contract = Face[metadata_addr].contract;
            erc20::log_burn(contract, contract, amount);
        };
        amount
    }

    /// Destroys `amount` in the store, frozen or not.
    public fun burn_from<T: key>(ref: &BurnRef, store: Object<T>, amount: u64) {
        address_burn_from(ref, object::object_address(&store), amount)
    }

    /// Destroys `amount` in the store at the address.
    public(package) fun address_burn_from(ref: &BurnRef, store_addr: address, amount: u64) {
        assert!(
            ref.metadata == metadata_of_store(store_addr),
            error::invalid_argument(EBURN_REF_AND_STORE_MISMATCH)
        );
        let metadata_addr = object::object_address(&ref.metadata);
        if (amount == 0 || !exists<Face>(metadata_addr)) {
            burn_internal(unchecked_withdraw(store_addr, amount));
        } else {
            take(store_addr, amount);
            decrease_supply(ref.metadata, amount);
            erc20::log_burn(Face[metadata_addr].contract, holder(store_addr, metadata_addr), amount);
        }
    }

    /// Takes `amount` out of any store, frozen or not.
    public fun withdraw_with_ref<T: key>(ref: &TransferRef, store: Object<T>, amount: u64): FungibleAsset {
        assert!(
            ref.metadata == store_metadata(store), error::invalid_argument(ETRANSFER_REF_AND_STORE_MISMATCH)
        );
        unchecked_withdraw(object::object_address(&store), amount)
    }

    /// Puts `fa` into any store, frozen or not.
    public fun deposit_with_ref<T: key>(ref: &TransferRef, store: Object<T>, fa: FungibleAsset) {
        assert!(
            ref.metadata == fa.metadata, error::invalid_argument(ETRANSFER_REF_AND_FUNGIBLE_ASSET_MISMATCH)
        );
        unchecked_deposit(object::object_address(&store), fa);
    }

    /// Moves `amount` between any stores, frozen or not.
    public fun transfer_with_ref<T: key>(
        transfer_ref: &TransferRef, from: Object<T>, to: Object<T>, amount: u64
    ) {
        assert!(
            transfer_ref.metadata == store_metadata(from), error::invalid_argument(ETRANSFER_REF_AND_STORE_MISMATCH)
        );
        unchecked_transfer(object::object_address(&from), object::object_address(&to), amount);
    }

    /// No amount of the asset.
    public fun zero<T: key>(metadata: Object<T>): FungibleAsset {
        FungibleAsset { metadata: object::convert(metadata), amount: 0 }
    }

    /// Splits `amount` off. Aborts with `EINSUFFICIENT_BALANCE` if there is less.
    public fun extract(fungible_asset: &mut FungibleAsset, amount: u64): FungibleAsset {
        assert!(fungible_asset.amount >= amount, error::invalid_argument(EINSUFFICIENT_BALANCE));
        fungible_asset.amount -= amount;
        FungibleAsset { metadata: fungible_asset.metadata, amount }
    }

    /// Adds one amount to another of the same asset.
    public fun merge(dst_fungible_asset: &mut FungibleAsset, src_fungible_asset: FungibleAsset) {
        let FungibleAsset { metadata, amount } = src_fungible_asset;
        assert!(metadata == dst_fungible_asset.metadata, error::invalid_argument(EFUNGIBLE_ASSET_MISMATCH));
        dst_fungible_asset.amount += amount;
    }

    /// Drops a zero amount. Aborts with `EAMOUNT_IS_NOT_ZERO` for any other.
    public fun destroy_zero(fungible_asset: FungibleAsset) {
        let FungibleAsset { metadata: _, amount } = fungible_asset;
        assert!(amount == 0, error::invalid_argument(EAMOUNT_IS_NOT_ZERO));
    }

    /// Puts `fa` into the store at the address, frozen or not. Aborts if the store is of another asset.
    public(package) fun unchecked_deposit(store_addr: address, fa: FungibleAsset) {
        let FungibleAsset { metadata, amount } = fa;
        assert!(exists<FungibleStore>(store_addr), error::not_found(EFUNGIBLE_STORE_EXISTENCE));
        let store = &mut FungibleStore[store_addr];
        assert!(metadata == store.metadata, error::invalid_argument(EFUNGIBLE_ASSET_AND_STORE_MISMATCH));
        if (amount == 0) {
            return
        };
        let metadata_addr = object::object_address(&metadata);
        if (is_native_address(metadata_addr)) {
            native_coin::deposit(native_account(store_addr), amount);
        } else if (exists<Face>(metadata_addr)) {
            return deposit_with_face(store_addr, metadata_addr, amount)
        } else if (store.balance == 0 && exists<ConcurrentFungibleBalance>(store_addr)) {
            aggregator_v2::add(&mut ConcurrentFungibleBalance[store_addr].balance, amount);
        } else {
            store.balance += amount;
        };
        event::emit(Deposit { store: store_addr, amount });
    }

    fun deposit_with_face(store_addr: address, metadata_addr: address, amount: u64) {
        let Face { contract, keeps, unit } = Face[metadata_addr];
        if (keeps) {
            erc20::deposit(contract, native_account(store_addr), (amount as u256) * unit);
            event::emit(Deposit { store: store_addr, amount });
        } else {
            put(store_addr, amount);
            erc20::log_transfer(contract, contract, holder(store_addr, metadata_addr), amount);
        };
    }

    /// Takes `amount` out of the store at the address, frozen or not. Aborts with `EINSUFFICIENT_BALANCE` if it holds
    /// less.
    public(package) fun unchecked_withdraw(store_addr: address, amount: u64): FungibleAsset {
        assert!(exists<FungibleStore>(store_addr), error::not_found(EFUNGIBLE_STORE_EXISTENCE));
        let store = &mut FungibleStore[store_addr];
        let metadata = store.metadata;
        if (amount == 0) {
            return FungibleAsset { metadata, amount }
        };
        let metadata_addr = object::object_address(&metadata);
        let enough = if (is_native_address(metadata_addr)) {
            native_coin::withdraw(native_account(store_addr), amount)
        } else if (exists<Face>(metadata_addr)) {
            withdraw_with_face(store_addr, metadata_addr, amount);
            return FungibleAsset { metadata, amount }
        } else if (store.balance >= amount) {
            store.balance -= amount;
            true
        } else if (store.balance == 0 && exists<ConcurrentFungibleBalance>(store_addr)) {
            aggregator_v2::try_sub(&mut ConcurrentFungibleBalance[store_addr].balance, amount)
        } else {
            false
        };
        assert!(enough, error::invalid_argument(EINSUFFICIENT_BALANCE));
        event::emit(Withdraw { store: store_addr, amount });
        FungibleAsset { metadata, amount }
    }

    fun withdraw_with_face(store_addr: address, metadata_addr: address, amount: u64) {
        let Face { contract, keeps, unit } = Face[metadata_addr];
        if (keeps) {
            let enough = erc20::withdraw(contract, native_account(store_addr), (amount as u256) * unit);
            assert!(enough, error::invalid_argument(EINSUFFICIENT_BALANCE));
            event::emit(Withdraw { store: store_addr, amount });
        } else {
            take(store_addr, amount);
            erc20::log_transfer(contract, holder(store_addr, metadata_addr), contract, amount);
        };
    }

    /// Moves `amount` between the stores at two addresses, frozen or not. Of an asset with a face this is one movement,
    /// where a withdrawal and a deposit are two.
    public(package) fun unchecked_transfer(from: address, to: address, amount: u64) {
        let metadata = metadata_of_store(from);
        let metadata_addr = object::object_address(&metadata);
        if (amount == 0 || !exists<Face>(metadata_addr)) {
            return unchecked_deposit(to, unchecked_withdraw(from, amount))
        };
        assert_store_of(to, metadata);
        let Face { contract, keeps, unit } = Face[metadata_addr];
        if (keeps) {
            // The contract's log gives the events.
            let amount = (amount as u256) * unit;
            let enough = erc20::transfer(contract, native_account(from), native_account(to), amount);
            assert!(enough, error::invalid_argument(EINSUFFICIENT_BALANCE));
        } else {
            take(from, amount);
            put(to, amount);
            erc20::log_transfer(contract, holder(from, metadata_addr), holder(to, metadata_addr), amount);
        }
    }

    fun assert_store_of(store_addr: address, metadata: Object<Metadata>) {
        assert!(
            metadata == metadata_of_store(store_addr), error::invalid_argument(EFUNGIBLE_ASSET_AND_STORE_MISMATCH)
        );
    }

    /// Adds to what the store itself keeps.
    fun put(store_addr: address, amount: u64) {
        if (exists<ConcurrentFungibleBalance>(store_addr)) {
            aggregator_v2::add(&mut ConcurrentFungibleBalance[store_addr].balance, amount);
        } else {
            let store = &mut FungibleStore[store_addr];
            store.balance += amount;
        };
        event::emit(Deposit { store: store_addr, amount });
    }

    /// Takes from what the store itself keeps.
    fun take(store_addr: address, amount: u64) {
        let enough = if (exists<ConcurrentFungibleBalance>(store_addr)) {
            aggregator_v2::try_sub(&mut ConcurrentFungibleBalance[store_addr].balance, amount)
        } else {
            let store = &mut FungibleStore[store_addr];
            let enough = store.balance >= amount;
            if (enough) {
                store.balance -= amount;
            };
            enough
        };
        assert!(enough, error::invalid_argument(EINSUFFICIENT_BALANCE));
        event::emit(Withdraw { store: store_addr, amount });
    }

    fun increase_supply(metadata: Object<Metadata>, amount: u64) {
        if (amount == 0) {
            return
        };
        let metadata_addr = object::object_address(&metadata);
        if (is_native_address(metadata_addr)) {
            native_coin::mint(amount);
        } else {
            assert!(exists<ConcurrentSupply>(metadata_addr), error::not_found(ESUPPLY_NOT_FOUND));
            assert!(
                aggregator_v2::try_add(&mut ConcurrentSupply[metadata_addr].current, (amount as u128)),
                error::out_of_range(EMAX_SUPPLY_EXCEEDED)
            );
        }
    }

    fun decrease_supply(metadata: Object<Metadata>, amount: u64) {
        if (amount == 0) {
            return
        };
        let metadata_addr = object::object_address(&metadata);
        if (is_native_address(metadata_addr)) {
            native_coin::burn(amount);
        } else {
            assert!(exists<ConcurrentSupply>(metadata_addr), error::not_found(ESUPPLY_NOT_FOUND));
            assert!(
                aggregator_v2::try_sub(&mut ConcurrentSupply[metadata_addr].current, (amount as u128)),
                error::out_of_range(ESUPPLY_UNDERFLOW)
            );
        }
    }

    // ETH

    /// Whether the asset is ETH.
    public(package) fun is_native(metadata: Object<Metadata>): bool {
        is_native_address(object::object_address(&metadata))
    }

    /// Makes the octas of a native coin, which the caller takes apart, a fungible asset.
    public(package) fun from_native_coin(octas: u64): FungibleAsset {
        FungibleAsset { metadata: object::address_to_object(@aptos_fungible_asset), amount: octas }
    }

    /// Takes a fungible asset of ETH apart, for a native coin that the caller makes.
    public(package) fun into_native_coin(fa: FungibleAsset): u64 {
        let FungibleAsset { metadata, amount } = fa;
        assert!(is_native(metadata), error::invalid_argument(EFUNGIBLE_ASSET_MISMATCH));
        amount
    }

    fun is_native_address(metadata_addr: address): bool {
        metadata_addr == @aptos_fungible_asset
    }

    // Faces

    /// Whether another ledger than the stores keeps the balances of the asset.
    fun is_kept_elsewhere(metadata_addr: address): bool {
        is_native_address(metadata_addr) || is_kept_by_erc20(metadata_addr)
    }

    fun is_kept_by_erc20(metadata_addr: address): bool {
        exists<Face>(metadata_addr) && Face[metadata_addr].keeps
    }

    /// Whether accounts own the asset without any store.
    public(package) fun is_owned_without_store(metadata_addr: address): bool {
        is_kept_elsewhere(metadata_addr)
    }

    /// How much an account has of an asset that it owns without any store: at most 2^64 - 1.
    public(package) fun balance_without_store(account: address, metadata_addr: address): u64 {
        if (is_native_address(metadata_addr)) {
            native_coin::balance(account)
        } else if (is_kept_by_erc20(metadata_addr)) {
            erc20_balance(account, metadata_addr)
        } else {
            0
        }
    }

    fun erc20_balance(account: address, metadata_addr: address): u64 {
        let face = Face[metadata_addr];
        let balance = erc20::balance(face.contract, account) / face.unit;
        (if (balance > MAX_U64) MAX_U64 else balance) as u64
    }

    /// Whether there is an ERC-20 contract that is the asset of the store.
    public(package) fun has_face<T: key>(store: Object<T>): bool {
        exists<Face>(object::object_address(&store_metadata(store)))
    }

    /// The ERC-20 contract that is the same asset, if there is one.
    public(package) fun face(metadata_addr: address): Option<Face> {
        if (exists<Face>(metadata_addr)) option::some(Face[metadata_addr]) else option::none()
    }

    /// The contract's account, whether it keeps the balances, and how many of its units are one of the asset's.
    public(package) fun unpack_face(face: Face): (address, bool, u256) {
        let Face { contract, keeps, unit } = face;
        (contract, keeps, unit)
    }

    /// Gives an asset that stores keep its face in the EVM, whose logs announce all movements from now on.
    public(package) fun add_face(metadata: Object<Metadata>, contract: address) {
        let metadata_addr = object::object_address(&metadata);
        assert!(!is_kept_elsewhere(metadata_addr) && !exists<Face>(metadata_addr), error::already_exists(EHAS_FACE));
        let metadata_signer = &create_signer::create_signer(metadata_addr);
        move_to(metadata_signer, Face { contract, keeps: false, unit: 1 });
    }

    /// Who has what is in the store, as its face says it: the owner of a primary store, else the store object.
    fun holder(store_addr: address, metadata_addr: address): address {
        let owner = object::owner(object::address_to_object<FungibleStore>(store_addr));
        let primary = object::create_user_derived_object_address(owner, metadata_addr);
        if (primary == store_addr) owner else store_addr
    }

    /// Whose balance in the ledger the store shows.
    fun native_account(store_addr: address): address {
        if (exists<NativeStore>(store_addr)) NativeStore[store_addr].account else store_addr
    }

    #[test_only]
    use aptos_framework::account;

    #[test_only]
    #[resource_group_member(group = aptos_framework::object::ObjectGroup)]
    /// An object that tests make fungible.
    struct TestToken has key {}

    #[test_only]
    /// Creates an object that can become metadata.
    public fun create_test_token(creator: &signer): (ConstructorRef, Object<TestToken>) {
        account::create_account_for_test(signer::address_of(creator));
        let creator_ref = object::create_named_object(creator, b"TEST");
        move_to(&object::generate_signer(&creator_ref), TestToken {});
        let token = object::object_from_constructor_ref<TestToken>(&creator_ref);
        (creator_ref, token)
    }

    #[test_only]
    /// Makes the object the metadata of an asset with a maximum of 100.
    public fun init_test_metadata(
        constructor_ref: &ConstructorRef
    ): (MintRef, TransferRef, BurnRef, MutateMetadataRef) {
        add_fungibility(
            constructor_ref,
            option::some(100),
            string::utf8(b"TEST"),
            string::utf8(b"@@"),
            0,
            string::utf8(b"http://www.example.com/favicon.ico"),
            string::utf8(b"http://www.example.com")
        );
        (
            generate_mint_ref(constructor_ref),
            generate_transfer_ref(constructor_ref),
            generate_burn_ref(constructor_ref),
            generate_mutate_metadata_ref(constructor_ref)
        )
    }

    #[test_only]
    /// Creates an asset and returns all refs.
    public fun create_fungible_asset(
        creator: &signer
    ): (MintRef, TransferRef, BurnRef, MutateMetadataRef, Object<Metadata>) {
        let (creator_ref, token) = create_test_token(creator);
        let (mint, transfer, burn, mutate) = init_test_metadata(&creator_ref);
        (mint, transfer, burn, mutate, object::convert(token))
    }

    #[test_only]
    /// Creates a store that `owner` owns.
    public fun create_test_store<T: key>(owner: &signer, metadata: Object<T>): Object<FungibleStore> {
        let owner_addr = signer::address_of(owner);
        if (!account::exists_at(owner_addr)) {
            account::create_account_for_test(owner_addr);
        };
        create_store(&object::create_object(owner_addr), metadata)
    }

    #[test(creator = @0xcafe)]
    fun events_name_store_and_amount(creator: &signer) {
        let (mint_ref, transfer_ref, burn_ref, _, metadata) = create_fungible_asset(creator);
        let store = create_test_store(creator, metadata);
        let store_addr = object::object_address(&store);
        mint_to(&mint_ref, store, 5);
        burn_from(&burn_ref, store, 2);
        set_frozen_flag(&transfer_ref, store, true);
        assert!(event::was_event_emitted(&Deposit { store: store_addr, amount: 5 }));
        assert!(event::was_event_emitted(&Withdraw { store: store_addr, amount: 2 }));
        assert!(event::was_event_emitted(&Frozen { store: store_addr, frozen: true }));
    }
}
