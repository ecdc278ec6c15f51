//! Which rules the EVM follows.

use op_revm::OpSpecId;
use revm::primitives::hardfork::SpecId;

/// A hard fork of the OP stack, or of Ethereum itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rules {
    /// Deposits, fees to vaults, the L1 data fee.
    Optimism(OpSpecId),
    /// Plain Ethereum, as the state tests want it.
    Ethereum(SpecId),
}

impl Rules {
    /// The newest fork that op-revm and revm both know as final: the OP
    /// stack's Karst, which is Ethereum's Osaka.
    pub const NEWEST: Self = Self::Optimism(OpSpecId::KARST);

    /// The fork in Ethereum's terms.
    pub const fn ethereum_fork(self) -> SpecId {
        match self {
            Self::Optimism(fork) => fork.into_eth_spec(),
            Self::Ethereum(fork) => fork,
        }
    }

    /// Whether empty accounts are cleared (EIP-161).
    pub const fn clears_empty_accounts(self) -> bool {
        self.ethereum_fork().is_enabled_in(SpecId::SPURIOUS_DRAGON)
    }
}
