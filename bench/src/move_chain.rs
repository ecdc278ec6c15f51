//! A chain with Move in memory, its users, and the package that benchmarks publish.

use crate::{
    contracts::{runtime_code, system_code},
    layer_a::block_context,
    signer::CHAIN_ID,
};
use alloy_consensus::{SignableTransaction, TxLegacy};
use alloy_primitives::{Address as EvmAddress, B256, Bytes, TxKind, U256, address, keccak256};
use anyhow::{Context as _, Result, anyhow, bail, ensure};
use ed25519_dalek::{Signer as _, SigningKey};
use lumio_executor::{BlockContext, ChainSpec, Executed, Executor, OpSpecId, Rules};
use lumio_move_compiler::{
    Options, compile,
    package::{LoadOptions, Package, ShippedPackage},
};
use lumio_move_engine::{
    Address, ModuleId, TypeTag,
    bcs::{put_bytes, put_uleb},
};
use lumio_move_transaction::{
    Bcs, Ed25519PublicKey, Ed25519Signature, EntryFunction, RawTransaction, SignedTransaction,
    TransactionAuthenticator, TransactionPayload,
};
use lumio_state::{AccountRecord, EmptyView, Overlay, StateKey, Value};
use lumio_types::{AccountId, Envelope, MOVE_MAGIC, Transaction, sign_carrier};
use lumio_vm_evm::CROSS_VM_ADDRESS;
use lumio_vm_move::GAS_PER_UNIT;
use std::{path::Path, sync::OnceLock};

const MOVE_CHAIN_ID: u8 = 4;
/// Octas for a gas unit: what the block's base fee asks for, and some more.
const GAS_PRICE: u64 = 100;
/// Wei that each user starts with.
const FUNDS: u128 = 100_000_000_000_000_000_000_000_000;
/// The name of the package that is published.
const PACKAGE: &str = "Bench";
/// Where the contract is that calls Move.
pub(crate) const ROUND_TRIP: EvmAddress = address!("00000000000000000000000000000000c0de0001");

/// A Move account with its key.
#[derive(Debug, Clone)]
pub(crate) struct MoveUser {
    key: SigningKey,
    pub(crate) address: Address,
    next: u64,
}

/// A call of an entry function.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) module: ModuleId,
    pub(crate) function: &'static str,
    pub(crate) types: Vec<TypeTag>,
    pub(crate) arguments: Vec<Vec<u8>>,
}

/// A transaction as it comes, and after its signatures were checked.
#[derive(Debug, Clone)]
pub(crate) struct Carrier {
    /// The Move transaction's BCS.
    pub(crate) signed: Vec<u8>,
    /// The Move transaction's hash.
    pub(crate) hash: B256,
    pub(crate) raw: Bytes,
    pub(crate) transaction: Transaction,
}

impl MoveUser {
    /// The user number `index` of a group.
    pub(crate) fn new(group: &str, index: usize) -> Self {
        let seed = keccak256(format!("lumio-bench/move/{group}/{index}"));
        let key = SigningKey::from_bytes(&seed.0);
        let public = Ed25519PublicKey(key.verifying_key().to_bytes());
        Self {
            address: Address(public.authentication_key()),
            key,
            next: 0,
        }
    }

    /// Signs a call with the next sequence number, and puts it into a carrier.
    pub(crate) fn call(&mut self, call: Call, max_gas_amount: u64) -> Result<Carrier> {
        let raw = RawTransaction {
            sender: self.address,
            sequence_number: self.next,
            payload: TransactionPayload::EntryFunction(EntryFunction {
                module: call.module,
                function: call.function.into(),
                type_arguments: call.types,
                arguments: call.arguments,
            }),
            max_gas_amount,
            gas_unit_price: GAS_PRICE,
            expiration_timestamp_secs: u64::MAX / 1_000_000,
            chain_id: MOVE_CHAIN_ID,
        };
        self.next = self.next.saturating_add(1);
        let signature = self.key.sign(&raw.signing_message());
        let signed = SignedTransaction {
            raw,
            authenticator: TransactionAuthenticator::Ed25519 {
                key: Ed25519PublicKey(self.key.verifying_key().to_bytes()),
                signature: Ed25519Signature(signature.to_bytes()),
            },
        };
        let tx = TxLegacy {
            chain_id: Some(CHAIN_ID),
            // As a node does, if its blocks have as much.
            gas_limit: max_gas_amount.saturating_mul(GAS_PER_UNIT),
            to: TxKind::Create,
            input: [MOVE_MAGIC.as_slice(), &signed.to_bytes()].concat().into(),
            ..TxLegacy::default()
        };
        let signature = sign_carrier(tx.signature_hash());
        let envelope = Envelope::Legacy(tx.into_signed(signature));
        let raw = Bytes::from(alloy_eips::eip2718::Encodable2718::encoded_2718(&envelope));
        Ok(Carrier {
            hash: signed.hash().into(),
            signed: signed.to_bytes(),
            transaction: Transaction::decode_signed(&raw)?,
            raw,
        })
    }
}

