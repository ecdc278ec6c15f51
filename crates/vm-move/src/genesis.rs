//! Block 0: the framework's modules, and what its `genesis` module makes.

use alloc::{
    string::{String, ToString},
    vec,
    vec::Vec,
};
use lumio_framework::PACKAGES;
use lumio_move_engine::{
    Address, Gas, PublishOptions,
    bcs::{put_bytes, put_uleb},
};
use lumio_state::Fault;
use lumio_vm_bus::Host;

use crate::{Context, MoveVm, TransactionFacts, machine::Stop, prices};

/// Genesis that did not come about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GenesisError {
    /// The framework failed.
    Framework(String),
    /// The machinery failed.
    Fault(Fault),
}

impl From<Stop> for GenesisError {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Code(error) => Self::Framework(error.to_string()),
            Stop::Fault(fault) => Self::Fault(fault),
        }
    }
}

/// Length of an epoch, in microseconds: two hours. Nothing but numbers depends on it.
const EPOCH: u64 = 7_200_000_000;
/// The upgrade policy of the framework's packages: compatible.
const COMPATIBLE: u8 = 1;

impl MoveVm {
    /// Publishes the framework and runs its genesis. The changes stay in the host's journal.
    ///
    /// # Errors
    /// When the framework does not fit the machine.
    pub fn genesis<'v>(&self, bus: &mut dyn Host<'v>) -> Result<(), GenesisError> {
        let mut context = Context::new(TransactionFacts {
            chain_id: self.chain_id(),
            ..TransactionFacts::default()
        });
        for package in PACKAGES {
            let modules: Vec<Vec<u8>> = package.modules.iter().map(|(_, m)| m.to_vec()).collect();
            self.run(bus, &mut context, &mut Gas::unlimited(), |session, _| {
                session.publish(&modules, &PublishOptions::default())
            })?;
        }
        let mut call = |function: (&str, &str), arguments: &[Vec<u8>]| {
            self.call_framework(bus, &mut context, function, arguments)
        };
        let mut schedule = Vec::new();
        put_bytes(&mut schedule, &prices::named());
        call(
            ("genesis", "initialize"),
            &[
                schedule,
                vec![self.chain_id()],
                1_u64.to_le_bytes().to_vec(),
                EPOCH.to_le_bytes().to_vec(),
            ],
        )?;
        call(("genesis", "initialize_aptos_coin"), &[])?;
        for package in PACKAGES {
            let owner = owner(package.folder).0.to_vec();
            let framework = Address::ONE.0.to_vec();
            call(
                ("code", "initialize"),
                &[framework, owner, metadata(package)],
            )?;
        }
        call(("genesis", "set_genesis_end"), &[])?;
        Ok(())
    }

    /// Runs the block prologue: time, height, randomness. Does nothing on a chain without the
    /// framework.
    ///
    /// # Errors
    /// A fault; and a failure of the framework as one, because no block can do without it.
    pub fn begin_block<'v>(&self, bus: &mut dyn Host<'v>) -> Result<(), Fault> {
        if bus.journal().read(&crate::host::epoch_key())?.is_none() {
            return Ok(());
        }
        let block = bus.env().block.clone();
        let mut context = Context::new(TransactionFacts {
            chain_id: self.chain_id(),
            hash: block.parent_hash.0,
            ..TransactionFacts::default()
        });
        let microseconds = block.timestamp.saturating_mul(1_000_000);
        let mut proposer = [0; 32];
        proposer[12..].copy_from_slice(block.beneficiary.as_slice());
        if proposer == [0; 32] {
            proposer[31] = 1;
        }
        let mut seed = vec![1];
        put_bytes(&mut seed, block.prev_randao.as_slice());
        let arguments = [
            Address([0; 32]).0.to_vec(),
            block.parent_hash.0.to_vec(),
            1_u64.to_le_bytes().to_vec(),
            block.number.to_le_bytes().to_vec(),
            proposer.to_vec(),
            vec![0],
            vec![0],
            microseconds.to_le_bytes().to_vec(),
            seed,
        ];
        let function = ("block", "block_prologue_ext");
        match self.call_framework(bus, &mut context, function, &arguments) {
            Ok(()) => Ok(()),
            Err(Stop::Fault(fault)) => Err(fault),
            Err(Stop::Code(error)) => Err(Fault::Bug(alloc::format!(
                "the block prologue failed: {error}"
            ))),
        }
    }
}

/// Whose account a package's modules are in.
fn owner(folder: &str) -> Address {
    Address::small(match folder {
        "aptos-token" => 3,
        "aptos-token-objects" => 4,
        "large-packages" => 7,
        _ => 1,
    })
}

/// The BCS of a package's `PackageMetadata`, without sources.
fn metadata(package: &lumio_framework::Package) -> Vec<u8> {
    let mut bytes = Vec::new();
    put_bytes(&mut bytes, package.name.as_bytes());
    bytes.push(COMPATIBLE);
    bytes.extend(0_u64.to_le_bytes());
    put_bytes(&mut bytes, b"");
    put_bytes(&mut bytes, b"");
    put_uleb(&mut bytes, package.modules.len() as u64);
    for (name, _) in package.modules {
        put_bytes(&mut bytes, name.as_bytes());
        // No source, no source map, no extension.
        bytes.extend([0, 0, 0]);
    }
    // No dependencies, no extension.
    bytes.extend([0, 0]);
    bytes
}
