/// Numbered storage slots for the nodes of linked data structures: a slot holds one value, and
/// other values refer to it by its index.
///
/// An index can be reserved before its value exists, and a value can leave its slot and come back.
/// With reuse, freed slots stay in storage as a list of spares, and can also be paid for ahead.
module aptos_std::storage_slots_allocator {
    use std::error;
    use std::option::{Self, Option};
    use aptos_std::table_with_length::{Self, TableWithLength};

    /// The two halves of a slot do not belong together
    const EINVALID_ARGUMENT: u64 = 1;
    /// Spare slots need an allocator that reuses slots
    const ECANNOT_HAVE_SPARES_WITHOUT_REUSE: u64 = 2;
    /// The list of spare slots is damaged
    const EINTERNAL_INVARIANT_BROKEN: u64 = 7;

    /// No slot.
    const NULL_INDEX: u64 = 0;
    /// Indices between `NULL_INDEX` and this one are free for users to give a meaning of their own.
    const FIRST_INDEX: u64 = 10;

    /// The content of one slot.
    enum Link<T: store> has store {
        /// The slot is in use.
        Occupied { value: T },
        /// The slot is a spare; `next` is the following spare.
        Vacant { next: u64 },
    }

    /// Hands out slots. It writes to itself only when slots are taken or freed, never when the
    /// value of a slot is read or changed.
    enum StorageSlotsAllocator<T: store> has store {
        V1 {
            // Created with the first slot.
            slots: Option<TableWithLength<u64, Link<T>>>,
            new_slot_index: u64,
            should_reuse: bool,
            reuse_head_index: u64,
            reuse_spare_count: u32,
        }
    }

    /// The right to put a value into a slot that has none. It must be used within the transaction.
    struct ReservedSlot {
        slot_index: u64,
    }

    /// The ownership of a slot and its value; has to be given back to free the slot.
    struct StoredSlot has store {
        slot_index: u64,
    }

    /// Creates an allocator without slots. With `should_reuse`, freed slots become spares.
    public fun new<T: store>(should_reuse: bool): StorageSlotsAllocator<T> {
        StorageSlotsAllocator::V1 {
            slots: option::none(),
            new_slot_index: FIRST_INDEX,
            should_reuse,
            reuse_head_index: NULL_INDEX,
            reuse_spare_count: 0,
        }
    }

    /// Adds `num_to_allocate` spare slots, so that later users of them create no storage.
    /// Aborts with `ECANNOT_HAVE_SPARES_WITHOUT_REUSE` if slots are not reused.
    public fun allocate_spare_slots<T: store>(
        self: &mut StorageSlotsAllocator<T>, num_to_allocate: u64
    ) {
        assert!(self.should_reuse, error::invalid_argument(ECANNOT_HAVE_SPARES_WITHOUT_REUSE));
        for (_i in 0..num_to_allocate) {
            let slot_index = self.take_new_index();
            self.push_spare(slot_index);
        }
    }

    /// The number of spare slots.
    /// Aborts with `ECANNOT_HAVE_SPARES_WITHOUT_REUSE` if slots are not reused.
    public fun get_num_spare_slot_count<T: store>(self: &StorageSlotsAllocator<T>): u32 {
        assert!(self.should_reuse, error::invalid_argument(ECANNOT_HAVE_SPARES_WITHOUT_REUSE));
        self.reuse_spare_count
    }

    /// Puts `val` into a slot.
    public fun add<T: store>(self: &mut StorageSlotsAllocator<T>, val: T): StoredSlot {
        let (stored, reserved) = self.reserve_slot();
        self.fill_reserved_slot(reserved, val);
        stored
    }

    /// Frees a slot and returns its value.
    public fun remove<T: store>(self: &mut StorageSlotsAllocator<T>, slot: StoredSlot): T {
        let (reserved, value) = self.remove_and_reserve(slot.slot_index);
        self.free_reserved_slot(reserved, slot);
        value
    }

    /// Destroys the allocator and its spare slots. Aborts if a slot is in use.
    public fun destroy_empty<T: store>(self: StorageSlotsAllocator<T>) {
        while (self.reuse_head_index != NULL_INDEX) {
            self.pop_spare();
        };
        let StorageSlotsAllocator::V1 {
            slots,
            new_slot_index: _,
            should_reuse: _,
            reuse_head_index: _,
            reuse_spare_count,
        } = self;
        assert!(reuse_spare_count == 0, EINTERNAL_INVARIANT_BROKEN);
        if (slots.is_some()) {
            slots.destroy_some().destroy_empty()
        } else {
            slots.destroy_none()
        }
    }

