//! Account ids, transactions, blocks, receipts and events of the Lumio chain.
