// No native inline function.
module t::inline_native {
    native inline fun f();
}
