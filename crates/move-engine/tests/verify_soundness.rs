//! Programs over references, made at random: what the verifier accepts is run on places instead of
//! values, where each reference knows which others it was borrowed from. Whoever writes ends all
//! others that overlap and that it was not borrowed from; whoever reads, ends such mutable ones. A
//! reference that was ended must not be used again.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeSet;

use lumio_move_engine::{
    StatusCode,
    format::{Bytecode as B, CompiledModule},
    text::assemble_module,
    verify::{Config, verify_module},
};

const DECLARED: &str = "
struct I has copy, drop, store { a: u64, b: u64 }
struct P has copy, drop, store { x: u64, i: I, j: I, v: vector<I> }
fun one(a: &mut u64, b: &mut u64) { ret }
fun two(a: &mut u64, b: &u64) { ret }
fun choose(a: &mut I, b: &mut I): &mut u64 { copy_loc b pop move_loc a mut_borrow_field I::a ret }
fun inner(a: &mut P, b: &mut P): &mut I { copy_loc b pop move_loc a mut_borrow_field P::i ret }
fun look(a: &mut I, b: &I): &u64 { move_loc a pop move_loc b imm_borrow_field I::a ret }
";
const LOCALS: &str = "locals y: P, p0: &mut P, p1: &mut P, q0: &P, i0: &mut I, i1: &mut I, k0: &I, \
    u0: &mut u64, u1: &mut u64, n0: &u64, n1: &u64, v0: &mut vector<I>";

struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) as usize % n
    }

    fn pick<'t>(&mut self, from: &[&'t str]) -> &'t str {
        from[self.below(from.len())]
    }

    /// Code that leaves a reference, and its type's name: `mut P` for example.
    fn reference(&mut self) -> (String, &'static str) {
        let (mut code, mut ty) = match self.below(9) {
            0 => (
                self.pick(&["mut_borrow_loc x", "mut_borrow_loc y"])
                    .to_string(),
                "mut P",
            ),
            1 => (
                self.pick(&["imm_borrow_loc x", "imm_borrow_loc y"])
                    .to_string(),
                "P",
            ),
            n => {
                let how = self.pick(&["copy_loc", "copy_loc", "copy_loc", "move_loc"]);
                let (local, ty) = match n {
                    2 => (self.pick(&["p0", "p1", "pa"]), "mut P"),
                    3 => (self.pick(&["q0", "pb"]), "P"),
                    4 => (self.pick(&["i0", "i1"]), "mut I"),
                    5 => ("k0", "I"),
                    6 => (self.pick(&["u0", "u1"]), "mut u64"),
                    7 => (self.pick(&["n0", "n1"]), "u64"),
                    _ => ("v0", "mut vector"),
                };
                (format!("{how} {local}"), ty)
            }
        };
        while self.below(3) > 0 {
            let (step, next) = match ty {
                "mut P" => match self.below(8) {
                    0 => ("mut_borrow_field P::x", "mut u64"),
                    1 => ("mut_borrow_field P::i", "mut I"),
                    2 => ("mut_borrow_field P::j", "mut I"),
                    3 => ("mut_borrow_field P::v", "mut vector"),
                    4 => ("freeze_ref", "P"),
                    5 => ("imm_borrow_field P::i", "I"),
                    6 => ("imm_borrow_field P::j", "I"),
                    _ => ("imm_borrow_field P::x", "u64"),
                },
                "P" => match self.below(2) {
                    0 => ("imm_borrow_field P::i", "I"),
                    _ => ("imm_borrow_field P::x", "u64"),
                },
                "mut I" => match self.below(4) {
                    0 => ("mut_borrow_field I::a", "mut u64"),
                    1 => ("mut_borrow_field I::b", "mut u64"),
                    2 => ("freeze_ref", "I"),
                    _ => ("imm_borrow_field I::a", "u64"),
                },
                "I" => (
                    self.pick(&["imm_borrow_field I::a", "imm_borrow_field I::b"]),
                    "u64",
                ),
                "mut vector" => match self.below(3) {
                    0 => ("ld_u64 0 vec_imm_borrow<I>", "I"),
                    _ => ("ld_u64 0 vec_mut_borrow<I>", "mut I"),
                },
                "mut u64" if self.below(3) == 0 => ("freeze_ref", "u64"),
                _ => break,
            };
            code += &format!(" {step}");
            ty = next;
        }
        (code, ty)
    }

    fn reference_to(&mut self, wanted: &str) -> String {
        loop {
            let (code, ty) = self.reference();
            if ty == wanted {
                return code;
            }
        }
    }

    fn statement(&mut self) -> String {
        const NEW: &str =
            "ld_u64 0 ld_u64 0 ld_u64 0 pack I ld_u64 0 ld_u64 0 pack I vec_pack<I> 0 pack P";
        match self.below(17) {
            0 => format!("{NEW} {}", self.pick(&["st_loc x", "st_loc y"])),
            1 => format!(
                "{} pop",
                self.pick(&["copy_loc x", "copy_loc y", "move_loc x"])
            ),
            2 => format!(
                "{} {} call one",
                self.reference_to("mut u64"),
                self.reference_to("mut u64")
            ),
            3 => format!(
                "{} {} call two",
                self.reference_to("mut u64"),
                self.reference_to("u64")
            ),
            4 => format!(
                "{} {} call choose st_loc {}",
                self.reference_to("mut I"),
                self.reference_to("mut I"),
                self.pick(&["u0", "u1"])
            ),
            5 => format!(
                "{} {} call look st_loc {}",
                self.reference_to("mut I"),
                self.reference_to("I"),
                self.pick(&["n0", "n1"])
            ),
            16 => format!(
                "{} {} call inner st_loc {}",
                self.reference_to("mut P"),
                self.reference_to("mut P"),
                self.pick(&["i0", "i1"])
            ),
            6 => format!(
                "{} {} eq pop",
                self.reference_to("u64"),
                self.reference_to("u64")
            ),
            7 => {
                let vector = self.reference_to("mut vector");
                let update = self.pick(&[
                    "ld_u64 0 ld_u64 0 pack I vec_push_back<I>",
                    "vec_pop_back<I> pop",
                    "ld_u64 0 ld_u64 1 vec_swap<I>",
                    "vec_len<I> pop",
                ]);
                format!("{vector} {update}")
            }
            8..=10 => {
                let (code, ty) = self.reference();
                match ty {
                    "mut u64" => format!("ld_u64 1 {code} write_ref"),
                    "mut I" => format!("ld_u64 0 ld_u64 0 pack I {code} write_ref"),
                    "mut P" => format!("{NEW} {code} write_ref"),
                    "mut vector" => format!("vec_pack<I> 0 {code} write_ref"),
                    _ => format!("{code} read_ref pop"),
                }
            }
            _ => {
                let (code, ty) = self.reference();
                let to = match ty {
                    "mut P" => self.pick(&["p0", "p1", "pa"]),
                    "P" => "q0",
                    "mut I" => self.pick(&["i0", "i1"]),
                    "I" => "k0",
                    "mut u64" => self.pick(&["u0", "u1"]),
                    "u64" => self.pick(&["n0", "n1"]),
                    _ => "v0",
                };
                format!("{code} st_loc {to}")
            }
        }
    }

    fn function(&mut self) -> String {
        let n = 3 + self.below(10);
        // Every local holds something at first, so that more programs are accepted.
        let mut body = String::from(
            "copy_loc x st_loc y mut_borrow_loc y st_loc p0 mut_borrow_loc x st_loc p1 copy_loc pb st_loc q0 \
             copy_loc p0 mut_borrow_field P::i st_loc i0 copy_loc p1 mut_borrow_field P::i st_loc i1 copy_loc pb imm_borrow_field P::i st_loc k0 \
             copy_loc p0 mut_borrow_field P::x st_loc u0 copy_loc pa mut_borrow_field P::x st_loc u1 copy_loc k0 imm_borrow_field I::a st_loc n0 \
             copy_loc n0 st_loc n1 copy_loc p1 mut_borrow_field P::v st_loc v0 ",
        );
        for line in 0..n {
            body += &format!("l{line}: {} ", self.statement());
            if self.below(5) == 0 {
                body += &format!("ld_true br_true l{} ", self.below(n));
            }
        }
        let (returns, end) = match self.below(4) {
            0 => (
                "(&mut u64, &mut u64)",
                format!(
                    "{} {} ret",
                    self.reference_to("mut u64"),
                    self.reference_to("mut u64")
                ),
            ),
            1 => (
                "(&mut u64, &u64)",
                format!(
                    "{} {} ret",
                    self.reference_to("mut u64"),
                    self.reference_to("u64")
                ),
            ),
            _ => ("()", "ret".to_string()),
        };
        let returns = if returns == "()" {
            String::new()
        } else {
            format!(": {returns}")
        };
        format!("fun f(x: P, pa: &mut P, pb: &P){returns} {{ {LOCALS} {body} {end} }}")
    }
}