/// A call of a function of the framework.
pub(crate) fn framework(
    module: &str,
    function: &'static str,
    types: Vec<TypeTag>,
    arguments: Vec<Vec<u8>>,
) -> Call {
    Call {
        module: ModuleId::new(Address::ONE, module),
        function,
        types,
        arguments,
    }
}

/// A chain with Move, of which everything is in memory.
pub(crate) struct MoveChain {
    pub(crate) executor: Executor,
    pub(crate) block: BlockContext,
    pub(crate) state: Overlay<EmptyView>,
    /// Who publishes.
    pub(crate) owner: MoveUser,
}

impl MoveChain {
    /// A chain after genesis and the start of a block.
    pub(crate) fn new() -> Result<Self> {
        Self::begin(false)
    }

    /// The same with the Solana VM beside Move.
    pub(crate) fn with_solana() -> Result<Self> {
        Self::begin(true)
    }

    fn begin(has_svm: bool) -> Result<Self> {
        let executor = Executor::new(ChainSpec {
            chain_id: CHAIN_ID,
            rules: Rules::Optimism(OpSpecId::KARST),
            move_chain_id: Some(MOVE_CHAIN_ID),
            has_svm,
        });
        let block = block_context();
        let genesis = BlockContext {
            number: 0,
            timestamp: 0,
            ..block.clone()
        };
        let mut state = Overlay::new(EmptyView);
        let made = executor.move_genesis(&state, &genesis)?;
        state.apply(made.writes);
        let made = executor.solana_genesis(&state, &genesis)?;
        state.apply(made.writes);
        let writes = executor.begin_block(&state, &block)?;
        state.apply(writes);
        let mut chain = Self {
            executor,
            block,
            state,
            owner: MoveUser::new("owner", 0),
        };
        chain.fund(chain.owner.address);
        Ok(chain)
    }

    /// The EVM address under which the ledger keeps an account's ETH.
    pub(crate) fn ledger(owner: Address) -> EvmAddress {
        AccountId(owner.0.into()).evm_address()
    }

    /// Gives an account ETH.
    pub(crate) fn fund(&mut self, owner: Address) {
        let key = StateKey::Balance(Self::ledger(owner));
        let wei = Value::word(U256::from(FUNDS));
        self.state.apply([(key, Some(wei))]);
    }

    /// Runs a transaction and keeps what it changes.
    pub(crate) fn run(&mut self, transaction: &Transaction) -> Result<Executed> {
        let mut executed = self
            .executor
            .execute(&self.state, &self.block, transaction)?;
        ensure!(executed.success, "failed: {:?}", executed.halt);
        self.state.apply(std::mem::take(&mut executed.writes));
        Ok(executed)
    }

    /// Puts the contract there that calls Move, and the one through which it does.
    ///
    /// # Errors
    /// When an artefact is missing or malformed.
    pub(crate) fn install_round_trip(&mut self) -> Result<EvmAddress> {
        self.install(CROSS_VM_ADDRESS, system_code("CrossVM")?);
        self.install(ROUND_TRIP, runtime_code("RoundTrip")?);
        Ok(ROUND_TRIP)
    }

    /// Puts a contract somewhere.
    fn install(&mut self, at: EvmAddress, code: Bytes) {
        let code_hash = keccak256(&code);
        let record = AccountRecord {
            nonce: 1,
            code_hash,
        };
        let writes = [
            (StateKey::EvmAccount(at), Some(record.encode())),
            (StateKey::EvmCode(code_hash), Some(Value::from(code))),
        ];
        self.state.apply(writes);
    }

