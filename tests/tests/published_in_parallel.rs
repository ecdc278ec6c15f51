//! X13 in parallel: blocks in which code is published, created, deployed, upgraded and closed, and
//! called by others of the same block. On 1, 2, 4 and 8 threads they come to what they come to in
//! order, by the executor whose caches saw all of it and by one whose caches saw nothing. And two
//! branches of the chain, which published other code equally often, have their own.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use alloy_primitives::{Address, Bytes, TxKind, U256};
use lumio_executor::{BlockContext, Executor};
use lumio_move_engine as engine;
use lumio_parallel::{Block, BlockRun, Counts, Threads};
use lumio_state::{AccountRecord, StateKey, Value, Writes};
use lumio_tests::{
    actors::Generator,
    chain::User,
    memory::Memory,
    moving::{self, MoveUser},
    package::{Module, compiled},
    sbpf::assembled,
    solana::{self, SolanaUser},
};
use lumio_types::Transaction;
use solana_instruction::{AccountMeta, Instruction};
use solana_loader_v3_interface::{get_program_data_address, instruction as loader};
use solana_pubkey::Pubkey;
use std::{collections::BTreeMap, mem, num::NonZeroUsize, sync::LazyLock};

/// Those who call, of each machine.
const CALLERS: u8 = 4;
/// Those who publish Move packages.
const PUBLISHERS: u8 = 2;
/// Programs, and buffers for their code.
const PROGRAMS: u8 = 2;
const BLOCKS: usize = 40;
const TRANSACTIONS: u64 = 24;
/// Blocks on one chain, before it begins anew with the same executor: as after a fork.
const BLOCKS_OF_A_CHAIN: usize = 10;
/// Of so many blocks one is compared with an executor that is new.
const FRESH: usize = 10;

const LAMP: &str = "
module hazards::lamp {
    struct Lamp has key { level: u64 }
    fun init_module(owner: &signer) { INIT move_to(owner, Lamp { level: 1000 }) }
    public entry fun press(_by: &signer) { Lamp[@hazards].level += STEP }
    MORE
}";

/// Versions of the package of each publisher: two that work, one whose initialiser fails, one with
/// one function more, and one that takes the place of none of the others.
static PACKAGES: LazyLock<Vec<Vec<Vec<Module>>>> = LazyLock::new(|| {
    let of = |number| {
        let owner = MoveUser::new(number).address;
        let versions = [
            ("", "1", ""),
            ("", "10", ""),
            ("if (true) abort 3;", "100", ""),
            ("", "1000", "public entry fun more(_by: &signer) {}"),
            ("", "5", "struct Other has key {}"),
        ];
        let version = |(init, step, more): (&str, &str, &str)| {
            let text = LAMP.replace("INIT", init).replace("STEP", step);
            compiled(&text.replace("MORE", more), owner).0
        };
        versions.map(version).into()
    };
    (0..PUBLISHERS).map(of).collect()
});

/// Programs that return a text; the last one is broken.
static ELFS: LazyLock<[Vec<u8>; 3]> = LazyLock::new(|| {
    let [one, two] = ["one", "two"].map(|text| {
        assembled(&format!(
            ".globl entrypoint\n.rodata\n  message: .ascii \"{text}\"\n.text\nentrypoint:\n  \
             lddw r1, message\n  mov64 r2, 3\n  call sol_set_return_data\n  mov64 r0, 0\n  exit\n"
        ))
    });
    let mut broken = two.clone();
    broken[18] ^= 0x55;
    [one, two, broken]
});

/// The start of the first block.
static CHAIN: LazyLock<Memory> =
    LazyLock::new(|| solana::chain(&solana::executor(), &solana::next_block(1)));

struct World {
    random: Generator,
    memory: Memory,
    context: BlockContext,
    publishers: Vec<MoveUser>,
    movers: Vec<MoveUser>,
    creator: User,
    callers: Vec<User>,
    late_movers: Vec<MoveUser>,
    late_callers: Vec<User>,
    developer: SolanaUser,
    programs: Vec<SolanaUser>,
    buffers: Vec<SolanaUser>,
    users: Vec<SolanaUser>,
    /// So that no two Solana transactions are the same.
    number: u32,
}

