//! What people are told of their mistakes: all of them at once, each where it is.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use lumio_move_compiler::{Compilation, Input, Options, Severity, compile};
use lumio_move_engine::Address;

fn compiled(text: &str) -> Compilation {
    let input = Input {
        path: "a.move".into(),
        text: text.into(),
        is_root: true,
        package: "A".into(),
    };
    let options = Options {
        bytecode_version: 9,
        raise_version: false,
        tests: true,
        dependencies: false,
        addresses: [("a".to_owned(), Address::small(7))].into_iter().collect(),
    };
    compile(vec![input], &options)
}

/// Errors or warnings, as `line: what is marked: message`, then other places as `line: what: label`.
fn told(text: &str, severity: Severity) -> Vec<String> {
    let compilation = compiled(text);
    let mut told = Vec::new();
    for diagnostic in &compilation.diagnostics {
        if diagnostic.severity == severity {
            let (span, message) = (diagnostic.primary.0, &diagnostic.message);
            let places = std::iter::once((span, message));
            let others = diagnostic
                .secondary
                .iter()
                .map(|(span, label)| (*span, label));
            for (span, message) in places.chain(others) {
                let (line, _) = compilation.sources.line_column(span);
                told.push(format!(
                    "{line}: {}: {message}",
                    compilation.sources.text(span)
                ));
            }
        }
    }
    told
}

#[test]
fn all_uses_of_moved_and_unassigned_locals_are_told() {
    let text = "module a::m {
        struct D has drop { x: u64 }
        fun two(d: D): u64 { let e = d; let f = d; let g = e; e.x + f.x + g.x }
        fun branch(d: D, b: bool) { if (b) { let _t = d; } else { let _u = d; }; let _v = d; }
        fun round(d: D) { loop { let _e = d; } }
        fun maybe(b: bool): u64 { let x; if (b) { x = 1 }; x }
    }";
    assert_eq!(
        told(text, Severity::Error),
        [
            "3: d: `d` has no value here: it was moved away",
            "3: d: it is moved here",
            "3: e: `e` has no value here: it was moved away",
            "3: e: it is moved here",
            "4: d: `d` has no value here: it was moved away",
            "4: d: it is moved here",
            "5: d: `d` has no value here: it was moved away",
            "6: x: `x` may have no value here",
        ]
    );
}

#[test]
fn all_borrow_errors_are_told_and_nothing_that_follows_from_them() {
    let text = "module a::m {
        struct S { x: u64 }
        fun first() { let x = 1; let r = &mut x; x = 2; *r = 3; }
        fun both() {
            let x = 1; let r = &mut x; x = 2; *r = 3;
            let y = 5; let q = &mut y; y = 6; *q = 7;
        }
        fun out(): &u64 { let x = 1; &x }
        fun kept(_s: S) { }
        fun elements(v: &mut vector<u64>) {
            let a = &mut v[0];
            let b = &mut v[1];
            *a = 1;
            *b = 2;
        }
        fun fine(s: S): u64 { let S { x } = s; x }
    }";
    let overwritten = |value, name| {
        format!("{value}: the value of `{name}` is overwritten while something refers to it")
    };
    assert_eq!(
        told(text, Severity::Error),
        [
            format!("3: {}", overwritten(2, "x")),
            "3: &mut x: it is borrowed here".into(),
            format!("5: {}", overwritten(2, "x")),
            "5: &mut x: it is borrowed here".into(),
            format!("6: {}", overwritten(6, "y")),
            "6: &mut y: it is borrowed here".into(),
            "8: &x: a reference to a local cannot leave the function".into(),
            "9: }: a local still has a value that cannot be dropped when the function returns"
                .into(),
            "12: &mut v[1]: an element is borrowed while a mutable reference into the vector is \
             in use"
                .into(),
        ]
    );
}

#[test]
fn what_is_never_used_is_told() {
    let text = "module a::m {
        use a::n;
        use a::n::{f, g};
        const USED: u64 = 1;
        const UNUSED: u64 = USED;
        const CODE: u64 = 2;
        const SPECIFIED: u64 = 3;
        struct Inner has store, drop { x: u64 }
        struct Outer has store, drop { inner: Inner }
        struct Read has drop { x: u64 }
        fun left(): u64 { right() }
        fun right(): u64 { left() }
        fun helper(): u64 { USED }
        fun init_module(_s: &signer) { }
        inline fun twice(x: u64, h: |u64, u64| u64): u64 { h(1, 2) }
        public fun open(a: u64, _b: u64): u64 {
            let c = 1;
            let _d = 2;
            let e;
            e = 3;
            let Read { x } = Read { x: 1 };
            for (i in 0..2) {};
            f() + helper() + twice(1, |y, z| y)
        }
        #[test] #[expected_failure(abort_code = CODE)] fun fails() { let t = 1; }
        spec open { ensures SPECIFIED == 3; }
        spec module { fun uses_g() { g() } }
    }
    module a::n { public fun f(): u64 { 1 } public fun g(): u64 { 2 } }";
    assert_eq!(
        told(text, Severity::Warning),
        [
            "2: n: `n` is never used",
            "5: UNUSED: constant `UNUSED` is never used",
            "8: Inner: struct `Inner` is never used",
            "9: Outer: struct `Outer` is never used",
            "11: left: function `left` is never used",
            "12: right: function `right` is never used",
            "15: x: `x` is never used",
            "16: a: `a` is never used",
            "17: c: `c` is never used",
            "19: e: `e` is never used",
            "21: x: `x` is never used",
            "23: z: `z` is never used",
            "25: t: `t` is never used",
        ]
    );
    assert_eq!(told(text, Severity::Error), Vec::<String>::new());
}

#[test]
fn warnings_can_be_turned_off() {
    let text = "#[allow(unused_const)] module a::m {
        #[allow(unused_use)] use a::n;
        const UNUSED: u64 = 1;
        #[lint::skip(unused_struct)] struct S { x: u64 }
        #[allow(unused)] fun f(x: u64) { let y = 1; }
        #[allow(unused_function)] fun g(z: u64) { }
    }
    module a::n { public fun f(): u64 { 1 } }";
    assert_eq!(told(text, Severity::Warning), ["6: z: `z` is never used"]);
}

#[test]
fn lambdas_that_nothing_calls_are_checked() {
    let text = "module a::m {
        inline fun ignore(_f: |u64| u64) { }
        public fun f() { ignore(|x| x + true) }
    }";
    let told = told(text, Severity::Error);
    assert_eq!(told[0], "3: +: the operands of `+` have different types");
}
