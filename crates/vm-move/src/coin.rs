//! The native coin and its names.

use alloc::{string::String, vec, vec::Vec};
use lumio_move_engine::{Address, ModuleId, StructAlias, StructTag, TypeTag};

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

/// A struct tag with the native coin under its own name, under which the state has it.
pub fn canonical_tag(tag: &StructTag) -> StructTag {
    let mut tag = tag.clone();
    rename(&mut tag);
    tag
}

/// Tags nest no deeper than what reads them allows.
fn rename(tag: &mut StructTag) {
    let is_alias = tag.module.address == Address::ONE
        && (tag.module.name.as_str(), tag.name.as_str()) == APTOS_COIN;
    if is_alias {
        (tag.module, tag.name) = name(NATIVE_COIN);
    }
    for argument in &mut tag.type_arguments {
        let mut argument = argument;
        while let TypeTag::Vector(element) = argument {
            argument = element;
        }
        if let TypeTag::Struct(tag) = argument {
            rename(tag);
        }
    }
}
