// move ends even what can be copied.
module t::moved_copyable {
    fun f(): u64 { let x = 1; let y = move x; x + y }
}
