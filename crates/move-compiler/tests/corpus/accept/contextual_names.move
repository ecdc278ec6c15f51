// Words that are keywords in some places only.
module t::contextual_names {
    struct Match has drop { has: u64, enum: u64 }
    fun for(in: u64): u64 { in + 1 }
    fun package(entry: u64, view: u64, receiver: u64): u64 { entry * 100 + view * 10 + receiver }
    #[test] fun names() { let m = Match { has: 1, enum: 2 }; let phantom = 3; let is = m.has; abort package(is, phantom, m.enum) }
    #[test] fun more() { let where = 1; let with = 2; let to = 3; let global = 4; let self = 5; abort where + with + to + global + self }
    #[test] fun borrow_names() { let freeze_it = 5; let address_of = 3; let store = 1; let key = 2; abort freeze_it * 100 + address_of + store + key }
}
