/// Values as text that people can read.
///
/// | value | text |
/// | --- | --- |
/// | `true`, `7u64` | `true`, `7` |
/// | `@0x1`, a signer | `@0x1`, `signer(@0x1)` |
/// | `vector[1u64, 2]`, an empty vector | `[ 1, 2 ]`, `[]` |
/// | `x"0102"` | `0x0102` |
/// | a string | `"text"`, where `"` and `\` in it become `\"` and `\\` |
/// | an option | `None`, `Some(7)` |
/// | a struct | `Name { field: 1, other: true }` |
module aptos_std::string_utils {
    use std::string::String;

    /// There are more or fewer values than `{}` in the format.
    const EARGS_MISMATCH: u64 = 1;
    /// The format is not UTF-8, or has a brace that is neither doubled nor part of `{}`.
    const EINVALID_FORMAT: u64 = 2;
    /// The value has a delayed field, such as an aggregator, whose value is not known yet.
    const EUNABLE_TO_FORMAT_DELAYED_FIELD: u64 = 3;

    /// The text of a value, in one line, as in the table above.
    public fun to_string<T>(s: &T): String {
        native_format(s, false, false, true, false)
    }

    /// The same, with addresses of 64 hexadecimal digits and without `0x`.
    public fun to_string_with_canonical_addresses<T>(s: &T): String {
        native_format(s, false, true, true, false)
    }

    /// The same as `to_string_with_canonical_addresses`: in spite of the name no types are added to integers, and
    /// programs rely on that.
    public fun to_string_with_integer_types<T>(s: &T): String {
        native_format(s, false, true, true, false)
    }

    /// The text of a value in several lines, one for each field of a struct and for each element of a vector of structs
    /// or vectors, with full names of structs.
    public fun debug_string<T>(s: &T): String {
        native_format(s, true, false, false, false)
    }

    /// `fmt` with the text of `a` in place of `{}`; `{{` and `}}` stand for single braces. Aborts with
    /// `EARGS_MISMATCH` unless there is exactly one `{}`, with `EINVALID_FORMAT` if braces are used in another way.
    public fun format1<T0: drop>(fmt: &vector<u8>, a: T0): String {
        native_format_list(fmt, &list1(a))
    }

    /// `format1` for two values.
    public fun format2<T0: drop, T1: drop>(fmt: &vector<u8>, a: T0, b: T1): String {
        native_format_list(fmt, &list2(a, b))
    }

    /// `format1` for three values.
    public fun format3<T0: drop, T1: drop, T2: drop>(fmt: &vector<u8>, a: T0, b: T1, c: T2): String {
        native_format_list(fmt, &list3(a, b, c))
    }

    /// `format1` for four values.
    public fun format4<T0: drop, T1: drop, T2: drop, T3: drop>(
        fmt: &vector<u8>, a: T0, b: T1, c: T2, d: T3
    ): String {
        native_format_list(fmt, &list4(a, b, c, d))
    }

    /// A list of values of different types: the first one, and the list of the others.
    struct Cons<T, N> has copy, drop, store {
        car: T,
        cdr: N
    }

    /// The empty list.
    struct NIL has copy, drop, store {}

    fun cons<T, N>(car: T, cdr: N): Cons<T, N> {
        Cons { car, cdr }
    }

    fun nil(): NIL {
        NIL {}
    }

    inline fun list1<T0>(a: T0): Cons<T0, NIL> {
        cons(a, nil())
    }

    inline fun list2<T0, T1>(a: T0, b: T1): Cons<T0, Cons<T1, NIL>> {
        cons(a, list1(b))
    }

    inline fun list3<T0, T1, T2>(a: T0, b: T1, c: T2): Cons<T0, Cons<T1, Cons<T2, NIL>>> {
        cons(a, list2(b, c))
    }

    inline fun list4<T0, T1, T2, T3>(a: T0, b: T1, c: T2, d: T3): Cons<T0, Cons<T1, Cons<T2, Cons<T3, NIL>>>> {
        cons(a, list3(b, c, d))
    }

