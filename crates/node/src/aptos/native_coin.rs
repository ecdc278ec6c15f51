//! The native coin as a `CoinStore`, made up from the ledger, where alone it is.

use alloy_primitives::U256;
use lumio_move_engine::{Address, ModuleId, StructTag, TypeTag};
use lumio_types::octas_of;

/// Which of an account's event handles a coin store of Aptos has first.
const DEPOSITS: u64 = 2;
const WITHDRAWALS: u64 = 3;

fn struct_tag(module: &str, name: &str, type_arguments: Vec<TypeTag>) -> StructTag {
    StructTag {
        module: ModuleId::new(Address::ONE, module),
        name: name.into(),
        type_arguments,
    }
}

/// `0x1::coin::CoinStore<0x1::native_coin::NativeCoin>`.
pub(super) fn canonical() -> StructTag {
    let coin = struct_tag("native_coin", "NativeCoin", Vec::new());
    struct_tag("coin", "CoinStore", vec![TypeTag::Struct(Box::new(coin))])
}

/// The same, as Aptos' clients know it: `0x1::coin::CoinStore<0x1::aptos_coin::AptosCoin>`.
pub(super) fn shown() -> StructTag {
    let coin = struct_tag("aptos_coin", "AptosCoin", Vec::new());
    struct_tag("coin", "CoinStore", vec![TypeTag::Struct(Box::new(coin))])
}

/// The BCS of an account's store: the coin, whether it is frozen, two event handles.
pub(super) fn store(owner: Address, wei: U256) -> Vec<u8> {
    let octas = octas_of(wei).map_or(u64::MAX, |split| split.units);
    let mut bytes = octas.to_le_bytes().to_vec();
    bytes.push(0);
    for number in [DEPOSITS, WITHDRAWALS] {
        bytes.extend(0_u64.to_le_bytes());
        bytes.extend(number.to_le_bytes());
        bytes.extend(owner.0);
    }
    bytes
}
