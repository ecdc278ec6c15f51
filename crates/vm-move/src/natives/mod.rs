//! Native functions of the modules at `0x1`.
//!
//! Each row of a table names a function, its price, and the Rust function behind it. A price is in
//! the engine's internal gas units: for the call, and for each byte that it reads or makes.

mod aggregators;
mod bytes;
mod debug;
mod dispatch;
mod erc20;
mod events;
mod evm;
mod format;
mod hashes;
mod ledger;
mod objects;
mod publishing;
mod signatures;
mod svm;
mod tables;
mod transaction;

use alloc::{string::String, vec::Vec};
use lumio_move_engine::{
    Address, ModuleId, Native, NativeCall, NativeOutcome, NativePrice, Natives, StatusCode,
    VmError, VmResult, bcs::Reader, code::Type,
};

pub(crate) use tables::TABLE_PREFIX;

use crate::{Chain, Context};

/// How a native ends.
type Done = VmResult<NativeOutcome>;

/// One call of a native, with all that it may ask.
struct Frame<'a> {
    call: &'a mut dyn NativeCall,
    context: &'a mut Context,
    chain: &'a mut dyn Chain,
    per_byte: u64,
}

impl Frame<'_> {
    /// Pays for bytes that are read or made.
    fn pay(&mut self, bytes: usize) -> VmResult<()> {
        self.call.charge(self.per_byte.saturating_mul(bytes as u64))
    }

    /// A `vector<u8>` argument, paid for before it is read.
    fn bytes(&mut self, argument: usize) -> VmResult<Vec<u8>> {
        let bytes = self.call.vector_len(argument)?;
        self.pay(usize::try_from(bytes).unwrap_or(usize::MAX))?;
        self.call.bytes(argument)
    }

    /// An argument of any type in BCS, paid for before it is made.
    fn value(&mut self, argument: usize) -> VmResult<Vec<u8>> {
        let bytes = self.call.words(argument)?.saturating_mul(8);
        self.pay(usize::try_from(bytes).unwrap_or(usize::MAX))?;
        self.call.bcs(argument)
    }

    /// The declared type of a result.
    fn result_type(&mut self, number: usize) -> VmResult<Type> {
        let function = self.call.function();
        let instance = self.call.code().instance(function)?;
        let ty = instance.returns.get(number).copied();
        ty.ok_or_else(|| StatusCode::InternalTypeError.into())
    }

    /// Returns the first result, given in BCS and paid for.
    fn give(&mut self, bcs: &[u8]) -> Done {
        self.pay(bcs.len())?;
        let ty = self.result_type(0)?;
        self.call.return_bcs(ty, bcs)?;
        Ok(NativeOutcome::Return)
    }

    fn give_bool(&mut self, value: bool) -> Done {
        self.call.return_bool(value)?;
        Ok(NativeOutcome::Return)
    }

    fn give_bytes(&mut self, bytes: &[u8]) -> Done {
        self.pay(bytes.len())?;
        self.call.return_bytes(bytes)?;
        Ok(NativeOutcome::Return)
    }
}

/// An abort with a code.
fn abort<T>(code: u64) -> VmResult<T> {
    Err(VmError::abort(code))
}

