// An address has 32 bytes.
module t::literal_address_too_large {
    fun f(): address { @0x10000000000000000000000000000000000000000000000000000000000000000 }
}
