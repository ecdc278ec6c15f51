// No such resource.
module t::unbound_acquires {
    fun f() acquires Nothing { }
}
