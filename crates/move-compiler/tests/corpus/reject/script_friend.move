// A script has no friends.
script {
    friend std::vector;
    fun script_f() { }
}
