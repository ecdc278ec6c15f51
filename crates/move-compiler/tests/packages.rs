//! Packages as users lay them out: what is there for tests, and what dependencies give.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{fs, path::Path};

use lumio_move_compiler::{
    Compilation, EmptyChain, Input, Options, Severity, TestBed, compile,
    package::{LoadOptions, Package},
    run_tests,
};
use lumio_move_engine::{Engine, Natives};

fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn built(folder: &Path, tests: bool) -> Compilation {
    let options = LoadOptions {
        dev: tests,
        ..LoadOptions::default()
    };
    let package = Package::load(folder, &options).unwrap();
    let options = Options {
        bytecode_version: 9,
        raise_version: false,
        tests,
        dependencies: tests,
        addresses: package.addresses,
    };
    compile(package.inputs, &options)
}

fn errors(compilation: &Compilation) -> Vec<&str> {
    let all = compilation.diagnostics.iter();
    let errors = all.filter(|d| d.severity == Severity::Error);
    errors.map(|d| d.message.as_str()).collect()
}

#[test]
fn tests_use_what_dependencies_have_for_tests() {
    let folder = tempfile::tempdir().unwrap();
    let (library, user) = (folder.path().join("library"), folder.path().join("user"));
    write(
        &library,
        "Move.toml",
        "[package]\nname = \"Library\"\n[addresses]\nlibrary = \"0x7\"\n",
    );
    write(
        &library,
        "sources/accounts.move",
        "module library::accounts {
            public fun plain(): u64 { 1 }
            #[test_only] struct Key has drop { n: u64 }
            #[test_only] public fun for_tests(): u64 { Key { n: 2 }.n }
            #[test] fun own() { abort 1 }
        }
        #[test_only] module library::fixtures { public fun of_module(): u64 { 3 } }",
    );
    write(
        &user,
        "Move.toml",
        "[package]\nname = \"User\"\n[addresses]\nuser = \"0x8\"\n\
         [dependencies]\nLibrary = { local = \"../library\" }\n",
    );
    write(
        &user,
        "sources/user.move",
        "module user::user {
            use library::accounts;
            #[test_only] use library::fixtures;
            #[test] fun sums() {
                let sum = accounts::plain() + accounts::for_tests() + fixtures::of_module();
                assert!(sum == 6, sum);
            }
        }",
    );
    let compilation = built(&user, true);
    assert_eq!(errors(&compilation), Vec::<&str>::new());
    let results = run_tests(
        &compilation,
        "",
        &TestBed {
            engine: &Engine {
                natives: Natives::standard(),
                ..Engine::default()
            },
            chain: &|modules| Box::new(EmptyChain(modules)),
            gas_limit: 1_000_000,
        },
    );
    assert_eq!(results.len(), 1, "tests of dependencies do not run");
    assert_eq!(results[0].failure, None);
    assert_eq!(errors(&built(&user, false)), Vec::<&str>::new());
}

#[test]
fn expected_failures_name_modules_as_they_are_imported() {
    let folder = tempfile::tempdir().unwrap();
    write(
        folder.path(),
        "Move.toml",
        "[package]\nname = \"P\"\n[addresses]\none = \"0x1\"\ntwo = \"0x2\"\n",
    );
    // Two modules of one name: only what is in scope tells which is meant.
    write(
        folder.path(),
        "sources/p.move",
        "module one::sums { const EBAD: u64 = 11; public fun fail() { abort EBAD } }
        module two::sums { const EBAD: u64 = 22; public fun fail() { abort EBAD } }
        #[test_only] module two::by_alias {
            use two::sums as S;
            #[test, expected_failure(abort_code = S::EBAD, location = S)]
            fun of_two() { S::fail() }
        }
        #[test_only] module two::by_name {
            use two::sums;
            #[test, expected_failure(abort_code = sums::EBAD, location = sums)]
            fun of_two() { sums::fail() }
            #[test, expected_failure(abort_code = sums::EBAD, location = one::sums)]
            fun elsewhere() { sums::fail() }
        }",
    );
    let compilation = built(folder.path(), true);
    assert!(
        compilation.diagnostics.is_empty(),
        "{:?}",
        compilation.diagnostics
    );
    let results = run_tests(
        &compilation,
        "",
        &TestBed {
            engine: &Engine::default(),
            chain: &|modules| Box::new(EmptyChain(modules)),
            gas_limit: 1_000_000,
        },
    );
    let failed: Vec<_> = results.iter().filter(|r| r.failure.is_some()).collect();
    assert_eq!(failed.len(), 1);
    assert_eq!(failed[0].test.function, "elsewhere");
}

#[test]
fn an_expected_failure_in_no_module_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "Move.toml", "[package]\nname = \"P\"\n");
    write(
        folder.path(),
        "sources/p.move",
        "module 0x1::p {
            #[test, expected_failure(abort_code = 1, location = nowhere)]
            fun fails() { abort 1 }
        }",
    );
    let compilation = built(folder.path(), true);
    assert_eq!(errors(&compilation), ["the location is a module"]);
}

