//! The seam between virtual machines.
//!
//! A [`Vm`] runs one [`Call`] against a [`Host`] and keeps nothing. Whatever
//! it wants of another VM, or of itself in another contract, it asks of the
//! host, which is a [`Bus`]: there, and nowhere else, VMs meet. A call that a
//! contract has [queued](Host::run_queue) runs when the outermost one is done.
//!
//! ```text
//! Vm::run ──► Host::call ──► Bus ──► Vm::run ──► …
//! ```
//!
//! **Invariant:** a callee that does not succeed leaves nothing behind in any
//! VM. **Invariant:** the callee sees its immediate caller, never the
//! transaction's origin. **Invariant:** a [`Fault`] unwinds the transaction;
//! no VM turns it into an [`Outcome`].
#![no_std]

extern crate alloc;

pub mod abi;
mod asked;
mod bcs;
mod bus;
mod call;
pub mod derived;
mod env;
pub mod faces;
pub mod message;
mod meter;
mod mints;
pub mod mock;
mod observer;
pub mod originals;
mod parked;
mod queue;
mod solana;

pub use asked::{queued_by_evm, queued_by_solana};
pub use bus::{Absent, Bus, MAX_DEPTH, Vms, ledger_address, ledger_address_of};
pub use call::{Call, CallKind, Outcome, Status, Waiting};
pub use derived::CROSS_VM_PROGRAM;
pub use env::{BlockContext, Env};
pub use lumio_state::Fault;
pub use meter::{Meter, OutOfGas};
pub use mints::{REGISTRY_ADDRESS, erc20_in_slot, mint_shown_by, slot_of_mint};
pub use observer::Observer;
pub use parked::Parked;
pub use queue::{CROSS_VM_ADDRESS, MAX_QUEUED, QUEUE_ADDRESS, account_of, has_queued};
pub use solana::{SolanaAccount, is_program_owned, solana_account};

use lumio_state::Journal;

/// A virtual machine: runs one call and keeps nothing after it returns, but
/// caches keyed by content hash.
pub trait Vm {
    /// Runs a call. The bus has already moved its value and checked its depth.
    ///
    /// # Errors
    /// A [`Fault`] of the host, passed on as it is.
    fn run<'v>(&self, call: &Call, host: &mut dyn Host<'v>) -> Result<Outcome, Fault>;
}

/// Everything that a running VM may ask of the chain.
pub trait Host<'v> {
    /// The state of all VMs, with its one undo log.
    fn journal(&mut self) -> &mut Journal<'v>;

    /// The same, to look at.
    fn journal_ref(&self) -> &Journal<'v>;

    /// Calls a contract of any VM, this one included; it may call back. A VM
    /// that holds copies of state writes them back before and reads them again
    /// after.
    ///
    /// # Errors
    /// A [`Fault`], which the VM passes on.
    fn call(&mut self, call: Call) -> Result<Outcome, Fault>;

    /// Block and transaction around the call.
    fn env(&self) -> &Env;

    /// The gas of this call.
    fn meter(&mut self) -> &mut Meter;

    /// Whether this call must not change anything.
    fn is_static(&self) -> bool;

    /// Calls above this one, across all VMs.
    fn depth(&self) -> usize;

    /// What waits for this call to end, in all VMs, outermost first.
    fn waiting(&self) -> &[Waiting];

    /// Caches of VMs that wait for this call.
    fn parked(&mut self) -> &mut Parked;

    /// Runs the calls that the transaction has queued since it had so many logs, first in, first
    /// out, and those that they queue in turn. It is called once the outermost call has succeeded.
    ///
    /// # Errors
    /// A [`Fault`]. A call that fails ends the queue: it is the outcome, and the transaction must
    /// be undone.
    fn run_queue(&mut self, first_log: usize) -> Result<Option<Outcome>, Fault>;
}
