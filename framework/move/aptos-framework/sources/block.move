/// What happens at the start of each block: the clock, the height, the event that light clients follow, the seed of
/// randomness, and the change of epoch.
module aptos_framework::block {
    use std::error;
    use std::option::{Self, Option};
    use aptos_std::table_with_length::{Self, TableWithLength};
    use aptos_framework::account;
    use aptos_framework::create_signer;
    use aptos_framework::event::{Self, EventHandle};
    use aptos_framework::gas_schedule;
    use aptos_framework::randomness;
    use aptos_framework::reconfiguration;
    use aptos_framework::state_storage;
    use aptos_framework::system_addresses;
    use aptos_framework::timestamp;
    use aptos_framework::version;

    /// An epoch cannot last for no time, and a history cannot hold nothing
    const EZERO_EPOCH_INTERVAL: u64 = 3;

    /// The hash of the genesis block's event.
    const GENESIS_HASH: address = @0x0;

    /// The current block, at `0x1`.
    struct BlockResource has key {
        /// Height of the current block.
        height: u64,
        /// How long an epoch lasts, in microseconds.
        epoch_interval: u64,
        new_block_events: EventHandle<NewBlockEvent>,
        update_epoch_interval_events: EventHandle<UpdateEpochIntervalEvent>
    }

    /// The latest blocks, in a ring.
    struct CommitHistory has key {
        max_capacity: u32,
        next_idx: u32,
        table: TableWithLength<u32, NewBlockEvent>
    }

    /// A block began. The fields about votes and failed proposers are empty, as a sequencer makes all blocks.
    struct NewBlockEvent has copy, drop, store {
        hash: address,
        epoch: u64,
        round: u64,
        height: u64,
        previous_block_votes_bitvec: vector<u8>,
        proposer: address,
        failed_proposer_indices: vector<u64>,
        /// When, in microseconds.
        time_microseconds: u64
    }

    /// The length of epochs changed.
    struct UpdateEpochIntervalEvent has drop, store {
        old_epoch_interval: u64,
        new_epoch_interval: u64
    }

    #[event]
    /// A block began: the same as a module event.
    struct NewBlock has drop, store {
        hash: address,
        epoch: u64,
        round: u64,
        height: u64,
        previous_block_votes_bitvec: vector<u8>,
        proposer: address,
        failed_proposer_indices: vector<u64>,
        time_microseconds: u64
    }

    #[event]
    /// The length of epochs changed: the same as a module event.
    struct UpdateEpochInterval has drop, store {
        old_epoch_interval: u64,
        new_epoch_interval: u64
    }

    /// Sets up the record of blocks, at genesis.
    public(package) fun initialize(aptos_framework: &signer, epoch_interval_microsecs: u64) {
        system_addresses::assert_aptos_framework(aptos_framework);
        assert!(epoch_interval_microsecs > 0, error::invalid_argument(EZERO_EPOCH_INTERVAL));
        move_to(
            aptos_framework,
            BlockResource {
                height: 0,
                epoch_interval: epoch_interval_microsecs,
                new_block_events: account::new_event_handle(aptos_framework),
                update_epoch_interval_events: account::new_event_handle(aptos_framework)
            }
        );
    }

    /// Keeps the events of the latest `max_capacity` blocks in state from now on.
    public fun initialize_commit_history(fx: &signer, max_capacity: u32) {
        system_addresses::assert_aptos_framework(fx);
        assert!(max_capacity > 0, error::invalid_argument(EZERO_EPOCH_INTERVAL));
        move_to(fx, CommitHistory { max_capacity, next_idx: 0, table: table_with_length::new() });
    }

    /// Sets the length of epochs, in microseconds.
    public fun update_epoch_interval_microsecs(aptos_framework: &signer, new_epoch_interval: u64) {
        system_addresses::assert_aptos_framework(aptos_framework);
        assert!(new_epoch_interval > 0, error::invalid_argument(EZERO_EPOCH_INTERVAL));
        let blocks = &mut BlockResource[@aptos_framework];
        let old_epoch_interval = blocks.epoch_interval;
        blocks.epoch_interval = new_epoch_interval;
        event::emit(UpdateEpochInterval { old_epoch_interval, new_epoch_interval });
        event::emit_event(
            &mut blocks.update_epoch_interval_events,
            UpdateEpochIntervalEvent { old_epoch_interval, new_epoch_interval }
        );
    }

