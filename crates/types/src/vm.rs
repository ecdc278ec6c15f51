//! The names of the virtual machines.

use core::fmt;

/// A virtual machine of the chain.
///
/// Code that treats VMs differently matches on this without a wildcard, so
/// that a new one is a compile error wherever it must be thought of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum VmId {
    /// The Ethereum VM, with the OP stack's rules.
    Evm,
    /// The Move VM, in Aptos' flavour.
    Move,
    /// The Solana VM.
    Svm,
}

impl VmId {
    /// Every VM, in the order of their introduction.
    pub const ALL: [Self; 3] = [Self::Evm, Self::Move, Self::Svm];
}

impl fmt::Display for VmId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Evm => "EVM",
            Self::Move => "Move VM",
            Self::Svm => "Solana VM",
        })
    }
}
