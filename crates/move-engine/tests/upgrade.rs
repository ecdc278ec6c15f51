//! Which module may replace another: every kind of change, against each of the three checks.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod chain;

use chain::{Chain, ENGINES, assemble, id};
use lumio_move_engine::{PublishOptions, StatusCode, StructTag, code::Code};

/// Modules that are friends, or whose types are used.
const OTHERS: [&str; 3] = [
    "module 0x42::near version 10 struct N has copy, drop, store { n: u8 }",
    "module 0x42::far version 10 struct N has copy, drop, store { n: u8 }",
    "module 0x42::used version 10 struct N has copy, drop, store { n: u8 }",
];

const BASE: &str = "
module 0x42::m version 10
use 0x42::used { struct N has copy, drop, store; }
friend 0x42::near
struct S has copy, store { a: u64, b: vector<0x42::used::N> }
struct G<T: copy, phantom P: drop> has drop { t: vector<u8>, g: T }
enum E has drop { A { x: u64 }, B }
public fun public_one(n: u64): u64 { move_loc n ret }
public fun public_generic<T: copy + drop>(t: T): bool { ld_true ret }
entry fun enter(n: u64) { ret }
friend fun shared() { ret }
fun private_one(n: u64): u64 { move_loc n ret }
#[persistent] fun kept() { ret }
";

/// Who notices a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Noticed {
    Never,
    Linking,
    Layout,
    Friends,
    /// By either of the first two.
    LinkingOrLayout,
}

use Noticed::{Friends, Layout, Linking, LinkingOrLayout, Never};

