//! The native coin and its names.

use alloc::{string::String, vec, vec::Vec};
use lumio_move_engine::{Address, ModuleId, StructAlias};

/// `0x1::native_coin::NativeCoin`.
pub(crate) const NATIVE_COIN: (&str, &str) = ("native_coin", "NativeCoin");
/// What programs for Aptos call it.
const APTOS_COIN: (&str, &str) = ("aptos_coin", "AptosCoin");

fn name((module, name): (&str, &str)) -> (ModuleId, String) {
    (ModuleId::new(Address::ONE, module), String::from(name))
}

/// Structs of the framework that are other structs: `0x1::aptos_coin::AptosCoin` is the native
/// coin.
pub fn aliases() -> Vec<StructAlias> {
    vec![StructAlias {
        name: name(APTOS_COIN),
        means: name(NATIVE_COIN),
    }]
}
