/// Packages of Move code on the chain: who publishes what, and what an upgrade may change.
///
/// An account (or an object) keeps the metadata of its packages in a `PackageRegistry`. This module
/// checks a package against the registry and its dependencies; the VM then verifies, links and
/// stores the modules at the end of the transaction.
module aptos_framework::code {
    use std::error;
    use std::option::Option;
    use std::signer;
    use std::string::{Self, String};

    use aptos_std::copyable_any::Any;

    use aptos_framework::event;
    use aptos_framework::object::{Self, Object};
    use aptos_framework::system_addresses;
    use aptos_framework::util;

    /// Another package of the account has a module of this name
    const EMODULE_NAME_CLASH: u64 = 0x1;
    /// The package is immutable
    const EUPGRADE_IMMUTABLE: u64 = 0x2;
    /// An upgrade cannot choose a weaker upgrade policy
    const EUPGRADE_WEAKER_POLICY: u64 = 0x3;
    /// An upgrade cannot leave out a module of the package
    const EMODULE_MISSING: u64 = 0x4;
    /// There is no such package at the address that the dependency names
    const EPACKAGE_DEP_MISSING: u64 = 0x5;
    /// A dependency has a weaker upgrade policy than the package
    const EDEP_WEAKER_POLICY: u64 = 0x6;
    /// A dependency with the policy `arbitrary` must be at the address of the package
    const EDEP_ARBITRARY_NOT_SAME_ADDRESS: u64 = 0x7;
    /// Packages that allow incompatible upgrades cannot be published
    const EINCOMPATIBLE_POLICY_DISABLED: u64 = 0x8;
    /// The account does not own the code object
    const ENOT_PACKAGE_OWNER: u64 = 0x9;
    /// There is no code object at the address
    const ECODE_OBJECT_DOES_NOT_EXIST: u64 = 0xA;

    /// An upgrade may change everything. No longer accepted.
    const POLICY_ARBITRARY: u8 = 0;
    /// An upgrade keeps public functions and the layout of structs.
    const POLICY_COMPATIBLE: u8 = 1;
    /// There are no upgrades.
    const POLICY_IMMUTABLE: u8 = 2;

    /// The packages at an address.
    struct PackageRegistry has key, store, drop {
        packages: vector<PackageMetadata>
    }

    /// What is known about a package. Clients send it as BCS: the fields and their order stay.
    struct PackageMetadata has copy, drop, store {
        name: String,
        upgrade_policy: UpgradePolicy,
        /// How many times the package was upgraded. Whatever the publisher sends is overwritten.
        upgrade_number: u64,
        /// Hash of the sources, in capital hexadecimal digits, as the compiler says.
        source_digest: String,
        /// The text of Move.toml, compressed with gzip.
        manifest: vector<u8>,
        /// The modules, each after those of the package that it uses.
        modules: vector<ModuleMetadata>,
        /// All dependencies, also indirect ones.
        deps: vector<PackageDep>,
        /// For later use.
        extension: Option<Any>
    }

    /// A package that another one needs.
    struct PackageDep has store, drop, copy {
        account: address,
        package_name: String
    }

    /// What is known about a module.
    struct ModuleMetadata has copy, drop, store {
        name: String,
        /// The source, compressed with gzip; empty if it was not sent along.
        source: vector<u8>,
        /// The source map, compressed with gzip; empty if it was not sent along.
        source_map: vector<u8>,
        /// For later use.
        extension: Option<Any>
    }

    /// How far upgrades of a package may go: a higher number is stricter.
    struct UpgradePolicy has store, copy, drop {
        policy: u8
    }

    #[event]
    /// A package was published or upgraded.
    struct PublishPackage has drop, store {
        code_address: address,
        is_upgrade: bool
    }

    /// A module that the code under publication may use. An empty name means every module of the
    /// account.
    struct AllowedDep has drop {
        account: address,
        module_name: String
    }

    /// Every upgrade is allowed.
    public fun upgrade_policy_arbitrary(): UpgradePolicy {
        UpgradePolicy { policy: POLICY_ARBITRARY }
    }

    /// Upgrades must be compatible: functions that others can call keep their signatures, structs
    /// keep their fields.
    public fun upgrade_policy_compat(): UpgradePolicy {
        UpgradePolicy { policy: POLICY_COMPATIBLE }
    }

    /// No upgrade is allowed.
    public fun upgrade_policy_immutable(): UpgradePolicy {
        UpgradePolicy { policy: POLICY_IMMUTABLE }
    }

