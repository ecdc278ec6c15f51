// A script has no result.
script {
    fun script_d(): u64 { 1 }
}
