//! Gives away ETH of a development account, by Move's transfer: it records whose an EVM address is that
//! is a hash, so that the EVM can pay the account from then on.

use crate::{
    aptos::{Result, account_of, of_eth, of_storage},
    backend::{NodeBackend, committed},
};
use alloy_primitives::{B256, Bytes};
use alloy_rpc_types_eth::TransactionRequest;
use alloy_sol_types::{SolCall, SolValue, sol};
use lumio_move_engine::Address;
use lumio_move_transaction::Hash;
use lumio_rpc::{
    aptos::{BackendError, Faucet},
    eth::Submission,
};
use lumio_types::{EvmForm, wei_of_octas};
use lumio_vm_evm::CROSS_VM_ADDRESS;
use parking_lot::Mutex;
use std::{sync::Arc, time::Duration};
use tokio::runtime::Handle;

/// How long a block is waited for at least.
const PATIENCE: Duration = Duration::from_secs(5);

sol! {
    function callMove(bytes32 module, string name, string fn, string[] typeArgs, bytes args)
        external returns (bytes memory);
}

/// A transaction that pays an account.
fn payment(to: Address, octas: u64) -> TransactionRequest {
    let account = account_of(to);
    match account.evm_form() {
        EvmForm::Padded(address) => TransactionRequest::default()
            .to(address)
            .value(wei_of_octas(octas)),
        EvmForm::Alias(_) => {
            let call = callMoveCall {
                module: Address::ONE.0.into(),
                name: "aptos_account".into(),
                r#fn: "transfer".into(),
                typeArgs: Vec::new(),
                args: (account.0, octas).abi_encode_params().into(),
            };
            let input = Bytes::from(call.abi_encode());
            TransactionRequest::default()
                .to(CROSS_VM_ADDRESS)
                .input(input.into())
        }
    }
}

/// The faucet. It takes from the last of the node's accounts, the one that others use least.
#[derive(Debug)]
pub(crate) struct NodeFaucet {
    node: Arc<NodeBackend>,
    /// Held while a transaction is made: each needs the nonce after the last one's.
    sending: Mutex<()>,
}

impl NodeFaucet {
    pub(crate) fn new(node: Arc<NodeBackend>) -> Self {
        Self {
            node,
            sending: Mutex::new(()),
        }
    }
}

impl Faucet for NodeFaucet {
    fn fund(&self, address: Address, octas: u64) -> Result<Vec<Hash>> {
        let source = self.node.keyring.addresses().last();
        let source = source.ok_or_else(|| {
            BackendError::Unavailable("the node has no account to give from".into())
        })?;
        let request = payment(address, octas).from(source);
        let submission = {
            let _sending = self.sending.lock();
            self.node
                .submit(request)
                .map_err(|error| match of_eth(error) {
                    BackendError::InvalidInput(reason) => BackendError::InvalidInput(format!(
                        "the faucet cannot give {octas} octas: {reason}"
                    )),
                    error => error,
                })?
        };
        let hash = self.in_block(submission)?;
        self.check(hash)?;
        Ok(vec![hash.0])
    }
}

impl NodeFaucet {
    /// Whether the payment has gone through, if it is in a block already.
    fn check(&self, hash: B256) -> Result<()> {
        let snapshot = self.node.chain.snapshot();
        let receipt = match snapshot.place_of(hash).map_err(of_storage)? {
            Some(place) => snapshot.receipt(place).map_err(of_storage)?,
            None => None,
        };
        match receipt {
            Some((receipt, _)) if !receipt.success => Err(BackendError::Unavailable(format!(
                "the faucet's transfer {hash} failed; ask again"
            ))),
            _ => Ok(()),
        }
    }

    /// Waits until the money is there: whoever asked for it spends it next. Where only requests
    /// seal blocks, that may be never, so nobody waits.
    fn in_block(&self, submission: Submission) -> Result<B256> {
        let hash = submission.hash;
        if submission.committed.is_some() {
            return committed(submission).map_err(of_eth);
        }
        let interval = self.node.settings.read().schedule.interval;
        let Some(patience) = interval.and_then(|interval| interval.checked_mul(3)) else {
            return Ok(hash);
        };
        let waiting = self.node.waiting.wait(hash);
        let place = self.node.chain.snapshot().place_of(hash);
        if place.map_err(of_storage)?.is_some() {
            return Ok(hash);
        }
        let sealed = async { tokio::time::timeout(patience.max(PATIENCE), waiting).await };
        match Handle::current().block_on(sealed) {
            Ok(Ok(verdict)) => verdict.map_err(of_eth)?,
            Ok(Err(_)) => return Err(BackendError::Unavailable("the node is stopping".into())),
            Err(_) => tracing::warn!(%hash, "the faucet's transfer is in no block yet"),
        }
        Ok(hash)
    }
}