    /// Whether a package may go from one policy to the other: never to a weaker one.
    public fun can_change_upgrade_policy_to(
        from: UpgradePolicy, to: UpgradePolicy
    ): bool {
        from.policy <= to.policy
    }

    /// Enters a package of genesis, whose modules are in place already, into the registry.
    fun initialize(
        aptos_framework: &signer, package_owner: &signer, metadata: PackageMetadata
    ) {
        system_addresses::assert_aptos_framework(aptos_framework);
        let addr = signer::address_of(package_owner);
        if (exists<PackageRegistry>(addr)) {
            PackageRegistry[addr].packages.push_back(metadata);
        } else {
            move_to(package_owner, PackageRegistry { packages: vector[metadata] });
        }
    }

    /// Publishes a package at the address of `owner`, or upgrades the one of the same name.
    /// `code` holds the modules in the order of the metadata. They are in place, and `init_module`
    /// of new ones has run, when the transaction ends.
    ///
    /// Aborts if the policy is `arbitrary`, if a dependency is missing or weaker, if a module of
    /// another package would be replaced, or if the upgrade breaks the rules of the old policy.
    public fun publish_package(
        owner: &signer, pack: PackageMetadata, code: vector<vector<u8>>
    ) {
        assert!(
            pack.upgrade_policy.policy > POLICY_ARBITRARY,
            error::invalid_argument(EINCOMPATIBLE_POLICY_DISABLED)
        );

        let addr = signer::address_of(owner);
        if (!exists<PackageRegistry>(addr)) {
            move_to(owner, PackageRegistry { packages: vector[] });
        };

        let allowed_deps = check_dependencies(addr, &pack);
        let module_names = get_module_names(&pack);
        let policy = pack.upgrade_policy.policy;

        let packages = &mut PackageRegistry[addr].packages;
        let count = packages.length();
        let slot = count;
        for (i in 0..count) {
            let other = &packages[i];
            if (other.name == pack.name) {
                check_upgradability(other, &pack, &module_names);
                slot = i;
            } else {
                check_coexistence(other, &module_names);
            }
        };

        let is_upgrade = slot < count;
        if (is_upgrade) {
            pack.upgrade_number = packages[slot].upgrade_number + 1;
            packages[slot] = pack;
        } else {
            pack.upgrade_number = 0;
            packages.push_back(pack);
        };

        event::emit(PublishPackage { code_address: addr, is_upgrade });
        request_publish_with_allowed_deps(addr, module_names, allowed_deps, code, policy);
    }

    /// Makes all packages of a code object immutable. Aborts unless `publisher` owns the object
    /// directly.
    public fun freeze_code_object(
        publisher: &signer, code_object: Object<PackageRegistry>
    ) {
        let addr = object::object_address(&code_object);
        assert!(
            exists<PackageRegistry>(addr), error::not_found(ECODE_OBJECT_DOES_NOT_EXIST)
        );
        assert!(
            object::is_owner(code_object, signer::address_of(publisher)),
            error::permission_denied(ENOT_PACKAGE_OWNER)
        );

        let packages = &mut PackageRegistry[addr].packages;
        for (i in 0..packages.length()) {
            packages[i].upgrade_policy = upgrade_policy_immutable();
        }
    }

    /// As `publish_package`, with the metadata as BCS. This is what clients send.
    public entry fun publish_package_txn(
        owner: &signer, metadata_serialized: vector<u8>, code: vector<vector<u8>>
    ) {
        publish_package(
            owner, util::from_bytes<PackageMetadata>(metadata_serialized), code
        )
    }

    /// An upgrade keeps every module, and its policy is no weaker than the old one.
    fun check_upgradability(
        old_pack: &PackageMetadata, new_pack: &PackageMetadata, new_modules: &vector<String>
    ) {
        assert!(
            old_pack.upgrade_policy.policy < POLICY_IMMUTABLE,
            error::invalid_argument(EUPGRADE_IMMUTABLE)
        );
        assert!(
            can_change_upgrade_policy_to(
                old_pack.upgrade_policy, new_pack.upgrade_policy
            ),
            error::invalid_argument(EUPGRADE_WEAKER_POLICY)
        );
        let old_modules = get_module_names(old_pack);
        for (i in 0..old_modules.length()) {
            assert!(new_modules.contains(&old_modules[i]), EMODULE_MISSING);
        }
    }

