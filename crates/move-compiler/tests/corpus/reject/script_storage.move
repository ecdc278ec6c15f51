// A script stores nothing.
module t::script_storage { struct R has key, drop { n: u64 } }
script {
    fun script_e(a: address) { move_from<t::script_storage::R>(a); }
}