impl World {
    fn new(seed: u64) -> Self {
        let context = solana::next_block(1);
        let mut memory = CHAIN.clone();
        let movers = |from: u8, count: u8| (from..from + count).map(MoveUser::new);
        let users = |from: u8, count: u8| (from..from + count).map(SolanaUser::new);
        let publishers: Vec<_> = movers(0, PUBLISHERS).collect();
        let late_movers: Vec<_> = movers(30, CALLERS).collect();
        let movers: Vec<_> = movers(20, CALLERS).collect();
        for user in publishers.iter().chain(&movers).chain(&late_movers) {
            moving::fund(&mut memory, user.address, 1_000_000_000);
        }
        let developer = SolanaUser::new(0);
        let callers: Vec<_> = users(20, CALLERS).collect();
        for user in callers.iter().chain([&developer]) {
            solana::fund(&mut memory, &user.key(), 100_000_000_000);
        }
        Self {
            random: Generator::new(seed),
            creator: User::new(60, &mut memory),
            callers: (70..70 + CALLERS)
                .map(|number| User::new(number, &mut memory))
                .collect(),
            late_callers: (80..80 + CALLERS)
                .map(|number| User::new(number, &mut memory))
                .collect(),
            late_movers,
            memory,
            context,
            publishers,
            movers,
            developer,
            programs: users(40, PROGRAMS).collect(),
            buffers: users(50, PROGRAMS).collect(),
            users: callers,
            number: 0,
        }
    }

    fn pick(&mut self, count: impl TryInto<u64>) -> usize {
        let count = count.try_into().unwrap_or(1);
        usize::try_from(self.random.below(count)).unwrap()
    }

    /// The next block, each transaction with what kind it is.
    fn draw(&mut self) -> Vec<(&'static str, Transaction)> {
        (0..TRANSACTIONS).map(|_| self.transaction()).collect()
    }

    /// A block that only calls, by those who have sent nothing yet.
    fn draw_calls(&mut self) -> Vec<Transaction> {
        let swap = |world: &mut Self| {
            mem::swap(&mut world.movers, &mut world.late_movers);
            mem::swap(&mut world.callers, &mut world.late_callers);
        };
        swap(self);
        let before = self.numbers();
        let calls = (0..TRANSACTIONS).map(|number| {
            self.number += 1;
            match number % 4 {
                0 | 1 => self.press(),
                2 => self.call(),
                _ => self.run(),
            }
        });
        let calls = calls.collect();
        self.restore(&before);
        swap(self);
        calls
    }

    /// The numbers of everybody's next transactions.
    fn numbers(&self) -> Vec<u64> {
        let movers = self.publishers.iter().chain(&self.movers);
        let callers = self.callers.iter().chain([&self.creator]);
        let numbers = movers.map(|it| it.sequence_number);
        numbers.chain(callers.map(|it| it.nonce)).collect()
    }

    fn restore(&mut self, numbers: &[u64]) {
        let movers = self.publishers.iter_mut().chain(&mut self.movers);
        let callers = self.callers.iter_mut().chain([&mut self.creator]);
        let places = movers.map(|it| &mut it.sequence_number);
        for (place, number) in places.chain(callers.map(|it| &mut it.nonce)).zip(numbers) {
            *place = *number;
        }
    }

    /// The state after a block.
    fn after(&self, writes: Vec<(StateKey, Option<Value>)>) -> Memory {
        let mut memory = self.memory.clone();
        let writes: Writes = writes.into_iter().collect();
        memory.apply(&writes);
        memory
    }

    fn transaction(&mut self) -> (&'static str, Transaction) {
        self.number += 1;
        match self.random.below(16) {
            0 | 1 => ("publish", self.publish()),
            2..5 => ("press", self.press()),
            5 => ("create", self.create()),
            6 | 7 => ("call", self.call()),
            8 | 9 => ("fill", self.fill()),
            10 => ("deploy", self.deploy()),
            11 | 12 => ("upgrade", self.upgrade()),
            13 if self.random.below(3) == 0 => ("close", self.close()),
            _ => ("run", self.run()),
        }
    }

    fn publish(&mut self) -> Transaction {
        let publisher = self.pick(PUBLISHERS);
        let version = self.pick(PACKAGES[publisher].len() as u64);
        self.publishers[publisher].publish("Lamp", &PACKAGES[publisher][version])
    }

    fn press(&mut self) -> Transaction {
        let (owner, mover) = (self.pick(PUBLISHERS), self.pick(CALLERS));
        let owner = self.publishers[owner].address;
        let function = if self.pick(5_u64) == 0 {
            "more"
        } else {
            "press"
        };
        self.movers[mover].call_at(owner, ("lamp", function), vec![], vec![])
    }

    /// A contract that adds to its first slot, or a creation that fails.
    fn create(&mut self) -> Transaction {
        let step = u8::try_from(self.pick(4_u64) + 1).unwrap();
        let code = match step {
            4 => vec![0x5f, 0x5f, 0xfd],
            _ => {
                let body = [0x60, step, 0x5f, 0x54, 0x01, 0x5f, 0x55, 0x00];
                let store = [0x5f, 0x52, 0x60, 8, 0x60, 24, 0xf3];
                [&[0x67][..], &body, &store].concat()
            }
        };
        let creator = &mut self.creator;
        creator.transaction(TxKind::Create, U256::ZERO, code.into(), 200_000)
    }

