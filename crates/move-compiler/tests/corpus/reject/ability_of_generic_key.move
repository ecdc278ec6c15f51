// T needs store.
module t::ability_of_generic_key {
    struct R<T> has key { t: T }
    fun f<T>(s: &signer, t: T) { move_to(s, R { t }) }
}