/// What is changed, from what to what, and who notices.
const CHANGES: &[(&str, &str, &str, Noticed)] = &[
    ("nothing", "", "", Never),
    (
        "a field is added",
        "{ a: u64, b",
        "{ a: u64, c: u8, b",
        Layout,
    ),
    ("a field is removed", "a: u64, b", "b", Layout),
    ("a field is renamed", "{ a: u64", "{ c: u64", Layout),
    ("a field gets another type", "{ a: u64", "{ a: u32", Layout),
    (
        "fields change places",
        "a: u64, b: vector<0x42::used::N>",
        "b: vector<0x42::used::N>, a: u64",
        Layout,
    ),
    (
        "a generic field gets another type",
        "g: T }",
        "g: vector<T> }",
        Layout,
    ),
    (
        "an ability is added",
        "struct S has copy, store",
        "struct S has copy, drop, store",
        Never,
    ),
    (
        "an ability is removed",
        "struct S has copy, store",
        "struct S has store",
        Linking,
    ),
    (
        "a struct is added",
        "enum E",
        "struct New has drop { x: u8 } enum E",
        Never,
    ),
    (
        "a struct is renamed",
        "struct S",
        "struct R",
        LinkingOrLayout,
    ),
    (
        "a constraint is loosened",
        "G<T: copy, phantom P: drop>",
        "G<T, phantom P: drop>",
        Never,
    ),
    (
        "a constraint is tightened",
        "G<T: copy, phantom P: drop>",
        "G<T: copy + drop, phantom P: drop>",
        Linking,
    ),
    (
        "a phantom parameter is no longer one",
        "phantom P: drop>",
        "P: drop>",
        Linking,
    ),
    (
        "a type parameter is added",
        "phantom P: drop>",
        "phantom P: drop, phantom Q>",
        Linking,
    ),
    (
        "a variant is appended",
        ", B }",
        ", B, C { y: u8 } }",
        Never,
    ),
    (
        "a variant is removed",
        "A { x: u64 }, B",
        "A { x: u64 }",
        Layout,
    ),
    ("a variant is renamed", ", B }", ", C }", Layout),
    (
        "variants change places",
        "A { x: u64 }, B",
        "B, A { x: u64 }",
        Layout,
    ),
    (
        "a variant's field changes",
        "A { x: u64 }",
        "A { x: u32 }",
        Layout,
    ),
    ("a variant gets a field", ", B }", ", B { y: u8 } }", Layout),
    (
        "an enum becomes a struct",
        "enum E has drop { A { x: u64 }, B }",
        "struct E has drop { x: u64 }",
        Layout,
    ),
    (
        "a public function is removed",
        "public fun public_one(n: u64): u64 { move_loc n ret }",
        "",
        Linking,
    ),
    (
        "a public function becomes private",
        "public fun public_one",
        "fun public_one",
        Linking,
    ),
    (
        "a public function becomes a friend's",
        "public fun public_one",
        "friend fun public_one",
        Linking,
    ),
    (
        "a public function gets another parameter",
        "public_one(n: u64)",
        "public_one(n: u64, m: u8)",
        Linking,
    ),
    (
        "a public function gets another parameter type",
        "public_one(n: u64): u64 { move_loc n ret }",
        "public_one(n: u32): u64 { ld_u64 1 ret }",
        Linking,
    ),
    (
        "a public function returns something else",
        "public_one(n: u64): u64 { move_loc n ret }",
        "public_one(n: u64): bool { ld_true ret }",
        Linking,
    ),
    (
        "a public function has another body",
        "public_one(n: u64): u64 { move_loc n ret }",
        "public_one(n: u64): u64 { ld_u64 1 ret }",
        Never,
    ),
    (
        "a function's constraint is loosened",
        "public_generic<T: copy + drop>",
        "public_generic<T: drop>",
        Never,
    ),
    (
        "a function's constraint is tightened",
        "public_generic<T: copy + drop>",
        "public_generic<T: copy + drop + store>",
        Linking,
    ),
    (
        "a function gets a type parameter",
        "public_generic<T: copy + drop>",
        "public_generic<T: copy + drop, U>",
        Linking,
    ),
    (
        "an entry function is removed",
        "entry fun enter(n: u64) { ret }",
        "",
        Linking,
    ),
    (
        "an entry function is none any more",
        "entry fun enter",
        "fun enter",
        Linking,
    ),
    (
        "an entry function becomes public",
        "entry fun enter",
        "public entry fun enter",
        Never,
    ),
    (
        "an entry function gets another signature",
        "enter(n: u64)",
        "enter(n: u8)",
        Linking,
    ),
    (
        "a friend's function is removed",
        "friend fun shared() { ret }",
        "",
        Friends,
    ),
    (
        "a friend's function becomes private",
        "friend fun shared",
        "fun shared",
        Friends,
    ),
    (
        "a friend's function becomes public",
        "friend fun shared",
        "public fun shared",
        Never,
    ),
    (
        "a friend's function gets another signature",
        "shared() { ret }",
        "shared(n: u8) { ret }",
        Friends,
    ),
    ("a friend is removed", "friend 0x42::near\n", "", Friends),
    (
        "a friend is added",
        "friend 0x42::near\n",
        "friend 0x42::near\nfriend 0x42::far\n",
        Never,
    ),
    (
        "a private function is removed",
        "fun private_one(n: u64): u64 { move_loc n ret }",
        "",
        Never,
    ),
    (
        "a private function gets another signature",
        "private_one(n: u64)",
        "private_one(n: u64, m: u8)",
        Never,
    ),
    (
        "a private function becomes public",
        "fun private_one",
        "public fun private_one",
        Never,
    ),
    (
        "a persistent function is removed",
        "#[persistent] fun kept() { ret }",
        "",
        Linking,
    ),
    (
        "a persistent function is none any more",
        "#[persistent] fun kept",
        "fun kept",
        Linking,
    ),
    (
        "a function is added",
        "entry fun",
        "public fun added() { ret } entry fun",
        Never,
    ),
];

fn options(linking: bool, layout: bool, friends: bool) -> PublishOptions {
    PublishOptions {
        check_linking: linking,
        check_layout: layout,
        check_friends: friends,
    }
}

