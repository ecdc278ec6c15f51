//! Programs whose log is known without keeping one: those that log nothing of their own, and invoke
//! no others, when they succeed.
//!
//! Most of what a transfer takes is to write addresses in base 58 into its log. So instructions of
//! these programs run without a log first. Where one fails, or says something after all, everything
//! is run again with a log, over the accounts as they were.

use solana_account::AccountSharedData;
use solana_program_runtime::execution_budget::MIN_HEAP_FRAME_BYTES;
use solana_pubkey::Pubkey;
use solana_sdk_ids::{compute_budget, system_program};
use solana_svm_log_collector::LogCollector;

use crate::{
    genesis::TOKEN,
    run::{MAX_LOG_BYTES, Top},
};

/// How a program's log begins and ends, and whether it says what it consumed: the runtime's own
/// programs do not.
struct Program {
    key: Pubkey,
    begins: &'static str,
    ends: &'static str,
    consumes: Option<&'static str>,
}

/// Nobody can change these programs.
static PROGRAMS: [Program; 3] = [
    Program {
        key: system_program::ID,
        begins: "Program 11111111111111111111111111111111 invoke [1]",
        ends: "Program 11111111111111111111111111111111 success",
        consumes: None,
    },
    Program {
        key: TOKEN,
        begins: "Program TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA invoke [1]",
        ends: "Program TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA success",
        consumes: Some("Program TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA consumed "),
    },
    Program {
        key: compute_budget::ID,
        begins: "Program ComputeBudget111111111111111111111111111111 invoke [1]",
        ends: "Program ComputeBudget111111111111111111111111111111 success",
        consumes: None,
    },
];

fn find(key: &Pubkey) -> Option<&'static Program> {
    PROGRAMS.iter().find(|program| program.key == *key)
}

/// The log of quiet programs.
pub(crate) struct Quiet(LogCollector);

impl Quiet {
    /// An empty log, if all instructions are of quiet programs.
    pub(crate) fn of(
        accounts: &[(Pubkey, AccountSharedData)],
        instructions: &[Top<'_>],
        heap_bytes: u32,
    ) -> Option<Self> {
        // A larger heap costs compute units that are not among those consumed.
        if heap_bytes != MIN_HEAP_FRAME_BYTES {
            return None;
        }
        let is_quiet = instructions.iter().all(|top| {
            let account = accounts.get(usize::from(top.program));
            account.is_some_and(|(key, _)| find(key).is_some())
        });
        is_quiet.then(|| {
            Self(LogCollector {
                bytes_limit: Some(MAX_LOG_BYTES),
                ..LogCollector::default()
            })
        })
    }

    /// Notes that a program has succeeded, and what it used of so many compute units.
    pub(crate) fn note(&mut self, key: &Pubkey, used: u64, of: u64) {
        let Some(program) = find(key) else { return };
        self.0.log(program.begins);
        if let Some(consumes) = program.consumes {
            let line = format!("{consumes}{used} of {of} compute units");
            self.0.log(&line);
        }
        self.0.log(program.ends);
    }

    pub(crate) fn into_lines(self) -> Vec<String> {
        self.0.into_messages()
    }
}
