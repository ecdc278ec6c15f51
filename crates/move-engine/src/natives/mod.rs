//! Native functions that need no chain: vectors, BCS, hashes, strings, signers, type names,
//! comparison, and what unit tests use.
//!
//! Each charges, before it works, for the call and for each byte that it reads or makes.

mod data;
mod string;
mod vector;

use crate::{
    Address, ModuleId, Native, NativeCall, NativeFunction, NativePrice, Natives, VmResult,
};

/// Charges for a call that touches so many bytes.
fn charge(call: &mut dyn NativeCall, price: NativePrice, bytes: usize) -> VmResult<()> {
    let bytes = price.per_byte.saturating_mul(bytes as u64);
    call.charge(price.base.saturating_add(bytes))
}

/// Charges for a call that reads a `vector<u8>` argument, before it is read.
fn charge_bytes(call: &mut dyn NativeCall, price: NativePrice, argument: usize) -> VmResult<()> {
    let bytes = call.vector_len(argument)?;
    charge(call, price, usize::try_from(bytes).unwrap_or(usize::MAX))
}

/// Charges for a call that reads an argument of any type, before it is read: for its words, eight
/// bytes each.
fn charge_value(call: &mut dyn NativeCall, price: NativePrice, argument: usize) -> VmResult<()> {
    let bytes = call.words(argument)?.saturating_mul(8);
    charge(call, price, usize::try_from(bytes).unwrap_or(usize::MAX))
}

impl Natives {
    /// The native functions of the modules at `0x1` that Move programs expect of any machine.
    pub fn standard() -> Self {
        let mut natives = Self::default();
        let tables: [&[(&str, &str, NativeFunction)]; 3] =
            [vector::FUNCTIONS, data::FUNCTIONS, string::FUNCTIONS];
        for (module, name, function) in tables.into_iter().flatten() {
            natives.add(
                ModuleId::new(Address::ONE, *module),
                name,
                Native::Engine(*function),
            );
        }
        natives
    }
}