/// Reads a `vector<T>`, each element with `read`.
fn read_vector<T>(
    reader: &mut Reader<'_>,
    mut read: impl FnMut(&mut Reader<'_>) -> VmResult<T>,
) -> VmResult<Vec<T>> {
    let count = reader.uleb()?;
    let mut items = Vec::new();
    for _ in 0..count {
        items.push(read(reader)?);
    }
    Ok(items)
}

fn read_bytes(reader: &mut Reader<'_>) -> VmResult<Vec<u8>> {
    let length = reader.uleb()? as usize;
    Ok(reader.take(length)?.to_vec())
}

fn read_string(reader: &mut Reader<'_>) -> VmResult<String> {
    reader.string()
}

/// A native function: module, name, price of a call, price of a byte, and what it does.
type Row = (
    &'static str,
    &'static str,
    u64,
    u64,
    fn(&mut Frame<'_>) -> Done,
);

/// All of them.
const TABLES: [&[Row]; 16] = [
    aggregators::ROWS,
    bytes::ROWS,
    debug::ROWS,
    dispatch::ROWS,
    events::ROWS,
    format::ROWS,
    hashes::ROWS,
    ledger::ROWS,
    objects::ROWS,
    publishing::ROWS,
    signatures::ROWS,
    tables::ROWS,
    transaction::ROWS,
    evm::ROWS,
    erc20::ROWS,
    svm::ROWS,
];

/// All rows with the numbers by which the engine knows them, in this process only: the table's
/// above, the row's below.
fn rows() -> impl Iterator<Item = (u32, &'static Row)> {
    (0_u32..).zip(TABLES).flat_map(|(table, rows)| {
        let numbered = (0_u32..).zip(rows);
        numbered.map(move |(row, native)| (table << 16 | row, native))
    })
}

/// Module, name and price of each, but those that only unit tests may have.
pub(crate) fn native_prices() -> impl Iterator<Item = (&'static str, &'static str, NativePrice)> {
    rows()
        .filter(|(_, (module, name, ..))| !FOR_TESTS.contains(&(module, name)))
        .map(|(_, (module, name, base, per_byte, _))| {
            (*module, *name, NativePrice::new(*base, *per_byte))
        })
}

fn row(number: u32) -> Option<&'static Row> {
    TABLES
        .get((number >> 16) as usize)?
        .get((number & 0xFFFF) as usize)
}

/// Natives that only unit tests may have, by module and name.
const FOR_TESTS: [(&str, &str); 8] = [
    ("debug", "native_print"),
    ("event", "emitted_events"),
    ("event", "emitted_events_by_handle"),
    ("ed25519", "generate_keys_internal"),
    ("ed25519", "sign_internal"),
    ("multi_ed25519", "generate_keys_internal"),
    ("multi_ed25519", "sign_internal"),
    ("native_coin", "set_balance_for_test"),
];

/// The native functions of the framework, and with `tests` those of its unit tests.
pub fn native_functions(tests: bool) -> Natives {
    let mut natives = Natives::standard();
    for (number, (module, name, ..)) in rows() {
        if tests || !FOR_TESTS.contains(&(module, name)) {
            let id = ModuleId::new(Address::ONE, *module);
            natives.add(id, name, Native::Host(number));
        }
    }
    natives
}

/// Runs a native function by its number.
///
/// # Errors
/// What it aborts with, and `OUT_OF_GAS`.
pub fn run_native(
    number: u32,
    call: &mut dyn NativeCall,
    context: &mut Context,
    chain: &mut dyn Chain,
) -> VmResult<NativeOutcome> {
    let (_, _, base, per_byte, run) = row(number).ok_or(StatusCode::MissingDependency)?;
    call.charge(*base)?;
    run(&mut Frame {
        call,
        context,
        chain,
        per_byte: *per_byte,
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use super::*;

    /// Whether the framework's sources declare a native function.
    fn is_declared(module: &str, name: &str) -> bool {
        let files = lumio_framework::PACKAGES.iter().flat_map(|it| it.sources);
        let is_named = |text: &str| text.contains(&alloc::format!("::{module} {{"));
        files
            .filter(|(_, text)| is_named(text))
            .flat_map(|(_, text)| text.split("native ").skip(1))
            .filter_map(|rest| rest.split_once("fun "))
            .any(|(_, rest)| rest.split(['(', '<']).next() == Some(name))
    }

    #[test]
    fn every_native_is_declared_and_those_for_tests_exist() {
        for (_, (module, name, ..)) in rows() {
            assert!(is_declared(module, name), "{module}::{name}");
        }
        for (module, name) in FOR_TESTS {
            let is_row = rows().any(|(_, row)| (row.0, row.1) == (module, name));
            assert!(is_row, "{module}::{name}");
        }
    }
}