    #[view]
    /// The length of epochs, in seconds.
    public fun get_epoch_interval_secs(): u64 {
        BlockResource[@aptos_framework].epoch_interval / 1000000
    }

    #[view]
    /// The height of the current block.
    public fun get_current_block_height(): u64 {
        BlockResource[@aptos_framework].height
    }

    /// Begins a block. The VM calls this before the block's first transaction; `timestamp` is in microseconds.
    fun block_prologue(
        vm: signer,
        hash: address,
        epoch: u64,
        round: u64,
        proposer: address,
        failed_proposer_indices: vector<u64>,
        previous_block_votes_bitvec: vector<u8>,
        timestamp: u64
    ) {
        block_prologue_ext(
            vm,
            hash,
            epoch,
            round,
            proposer,
            failed_proposer_indices,
            previous_block_votes_bitvec,
            timestamp,
            option::none()
        );
    }

    /// As `block_prologue`, with the block's seed of randomness.
    fun block_prologue_ext(
        vm: signer,
        hash: address,
        epoch: u64,
        round: u64,
        proposer: address,
        failed_proposer_indices: vector<u64>,
        previous_block_votes_bitvec: vector<u8>,
        timestamp: u64,
        randomness_seed: Option<vector<u8>>
    ) {
        system_addresses::assert_vm(&vm);
        let blocks = &mut BlockResource[@aptos_framework];
        blocks.height = blocks.new_block_events.counter();
        let epoch_interval = blocks.epoch_interval;
        emit_new_block_event(
            &vm,
            &mut blocks.new_block_events,
            NewBlockEvent {
                hash,
                epoch,
                round,
                height: blocks.height,
                previous_block_votes_bitvec,
                proposer,
                failed_proposer_indices,
                time_microseconds: timestamp
            }
        );
        state_storage::on_new_block(reconfiguration::current_epoch());
        randomness::on_new_block(&vm, epoch, round, randomness_seed);
        if (timestamp - reconfiguration::last_reconfiguration_time() >= epoch_interval) {
            begin_epoch();
        }
    }

    /// Puts into force what waited for the next epoch, and begins it.
    fun begin_epoch() {
        let framework = &create_signer::create_signer(@aptos_framework);
        gas_schedule::on_new_epoch(framework);
        version::on_new_epoch(framework);
        reconfiguration::reconfigure();
    }

    fun emit_new_block_event(
        vm: &signer, handle: &mut EventHandle<NewBlockEvent>, new_block_event: NewBlockEvent
    ) {
        timestamp::update_global_time(vm, new_block_event.proposer, new_block_event.time_microseconds);
        if (exists<CommitHistory>(@aptos_framework)) {
            let history = &mut CommitHistory[@aptos_framework];
            history.table.upsert(history.next_idx, new_block_event);
            history.next_idx = (history.next_idx + 1) % history.max_capacity;
        };
        let NewBlockEvent {
            hash,
            epoch,
            round,
            height,
            previous_block_votes_bitvec,
            proposer,
            failed_proposer_indices,
            time_microseconds
        } = new_block_event;
        event::emit(
            NewBlock {
                hash,
                epoch,
                round,
                height,
                previous_block_votes_bitvec,
                proposer,
                failed_proposer_indices,
                time_microseconds
            }
        );
        event::emit_event(handle, new_block_event);
    }

    /// The event of block 0.
    public(package) fun emit_genesis_block_event(vm: signer) {
        emit_system_block_event(&vm, GENESIS_HASH);
    }

    /// The event of a block that changes state without transactions, at the time of its parent.
    public fun emit_writeset_block_event(vm_signer: &signer, fake_block_hash: address) {
        system_addresses::assert_vm(vm_signer);
        emit_system_block_event(vm_signer, fake_block_hash);
    }

    fun emit_system_block_event(vm: &signer, hash: address) {
        let blocks = &mut BlockResource[@aptos_framework];
        blocks.height = blocks.new_block_events.counter();
        emit_new_block_event(
            vm,
            &mut blocks.new_block_events,
            NewBlockEvent {
                hash,
                epoch: reconfiguration::current_epoch(),
                round: 0,
                height: blocks.height,
                previous_block_votes_bitvec: vector[],
                proposer: @vm_reserved,
                failed_proposer_indices: vector[],
                time_microseconds: timestamp::now_microseconds()
            }
        );
    }

