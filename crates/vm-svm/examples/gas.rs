//! What gas buys on the Solana VM: `cargo run --release -p lumio-vm-svm --example gas`.
//!
//! Each case is a transaction on a chain in memory. Its time is the median CPU time, its gas what
//! it is charged; where a case has rounds, both are of one round. The yardstick is a keccak of
//! 10,000 bytes, which `docs/move-gas.md` relates to the EVM's arithmetic.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout
)]
#![allow(missing_docs)]

#[path = "../tests/chain/mod.rs"]
mod chain;
#[path = "../tests/spl/mod.rs"]
mod spl;

use alloy_primitives::{Bytes, keccak256};
use chain::{Chain, keypair};
use lumio_state::{Journal, Value};
use lumio_types::wei_of_lamports;
use lumio_vm_bus::{Absent, Bus, Vms};
use lumio_vm_svm::{SvmTransacted, account_key};
use sbpf_assembler::{Assembler, AssemblerOption, SbpfArch};
use solana_instruction::{AccountMeta, Instruction};
use solana_keypair::Keypair;
use solana_message::{Message, VersionedMessage};
use solana_pubkey::Pubkey;
use solana_sdk_ids::{bpf_loader, compute_budget, system_program};
use solana_signer::Signer;
use solana_system_interface::instruction as system;
use solana_transaction::versioned::VersionedTransaction;
use std::{hint::black_box, time::Duration};

const SOL: u64 = 1_000_000_000;
/// Nanoseconds of a keccak of 10,000 bytes, and of a gas of the EVM's arithmetic, where
/// `docs/move-gas.md` was measured.
const KECCAK_NANOS: f64 = 27_428.0;
const GAS_NANOS: f64 = 0.76;

/// CPU time of this thread so far.
fn cpu() -> Duration {
    std::thread::yield_now();
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    Duration::from_nanos(text.split(' ').next().unwrap().parse().unwrap())
}

/// Median nanoseconds of something, of so many times in a row.
fn nanos(rounds: u32, mut work: impl FnMut()) -> f64 {
    let mut times: Vec<Duration> = (0..15)
        .map(|_| {
            let start = cpu();
            (0..rounds).for_each(|_| work());
            (cpu() - start) / rounds
        })
        .collect();
    times.sort();
    times[times.len() / 2].as_secs_f64() * 1e9
}

struct Bed {
    chain: Chain,
    alice: Keypair,
    installed: u64,
    nanos_per_gas: f64,
}

/// What a transaction takes.
#[derive(Clone, Copy)]
struct Cost {
    nanos: f64,
    units: f64,
    gas: f64,
}

impl Bed {
    fn install(&mut self, source: &str) -> Pubkey {
        let options = AssemblerOption::default().with_arch(SbpfArch::V3);
        let elf = Assembler::new(options).assemble(source).unwrap();
        self.installed += 1;
        self.put(10_000 + self.installed, &bpf_loader::ID, true, &elf)
    }

    /// Puts an account in place.
    fn put(&mut self, number: u64, owner: &Pubkey, executable: bool, data: &[u8]) -> Pubkey {
        let key = keypair(number).pubkey();
        let record = [&[u8::from(executable)], owner.as_ref(), data].concat();
        let record = Value::from(Bytes::from(record));
        self.chain.state.0.insert(account_key(&key), record);
        self.chain.give(&key, wei_of_lamports(1_000 * SOL));
        key
    }

    fn transaction(&self, steps: &[Instruction]) -> VersionedTransaction {
        // As many compute units as there are.
        let mut data = vec![2];
        data.extend(1_400_000_u32.to_le_bytes());
        let limit = Instruction {
            program_id: compute_budget::ID,
            accounts: vec![],
            data,
        };
        let steps = [&[limit], steps].concat();
        let blockhash = self.chain.blockhash();
        let payer = self.alice.pubkey();
        let message = Message::new_with_blockhash(&steps, Some(&payer), &blockhash);
        VersionedTransaction {
            signatures: vec![Default::default(); message.header.num_required_signatures.into()],
            message: VersionedMessage::Legacy(message),
        }
    }

    fn dry(&self, transaction: &VersionedTransaction) -> SvmTransacted {
        let mut journal = Journal::new(&self.chain.state);
        let vms = Vms {
            evm: &self.chain.evm,
            move_vm: &Absent,
            svm: &self.chain.vm,
        };
        let mut bus = Bus::new(&mut journal, &self.chain.env, vms, 1 << 40);
        let sent = self.chain.vm.transact(transaction, &mut bus).unwrap();
        black_box(journal.finish(true).unwrap());
        sent
    }

