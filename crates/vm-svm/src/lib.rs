//! The Solana VM on the chain: Anza's runtime over the one journal.