#[test]
fn failures_of_tests_are_told_with_names() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "Move.toml", "[package]\nname = \"P\"\n");
    write(
        folder.path(),
        "sources/p.move",
        "module 0x5::p {
            /// Nobody is at home
            ///
            /// Try later.
            const EABSENT: u64 = 7;
            fun visit() { abort 0x60000 + EABSENT }
            #[test] fun absent() { visit() }
            #[test] fun plain() { abort 99 }
            #[test] fun sums() { let one = 1; one - 2; }
            #[test, expected_failure(arithmetic_error, location = Self)] fun other() { visit() }
        }",
    );
    let compilation = built(folder.path(), true);
    let results = run_tests(
        &compilation,
        "",
        &TestBed {
            engine: &Engine::default(),
            chain: &|modules| Box::new(EmptyChain(modules)),
            gas_limit: 1_000_000,
        },
    );
    let told: Vec<_> = results.into_iter().filter_map(|r| r.failure).collect();
    let absent = "aborted with 393223 (0x60007), EABSENT (Nobody is at home), in 0x5::p::visit";
    let other = format!("it failed in another way than expected: {absent}");
    assert_eq!(
        told,
        [
            absent,
            "aborted with 99 in 0x5::p::plain",
            "ARITHMETIC_ERROR in 0x5::p::sums",
            &other,
        ]
    );
}

#[test]
fn what_the_framework_lacks_is_told() {
    let folder = tempfile::tempdir().unwrap();
    write(
        folder.path(),
        "Move.toml",
        "[package]\nname = \"P\"\n[addresses]\naptos_framework = \"0x1\"\nother = \"0x2\"\n",
    );
    write(
        folder.path(),
        "sources/p.move",
        "module 0x5::p {
            use aptos_framework::stake;
            use other::stake as other_stake;
            use std::vector;
        }",
    );
    let compilation = built(folder.path(), false);
    let all = compilation.diagnostics.iter();
    let help: Vec<_> = all.flat_map(|d| &d.help).collect();
    assert_eq!(
        help,
        [
            "Lumio has no staking, and no modules for it",
            "is the package that has it among the dependencies of Move.toml?",
            "it comes with the framework: write `MoveStdlib = {}` under `[dependencies]` of Move.toml",
        ]
    );
}

#[test]
fn resource_groups_are_named_by_what_is_in_scope() {
    let folder = tempfile::tempdir().unwrap();
    write(
        folder.path(),
        "Move.toml",
        "[package]\nname = \"P\"\n[addresses]\none = \"0x1\"\n",
    );
    write(
        folder.path(),
        "sources/p.move",
        "module one::groups {
            #[resource_group(scope = global)] struct Group {}
            #[resource_group_member(group = Group)] struct Own has key { n: u64 }
        }
        module 0x2::by_name {
            use one::groups::Group;
            #[resource_group_member(group = Group)] struct A has key { n: u64 }
        }
        module 0x2::by_module {
            use one::groups as g;
            #[resource_group_member(group = g::Group)] struct A has key { n: u64 }
        }
        module 0x2::in_full {
            #[resource_group_member(group = one::groups::Group)] struct A has key { n: u64 }
        }",
    );
    let compilation = built(folder.path(), false);
    assert!(
        compilation
            .diagnostics
            .iter()
            .all(|d| !d.message.contains("`Group`") && !d.message.contains("`g`")),
        "{:?}",
        compilation.diagnostics
    );
    assert_eq!(errors(&compilation), Vec::<&str>::new());
    let wanted = b"\x120x1::groups::Group";
    for unit in &compilation.units {
        assert!(
            unit.bytes.windows(wanted.len()).any(|w| w == wanted),
            "{}",
            unit.name
        );
    }
    write(
        folder.path(),
        "sources/q.move",
        "module 0x2::unknown { #[resource_group_member(group = Nothing)] struct A has key { n: u64 } }",
    );
    let compilation = built(folder.path(), false);
    assert_eq!(errors(&compilation), ["there is no such resource group"]);
}

#[test]
fn a_friend_at_another_address_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "Move.toml", "[package]\nname = \"P\"\n");
    write(
        folder.path(),
        "sources/p.move",
        "module 0x5::p { friend 0x6::q; }
        module 0x6::q {}",
    );
    let compilation = built(folder.path(), false);
    assert_eq!(
        errors(&compilation),
        ["a friend is a module at the same address"]
    );
}

#[test]
fn a_module_gets_the_version_that_it_needs() {
    let text = "module 0x5::old { public fun f(): u64 { 1 } }
        module 0x5::new { public fun f(n: i64): i64 { -n } }
        module 0x5::types { struct S { n: i8 } }";
    let inputs = vec![Input {
        path: "p.move".into(),
        text: text.into(),
        is_root: true,
        package: "P".into(),
    }];
    let mut options = Options {
        bytecode_version: 8,
        raise_version: true,
        tests: false,
        dependencies: false,
        addresses: Default::default(),
    };
    let compilation = compile(inputs.clone(), &options);
    assert_eq!(errors(&compilation), Vec::<&str>::new());
    // The version stands behind the four magic bytes; its upper bytes have the flavour.
    let versions = compilation.units.iter().map(|u| u.bytes[4]);
    assert_eq!(versions.collect::<Vec<_>>(), [8, 9, 9]);
    options.raise_version = false;
    assert!(compile(inputs, &options).has_errors());
}
