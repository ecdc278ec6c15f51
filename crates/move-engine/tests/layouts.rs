//! Layouts, and values as trees: what the engine stores is read back to the bit, and nothing else
//! is taken for a value.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod chain;

use chain::{Chain, ENGINES, tag, u64_bytes};
use lumio_move_engine::{
    Gas, Layout, MoveValue, StatusCode, TypeTag, U256, VmResult, code::Integer,
};
use proptest::prelude::*;

const TYPES: &str = "
module 0x42::types version 10
struct Point has copy, drop, store { x: u64, y: i16 }
struct Pair<A, B> has copy, drop, store { first: A, second: vector<B> }
enum Shape has copy, drop, store { Dot, Circle { at: Point, radius: u128 }, Line { ends: vector<Point> } }
struct Wide has copy, drop, store { a: u256, b: u256, c: u256, d: u256, e: bool, f: address, s: Shape }
#[persistent] fun add(a: u64, b: u64): u64 { move_loc a move_loc b add ret }
public fun same<T>(value: T): T { move_loc value ret }
public fun adder(n: u64): |u64|u64 has copy + drop + store { move_loc n pack_closure add mask=0b01 ret }
public fun use_it(f: |u64|u64 has copy + drop + store, n: u64): u64 {
    move_loc n move_loc f call_closure<|u64|u64 has copy + drop + store> ret
}
struct T1<T> has copy, drop, store { a: T, b: T, c: T, d: T }
";

/// Any value of a layout.
fn values(layout: &Layout) -> BoxedStrategy<MoveValue> {
    let fields = |fields: &[(String, Layout)]| {
        let all: Vec<_> = fields.iter().map(|(_, layout)| values(layout)).collect();
        all.boxed()
    };
    match layout {
        Layout::Bool => any::<bool>().prop_map(MoveValue::Bool).boxed(),
        Layout::Integer(integer) => {
            let (integer, bits) = (*integer, usize::from(integer.bits()));
            let mask = if bits == 256 {
                U256::MAX
            } else {
                (U256::ONE << bits) - U256::ONE
            };
            any::<[u64; 4]>()
                .prop_map(move |limbs| MoveValue::Integer(integer, U256::from_limbs(limbs) & mask))
                .boxed()
        }
        Layout::Address => any::<[u8; 32]>()
            .prop_map(|bytes| MoveValue::Address(lumio_move_engine::Address(bytes)))
            .boxed(),
        Layout::Vector(element) if **element == Layout::Integer(Integer::U8) => {
            prop::collection::vec(any::<u8>(), 0..200)
                .prop_map(MoveValue::Bytes)
                .boxed()
        }
        Layout::Vector(element) => prop::collection::vec(values(element), 0..4)
            .prop_map(MoveValue::Vector)
            .boxed(),
        Layout::Struct { fields: own, .. } => fields(own).prop_map(MoveValue::Struct).boxed(),
        Layout::Enum { variants, .. } => {
            let all: Vec<_> = (0..)
                .zip(variants)
                .map(|(n, (_, own))| {
                    fields(own)
                        .prop_map(move |values| MoveValue::Variant(n, values))
                        .boxed()
                })
                .collect();
            prop::strategy::Union::new(all).boxed()
        }
        Layout::Signer | Layout::Function => unreachable!("not among the types below"),
    }
}

const SAMPLES: [&str; 9] = [
    "bool",
    "i256",
    "vector<u8>",
    "vector<vector<address>>",
    "0x42::types::Point",
    "0x42::types::Shape",
    "0x42::types::Wide",
    "0x42::types::Pair<u8, 0x42::types::Shape>",
    "vector<0x42::types::Pair<0x42::types::Wide, vector<i8>>>",
];

fn layout(chain: &mut Chain, ty: &TypeTag) -> VmResult<Layout> {
    chain.session(|s| s.layout(ty))
}

