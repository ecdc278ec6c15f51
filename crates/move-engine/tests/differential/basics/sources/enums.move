module t::enums {
    use std::vector;
    use t::digest;

    enum Shape has copy, drop, store {
        Point,
        Circle { radius: u64 },
        Rectangle { width: u64, height: u64 },
        Named { name: vector<u8>, scale: u8, width: u64 },
    }
    enum Maybe<T> has copy, drop { None, Some { value: T } }
    enum Stored has key { V1 { x: u64 }, V2 { x: u64, y: vector<u8> } }

    fun area(s: &Shape): u64 {
        match (s) {
            Shape::Point => 0,
            Shape::Circle { radius } => 3 * *radius * *radius,
            Shape::Rectangle { width, height } => *width * *height,
            Shape::Named { name, scale, width } => name.length() * (*scale as u64) + *width,
        }
    }
    fun grow(s: &mut Shape) {
        match (s) {
            Shape::Circle { radius } => *radius = *radius + 1,
            Shape::Rectangle { width, height: _ } => *width = *width * 2,
            Shape::Named { name, scale: _, width } => { name.push_back(1); *width = 50 },
            Shape::Point => *s = Shape::Circle { radius: 1 },
        }
    }
    #[test] fun areas() {
        let d = digest::add(0, area(&Shape::Point));
        d = digest::add(d, area(&Shape::Circle { radius: 5 }));
        d = digest::add(d, area(&Shape::Rectangle { width: 5, height: 7 }));
        abort digest::add(d, area(&Shape::Named { name: b"abc", scale: 4, width: 9 }))
    }
    #[test] fun grown() {
        let v = vector[Shape::Point, Shape::Circle { radius: 8 }, Shape::Rectangle { width: 2, height: 3 },
            Shape::Named { name: b"x", scale: 1, width: 0 }];
        let i = 0;
        while (i < 8) { grow(&mut v[i % 4]); i = i + 1 };
        abort digest::any(0, &v)
    }
    #[test] fun bytes() {
        let v = vector[Shape::Named { name: b"", scale: 255, width: 1 }, Shape::Point];
        let w = copy v;
        v.swap(0, 1);
        abort digest::any(digest::any(0, &v), &w)
    }
    #[test] fun equality() {
        let a = Shape::Circle { radius: 1 };
        let b = Shape::Circle { radius: 1 };
        let c = Shape::Rectangle { width: 1, height: 0 };
        abort (if (a == b) 1u64 else 0) + (if (a == c) 2u64 else 0) + (if (c != c) 4u64 else 0)
    }
    #[test] fun overwritten() {
        let s = Shape::Named { name: b"long name", scale: 3, width: 4 };
        let t = s;
        s = Shape::Point;
        grow(&mut s);
        abort digest::any(digest::any(0, &s), &t)
    }
    #[test] fun wrong_variant() {
        let s = Shape::Circle { radius: 1 };
        let Shape::Rectangle { width, height } = s;
        abort width + height
    }
    #[test] fun shared_field() {
        let a = Shape::Rectangle { width: 5, height: 7 };
        let b = Shape::Named { name: b"q", scale: 2, width: 11 };
        abort a.width * 100 + b.width
    }
    #[test] fun shared_field_missing() { let a = Shape::Point; abort a.width }
    #[test] fun maybe() {
        let m = Maybe::Some { value: Maybe::Some { value: b"in" } };
        let n: Maybe<Maybe<vector<u8>>> = Maybe::None;
        abort digest::any(digest::any(0, &m), &n)
    }
    #[test] fun is_tests() {
        let s = Shape::Circle { radius: 2 };
        abort (if (s is Shape::Circle) 1u64 else 0) + (if (s is Shape::Point) 2u64 else 0)
            + (if (s is Shape::Circle | Shape::Point) 4u64 else 0)
    }
    #[test(a = @0x10, b = @0x11)] fun stored(a: &signer, b: &signer) acquires Stored {
        move_to(a, Stored::V1 { x: 7 });
        move_to(b, Stored::V2 { x: 8, y: b"yy" });
        let add = borrow_global<Stored>(@0x10).x * 2;
        let r = borrow_global_mut<Stored>(@0x11);
        r.x = r.x + add;
        abort borrow_global<Stored>(@0x11).x
    }
}
