//! What publishing costs: the benchmarks' package, and modules that keep one part of the verifier busy
//! and are short otherwise.

use crate::{
    layer_a::thread_cpu,
    move_chain::{MoveChain, MoveUser, compiled, publication},
    report::median,
};
use anyhow::{Result, anyhow, ensure};
use lumio_move_engine::{Address, format::write_module, text::assemble_module};
use std::fmt::Write as _;

/// What is published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Publication {
    /// The benchmarks' package: code as people write it.
    Package,
    /// Functions without a branch.
    Straight,
    /// Loops over many locals that are no references.
    Locals,
    /// Loops over many references to one thing.
    References,
    /// Loops over references of which each comes from the one before.
    Borrows,
    /// Values whose types are as large as they may be.
    Types,
    /// Many functions of nearly nothing.
    Functions,
    /// Many structs of many fields.
    Structs,
    /// One long constant.
    Constant,
}

/// Time, gas and length of a publication.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Published {
    pub(crate) nanos: f64,
    pub(crate) gas: f64,
    pub(crate) bytes: u64,
}

/// The most gas units that a transaction may have.
const MAX_GAS: u64 = 2_000_000;

impl Publication {
    pub(crate) const ALL: [Self; 9] = [
        Self::Package,
        Self::Straight,
        Self::Locals,
        Self::References,
        Self::Borrows,
        Self::Types,
        Self::Functions,
        Self::Structs,
        Self::Constant,
    ];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Package => "publish",
            Self::Straight => "publish_straight",
            Self::Locals => "publish_locals",
            Self::References => "publish_references",
            Self::Borrows => "publish_borrows",
            Self::Types => "publish_types",
            Self::Functions => "publish_functions",
            Self::Structs => "publish_structs",
            Self::Constant => "publish_constant",
        }
    }

    /// Publishes it so many times, each time as another account, so that nothing is known of it.
    ///
    /// # Errors
    /// When it is refused.
    pub(crate) fn measure(self, repeat: usize) -> Result<Published> {
        let mut chain = MoveChain::new()?;
        let mut times = Vec::new();
        let (mut gas, mut bytes) = (0.0, 0);
        for index in 0..repeat.max(5) {
            let mut user = MoveUser::new("publisher", index);
            chain.fund(user.address);
            let modules = self.modules(user.address)?;
            bytes = modules.iter().map(|(_, module)| module.len() as u64).sum();
            let carrier = user.call(publication(&modules), MAX_GAS)?;
            let before = thread_cpu()?;
            let executed =
                chain
                    .executor
                    .execute(&chain.state, &chain.block, &carrier.transaction)?;
            times.push(thread_cpu()?.saturating_sub(before).as_secs_f64() * 1e9);
            ensure!(executed.success, "failed: {:?}", executed.halt);
            gas = executed.gas_used as f64;
        }
        Ok(Published {
            nanos: median(times.into_iter()),
            gas,
            bytes,
        })
    }

    fn modules(self, owner: Address) -> Result<Vec<(String, Vec<u8>)>> {
        if self == Self::Package {
            return compiled(owner);
        }
        let text = format!("module {owner}::m version 8\n{}", self.items());
        let module = assemble_module(&text).map_err(|error| anyhow!("{error}"))?;
        let bytes = write_module(&module).map_err(|error| anyhow!("{error}"))?;
        Ok(vec![("m".to_owned(), bytes)])
    }

    /// The text of a module's items.
    fn items(self) -> String {
        match self {
            Self::Package => String::new(),
            Self::Straight => {
                let step = "copy_loc x copy_loc x add st_loc x\n".repeat(3_000);
                (0..4).fold(String::new(), |mut text, number| {
                    let _ = writeln!(text, "fun f{number}(x: u64) {{ {step} ret }}");
                    text
                })
            }
            Self::Locals => loops((250, 500), "u64", |_| "ld_u64 0".to_owned()),
            Self::References => loops((60, 30), "&u64", |_| {
                "copy_loc s imm_borrow_field S::x".to_owned()
            }),
            Self::Borrows => loops((60, 30), "&u64", |local| match local.checked_sub(1) {
                None => "copy_loc s imm_borrow_field S::x".to_owned(),
                Some(before) => format!("copy_loc a{before}"),
            }),
            Self::Types => {
                // A tree of 63 nodes, and its two halves.
                let mut ty = "u64".to_owned();
                for _ in 0..4 {
                    ty = format!("P<{ty}, {ty}>");
                }
                let step = format!("copy_loc x unpack P<{ty}, {ty}> pop pop\n").repeat(2_000);
                format!(
                    "struct P<A, B> has copy, drop {{ a: A, b: B }}\n\
                     fun f(x: P<{ty}, {ty}>) {{ {step} ret }}"
                )
            }
            Self::Functions => (0..1_000).fold(String::new(), |mut text, number| {
                let _ = writeln!(text, "fun f{number}() {{ ret }}");
                text
            }),
            Self::Structs => (0..200_usize).fold(String::new(), |mut text, number| {
                // Each is of the one before.
                let before = number.checked_sub(1);
                let ty = before.map_or("u64".to_owned(), |before| format!("S{before}"));
                let fields: Vec<_> = (0..30).map(|field| format!("f{field}: {ty}")).collect();
                let _ = writeln!(text, "struct S{number} {{ {} }}", fields.join(", "));
                text
            }),
            Self::Constant => {
                let bytes = "5a".repeat(60_000);
                format!("const C: vector<u8> = x\"{bytes}\";\nfun f() {{ ld_const C pop ret }}")
            }
        }
    }
}

/// A function that gives each of so many locals a value, then has so many loops, one after another,
/// of which each does it again for one.
fn loops((locals, count): (usize, usize), ty: &str, value: impl Fn(usize) -> String) -> String {
    let mut text = String::from("struct S has drop { x: u64 }\nfun f(s: &S, b: bool) {\nlocals ");
    let names: Vec<_> = (0..locals).map(|local| format!("a{local}: {ty}")).collect();
    let _ = writeln!(text, "{}", names.join(", "));
    for local in 0..locals {
        let _ = writeln!(text, "{} st_loc a{local}", value(local));
    }
    for number in 0..count {
        let local = number % locals;
        let _ = writeln!(
            text,
            "l{number}: {} st_loc a{local} copy_loc b br_true l{number}",
            value(local)
        );
    }
    text.push_str("ret }");
    text
}