fn none(tag: &TypeTag) -> VmResult<Layout> {
    panic!("{tag} is not needed")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    /// Values survive their own encoding, and both interpreters.
    #[test]
    fn values_survive(seed in any::<[u8; 32]>()) {
        let mut runner = proptest::test_runner::TestRunner::new_with_rng(
            proptest::test_runner::Config { failure_persistence: None, ..Default::default() },
            proptest::test_runner::TestRng::from_seed(proptest::test_runner::RngAlgorithm::ChaCha, &seed),
        );
        for sample in SAMPLES {
            let ty = tag(sample);
            let mut chain = Chain::with(ENGINES[0], &[TYPES]);
            let layout = layout(&mut chain, &ty).unwrap();
            let value = values(&layout).new_tree(&mut runner).unwrap().current();
            let bcs = value.encode();
            prop_assert_eq!(layout.decode(&bcs, &mut none), Ok(value));
            for interpreter in ENGINES {
                let mut chain = Chain::with(interpreter, &[TYPES]);
                let types = std::slice::from_ref(&ty);
                let gas = &mut Gas::unlimited();
                let arguments = std::slice::from_ref(&bcs);
                let returned = chain.call_with("types", "same", types, arguments, gas).unwrap();
                prop_assert_eq!(&returned.values[0], &bcs);
            }
        }
    }

    /// What the layout refuses, the engine refuses, and the reverse.
    #[test]
    fn both_refuse_the_same_bytes(bytes in prop::collection::vec(any::<u8>(), 0..60), small in any::<bool>()) {
        let bytes: Vec<u8> = bytes.into_iter().map(|b| if small { b % 4 } else { b }).collect();
        for sample in SAMPLES {
            let ty = tag(sample);
            let mut chain = Chain::with(ENGINES[0], &[TYPES]);
            let decoded = layout(&mut chain, &ty).unwrap().decode(&bytes, &mut none);
            if let Ok(value) = &decoded {
                prop_assert_eq!(value.encode(), bytes.clone());
            }
            for interpreter in ENGINES {
                let mut chain = Chain::with(interpreter, &[TYPES]);
                let types = std::slice::from_ref(&ty);
                let gas = &mut Gas::unlimited();
                let result = chain.call_with("types", "same", types, std::slice::from_ref(&bytes), gas);
                prop_assert_eq!(result.is_ok(), decoded.is_ok(), "{} {:?}", sample, bytes);
            }
        }
    }
}

#[test]
fn fields_and_variants_have_their_names() {
    let mut chain = Chain::with(ENGINES[1], &[TYPES]);
    let Layout::Enum {
        tag: name,
        variants,
    } = layout(&mut chain, &tag("0x42::types::Shape")).unwrap()
    else {
        panic!("an enum is expected");
    };
    assert_eq!(name.name, "Shape");
    let names: Vec<&str> = variants.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["Dot", "Circle", "Line"]);
    let (field, at) = &variants[1].1[0];
    assert_eq!(field, "at");
    let Layout::Struct { fields, .. } = at else {
        panic!("a struct is expected");
    };
    let names: Vec<&str> = fields.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["x", "y"]);
    assert_eq!(fields[1].1, Layout::Integer(Integer::I16));
}

#[test]
fn malformed_values_are_refused() {
    let mut chain = Chain::with(ENGINES[1], &[TYPES]);
    for (ty, bytes) in [
        ("bool", vec![2]),
        ("bool", vec![]),
        ("bool", vec![1, 0]),
        ("u64", vec![0; 7]),
        ("vector<u16>", vec![0x80, 0x00]),
        ("vector<u16>", vec![1, 5]),
        ("vector<u8>", vec![0xff, 0xff, 0xff, 0xff, 0x0f]),
        (
            "vector<0x42::types::Shape>",
            vec![0xff, 0xff, 0xff, 0xff, 0x0f],
        ),
        ("0x42::types::Shape", vec![3]),
        ("0x42::types::Shape", vec![0x80, 0x80, 0x04]),
    ] {
        let error = chain.session(|s| s.decode(&tag(ty), &bytes)).unwrap_err();
        assert_eq!(
            error.status(),
            StatusCode::ValueDeserializationError,
            "{ty} {bytes:?}"
        );
    }
}

#[test]
fn a_layout_has_a_bounded_number_of_parts() {
    let mut chain = Chain::with(ENGINES[1], &[TYPES]);
    let mut ty = "u8".to_owned();
    for depth in 1..=6 {
        ty = format!("0x42::types::T1<{ty}>");
        let result = layout(&mut chain, &tag(&ty));
        match depth {
            // (4^(depth+1) - 1) / 3 parts.
            1..=3 => assert!(result.is_ok(), "{depth}: {result:?}"),
            4 => assert!(result.is_ok(), "341 parts: {result:?}"),
            _ => assert_eq!(result.unwrap_err().status(), StatusCode::TooManyTypeNodes),
        }
    }
}

