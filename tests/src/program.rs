//! Mock programs as EVM bytecode, so that the same steps run on the real EVM.

use alloy_primitives::{Address, Bytes, U256};
use lumio_types::{AccountId, VmId};
use lumio_vm_bus::mock::Step;

/// The EVM address behind which a program of another VM is reached.
pub fn gateway(target: AccountId) -> Address {
    let mut bytes = *target.evm_address();
    bytes[0] = 0xca;
    bytes[1] = 0x11;
    Address::from(bytes)
}

/// Straight-line bytecode that does what the steps say.
pub fn compile(steps: &[Step]) -> Bytes {
    let mut code = Code::default();
    for step in steps {
        match step {
            Step::Write(cell, value) => {
                code.push(U256::from(*value))
                    .push(U256::from(*cell))
                    .op(0x55);
            }
            Step::Emit(number) => {
                // MSTORE8 of each byte, then LOG0 of those eight.
                for (at, byte) in number.to_be_bytes().into_iter().enumerate() {
                    code.push(U256::from(byte)).push(U256::from(at)).op(0x53);
                }
                code.push(U256::from(8)).push(U256::ZERO).op(0xa0);
            }
            Step::Pay(payee, wei) => {
                code.call(payee.evm_address(), *wei, false)
                    .revert_if_failed();
            }
            Step::Call(call) => {
                let target = match call.vm {
                    VmId::Evm => call.target.evm_address(),
                    VmId::Move | VmId::Svm => gateway(call.target),
                };
                code.call(target, call.value_wei, call.is_static);
                if call.catch {
                    code.op(0x50);
                } else {
                    code.revert_if_failed();
                }
            }
            Step::Revert => {
                code.push(U256::ZERO).push(U256::ZERO).op(0xfd);
            }
            Step::Exhaust => {
                code.op(0xfe);
            }
        }
    }
    code.op(0x00);
    code.0.into()
}

/// Bytecode under construction.
#[derive(Default)]
pub struct Code(pub Vec<u8>);

impl Code {
    pub fn op(&mut self, opcode: u8) -> &mut Self {
        self.0.push(opcode);
        self
    }

    pub fn push(&mut self, word: U256) -> &mut Self {
        self.op(0x7f);
        self.0.extend_from_slice(&word.to_be_bytes::<32>());
        self
    }

    pub fn address(&mut self, address: Address) -> &mut Self {
        self.push(U256::from_be_slice(address.as_slice()))
    }

    /// Calls without input; leaves success on the stack.
    pub fn call(&mut self, target: Address, wei: U256, is_static: bool) -> &mut Self {
        for _ in 0..4 {
            self.push(U256::ZERO);
        }
        if !is_static {
            self.push(wei);
        }
        self.address(target)
            .op(0x5a)
            .op(if is_static { 0xfa } else { 0xf1 })
    }

    /// Reverts unless the word on the stack is true.
    pub fn revert_if_failed(&mut self) -> &mut Self {
        // PUSH32 + JUMPI + PUSH32 PUSH32 REVERT: the JUMPDEST behind them.
        let target = self.0.len() + 33 + 1 + 33 + 33 + 1;
        self.push(U256::from(target))
            .op(0x57)
            .push(U256::ZERO)
            .push(U256::ZERO)
            .op(0xfd)
            .op(0x5b)
    }
}
