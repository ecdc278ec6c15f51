//! What the index asks of the node.

use super::super::backend::{BackendError, Ledger, Result, State, States};
use lumio_move_engine::{Address, ModuleId, StructTag, TypeTag, bcs::Reader};

/// What the index is made from, all of it on the node:
///
/// ```text
/// Ledger    blocks, and transactions with what they changed and emitted; those
///           of version 0 with all that genesis wrote
/// States    layouts of types and balances of ETH, of the newest state
/// ```
///
/// Nobody has to feed the index: it follows [`Ledger::subscribe`], and when the
/// chain has another block at a height than it had, takes back what is gone.
pub trait IndexBackend: Ledger + States {}

impl<T: Ledger + States> IndexBackend for T {}

fn struct_tag(module: &str, name: &str, type_arguments: Vec<TypeTag>) -> StructTag {
    StructTag {
        module: ModuleId::new(Address::ONE, module),
        name: name.to_owned(),
        type_arguments,
    }
}

/// What an account owns now in whole octas, as the state shows it to clients: in
/// a `CoinStore` that nothing writes. None of an account that nobody met.
pub(super) fn octas(state: &mut dyn State, account: Address) -> Result<Option<u64>> {
    let coin = struct_tag("aptos_coin", "AptosCoin", Vec::new());
    let store = struct_tag("coin", "CoinStore", vec![TypeTag::Struct(Box::new(coin))]);
    let Some(store) = state.resource(account, &store)? else {
        return Ok(None);
    };
    let octas = Reader::new(&store).u64();
    let octas = octas.map_err(|error| BackendError::Internal(format!("a coin store: {error}")))?;
    Ok(Some(octas))
}
