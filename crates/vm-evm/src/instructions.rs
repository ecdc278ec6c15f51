//! The table of the EVM's instructions, made as this is compiled: to make it takes as long as a good
//! part of a transfer.

use core::marker::PhantomData;
use revm::{
    bytecode::opcode::{
        BALANCE, CALL, CALLCODE, DELEGATECALL, EXTCODECOPY, EXTCODEHASH, EXTCODESIZE, SELFDESTRUCT,
        SLOAD, STATICCALL,
    },
    handler::instructions::{EthInstructions, InstructionProvider},
    interpreter::{
        Host, Instruction, InstructionTable, instruction_table,
        instructions::{contract, gas::WARM_STORAGE_READ_COST as WARM, host},
        interpreter::EthInterpreter,
    },
    primitives::hardfork::SpecId,
};

/// EIP-150.
const SELFDESTRUCT_GAS: u64 = 5_000;

/// The instructions of a fork.
#[derive(Debug)]
pub(crate) enum Instructions<C: Host> {
    /// Since then each fork has the same static gas.
    SinceBerlin(PhantomData<fn(&mut C)>),
    /// Which only state tests use.
    Older(EthInstructions<EthInterpreter, C>),
}

impl<C: Host> Instructions<C> {
    pub(crate) fn of(fork: SpecId) -> Self {
        match fork.is_enabled_in(SpecId::BERLIN) {
            true => Self::SinceBerlin(PhantomData),
            false => Self::Older(EthInstructions::new_mainnet_with_spec(fork)),
        }
    }
}

impl<C: Host> InstructionProvider for Instructions<C> {
    type Context = C;
    type InterpreterTypes = EthInterpreter;

    fn instruction_table(&self) -> &InstructionTable<EthInterpreter, C> {
        match self {
            Self::SinceBerlin(_) => SinceBerlin::<'_, C>::TABLE,
            Self::Older(instructions) => instructions.instruction_table(),
        }
    }
}

/// A constant of a type that lives no longer than its context.
struct SinceBerlin<'a, C>(PhantomData<&'a C>);

impl<'a, C: Host + 'a> SinceBerlin<'a, C> {
    const TABLE: &'a InstructionTable<EthInterpreter, C> = &since_berlin();
}

/// The first table of all, and what EIPs 150, 1884 and 2929 have made of its prices.
const fn since_berlin<C: Host>() -> InstructionTable<EthInterpreter, C> {
    let mut table = instruction_table();
    table[SLOAD as usize] = Instruction::new(host::sload, WARM);
    table[BALANCE as usize] = Instruction::new(host::balance, WARM);
    table[EXTCODESIZE as usize] = Instruction::new(host::extcodesize, WARM);
    table[EXTCODEHASH as usize] = Instruction::new(host::extcodehash, WARM);
    table[EXTCODECOPY as usize] = Instruction::new(host::extcodecopy, WARM);
    table[CALL as usize] = Instruction::new(contract::call, WARM);
    table[CALLCODE as usize] = Instruction::new(contract::call_code, WARM);
    table[DELEGATECALL as usize] = Instruction::new(contract::delegate_call, WARM);
    table[STATICCALL as usize] = Instruction::new(contract::static_call, WARM);
    table[SELFDESTRUCT as usize] = Instruction::new(host::selfdestruct, SELFDESTRUCT_GAS);
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use revm::interpreter::{host::DummyHost, instructions::instruction_table_gas_changes_spec};

    #[test]
    fn prices_are_those_of_every_fork_since_berlin() {
        let forks = (0..=u8::MAX).filter_map(SpecId::try_from_u8);
        let mut compared = 0;
        for fork in forks.filter(|fork| fork.is_enabled_in(SpecId::BERLIN)) {
            let theirs = instruction_table_gas_changes_spec::<EthInterpreter, DummyHost>(fork);
            let ours = Instructions::<DummyHost>::of(fork);
            assert!(matches!(ours, Instructions::SinceBerlin(_)), "{fork:?}");
            let pairs = ours.instruction_table().iter().zip(&theirs);
            for (opcode, (ours, theirs)) in pairs.enumerate() {
                assert_eq!(
                    ours.static_gas(),
                    theirs.static_gas(),
                    "{fork:?} {opcode:#x}"
                );
            }
            compared += 1;
        }
        assert!(compared > 5);
    }
}
