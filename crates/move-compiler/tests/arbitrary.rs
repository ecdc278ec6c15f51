//! Hazard X12: whatever the text, the compiler gives binaries or errors, and ends soon. Programs that
//! compile are torn apart and put together wrongly.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{collections::BTreeMap, fs, path::Path};

use lumio_move_compiler::{EmptyChain, Input, Options, TestBed, compile, run_tests};
use lumio_move_engine::Address;
use lumio_move_engine::{Engine, Natives};
use proptest::{collection::vec, prelude::*};

fn sources() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../move-engine/tests/differential");
    let mut all = Vec::new();
    for name in [
        "calls",
        "enums",
        "generics",
        "references",
        "resources",
        "vectors",
    ] {
        let path = folder.join(format!("basics/sources/{name}.move"));
        all.push(fs::read_to_string(path).unwrap());
    }
    all.push(MORE.to_owned());
    all
}

const MORE: &str = "
module t::more {
    struct P(u64, bool) has copy, drop;
    enum E has copy, drop { A { x: u64, p: P }, B(u8), C }
    inline fun fold(n: u64, f: |u64, u64| u64): u64 {
        let sum = 0; for (i in 0..n) { if (i == 7) continue; sum = f(sum, i); }; sum
    }
    fun case(e: &E): u64 { match (e) { E::A { x, p: P(y, true) } if (*x > 3) => *x + *y, E::B(n) => (*n as u64), _ => 9 } }
    fun value(e: E): u64 { match (e) { E::A { x, p: _ } => x, E::B(_) | E::C => 0 } }
    fun call(f: |u64| u64 has copy + drop): u64 { f(f(2)) }
    #[test]
    fun all() {
        let k = 3;
        assert!(fold(10, |a, b| a + b * k) == 114, 1);
        assert!(case(&E::A { x: 4, p: P(5, true) }) == 9, 2);
        assert!(value(E::B(3)) == 0 && value(E::A { x: 8, p: P(1, false) }) == 8, 3);
        assert!(call(|x| x * k) == 18, 4);
        let v = vector[P(1, true), P(2, false)];
        v[1].0 += 40;
        let s = 0; let i = 0;
        'l: loop { loop { if (i == 2) break 'l; s += v[i].0; i += 1; } };
        assert!(s == 43, s);
    }
}
";

fn run(text: String) -> bool {
    let input = Input {
        path: "a.move".into(),
        text,
        is_root: true,
        package: "P".into(),
    };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../move-engine/tests/differential");
    let mut inputs = vec![input];
    let std = fs::read_dir(folder.join("std/sources")).unwrap();
    let mut paths: Vec<_> = std.map(|entry| entry.unwrap().path()).collect();
    paths.push(folder.join("basics/sources/digest.move"));
    for path in paths {
        inputs.push(Input {
            text: fs::read_to_string(&path).unwrap(),
            // What is for tests only is left out of dependencies.
            is_root: path.ends_with("digest.move"),
            path,
            package: "Std".into(),
        });
    }
    let mut addresses = BTreeMap::new();
    for (name, address) in [("std", 1), ("t", 0x42)] {
        addresses.insert(name.to_owned(), Address::small(address));
    }
    let options = Options {
        bytecode_version: 10,
        raise_version: false,
        tests: true,
        dependencies: true,
        addresses,
    };
    let compilation = compile(inputs, &options);
    if compilation.has_errors() {
        assert!(compilation.units.is_empty());
        return false;
    }
    let results = run_tests(
        &compilation,
        "more::",
        &TestBed {
            engine: &Engine {
                natives: Natives::standard(),
                ..Engine::default()
            },
            chain: &|modules| Box::new(EmptyChain(modules)),
            gas_limit: 100_000,
        },
    );
    results.iter().all(|result| result.failure.is_none())
}

#[test]
fn whole_programs_compile() {
    for source in sources() {
        assert!(run(source.clone()), "{source}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn broken_programs_are_refused_or_compiled(
        which in 0..7_usize,
        changes in vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), 0..4_u8), 1..6),
    ) {
        let source = sources().swap_remove(which);
        let mut words: Vec<&str> = source
            .split_inclusive([' ', '\n', '(', ')', ',', ';', '.', ':', '<', '>', '{', '}'])
            .collect();
        for (a, b, how) in changes {
            let (a, b) = (a.index(words.len()), b.index(words.len()));
            match how {
                0 => words.swap(a, b),
                1 => { words.remove(a); }
                2 => words.insert(a, words[b]),
                _ => words[a] = words[b],
            }
        }
        run(words.concat());
    }
}