    fn cost(&self, steps: &[Instruction]) -> Cost {
        let transaction = self.transaction(steps);
        let sent = self.dry(&transaction);
        assert_eq!(sent.status, Ok(()), "{:#?}", sent.logs);
        let once = nanos(1, || {
            black_box(self.dry(&transaction));
        });
        let rounds = (2e6 / once.max(1.0)).clamp(1.0, 300.0) as u32;
        Cost {
            nanos: nanos(rounds, || {
                black_box(self.dry(&transaction));
            }),
            units: sent.compute_units as f64,
            gas: sent.gas_used as f64,
        }
    }

    fn line(&self, name: &str, cost: Cost) {
        let per_gas = cost.nanos / cost.gas;
        println!(
            "| {name} | {:.0} | {:.0} | {:.0} | {:.2} | {per_gas:.2} | {:.2} |",
            cost.nanos,
            cost.units,
            cost.gas,
            cost.nanos / cost.units,
            per_gas / self.nanos_per_gas
        );
    }

    /// The cost of one more of something.
    fn each(&self, name: &str, few: &[Instruction], many: &[Instruction], more: f64) {
        let (few, many) = (self.cost(few), self.cost(many));
        let cost = Cost {
            nanos: (many.nanos - few.nanos) / more,
            units: (many.units - few.units) / more,
            gas: (many.gas - few.gas) / more,
        };
        self.line(name, cost);
    }

    /// A loop around instructions, so many times.
    fn looped(&mut self, name: &str, rounds: u64, before: &str, body: &str) {
        let mut programs = [0, rounds].map(|rounds| {
            let source = format!(
                ".globl entrypoint\n.text\nentrypoint:\n{before}  mov64 r6, {}\n  mov64 r9, 0\n\
                 again:\n{body}  add64 r9, 1\n  jlt r9, r6, again\n  mov64 r0, 0\n  exit\n",
                rounds + 1
            );
            self.install(&source)
        });
        let steps = programs.each_mut().map(|program| invoke(*program));
        let [few, many] = steps;
        self.each(name, &[few], &[many], rounds as f64);
    }
}

fn invoke(program: Pubkey) -> Instruction {
    Instruction {
        program_id: program,
        accounts: vec![],
        data: vec![],
    }
}

