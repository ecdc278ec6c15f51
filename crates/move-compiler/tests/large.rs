//! Functions that are larger than the format's tables, and code that is as small as it can be.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fmt::Write;

use lumio_move_compiler::{
    Compilation, EmptyChain, Input, Options, Severity, TestBed, compile, run_tests,
};
use lumio_move_engine::{Address, Engine, Natives};

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
        dependencies: true,
        addresses: [("a".to_owned(), Address::small(7))].into_iter().collect(),
    };
    let compilation = compile(vec![input], &options);
    let all = compilation.diagnostics.iter();
    let errors: Vec<_> = all.filter(|d| d.severity == Severity::Error).collect();
    assert!(errors.is_empty(), "{errors:?}");
    compilation
}

fn all_pass(compilation: &Compilation) {
    let results = run_tests(
        compilation,
        "",
        &TestBed {
            engine: &Engine {
                natives: Natives::standard(),
                ..Engine::default()
            },
            chain: &|modules| Box::new(EmptyChain(modules)),
            gas_limit: 1_000_000_000,
        },
    );
    assert!(!results.is_empty());
    for result in results {
        assert_eq!(result.failure, None, "{}", result.test.function);
    }
}

#[test]
fn functions_may_have_more_locals_than_slots() {
    let mut body = String::new();
    for n in 0..200 {
        writeln!(
            body,
            "let a{n} = {n};
             let b{n} = a{n} + id(a{n}) + 1;
             let p{n} = P {{ x: b{n}, y: vector[a{n}] }};
             let r{n} = &mut p{n};
             r{n}.x += 1;
             r{n}.y = vector[a{n}, b{n}];
             sum = sum + p{n}.x - b{n} + second(&vector[a{n}, 2]) + second(&p{n}.y) - b{n};",
        )
        .unwrap();
    }
    let text = format!(
        "module a::m {{
            struct P has drop {{ x: u64, y: vector<u64> }}
            fun id(x: u64): u64 {{ x }}
            fun second(v: &vector<u64>): u64 {{ v[1] }}
            #[test] fun many() {{ let sum = 0; {body} assert!(sum == 600, sum); }}
        }}"
    );
    let compilation = compiled(&text);
    all_pass(&compilation);
}

#[test]
fn locals_share_slots_only_if_none_is_needed() {
    let text = "module a::m {
        fun f(a: u64, b: u64): u64 {
            let x = a + 1; let y = x * b; let z = y + b; let u = z + a; let v = u * y; v + z
        }
        fun branches(c: bool): u64 {
            let x = 1; let y = 2;
            if (c) { let z = x + y; let w = z + z; w + y } else { let v = y + x; v * x }
        }
        fun looped(n: u64): u64 {
            let i = 0; let sum = 0;
            while (i < n) { let t = i * i; let u = t + sum; i = i + 1; sum = u; };
            sum
        }
        #[test] fun results() {
            assert!(f(2, 5) == 350, f(2, 5));
            assert!(branches(true) == 8, 1);
            assert!(branches(false) == 3, 2);
            assert!(looped(4) == 14, 3);
        }
    }";
    all_pass(&compiled(text));
}
