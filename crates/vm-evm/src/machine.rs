//! revm's machine around a context.

use crate::{
    context::{EthContext, OpContext},
    precompiles::Precompiles,
};
use op_revm::OpEvm;
use revm::{
    context::{Evm as Revm, FrameStack},
    handler::{EthFrame, instructions::EthInstructions},
    interpreter::interpreter::EthInterpreter,
    primitives::hardfork::SpecId,
};

pub(crate) fn optimism_evm<'h, 'v, 'p, I>(
    context: OpContext<'h, 'v>,
    inspector: I,
    precompiles: Precompiles<'p>,
) -> OpEvm<OpContext<'h, 'v>, I, EthInstructions<EthInterpreter, OpContext<'h, 'v>>, Precompiles<'p>>
{
    let fork = context.cfg.spec.into_eth_spec();
    OpEvm(Revm {
        ctx: context,
        inspector,
        instruction: EthInstructions::new_mainnet_with_spec(fork),
        precompiles,
        frame_stack: FrameStack::new(),
    })
}

pub(crate) type PlainEvm<'h, 'v, 'p, I> = Revm<
    EthContext<'h, 'v>,
    I,
    EthInstructions<EthInterpreter, EthContext<'h, 'v>>,
    Precompiles<'p>,
    EthFrame<EthInterpreter>,
>;

pub(crate) fn ethereum_evm<'h, 'v, 'p, I>(
    context: EthContext<'h, 'v>,
    inspector: I,
    fork: SpecId,
    precompiles: Precompiles<'p>,
) -> PlainEvm<'h, 'v, 'p, I> {
    Revm {
        ctx: context,
        inspector,
        instruction: EthInstructions::new_mainnet_with_spec(fork),
        precompiles,
        frame_stack: FrameStack::new(),
    }
}
