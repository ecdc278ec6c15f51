//! A chain on which the actors are, and what is there at the beginning.

use super::{
    ACCOUNTS, FIRST_MOVE_ACTOR, FIRST_SOLANA_ACTOR, LAST_MOVE_ACTOR, OCTA, World, account, address,
    run::{MOVE_USER, solana_user, user},
    solana,
    world::LAMPORT,
};
use crate::{
    chain::block,
    crossing::{compiled, predeploys},
    fixture::runtime,
    memory::Memory,
    moving::{self, MoveUser},
    sbpf::{RENT, record},
};
use alloy_primitives::{Address, B256, U256, keccak256};
use lumio_executor::{BlockContext, Executor};
use lumio_move_engine::{self as engine, StructTag, TypeTag};
use lumio_state::{StateKey, Value};
use lumio_types::AccountId;
use lumio_vm_move::{Interpreter, MoveVm, module_key, resource_key, table_item_key};
use lumio_vm_svm::SvmVm;
use std::sync::OnceLock;

/// Octas of each actor. Those that Solana's programs can give something have their rent besides.
const WEALTH: u64 = 300;
/// Octas of the one that has little more than its rent.
const LITTLE: u64 = 60;

/// A chain with actors.
#[derive(Clone)]
pub struct Stage {
    pub executor: Executor,
    /// The Move VM with the other interpreter.
    pub plain: MoveVm,
    pub block: BlockContext,
    pub memory: Memory,
    /// The same, in the model.
    pub world: World,
    /// Transactions of the Move user so far.
    pub sequence_number: u64,
    /// Those of the Solana user.
    pub solana_transactions: u32,
}

impl Stage {
    /// With caches that all stages share.
    #[allow(clippy::new_without_default)]
    pub fn new() -> Self {
        static ONCE: OnceLock<Stage> = OnceLock::new();
        ONCE.get_or_init(Self::built).clone()
    }

    fn built() -> Self {
        solana::check_agents();
        let executor = crate::solana::executor();
        let block = BlockContext {
            base_fee: 0,
            gas_limit: u64::MAX,
            ..block(1)
        };
        let mut memory = crate::solana::chain(&executor, &block);
        for (address, code) in predeploys() {
            memory.deploy(address, code);
        }
        let mut world = World::default();
        for number in 0..ACCOUNTS {
            put(&mut memory, &mut world, number);
        }
        let mut join = MoveUser::new(MOVE_USER);
        let sender = AccountId(join.address.0.into());
        for owner in [user(), sender, solana_user()] {
            memory.fund(owner.evm_address(), U256::from(10).pow(U256::from(24)));
        }
        for actor in FIRST_MOVE_ACTOR..=LAST_MOVE_ACTOR {
            let place = engine::Address(account(actor).0.0);
            let transaction = join.call_at(place, ("actor", "join"), vec![], vec![]);
            let done = moving::run(&executor, &mut memory, &block, &transaction).unwrap();
            assert!(done.success, "{:?}", done.carried);
        }
        // Its fees have been paid from an account whose address is a hash.
        world.links.insert(sender.evm_address(), sender.0);
        let users = [user(), sender, solana_user()].map(|id| id.evm_address());
        for owner in users.into_iter().chain([fee_vault(), block.beneficiary]) {
            let wei = memory.0.get(&StateKey::Balance(owner));
            let wei = wei.and_then(Value::as_word).unwrap_or_default();
            world.balances.insert(owner, wei);
        }
        for (key, value) in world.entries() {
            assert_eq!(memory.0.get(&key), Some(&value), "{key:?}");
        }
        Self {
            executor,
            plain: MoveVm::with_interpreter(moving::MOVE_CHAIN_ID, Interpreter::Plain),
            block,
            memory,
            world,
            sequence_number: join.sequence_number,
            solana_transactions: 0,
        }
    }
}

