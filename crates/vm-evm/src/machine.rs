//! revm's machine around a context.

use crate::{
    context::{EthContext, OpContext},
    instructions::Instructions,
    journal::EvmJournal,
    precompiles::Precompiles,
    workspace::Workspace,
};
use op_revm::OpEvm;
use revm::{
    Database,
    context::{Context, Evm as Revm, FrameStack},
    context_interface::journaled_state::JournalTr,
    handler::EthFrame,
    interpreter::interpreter::EthInterpreter,
    primitives::hardfork::SpecId,
};

pub(crate) fn optimism_evm<'h, 'v, 'p, I>(
    context: OpContext<'h, 'v>,
    inspector: I,
    (precompiles, frames): (Precompiles<'p>, FrameStack<EthFrame>),
) -> OpEvm<OpContext<'h, 'v>, I, Instructions<OpContext<'h, 'v>>, Precompiles<'p>> {
    let fork = context.cfg.spec.into_eth_spec();
    OpEvm(Revm {
        ctx: context,
        inspector,
        instruction: Instructions::of(fork),
        precompiles,
        frame_stack: frames,
    })
}

pub(crate) type PlainEvm<'h, 'v, 'p, I> = Revm<
    EthContext<'h, 'v>,
    I,
    Instructions<EthContext<'h, 'v>>,
    Precompiles<'p>,
    EthFrame<EthInterpreter>,
>;

pub(crate) fn ethereum_evm<'h, 'v, 'p, I>(
    context: EthContext<'h, 'v>,
    inspector: I,
    fork: SpecId,
    (precompiles, frames): (Precompiles<'p>, FrameStack<EthFrame>),
) -> PlainEvm<'h, 'v, 'p, I> {
    Revm {
        ctx: context,
        inspector,
        instruction: Instructions::of(fork),
        precompiles,
        frame_stack: frames,
    }
}

/// What a machine of either kind works on.
type Surroundings<'h, 'v, B, T, F, D, C> = Context<B, T, F, D, EvmJournal<'h, 'v>, C>;
/// A machine of either kind.
type Machine<S, I, N, P> = Revm<S, I, N, P, EthFrame>;

/// Keeps what a run has worked in, now that it is over.
pub(crate) fn give_back<'h, 'v, B, T, F, D, C, I, N, P>(
    evm: Machine<Surroundings<'h, 'v, B, T, F, D, C>, I, N, P>,
) where
    D: Database,
    EvmJournal<'h, 'v>: JournalTr<Database = D>,
{
    let frames = evm.ctx.journaled_state.deepest;
    Workspace {
        frames: evm.frame_stack,
        memory: evm.ctx.local.shared_memory_buffer,
    }
    .give_back(frames);
}
