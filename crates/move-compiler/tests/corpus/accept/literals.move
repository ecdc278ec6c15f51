// All ways to write numbers.
module t::literals {
    #[test] fun equal() {
        assert!(1_000_000 == 1000000, 1);
        assert!(0xFF == 255u64, 2);
        assert!(0xff_ffu16 == 65_535, 3);
        assert!(0x0u8 == 0, 4);
        assert!(00012 == 12, 5);
        assert!(0xDEADbeefu32 == 3735928559, 6)
    }
    #[test] fun inferred() { let x = 10; let y: u8 = x; abort (y as u64) }
    #[test] fun inferred_later() { let x; x = 12; let y: u16 = 3; y = y + x; abort y as u64 }
    #[test] fun defaults() { let x = 5000000000; abort x }
}