    /// Modules of one address have different names, whatever their package.
    fun check_coexistence(
        old_pack: &PackageMetadata, new_modules: &vector<String>
    ) {
        for (i in 0..old_pack.modules.length()) {
            assert!(
                !new_modules.contains(&old_pack.modules[i].name),
                error::already_exists(EMODULE_NAME_CLASH)
            );
        }
    }

    /// Every dependency exists and is at least as strict as the package, so that no dependency can
    /// change in a way that the package rules out for itself. Returns the modules that the code
    /// may link to.
    fun check_dependencies(
        publish_address: address, pack: &PackageMetadata
    ): vector<AllowedDep> {
        let allowed = vector[];
        for (i in 0..pack.deps.length()) {
            let dep = &pack.deps[i];
            assert!(
                exists<PackageRegistry>(dep.account),
                error::not_found(EPACKAGE_DEP_MISSING)
            );
            if (is_policy_exempted_address(dep.account)) {
                allowed.push_back(
                    AllowedDep { account: dep.account, module_name: string::utf8(b"") }
                );
            } else {
                check_dependency(publish_address, pack, dep, &mut allowed);
            }
        };
        allowed
    }

    fun check_dependency(
        publish_address: address,
        pack: &PackageMetadata,
        dep: &PackageDep,
        allowed: &mut vector<AllowedDep>
    ) {
        let packages = &PackageRegistry[dep.account].packages;
        let (found, at) = packages.find(|p| p.name == dep.package_name);
        assert!(found, error::not_found(EPACKAGE_DEP_MISSING));

        let dep_pack = &packages[at];
        let policy = dep_pack.upgrade_policy;
        assert!(
            can_change_upgrade_policy_to(pack.upgrade_policy, policy),
            error::invalid_argument(EDEP_WEAKER_POLICY)
        );
        assert!(
            policy.policy != POLICY_ARBITRARY || dep.account == publish_address,
            error::invalid_argument(EDEP_ARBITRARY_NOT_SAME_ADDRESS)
        );
        for (i in 0..dep_pack.modules.length()) {
            let module_name = dep_pack.modules[i].name;
            allowed.push_back(AllowedDep { account: dep.account, module_name });
        }
    }

    /// Packages of the chain itself: they are upgraded with the chain, so policies say nothing.
    fun is_policy_exempted_address(addr: address): bool {
        addr == @0x1
            || addr == @0x2
            || addr == @0x3
            || addr == @0x4
            || addr == @0x5
            || addr == @0x6
            || addr == @0x7
            || addr == @0x8
            || addr == @0x9
            || addr == @0xa
    }

    fun get_module_names(pack: &PackageMetadata): vector<String> {
        let names = vector[];
        for (i in 0..pack.modules.length()) {
            names.push_back(pack.modules[i].name);
        };
        names
    }

    /// Asks the VM to publish `bundle` at `owner` when the transaction ends. The modules must be
    /// those of `expected_modules`, in this order, and obey `policy`.
    native fun request_publish(
        owner: address,
        expected_modules: vector<String>,
        bundle: vector<vector<u8>>,
        policy: u8
    );

    /// As `request_publish`; the modules may use no others than `allowed_deps` and one another.
    native fun request_publish_with_allowed_deps(
        owner: address,
        expected_modules: vector<String>,
        allowed_deps: vector<AllowedDep>,
        bundle: vector<vector<u8>>,
        policy: u8
    );

    #[test_only]
    use std::bcs;
    #[test_only]
    use std::option;

    #[test_only]
    /// Metadata of a package without sources.
    public fun metadata_for_test(
        name: vector<u8>, policy: UpgradePolicy, modules: vector<vector<u8>>
    ): PackageMetadata {
        let list = vector[];
        for (i in 0..modules.length()) {
            list.push_back(
                ModuleMetadata {
                    name: string::utf8(modules[i]),
                    source: vector[],
                    source_map: vector[],
                    extension: option::none()
                }
            );
        };
        PackageMetadata {
            name: string::utf8(name),
            upgrade_policy: policy,
            upgrade_number: 77,
            source_digest: string::utf8(b""),
            manifest: vector[],
            modules: list,
            deps: vector[],
            extension: option::none()
        }
    }

    #[test_only]
    /// A package of the registry at `addr`: its upgrade number and its policy.
    public fun package_for_test(addr: address, name: vector<u8>): (u64, UpgradePolicy) {
        let name = string::utf8(name);
        let packages = &PackageRegistry[addr].packages;
        let (found, at) = packages.find(|p| p.name == name);
        assert!(found, 0);
        (packages[at].upgrade_number, packages[at].upgrade_policy)
    }

