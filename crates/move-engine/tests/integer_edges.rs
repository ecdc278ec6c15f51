//! Every arithmetic instruction and every cast at the edges of every integer type, on both
//! interpreters: what fits gives its value, what does not is an arithmetic error at that instruction.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod chain;

use chain::{Chain, ENGINES, id};
use lumio_move_engine::{Gas, Location, Session, StatusCode, U256};

/// A number with its sign, wide enough for one more than any type has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Number {
    negative: bool,
    magnitude: U256,
}

fn number(negative: bool, magnitude: U256) -> Number {
    Number {
        negative: negative && !magnitude.is_zero(),
        magnitude,
    }
}

fn small(n: i8) -> Number {
    number(n < 0, U256::from(n.unsigned_abs()))
}

#[derive(Clone, Copy, Debug)]
struct Int {
    name: &'static str,
    bits: usize,
    signed: bool,
}

const fn int(name: &'static str, bits: usize, signed: bool) -> Int {
    Int { name, bits, signed }
}

const TYPES: [Int; 12] = [
    int("u8", 8, false),
    int("u16", 16, false),
    int("u32", 32, false),
    int("u64", 64, false),
    int("u128", 128, false),
    int("u256", 256, false),
    int("i8", 8, true),
    int("i16", 16, true),
    int("i32", 32, true),
    int("i64", 64, true),
    int("i128", 128, true),
    int("i256", 256, true),
];

impl Int {
    fn max(self) -> Number {
        let bits = self.bits - usize::from(self.signed);
        number(false, U256::MAX >> (256 - bits))
    }

    fn min(self) -> Number {
        if self.signed {
            number(true, U256::from(1) << (self.bits - 1))
        } else {
            small(0)
        }
    }

    fn holds(self, n: Number) -> bool {
        let bound = if n.negative { self.min() } else { self.max() };
        n.magnitude.is_zero() || (n.negative == bound.negative && n.magnitude <= bound.magnitude)
    }

    /// In two's complement, little-endian.
    fn bytes(self, n: Number) -> Vec<u8> {
        let bits = if n.negative {
            n.magnitude.wrapping_neg()
        } else {
            n.magnitude
        };
        bits.to_le_bytes::<32>()[..self.bits / 8].to_vec()
    }

    fn load(self, n: Number) -> String {
        let sign = if n.negative { "-" } else { "" };
        format!("ld_{} {sign}{}", self.name, n.magnitude)
    }
}

/// One function: its code, which has the tested instruction right before `ret`; what it returns.
struct Case {
    code: String,
    returns: Int,
    expected: Option<Number>,
}

/// Two operands and their result, if there is one.
fn binary(ty: Int, op: &str, left: Number, right: Number, expected: Option<Number>) -> Case {
    Case {
        code: format!("{} {} {op}", ty.load(left), ty.load(right)),
        returns: ty,
        expected,
    }
}

fn arithmetic(ty: Int) -> Vec<Case> {
    let (min, max, zero, one, two) = (ty.min(), ty.max(), small(0), small(1), small(2));
    let below_max = number(false, max.magnitude - U256::from(1));
    let mut cases = vec![
        binary(ty, "add", max, zero, Some(max)),
        binary(ty, "add", below_max, one, Some(max)),
        binary(ty, "add", max, one, None),
        binary(ty, "add", max, max, None),
        binary(ty, "sub", min, zero, Some(min)),
        binary(ty, "sub", max, max, Some(zero)),
        binary(ty, "sub", min, one, None),
        binary(ty, "sub", min, max, None),
        binary(ty, "mul", max, one, Some(max)),
        binary(ty, "mul", max, zero, Some(zero)),
        binary(ty, "mul", max, two, None),
        binary(ty, "mul", max, max, None),
        binary(ty, "div", max, one, Some(max)),
        binary(ty, "div", max, max, Some(one)),
        binary(ty, "div", below_max, max, Some(zero)),
        binary(ty, "div", max, zero, None),
        binary(ty, "div", zero, zero, None),
        binary(ty, "mod", max, one, Some(zero)),
        binary(ty, "mod", below_max, max, Some(below_max)),
        binary(ty, "mod", max, zero, None),
        binary(ty, "mod", min, zero, None),
    ];
    if ty.signed {
        let minus_one = small(-1);
        let least_but_one = number(true, max.magnitude);
        cases.extend([
            binary(ty, "add", min, minus_one, None),
            binary(ty, "add", min, max, Some(minus_one)),
            binary(ty, "sub", zero, min, None),
            binary(ty, "sub", minus_one, min, Some(max)),
            binary(ty, "sub", max, minus_one, None),
            binary(ty, "mul", min, minus_one, None),
            binary(ty, "mul", minus_one, min, None),
            binary(ty, "mul", min, one, Some(min)),
            binary(ty, "mul", max, minus_one, Some(least_but_one)),
            binary(ty, "mul", min, min, None),
            binary(ty, "div", min, minus_one, None),
            binary(ty, "div", max, minus_one, Some(least_but_one)),
            binary(ty, "div", small(-7), two, Some(small(-3))),
            binary(ty, "div", small(7), small(-2), Some(small(-3))),
            binary(ty, "mod", small(-7), two, Some(minus_one)),
            binary(ty, "mod", small(7), small(-2), Some(one)),
            binary(ty, "mod", min, minus_one, None),
            binary(ty, "mod", min, max, Some(minus_one)),
        ]);
        for (n, expected) in [
            (min, None),
            (max, Some(least_but_one)),
            (least_but_one, Some(max)),
            (zero, Some(zero)),
        ] {
            cases.push(Case {
                code: format!("{} negate", ty.load(n)),
                returns: ty,
                expected,
            });
        }
    }
    cases
}

