//! Mempool, block production and configuration: wires storage, execution and servers together.
