//! The Solana VM on the chain: Anza's runtime over the one journal.
//!
//! The runtime runs programs and knows no chain; here are the accounts that it is given out of the
//! state, the sysvars of the block, the fee, and what stays of a transaction. Lamports are wei of
//! the one ledger.
//!
//! **Invariant:** wei are conserved: what the runtime sees of a balance is its whole lamports, and
//! the remainder stays where it is.

mod account;
mod aliases;
mod call;
mod context;
mod crossing;
mod due;
mod environment;
mod erc20;
mod events;
mod genesis;
mod host;
mod instruction;
mod invoke;
mod load;
mod logging;
mod machine;
mod message;
mod mint_faces;
mod payer;
mod precompiles;
mod prices;
mod programs;
mod queue;
mod quiet;
mod read;
mod receipt;
mod replay;
mod run;
mod shown;
mod signatures;
mod status;
mod syscall;
mod sysvars;
mod tables;
mod tokens;
mod transact;
mod validate;

pub use account::{account_id, account_key, public_key};
pub use crossing::{
    ACCOUNT_NOT_NAMED, CALL_FAILED, CROSS_VM, CROSS_VM_VAULT, QUEUED_CALL_FAILED, RESULT_TOO_LONG,
    TOKENS_REFUSED,
};
pub use events::{ProgramData, ProgramLog};
pub use genesis::{ASSOCIATED_TOKEN, MEMO, MEMO_V1, TOKEN, TOKEN_2022};
pub use machine::SvmVm;
pub use prices::{
    ACCOUNT_GAS, BASE_GAS, EVENT_BYTE_GAS, EVENT_BYTES, FACE_LOG_GAS, FACE_TRY_GAS,
    GAS_PER_COMPUTE_UNIT, INVOCATION_GAS, LAMPORTS_PER_SIGNATURE, LOADED_BYTES_PER_GAS,
    MAX_CALL_UNITS, PASSED_BYTE_GAS, PASSED_BYTES, PASSED_BYTES_PER_UNIT, SIGNATURE_GAS, Usage,
};
pub use read::{account_of, may_show_tokens, record_of, show_tokens, sysvar_of};
pub use signatures::Verifier;
pub use status::SvmTransactError;
pub use sysvars::MAX_BLOCKHASH_AGE;
pub use transact::SvmTransacted;
pub use validate::Bid;
