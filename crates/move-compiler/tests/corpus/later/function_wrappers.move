module t::function_wrappers {
    struct Step(|u64| u64) has copy, drop, store;
    struct Test<T>(|&T| bool) has copy, drop;
    struct Once(|u64| u64) has drop;
    struct Both(Test<u64>) has drop;
    struct Kept(|u64| u64) has key;
    struct Steps has drop { all: vector<Step>, last: Step }

    public fun next(x: u64): u64 { x + 1 }
    fun twice(x: u64): u64 { x * 2 }
    fun make(times: u64): Step { |x| repeat(times, x) }
    public fun repeat(times: u64, x: u64): u64 { times * x }
    fun run(step: Step, x: u64): u64 { step(x) }
    fun plain(step: |u64| u64, x: u64): u64 { step(x) }
    fun apply<T>(test: Test<T>, x: &T): bool { test(x) }
    fun choose(up: bool): Step {
        if (up) next else |x| repeat(1, x)
    }

    #[test]
    fun functions_become_wrappers() {
        let step: Step = next;
        assert!(step(1) == 2 && step(2) == 3, 1);
        assert!(run(|x| next(x), 6) == 7, 2);
        assert!(run(Step(next), 7) == 8, 3);
        let above: Test<u64> = |x| *x > 10;
        assert!(above(&11) && !above(&10), 4);
        assert!(apply<u64>(|x| *x == 3, &3), 5);
        let once: Once = twice;
        assert!(once(4) == 8, 6);
        assert!(choose(true)(1) == 2 && choose(false)(1) == 1, 7);
        assert!(make(3)(5) == 15, 8);
    }

    #[test]
    fun wrappers_become_functions() {
        let step: Step = next;
        let function: |u64| u64 = step;
        assert!(function(1) == 2, 1);
        assert!(plain(make(2), 3) == 6, 2);
        assert!((step.0)(1) == 2, 3);
        let Step(inside) = step;
        assert!(inside(4) == 5, 4);
    }

    #[test]
    fun wrappers_inside_of_structs() {
        let both = Both(|x| *x == 1);
        let Both(test) = both;
        assert!(test(&1), 1);
        let steps = Steps { all: vector[Step(next), make(2)], last: |x| repeat(4, x) };
        assert!(steps.all[0](1) + steps.all[1](5) == 12, 2);
        assert!((steps.last)(5) == 20, 3);
    }

    #[test(s = @0x42)]
    fun wrappers_are_kept(s: signer) acquires Kept {
        move_to(&s, Kept(next));
        let Kept(step) = move_from<Kept>(@0x42);
        assert!(step(1) == 2, 1);
    }
}
