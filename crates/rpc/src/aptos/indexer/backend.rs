//! What the index asks of the node.

use super::super::backend::{BackendError, Ledger, Result, State, States};
use lumio_move_engine::{Address, ModuleId, StructTag, TypeTag, bcs::Reader};
use lumio_move_transaction::EntryFunction;

/// Gas units that a contract may use to say what an account has.
const BALANCE_GAS: u64 = 3_000;

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

/// What an account has of an asset that an ERC-20 contract keeps; none if the contract does not say.
pub(super) fn kept(state: &mut dyn State, account: Address, asset: Address) -> Result<Option<u64>> {
    let metadata = struct_tag("fungible_asset", "Metadata", Vec::new());
    let call = EntryFunction {
        module: ModuleId::new(Address::ONE, "primary_fungible_store"),
        function: "balance".into(),
        type_arguments: vec![TypeTag::Struct(Box::new(metadata))],
        arguments: vec![account.0.to_vec(), asset.0.to_vec()],
    };
    match state.view_within(&call, BALANCE_GAS) {
        Ok(outcome) => {
            let balance = outcome.values.first();
            Ok(balance.and_then(|(_, bcs)| Reader::new(bcs).u64().ok()))
        }
        Err(BackendError::Vm { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The resource by which the asset of an ERC-20 contract is found.
pub(super) fn contract_tag() -> StructTag {
    struct_tag("faces", "Contract", Vec::new())
}

/// The account that the EVM knows by an address.
pub(super) fn account_of(state: &mut dyn State, evm_address: &[u8; 20]) -> Result<Option<Address>> {
    let mut argument = vec![20];
    argument.extend(evm_address);
    let call = EntryFunction {
        module: ModuleId::new(Address::ONE, "vms"),
        function: "account_of".into(),
        type_arguments: Vec::new(),
        arguments: vec![argument],
    };
    let outcome = state.view(&call)?;
    let account = outcome.values.first();
    Ok(account.and_then(|(_, bcs)| Reader::new(bcs).address().ok()))
}
