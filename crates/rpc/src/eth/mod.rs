//! Ethereum JSON-RPC over HTTP and WebSocket.

mod backend;

pub use backend::{
    AccountProof, AccountState, Backend, BackendError, CallOutcome, CallRequest, ChainEvent,
    ChainReader, DevControl, LocatedTransaction, NodeInfo, Pool, PoolContent, PoolTransaction,
    Simulator, StateReader, StorageProof, Submission,
};
