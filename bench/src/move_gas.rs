//! What Move's gas buys: nanoseconds for each EVM gas of instructions, native functions and
//! accesses of the state, beside those of the EVM's own workloads.
//!
//! Each case is a loop in `bench/move/sources/gas.move` or `crossing_gas.move`. It runs with and without rounds; the
//! difference of CPU times by the difference of gas is its figure.

use crate::{
    layer_a::{Engine, thread_cpu},
    move_chain::{Call, MoveChain, number},
    move_publish::{Publication, Published},
    report::median,
    workload::{Size, Workload},
};
use alloy_consensus::crypto::secp256k1::sign_message;
use alloy_primitives::{B256, keccak256};
use anyhow::{Context as _, Result, ensure};
use ed25519_dalek::{Signer as _, SigningKey};
use lumio_move_engine::{
    ModuleId,
    bcs::{put_bytes, put_uleb},
};
use std::time::Duration;

/// `bench move-gas`
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct GasArgs {
    /// Only cases whose names contain this
    #[arg(long, default_value = "")]
    only: String,
    /// How often each case is measured; the median counts
    #[arg(long, default_value_t = 5)]
    repeat: usize,
    /// CPU milliseconds that a measurement takes at least
    #[arg(long, default_value_t = 4)]
    least_ms: u64,
}

/// Cases with one size.
const PLAIN: [&str; 41] = [
    "empty",
    "add",
    "div",
    "div_u128",
    "add_u256",
    "mul_u256",
    "div_u256",
    "casts",
    "call",
    "call_generic",
    "call_closure",
    "pack",
    "pack_large",
    "field",
    "option",
    "vector_push",
    "vector_new",
    "copy_large",
    "constant",
    "borrow_global",
    "move_global",
    "load_absent",
    "table_warm",
    "table_absent",
    "table_add",
    "bcs_constant_size",
    "from_bcs_address",
    "mem_swap",
    "type_name",
    "type_of",
    "ed25519_key",
    "multi_ed25519_key",
    "secp256k1_recover",
    "aggregator",
    "object_address",
    "object_exists",
    "unique_address",
    "transaction_facts",
    "entry_payload",
    "counter",
    "abi_call",
];

/// Cases of the ledger.
const LEDGER: [&str; 4] = [
    "eth_balance",
    "eth_balance_cold",
    "eth_transfer",
    "eth_transfer_new",
];

/// Cases of calls across machines, and of Solidity's ABI.
const CROSSINGS: [(&str, [u64; 2]); 9] = [
    ("cross_to_evm", [8, 10_000]),
    ("cross_to_evm_loaded", [0, 100]),
    ("cross_to_move", [8, 10_000]),
    ("cross_to_move_words", [8, 1_000]),
    ("cross_to_move_nested", [8, 1_000]),
    ("abi_encode_words", [8, 1_000]),
    ("abi_encode_nested", [8, 1_000]),
    ("abi_decode_words", [8, 1_000]),
    ("abi_decode_nested", [8, 1_000]),
];

/// Cases that depend on a size, with the sizes.
const SIZED: [(&str, [u64; 2]); 31] = [
    ("vector_borrow", [8, 1_000]),
    ("vector_move", [8, 1_000]),
    ("copy_bytes", [8, 10_000]),
    ("copy_words", [8, 10_000]),
    ("copy_nested", [8, 1_000]),
    ("eq_bytes", [8, 10_000]),
    ("eq_nested", [8, 1_000]),
    ("load_bytes", [20_000, 100_000]),
    ("load_words", [2_000, 10_000]),
    ("table_long_key", [8, 10_000]),
    ("bcs_bytes", [8, 10_000]),
    ("bcs_words", [8, 10_000]),
    ("bcs_nested", [8, 1_000]),
    ("from_bcs_string", [8, 10_000]),
    ("from_bcs_words", [8, 10_000]),
    ("from_bcs_nested", [8, 1_000]),
    ("cmp_bytes", [8, 10_000]),
    ("cmp_words", [8, 10_000]),
    ("sha2_256", [8, 10_000]),
    ("sha3_256", [8, 10_000]),
    ("keccak256", [8, 10_000]),
    ("sha2_512", [8, 10_000]),
    ("sha3_512", [8, 10_000]),
    ("ripemd160", [8, 10_000]),
    ("blake2b_256", [8, 10_000]),
    ("sip_hash", [8, 10_000]),
    ("utf8", [8, 10_000]),
    ("sub_string", [8, 10_000]),
    ("index_of", [8, 10_000]),
    ("ed25519_verify", [32, 10_000]),
    ("multi_ed25519_verify", [32, 10_000]),
];

