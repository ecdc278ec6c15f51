//! What revm knows of block, transaction and configuration.

use crate::{
    BlockHashes, Checks, CodeCache, EvmTransaction, Rules, database::HostDb, journal::EvmJournal,
    l1_fees::l1_fees, precompiles::Precompiles, workspace::Memory,
};
use alloy_primitives::U256;
use lumio_state::Fault;
use lumio_vm_bus::{BlockContext, Env, Host};
use op_revm::{L1BlockInfo, OpSpecId, transaction::deposit::DEPOSIT_TRANSACTION_TYPE};
use revm::{
    context::{BlockEnv, CfgEnv, Context, LocalContext, Transaction as _, TxEnv},
    context_interface::{block::BlobExcessGasAndPrice, journaled_state::JournalTr},
    primitives::hardfork::SpecId,
};

/// revm's context under the OP stack's rules.
pub type OpContext<'h, 'v> = Context<
    BlockEnv,
    EvmTransaction,
    CfgEnv<OpSpecId>,
    HostDb<'h, 'v>,
    EvmJournal<'h, 'v>,
    L1BlockInfo,
>;

/// revm's context under Ethereum's rules, and for message calls.
pub type EthContext<'h, 'v> =
    Context<BlockEnv, TxEnv, CfgEnv<SpecId>, HostDb<'h, 'v>, EvmJournal<'h, 'v>, ()>;

/// Everything around a run of the EVM but the transaction.
pub(crate) struct Surroundings<'a> {
    pub(crate) rules: Rules,
    pub(crate) codes: &'a CodeCache,
    pub(crate) block_hashes: BlockHashes,
    pub(crate) checks: Checks,
    /// What the EVM's memory is in.
    pub(crate) memory: Memory,
}

impl<'a> Surroundings<'a> {
    fn journal<'h, 'v>(
        &self,
        host: &'h mut (dyn Host<'v> + 'h),
        precompiles: &Precompiles<'_>,
    ) -> EvmJournal<'h, 'v>
    where
        'a: 'h,
    {
        let db = HostDb {
            host,
            codes: self.codes,
            block_hashes: self.block_hashes,
        };
        let mut journal = EvmJournal::new(db);
        journal.set_spec_id(self.rules.ethereum_fork());
        journal.precompiles = precompiles.addresses();
        journal
    }

    pub(crate) fn optimism<'h, 'v>(
        self,
        fork: OpSpecId,
        tx: EvmTransaction,
        host: &'h mut (dyn Host<'v> + 'h),
        precompiles: &Precompiles<'_>,
    ) -> Result<OpContext<'h, 'v>, Fault>
    where
        'a: 'h,
    {
        let fees = match tx.tx_type() {
            DEPOSIT_TRANSACTION_TYPE => L1BlockInfo::default(),
            _ => {
                let block = U256::from(host.env().block.number);
                l1_fees(host.journal_ref().view(), fork, block)?
            }
        };
        Ok(self.context(fork, tx, fees, host, precompiles))
    }

    pub(crate) fn ethereum<'h, 'v>(
        self,
        tx: TxEnv,
        host: &'h mut (dyn Host<'v> + 'h),
        precompiles: &Precompiles<'_>,
    ) -> EthContext<'h, 'v>
    where
        'a: 'h,
    {
        let fork = self.rules.ethereum_fork();
        self.context(fork, tx, (), host, precompiles)
    }

    fn context<'h, 'v, S, T, C>(
        self,
        fork: S,
        tx: T,
        chain: C,
        host: &'h mut (dyn Host<'v> + 'h),
        precompiles: &Precompiles<'_>,
    ) -> Context<BlockEnv, T, CfgEnv<S>, HostDb<'h, 'v>, EvmJournal<'h, 'v>, C>
    where
        'a: 'h,
        S: Clone + Into<SpecId>,
    {
        let env = host.env();
        let block = block_env(&env.block, self.rules.ethereum_fork());
        let cfg = self.config(fork, env);
        Context {
            block,
            tx,
            cfg,
            journaled_state: self.journal(host, precompiles),
            chain,
            local: LocalContext {
                shared_memory_buffer: self.memory,
                precompile_error_message: None,
            },
            error: Ok(()),
        }
    }

    fn config<S: Clone + Into<SpecId>>(&self, fork: S, env: &Env) -> CfgEnv<S> {
        let mut cfg = CfgEnv::new_with_spec(fork.clone());
        cfg.max_blobs_per_tx = most_blobs(fork.into());
        cfg.chain_id = env.chain_id;
        cfg.disable_nonce_check = !self.checks.nonce;
        cfg.disable_balance_check = !self.checks.balance;
        cfg.disable_block_gas_limit = !self.checks.gas_limit;
        cfg.disable_eip3607 = !self.checks.sender_without_code;
        cfg.disable_base_fee = !self.checks.base_fee;
        cfg.disable_fee_charge = !self.checks.fees;
        if !self.checks.gas_limit {
            cfg.tx_gas_limit_cap = Some(u64::MAX);
        }
        cfg
    }
}

/// Blobs that one transaction may carry (EIP-4844, EIP-7691, EIP-7594).
fn most_blobs(fork: SpecId) -> Option<u64> {
    if fork.is_enabled_in(SpecId::OSAKA) {
        Some(6)
    } else if fork.is_enabled_in(SpecId::PRAGUE) {
        Some(9)
    } else {
        fork.is_enabled_in(SpecId::CANCUN).then_some(6)
    }
}

fn block_env(block: &BlockContext, fork: SpecId) -> BlockEnv {
    let merged = fork.is_enabled_in(SpecId::MERGE);
    let has_blobs = fork.is_enabled_in(SpecId::CANCUN);
    BlockEnv {
        number: U256::from(block.number),
        beneficiary: block.beneficiary,
        timestamp: U256::from(block.timestamp),
        gas_limit: block.gas_limit,
        basefee: block.base_fee,
        difficulty: block.difficulty,
        prevrandao: merged.then_some(block.prev_randao),
        blob_excess_gas_and_price: has_blobs.then(|| {
            BlobExcessGasAndPrice::new_with_spec(block.excess_blob_gas.unwrap_or_default(), fork)
        }),
        slot_num: 0,
    }
}