    /// The text of a value. `type_tag`: structs by their full names; `canonicalize`: addresses with all digits;
    /// `single_line`: no line breaks; `include_int_types`: integers with their types.
    native fun native_format<T>(
        s: &T, type_tag: bool, canonicalize: bool, single_line: bool, include_int_types: bool
    ): String;

    /// `fmt` with the values of a list, which is made of `Cons` and `NIL`, in place of its `{}`.
    native fun native_format_list<T>(fmt: &vector<u8>, val: &T): String;

    #[test_only]
    use std::option;
    #[test_only]
    use std::string;

    #[test_only]
    struct Inner has copy, drop {
        flag: bool,
        bytes: vector<u8>
    }

    #[test_only]
    struct Outer<T> has copy, drop {
        inner: Inner,
        value: T
    }

    #[test_only]
    /// Has the fields of `Cons`, but is not one.
    struct FakeCons<T, N> has copy, drop, store {
        car: T,
        cdr: N
    }

    #[test_only]
    fun check(text: String, expected: vector<u8>) {
        assert!(text == string::utf8(expected));
    }

    #[test]
    fun booleans_and_integers() {
        check(to_string(&true), b"true");
        check(to_string(&false), b"false");
        check(to_string(&0u8), b"0");
        check(to_string(&65535u16), b"65535");
        check(to_string(&7u32), b"7");
        check(to_string(&18446744073709551615u64), b"18446744073709551615");
        check(to_string(&(1u128 << 127)), b"170141183460469231731687303715884105728");
        check(
            to_string(&115792089237316195423570985008687907853269984665640564039457584007913129639935u256),
            b"115792089237316195423570985008687907853269984665640564039457584007913129639935"
        );
    }

    #[test]
    fun integer_types_only_on_request() {
        check(to_string_with_integer_types(&6u8), b"6");
        check(native_format(&6u8, false, false, true, true), b"6u8");
        check(native_format(&7u256, false, false, true, true), b"7u256");
        check(native_format(&vector[1u16, 2], false, false, true, true), b"[ 1u16, 2u16 ]");
    }

    #[test]
    fun addresses_are_short_or_canonical() {
        check(to_string(&@0x1), b"@0x1");
        check(to_string(&@0x00cafe), b"@0xcafe");
        check(
            to_string_with_canonical_addresses(&@0xcafe),
            b"@000000000000000000000000000000000000000000000000000000000000cafe"
        );
        check(
            to_string_with_integer_types(&@0xcafe),
            b"@000000000000000000000000000000000000000000000000000000000000cafe"
        );
    }

    #[test(one = @0xcafe, two = @0x2)]
    fun signers_show_their_address(one: signer, two: signer) {
        check(to_string(&one), b"signer(@0xcafe)");
        check(
            to_string_with_canonical_addresses(&one),
            b"signer(@000000000000000000000000000000000000000000000000000000000000cafe)"
        );
        check(debug_string(&vector[one, two]), b"[ signer(@0xcafe), signer(@0x2) ]");
    }

    #[test]
    fun vectors() {
        check(to_string(&vector<u64>[]), b"[]");
        check(to_string(&vector[1u64, 2, 3]), b"[ 1, 2, 3 ]");
        check(to_string(&vector[vector[true], vector[]]), b"[ [ true ], [] ]");
        check(to_string(&vector<u8>[]), b"0x");
        check(to_string(&x"00ff10"), b"0x00ff10");
        check(to_string(&vector[x"01", x"0203"]), b"[ 0x01, 0x0203 ]");
    }

    #[test]
    fun strings_are_quoted_and_escaped() {
        check(to_string(&string::utf8(b"My string")), b"\"My string\"");
        check(to_string(&string::utf8(b"")), b"\"\"");
        check(to_string(&string::utf8(b"say \"a\\b\"")), b"\"say \\\"a\\\\b\\\"\"");
    }

    #[test]
    fun options() {
        check(to_string(&option::none<u64>()), b"None");
        check(to_string(&option::some(7u64)), b"Some(7)");
        check(to_string(&option::some(option::some(@0x1))), b"Some(Some(@0x1))");
    }

