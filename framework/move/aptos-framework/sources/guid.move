/// Globally unique ids: an account's address with a number that this account has never used before.
module aptos_framework::guid {
    /// An id that exists once. It cannot be copied, so that its holder can prove to own it.
    struct GUID has drop, store {
        id: ID
    }

    /// The value of a `GUID`, which anyone may copy or make.
    struct ID has copy, drop, store {
        /// The place among its creator's ids.
        creation_num: u64,
        /// The account that created it.
        addr: address
    }

    /// Takes the next number of `addr`; `creation_num_ref` is that account's counter.
    public(package) fun create(addr: address, creation_num_ref: &mut u64): GUID {
        let creation_num = *creation_num_ref;
        *creation_num_ref += 1;
        GUID { id: ID { creation_num, addr } }
    }

    /// An id by its parts, without owning the GUID.
    public fun create_id(addr: address, creation_num: u64): ID {
        ID { creation_num, addr }
    }

    /// The copyable value of the GUID.
    public fun id(self: &GUID): ID {
        self.id
    }

    /// The account that created the GUID.
    public fun creator_address(self: &GUID): address {
        self.id.addr
    }

    /// The account that created the GUID with this id.
    public fun id_creator_address(self: &ID): address {
        self.addr
    }

    /// The number of the GUID among its creator's.
    public fun creation_num(self: &GUID): u64 {
        self.id.creation_num
    }

    /// The number of the id among its creator's.
    public fun id_creation_num(self: &ID): u64 {
        self.creation_num
    }

    /// Whether `id` is the value of the GUID.
    public fun eq_id(self: &GUID, id: &ID): bool {
        &self.id == id
    }

    #[test]
    fun numbers_count_up() {
        let counter = 7;
        let first = create(@0xcafe, &mut counter);
        let second = create(@0xcafe, &mut counter);
        assert!(counter == 9, 0);
        assert!(creation_num(&first) == 7 && creation_num(&second) == 8, 0);
        assert!(creator_address(&first) == @0xcafe, 0);
        assert!(id(&first) != id(&second), 0);
    }

    #[test]
    fun ids_compare_by_value() {
        let counter = 0;
        let guid = create(@0xcafe, &mut counter);
        let same = create_id(@0xcafe, 0);
        assert!(eq_id(&guid, &same), 0);
        assert!(!eq_id(&guid, &create_id(@0xcafe, 1)), 0);
        assert!(!eq_id(&guid, &create_id(@0xbeef, 0)), 0);
        assert!(id_creator_address(&same) == @0xcafe && id_creation_num(&same) == 0, 0);
    }
}
