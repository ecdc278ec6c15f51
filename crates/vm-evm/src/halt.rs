//! Why the EVM stopped, by the names that clients know.

use alloc::{format, string::String};
use lumio_vm_bus::Status;
use revm::context_interface::result::HaltReason;

/// Halt reasons, by the names that clients know.
pub(crate) trait HaltName {
    fn name(&self) -> (Status, String);
}

impl HaltName for HaltReason {
    fn name(&self) -> (Status, String) {
        match self {
            Self::OutOfGas(_) => (Status::OutOfGas, "out of gas".into()),
            Self::OpcodeNotFound | Self::NotActivated => (Status::Halt, "invalid opcode".into()),
            Self::InvalidFEOpcode => (Status::Halt, "invalid opcode: INVALID".into()),
            Self::InvalidJump => (Status::Halt, "invalid jump destination".into()),
            Self::StackUnderflow => (Status::Halt, "stack underflow".into()),
            Self::StackOverflow => (Status::Halt, "stack limit reached 1024 (1023)".into()),
            Self::OutOfOffset => (Status::Halt, "return data out of bounds".into()),
            Self::CreateCollision => (Status::Halt, "contract address collision".into()),
            Self::NonceOverflow => (Status::Halt, "nonce uint64 overflow".into()),
            Self::CreateContractSizeLimit => (Status::Halt, "max code size exceeded".into()),
            Self::CreateContractStartingWithEF => (
                Status::Halt,
                "invalid code: must not begin with 0xef".into(),
            ),
            Self::StateChangeDuringStaticCall | Self::CallNotAllowedInsideStatic => {
                (Status::Halt, "write protection".into())
            }
            Self::CallTooDeep => (Status::Halt, "max call depth exceeded".into()),
            Self::OutOfFunds => (Status::Halt, "insufficient balance for transfer".into()),
            other => (Status::Halt, format!("{other:?}")),
        }
    }
}

impl HaltName for op_revm::OpHaltReason {
    fn name(&self) -> (Status, String) {
        match self {
            Self::Base(reason) => reason.name(),
            Self::FailedDeposit => (Status::Halt, "the deposit failed".into()),
        }
    }
}