/// Wei of an account at the beginning.
fn wealth(number: u8) -> U256 {
    let octas = match number {
        7 | 9 => return U256::ZERO,
        12 => LITTLE,
        _ => WEALTH,
    };
    let rent = match number {
        2 | 4 | 6 => 0,
        _ => RENT * LAMPORT,
    };
    U256::from(rent + octas * OCTA + 1_234_567 * u64::from(number))
}

fn put(memory: &mut Memory, world: &mut World, number: u8) {
    memory.fund(address(number), wealth(number));
    world.balances.insert(address(number), wealth(number));
    match number {
        0..FIRST_MOVE_ACTOR => {
            memory.deploy(address(number), runtime("Actor"));
            world.nonces.insert(address(number), 1);
        }
        FIRST_MOVE_ACTOR..=LAST_MOVE_ACTOR => put_move(memory, world, number),
        FIRST_SOLANA_ACTOR.. => {
            memory.put_program(&solana::program(number), &solana::elf());
            memory.put_account(&solana::cells(number), 2 * RENT, cells(world, number));
        }
        _ => {}
    }
}

fn put_move(memory: &mut Memory, world: &mut World, actor: u8) {
    for key in 0..2 {
        world.set(actor, key, 0);
    }
    world.flush();
    memory.0.extend(resource(world, actor));
    let place = engine::Address(account(actor).0.0);
    for (name, bytes) in compiled("actors", &[("actor", place)]) {
        let owner = match name.as_str() {
            "stage" => stage_address(),
            _ => place,
        };
        let id = engine::ModuleId::new(owner, name.as_str());
        memory.0.insert(module_key(&id), Value::from(bytes));
    }
    let parts = resource_key(stage_address(), &tag(stage_address(), "stage::Parts"));
    memory.0.insert(parts, Value::from([0].as_slice()));
}

impl Stage {
    pub(super) fn svm(&self) -> &SvmVm {
        self.executor.svm().unwrap().unwrap()
    }
}

fn stage_address() -> engine::Address {
    let mut address = [0; 32];
    (address[0], address[1], address[31]) = (0xac, 0x70, 0x57);
    engine::Address(address)
}

fn tag(owner: engine::Address, name: &str) -> StructTag {
    match format!("{owner}::{name}").parse().unwrap() {
        TypeTag::Struct(tag) => *tag,
        other => panic!("{other} is no struct"),
    }
}

/// What an actor of Move keeps: a resource, and the items of a table.
pub(super) fn resource(world: &World, actor: u8) -> Vec<(StateKey, Value)> {
    let owner = engine::Address(account(actor).0.0);
    let mut table = [0xfa; 32];
    table[31] = actor;
    let mut bcs = owner.0.to_vec();
    bcs.push(2);
    for key in 0..2 {
        bcs.extend(world.cell(actor, key).to_le_bytes());
    }
    bcs.extend(table);
    let key = resource_key(owner, &tag(owner, "actor::Actor"));
    let mut entries = vec![(key, Value::from(bcs.as_slice()))];
    for key in 2..4_u8 {
        if let Some(value) = world.cells.get(&(actor, key)) {
            let item = table_item_key(engine::Address(table), &[key]);
            entries.push((item, Value::from(value.to_le_bytes().as_slice())));
        }
    }
    entries
}

/// What the account of a Solana actor's cells has.
pub(super) fn cells(world: &World, actor: u8) -> Value {
    let data = (0..4).flat_map(|key| world.cell(actor, key).to_le_bytes());
    let data: Vec<u8> = data.collect();
    record(&solana::program(actor), false, &data)
}

pub(super) fn actor_code_hash() -> B256 {
    static HASH: OnceLock<B256> = OnceLock::new();
    *HASH.get_or_init(|| keccak256(runtime("Actor")))
}

/// Where the fees of Move transactions go.
pub(super) fn fee_vault() -> Address {
    let mut vault = [0; 20];
    (vault[0], vault[19]) = (0x42, 0x11);
    vault.into()
}
