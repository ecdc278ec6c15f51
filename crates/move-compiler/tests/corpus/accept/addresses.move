// Address literals in all forms.
module t::addresses {
    #[test] fun equal() {
        assert!(@0x42 == @t, 1);
        assert!(@66 == @0x42, 2);
        assert!(@0x0000000000000000000000000000000000000000000000000000000000000042 == @t, 3);
        assert!(@other != @t, 4);
        assert!(@std == @0x1, 5)
    }
}
