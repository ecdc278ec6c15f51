// A script has no structs.
script {
    struct S { }
    fun script_c() { }
}