#[test]
fn each_change_is_noticed_by_the_check_that_it_is_for() {
    let interpreter = ENGINES[1];
    for (what, from, to, noticed) in CHANGES {
        assert!(BASE.contains(from), "{what}: the base has no {from:?}");
        let new = BASE.replacen(from, to, 1);
        for flags in 0..8_u8 {
            let [linking, layout, friends] = [1, 2, 4].map(|bit| flags & bit != 0);
            let mut chain = Chain::with(interpreter, &OTHERS);
            chain.publish(&[BASE], &PublishOptions::default()).unwrap();
            let before = chain.memory.modules.clone();
            let result = chain.publish(&[&new], &options(linking, layout, friends));
            let expected = match noticed {
                Never => false,
                Linking => linking,
                Layout => layout,
                Friends => friends,
                LinkingOrLayout => linking || layout,
            };
            match result {
                Ok(()) => assert!(!expected, "{what} with {flags:03b} is not refused"),
                Err(error) => {
                    assert!(expected, "{what} with {flags:03b} is refused: {error}");
                    let status = StatusCode::BackwardIncompatibleModuleUpdate;
                    assert_eq!(error.status(), status, "{what}");
                    assert!(error.details().message.is_some(), "{what} has no words");
                    assert_eq!(chain.memory.modules, before, "{what} left something");
                }
            }
        }
    }
}

#[test]
fn a_new_module_is_compatible_with_nothing() {
    for interpreter in ENGINES {
        let mut chain = Chain::with(interpreter, &OTHERS);
        chain.publish(&[BASE], &PublishOptions::default()).unwrap();
        assert_eq!(*chain.memory.modules[&id("m")], *assemble(BASE));
    }
}

#[test]
fn friends_must_exist_whatever_is_checked() {
    let interpreter = ENGINES[1];
    let text = "module 0x42::m version 10 friend 0x42::missing";
    let mut chain = Chain::new(interpreter);
    for friends in [true, false] {
        let options = options(friends, friends, friends);
        let error = chain.publish(&[text], &options).unwrap_err();
        assert_eq!(error.status(), StatusCode::LinkerError);
        assert!(chain.memory.modules.is_empty());
    }
    // Friends may come together.
    let missing = "module 0x42::missing version 10 friend 0x42::other";
    let other = "module 0x42::other version 10";
    chain
        .publish(&[missing, other], &PublishOptions::default())
        .unwrap();
}

/// A resource that was written before a variant was appended is read afterwards, and the reverse is
/// refused without harm.
#[test]
fn values_of_an_enum_outlive_an_appended_variant() {
    let version = |variants: &str, make: &str| {
        format!(
            "module 0x42::m version 10
             enum E has store, drop {{ {variants} }}
             struct R has key {{ e: E }}
             public fun put(s: signer) {{ imm_borrow_loc s {make} pack R move_to R ret }}
             public fun is_b(a: address): bool acquires R {{
                move_loc a imm_borrow_global R imm_borrow_field R::e test_variant E::B ret }}"
        )
    };
    let two = version("A { x: u64 }, B", "pack_variant E::B");
    let three = version("A { x: u64 }, B, C { y: u8 }", "ld_u8 1 pack_variant E::C");
    for interpreter in ENGINES {
        let mut chain = Chain::new(interpreter);
        let address = lumio_move_engine::Address::small(5).0.to_vec();
        let options = PublishOptions::default();
        chain.publish(&[&two], &options).unwrap();
        chain
            .call("m", "put", std::slice::from_ref(&address))
            .unwrap();
        chain.publish(&[&three], &options).unwrap();
        let is_b = chain
            .call("m", "is_b", std::slice::from_ref(&address))
            .unwrap();
        assert_eq!(is_b.values, [vec![1]]);
        let other = lumio_move_engine::Address::small(6).0.to_vec();
        chain
            .call("m", "put", std::slice::from_ref(&other))
            .unwrap();
        // Without any check the enum shrinks; its new values cannot be read then.
        chain
            .publish(&[&two], &self::options(false, false, false))
            .unwrap();
        chain.code = Code::default();
        let error = chain
            .call("m", "is_b", std::slice::from_ref(&other))
            .unwrap_err();
        assert_eq!(error.status(), StatusCode::FailedToDeserializeResource);
        let is_b = chain
            .call("m", "is_b", std::slice::from_ref(&address))
            .unwrap();
        assert_eq!(is_b.values, [vec![1]]);
        let tag = StructTag {
            module: id("m"),
            name: "R".into(),
            type_arguments: Vec::new(),
        };
        let kept = lumio_move_engine::StateKey::Resource(lumio_move_engine::Address::small(6), tag);
        assert_eq!(chain.memory.state[&kept], [2, 1]);
    }
}
