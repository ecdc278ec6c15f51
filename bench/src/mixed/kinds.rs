//! What the transactions of a mixed load do, and in which order they come.

/// A kind of transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// ETH to a new address.
    Transfer,
    /// ERC-20 units to a new holder.
    Erc20,
    /// A contract calls a Move function.
    EvmToMove,
    /// An EVM account has a Solana program act for it.
    EvmToSolana,
    /// ETH as a coin, between Move's users.
    Coin,
    /// An issued fungible asset.
    Asset,
    /// A Move function sends ERC-20 units of its caller.
    MoveToEvm,
    /// SOL between Solana's users.
    Sol,
    /// SPL tokens between them.
    Spl,
}

/// A server of the node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Door {
    /// Ethereum's JSON-RPC.
    Eth,
    /// Aptos' REST API.
    Aptos,
    /// Solana's JSON-RPC.
    Solana,
}

impl Door {
    pub(super) const ALL: [Self; 3] = [Self::Eth, Self::Aptos, Self::Solana];
}

/// Of fifty transactions, how many are of each kind: 40 % EVM, 40 % Move, 20 % Solana, and of all
/// a tenth cross from one machine into another.
pub(super) const SHARES: [(Kind, i32); 9] = [
    (Kind::Transfer, 8),
    (Kind::Erc20, 9),
    (Kind::EvmToMove, 2),
    (Kind::EvmToSolana, 1),
    (Kind::Coin, 9),
    (Kind::Asset, 9),
    (Kind::MoveToEvm, 2),
    (Kind::Sol, 5),
    (Kind::Spl, 5),
];

impl Kind {
    /// As reports name it.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Transfer => "evm-transfer",
            Self::Erc20 => "evm-erc20",
            Self::EvmToMove => "evm-to-move",
            Self::EvmToSolana => "evm-to-solana",
            Self::Coin => "move-coin",
            Self::Asset => "move-fa",
            Self::MoveToEvm => "move-to-evm",
            Self::Sol => "solana-sol",
            Self::Spl => "solana-spl",
        }
    }

    /// By which server it comes in.
    pub(super) const fn door(self) -> Door {
        match self {
            Self::Transfer | Self::Erc20 | Self::EvmToMove | Self::EvmToSolana => Door::Eth,
            Self::Coin | Self::Asset | Self::MoveToEvm => Door::Aptos,
            Self::Sol | Self::Spl => Door::Solana,
        }
    }
}

/// The kinds of so many transactions, as evenly spread as their shares allow: whoever has waited
/// longest for its share is next.
pub(super) fn sequence(count: usize) -> Vec<Kind> {
    let total: i32 = SHARES.iter().map(|(_, share)| share).sum();
    let mut credits = SHARES;
    credits.iter_mut().for_each(|(_, credit)| *credit = 0);
    let mut kinds = Vec::with_capacity(count);
    for _ in 0..count {
        for ((_, credit), (_, share)) in credits.iter_mut().zip(SHARES) {
            *credit = credit.saturating_add(share);
        }
        if let Some((kind, credit)) = credits.iter_mut().max_by_key(|(_, credit)| *credit) {
            *credit = credit.saturating_sub(total);
            kinds.push(*kind);
        }
    }
    kinds
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fifty_have_the_shares() {
        let kinds = sequence(150);
        for fifty in kinds.chunks(50) {
            for (kind, share) in SHARES {
                let found = fifty.iter().filter(|it| **it == kind).count();
                assert_eq!(i32::try_from(found), Ok(share), "{}", kind.name());
            }
        }
    }
}