    /// A call of one of the contracts around the next one.
    fn call(&mut self) -> Transaction {
        let nonce = (self.creator.nonce + 1).saturating_sub(self.random.below(4));
        let contract = self.creator.address().create(nonce);
        let caller = self.pick(CALLERS);
        self.callers[caller].transaction(TxKind::Call(contract), U256::ZERO, Bytes::new(), 100_000)
    }

    /// Puts a program's code into a buffer.
    fn fill(&mut self) -> Transaction {
        // Seldom the broken one.
        let (buffer, elf) = (self.pick(PROGRAMS), self.pick(7_u64) / 3);
        let (owner, buffer) = (self.developer.key(), &self.buffers[buffer]);
        let elf = &ELFS[elf];
        let rent = rent(37 + elf.len() as u64);
        let mut steps =
            loader::create_buffer(&owner, &buffer.key(), &owner, rent, elf.len()).unwrap();
        steps.push(loader::write(&buffer.key(), &owner, 0, elf.clone()));
        self.developer.send(&self.context, &[&buffer.0], &steps)
    }

    fn deploy(&mut self) -> Transaction {
        let (program, buffer) = (self.pick(PROGRAMS), self.pick(PROGRAMS));
        let (program, buffer) = (&self.programs[program], self.buffers[buffer].key());
        let owner = self.developer.key();
        #[allow(deprecated)]
        let steps = loader::deploy_with_max_program_len(
            &owner,
            &program.key(),
            &buffer,
            &owner,
            rent(36),
            1_024,
        );
        self.developer
            .send(&self.context, &[&program.0], &steps.unwrap())
    }

    fn upgrade(&mut self) -> Transaction {
        let (program, buffer) = (self.pick(PROGRAMS), self.pick(PROGRAMS));
        let (program, buffer) = (self.programs[program].key(), self.buffers[buffer].key());
        let owner = self.developer.key();
        let step = loader::upgrade(&program, &buffer, &owner, &owner);
        self.developer.send(&self.context, &[], &[step])
    }

    fn close(&mut self) -> Transaction {
        let program = self.pick(PROGRAMS);
        let program = self.programs[program].key();
        let (owner, data) = (self.developer.key(), get_program_data_address(&program));
        let step = loader::close_any(&data, &owner, Some(&owner), Some(&program));
        self.developer.send(&self.context, &[], &[step])
    }

    fn run(&mut self) -> Transaction {
        let (program, user) = (self.pick(PROGRAMS), self.pick(CALLERS));
        let program_id: Pubkey = self.programs[program].key();
        let user = &self.users[user];
        let run = Instruction {
            program_id,
            accounts: vec![AccountMeta::new_readonly(user.key(), true)],
            data: self.number.to_le_bytes().to_vec(),
        };
        user.send(&self.context, &[], &[run])
    }

    /// The start of the next block.
    fn next_block(&mut self, executor: &Executor, memory: Memory) {
        self.memory = memory;
        self.context = solana::next_block(self.context.number + 1);
        solana::begin(executor, &mut self.memory, &self.context);
    }

    /// Transactions over a state of this block.
    fn over<'b>(
        &'b self,
        executor: &'b Executor,
        state: &'b Memory,
        transactions: &'b [Transaction],
    ) -> Over<'b> {
        Block {
            executor,
            state,
            context: &self.context,
            transactions,
        }
    }

    fn nonce(&self, owner: Address) -> u64 {
        let record = self.memory.0.get(&StateKey::EvmAccount(owner));
        let record = record.map(|it| AccountRecord::decode(it).unwrap());
        record.unwrap_or_default().nonce
    }
}

fn rent(bytes: u64) -> u64 {
    (128 + bytes) * 6_960
}

type Over<'b> = Block<'b, Memory, Transaction>;