/// More of them.
const TEXT: [(&str, [u64; 2]); 6] = [
    ("format_words", [8, 1_000]),
    ("format_bytes", [8, 1_000]),
    ("format_structs", [8, 1_000]),
    ("format_list", [8, 1_000]),
    ("emit", [8, 10_000]),
    ("aggregator_text", [8, 1_000]),
];

/// The most gas units that a transaction may have.
const MAX_GAS: u64 = 2_000_000;

/// Time and gas of something.
#[derive(Clone, Copy, Debug)]
struct Cost {
    nanos: f64,
    gas: f64,
}

impl Cost {
    fn ratio(self) -> f64 {
        self.nanos / self.gas
    }
}

/// Prints the table.
///
/// # Errors
/// When a case fails.
pub(crate) fn run(args: &GasArgs) -> Result<()> {
    let yardstick = evm()?;
    println!("| case | size | ns | gas | ns/gas | of EVM compute |");
    println!("|---|--:|--:|--:|--:|--:|");
    let plain = PLAIN.iter().chain(&LEDGER).map(|name| (*name, 0));
    let sized = SIZED.iter().chain(&TEXT).chain(&CROSSINGS);
    let sized = sized.flat_map(|(name, sizes)| sizes.iter().map(|size| (*name, *size)));
    let mut bed = Bed::new()?;
    for (name, size) in plain.chain(sized) {
        if !name.contains(args.only.as_str()) {
            continue;
        }
        let cost = bed
            .measure(name, size, args)
            .with_context(|| format!("{name} of {size}"))?;
        line(name, size, cost, yardstick);
    }
    for publication in Publication::ALL {
        let name = publication.name();
        if name.contains(args.only.as_str()) {
            let published = publication.measure(args.repeat).context(name)?;
            let Published { nanos, gas, bytes } = published;
            line(name, bytes, Cost { nanos, gas }, yardstick);
        }
    }
    Ok(())
}

fn line(name: &str, size: u64, cost: Cost, yardstick: f64) {
    println!(
        "| {name} | {size} | {:.0} | {:.0} | {:.2} | {:.2} |",
        cost.nanos,
        cost.gas,
        cost.ratio(),
        cost.ratio() / yardstick
    );
}

/// The EVM's own figures. Returns that of computing.
fn evm() -> Result<f64> {
    let size = Size {
        transactions: 1_000,
        senders: 50,
    };
    println!("| EVM workload | gas | ns/gas |");
    println!("|---|--:|--:|");
    let mut last = f64::NAN;
    let workloads = [
        Workload::Transfer,
        Workload::Erc20,
        Workload::Swap,
        Workload::Compute,
    ];
    for workload in workloads {
        let plan = workload.plan(size)?;
        let mut ratios = Vec::new();
        let mut gas = 0;
        for _ in 0..5 {
            let timed = Engine::Lumio.run(&plan)?;
            gas = timed.gas / size.transactions as u64;
            ratios.push(nanos(timed.cpu) / timed.gas as f64);
        }
        last = median(ratios.into_iter());
        println!("| {} | {gas} | {last:.2} |", workload.name());
    }
    println!();
    Ok(last)
}

fn nanos(time: Duration) -> f64 {
    time.as_secs_f64() * 1e9
}

/// A chain with the package.
struct Bed {
    chain: MoveChain,
    data: Vec<u8>,
}

impl Bed {
    fn new() -> Result<Self> {
        let mut chain = MoveChain::new()?;
        chain.publish()?;
        let contract = chain.install_round_trip()?;
        let mut data = Vec::new();
        let mut parts = signatures()?.to_vec();
        parts.push(contract.to_vec());
        put_uleb(&mut data, parts.len() as u64);
        parts.iter().for_each(|part| put_bytes(&mut data, part));
        Ok(Self { chain, data })
    }

