//! Calls and what becomes of them.

use alloc::vec::Vec;
use alloy_primitives::{B256, Bytes, U256};
use lumio_types::{AccountId, VmId};

/// A call of a contract, from whichever VM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The VM on which the target lives.
    pub vm: VmId,
    /// The immediate caller: `msg.sender`, the `signer`, the signing account.
    pub caller: AccountId,
    /// The contract; for a [creation](CallKind::Create) nothing.
    pub target: AccountId,
    /// Whether a contract is called or made.
    pub kind: CallKind,
    /// Wei that go along.
    pub value_wei: U256,
    /// What the target's VM makes sense of.
    pub input: Bytes,
    /// Gas that the caller is willing to give, in EVM gas. The bus gives at
    /// most 63/64 of what the caller has left.
    pub gas: u64,
    /// Nothing may change. A call from a static call is static all the same.
    pub is_static: bool,
    /// What of the caller's VM waits for this call, in names of that VM. A call of that VM further
    /// in finds them in [`Host::waiting`](crate::Host::waiting).
    pub waiting: Vec<Waiting>,
}

/// What is asked of a VM.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CallKind {
    /// To run a contract.
    #[default]
    Call,
    /// To make a contract from the input, at the address that `CREATE2` gives it (EIP-1014).
    Create {
        /// The salt.
        salt: B256,
    },
}

/// A module or program that waits for a call, and whose state may be half changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// The VM on which it lives.
    pub vm: VmId,
    /// Its name there.
    pub name: Bytes,
    /// Whether it must not be entered again at all.
    pub is_locked: bool,
}

impl Call {
    /// A call of a contract that brings no value.
    pub fn new(vm: VmId, caller: AccountId, target: AccountId, input: Bytes, gas: u64) -> Self {
        Self {
            vm,
            caller,
            target,
            kind: CallKind::Call,
            value_wei: U256::ZERO,
            input,
            gas,
            is_static: false,
            waiting: Vec::new(),
        }
    }
}

/// How a call ended. Consensus data: every node sees the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Whether its effects stand.
    pub status: Status,
    /// What it returned, or the data of its revert.
    pub output: Bytes,
    /// EVM gas that it used, its own callees included.
    pub gas_used: u64,
    /// EVM gas that it freed by clearing storage. Negative where an earlier
    /// refund is taken back.
    pub gas_refund: i64,
}

/// The end of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Its effects stand.
    Success,
    /// It gave up; nothing that it did remains, and its unused gas is returned.
    Revert,
    /// Its gas did not suffice; nothing remains, gas included.
    OutOfGas,
    /// It broke a rule of its VM; nothing remains, gas included.
    Halt,
}

impl Outcome {
    /// A call that did nothing but give up, for a reason that its caller can
    /// read.
    pub fn revert(reason: impl Into<Bytes>, gas_used: u64) -> Self {
        Self {
            status: Status::Revert,
            output: reason.into(),
            gas_used,
            gas_refund: 0,
        }
    }

    /// The same, with a reason in Solidity's form.
    pub fn refusal(reason: &str) -> Self {
        Self::revert(crate::message::revert_reason(reason), 0)
    }

    /// Whether its effects stand.
    pub fn is_success(&self) -> bool {
        self.status == Status::Success
    }
}