    #[test]
    fun structs() {
        let inner = Inner { flag: true, bytes: x"01" };
        check(to_string(&inner), b"Inner { flag: true, bytes: 0x01 }");
        check(
            to_string(&Outer { inner, value: vector[@0x1] }),
            b"Outer { inner: Inner { flag: true, bytes: 0x01 }, value: [ @0x1 ] }"
        );
        check(to_string(&cons(1u64, 2u64)), b"Cons { car: 1, cdr: 2 }");
        check(to_string(&nil()), b"NIL { dummy_field: false }");
    }

    #[test]
    fun debug_strings_have_lines_and_full_names() {
        check(debug_string(&7u64), b"7");
        check(debug_string(&vector<u64>[]), b"[]");
        check(debug_string(&vector[@0x1, @0x2]), b"[ @0x1, @0x2 ]");
        check(debug_string(&vector[vector[1u64, 2], vector[]]), b"[\n  [ 1, 2 ],\n  []\n]");
        check(debug_string(&vector[x"01", x"02"]), b"[\n  0x01,\n  0x02\n]");
        let inner = Inner { flag: true, bytes: x"01" };
        check(debug_string(&inner), b"0x1::string_utils::Inner {\n  flag: true,\n  bytes: 0x01\n}");
        check(
            debug_string(&Outer { inner, value: vector[@0x1] }),
            b"0x1::string_utils::Outer<vector<address>> {\n  inner: 0x1::string_utils::Inner {\n    flag: true,\n    bytes: 0x01\n  },\n  value: [ @0x1 ]\n}"
        );
    }

    #[test]
    fun formats_take_their_values_in_order() {
        check(format1(&b"{}", 1u64), b"1");
        check(format2(&b"a = {}, b = {}", 1u64, @0x2), b"a = 1, b = @0x2");
        check(format3(&b"{}{}{}", true, x"01", string::utf8(b"x")), b"true0x01\"x\"");
        check(format4(&b"{} {} {} {}!", 1u8, 2u16, 3u32, vector[4u64]), b"1 2 3 [ 4 ]!");
    }

    #[test]
    fun formats_keep_other_text() {
        check(format1(&x"c3a47b7dc3a4", 1u8), x"c3a431c3a4");
        check(format1(&b"{{}} {} {{{{", 1u8), b"{} 1 {{");
        check(native_format_list(&b"none", &nil()), b"none");
        check(native_format_list(&b"", &nil()), b"");
    }

    #[test]
    #[expected_failure(abort_code = EARGS_MISMATCH, location = Self)]
    fun too_few_values_abort() {
        format2(&b"{} {} {}", 1u64, 2u64);
    }

    #[test]
    #[expected_failure(abort_code = EARGS_MISMATCH, location = Self)]
    fun too_many_values_abort() {
        format3(&b"{} {}", 1u64, 2u64, 3u64);
    }

    #[test]
    #[expected_failure(abort_code = EARGS_MISMATCH, location = Self)]
    fun only_a_list_is_taken_apart() {
        native_format_list(&b"{}", &FakeCons { car: 1u64, cdr: nil() });
    }

    #[test]
    #[expected_failure(abort_code = EINVALID_FORMAT, location = Self)]
    fun a_name_in_braces_aborts() {
        format1(&b"{a}", 1u64);
    }

    #[test]
    #[expected_failure(abort_code = EINVALID_FORMAT, location = Self)]
    fun an_open_brace_at_the_end_aborts() {
        format1(&b"{} {", 1u64);
    }

    #[test]
    #[expected_failure(abort_code = EINVALID_FORMAT, location = Self)]
    fun a_single_closing_brace_aborts() {
        format1(&b"{} } ", 1u64);
    }

    #[test]
    #[expected_failure(abort_code = EINVALID_FORMAT, location = Self)]
    fun a_closing_brace_at_the_end_aborts() {
        format1(&b"{} }", 1u64);
    }

    #[test]
    #[expected_failure(abort_code = EINVALID_FORMAT, location = Self)]
    fun a_format_has_to_be_utf8() {
        format1(&x"7b7dff", 1u64);
    }
}
