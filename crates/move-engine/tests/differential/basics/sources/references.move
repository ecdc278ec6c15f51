module t::references {
    use std::vector;
    use t::digest;

    struct Inner has copy, drop { x: u64, y: u8 }
    struct Outer has copy, drop { a: Inner, b: vector<Inner>, c: u128 }

    fun outer(): Outer {
        Outer { a: Inner { x: 5, y: 6 }, b: vector[Inner { x: 7, y: 8 }, Inner { x: 9, y: 10 }], c: 11 }
    }
    fun bump(x: &mut u64, by: u64): u64 { let old = *x; *x = old + by; old }
    fun larger(a: &mut u64, b: &mut u64): &mut u64 { if (*a > *b) a else b }
    fun inner_x(o: &mut Outer): &mut u64 { &mut o.a.x }
    fun last(o: &Outer): &Inner { let n = o.b.length(); &o.b[n - 1] }
    fun swap_values(a: &mut u64, b: &mut u64) { let t = *a; *a = *b; *b = t }

    #[test] fun locals() {
        let x = 1;
        let r = &mut x;
        *r = 2;
        *r = *r + 3;
        abort x
    }
    #[test] fun fields() {
        let o = outer();
        let r = inner_x(&mut o);
        *r = *r * 100;
        o.c = o.c + 1;
        abort digest::any(0, &o)
    }
    #[test] fun calls() {
        let x = 10;
        let old = bump(&mut x, 5);
        let older = bump(&mut x, old);
        abort digest::add(digest::add(x, old), older)
    }
    #[test] fun choose() {
        let a = 3;
        let b = 4;
        *larger(&mut a, &mut b) = 100;
        *larger(&mut a, &mut b) = 1;
        *larger(&mut a, &mut b) = 50;
        abort a * 1000 + b
    }
    #[test] fun read_through() { let o = outer(); abort last(&o).x + (last(&o).y as u64) }
    #[test] fun swap_two() { let a = 1; let b = 2; swap_values(&mut a, &mut b); abort a * 10 + b }
    #[test] fun swap_fields() {
        let o = outer();
        let p = outer();
        swap_values(&mut o.a.x, &mut p.b[1].x);
        abort digest::any(digest::any(0, &o), &p)
    }
    #[test] fun copy_is_apart() {
        let o = outer();
        let p = o;
        p.a.x = 1;
        p.b[0].y = 1;
        abort digest::any(digest::any(0, &o), &p)
    }
    #[test] fun write_whole() {
        let o = outer();
        let r = &mut o;
        *r = Outer { a: Inner { x: 0, y: 0 }, b: vector[], c: 0 };
        r.b.push_back(Inner { x: 3, y: 4 });
        abort digest::any(0, &o)
    }
    #[test] fun write_inner() {
        let o = outer();
        o.b[1] = Inner { x: 99, y: 98 };
        o.a = o.b[1];
        o.a.y = 1;
        abort digest::any(0, &o)
    }
    #[test] fun equal_references() {
        let o = outer();
        let p = outer();
        let first = &o.a == &p.a;
        p.a.y = 0;
        abort (if (first) 1u64 else 0) | (if (&o.a == &p.a) 2u64 else 0) | (if (&o.b == &p.b) 4u64 else 0)
    }
    #[test] fun loop_over_reference() {
        let total = 0;
        let r = &mut total;
        let i = 0;
        while (i < 50) { *r = *r + i; i = i + 1 };
        abort total
    }
    #[test] fun value_before_write() {
        let x = 7;
        let before = x;
        let r = &mut x;
        *r = before + *r;
        let sum = before + x + { x = 100; x };
        abort sum
    }
    #[test] fun conditional_borrow() {
        let a = 1;
        let b = 2;
        let i = 0;
        while (i < 6) {
            let r = if (i % 2 == 0) &mut a else &mut b;
            *r = *r * 3;
            i = i + 1;
        };
        abort a * 1000 + b
    }
    #[test] fun deep() {
        let o = vector[vector[outer()]];
        let r = &mut o[0][0].b[1];
        r.x = r.x + 1;
        let s = &mut r.y;
        *s = *s + 1;
        abort digest::any(0, &o)
    }
}
