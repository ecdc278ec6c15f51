//! What Move costs, in EVM gas, in which the engine counts too: about one for a simple instruction.
//!
//! A gas unit, in which Move's clients count, is [`GAS_PER_UNIT`] of it.

use lumio_move_engine::{Changes, Gas, GasSchedule, VmResult};

/// EVM gas in one of Move's gas units.
pub const GAS_PER_UNIT: u64 = 100;
/// The most gas units that a transaction may ask for.
pub const MAX_GAS_UNITS: u64 = 2_000_000;
/// The least price of a gas unit, in octas: a quarter of a gwei for each EVM gas is far more than
/// this, and nothing is free.
pub const MIN_GAS_PRICE: u64 = 1;
/// The highest price of a gas unit, in octas.
pub const MAX_GAS_PRICE: u64 = 10_000_000_000;
/// The longest transaction, in bytes.
pub const MAX_TRANSACTION_BYTES: usize = 1 << 20;

/// Of every transaction: signature, prologue, epilogue.
const TRANSACTION: u64 = 15_000;
/// Of each byte of a transaction.
const TRANSACTION_BYTE: u64 = 10;
/// Of an entry of the state that is new.
const NEW_ENTRY: u64 = 10_000;
/// Of an entry that is changed or deleted.
const CHANGED_ENTRY: u64 = 2_500;
/// Of each byte of an entry that is written.
const WRITTEN_BYTE: u64 = 20;
/// Of each byte of a module that is published: reading, verifying, keeping it.
const MODULE_BYTE: u64 = 200;

/// Prices of instructions, loads and natives.
pub(crate) fn engine() -> GasSchedule {
    let mut schedule = GasSchedule::default();
    schedule.load_base = 1_000;
    schedule.load_per_byte = 1;
    schedule
}

/// What a transaction costs before it runs, by its length in bytes.
pub(crate) fn intrinsic(bytes: usize) -> u64 {
    TRANSACTION_BYTE
        .saturating_mul(bytes as u64)
        .saturating_add(TRANSACTION)
}

/// Charges for modules before they are verified.
pub(crate) fn charge_modules(modules: &[alloc::vec::Vec<u8>], gas: &mut Gas) -> VmResult<()> {
    let bytes: usize = modules.iter().map(alloc::vec::Vec::len).sum();
    gas.charge(MODULE_BYTE.saturating_mul(bytes as u64))
}

/// Charges for what is written in the end.
pub(crate) fn charge_changes(changes: &Changes, gas: &mut Gas) -> VmResult<()> {
    for change in &changes.state {
        let base = if change.existed {
            CHANGED_ENTRY
        } else {
            NEW_ENTRY
        };
        let bytes = change.value.as_ref().map_or(0, alloc::vec::Vec::len) as u64;
        gas.charge(WRITTEN_BYTE.saturating_mul(bytes).saturating_add(base))?;
    }
    Ok(())
}

/// The prices by name, as `0x1::gas_schedule` keeps them: the BCS of a `GasScheduleV2`.
pub(crate) fn named() -> alloc::vec::Vec<u8> {
    let engine = engine();
    let entries = [
        ("txn.gas_unit_scaling_factor", GAS_PER_UNIT),
        ("txn.maximum_number_of_gas_units", MAX_GAS_UNITS),
        ("txn.min_price_per_gas_unit", MIN_GAS_PRICE),
        ("txn.max_price_per_gas_unit", MAX_GAS_PRICE),
        (
            "txn.max_transaction_size_in_bytes",
            MAX_TRANSACTION_BYTES as u64,
        ),
        ("txn.min_transaction_gas_units", TRANSACTION / GAS_PER_UNIT),
        ("txn.intrinsic_gas_per_byte", TRANSACTION_BYTE),
        ("txn.storage_io_per_state_slot_write", CHANGED_ENTRY),
        ("txn.storage_io_per_state_slot_create", NEW_ENTRY),
        ("txn.storage_io_per_state_byte_write", WRITTEN_BYTE),
        ("txn.publish_per_byte", MODULE_BYTE),
        ("txn.storage_io_per_state_slot_read", engine.load_base),
        ("txn.storage_io_per_state_byte_read", engine.load_per_byte),
        ("instr.call_per_arg", engine.call_per_argument),
        ("instr.call_per_local", engine.call_per_local_word),
        ("instr.call_per_ty_arg", engine.call_per_type_argument),
        ("instr.per_word_moved", engine.per_word_moved),
        ("instr.per_word_copied", engine.per_word_copied),
        ("move_stdlib.native_base", engine.native_base),
        ("move_stdlib.native_per_byte", engine.native_per_byte),
    ];
    let mut bcs = alloc::vec::Vec::from(1_u64.to_le_bytes());
    lumio_move_engine::bcs::put_uleb(&mut bcs, entries.len() as u64);
    for (name, value) in entries {
        lumio_move_engine::bcs::put_bytes(&mut bcs, name.as_bytes());
        bcs.extend(value.to_le_bytes());
    }
    bcs
}
