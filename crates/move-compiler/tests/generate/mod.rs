//! Random programs that are right: whatever is generated has its types, borrows and moves in order.
//! What they compute ends in a number, which a test aborts with.

mod expression;
mod statement;

use std::fmt::Write;

/// A type of generated programs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Ty {
    Bool,
    /// By name; signed ones only in newer programs.
    Int(&'static str),
    Address,
    Vector(Box<Ty>),
    /// The struct of that number.
    Struct(usize),
    /// The enum of that number.
    Enum(usize),
    /// A function value from and to numbers.
    Function,
}

impl Ty {
    pub(crate) const U64: Self = Self::Int("u64");

    fn name(&self) -> String {
        match self {
            Self::Bool => "bool".into(),
            Self::Int(name) => (*name).into(),
            Self::Address => "address".into(),
            Self::Vector(of) => format!("vector<{}>", of.name()),
            Self::Struct(n) => format!("S{n}"),
            Self::Enum(n) => format!("E{n}"),
            Self::Function => "|u64|u64 has copy + drop".into(),
        }
    }

    /// The name without signs, for functions about the type.
    fn tag(&self) -> String {
        match self {
            Self::Vector(of) => format!("v_{}", of.tag()),
            Self::Function => "f".into(),
            other => other.name().to_lowercase(),
        }
    }
}

struct Function {
    name: String,
    parameters: Vec<Ty>,
    returns: Ty,
}

#[derive(Clone)]
struct Local {
    name: String,
    ty: Ty,
    /// Whether it may be changed: no loop counts with it.
    is_free: bool,
}

/// A generator, whose choices follow from a seed.
pub(crate) struct Generator {
    state: u64,
    /// Whether programs use what came after language 2.1: function values, signed integers.
    newer: bool,
    structs: Vec<Vec<Ty>>,
    enums: Vec<Vec<Vec<Ty>>>,
    functions: Vec<Function>,
    /// What is in scope.
    locals: Vec<Local>,
    next_name: usize,
    /// How many loops are around, and whether one of them can be left here.
    loops: usize,
    can_leave: bool,
    /// Whether the function can be left here.
    can_return: Option<Ty>,
    /// How much may still be generated for the function.
    budget: usize,
}

const UNSIGNED: [&str; 6] = ["u8", "u16", "u32", "u64", "u128", "u256"];
const SIGNED: [&str; 6] = ["i8", "i16", "i32", "i64", "i128", "i256"];

/// The text of a module with tests.
pub(crate) fn program(seed: u64, newer: bool) -> String {
    let mut generator = Generator {
        state: seed,
        newer,
        structs: Vec::new(),
        enums: Vec::new(),
        functions: Vec::new(),
        locals: Vec::new(),
        next_name: 0,
        loops: 0,
        can_leave: false,
        can_return: None,
        budget: 0,
    };
    generator.module()
}

