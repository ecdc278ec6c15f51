// A script with a type parameter.
script {
    fun script_generic<T: drop>(_s: &signer, n: u8) { assert!(n > 0, 3) }
}
