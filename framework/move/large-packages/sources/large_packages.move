/// Publishes packages that are too large for one transaction.
///
/// The publisher sends the metadata and the modules in pieces, which wait in its `StagingArea`. The
/// last call puts them together and publishes. A module's pieces are appended in the order in which
/// they arrive; modules are numbered from 0 without gaps, in the order of the metadata.
module large_packages::large_packages {
    use std::error;
    use std::signer;

    use aptos_std::smart_table::{Self, SmartTable};

    use aptos_framework::code::{Self, PackageRegistry};
    use aptos_framework::object::Object;
    use aptos_framework::object_code_deployment;

    /// There must be as many module numbers as pieces of code
    const ECODE_MISMATCH: u64 = 1;

    /// What a publisher has sent so far.
    struct StagingArea has key {
        metadata_serialized: vector<u8>,
        /// The code of each module by its number.
        code: SmartTable<u64, vector<u8>>,
        /// The greatest number of a module.
        last_module_idx: u64
    }

    /// Adds a piece of metadata and pieces of modules. `code_indices` says to which module each of
    /// `code_chunks` belongs.
    public entry fun stage_code_chunk(
        owner: &signer,
        metadata_chunk: vector<u8>,
        code_indices: vector<u16>,
        code_chunks: vector<vector<u8>>
    ) {
        assert!(
            code_indices.length() == code_chunks.length(),
            error::invalid_argument(ECODE_MISMATCH)
        );

        let owner_address = signer::address_of(owner);
        if (!exists<StagingArea>(owner_address)) {
            move_to(
                owner,
                StagingArea {
                    metadata_serialized: vector[],
                    code: smart_table::new(),
                    last_module_idx: 0
                }
            );
        };

        let area = &mut StagingArea[owner_address];
        area.metadata_serialized.append(metadata_chunk);
        for (i in 0..code_chunks.length()) {
            let idx = code_indices[i] as u64;
            if (area.code.contains(idx)) {
                area.code.borrow_mut(idx).append(code_chunks[i]);
            } else {
                area.code.add(idx, code_chunks[i]);
            };
            if (idx > area.last_module_idx) {
                area.last_module_idx = idx;
            }
        }
    }

    /// Adds the last pieces, and publishes or upgrades the package at the account of `owner`.
    public entry fun stage_code_chunk_and_publish_to_account(
        owner: &signer,
        metadata_chunk: vector<u8>,
        code_indices: vector<u16>,
        code_chunks: vector<vector<u8>>
    ) {
        stage_code_chunk(owner, metadata_chunk, code_indices, code_chunks);
        let (metadata, code) = take_package(owner);
        code::publish_package_txn(owner, metadata, code);
    }

    /// Adds the last pieces, and publishes the package at a new object that `owner` owns.
    public entry fun stage_code_chunk_and_publish_to_object(
        owner: &signer,
        metadata_chunk: vector<u8>,
        code_indices: vector<u16>,
        code_chunks: vector<vector<u8>>
    ) {
        stage_code_chunk(owner, metadata_chunk, code_indices, code_chunks);
        let (metadata, code) = take_package(owner);
        object_code_deployment::publish(owner, metadata, code);
    }

    /// Adds the last pieces, and upgrades the package at `code_object`, which `owner` owns.
    public entry fun stage_code_chunk_and_upgrade_object_code(
        owner: &signer,
        metadata_chunk: vector<u8>,
        code_indices: vector<u16>,
        code_chunks: vector<vector<u8>>,
        code_object: Object<PackageRegistry>
    ) {
        stage_code_chunk(owner, metadata_chunk, code_indices, code_chunks);
        let (metadata, code) = take_package(owner);
        object_code_deployment::upgrade(owner, metadata, code, code_object);
    }

    /// Throws away what `owner` has sent.
    public entry fun cleanup_staging_area(owner: &signer) {
        let StagingArea { metadata_serialized: _, code, last_module_idx: _ } =
            move_from<StagingArea>(signer::address_of(owner));
        code.destroy();
    }

    /// Empties the staging area. Aborts if a module's number was left out.
    fun take_package(owner: &signer): (vector<u8>, vector<vector<u8>>) {
        let StagingArea { metadata_serialized, code, last_module_idx } =
            move_from<StagingArea>(signer::address_of(owner));
        let modules = vector[];
        for (idx in 0..(last_module_idx + 1)) {
            modules.push_back(code.remove(idx));
        };
        code.destroy();
        (metadata_serialized, modules)
    }

    #[test(alice = @0xa11ce)]
    fun pieces_are_put_together(alice: &signer) {
        stage_code_chunk(alice, b"meta", vector[1, 0], vector[b"one", b"zero"]);
        stage_code_chunk(alice, b"", vector[2], vector[b"two"]);
        stage_code_chunk(alice, b"data", vector[1, 1], vector[b"-more", b"-end"]);

        let (metadata, code) = take_package(alice);
        assert!(metadata == b"metadata");
        assert!(code == vector[b"zero", b"one-more-end", b"two"]);
        assert!(!exists<StagingArea>(@0xa11ce));
    }

    #[test(alice = @0xa11ce, bob = @0xb0b)]
    fun publishers_do_not_mix(alice: &signer, bob: &signer) {
        stage_code_chunk(alice, b"a", vector[0], vector[b"alice"]);
        stage_code_chunk(bob, b"b", vector[0], vector[b"bob"]);
        cleanup_staging_area(alice);
        assert!(!exists<StagingArea>(@0xa11ce));
        let (_, code) = take_package(bob);
        assert!(code == vector[b"bob"]);
    }

    #[test(alice = @0xa11ce)]
    #[expected_failure(abort_code = 0x10001, location = Self)]
    fun every_piece_needs_a_number(alice: &signer) {
        stage_code_chunk(alice, b"", vector[0, 1], vector[b"one"]);
    }

    #[test(alice = @0xa11ce)]
    #[expected_failure]
    fun numbers_have_no_gaps(alice: &signer) {
        stage_code_chunk_and_publish_to_account(
            alice, b"meta", vector[0, 2], vector[b"zero", b"two"]
        );
    }

    #[test(alice = @0xa11ce)]
    fun the_last_call_publishes(alice: &signer) {
        let metadata =
            std::bcs::to_bytes(
                &code::metadata_for_test(b"p", code::upgrade_policy_compat(), vector[b"m"])
            );
        let rest = metadata.trim(3);
        stage_code_chunk(alice, metadata, vector[0], vector[b"co"]);
        stage_code_chunk_and_publish_to_account(alice, rest, vector[0], vector[b"de"]);
        let (number, _) = code::package_for_test(@0xa11ce, b"p");
        assert!(number == 0);
        assert!(!exists<StagingArea>(@0xa11ce));
    }
}
