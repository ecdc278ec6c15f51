// Two uses of a name.
module t::twice_use {
    use std::vector;
    use std::signer as vector;
    fun f(s: &signer): address { vector::address_of(s) }
}
