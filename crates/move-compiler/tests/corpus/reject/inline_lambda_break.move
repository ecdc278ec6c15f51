// A lambda does not end the loop around it.
module t::inline_lambda_break {
    inline fun f(g: ||) { while (true) { g() } }
    fun h() { f(|| break) }
}
