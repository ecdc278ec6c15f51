//! The `bench` command: reproducible measurements, in layers, beside peers.

mod aptos_vm;
mod cli;
mod contracts;
mod crash;
mod document;
mod everyone;
mod fees;
mod http;
mod layer_a;
mod layer_a_cross;
mod layer_a_move;
mod layer_a_parallel;
mod layer_a_svm;
mod layer_b;
mod layer_c;
mod layer_c_move;
mod layer_d;
mod load;
mod mixed;
mod move_chain;
mod move_gas;
mod move_publish;
mod report;
mod server;
mod setup;
mod signer;
mod simulate;
mod svm_chain;
mod workload;

/// That of the program itself.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> anyhow::Result<()> {
    <cli::Cli as clap::Parser>::parse().run()
}