    /// Borrows the value in a slot. Aborts if there is none.
    public fun borrow<T: store>(self: &StorageSlotsAllocator<T>, slot_index: u64): &T {
        &self.slots.borrow().borrow(slot_index).value
    }

    /// Borrows the value in a slot for writing. Aborts if there is none.
    public fun borrow_mut<T: store>(self: &mut StorageSlotsAllocator<T>, slot_index: u64): &mut T {
        &mut self.slots.borrow_mut().borrow_mut(slot_index).value
    }

    /// Takes the value out of a slot, which stays reserved for another one.
    public fun remove_and_reserve<T: store>(
        self: &mut StorageSlotsAllocator<T>, slot_index: u64
    ): (ReservedSlot, T) {
        let Link::Occupied { value } = self.slots.borrow_mut().remove(slot_index);
        (ReservedSlot { slot_index }, value)
    }

    /// Takes a slot whose value will follow: a spare one if there is any, else a new one.
    public fun reserve_slot<T: store>(
        self: &mut StorageSlotsAllocator<T>
    ): (StoredSlot, ReservedSlot) {
        let slot_index =
            if (self.reuse_head_index != NULL_INDEX) {
                self.pop_spare()
            } else {
                self.take_new_index()
            };
        (StoredSlot { slot_index }, ReservedSlot { slot_index })
    }

    /// Puts `val` into a reserved slot.
    public fun fill_reserved_slot<T: store>(
        self: &mut StorageSlotsAllocator<T>, slot: ReservedSlot, val: T
    ) {
        let ReservedSlot { slot_index } = slot;
        self.put(slot_index, Link::Occupied { value: val })
    }

    /// Gives up a reserved slot. Aborts with `EINVALID_ARGUMENT` if the two are different slots.
    public fun free_reserved_slot<T: store>(
        self: &mut StorageSlotsAllocator<T>, reserved_slot: ReservedSlot, stored_slot: StoredSlot
    ) {
        let ReservedSlot { slot_index } = reserved_slot;
        let StoredSlot { slot_index: stored_index } = stored_slot;
        assert!(slot_index == stored_index, error::invalid_argument(EINVALID_ARGUMENT));
        if (self.should_reuse) self.push_spare(slot_index)
    }

    /// The index of a reserved slot.
    public fun reserved_to_index(self: &ReservedSlot): u64 {
        self.slot_index
    }

    /// The index of a slot in use.
    public fun stored_to_index(self: &StoredSlot): u64 {
        self.slot_index
    }

    /// Whether an index stands for no slot.
    public fun is_null_index(slot_index: u64): bool {
        slot_index == NULL_INDEX
    }

    /// Whether an index is one of those that never name a slot, and that users may give a meaning.
    public fun is_special_unused_index(slot_index: u64): bool {
        slot_index != NULL_INDEX && slot_index < FIRST_INDEX
    }

    fun take_new_index<T: store>(self: &mut StorageSlotsAllocator<T>): u64 {
        let slot_index = self.new_slot_index;
        self.new_slot_index += 1;
        if (self.slots.is_none()) {
            self.slots.fill(table_with_length::new());
        };
        slot_index
    }

    fun put<T: store>(self: &mut StorageSlotsAllocator<T>, slot_index: u64, link: Link<T>) {
        self.slots.borrow_mut().add(slot_index, link)
    }

    fun push_spare<T: store>(self: &mut StorageSlotsAllocator<T>, slot_index: u64) {
        let next = self.reuse_head_index;
        self.put(slot_index, Link::Vacant { next });
        self.reuse_head_index = slot_index;
        self.reuse_spare_count += 1;
    }

    fun pop_spare<T: store>(self: &mut StorageSlotsAllocator<T>): u64 {
        let slot_index = self.reuse_head_index;
        let Link::Vacant { next } = self.slots.borrow_mut().remove(slot_index);
        self.reuse_head_index = next;
        self.reuse_spare_count -= 1;
        slot_index
    }