#[derive(Clone, Debug)]
struct Reference {
    id: u32,
    root: usize,
    path: Vec<u8>,
    mutable: bool,
    /// Which references it was borrowed from, or that took it over.
    from: BTreeSet<u32>,
    ended: bool,
}

impl Reference {
    fn overlaps(&self, root: usize, path: &[u8]) -> bool {
        self.root == root && (self.path.starts_with(path) || path.starts_with(&self.path))
    }
}

type Value = Option<Reference>;

struct Machine<'a> {
    module: &'a CompiledModule,
    locals: Vec<Value>,
    stack: Vec<Value>,
    next: u32,
    random: Random,
}

/// Use of a reference that was ended.
struct Violation;

impl Machine<'_> {
    fn others(&mut self) -> impl Iterator<Item = &mut Reference> {
        self.locals.iter_mut().chain(&mut self.stack).flatten()
    }

    fn pop(&mut self) -> Value {
        self.stack.pop().unwrap()
    }

    fn pop_live(&mut self) -> Result<Reference, Violation> {
        let reference = self.pop().unwrap();
        if reference.ended {
            Err(Violation)
        } else {
            Ok(reference)
        }
    }

    /// Ends what overlaps and is not above: all, or mutable ones only.
    fn access(&mut self, root: usize, path: &[u8], above: &BTreeSet<u32>, writes: bool) {
        for other in self.others() {
            if other.overlaps(root, path)
                && !(above.contains(&other.id) && other.mutable)
                && (writes || other.mutable)
            {
                other.ended = true;
            }
        }
    }

    fn use_through(&mut self, reference: &Reference, writes: bool) {
        let mut above = reference.from.clone();
        above.insert(reference.id);
        self.access(reference.root, &reference.path, &above, writes);
    }

    fn derive(
        &mut self,
        parents: &[Reference],
        root: usize,
        path: Vec<u8>,
        mutable: bool,
    ) -> Reference {
        let id = self.next;
        self.next += 1;
        let mut from = BTreeSet::new();
        for parent in parents {
            from.extend(parent.from.iter().copied());
            from.insert(parent.id);
        }
        if mutable {
            // It takes over what is borrowed from within.
            for other in self.others() {
                if other.root == root && other.path.starts_with(&path) && !from.contains(&other.id)
                {
                    other.from.insert(id);
                }
            }
        } else {
            self.access(root, &path, &from, false);
        }
        Reference {
            id,
            root,
            path,
            mutable,
            from,
            ended: false,
        }
    }

    fn part(&mut self, step: u8, mutable: bool) -> Result<(), Violation> {
        let whole = self.pop_live()?;
        let mut path = whole.path.clone();
        path.push(step);
        let part = self.derive(std::slice::from_ref(&whole), whole.root, path, mutable);
        self.stack.push(Some(part));
        Ok(())
    }

    /// Uses arguments as a callee may: all of them, in any order.
    fn pass(&mut self, n: usize) -> Result<Vec<Reference>, Violation> {
        let at = self.stack.len() - n;
        for _ in 0..2 {
            for position in at..self.stack.len() {
                let argument = self.stack[position].clone().unwrap();
                if argument.ended {
                    return Err(Violation);
                }
                self.use_through(&argument, argument.mutable);
            }
        }
        Ok(self.stack.split_off(at).into_iter().flatten().collect())
    }

    fn run(&mut self, code: &[B]) -> Result<(), Violation> {
        let mut pc = 0_usize;
        for _ in 0..300 {
            let instruction = &code[pc];
            pc += 1;
            match instruction {
                B::LdU64(_) | B::LdTrue => self.stack.push(None),
                B::Pack(def) => {
                    let fields = self.module.struct_defs[def.index()]
                        .fields
                        .of(None)
                        .unwrap()
                        .len();
                    self.stack.truncate(self.stack.len() - fields);
                    self.stack.push(None);
                }
                B::VecPack(_, 0) => self.stack.push(None),
                B::Pop => {
                    self.pop();
                }
                B::BrTrue(target) => {
                    self.pop();
                    if self.random.below(2) == 0 {
                        pc = usize::from(*target);
                    }
                }
                B::CopyLoc(local) | B::MoveLoc(local) => {
                    let local = usize::from(*local);
                    let moves = matches!(instruction, B::MoveLoc(_));
                    match self.locals[local].clone() {
                        Some(reference) if reference.ended => return Err(Violation),
                        Some(reference) if moves => {
                            self.locals[local] = None;
                            self.stack.push(Some(reference));
                        }
                        Some(reference) => {
                            let (root, path) = (reference.root, reference.path.clone());
                            let mutable = reference.mutable;
                            let copy = self.derive(&[reference], root, path, mutable);
                            self.stack.push(Some(copy));
                        }
                        None => {
                            self.access(local, &[], &BTreeSet::new(), moves);
                            self.stack.push(None);
                        }
                    }
                }
                B::StLoc(local) => {
                    let value = self.pop();
                    if value.is_none() {
                        self.access(usize::from(*local), &[], &BTreeSet::new(), true);
                    }
                    self.locals[usize::from(*local)] = value;
                }
                B::MutBorrowLoc(local) | B::ImmBorrowLoc(local) => {
                    let mutable = matches!(instruction, B::MutBorrowLoc(_));
                    let reference = self.derive(&[], usize::from(*local), Vec::new(), mutable);
                    self.stack.push(Some(reference));
                }
                B::MutBorrowField(handle) => {
                    self.part(self.module.field_handles[handle.index()].field as u8, true)?
                }
                B::ImmBorrowField(handle) => {
                    self.part(self.module.field_handles[handle.index()].field as u8, false)?
                }
                B::VecMutBorrow(_) | B::VecImmBorrow(_) => {
                    self.pop();
                    let element = self.random.below(2) as u8;
                    self.part(element, matches!(instruction, B::VecMutBorrow(_)))?;
                }
                B::FreezeRef => {
                    let reference = self.pop_live()?;
                    let (root, path) = (reference.root, reference.path.clone());
                    let frozen = self.derive(&[reference], root, path, false);
                    self.stack.push(Some(frozen));
                }
                B::ReadRef => {
                    let reference = self.pop_live()?;
                    self.use_through(&reference, false);
                    self.stack.push(None);
                }
                B::WriteRef => {
                    let reference = self.pop_live()?;
                    self.pop();
                    self.use_through(&reference, true);
                }
                B::Eq => {
                    self.pass(2)?;
                    self.stack.push(None);
                }
                B::VecLen(_) => {
                    self.pop_live()?;
                    self.stack.push(None);
                }
                B::VecPushBack(_) | B::VecPopBack(_) | B::VecSwap(_) => {
                    let values = match instruction {
                        B::VecPushBack(_) => 1,
                        B::VecSwap(_) => 2,
                        _ => 0,
                    };
                    self.stack.truncate(self.stack.len() - values);
                    let reference = self.pop_live()?;
                    self.use_through(&reference, true);
                    if values == 0 {
                        self.stack.push(None);
                    }
                }
                B::Call(handle) => {
                    let handle = &self.module.function_handles[handle.index()];
                    let name = &self.module.identifiers[handle.name.index()];
                    let first = u8::from(name == "inner");
                    let arguments = self.pass(2)?;
                    for token in &self.module.signatures[handle.returns.index()] {
                        let mutable = !matches!(
                            token,
                            lumio_move_engine::format::SignatureToken::Reference(_)
                        );
                        let chosen = &arguments[self.random.below(2)];
                        let mut path = chosen.path.clone();
                        path.push(first + self.random.below(2) as u8);
                        let result = self.derive(&arguments, chosen.root, path, mutable);
                        self.stack.push(Some(result));
                    }
                }
                B::Ret => {
                    // Nothing that leaves may point into the frame; all is used by the caller.
                    if self.stack.iter().flatten().any(|r| r.root < PARAMETERS) {
                        return Err(Violation);
                    }
                    self.pass(self.stack.len())?;
                    return Ok(());
                }
                other => panic!("{other:?}"),
            }
        }
        Ok(())
    }
}

