//! Scripts, and their bytes.

use super::{is_solana, solana, vm_of};
use alloy_primitives::B256;
use lumio_types::{AccountId, VmId};

/// What an actor does when it is called.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frame {
    pub actor: u8,
    /// It emits nothing of its own accord.
    pub quiet: bool,
    /// An actor of Move reads its cells, which it cannot while it waits for another VM.
    pub keeps_state: bool,
    /// An actor of Move or Solana acts as its own account, and else as its caller.
    pub is_itself: bool,
    /// Which cells and balances it looks at.
    pub seed: u8,
    pub steps: Vec<Step>,
}

/// Cells have the numbers 0 to 3. An actor of Move has two in a resource and two in a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    Write(u8, u8),
    /// Fails if there were more than 64 bits.
    Add(u8, u8),
    Mark(u8),
    /// Octas for an account with a number.
    Pay(u8, u8),
    /// Octas for any account.
    Give(AccountId, u8),
    Call(Mode, Frame),
    Queue(Frame),
    /// By CREATE2, with a salt and a value.
    Create(B256, u8),
    /// Calls an account without input.
    Poke(AccountId),
    Fail(u8),
    Burn,
    /// SELFDESTRUCT in favour of an account.
    Destroy(u8),
    /// Emits what the queue emits.
    Forge(Frame),
    /// DELEGATECALL of `0x42…FE`.
    Delegate(Frame),
}

/// How a call is made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mode {
    pub catches: bool,
    pub is_static: bool,
    /// The other of two ways that must come to the same.
    pub raw: bool,
    /// A resource of the calling module is borrowed meanwhile.
    pub borrows: bool,
    /// The callee gets a little gas only.
    pub limited: bool,
    /// The callee gets too little gas.
    pub starved: bool,
    /// A call of Solana names accounts that may not be written.
    pub narrow: bool,
    /// In a third of an octa, or three lamports.
    pub value: u8,
}

impl Mode {
    pub(super) fn byte(self) -> u8 {
        let flags = [
            self.catches,
            self.is_static,
            self.raw,
            self.borrows,
            self.limited,
            self.starved,
            self.narrow,
        ];
        let bits = flags.iter().enumerate();
        bits.map(|(bit, is_set)| u8::from(*is_set) << bit).sum()
    }
}

/// How a transaction begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Root {
    /// An Ethereum transaction that calls an actor of the EVM.
    Evm(Frame, u8),
    /// One that calls `0x42…FE` by itself.
    CrossVm(Frame),
    /// A Move transaction.
    Move(Frame),
    /// A Solana transaction.
    Solana(Frame),
}

impl Root {
    pub const fn frame(&self) -> &Frame {
        match self {
            Self::Evm(frame, _) | Self::CrossVm(frame) => frame,
            Self::Move(frame) | Self::Solana(frame) => frame,
        }
    }
}

impl Frame {
    pub fn encode(&self) -> Vec<u8> {
        let flags = [self.quiet, self.keeps_state, self.is_itself];
        let flags = flags.iter().enumerate();
        let flags = flags.map(|(bit, is_set)| u8::from(*is_set) << bit).sum();
        let mut script = vec![flags];
        if is_solana(self.actor) {
            script.push(solana::place(self.actor));
        }
        script.push(self.seed);
        for step in &self.steps {
            step.encode(vm_of(self.actor), &mut script);
        }
        script
    }

    /// How many frames there are, this one included.
    pub fn count(&self) -> usize {
        let inner = self.steps.iter().map(|step| match step {
            Step::Call(_, frame) | Step::Queue(frame) => frame.count(),
            _ => 0,
        });
        1 + inner.sum::<usize>()
    }

    pub const fn vm(&self) -> VmId {
        vm_of(self.actor)
    }
}

impl Step {
    fn encode(&self, vm: VmId, script: &mut Vec<u8>) {
        match self {
            Self::Write(key, value) => script.extend([1, *key, *value]),
            Self::Add(key, value) => script.extend([2, *key, *value]),
            Self::Mark(number) => script.extend([3, *number]),
            Self::Pay(to, octas) => script.extend([4, *to, *octas]),
            Self::Give(to, octas) => {
                script.push(5);
                script.extend(to.0);
                script.push(*octas);
            }
            Self::Call(mode, frame) => {
                script.extend([6, mode.byte(), frame.actor, mode.value]);
                match vm == VmId::Svm && frame.vm() != VmId::Svm {
                    true => sized(script, &solana::crossing(*mode, frame)),
                    false => sized(script, &frame.encode()),
                }
            }
            Self::Queue(frame) => {
                script.extend([7, frame.actor]);
                match vm {
                    VmId::Evm | VmId::Move => sized(script, &frame.encode()),
                    VmId::Svm => sized(script, &solana::queueing(frame)),
                }
            }
            Self::Create(salt, value) => {
                script.push(8);
                script.extend(salt);
                script.push(*value);
            }
            Self::Poke(to) => {
                script.push(9);
                match vm {
                    VmId::Evm | VmId::Move => script.extend(to.0),
                    VmId::Svm => sized(script, &solana::poke(*to)),
                }
            }
            Self::Fail(code) => script.extend([10, *code]),
            Self::Burn => script.push(11),
            Self::Destroy(heir) => script.extend([12, *heir]),
            Self::Forge(frame) => {
                script.extend([13, frame.actor]);
                sized(script, &frame.encode());
            }
            Self::Delegate(frame) => {
                script.extend([14, frame.actor]);
                sized(script, &frame.encode());
            }
        }
    }
}

/// Bytes after their length.
fn sized(script: &mut Vec<u8>, bytes: &[u8]) {
    script.extend(u16::try_from(bytes.len()).unwrap().to_be_bytes());
    script.extend(bytes);
}