    fn call(&self, function: &'static str, rounds: u64, size: u64) -> Call {
        let crosses = function.starts_with("cross_") || function.starts_with("abi_");
        let module = if crosses { "crossing_gas" } else { "gas" };
        Call {
            module: ModuleId::new(self.chain.owner.address, module),
            function,
            types: vec![],
            arguments: vec![number(rounds), number(size), self.data.clone()],
        }
    }

    /// Runs so many rounds, and forgets what they change.
    fn rounds(&self, name: &'static str, rounds: u64, size: u64) -> Result<Cost> {
        let call = self.call(name, rounds, size);
        let carrier = self.chain.owner.clone().call(call, MAX_GAS)?;
        let before = thread_cpu()?;
        let executed = self.chain.executor.execute(
            &self.chain.state,
            &self.chain.block,
            &carrier.transaction,
        )?;
        let time = thread_cpu()?.saturating_sub(before);
        ensure!(executed.success, "failed: {:?}", executed.halt);
        Ok(Cost {
            nanos: nanos(time),
            gas: executed.gas_used as f64,
        })
    }

    fn median_of(&self, name: &'static str, rounds: u64, size: u64, repeat: usize) -> Result<Cost> {
        let mut times = Vec::new();
        let mut gas = 0.0;
        for _ in 0..repeat.max(1) {
            let cost = self.rounds(name, rounds, size)?;
            times.push(cost.nanos);
            gas = cost.gas;
        }
        let nanos = median(times.into_iter());
        Ok(Cost { nanos, gas })
    }

    /// The cost of one round.
    fn measure(&mut self, name: &'static str, size: u64, args: &GasArgs) -> Result<Cost> {
        let loads = name.starts_with("load_") && size > 0;
        if loads {
            let store = match name {
                "load_words" => "store_words",
                _ => "store_bytes",
            };
            let call = self.call(store, 0, size);
            let carrier = self.chain.owner.call(call, MAX_GAS)?;
            self.chain.run(&carrier.transaction)?;
        }
        let repeat = if loads { 100 } else { args.repeat };
        self.rounds(name, 0, size)?;
        let none = self.median_of(name, 0, size, repeat.max(9))?;
        let mut rounds = if loads { 1 } else { 16 };
        let mut cost = self.rounds(name, rounds, size)?;
        // A loop must not run out of gas: 200 million are the most.
        while !loads
            && cost.nanos - none.nanos < args.least_ms as f64 * 1e6
            && (cost.gas - none.gas) < 4e7
            && rounds < 1 << 20
        {
            rounds *= if cost.nanos - none.nanos < 5e5 { 4 } else { 2 };
            cost = self.rounds(name, rounds, size)?;
        }
        let cost = self.median_of(name, rounds, size, repeat)?;
        Ok(Cost {
            nanos: (cost.nanos - none.nanos) / rounds as f64,
            gas: (cost.gas - none.gas) / rounds as f64,
        })
    }
}

/// A key, its signature of 32 letters; a key of 32 keys, signatures by all of them of the same; a
/// signature by secp256k1.
fn signatures() -> Result<[Vec<u8>; 5]> {
    let message: Vec<u8> = (0..32_u8).map(|i| i % 26 + 97).collect();
    let keys: Vec<SigningKey> = (0..32_u8)
        .map(|i| SigningKey::from_bytes(&[i; 32]))
        .collect();
    let first = keys.first().context("no keys")?;
    let mut all = Vec::new();
    let mut signed = Vec::new();
    for key in &keys {
        all.extend(key.verifying_key().to_bytes());
        signed.extend(key.sign(&message).to_bytes());
    }
    all.push(32);
    signed.extend([0xFF; 4]);
    let hash = B256::try_from(message.as_slice())?;
    let recoverable = sign_message(keccak256("lumio-bench/secp256k1"), hash)?;
    let mut compact = recoverable.r().to_be_bytes::<32>().to_vec();
    compact.extend(recoverable.s().to_be_bytes::<32>());
    Ok([
        first.verifying_key().to_bytes().to_vec(),
        first.sign(&message).to_bytes().to_vec(),
        all,
        signed,
        compact,
    ])
}