/// Roots from here on belong to the caller.
const PARAMETERS: usize = 1_000;

fn violates(module: &CompiledModule, seed: u64) -> bool {
    let parameter = |id: u32, mutable| {
        let root = PARAMETERS + id as usize;
        Some(Reference {
            id,
            root,
            path: Vec::new(),
            mutable,
            from: BTreeSet::new(),
            ended: false,
        })
    };
    let mut locals = vec![None, parameter(0, true), parameter(1, false)];
    locals.resize(32, None);
    let mut machine = Machine {
        module,
        locals,
        stack: Vec::new(),
        next: 2,
        random: Random(seed),
    };
    let code = &module
        .function_defs
        .last()
        .unwrap()
        .code
        .as_ref()
        .unwrap()
        .code;
    machine.run(code).is_err()
}

/// A status of the checks of references, not of the passes before them.
fn is_about_references(status: StatusCode) -> bool {
    let name = status.name();
    (name.contains("BORROW") && !name.contains("UNAVAILABLE"))
        || name == "STLOC_UNSAFE_TO_DESTROY_ERROR"
}

#[test]
fn accepted_programs_never_use_an_ended_reference() {
    let programs: u64 = std::env::var("PROGRAMS").map_or(20_000, |n| n.parse().unwrap());
    let (mut accepted, mut caught) = (0, 0);
    for seed in 1..=programs {
        let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        random.below(2);
        let text = format!(
            "module 0x1::m version 10\n{DECLARED}\n{}",
            random.function()
        );
        let module = assemble_module(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
        let verdict = verify_module(&Config::production(), &module).map_err(|error| error.status());
        let runs = |n: u64| {
            (1..=n).any(|run| violates(&module, run.wrapping_mul(0x2545_f491_4f6c_dd1d) ^ seed))
        };
        match verdict {
            Ok(()) => {
                accepted += 1;
                assert!(!runs(8), "seed {seed}\n{text}");
            }
            Err(status) if is_about_references(status) && seed % 8 == 0 => {
                caught += u32::from(runs(8))
            }
            Err(_) => {}
        }
    }
    // Programs of both kinds exist, so that the test can fail.
    assert!(accepted > programs / 100, "{accepted} accepted");
    assert!(caught > 20, "{caught} refused ones are wrong when run");
}