fn shifts(ty: Int) -> Vec<Case> {
    let top = number(false, U256::from(1) << (ty.bits - 1));
    let high = number(false, ty.max().magnitude - U256::from(1));
    let all_but_top = number(false, ty.max().magnitude >> 1);
    let last = ty.bits - 1;
    let mut shifts = vec![
        ("shl", small(1), last, Some(top)),
        ("shl", small(2), last, Some(small(0))),
        ("shl", all_but_top, 1, Some(high)),
        ("shl", ty.max(), 0, Some(ty.max())),
        ("shr", ty.max(), last, Some(small(1))),
        ("shr", top, last, Some(small(1))),
        ("shr", all_but_top, last, Some(small(0))),
        ("shr", ty.max(), 0, Some(ty.max())),
    ];
    // No amount is too large for 256 bits.
    if ty.bits < 256 {
        for op in ["shl", "shr"] {
            shifts.push((op, small(1), ty.bits, None));
            shifts.push((op, small(0), ty.bits, None));
            shifts.push((op, small(1), 255, None));
        }
    }
    let case = |(op, left, amount, expected): (&str, Number, usize, Option<Number>)| Case {
        code: format!("{} ld_u8 {amount} {op}", ty.load(left)),
        returns: ty,
        expected,
    };
    shifts.into_iter().map(case).collect()
}

/// What the other type can just hold and just not hold, and the type's own edges.
fn casts(from: Int) -> Vec<Case> {
    let mut cases = Vec::new();
    for to in TYPES {
        let mut numbers = vec![small(0), small(1), small(-1), from.min(), from.max()];
        for edge in [to.min(), to.max()] {
            numbers.push(edge);
            let beyond = edge.magnitude.checked_add(U256::from(1));
            let negative = edge.negative || edge == small(0);
            numbers.extend(beyond.map(|n| number(negative, n)));
        }
        numbers.retain(|n| from.holds(*n));
        cases.extend(numbers.into_iter().map(|n| Case {
            code: format!("{} cast_{}", from.load(n), to.name),
            returns: to,
            expected: to.holds(n).then_some(n),
        }));
    }
    cases
}

/// Runs all cases as the functions of one module.
fn run(cases: &[Case]) {
    let mut text = String::from("module 0x42::m version 10\n");
    for (n, case) in cases.iter().enumerate() {
        let Case { code, returns, .. } = case;
        text += &format!("public fun f{n}(): {} {{ {code} ret }}\n", returns.name);
    }
    for interpreter in ENGINES {
        let mut chain = Chain::with(interpreter, &[&text]);
        for (n, case) in cases.iter().enumerate() {
            let (name, code) = (format!("f{n}"), &case.code);
            let mut session =
                Session::new(&chain.engine, &mut chain.code, &mut chain.memory).unwrap();
            let got = session.call(&id("m"), &name, &[], &[], &mut Gas::unlimited());
            match (got, case.expected) {
                (Ok(got), Some(expected)) => {
                    let bytes = case.returns.bytes(expected);
                    assert_eq!(got.values, [bytes], "{code} on {interpreter:?}");
                }
                (Err(error), None) => {
                    let details = error.details();
                    assert_eq!(details.status, StatusCode::ArithmeticError, "{code}");
                    assert_eq!(details.sub_status, None, "{code}");
                    assert_eq!(details.location, Location::Module(id("m")), "{code}");
                    let words = code
                        .split(' ')
                        .filter(|w| w.starts_with(char::is_alphabetic));
                    let offset = u16::try_from(words.count() - 1).unwrap();
                    let [(function, pc)] = details.offsets[..] else {
                        panic!("{code}: {:?}", details.offsets);
                    };
                    assert_eq!((usize::from(function.0), pc), (n, offset), "{code}");
                }
                (got, expected) => panic!("{code} on {interpreter:?}: {got:?}, not {expected:?}"),
            }
        }
    }
}

#[test]
fn arithmetic_of_each_type_at_its_edges() {
    for ty in TYPES {
        run(&arithmetic(ty));
    }
}

#[test]
fn shifts_of_each_unsigned_type_at_its_width() {
    for ty in TYPES.into_iter().filter(|ty| !ty.signed) {
        run(&shifts(ty));
    }
}

#[test]
fn casts_between_all_pairs_of_types() {
    for from in TYPES {
        run(&casts(from));
    }
}
