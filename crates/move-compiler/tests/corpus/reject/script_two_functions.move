// A script has one function.
script {
    fun script_a() { }
    fun script_b() { }
}