    #[test_only]
    fun with_dep(pack: PackageMetadata, account: address, name: vector<u8>): PackageMetadata {
        pack.deps.push_back(PackageDep { account, package_name: string::utf8(name) });
        pack
    }

    #[test_only]
    fun compat(name: vector<u8>, modules: vector<vector<u8>>): PackageMetadata {
        metadata_for_test(name, upgrade_policy_compat(), modules)
    }

    #[test_only]
    /// Puts a package into the registry, whatever its policy.
    fun enter(owner: &signer, pack: PackageMetadata) {
        initialize(
            &aptos_framework::create_signer::create_signer(@aptos_framework), owner, pack
        );
    }

    #[test(alice = @0xa11ce)]
    fun publishing_numbers_upgrades_from_zero(alice: &signer) {
        publish_package(alice, compat(b"p", vector[b"m"]), vector[]);
        let (number, policy) = package_for_test(@0xa11ce, b"p");
        assert!(number == 0 && policy == upgrade_policy_compat());
        assert!(
            event::was_event_emitted(
                &PublishPackage { code_address: @0xa11ce, is_upgrade: false }
            )
        );

        let next =
            metadata_for_test(b"p", upgrade_policy_immutable(), vector[b"n", b"m"]);
        enter(alice, compat(b"q", vector[b"other"]));
        assert!(PackageRegistry[@0xa11ce].packages.length() == 2);
        check_upgradability(
            &PackageRegistry[@0xa11ce].packages[0], &next, &get_module_names(&next)
        );
    }

    #[test(alice = @0xa11ce)]
    fun upgrades_replace_the_entry(alice: &signer) {
        enter(alice, compat(b"q", vector[b"other"]));
        enter(alice, compat(b"p", vector[b"m"]));
        publish_package_txn(
            alice,
            bcs::to_bytes(
                &metadata_for_test(
                    b"p", upgrade_policy_immutable(), vector[b"m", b"n"]
                )
            ),
            vector[]
        );
        let (number, policy) = package_for_test(@0xa11ce, b"p");
        assert!(number == 78 && policy == upgrade_policy_immutable());
        assert!(PackageRegistry[@0xa11ce].packages.length() == 2);
        assert!(
            event::was_event_emitted(
                &PublishPackage { code_address: @0xa11ce, is_upgrade: true }
            )
        );
    }

    #[test]
    fun metadata_has_the_layout_that_clients_send() {
        // Name, policy, upgrade number, digest, manifest, one module, one dependency, extension.
        let expected = x"017001";
        expected.append(x"4d00000000000000");
        expected.append(x"0000");
        expected.append(x"01016d000000");
        expected.append(x"01");
        expected.append(bcs::to_bytes(&@0xb0b));
        expected.append(x"0164");
        expected.append(x"00");
        let pack = with_dep(compat(b"p", vector[b"m"]), @0xb0b, b"d");
        assert!(bcs::to_bytes(&pack) == expected);
    }

    #[test]
    fun policies_only_become_stricter() {
        let weak = upgrade_policy_arbitrary();
        let middle = upgrade_policy_compat();
        let strict = upgrade_policy_immutable();
        assert!(can_change_upgrade_policy_to(weak, middle));
        assert!(can_change_upgrade_policy_to(middle, middle));
        assert!(can_change_upgrade_policy_to(middle, strict));
        assert!(!can_change_upgrade_policy_to(middle, weak));
        assert!(!can_change_upgrade_policy_to(strict, middle));
    }

    #[test(alice = @0xa11ce)]
    #[expected_failure(abort_code = 0x10008, location = Self)]
    fun arbitrary_policy_is_refused(alice: &signer) {
        publish_package(
            alice, metadata_for_test(b"p", upgrade_policy_arbitrary(), vector[]), vector[]
        );
    }

    #[test(alice = @0xa11ce)]
    #[expected_failure(abort_code = 0x10002, location = Self)]
    fun immutable_packages_stay(alice: &signer) {
        enter(alice, metadata_for_test(b"p", upgrade_policy_immutable(), vector[]));
        publish_package(
            alice, metadata_for_test(b"p", upgrade_policy_immutable(), vector[]), vector[]
        );
    }

    #[test]
    #[expected_failure(abort_code = 0x10003, location = Self)]
    fun a_weaker_policy_is_no_upgrade() {
        check_upgradability(
            &compat(b"p", vector[]),
            &metadata_for_test(b"p", upgrade_policy_arbitrary(), vector[]),
            &vector[]
        );
    }

