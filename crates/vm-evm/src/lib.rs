//! The EVM (revm with OP-stack rules) behind the seam.