    #[test]
    fun values_are_found_by_index() {
        let slots = new<u64>(false);
        let a = slots.add(1);
        let b = slots.add(2);
        assert!(a.stored_to_index() == FIRST_INDEX && b.stored_to_index() == FIRST_INDEX + 1);
        assert!(*slots.borrow(a.stored_to_index()) == 1);
        *slots.borrow_mut(b.stored_to_index()) += 5;
        assert!(slots.remove(b) == 7);
        assert!(slots.remove(a) == 1);
        let c = slots.add(3);
        assert!(c.stored_to_index() == FIRST_INDEX + 2);
        assert!(slots.remove(c) == 3);
        slots.destroy_empty();
    }

    #[test]
    fun freed_slots_are_used_again() {
        let slots = new<u64>(true);
        let a = slots.add(1);
        let b = slots.add(2);
        let a_index = a.stored_to_index();
        slots.remove(a);
        assert!(slots.get_num_spare_slot_count() == 1);
        let c = slots.add(3);
        assert!(c.stored_to_index() == a_index && slots.get_num_spare_slot_count() == 0);
        slots.remove(b);
        slots.remove(c);
        assert!(slots.get_num_spare_slot_count() == 2);
        slots.destroy_empty();
    }

    #[test]
    fun spares_are_used_before_new_slots() {
        let slots = new<u64>(true);
        slots.allocate_spare_slots(3);
        assert!(slots.get_num_spare_slot_count() == 3);
        let taken = vector[];
        for (i in 0..5) taken.push_back(slots.add(i));
        assert!(slots.get_num_spare_slot_count() == 0);
        let indices = taken.map_ref(|slot| slot.stored_to_index());
        assert!(indices == vector[12, 11, 10, 13, 14]);
        taken.for_each(|slot| {
            slots.remove(slot);
        });
        slots.destroy_empty();
    }

    #[test]
    fun a_value_can_leave_its_slot_and_return() {
        let slots = new<vector<u8>>(true);
        let stored = slots.add(b"a");
        let (reserved, value) = slots.remove_and_reserve(stored.stored_to_index());
        assert!(reserved.reserved_to_index() == stored.stored_to_index());
        value.push_back(98);
        slots.fill_reserved_slot(reserved, value);
        assert!(slots.remove(stored) == b"ab");
        slots.destroy_empty();
    }

    #[test]
    fun a_reserved_slot_can_be_given_up() {
        let slots = new<u64>(true);
        let (stored, reserved) = slots.reserve_slot();
        slots.free_reserved_slot(reserved, stored);
        assert!(slots.get_num_spare_slot_count() == 1);
        slots.destroy_empty();
        let slots = new<u64>(false);
        let (stored, reserved) = slots.reserve_slot();
        slots.free_reserved_slot(reserved, stored);
        slots.destroy_empty();
    }

    #[test]
    fun indices_below_the_first_are_special() {
        assert!(is_null_index(0) && !is_null_index(1) && !is_null_index(10));
        assert!(!is_special_unused_index(0) && is_special_unused_index(1));
        assert!(is_special_unused_index(9) && !is_special_unused_index(10));
    }

    #[test]
    fun an_unused_allocator_can_be_destroyed() {
        new<u64>(true).destroy_empty();
        new<u64>(false).destroy_empty();
    }

    #[test]
    #[expected_failure(abort_code = 0x10002, location = Self)]
    fun spares_without_reuse_abort() {
        let slots = new<u64>(false);
        slots.allocate_spare_slots(1);
        slots.destroy_empty();
    }

    #[test]
    #[expected_failure(abort_code = 0x10002, location = Self)]
    fun counting_spares_without_reuse_aborts() {
        let slots = new<u64>(false);
        slots.get_num_spare_slot_count();
        slots.destroy_empty();
    }

    #[test]
    #[expected_failure(abort_code = 0x10001, location = Self)]
    fun freeing_halves_of_different_slots_aborts() {
        let slots = new<u64>(true);
        let (stored, reserved) = slots.reserve_slot();
        let (other_stored, other_reserved) = slots.reserve_slot();
        slots.free_reserved_slot(reserved, other_stored);
        slots.free_reserved_slot(other_reserved, stored);
        slots.destroy_empty();
    }

    #[test]
    #[expected_failure(abort_code = 0x30066, location = aptos_std::table_with_length)]
    fun destroying_slots_in_use_aborts() {
        let slots = new<u64>(true);
        let StoredSlot { slot_index: _ } = slots.add(1);
        slots.destroy_empty();
    }
}
