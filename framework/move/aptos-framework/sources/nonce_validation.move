/// Nonces of orderless transactions: one that a sender used cannot be used again while a transaction with it could
/// still be valid.
///
/// Nonces are spread over buckets, so that transactions that run in parallel rarely touch the same one. A bucket is a
/// queue in the order of arrival. Each arrival drops up to two expired nonces from the head, so that buckets empty
/// faster than they fill, and one insertion costs the same however many nonces there are.
module aptos_framework::nonce_validation {
    use std::bcs;
    use std::error;
    use aptos_std::aptos_hash;
    use aptos_std::table::{Self, Table};
    use aptos_framework::system_addresses;
    use aptos_framework::timestamp;

    /// The table of nonces exists already
    const E_NONCE_TABLE_ALREADY_EXISTS: u64 = 1;
    /// The table of nonces is missing
    const E_NONCE_TABLE_MISSING: u64 = 2;

    const NUM_BUCKETS: u64 = 50000;
    /// Two uses of a nonce expire at least this far apart, so that no clock that is a little off sees both valid.
    const NONCE_REPLAY_PROTECTION_OVERLAP_INTERVAL_SECS: u64 = 65;
    const MAX_ENTRIES_GARBAGE_COLLECTED_PER_CALL: u64 = 2;

    /// A sender's nonce.
    struct NonceKey has copy, drop, store {
        sender_address: address,
        nonce: u64
    }

    /// A use of a nonce.
    struct NonceKeyWithExpTime has copy, drop, store {
        txn_expiration_time: u64,
        sender_address: address,
        nonce: u64
    }

    /// A place in the queue of a bucket.
    struct Place has copy, drop {
        bucket: u64,
        index: u64
    }

    /// The queue from `head` up to, not including, `tail`.
    struct Bucket has copy, drop, store {
        head: u64,
        tail: u64
    }

    /// The nonces in use, at `0x1`.
    struct NonceHistory has key {
        /// When the latest use of a nonce expires.
        expirations: Table<NonceKey, u64>,
        buckets: Table<u64, Bucket>,
        queued: Table<Place, NonceKeyWithExpTime>,
        /// The number of buckets that were made in advance.
        next_key: u64
    }

    /// Sets up the table, at genesis.
    public(package) fun initialize(aptos_framework: &signer) {
        initialize_nonce_table(aptos_framework);
    }

    /// Sets up the table. Aborts if there is one.
    public entry fun initialize_nonce_table(aptos_framework: &signer) {
        system_addresses::assert_aptos_framework(aptos_framework);
        assert!(!exists<NonceHistory>(@aptos_framework), error::invalid_state(E_NONCE_TABLE_ALREADY_EXISTS));
        move_to(
            aptos_framework,
            NonceHistory { expirations: table::new(), buckets: table::new(), queued: table::new(), next_key: 0 }
        );
    }

    /// Makes up to `count` buckets in advance. Transactions make those that they find missing.
    public entry fun add_nonce_buckets(count: u64) {
        assert!(exists<NonceHistory>(@aptos_framework), error::invalid_state(E_NONCE_TABLE_MISSING));
        let history = &mut NonceHistory[@aptos_framework];
        for (i in 0..count) {
            if (history.next_key == NUM_BUCKETS) break;
            if (!history.buckets.contains(history.next_key)) {
                history.buckets.add(history.next_key, Bucket { head: 0, tail: 0 });
            };
            history.next_key += 1;
        }
    }

    /// Records the use of a nonce by a transaction that expires at `txn_expiration_time` (seconds). False, and nothing
    /// recorded, if it was used before and could be valid again.
    public(package) fun check_and_insert_nonce(
        sender_address: address, nonce: u64, txn_expiration_time: u64
    ): bool {
        assert!(exists<NonceHistory>(@aptos_framework), error::invalid_state(E_NONCE_TABLE_MISSING));
        let history = &mut NonceHistory[@aptos_framework];
        let now = timestamp::now_seconds();
        let key = NonceKey { sender_address, nonce };
        if (history.expirations.contains(key)) {
            let earlier = *history.expirations.borrow(key);
            if (earlier >= now
                || txn_expiration_time <= earlier + NONCE_REPLAY_PROTECTION_OVERLAP_INTERVAL_SECS) return false;
        };
        history.expirations.upsert(key, txn_expiration_time);

        let number = aptos_hash::sip_hash(bcs::to_bytes(&key)) % NUM_BUCKETS;
        let bucket = *history.buckets.borrow_with_default(number, &Bucket { head: 0, tail: 0 });
        history.drop_expired(number, &mut bucket, now);
        history.queued.add(
            Place { bucket: number, index: bucket.tail },
            NonceKeyWithExpTime { txn_expiration_time, sender_address, nonce }
        );
        bucket.tail += 1;
        history.buckets.upsert(number, bucket);
        true
    }

