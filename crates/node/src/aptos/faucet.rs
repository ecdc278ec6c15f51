//! Gives away ETH of a development account, by ordinary transfers.

use crate::{
    aptos::{Result, account_of, of_eth},
    backend::{NodeBackend, committed},
};
use alloy_rpc_types_eth::TransactionRequest;
use lumio_move_engine::Address;
use lumio_move_transaction::Hash;
use lumio_rpc::aptos::{BackendError, Faucet};
use lumio_types::wei_of_octas;
use parking_lot::Mutex;
use std::sync::Arc;

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
            self.node.submit(request).map_err(of_eth)?
        };
        let hash = committed(submission).map_err(of_eth)?;
        Ok(vec![hash.0])
    }
}
