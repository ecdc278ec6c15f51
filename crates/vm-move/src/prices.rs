//! What Move costs, in EVM gas, in which the engine counts too: about one for a simple instruction.
//!
//! A gas unit, in which Move's clients count, is [`GAS_PER_UNIT`] of it.

use alloc::{format, string::String, vec::Vec};
use alloy_primitives::{Address, address};
use lumio_move_engine::{
    Change, Changes, Gas, GasSchedule, NativePrice, VmResult,
    bcs::{put_bytes, put_uleb},
    format::Opcode,
};

use crate::natives::native_prices;

/// Who gets the fees of Move transactions, as `0x1::transaction_fee` says: the OP stack's vault of
/// tips.
pub const FEE_VAULT: Address = address!("4200000000000000000000000000000000000011");

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
/// Of each signature of a transaction after the first: as the EVM's `ecrecover`.
const FURTHER_SIGNATURE: u64 = 3_000;
/// Of each byte of a transaction.
const TRANSACTION_BYTE: u64 = 10;
/// Of an entry of the state that is new.
pub(crate) const NEW_ENTRY: u64 = 10_000;
/// Of an entry that is changed or deleted.
pub(crate) const CHANGED_ENTRY: u64 = 2_500;
/// Of each byte of an entry that is written.
const WRITTEN_BYTE: u64 = 20;
/// Of each byte of a module that is published: reading, verifying, keeping it.
const MODULE_BYTE: u64 = 200;

/// Of the first access of an entry of the state: as the EVM's of a slot.
pub(crate) const LOAD: u64 = 2_100;

/// Prices of instructions, loads and natives. Where they come from is in `docs/move-gas.md`.
pub(crate) fn engine() -> GasSchedule {
    let mut schedule = GasSchedule::default();
    schedule.load_base = LOAD;
    schedule.load_per_byte = 5;
    schedule.verify_per_unit = 4;
    schedule.per_heap_value = 20;
    schedule.per_region_copied = 80;
    schedule.per_region_compared = 20;
    schedule.native = NativePrice::new(130, 2);
    schedule.sha2_256 = NativePrice::new(250, 1);
    schedule.sha3_256 = NativePrice::new(500, 3);
    schedule.serialize = NativePrice::new(150, 2);
    schedule.compare = NativePrice::new(120, 2);
    schedule.type_facts = NativePrice::new(300, 10);
    schedule
}

/// What a transaction costs before it runs, by its length in bytes and the number of its
/// signatures.
pub(crate) fn intrinsic(bytes: usize, signatures: usize) -> u64 {
    let further = FURTHER_SIGNATURE.saturating_mul(signatures.saturating_sub(1) as u64);
    TRANSACTION_BYTE
        .saturating_mul(bytes as u64)
        .saturating_add(further)
        .saturating_add(TRANSACTION)
}

/// Charges for modules before they are verified.
pub(crate) fn charge_modules(modules: &[Vec<u8>], gas: &mut Gas) -> VmResult<()> {
    let bytes: usize = modules.iter().map(Vec::len).sum();
    gas.charge(MODULE_BYTE.saturating_mul(bytes as u64))
}

/// Charges for what is written in the end.
pub(crate) fn charge_changes(changes: &Changes, gas: &mut Gas) -> VmResult<()> {
    charge_state(&changes.state, &mut |amount| gas.charge(amount))
}

/// The same of entries that are written on the way, before another VM is called.
pub(crate) fn charge_state(
    changes: &[Change],
    charge: &mut dyn FnMut(u64) -> VmResult<()>,
) -> VmResult<()> {
    for change in changes {
        let base = if change.existed {
            CHANGED_ENTRY
        } else {
            NEW_ENTRY
        };
        let bytes = change.value.as_ref().map_or(0, Vec::len) as u64;
        charge(WRITTEN_BYTE.saturating_mul(bytes).saturating_add(base))?;
    }
    Ok(())
}

