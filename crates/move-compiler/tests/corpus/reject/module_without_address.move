// A module is at an address.
module nowhere {
    fun f() { }
}