#[test]
fn a_function_value_shows_what_it_captures_and_still_runs() {
    for interpreter in ENGINES {
        let mut chain = Chain::with(interpreter, &[TYPES]);
        let returned = chain.call("types", "adder", &[u64_bytes(40)]).unwrap();
        let ty = tag("|u64|u64 has copy + drop + store");
        let value = chain
            .session(|s| s.decode(&ty, &returned.values[0]))
            .unwrap();
        let MoveValue::Function(function) = &value else {
            panic!("a function value is expected");
        };
        assert_eq!(function.function, "add");
        let forty = MoveValue::Integer(Integer::U64, U256::from(40));
        assert_eq!(function.captured, [(TypeTag::U64, forty)]);
        let mut changed = function.clone();
        changed.captured[0].1 = MoveValue::Integer(Integer::U64, U256::from(1));
        let bcs = MoveValue::Function(changed).encode();
        let got = chain.call("types", "use_it", &[bcs, u64_bytes(2)]).unwrap();
        assert_eq!(got.values, [u64_bytes(3)]);
    }
}

#[test]
fn values_without_bytes_are_not_counted_without_end() {
    let many = vec![0xff, 0xff, 0xff, 0xff, 0x0f];
    let nothing = Layout::Struct {
        tag: match tag("0x42::types::Point") {
            TypeTag::Struct(tag) => *tag,
            other => panic!("{other} is no struct"),
        },
        fields: Vec::new(),
    };
    let layout = Layout::Vector(Box::new(nothing));
    let error = layout.decode(&many, &mut none).unwrap_err();
    assert_eq!(error.status(), StatusCode::ValueDeserializationError);
    assert_eq!(
        layout.decode(&[0], &mut none),
        Ok(MoveValue::Vector(Vec::new()))
    );
}

#[test]
fn native_structs_have_no_values() {
    const GHOST: &str = "
module 0x42::ghost version 7
native struct Ghost has copy, drop, store;
public fun same<T>(value: T): T { move_loc value ret }
";
    let types = [tag("vector<0x42::ghost::Ghost>")];
    for interpreter in ENGINES {
        for bytes in [vec![1], vec![0xff, 0xff, 0xff, 0xff, 0x0f]] {
            let mut chain = Chain::with(interpreter, &[GHOST]);
            let gas = &mut Gas::unlimited();
            let arguments = std::slice::from_ref(&bytes);
            let error = chain
                .call_with("ghost", "same", &types, arguments, gas)
                .unwrap_err();
            assert_eq!(error.status(), StatusCode::FailedToDeserializeArgument);
            let error = chain.session(|s| s.decode(&types[0], &bytes)).unwrap_err();
            assert_eq!(error.status(), StatusCode::ValueDeserializationError);
        }
    }
}

#[test]
fn malformed_function_values_are_refused() {
    let mut chain = Chain::with(ENGINES[1], &[TYPES]);
    let returned = chain.call("types", "adder", &[u64_bytes(40)]).unwrap();
    let ty = tag("|u64|u64 has copy + drop + store");
    let good = returned.values[0].clone();
    let Ok(MoveValue::Function(function)) = chain.session(|s| s.decode(&ty, &good)) else {
        panic!("a function value is expected");
    };
    let with = |change: &dyn Fn(&mut lumio_move_engine::FunctionValue)| {
        let mut changed = function.clone();
        change(&mut changed);
        MoveValue::Function(changed).encode()
    };
    let mut broken = vec![
        with(&|f| f.mask.0 = 0),
        with(&|f| f.mask.0 = 0b11),
        with(&|f| f.captured.clear()),
        with(&|f| f.function = "a b".into()),
        with(&|f| f.module.name = String::new()),
        with(&|f| f.captured[0].0 = TypeTag::U128),
    ];
    let mut version = good.clone();
    version[0] = 2;
    broken.push(version);
    broken.extend((0..good.len()).map(|end| good[..end].to_vec()));
    for bytes in broken {
        let error = chain.session(|s| s.decode(&ty, &bytes)).unwrap_err();
        assert_eq!(
            error.status(),
            StatusCode::ValueDeserializationError,
            "{bytes:?}"
        );
        let called = chain.call("types", "use_it", &[bytes, u64_bytes(2)]);
        assert_eq!(
            called.unwrap_err().status(),
            StatusCode::FailedToDeserializeArgument
        );
    }
}