    /// Publishes the benchmarks' package.
    pub(crate) fn publish(&mut self) -> Result<Executed> {
        let modules = compiled(self.owner.address)?;
        let call = publication(&modules);
        let carrier = self.owner.call(call, 2_000_000)?;
        self.run(&carrier.transaction)
    }
}

/// The call that publishes modules, under the name of the benchmarks' package.
pub(crate) fn publication(modules: &[(String, Vec<u8>)]) -> Call {
    let mut metadata = Vec::new();
    put_bytes(&mut metadata, PACKAGE.as_bytes());
    // The upgrade policy: compatible. Then the number of upgrades.
    metadata.push(1);
    metadata.extend(0_u64.to_le_bytes());
    put_bytes(&mut metadata, b"");
    put_bytes(&mut metadata, b"");
    put_uleb(&mut metadata, modules.len() as u64);
    let mut code = Vec::new();
    put_uleb(&mut code, modules.len() as u64);
    for (name, bytes) in modules {
        put_bytes(&mut metadata, name.as_bytes());
        metadata.extend([0, 0, 0]);
        put_bytes(&mut code, bytes);
    }
    metadata.extend([0, 0]);
    let mut argument = Vec::new();
    put_bytes(&mut argument, &metadata);
    framework("code", "publish_package_txn", vec![], vec![argument, code])
}

/// For which the benchmarks' modules are compiled, once: a name that occurs nowhere else.
const PLACE: Address = Address(*b"lumio-bench: where the package i");

/// The benchmarks' modules, for an account.
///
/// # Errors
/// When they do not compile.
pub(crate) fn compiled(owner: Address) -> Result<Vec<(String, Vec<u8>)>> {
    type Modules = Vec<(String, Vec<u8>)>;
    static ONCE: OnceLock<Result<Modules, String>> = OnceLock::new();
    let modules = ONCE.get_or_init(|| compile_at(PLACE).map_err(|error| format!("{error:#}")));
    let modules = modules.as_ref().map_err(|error| anyhow!("{error}"))?;
    Ok(modules
        .iter()
        .map(|(name, bytes)| (name.clone(), moved(bytes, owner)))
        .collect())
}

/// A module of another account: addresses are plain bytes in it.
fn moved(module: &[u8], owner: Address) -> Vec<u8> {
    let mut bytes = module.to_vec();
    let mut from = 0_usize;
    while let Some(window) = bytes.get_mut(from..from.saturating_add(PLACE.0.len())) {
        if *window == PLACE.0 {
            window.copy_from_slice(&owner.0);
        }
        from = from.saturating_add(1);
    }
    bytes
}

fn compile_at(owner: Address) -> Result<Vec<(String, Vec<u8>)>> {
    let shipped = lumio_framework::PACKAGES.iter().map(|it| ShippedPackage {
        name: it.name,
        folder: it.folder,
        manifest: it.manifest,
        sources: it.sources,
    });
    let options = LoadOptions {
        shipped: shipped.collect(),
        dev: false,
        addresses: [("bench".to_owned(), owner)].into_iter().collect(),
    };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("move");
    let package = Package::load(&folder, &options).context("the benchmarks' Move package")?;
    let options = Options {
        bytecode_version: 9,
        raise_version: false,
        tests: false,
        dependencies: false,
        addresses: package.addresses.clone(),
    };
    let compilation = compile(package.inputs, &options);
    if compilation.has_errors() {
        let first = compilation
            .diagnostics
            .iter()
            .map(|it| lumio_move_compiler::render(it, &compilation.sources, false));
        bail!("{}", first.collect::<Vec<_>>().join("\n"));
    }
    let own = compilation.units.into_iter().filter(|unit| unit.is_root);
    let modules: Vec<_> = own.map(|unit| (unit.name, unit.bytes)).collect();
    ensure!(!modules.is_empty(), "the package has no modules");
    Ok(modules)
}

/// The BCS of a `u64`.
pub(crate) fn number(value: u64) -> Vec<u8> {
    value.to_le_bytes().to_vec()
}

/// The type of a struct without type arguments.
pub(crate) fn type_of(text: &str) -> Result<TypeTag> {
    text.parse()
        .map_err(|error| anyhow!("{text} is no type: {error:?}"))
}