/// Runs a block, and once more in order by each of these executors.
fn verified<'b>(
    threads: &Threads,
    block: &Over<'_>,
    verifiers: [Option<&'b Executor>; 2],
    over: &impl Fn(&'b Executor) -> Over<'b>,
    place: &str,
) -> BlockRun<()> {
    let run = threads.run(block, |_, _| ()).unwrap();
    for executor in verifiers.into_iter().flatten() {
        if let Err(mismatch) = run.verify(&over(executor)) {
            panic!("{place}, {} threads: {mismatch}", threads.count());
        }
    }
    run
}

fn run(seed: u64) {
    let executor = solana::executor();
    let threads =
        [1, 2, 4, 8].map(|count| Threads::new(NonZeroUsize::new(count).unwrap()).unwrap());
    let mut world = World::new(seed);
    let mut total = Counts::default();
    let mut tally: BTreeMap<(&str, bool), usize> = BTreeMap::new();
    for number in 0..BLOCKS {
        if number > 0 && number % BLOCKS_OF_A_CHAIN == 0 {
            world = World::new(seed + 1_000 * number as u64);
        }
        let before = world.numbers();
        let other = world.draw();
        world.restore(&before);
        let drawn = world.draw();
        let fresh = (number % FRESH == 0).then(solana::executor);
        let mut branches = Vec::new();
        for drawn in [other, drawn] {
            let (kinds, transactions): (Vec<_>, Vec<_>) = drawn.into_iter().unzip();
            let mut last = None;
            for threads in &threads {
                let place = format!("block {number} of seed {seed}");
                let over = |executor| world.over(executor, &world.memory, &transactions);
                let verifiers = [Some(&executor), fresh.as_ref()];
                let run = verified(threads, &over(&executor), verifiers, &over, &place);
                total.spoiled += run.counts.spoiled;
                total.waits += run.counts.waits;
                last = Some(run);
            }
            let last = last.unwrap();
            for (kind, result) in kinds.iter().zip(last.results.iter().flatten()) {
                let succeeded = match result {
                    Ok(ran) => ran.executed.success,
                    // The same transaction as before.
                    Err(refused) => {
                        let is_solana = ["fill", "deploy", "upgrade", "close"].contains(kind);
                        assert!(is_solana, "{kind}: {refused}");
                        false
                    }
                };
                *tally.entry((*kind, succeeded)).or_default() += 1;
            }
            // An executor for each branch, that never sees the other.
            branches.push((
                world.after(last.writes.into_iter().flatten().collect()),
                solana::executor(),
            ));
        }
        let calls = world.draw_calls();
        for _ in 0..2 {
            for (branch, (memory, own)) in branches.iter().enumerate() {
                for threads in &threads {
                    let place = format!("branch {branch} after block {number} of seed {seed}");
                    let over = |executor| world.over(executor, memory, &calls);
                    verified(threads, &over(&executor), [Some(own), None], &over, &place);
                }
            }
        }
        let (memory, _) = branches.pop().unwrap();
        world.next_block(&executor, memory);
        assert_eq!(world.nonce(world.creator.address()), world.creator.nonce);
    }
    println!("{total:?} {tally:?}");
    assert!(total.spoiled + total.waits > 20, "transactions have met");
    for kind in [
        "publish", "press", "create", "fill", "deploy", "upgrade", "run",
    ] {
        for succeeded in [true, false] {
            let count = tally.get(&(kind, succeeded)).copied().unwrap_or_default();
            assert!(count > 0, "{kind}, {succeeded}: {tally:?}");
        }
    }
}

#[test]
fn what_runs_is_what_was_published_before_it() {
    run(1);
}

#[test]
fn what_runs_is_what_was_published_before_it_again() {
    run(2);
}

#[test]
fn what_runs_is_what_was_published_before_it_a_third_time() {
    run(3);
}

#[test]
fn what_runs_is_what_was_published_before_it_a_fourth_time() {
    run(4);
}

/// Each publishes, upgrades and calls in every order that the senders' numbers allow.
#[test]
fn a_publication_and_its_calls_in_every_order() {
    let executor = solana::executor();
    let two = [2, 8].map(|count| Threads::new(NonZeroUsize::new(count).unwrap()).unwrap());
    for order in 0..1_u32 << 8 {
        let mut world = World::new(7);
        let owner: engine::Address = world.publishers[0].address;
        let mut versions = [2, 0, 1, 3].into_iter();
        let mut presses = 0;
        let transactions: Vec<_> = (0..8)
            .map(|place| match order >> place & 1 {
                0 => versions.next(),
                _ => None,
            })
            .map(|version| match version {
                Some(version) => world.publishers[0].publish("Lamp", &PACKAGES[0][version]),
                None => {
                    presses += 1;
                    let mover = &mut world.movers[presses % usize::from(CALLERS)];
                    mover.call_at(owner, ("lamp", "press"), vec![], vec![])
                }
            })
            .collect();
        let block = Block {
            executor: &executor,
            state: &world.memory,
            context: &world.context,
            transactions: &transactions,
        };
        for threads in &two {
            let run = threads.run(&block, |_, _| ()).unwrap();
            if let Err(mismatch) = run.verify(&block) {
                panic!("order {order:#b}, {} threads: {mismatch}", threads.count());
            }
        }
    }
}
