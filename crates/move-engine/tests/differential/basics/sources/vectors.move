module t::vectors {
    use std::vector;
    use t::digest;

    struct Pair has copy, drop, store { left: u64, right: vector<u8> }
    struct Wide has copy, drop, store { a: u256, b: u128, c: address, d: bool, e: u16 }

    fun range(n: u64): vector<u64> {
        let v: vector<u64> = vector[];
        let i = 0;
        while (i < n) { v.push_back(i * i); i = i + 1 };
        v
    }

    #[test] fun literal() { abort digest::any(1, &vector[3u64, 1, 4, 1, 5]) }
    #[test] fun literal_bytes() { abort digest::any(1, &vector[3u8, 1, 4, 1, 5]) }
    #[test] fun literal_bools() { abort digest::any(1, &vector[true, false, true]) }
    #[test] fun literal_u16() { abort digest::any(1, &vector[65535u16, 0, 256]) }
    #[test] fun literal_u256() { abort digest::any(1, &vector[1u256 << 255, 7]) }
    #[test] fun literal_addresses() { abort digest::any(1, &vector[@0x1, @0xabcdef]) }
    #[test] fun empty() { abort digest::any(1, &vector::empty<u128>()) }
    #[test] fun push_pop() {
        let v = range(100);
        let d = 0;
        while (!v.is_empty()) d = digest::add(d, v.pop_back());
        abort d
    }
    #[test] fun pop_empty() { let v = range(1); v.pop_back(); v.pop_back(); }
    #[test] fun borrow_beyond() { let v = range(3); let _ = v[3]; }
    #[test] fun borrow_mut_beyond() { let v = range(3); *vector::borrow_mut(&mut v, 18446744073709551615) = 1; }
    #[test] fun swap_beyond() { let v = range(3); v.swap(0, 3) }
    #[test] fun swap_same() { let v = range(3); v.swap(1, 1); abort digest::any(0, &v) }
    #[test] fun swaps() { let v = range(10); v.swap(0, 9); v.swap(3, 4); abort digest::any(0, &v) }
    #[test] fun reverse() { let v = range(33); v.reverse(); abort digest::any(0, &v) }
    #[test] fun append() { let v = range(5); v.append(range(7)); abort digest::any(0, &v) }
    #[test] fun remove() { let v = range(9); let x = v.remove(4); abort digest::any(x, &v) }
    #[test] fun remove_beyond() { let v = range(9); v.remove(9); }
    #[test] fun contains() {
        let v = range(9);
        abort (if (v.contains(&16)) 1u64 else 0) + (if (v.contains(&17)) 2u64 else 0)
    }
    #[test] fun destroy_not_empty() { vector::destroy_empty(range(2)) }
    #[test] fun destroy_empty() { vector::destroy_empty(range(0)); abort 5 }
    #[test] fun write_elements() {
        let v = range(20);
        let i = 0;
        while (i < 20) { *vector::borrow_mut(&mut v, i) = v[i] * 3 + 1; i = i + 2 };
        abort digest::any(0, &v)
    }
    #[test] fun byte_elements() {
        let v = vector[1u8, 2, 3, 250];
        let r = vector::borrow_mut(&mut v, 3);
        *r = *r + 5;
        abort digest::any(0, &v)
    }
    #[test] fun byte_overflow() {
        let v = vector[255u8];
        let r = vector::borrow_mut(&mut v, 0);
        *r = *r + 1;
    }
    #[test] fun nested() {
        let v = vector[vector[1u8], vector[], vector[2, 3]];
        vector::borrow_mut(&mut v, 1).push_back(9);
        let w = copy v;
        vector::borrow_mut(&mut w, 0).push_back(7);
        abort digest::any(digest::any(0, &v), &w)
    }
    #[test] fun nested_moves() {
        let v = vector[vector[vector[1u64, 2], vector[3]], vector[]];
        let inner = v.pop_back();
        inner.push_back(vector[4, 5, 6]);
        v.push_back(inner);
        let first = vector::borrow_mut(&mut v, 0);
        let taken = first.pop_back();
        first.swap(0, 0);
        v.swap(0, 1);
        abort digest::any(digest::any(1, &v), &taken)
    }
    #[test] fun structs() {
        let v = vector[Pair { left: 1, right: vector[1, 2] }, Pair { left: 2, right: vector[] }];
        let p = vector::borrow_mut(&mut v, 1);
        p.right.push_back(77);
        p.left = p.left + 40;
        let q = v[0];
        q.right.push_back(5);
        v.push_back(q);
        abort digest::any(0, &v)
    }
    #[test] fun wide_structs() {
        let w = Wide { a: 1u256 << 200, b: 1u128 << 100, c: @0x1234, d: true, e: 513 };
        let v = vector[w, w, w];
        vector::borrow_mut(&mut v, 1).a = 5;
        vector::borrow_mut(&mut v, 2).c = @0x99;
        v.swap(0, 2);
        abort digest::any(0, &v)
    }
    #[test] fun equality() {
        let v = range(12);
        let w = range(12);
        let same = v == w;
        w.push_back(1);
        let longer = v == w;
        v.push_back(2);
        let other = v == w;
        abort (if (same) 1u64 else 0) | (if (longer) 2u64 else 0) | (if (other) 4u64 else 0)
    }
    #[test] fun equality_nested() {
        let v = vector[vector[b"a", b"bc"], vector[]];
        let w = copy v;
        let before = v == w;
        vector::borrow_mut(vector::borrow_mut(&mut w, 0), 1).push_back(1);
        abort (if (before) 1u64 else 0) | (if (v == w) 2u64 else 0)
    }
    #[test] fun sort() {
        let v = vector[9u64, 3, 7, 1, 8, 2, 5, 4, 6, 0, 3, 3];
        let i = 1;
        while (i < v.length()) {
            let j = i;
            while (j > 0 && v[j - 1] > v[j]) { v.swap(j - 1, j); j = j - 1 };
            i = i + 1;
        };
        abort digest::any(0, &v)
    }
    #[test] fun sieve() {
        let v: vector<bool> = vector[];
        let i = 0;
        while (i < 500) { v.push_back(true); i = i + 1 };
        let p = 2;
        let d = 0;
        while (p < 500) {
            if (v[p]) {
                d = digest::add(d, p);
                let m = p * p;
                while (m < 500) { *vector::borrow_mut(&mut v, m) = false; m = m + p };
            };
            p = p + 1;
        };
        abort d
    }
}
