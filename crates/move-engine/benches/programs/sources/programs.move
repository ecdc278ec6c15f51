/// What is measured: each function does its argument's number of iterations.
module bench::programs {
    use std::vector;

    struct Point has copy, drop, store { x: u64, y: u64, z: u64 }
    struct Line has copy, drop, store { from: Point, to: Point, width: u64 }

    public fun loop_sum(n: u64): u64 {
        let s = 0;
        let i = 0;
        while (i < n) {
            s = s + (i ^ 3);
            i = i + 1;
        };
        s
    }

    public fun loop_cubes(n: u64): u64 {
        let s = 0;
        let i = 0;
        while (i < n) {
            let m = i % 1000;
            s = s + m * m * m;
            i = i + 1;
        };
        s
    }

    public fun fib(n: u64): u64 {
        if (n < 2) n else fib(n - 1) + fib(n - 2)
    }

    public fun vectors(n: u64): u64 {
        let v = vector::empty<u64>();
        let i = 0;
        let s = 0;
        while (i < n) {
            vector::push_back(&mut v, i);
            s = s + *vector::borrow(&v, i / 2);
            i = i + 1;
        };
        s
    }

    public fun structs(n: u64): u64 {
        let line = Line { from: Point { x: 0, y: 0, z: 0 }, to: Point { x: 1, y: 1, z: 1 }, width: 1 };
        let i = 0;
        let s = 0;
        while (i < n) {
            line.from.x = line.from.x + i;
            line.to.z = line.to.z + 1;
            let copied = line;
            s = s + copied.to.z;
            i = i + 1;
        };
        s
    }

    fun pick<T: drop>(a: T, b: T, first: bool): T {
        if (first) a else b
    }

    public fun generics(n: u64): u64 {
        let i = 0;
        let s = 0;
        while (i < n) {
            s = s + pick<u64>(i, 1, i % 2 == 0);
            i = i + 1;
        };
        s
    }

    public fun nothing() {}
}