    #[test(alice = @0xa11ce)]
    #[expected_failure(abort_code = EMODULE_MISSING, location = Self)]
    fun upgrades_keep_modules(alice: &signer) {
        enter(alice, compat(b"p", vector[b"a", b"b"]));
        publish_package(alice, compat(b"p", vector[b"b"]), vector[]);
    }

    #[test(alice = @0xa11ce)]
    #[expected_failure(abort_code = 0x80001, location = Self)]
    fun packages_do_not_share_module_names(alice: &signer) {
        enter(alice, compat(b"p", vector[b"a", b"b"]));
        publish_package(alice, compat(b"q", vector[b"c", b"b"]), vector[]);
    }

    #[test(alice = @0xa11ce)]
    #[expected_failure(abort_code = 0x60005, location = Self)]
    fun dependencies_need_a_registry(alice: &signer) {
        publish_package(
            alice, with_dep(compat(b"p", vector[]), @0xb0b, b"d"), vector[]
        );
    }

    #[test(alice = @0xa11ce, bob = @0xb0b)]
    #[expected_failure(abort_code = 0x60005, location = Self)]
    fun dependencies_need_the_package(alice: &signer, bob: &signer) {
        enter(bob, compat(b"other", vector[]));
        publish_package(
            alice, with_dep(compat(b"p", vector[]), @0xb0b, b"d"), vector[]
        );
    }

    #[test(alice = @0xa11ce, bob = @0xb0b)]
    #[expected_failure(abort_code = 0x10006, location = Self)]
    fun dependencies_are_no_weaker(alice: &signer, bob: &signer) {
        enter(bob, compat(b"d", vector[]));
        let pack = metadata_for_test(b"p", upgrade_policy_immutable(), vector[]);
        publish_package(alice, with_dep(pack, @0xb0b, b"d"), vector[]);
    }

    #[test(bob = @0xb0b)]
    #[expected_failure(abort_code = 0x10007, location = Self)]
    fun arbitrary_dependencies_are_at_home(bob: &signer) {
        enter(bob, metadata_for_test(b"d", upgrade_policy_arbitrary(), vector[]));
        let pack = metadata_for_test(b"p", upgrade_policy_arbitrary(), vector[]);
        check_dependencies(@0xa11ce, &with_dep(pack, @0xb0b, b"d"));
    }

    #[test(bob = @0xb0b, framework = @aptos_framework)]
    fun allowed_modules_are_those_of_dependencies(bob: &signer, framework: &signer) {
        enter(bob, compat(b"d", vector[b"x", b"y"]));
        enter(framework, compat(b"AptosFramework", vector[b"coin"]));
        let pack =
            with_dep(
                with_dep(compat(b"p", vector[]), @0xb0b, b"d"),
                @aptos_framework,
                b"whatever"
            );
        let allowed = check_dependencies(@0xa11ce, &pack);
        assert!(allowed.length() == 3);
        assert!(allowed[1].account == @0xb0b);
        assert!(allowed[1].module_name == string::utf8(b"y"));
        assert!(allowed[2].account == @aptos_framework);
        assert!(allowed[2].module_name.is_empty());
    }

    #[test_only]
    fun code_object(owner: address): Object<PackageRegistry> {
        let ref = object::create_object(owner);
        enter(&object::generate_signer(&ref), compat(b"p", vector[]));
        object::object_from_constructor_ref(&ref)
    }

    #[test(alice = @0xa11ce)]
    fun owners_freeze_code_objects(alice: &signer) {
        let object = code_object(@0xa11ce);
        freeze_code_object(alice, object);
        let (_, policy) = package_for_test(object::object_address(&object), b"p");
        assert!(policy == upgrade_policy_immutable());
    }

    #[test(bob = @0xb0b)]
    #[expected_failure(abort_code = 0x50009, location = Self)]
    fun others_do_not_freeze_code_objects(bob: &signer) {
        freeze_code_object(bob, code_object(@0xa11ce));
    }

    #[test(alice = @0xa11ce)]
    #[expected_failure(abort_code = 0x6000A, location = Self)]
    fun code_objects_must_hold_code_to_be_frozen(alice: &signer) {
        let object = code_object(@0xa11ce);
        move_from<PackageRegistry>(object::object_address(&object));
        freeze_code_object(alice, object);
    }

    #[test(alice = @0xa11ce)]
    #[expected_failure(abort_code = 0x50003, location = aptos_framework::system_addresses)]
    fun only_the_framework_enters_packages(alice: &signer) {
        initialize(alice, alice, compat(b"p", vector[]));
    }
}
