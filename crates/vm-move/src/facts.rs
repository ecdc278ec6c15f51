//! What a transaction tells natives of itself.

use alloc::{string::ToString, vec::Vec};
use lumio_move_transaction::{EntryFunction, ExecutableRef};
use lumio_types::MoveTransaction;

use crate::{EntryFunctionFacts, MultisigFacts, TransactionFacts};

/// What natives tell of the transaction.
pub(crate) fn facts(transaction: &MoveTransaction) -> TransactionFacts {
    let raw = &transaction.signed.raw;
    let call_facts = |call: &EntryFunction| EntryFunctionFacts {
        address: call.module.address,
        module: call.module.name.to_string(),
        function: call.function.to_string(),
        type_arguments: call.type_arguments.clone(),
        arguments: call.arguments.clone(),
    };
    let (mut entry_function, mut script_hash) = (None, Vec::new());
    match raw.payload.executable() {
        ExecutableRef::EntryFunction(call) => entry_function = Some(call_facts(call)),
        ExecutableRef::Script(script) => script_hash = script.hash().to_vec(),
        ExecutableRef::Empty => {}
    }
    let multisig = raw.payload.multisig_address().map(|address| MultisigFacts {
        address,
        entry_function: entry_function.take(),
    });
    TransactionFacts {
        hash: transaction.hash.0,
        sender: Some(transaction.sender.address),
        secondary_signers: transaction.secondary.iter().map(|s| s.address).collect(),
        gas_payer: transaction.payer(),
        max_gas_amount: raw.max_gas_amount,
        gas_unit_price: raw.gas_unit_price,
        chain_id: raw.chain_id,
        script_hash,
        entry_function,
        multisig,
        is_unbiasable: false,
    }
}
