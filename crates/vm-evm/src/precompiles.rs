//! Precompiled contracts, and the addresses behind which other VMs live.

use crate::{CROSS_VM_ADDRESS, Rules, cross_vm, journal::EvmJournal};
use alloc::{
    boxed::Box,
    string::{String, ToString},
    vec::Vec,
};
use alloy_primitives::{Address, map::AddressSet};
use lumio_types::{AccountId, VmId};
use lumio_vm_bus::{Call, Meter, Status, message::revert_reason};
use op_revm::precompiles::OpPrecompiles;
use revm::{
    context::Cfg,
    context_interface::{ContextTr, context::ContextError, journaled_state::JournalTr},
    handler::{EthPrecompiles, PrecompileProvider},
    interpreter::{CallInputs, CallScheme, Gas, InstructionResult, InterpreterResult},
};

/// An address at which the EVM hands a call to another VM, input and all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gateway {
    /// What contracts call.
    pub address: Address,
    /// Who answers.
    pub vm: VmId,
    /// The contract there.
    pub target: AccountId,
}

/// What lives at addresses without bytecode.
#[derive(Clone, Debug)]
pub(crate) struct Precompiles<'a> {
    ethereum: EthPrecompiles,
    has_cross_vm: bool,
    gateways: &'a [Gateway],
}

impl<'a> Precompiles<'a> {
    pub(crate) fn new(rules: Rules, gateways: &'a [Gateway]) -> Self {
        let mut ethereum = EthPrecompiles::new(rules.ethereum_fork());
        if let Rules::Optimism(fork) = rules {
            ethereum.precompiles = OpPrecompiles::new_with_spec(fork).precompiles();
        }
        Self {
            ethereum,
            has_cross_vm: matches!(rules, Rules::Optimism(_)),
            gateways,
        }
    }

    pub(crate) fn addresses(&self) -> &'static AddressSet {
        self.ethereum.precompiles.addresses_set()
    }

    fn gateway(&self, address: &Address) -> Option<&'a Gateway> {
        self.gateways
            .iter()
            .find(|gateway| gateway.address == *address)
    }
}

impl<'h, 'v: 'h, CTX> PrecompileProvider<CTX> for Precompiles<'_>
where
    CTX: ContextTr<Journal = EvmJournal<'h, 'v>, Db = <EvmJournal<'h, 'v> as JournalTr>::Database>,
{
    type Output = InterpreterResult;

    /// The set was chosen by the rules, once and for all.
    fn set_spec(&mut self, _: <CTX::Cfg as Cfg>::Spec) -> bool {
        false
    }

    fn run(
        &mut self,
        context: &mut CTX,
        inputs: &CallInputs,
    ) -> Result<Option<InterpreterResult>, String> {
        if self.has_cross_vm && inputs.bytecode_address == CROSS_VM_ADDRESS {
            return Ok(Some(cross(None, context, inputs)));
        }
        match self.gateway(&inputs.bytecode_address) {
            None => self.ethereum.run(context, inputs),
            gateway => Ok(Some(cross(gateway, context, inputs))),
        }
    }

    fn warm_addresses(&self) -> Box<impl Iterator<Item = Address>> {
        Box::new(
            self.ethereum
                .precompiles
                .addresses()
                .copied()
                .collect::<Vec<_>>()
                .into_iter(),
        )
    }

    fn contains(&self, address: &Address) -> bool {
        self.ethereum.contains(address)
            || (self.has_cross_vm && *address == CROSS_VM_ADDRESS)
            || self.gateway(address).is_some()
    }
}

/// Hands a call to another VM: by `ICrossVM`, or as it is through a gateway. The journal is shared,
/// so that there is nothing to write back before nor to read again after.
fn cross<'h, 'v: 'h, CTX>(
    gateway: Option<&Gateway>,
    context: &mut CTX,
    inputs: &CallInputs,
) -> InterpreterResult
where
    CTX: ContextTr<Journal = EvmJournal<'h, 'v>, Db = <EvmJournal<'h, 'v> as JournalTr>::Database>,
{
    let refusal = match inputs.scheme {
        CallScheme::Call | CallScheme::StaticCall if inputs.call_value().is_zero() => None,
        CallScheme::Call | CallScheme::StaticCall => {
            Some("a cross-VM call cannot carry value here")
        }
        CallScheme::CallCode | CallScheme::DelegateCall => {
            Some("a cross-VM contract must be called by CALL or STATICCALL")
        }
    };
    let mut gas = Gas::new(inputs.gas_limit);
    if let Some(reason) = refusal {
        let output = revert_reason(reason);
        return InterpreterResult {
            result: InstructionResult::Revert,
            output,
            gas,
        };
    }
    let input = inputs.input.bytes(context);
    let host = &mut context.journal_mut().db.host;
    *host.meter() = Meter::new(inputs.gas_limit);
    let outcome = match gateway {
        None => cross_vm::run(
            &cross_vm::Frame {
                caller: inputs.caller,
                input,
                gas: inputs.gas_limit,
                is_static: inputs.is_static,
            },
            *host,
        ),
        Some(gateway) => {
            let caller = AccountId::from_evm(inputs.caller);
            let call = Call::new(gateway.vm, caller, gateway.target, input, inputs.gas_limit);
            host.call(Call {
                is_static: inputs.is_static,
                ..call
            })
        }
    };
    let outcome = match outcome {
        Ok(outcome) => outcome,
        Err(fault) => {
            *context.error() = Err(ContextError::Custom(fault.to_string()));
            context.journal_mut().fault.get_or_insert(fault);
            return InterpreterResult {
                result: InstructionResult::FatalExternalError,
                output: Default::default(),
                gas,
            };
        }
    };
    let result = match outcome.status {
        Status::Success => InstructionResult::Return,
        Status::Revert => InstructionResult::Revert,
        Status::OutOfGas => InstructionResult::PrecompileOOG,
        Status::Halt => InstructionResult::PrecompileError,
    };
    // The bus never lets a callee use more than it was given.
    let _ = gas.record_regular_cost(outcome.gas_used);
    gas.record_refund(outcome.gas_refund);
    InterpreterResult {
        result,
        output: outcome.output,
        gas,
    }
}
