/// A list of addresses that are allowed to do something.
///
/// Meant for short lists: every operation walks over the whole list.
module std::acl {
    use std::error;

    /// The address is on the list already.
    const ECONTAIN: u64 = 0;
    /// The address is not on the list.
    const ENOT_CONTAIN: u64 = 1;

    /// The allowed addresses, each at most once, in the order in which they were added.
    struct ACL has store, drop, copy {
        list: vector<address>
    }

    /// A list without any address.
    public fun empty(): ACL {
        ACL { list: vector[] }
    }

    /// Puts `addr` at the end of the list. Aborts with `ECONTAIN` if it is there already.
    public fun add(self: &mut ACL, addr: address) {
        assert!(!self.list.contains(&addr), error::invalid_argument(ECONTAIN));
        self.list.push_back(addr);
    }

    /// Takes `addr` off the list; the others keep their order. Aborts with `ENOT_CONTAIN` if it is not there.
    public fun remove(self: &mut ACL, addr: address) {
        let (found, place) = self.list.index_of(&addr);
        assert!(found, error::invalid_argument(ENOT_CONTAIN));
        self.list.remove(place);
    }

    /// Whether `addr` is on the list.
    public fun contains(self: &ACL, addr: address): bool {
        self.list.contains(&addr)
    }

    /// Aborts with `ENOT_CONTAIN` unless `addr` is on the list.
    public fun assert_contains(self: &ACL, addr: address) {
        assert!(self.contains(addr), error::invalid_argument(ENOT_CONTAIN));
    }
}
