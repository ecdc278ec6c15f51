//! Aptos' REST API.

mod backend;

pub use backend::{
    Account, Backend, BackendError, Block, Change, Event, ExecutionStatus, Faucet,
    ForeignTransaction, ForeignVm, GasEstimate, Ledger, LedgerInfo, Page, Pending, Pool, Readiness,
    SimulateRequest, State, States, SubmitError, Transaction, TransactionBody, ViewOutcome,
};
