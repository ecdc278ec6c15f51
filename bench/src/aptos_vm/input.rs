//! What the driver reads: calls, in the BCS that the peer's C interface takes.

use crate::move_chain::Call;
use alloy_primitives::keccak256;
use lumio_move_engine::{
    Address,
    bcs::{put_bytes, put_uleb},
};
use lumio_move_transaction::{Bcs as _, EntryFunction};

/// When everything happens, in seconds.
const TIME: u64 = 1_700_000_000;

/// Room for scripts and for modules that stay loaded, in bytes: the peer's own settings.
const CACHES: [u64; 2] = [100 << 20, 500 << 20];

/// An input as far as it is written.
pub(super) struct Input {
    bytes: Vec<u8>,
    calls: u64,
}

impl Input {
    /// Begins with the publication of modules at genesis, by which everybody may publish.
    pub(super) fn genesis(modules: &[Vec<u8>]) -> Self {
        let mut bundle = Vec::new();
        put_uleb(&mut bundle, modules.len() as u64);
        for module in modules {
            put_bytes(&mut bundle, module);
        }
        let mut input = Self {
            bytes: Vec::new(),
            calls: 0,
        };
        let mut settings = vec![0];
        for bytes in CACHES {
            settings.extend(bytes.to_le_bytes());
        }
        input.blob(&settings);
        input.environment();
        input.blob(&bundle);
        input.blob(&[0]);
        input
    }

    /// Announces so many calls, or questions.
    pub(super) fn calls(&mut self, count: usize) {
        self.bytes.extend((count as u64).to_le_bytes());
    }

    /// A call.
    pub(super) fn call(&mut self, sender: Address, call: Call) {
        self.environment();
        let mut senders = vec![1];
        senders.extend(sender.0);
        self.blob(&senders);
        self.blob(&function(call));
    }

    /// A call of a view function.
    pub(super) fn question(&mut self, call: Call) {
        self.environment();
        self.blob(&function(call));
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Height and time of the block, the next account's number, and hashes of transaction and session.
    fn environment(&mut self) {
        let hash = keccak256(self.calls.to_le_bytes());
        self.calls = self.calls.wrapping_add(1);
        let mut environment = Vec::new();
        for number in [1, TIME, 0] {
            environment.extend(u64::to_le_bytes(number));
        }
        environment.extend([hash, hash].concat());
        self.blob(&environment);
    }

    fn blob(&mut self, blob: &[u8]) {
        self.bytes.extend((blob.len() as u64).to_le_bytes());
        self.bytes.extend(blob);
    }
}

/// A function with its arguments, which are BCS and not JSON.
fn function(call: Call) -> Vec<u8> {
    let function = EntryFunction {
        module: call.module,
        function: call.function.into(),
        type_arguments: call.types,
        arguments: call.arguments,
    };
    let mut bytes = function.to_bytes();
    bytes.push(0);
    bytes
}
