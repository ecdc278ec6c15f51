//! Trying a Solana transaction on the newest state, and keeping nothing.

use crate::solana::{
    Result, SolanaBackend, hash_of, internal, of_eth, of_fault, pool::of_execution,
    show::with_meta, state::SolanaState,
};
use lumio_rpc::solana::{BackendError, SendError, SimulateRequest, Simulated, State as _};
use lumio_state::Overlay;
use lumio_types::SolanaTransaction;
use solana_account::{Account, ReadableAccount as _};
use solana_transaction::versioned::VersionedTransaction;

impl SolanaBackend {
    pub(super) fn try_out(&self, request: SimulateRequest) -> Result<Simulated> {
        let SimulateRequest {
            mut transaction,
            replace_blockhash,
            accounts,
        } = request;
        let snapshot = self.node.chain.snapshot();
        let newest = snapshot
            .head()
            .ok_or_else(|| internal("there is no genesis"))?;
        let block = self.node.context_on(&snapshot).map_err(of_eth)?;
        let executor = self.node.chain.executor();
        let mut state = Overlay::new(snapshot.latest_state());
        let begun = executor.begin_block(&state, &block).map_err(of_fault)?;
        state.apply(begun);
        let blockhash = replace_blockhash.then(|| hash_of(newest.hash));
        if let Some(blockhash) = blockhash {
            transaction.message.set_recent_blockhash(blockhash);
        }
        let inner = unsigned(&transaction)?;
        let mut simulated = Simulated {
            slot: newest.number,
            ran: None,
            status: Ok(()),
            loaded_bytes: 0,
            blockhash,
            accounts: Vec::new(),
        };
        let before = SolanaState::newest(&self.node)?;
        match executor
            .simulate_solana(&state, &block, &inner)
            .map_err(of_execution)
        {
            Ok((ran, receipt)) => {
                simulated.status = ran.status.clone();
                simulated.loaded_bytes = ran.loaded_bytes;
                simulated.ran = Some(with_meta(&inner, &receipt)?);
                for key in &accounts {
                    let place = ran.keys.iter().position(|other| other == key);
                    let account = match place.and_then(|place| ran.after.get(place)) {
                        Some(after) => (after.lamports() > 0).then(|| Account::from(after.clone())),
                        None => before.account(key)?,
                    };
                    simulated.accounts.push(account);
                }
            }
            Err(SendError::Refused(error)) => {
                simulated.status = Err(error);
                simulated.accounts = vec![None; accounts.len()];
            }
            Err(SendError::Pool(reason)) => return Err(BackendError::InvalidParams(reason)),
            Err(SendError::Node(error)) => return Err(error),
        }
        Ok(simulated)
    }
}

/// A transaction whose signatures nobody looks at.
fn unsigned(transaction: &VersionedTransaction) -> Result<SolanaTransaction> {
    let wire = bincode::serialize(transaction).map_err(internal)?;
    SolanaTransaction::trusted(&wire)
        .map_err(|error| BackendError::InvalidParams(error.to_string()))
}