    /// Drops nonces from the head of the queue that can be used again in any case.
    fun drop_expired(self: &mut NonceHistory, number: u64, bucket: &mut Bucket, now: u64) {
        for (i in 0..MAX_ENTRIES_GARBAGE_COLLECTED_PER_CALL) {
            if (bucket.head == bucket.tail) break;
            let place = Place { bucket: number, index: bucket.head };
            let oldest = *self.queued.borrow(place);
            if (oldest.txn_expiration_time + NONCE_REPLAY_PROTECTION_OVERLAP_INTERVAL_SECS >= now) break;
            self.queued.remove(place);
            bucket.head += 1;
            let key = NonceKey { sender_address: oldest.sender_address, nonce: oldest.nonce };
            // A later use of the same nonce has its own place.
            if (*self.expirations.borrow(key) == oldest.txn_expiration_time) {
                self.expirations.remove(key);
            }
        }
    }

    #[test_only]
    fun set_up(framework: &signer, now: u64) {
        initialize(framework);
        timestamp::set_time_has_started_for_testing(framework);
        timestamp::update_global_time_for_test_secs(now);
    }

    #[test_only]
    fun is_known(sender_address: address, nonce: u64): bool {
        NonceHistory[@aptos_framework].expirations.contains(NonceKey { sender_address, nonce })
    }

    #[test(framework = @aptos_framework)]
    fun a_nonce_is_used_once(framework: &signer) {
        set_up(framework, 1000);
        assert!(check_and_insert_nonce(@0x42, 7, 1060), 0);
        assert!(!check_and_insert_nonce(@0x42, 7, 1060), 0);
        assert!(!check_and_insert_nonce(@0x42, 7, 1065), 0);
        assert!(check_and_insert_nonce(@0x42, 8, 1060), 0);
        assert!(check_and_insert_nonce(@0x43, 7, 1060), 0);
    }

    #[test(framework = @aptos_framework)]
    fun it_can_be_used_again_long_after(framework: &signer) {
        set_up(framework, 1000);
        assert!(check_and_insert_nonce(@0x42, 7, 1010), 0);
        timestamp::update_global_time_for_test_secs(1011);
        assert!(!check_and_insert_nonce(@0x42, 7, 1075), 0);
        assert!(check_and_insert_nonce(@0x42, 7, 1076), 0);
        assert!(!check_and_insert_nonce(@0x42, 7, 1076), 0);
    }

    #[test(framework = @aptos_framework)]
    fun expired_nonces_go_away(framework: &signer) {
        set_up(framework, 1000);
        let number = aptos_hash::sip_hash(bcs::to_bytes(&NonceKey { sender_address: @0x42, nonce: 7 })) % NUM_BUCKETS;
        check_and_insert_nonce(@0x42, 7, 1010);
        let bucket = *NonceHistory[@aptos_framework].buckets.borrow(number);
        NonceHistory[@aptos_framework].drop_expired(number, &mut bucket, 1075);
        assert!(is_known(@0x42, 7), 0);
        NonceHistory[@aptos_framework].drop_expired(number, &mut bucket, 1076);
        assert!(!is_known(@0x42, 7) && bucket.head == bucket.tail, 0);
    }

    #[test(framework = @aptos_framework)]
    fun a_later_use_outlives_the_earlier(framework: &signer) {
        set_up(framework, 1000);
        check_and_insert_nonce(@0x42, 7, 1010);
        timestamp::update_global_time_for_test_secs(1076);
        assert!(check_and_insert_nonce(@0x42, 7, 1100), 0);
        assert!(is_known(@0x42, 7), 0);
        timestamp::update_global_time_for_test_secs(1090);
        assert!(!check_and_insert_nonce(@0x42, 7, 1150), 0);
    }

    #[test(framework = @aptos_framework)]
    fun buckets_can_be_made_in_advance(framework: &signer) {
        set_up(framework, 1000);
        add_nonce_buckets(3);
        add_nonce_buckets(2);
        let history = &NonceHistory[@aptos_framework];
        assert!(history.next_key == 5 && history.buckets.contains(4) && !history.buckets.contains(5), 0);
    }

    #[test(framework = @aptos_framework)]
    #[expected_failure(abort_code = 0x30001, location = Self)]
    fun is_set_up_once(framework: &signer) {
        initialize(framework);
        initialize(framework);
    }

    #[test]
    #[expected_failure(abort_code = 0x30002, location = Self)]
    fun needs_set_up() {
        check_and_insert_nonce(@0x42, 7, 1010);
    }
}
