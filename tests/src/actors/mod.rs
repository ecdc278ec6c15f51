//! Actors of the three VMs that do what scripts say, and a naive model of what comes of it.
//!
//! ```text
//! generate ──► script ──► run, on the real VMs ──┐
//!                 └─────► model ─────────────────┴──► compare
//! ```
//!
//! An actor is `fixtures/src/Actor.sol` on the EVM, `fixtures/move/actors` on Move and
//! `fixtures/solana/actor.s` on Solana. What it sees after each step (its cell, its balance,
//! another's) goes into a digest, which its caller gets and which it announces: a stale copy anywhere
//! shows in what comes back.

mod compare;
mod evm_steps;
mod generate;
mod generate_steps;
mod model;
mod move_steps;
mod queued;
mod run;
mod script;
mod solana;
mod solana_run;
mod solana_steps;
mod stage;
mod transaction;
mod world;

pub use compare::check;
pub use generate::Generator;
pub use model::{Crossing, Model};
pub use run::{MOVE_USER, Ran, run};
pub use script::{Frame, Mode, Root, Step};
pub use stage::Stage;
pub use transaction::transaction;
pub use world::World;

use alloy_primitives::{Address, B256, U256};
use lumio_types::{AccountId, VmId};
use std::sync::OnceLock;

/// Actors of the EVM have the numbers below this one.
pub const FIRST_MOVE_ACTOR: u8 = 3;
/// Actors of Move have the numbers up to this one; behind them are accounts without code.
pub const LAST_MOVE_ACTOR: u8 = 6;
/// Actors of Solana have the numbers from this one on.
pub const FIRST_SOLANA_ACTOR: u8 = 10;
/// All accounts that have a number.
pub const ACCOUNTS: u8 = 13;
/// Wei for each unit of a value that goes along in a call: a third of an octa.
pub const UNIT: u64 = 3_333_333_333;
/// Wei for each octa.
pub const OCTA: u64 = 10_000_000_000;
/// The creation code of a contract that destroys itself in favour of whoever calls it.
pub const CHILD: [u8; 10] = [0x61, 0x33, 0xff, 0x5f, 0x52, 0x60, 0x02, 0x60, 0x1e, 0xf3];
/// Its code.
pub const CHILD_CODE: [u8; 2] = [0x33, 0xff];

/// The account of a number. All kinds of actor derive the same.
pub fn account(number: u8) -> AccountId {
    let long = |middle: u8, last: [u8; 20]| {
        let mut id = [0; 32];
        (id[0], id[1], id[11]) = (0xac, 0x70, middle);
        id[12..].copy_from_slice(&last);
        AccountId(B256::from(id))
    };
    let short = |head: [u8; 2], tail: u16| {
        let mut address = [0; 20];
        address[..2].copy_from_slice(&head);
        address[18..].copy_from_slice(&tail.to_be_bytes());
        address
    };
    let evm = |tail| short([0xac, 0x7e], tail);
    match number {
        0..=2 => AccountId::from_evm(evm(0xe0 + u16::from(number)).into()),
        // These two end alike.
        3 => long(1, short([0, 0], 3)),
        4 => long(2, short([0, 0], 3)),
        // An account of Move whose id is a padded EVM address.
        5 => AccountId::from_evm(short([0xac, 0x70], 5).into()),
        // It ends as the first actor of the EVM.
        6 => long(0, evm(0xe0)),
        7 => AccountId::from_evm(evm(0xf07).into()),
        8 => long(0, short([0, 0], 0xf08)),
        9 => AccountId::from_evm(evm(0xf09).into()),
        _ => solana::agent(number),
    }
}

/// How the EVM knows it.
pub fn address(number: u8) -> Address {
    account(number).evm_address()
}

pub const fn is_move(actor: u8) -> bool {
    actor >= FIRST_MOVE_ACTOR && actor <= LAST_MOVE_ACTOR
}

pub const fn is_solana(actor: u8) -> bool {
    actor >= FIRST_SOLANA_ACTOR
}

/// The machine of an actor.
pub const fn vm_of(actor: u8) -> VmId {
    match actor {
        0..FIRST_MOVE_ACTOR => VmId::Evm,
        FIRST_MOVE_ACTOR..=LAST_MOVE_ACTOR => VmId::Move,
        _ => VmId::Svm,
    }
}

/// Whether what programs of Solana log is an event of the transaction: seen once.
pub fn programs_announce() -> bool {
    static SEEN: OnceLock<bool> = OnceLock::new();
    *SEEN.get_or_init(|| {
        let stage = Stage::new();
        let frame = Frame {
            actor: FIRST_SOLANA_ACTOR,
            ..Frame::default()
        };
        let vm = stage.executor.move_vm().unwrap().clone();
        let ran = run(&stage, &Root::Solana(frame), &vm);
        !ran.finished.events.is_empty()
    })
}

/// What an actor has seen before, and what it sees now.
pub fn fold(digest: U256, seen: U256) -> U256 {
    (digest << 13) ^ (digest >> 243) ^ seen
}
