// A use and a function of a name.
module t::twice_use_and_function {
    use std::signer::address_of;
    fun address_of(s: &signer): address { @0x1 }
}
