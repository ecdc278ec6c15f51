// Functions that the whole package may call.
module t::visibility_package_lib {
    public(package) fun long(): u64 { 40 }
    package fun short(): u64 { 2 }
}
module other::visibility_package_other { public fun one(): u64 { 1 } }
module t::visibility_package {
    use other::visibility_package_other::one;
    #[test] fun call() { abort t::visibility_package_lib::long() + t::visibility_package_lib::short() * one() }
}
