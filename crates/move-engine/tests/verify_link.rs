//! What linking refuses: expectations of other modules that do not hold, and cycles.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;

use lumio_move_engine::{
    Address, ModuleId, StatusCode as S, VmError,
    format::{CompiledModule, TableKind},
    text::{assemble_module, assemble_script},
    verify::{
        Config, check_cycles, check_friends_exist, link_module, link_script, verify_module,
        verify_script,
    },
};

type Modules = BTreeMap<ModuleId, CompiledModule>;

fn module(text: &str) -> CompiledModule {
    let module = assemble_module(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    verify_module(&Config::production(), &module).unwrap_or_else(|e| panic!("{e}\n{text}"));
    module
}

/// Modules by the names in their heads, all of 0x1.
fn published(texts: &[&str]) -> Modules {
    let name = |text: &str| {
        let head = text.split_whitespace().nth(1).unwrap();
        ModuleId::new(Address::ONE, head.trim_start_matches("0x1::"))
    };
    texts
        .iter()
        .map(|text| (name(text), module(text)))
        .collect()
}

const N: &str = "module 0x1::n friend 0x1::m
    use 0x1::other { struct O; }
    struct S has copy, drop { x: u8 }
    struct G<phantom A, B: copy> has drop { x: B }
    public fun f(a: u64, b: &S): bool { ld_true ret }
    public fun g<A: drop + copy, B>(a: vector<A>, b: G<A, A>): G<A, A> { ld_u64 0 abort }
    public fun h(a: |u64, &S|bool has drop, b: i8, o: &0x1::other::O) { ret }
    #[persistent] public fun stays() { ret }
    public(friend) fun for_friends() { ret }
    entry fun hidden() { ret }";

/// What `m` expects of `n`.
fn link(expected: &str) -> Result<(), VmError> {
    let expected = expected
        .replace("&S", "&0x1::n::S")
        .replace("&mut S", "&mut 0x1::n::S")
        .replace(", S)", ", 0x1::n::S)")
        .replace("G<A, A>", "0x1::n::G<A, A>");
    let text = format!("module 0x1::m use 0x1::other {{ struct O; }} use 0x1::n {{ {expected} }}");
    let module = assemble_module(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let other = "module 0x1::other struct O { x: u8 }";
    let modules = published(&[N, other]);
    link_module(&module, &modules)
}

#[track_caller]
fn refuse(status: S, expected: &str) {
    match link(expected) {
        Ok(()) => panic!("accepted instead of {status}: {expected}"),
        Err(error) => assert_eq!(error.status(), status, "{error}\n{expected}"),
    }
}

#[test]
fn true_expectations_link() {
    for expected in [
        "struct S has copy, drop;",
        "struct S;",
        "struct G<phantom A, B: copy> has drop;",
        "struct G<A, B: copy + drop>;",
        "struct S; fun f(u64, &S): bool;",
        "struct G<phantom A, B: copy> has drop;
         fun g<A: drop + copy, B>(vector<A>, G<A, A>): G<A, A>;",
        "struct G<phantom A, B: copy> has drop;
         fun g<A: drop + copy + store, B>(vector<A>, G<A, A>): G<A, A>;",
        "struct S; fun h(|u64, &S|bool has drop, i8, &0x1::other::O);",
        "#[persistent] fun stays();",
        "fun stays();",
        "fun for_friends();",
    ] {
        if let Err(error) = link(expected) {
            panic!("{error}\n{expected}");
        }
    }
}

#[test]
fn structs_that_differ_are_refused() {
    refuse(S::LookupFailed, "struct T;");
    for expected in [
        "struct S has copy, drop, store;",
        "struct S<A>;",
        "struct G<phantom A, B>;",
        "struct G<phantom A, phantom B: copy>;",
        "struct G<phantom A>;",
    ] {
        refuse(S::TypeMismatch, expected);
    }
}

#[test]
fn functions_that_differ_are_refused() {
    refuse(S::LookupFailed, "fun missing();");
    refuse(S::LookupFailed, "fun hidden();");
    for expected in [
        "struct S; fun f(u64, &S);",
        "struct S; fun f(u64): bool;",
        "struct S; fun f(u64, &mut S): bool;",
        "struct S; fun f(u64, S): bool;",
        "struct S; fun f(u32, &S): bool;",
        "fun f(u64, &0x1::other::O): bool;",
        "struct S; fun f<A>(u64, &S): bool;",
        "struct G<phantom A, B: copy> has drop;
         fun g<A: copy, B>(vector<A>, G<A, A>): G<A, A>;",
        "struct G<phantom A, B: copy> has drop;
         fun g<A: drop + copy, B: copy>(vector<B>, G<A, A>): G<A, A>;",
        "struct S; fun h(|u64, &S|bool, i8, &0x1::other::O);",
        "struct S; fun h(|u64|bool has drop, i8, &0x1::other::O);",
        "struct S; fun h(|u64, &S, bool| has drop, i8, &0x1::other::O);",
        "struct S; fun h(|u64, &S|bool has drop, u8, &0x1::other::O);",
    ] {
        refuse(S::TypeMismatch, expected);
    }
    refuse(S::LinkerError, "#[persistent] fun for_friends();");
}

#[test]
fn friend_functions_are_for_friends() {
    let modules = published(&["module 0x1::n friend 0x1::m public(friend) fun f() { ret }"]);
    let caller = |name: &str| module(&format!("module 0x1::{name} use 0x1::n {{ fun f(); }}"));
    assert_eq!(link_module(&caller("m"), &modules), Ok(()));
    let error = link_module(&caller("k"), &modules).unwrap_err();
    assert_eq!(error.status(), S::LookupFailed);
    assert_eq!(error.details().indices, [(TableKind::FunctionHandle, 0)]);
}

#[test]
fn public_functions_are_lasting_whenever_they_were_compiled() {
    let texts =
        ["module 0x1::n friend 0x1::m public fun f() { ret } public(friend) fun g() { ret }"];
    let modules = published(&texts);
    let caller = |name: &str| {
        let text = format!("module 0x1::m use 0x1::n {{ #[persistent] fun {name}(); }}");
        link_module(&module(&text), &modules).map_err(|e| e.status())
    };
    assert_eq!(caller("f"), Ok(()));
    assert_eq!(caller("g"), Err(S::LinkerError));
}

#[test]
fn named_modules_exist() {
    let error = link_module(&module("module 0x1::m use 0x1::n"), &Modules::new()).unwrap_err();
    assert_eq!(error.status(), S::MissingDependency);
}

#[test]
fn scripts_call_public_functions_only() {
    let modules = published(&["module 0x1::n friend 0x1::m
         public fun open() { ret } public(friend) fun ajar() { ret } entry fun shut() { ret }"]);
    for (name, expected) in [
        ("open", None),
        ("ajar", Some(S::LookupFailed)),
        ("shut", Some(S::LookupFailed)),
    ] {
        let text = format!(
            "script use 0x1::n {{ fun {name}(); }} fun main() {{ call 0x1::n::{name} ret }}"
        );
        let script = assemble_script(&text).unwrap();
        verify_script(&Config::production(), &script).unwrap();
        let found = link_script(&script, &modules).map_err(|error| error.status());
        assert_eq!(found.err(), expected, "{name}");
    }
}

fn cycles(texts: &[&str]) -> Option<S> {
    let modules = published(texts);
    let first = module(texts[0]);
    check_cycles(&first, &modules)
        .err()
        .map(|error| error.status())
}

#[test]
fn dependencies_have_no_cycle() {
    let (a, b) = ("module 0x1::a use 0x1::b", "module 0x1::b use 0x1::c");
    assert_eq!(cycles(&[a, b, "module 0x1::c"]), None);
    assert_eq!(
        cycles(&[a, b, "module 0x1::c use 0x1::a"]),
        Some(S::CyclicModuleDependency)
    );
    assert_eq!(cycles(&[a, b]), Some(S::MissingDependency));
}

#[test]
fn friendship_has_no_cycle() {
    let (a, b) = ("module 0x1::a friend 0x1::b", "module 0x1::b friend 0x1::c");
    assert_eq!(cycles(&[a, b]), None);
    assert_eq!(
        cycles(&[a, b, "module 0x1::c friend 0x1::a"]),
        Some(S::CyclicModuleFriendship)
    );
}

#[test]
fn friends_are_no_dependencies() {
    assert_eq!(
        cycles(&[
            "module 0x1::a friend 0x1::b use 0x1::c",
            "module 0x1::b",
            "module 0x1::c use 0x1::b",
        ]),
        Some(S::InvalidFriendDeclWithModulesInDependencies)
    );
}

#[test]
fn friends_exist() {
    let a = module("module 0x1::a friend 0x1::b");
    assert_eq!(
        check_friends_exist(&a, &published(&["module 0x1::b"])),
        Ok(())
    );
    let error = check_friends_exist(&a, &Modules::new()).unwrap_err();
    assert_eq!(error.status(), S::LinkerError);
}

#[test]
fn long_chains_of_dependencies_are_no_hazard() {
    let mut texts: Vec<String> = (0..3_000)
        .map(|n| format!("module 0x1::m{n} use 0x1::m{}", n + 1))
        .collect();
    texts.push("module 0x1::m3000 use 0x1::m0".into());
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    assert_eq!(cycles(&texts), Some(S::CyclicModuleDependency));
}
