// Byte strings with their escapes, and hex strings.
module t::strings {
    #[test] fun escapes() {
        let s = b"\n\r\t\\\0\"\x41z";
        assert!(s == vector[10, 13, 9, 92, 0, 34, 65, 122], 1);
        abort s.length()
    }
    #[test] fun hex() { assert!(x"0AfF" == vector[10, 255], 2); assert!(x"" == b"", 3) }
    #[test] fun double_slash_inside() { abort b"a//b /* c */".length() }
}
