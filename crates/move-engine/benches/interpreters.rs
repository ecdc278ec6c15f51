//! Time for an iteration of small programs, on both interpreters, with gas metering.
//!
//! `cargo bench -p lumio-move-engine --bench interpreters`
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

use std::{hint::black_box, path::Path, time::Duration};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use lumio_move_engine::{
    Address, Engine, Gas, Interpreter, ModuleId, Natives, Session, code::Code,
};

#[path = "../tests/memory/mod.rs"]
mod memory;

use memory::Memory;

const ENGINES: [(&str, Interpreter); 2] =
    [("fast", Interpreter::Fast), ("plain", Interpreter::Plain)];

fn host() -> (Memory, ModuleId) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/programs");
    let mut memory = Memory::default();
    for name in ["vector.mv", "programs.mv"] {
        memory.add(&std::fs::read(folder.join(name)).unwrap());
    }
    (memory, ModuleId::new(Address::small(0xbe), "programs"))
}

fn programs(criterion: &mut Criterion) {
    let (mut memory, module) = host();
    // The function, its argument, how many iterations (or calls) that is, and for the plain one.
    let cases = [
        ("loop_sum", 5_000_000_u64, 5_000_000_u64, 50_000_u64),
        ("loop_cubes", 5_000_000, 5_000_000, 50_000),
        ("fib", 25, 242_785, 15),
        ("vectors", 1_000_000, 1_000_000, 10_000),
        ("structs", 1_000_000, 1_000_000, 10_000),
        ("generics", 1_000_000, 1_000_000, 10_000),
    ];
    for (engine_name, interpreter) in ENGINES {
        let engine = Engine {
            natives: Natives::standard(),
            interpreter,
            ..Engine::default()
        };
        let mut group = criterion.benchmark_group(engine_name);
        group
            .sample_size(10)
            .measurement_time(Duration::from_secs(2));
        for (function, argument, iterations, small) in cases {
            let (argument, iterations) = match interpreter {
                Interpreter::Fast => (argument, iterations),
                Interpreter::Plain if function == "fib" => (small, 1_973),
                Interpreter::Plain => (small, small),
            };
            group.throughput(Throughput::Elements(iterations));
            let mut code = Code::default();
            group.bench_function(function, |bencher| {
                bencher.iter(|| {
                    let mut session = Session::new(&engine, &mut code, &mut memory).unwrap();
                    let arguments = [argument.to_le_bytes().to_vec()];
                    let mut gas = Gas::new(u64::MAX);
                    black_box(
                        session
                            .call(&module, function, &[], &arguments, &mut gas)
                            .unwrap(),
                    )
                });
            });
        }
        group.throughput(Throughput::Elements(1));
        let mut code = Code::default();
        group.bench_function("nothing", |bencher| {
            bencher.iter(|| {
                let mut session = Session::new(&engine, &mut code, &mut memory).unwrap();
                let mut gas = Gas::new(u64::MAX);
                black_box(
                    session
                        .call(&module, "nothing", &[], &[], &mut gas)
                        .unwrap(),
                )
            });
        });
        group.finish();
    }
}

criterion_group!(benches, programs);
criterion_main!(benches);
