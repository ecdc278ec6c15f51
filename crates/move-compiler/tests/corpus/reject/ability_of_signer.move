// Signers are not copied.
module t::ability_of_signer {
    fun g(_s: signer) { }
    fun f(s: signer) { g(s); g(s) }
}
