//! The hazards of calls from and to Solana, for each ordered pair of machines. Where actors suffice,
//! the naive model of `actor_trees` says what must come of it; what each test is about is asserted
//! besides.

mod amounts;
mod estimates;
mod events;
mod forged;
mod gas;
mod identity;
mod ledger;
mod malformed;
mod mints;
mod moving;
mod programs;
mod reentrancy;
mod replay;
mod revert;
mod simulation;
mod stage;
mod upgrades;
mod world;
