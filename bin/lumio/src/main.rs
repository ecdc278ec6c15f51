//! The `lumio` command.
fn main() {}