fn main() {
    let data = vec![7; 10_000];
    let keccak = nanos(50, || {
        black_box(keccak256(black_box(&data)));
    });
    let mut bed = Bed {
        chain: Chain::new(),
        alice: keypair(1),
        installed: 0,
        nanos_per_gas: GAS_NANOS * keccak / KECCAK_NANOS,
    };
    println!(
        "keccak of 10,000 bytes: {keccak:.0} ns; a gas is {:.2} ns\n",
        bed.nanos_per_gas
    );
    println!("| case | ns | units | gas | ns/unit | ns/gas | of EVM compute |");
    println!("|---|--:|--:|--:|--:|--:|--:|");
    let (a, b) = (bed.alice.pubkey(), keypair(2).pubkey());
    bed.chain.give(&a, wei_of_lamports(1_000_000 * SOL));
    bed.chain.give(&b, wei_of_lamports(SOL));

    let transfer = system::transfer(&a, &b, 1);
    bed.line("transfer", bed.cost(std::slice::from_ref(&transfer)));
    let many = vec![transfer.clone(); 20];
    bed.each("transfer_instruction", &many[..1], &many, 19.0);
    let new = system::transfer(&a, &keypair(3).pubkey(), SOL);
    bed.line("transfer_new", bed.cost(&[new]));

    let named = |count: u64, bytes: usize, owner: &Pubkey, bed: &mut Bed| {
        let data = vec![1; bytes];
        let keys = (0..count).map(|n| bed.put(20_000 + n, owner, false, &data));
        let keys: Vec<_> = keys.collect();
        let mut step = system::transfer(&a, &b, 1);
        let metas = keys
            .iter()
            .map(|key| AccountMeta::new_readonly(*key, false));
        step.accounts.extend(metas);
        step
    };
    let plain = named(30, 0, &system_program::ID, &mut bed);
    bed.each("account", std::slice::from_ref(&transfer), &[plain], 30.0);
    let owner = keypair(5).pubkey();
    let small = named(30, 200, &owner, &mut bed);
    bed.each(
        "account_of_200_bytes",
        std::slice::from_ref(&transfer),
        &[small],
        30.0,
    );
    let large = named(1, 1_000_000, &owner, &mut bed);
    bed.each(
        "thousand_bytes_named",
        std::slice::from_ref(&transfer),
        &[large],
        1_000.0,
    );

    let empty = bed.install(".globl entrypoint\n.text\nentrypoint:\n  mov64 r0, 0\n  exit\n");
    let many = vec![invoke(empty); 20];
    bed.each("invocation", &many[..1], &many, 19.0);
    let big = bed.put(30_000, &empty, false, &vec![1; 1_000_000]);
    let mut reads = invoke(empty);
    reads.accounts = vec![AccountMeta::new_readonly(big, false)];
    bed.each(
        "thousand_bytes_passed",
        &many[..1],
        &[reads.clone()],
        1_000.0,
    );
    reads.accounts = vec![AccountMeta::new(big, false)];
    bed.each("thousand_bytes_writable", &many[..1], &[reads], 1_000.0);

    bed.looped(
        "alu",
        100_000,
        "",
        "  add64 r1, 3\n  xor64 r1, r2\n  lsh64 r1, 1\n",
    );
    bed.looped(
        "mul",
        100_000,
        "  mov64 r1, 3\n",
        "  mul64 r1, 7\n  mul64 r1, r1\n",
    );
    bed.looped(
        "div",
        100_000,
        "  mov64 r7, 3\n",
        "  lddw r1, 0x7fffffffffffffff\n  div64 r1, r7\n  div64 r1, r7\n",
    );
    bed.looped(
        "load",
        100_000,
        "  lddw r1, 0x300000000\n",
        "  ldxdw r2, [r1+8]\n  ldxdw r3, [r1+16]\n",
    );
    bed.looped(
        "store",
        100_000,
        "  lddw r1, 0x300000000\n",
        "  stxdw [r1+8], r2\n  stxdw [r1+16], r3\n",
    );
    let memory = |call: &str, bytes: u64, second: &str| {
        format!(
            "  lddw r1, 0x300000000\n  {second}\n  mov64 r3, {bytes}\n  lddw r4, 0x300007ff0\n  call {call}\n"
        )
    };
    for bytes in [8_u64, 16_000] {
        let other = "lddw r2, 0x300004000";
        for call in ["sol_memcpy_", "sol_memmove_", "sol_memcmp_"] {
            bed.looped(
                &format!("{call} {bytes}"),
                1_000,
                "",
                &memory(call, bytes, other),
            );
        }
        bed.looped(
            &format!("sol_memset_ {bytes}"),
            1_000,
            "",
            &memory("sol_memset_", bytes, "mov64 r2, 0"),
        );
    }
    for bytes in [8_u64, 16_000] {
        for call in ["sol_sha256", "sol_keccak256"] {
            let before = format!(
                "  lddw r1, 0x300004100\n  lddw r2, 0x300000000\n  stxdw [r1+0], r2\n  \
                 mov64 r2, {bytes}\n  stxdw [r1+8], r2\n"
            );
            let body = format!(
                "  lddw r1, 0x300004100\n  mov64 r2, 1\n  lddw r3, 0x300005000\n  call {call}\n"
            );
            bed.looped(&format!("{call} {bytes}"), 100, &before, &body);
        }
    }
    bed.looped(
        "sol_log_ 8",
        60,
        "",
        "  lddw r1, 0x300000000\n  mov64 r2, 8\n  call sol_log_\n",
    );
    bed.looped(
        "sol_get_clock_sysvar",
        1_000,
        "",
        "  lddw r1, 0x300000000\n  call sol_get_clock_sysvar\n",
    );
    bed.looped(
        "sol_create_program_address", 100,
        "  lddw r1, 0x300004100\n  lddw r2, 0x300000000\n  stxdw [r1+0], r2\n  mov64 r2, 3\n  stxdw [r1+8], r2\n",
        "  lddw r1, 0x300004100\n  mov64 r2, 1\n  lddw r3, 0x300004200\n  lddw r4, 0x300005000\n  call sol_create_program_address\n",
    );
    bed.looped(
        "sol_try_find_program_address", 50,
        "  lddw r1, 0x300004100\n  lddw r2, 0x300000000\n  stxdw [r1+0], r2\n  mov64 r2, 3\n  stxdw [r1+8], r2\n",
        "  lddw r1, 0x300004100\n  mov64 r2, 1\n  lddw r3, 0x300004200\n  lddw r4, 0x300005000\n  lddw r5, 0x300006000\n  call sol_try_find_program_address\n",
    );
}
