// A native function has no body.
module t::syntax_native_body {
    native fun f() { }
}
