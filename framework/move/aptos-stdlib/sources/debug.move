/// Printing while a package is being tested. On a chain these functions print nothing.
module aptos_std::debug {
    use std::string::String;
    use aptos_std::string_utils;

    /// Prints a value of any type, as `string_utils::debug_string` shows it.
    public fun print<T>(x: &T) {
        native_print(string_utils::debug_string(x));
    }

    /// Prints which functions are running.
    public fun print_stack_trace() {
        native_print(native_stack_trace());
    }

    native fun native_print(x: String);

    native fun native_stack_trace(): String;

    #[test]
    fun any_value_can_be_printed() {
        print(&7u64);
        print(&b"bytes");
        print(&std::string::utf8(b"text"));
        print(&vector[@0x1, @0x2]);
        print_stack_trace();
    }
}
