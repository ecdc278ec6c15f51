//! Gives away ETH of a development account, by ordinary transfers.

use crate::{
    aptos::{Result, account_of, of_eth, of_storage},
    backend::{NodeBackend, committed},
};
use alloy_primitives::B256;
use alloy_rpc_types_eth::TransactionRequest;
use lumio_move_engine::Address;
use lumio_move_transaction::Hash;
use lumio_rpc::{
    aptos::{BackendError, Faucet},
    eth::Submission,
};
use lumio_types::wei_of_octas;
use parking_lot::Mutex;
use std::{sync::Arc, time::Duration};
use tokio::runtime::Handle;

/// How long a block is waited for at least.
const PATIENCE: Duration = Duration::from_secs(5);

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
        let request = TransactionRequest::default()
            .from(source)
            .to(account_of(address).evm_address())
            .value(wei_of_octas(octas));
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
        Ok(vec![hash.0])
    }
}

impl NodeFaucet {
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
