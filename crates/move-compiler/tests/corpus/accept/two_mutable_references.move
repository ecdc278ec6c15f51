// Two mutable references to a local may be in use, as long as neither comes from the other.
module t::two_mutable_references {
    #[test] fun of_local() { let x = 1; let a = &mut x; let b = &mut x; *a = 2; *b = 3; abort x }
    #[test] fun of_reference() { let x = 1; let r = &mut x; let s = r; *s = 2; *r = 3; abort x }
}
