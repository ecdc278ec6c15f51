//! What the runtime asks of the chain while it runs.

use solana_precompile_error::PrecompileError;
use solana_pubkey::Pubkey;
use solana_svm_callback::InvokeContextCallback;

use crate::precompiles;

/// Answers the runtime's questions. Nobody has a stake on this chain.
#[derive(Debug)]
pub(crate) struct Context;

impl InvokeContextCallback for Context {
    fn is_precompile(&self, program: &Pubkey) -> bool {
        precompiles::is_precompile(program)
    }

    fn process_precompile(
        &self,
        program: &Pubkey,
        data: &[u8],
        instructions: Vec<&[u8]>,
    ) -> Result<(), PrecompileError> {
        precompiles::check(program, data, &instructions)
    }
}
