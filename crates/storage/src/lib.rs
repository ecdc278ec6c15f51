//! The embedded database: state, blocks, receipts and indexes, one durable commit for each block.