impl Generator {
    /// A number below another.
    fn below(&mut self, bound: usize) -> usize {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((z ^ (z >> 31)) % (bound.max(1) as u64)).unwrap()
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    fn name(&mut self, prefix: &str) -> String {
        self.next_name += 1;
        format!("{prefix}{}", self.next_name)
    }

    fn integer(&mut self) -> Ty {
        if self.chance(40) {
            return Ty::U64;
        }
        let signed = self.newer && self.chance(30);
        let names = if signed { SIGNED } else { UNSIGNED };
        Ty::Int(names[self.below(6)])
    }

    fn ty(&mut self, depth: usize) -> Ty {
        match self.below(if depth == 0 { 6 } else { 10 }) {
            0 => Ty::Bool,
            1 => Ty::Address,
            2..=5 => self.integer(),
            6 => Ty::Vector(Box::new(self.ty(depth - 1))),
            7 | 8 if !self.structs.is_empty() => Ty::Struct(self.below(self.structs.len())),
            9 if !self.enums.is_empty() => Ty::Enum(self.below(self.enums.len())),
            _ => self.integer(),
        }
    }

    fn module(&mut self) -> String {
        let mut text = String::from("module a::generated {\n");
        for n in 0..3 {
            let fields: Vec<Ty> = (0..1 + self.below(3)).map(|_| self.ty(1)).collect();
            let list: Vec<String> = (0..)
                .zip(&fields)
                .map(|(n, ty)| format!("f{n}: {}", ty.name()))
                .collect();
            writeln!(text, "struct S{n} has copy, drop {{ {} }}", list.join(", ")).unwrap();
            self.structs.push(fields);
        }
        for n in 0..2 {
            let variants: Vec<Vec<Ty>> = (0..2 + self.below(2))
                .map(|_| (0..self.below(3)).map(|_| self.ty(1)).collect())
                .collect();
            let list: Vec<String> = (0..)
                .zip(&variants)
                .map(|(n, fields)| format!("V{n}{}", self.variant_fields(fields)))
                .collect();
            writeln!(text, "enum E{n} has copy, drop {{ {} }}", list.join(", ")).unwrap();
            self.enums.push(variants);
        }
        // Inline functions could not return early.
        let how = if self.newer { "return i" } else { "break" };
        text += &HELPERS.replace("break", how);
        for n in 0..4 {
            let function = self.function(n);
            text += &function;
        }
        for n in 0..3 {
            let test = self.test(n);
            text += &test;
        }
        let mut summed = Vec::new();
        let structs = (0..self.structs.len()).map(Ty::Struct);
        for ty in structs.chain((0..self.enums.len()).map(Ty::Enum)) {
            self.sum_of(&ty, &mut summed, &mut text);
        }
        let mut others: Vec<Ty> = vec![Ty::Bool, Ty::Address];
        others.extend(UNSIGNED.map(Ty::Int));
        if self.newer {
            others.extend(SIGNED.map(Ty::Int));
            others.push(Ty::Function);
        }
        for ty in others {
            self.sum_of(&ty, &mut summed, &mut text);
            let vector = Ty::Vector(Box::new(ty));
            self.sum_of(&vector, &mut summed, &mut text);
        }
        text + "}\n"
    }

    /// Positional if odd, else with names.
    fn variant_fields(&self, fields: &[Ty]) -> String {
        let names: Vec<String> = fields.iter().map(Ty::name).collect();
        match names.len() {
            0 => String::new(),
            1 => format!("({})", names[0]),
            _ => {
                let all = (0..).zip(names).map(|(n, name)| format!("f{n}: {name}"));
                format!(" {{ {} }}", all.collect::<Vec<_>>().join(", "))
            }
        }
    }

    fn function(&mut self, n: usize) -> String {
        let parameters: Vec<Ty> = (0..self.below(4)).map(|_| self.ty(1)).collect();
        let returns = self.ty(1);
        self.locals.clear();
        for ty in &parameters {
            let name = self.name("p");
            self.locals.push(Local {
                name,
                ty: ty.clone(),
                is_free: true,
            });
        }
        let list: Vec<String> = self
            .locals
            .iter()
            .map(|l| format!("{}: {}", l.name, l.ty.name()))
            .collect();
        self.budget = 60;
        self.can_return = Some(returns.clone());
        let body = self.body(&returns, 3);
        let name = format!("fun{n}");
        let text = format!(
            "fun {name}({}): {} {body}\n",
            list.join(", "),
            returns.name()
        );
        self.functions.push(Function {
            name,
            parameters,
            returns,
        });
        text
    }

    fn test(&mut self, n: usize) -> String {
        self.locals.clear();
        self.budget = 120;
        self.can_return = None;
        let mut text = String::new();
        for _ in 0..4 + self.below(5) {
            text += &self.statement(3);
        }
        text += "let sum = 0u64;\n";
        for local in self.locals.clone() {
            assert!(!local.name.starts_with('('));
            let (name, tag) = (&local.name, local.ty.tag());
            if self.can_sum(&local.ty) {
                writeln!(text, "sum = mix(sum, sum_{tag}(&{name}));").unwrap();
            }
        }
        format!("#[test] fun test{n}() {{\n{text}abort sum }}\n")
    }

    /// Vectors of vectors and of structs have no function that sums them.
    fn can_sum(&self, ty: &Ty) -> bool {
        match ty {
            Ty::Vector(of) => !matches!(**of, Ty::Vector(_) | Ty::Struct(_) | Ty::Enum(_)),
            _ => true,
        }
    }

    fn sum_of(&self, ty: &Ty, done: &mut Vec<Ty>, text: &mut String) {
        if done.contains(ty) || !self.can_sum(ty) {
            return;
        }
        done.push(ty.clone());
        let sum = |place: &str, ty: &Ty| match self.can_sum(ty) {
            true => format!("sum = mix(sum, sum_{}({place}));", ty.tag()),
            false => String::new(),
        };
        let body = match ty {
            Ty::Bool => "if (*x) 1 else 2".into(),
            Ty::Address => "if (*x == @0x1) 3 else if (*x == @0x2) 4 else 5".into(),
            Ty::Int(name) if name.starts_with('i') => {
                "let n = (*x as i256) % 1000003; ((if (n < 0) 2000003 - n else n) as u64)".into()
            }
            Ty::Int(_) => "((*x as u256) % 18446744073709551557) as u64".into(),
            Ty::Function => "(*x)(7)".into(),
            Ty::Vector(of) => format!(
                "let sum = 11; let i = 0; while (i < length(x)) {{ {} i += 1 }}; sum",
                sum("&x[i]", of)
            ),
            Ty::Struct(n) => {
                let fields = (0..).zip(&self.structs[*n]);
                let sums = fields.map(|(n, ty)| sum(&format!("&x.f{n}"), ty));
                format!("let sum = 13; {} sum", sums.collect::<String>())
            }
            Ty::Enum(e) => {
                let mut arms = String::new();
                for (v, fields) in self.enums[*e].iter().enumerate() {
                    let names: Vec<String> = (0..fields.len()).map(|n| format!("f{n}")).collect();
                    let pattern = match names.len() {
                        0 => String::new(),
                        1 => "(f0)".into(),
                        _ => format!(" {{ {} }}", names.join(", ")),
                    };
                    let sums = names.iter().zip(fields).map(|(name, ty)| sum(name, ty));
                    let sums: String = sums.collect();
                    writeln!(
                        arms,
                        "E{e}::V{v}{pattern} => {{ let sum = {v}; {sums} sum }}"
                    )
                    .unwrap();
                }
                format!("match (x) {{ {arms} }}")
            }
        };
        writeln!(
            text,
            "fun sum_{}(x: &{}): u64 {{ {body} }}",
            ty.tag(),
            match ty {
                Ty::Function => "(|u64|u64 has copy + drop)".into(),
                other => other.name(),
            }
        )
        .unwrap();
    }
}

const HELPERS: &str = "
struct N { n: u64 }
fun mix(a: u64, b: u64): u64 { ((((a as u128) * 31) + (b as u128)) % 18446744073709551616) as u64 }
fun length<T>(v: &vector<T>): u64 { std::vector::length(v) }
fun bump(x: &mut u64): u64 { let old = *x; *x = if (old > 1000000) 0 else old + 1; old }
fun pick<T>(c: bool, a: &mut T, b: &mut T): &mut T { if (c) a else b }
fun first<T>(v: &mut vector<T>): &mut T { std::vector::borrow_mut(v, 0) }
fun pair<A, B>(a: A, b: B): (A, B) { (a, b) }
fun same<T>(x: T): T { x }
inline fun apply(x: u64, f: |u64| u64): u64 { f(x) }
inline fun twice(x: u64, f: |u64, u64| u64): u64 { f(x, f(1, x)) }
inline fun times(n: u64, f: |u64|) { let i = 0; while (i < n) { f(i); i += 1 } }
inline fun fold<T: copy>(v: &vector<T>, start: u64, f: |u64, T| u64): u64 {
    let sum = start;
    let i = 0;
    while (i < length(v)) { sum = f(sum, v[i]); i += 1 };
    sum
}
inline fun find(n: u64, f: |u64| bool): u64 {
    let i = 0;
    while (i < n) { if (f(i)) break; i += 1 };
    i
}
";