/// The prices by name, as `0x1::gas_schedule` keeps them: the BCS of a `GasScheduleV2`.
pub(crate) fn named() -> Vec<u8> {
    let entries = entries();
    let mut bcs = Vec::from(1_u64.to_le_bytes());
    put_uleb(&mut bcs, entries.len() as u64);
    for (name, value) in entries {
        put_bytes(&mut bcs, name.as_bytes());
        bcs.extend(value.to_le_bytes());
    }
    bcs
}

/// Every price and limit that a transaction meets, with its name.
fn entries() -> Vec<(String, u64)> {
    let engine = engine();
    let mut entries = Vec::new();
    let mut add = |name: &str, value: u64| entries.push((String::from(name), value));
    add("txn.gas_unit_scaling_factor", GAS_PER_UNIT);
    add("txn.maximum_number_of_gas_units", MAX_GAS_UNITS);
    add("txn.min_price_per_gas_unit", MIN_GAS_PRICE);
    add("txn.max_price_per_gas_unit", MAX_GAS_PRICE);
    let bytes = MAX_TRANSACTION_BYTES as u64;
    add("txn.max_transaction_size_in_bytes", bytes);
    let least = TRANSACTION.div_ceil(GAS_PER_UNIT);
    add("txn.min_transaction_gas_units", least);
    add("txn.intrinsic_gas", TRANSACTION);
    add("txn.intrinsic_gas_per_byte", TRANSACTION_BYTE);
    add("txn.intrinsic_gas_per_further_signature", FURTHER_SIGNATURE);
    add("txn.storage_io_per_state_slot_read", engine.load_base);
    add("txn.storage_io_per_state_byte_read", engine.load_per_byte);
    add("txn.storage_io_per_state_slot_write", CHANGED_ENTRY);
    add("txn.storage_io_per_state_slot_create", NEW_ENTRY);
    add("txn.storage_io_per_state_byte_write", WRITTEN_BYTE);
    add("txn.publish_per_byte", MODULE_BYTE);
    add("txn.verify_per_unit", engine.verify_per_unit);
    for opcode in Opcode::ALL {
        add(&format!("instr.{}", opcode.name()), engine.price(*opcode));
    }
    add("instr.call_per_arg", engine.call_per_argument);
    add("instr.call_per_local", engine.call_per_local_word);
    add("instr.call_per_ty_arg", engine.call_per_type_argument);
    add("instr.per_word_moved", engine.per_word_moved);
    add("instr.per_word_copied", engine.per_word_copied);
    add("instr.per_vector_copied", engine.per_region_copied);
    add("instr.per_vector_compared", engine.per_region_compared);
    add("instr.per_wide_word", engine.per_wide_word);
    add("instr.per_heap_value", engine.per_heap_value);
    for (name, price) in [
        ("native", engine.native),
        ("hash.sha2_256", engine.sha2_256),
        ("hash.sha3_256", engine.sha3_256),
        ("bcs.to_bytes", engine.serialize),
        ("cmp.compare", engine.compare),
        ("type_name.get", engine.type_facts),
    ] {
        add(&format!("move_stdlib.{name}.base"), price.base);
        add(&format!("move_stdlib.{name}.per_byte"), price.per_byte);
    }
    for (module, name, price) in native_prices() {
        let family = if module == "table" {
            "table"
        } else {
            "aptos_framework"
        };
        add(&format!("{family}.{module}.{name}.base"), price.base);
        if price.per_byte > 0 {
            add(
                &format!("{family}.{module}.{name}.per_byte"),
                price.per_byte,
            );
        }
    }
    entries
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use super::*;
    use alloc::collections::BTreeSet;

    #[test]
    fn every_price_has_a_name_of_its_own() {
        let entries = entries();
        let names: BTreeSet<&str> = entries.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names.len(), entries.len());
        for opcode in Opcode::ALL {
            assert!(names.contains(format!("instr.{}", opcode.name()).as_str()));
        }
        for (module, name, _) in native_prices() {
            let suffix = format!(".{module}.{name}.base");
            assert!(
                names.iter().any(|known| known.ends_with(&suffix)),
                "{suffix}"
            );
        }
    }

    #[test]
    fn no_instruction_is_free() {
        let engine = engine();
        for opcode in Opcode::ALL {
            assert!(engine.price(*opcode) > 0, "{}", opcode.name());
        }
    }
}
