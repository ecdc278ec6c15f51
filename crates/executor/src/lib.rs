//! Runs one transaction or one block as a pure function of state and block.
