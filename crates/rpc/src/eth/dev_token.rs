//! Gives accounts ERC-20 tokens by writing to the token's storage, wherever
//! the token keeps balances.

use super::{
    CallRequest,
    args::{Args, Quantity},
    context::Context,
    error::RpcError,
    registry::{Method, Reply, reply},
};
use alloy_eips::BlockId;
use alloy_primitives::{Address, B256, Bytes, TxKind, U256, map::B256HashMap};
use alloy_rpc_types_eth::{
    TransactionInput, TransactionRequest,
    state::{AccountOverride, StateOverride},
};

/// `balanceOf(address)`
const BALANCE_OF: [u8; 4] = [0x70, 0xa0, 0x82, 0x31];

pub(super) const METHODS: &[Method] = &[Method::execute(
    "anvil_dealERC20",
    deal,
    "Sets an account's balance of an ERC-20 token that keeps it in one word of storage.",
)
.takes(&[
    ("address", "an account"),
    ("token", "the token's contract"),
    ("amount", "in the token's smallest unit"),
])
.also(&["hardhat_dealERC20", "tenderly_setErc20Balance"])
.dev()];

fn balance_call(token: Address, owner: Address) -> TransactionRequest {
    let mut input = BALANCE_OF.to_vec();
    input.extend_from_slice(owner.into_word().as_slice());
    TransactionRequest {
        to: Some(TxKind::Call(token)),
        input: TransactionInput::new(Bytes::from(input)),
        ..TransactionRequest::default()
    }
}

/// Whether the balance reads as `amount` once a word of storage is it.
fn is_balance(
    context: &Context,
    call: &TransactionRequest,
    (contract, slot): (Address, B256),
    amount: B256,
) -> bool {
    let word = AccountOverride {
        state_diff: Some(B256HashMap::from_iter([(slot, amount)])),
        ..AccountOverride::default()
    };
    let request = CallRequest {
        transaction: call.clone(),
        at: BlockId::latest(),
        state_overrides: Some(StateOverride::from_iter([(contract, word)])),
        block_overrides: None,
    };
    // A slot whose change makes the token revert is not the balance.
    context
        .backend
        .call(request)
        .is_ok_and(|outcome| outcome.output.as_ref() == amount.as_slice())
}

fn deal(context: &Context, args: &Args<'_>) -> Reply {
    let (owner, token): (Address, Address) = (args.get(0)?, args.get(1)?);
    let Quantity(amount) = args.get(2)?;
    let dev = context.dev()?;
    let call = balance_call(token, owner);
    let touched = context.backend.create_access_list(CallRequest {
        transaction: call.clone(),
        at: BlockId::latest(),
        ..CallRequest::default()
    })?;
    // Probing with a value that no slot holds tells the balance from words that
    // happen to be equal to the amount.
    let probe = B256::from(U256::from_be_bytes([0x5a; 32]) >> 160);
    let slots = touched.access_list.0.iter().flat_map(|item| {
        item.storage_keys
            .iter()
            .map(move |slot| (item.address, *slot))
    });
    for (contract, slot) in slots {
        if is_balance(context, &call, (contract, slot), probe) {
            return reply(&dev.set_storage(contract, slot.into(), B256::from(amount))?);
        }
    }
    let text = format!("{token} keeps no balance of {owner} in one word of storage");
    Err(RpcError::Refused(text))
}