    #[test_only]
    /// Sets up the record of blocks of a test.
    public fun initialize_for_test(account: &signer, epoch_interval_microsecs: u64) {
        initialize(account, epoch_interval_microsecs);
    }

    #[test_only]
    fun set_up(framework: &signer) {
        timestamp::set_time_has_started_for_testing(framework);
        aptos_framework::config_buffer::initialize(framework);
        state_storage::initialize(framework);
        aptos_framework::storage_gas::initialize(framework);
        reconfiguration::initialize_for_test(framework);
        randomness::initialize(framework);
        version::initialize(framework, 1);
        initialize_for_test(framework, 10000000);
        emit_genesis_block_event(create_signer::create_signer(@vm_reserved));
        reconfiguration::emit_genesis_reconfiguration_event();
        aptos_framework::chain_status::set_genesis_end(framework);
        // The usage of state is only known on a node, so tests do not ask for it.
        state_storage::set_for_test(1, 0, 0);
    }

    #[test_only]
    fun next_block(time: u64) {
        block_prologue(
            create_signer::create_signer(@vm_reserved), @0xb10c, 1, 1, @0x5e9, vector[], vector[], time
        );
    }

    #[test(framework = @aptos_framework)]
    fun blocks_count_up(framework: &signer) {
        set_up(framework);
        assert!(get_current_block_height() == 0, 0);
        next_block(1000);
        next_block(1000);
        assert!(get_current_block_height() == 2, 0);
        assert!(timestamp::now_microseconds() == 1000, 0);
        assert!(event::emitted_events<NewBlock>().length() == 3, 0);
    }

    #[test(framework = @aptos_framework)]
    fun an_epoch_ends_after_its_interval(framework: &signer) {
        set_up(framework);
        version::set_for_next_epoch(framework, 2);
        next_block(9999999);
        assert!(reconfiguration::current_epoch() == 1, 0);
        next_block(10000000);
        assert!(reconfiguration::current_epoch() == 2, 0);
        assert!(!aptos_framework::config_buffer::does_exist<version::Version>(), 0);
    }

    #[test(framework = @aptos_framework)]
    fun the_history_is_a_ring(framework: &signer) {
        set_up(framework);
        initialize_commit_history(framework, 2);
        next_block(1);
        next_block(2);
        next_block(3);
        let history = &CommitHistory[@aptos_framework];
        assert!(history.table.length() == 2 && history.next_idx == 1, 0);
        assert!(history.table.borrow(0).height == 3 && history.table.borrow(1).height == 2, 0);
    }

    #[test(framework = @aptos_framework)]
    fun the_interval_can_change(framework: &signer) {
        initialize_for_test(framework, 1000000);
        update_epoch_interval_microsecs(framework, 5000000);
        assert!(get_epoch_interval_secs() == 5, 0);
        assert!(
            event::was_event_emitted(
                &UpdateEpochInterval { old_epoch_interval: 1000000, new_epoch_interval: 5000000 }
            ),
            0
        );
    }

    #[test(framework = @aptos_framework)]
    #[expected_failure(abort_code = 0x10003, location = Self)]
    fun the_interval_is_not_zero(framework: &signer) {
        initialize_for_test(framework, 1000000);
        update_epoch_interval_microsecs(framework, 0);
    }

    #[test(framework = @aptos_framework, user = @0x123)]
    #[expected_failure(abort_code = 0x50003, location = aptos_framework::system_addresses)]
    fun only_the_framework_changes_the_interval(framework: &signer, user: &signer) {
        initialize_for_test(framework, 1000000);
        update_epoch_interval_microsecs(user, 2);
    }

    #[test(framework = @aptos_framework, user = @0x123)]
    #[expected_failure(abort_code = 0x50002, location = aptos_framework::system_addresses)]
    fun only_the_vm_begins_a_block(framework: &signer, user: signer) {
        set_up(framework);
        block_prologue(user, @0xb10c, 1, 1, @0x5e9, vector[], vector[], 1);
    }

    #[test(framework = @aptos_framework)]
    #[expected_failure(abort_code = 0x10002, location = aptos_framework::timestamp)]
    fun time_does_not_run_backwards(framework: &signer) {
        set_up(framework);
        next_block(2);
        next_block(1);
    }
}
