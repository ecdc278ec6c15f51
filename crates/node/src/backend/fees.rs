//! What transactions pay, and what hot resources cost.

use crate::{backend::NodeBackend, market, pool};
use alloy_primitives::Bytes;
use alloy_rpc_types_eth::TransactionRequest;
use lumio_rpc::eth::{FeeReader, HotResource};
use lumio_state::StateKey;
use lumio_types::Transaction;

impl FeeReader for NodeBackend {
    fn tip(&self, transaction: &Transaction, base_fee: u64) -> Option<u128> {
        pool::tip(transaction, base_fee)
    }

    fn hot_resources(&self) -> Vec<HotResource> {
        self.market.resources().into_iter().map(shown).collect()
    }

    fn local_price(&self, call: &TransactionRequest) -> u128 {
        let to = call.to.and_then(|kind| kind.to().copied());
        let input = call.input.input().cloned().unwrap_or_default();
        self.market
            .price_of_call(call.from.unwrap_or_default(), to, &input)
    }
}

fn shown(resource: market::HotResource) -> HotResource {
    let (kind, owner, key) = named(resource.key);
    HotResource {
        kind,
        owner,
        key,
        price: resource.price,
        gas: resource.gas,
        waiting: resource.waiting,
    }
}

/// Kind, owner, and which of the owner's.
fn named(key: StateKey) -> (&'static str, Bytes, Bytes) {
    let none = Bytes::new();
    let bytes = Bytes::copy_from_slice;
    match key {
        StateKey::EvmStorage(owner, slot) => (
            "storage",
            bytes(owner.as_slice()),
            slot.to_be_bytes::<32>().into(),
        ),
        StateKey::EvmAccount(owner) => ("account", bytes(owner.as_slice()), none),
        StateKey::MoveResource(owner, tag) => ("resource", bytes(owner.0.as_slice()), tag),
        StateKey::MoveModule(owner, name) => ("module", bytes(owner.0.as_slice()), name),
        StateKey::MoveTableItem(handle, key) => ("tableItem", bytes(handle.as_slice()), key),
        StateKey::SvmAccount(owner) => ("solanaAccount", bytes(owner.0.as_slice()), none),
        // Nobody contends for these; see `market/key.rs`.
        StateKey::Balance(owner) | StateKey::Link(owner) => {
            ("balance", bytes(owner.as_slice()), none)
        }
        StateKey::EvmCode(hash) | StateKey::SvmMessage(hash) => {
            ("content", bytes(hash.as_slice()), none)
        }
        StateKey::System(name) => ("system", name, none),
    }
}
