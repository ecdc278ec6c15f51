//! The logs of a simulated call, with ETH that moves shown as if it were a token: `traceTransfers`.

use super::{
    order::{Moment, events_that_stand, walk},
    recorder::Recorder,
    run::{Subject, Traced},
};
use crate::{Base, SimulateError, Simulator, request::Prepared};
use alloy_primitives::{Address, B256, Log, LogData, U256, address};
use alloy_rpc_types_eth::TransactionInfo;
use alloy_rpc_types_trace::geth::CallConfig;
use lumio_executor::Executed;
use lumio_vm_bus::faces::TRANSFER;
use revm_inspectors::tracing::{TracingInspectorConfig, types::CallKind};

/// The contract by which geth stands for ETH.
const ETH: Address = address!("EeeeeEeeeEeEeeEeEeEeeEEEeeeeEeeeeeeeEEeE");

/// Runs a call, and lists its logs and its transfers in their order.
pub(crate) fn run_with_transfers(
    simulator: &Simulator,
    base: Base<'_>,
    prepared: &Prepared,
    hash: B256,
) -> Result<(Executed, Vec<Log>), SimulateError> {
    let traced = Traced {
        base,
        subject: Subject::Evm {
            transaction: Box::new(prepared.transaction.clone()),
            checks: prepared.checks,
        },
        info: TransactionInfo {
            hash: Some(hash),
            ..TransactionInfo::default()
        },
    };
    let mut recorder = Recorder::default();
    let config = CallConfig::default().with_log();
    recorder.record(TracingInspectorConfig::from_geth_call_config(&config));
    let seen = simulator.observe(&traced, recorder)?;
    let nodes = seen.recorder.nodes();
    let stands = events_that_stand(&seen, nodes);
    let mut logs = Vec::new();
    walk(nodes, &mut |index, node, moment| {
        if !stands.get(index).copied().unwrap_or_default() {
            return;
        }
        let trace = &node.trace;
        match moment {
            Moment::Begin if pays(trace.kind) => {
                logs.extend(transfer(trace.caller, trace.address, trace.value));
            }
            Moment::Begin => {}
            Moment::Log(log) => logs.push(Log {
                address: log.address,
                data: log.raw_log.clone(),
            }),
            Moment::End => {
                let (owner, heir) = (trace.selfdestruct_address, trace.selfdestruct_refund_target);
                let wei = trace.selfdestruct_transferred_value;
                if let (Some(owner), Some(heir), Some(wei)) = (owner, heir, wei) {
                    logs.extend(transfer(owner, heir, wei));
                }
            }
        }
    });
    Ok((seen.executed, logs))
}

/// Whether a call brings its value to whom it calls.
const fn pays(kind: CallKind) -> bool {
    match kind {
        CallKind::Call | CallKind::Create | CallKind::Create2 => true,
        CallKind::StaticCall | CallKind::CallCode | CallKind::DelegateCall | CallKind::AuthCall => {
            false
        }
    }
}

fn transfer(from: Address, to: Address, wei: U256) -> Option<Log> {
    (!wei.is_zero()).then(|| Log {
        address: ETH,
        data: LogData::new_unchecked(
            vec![TRANSFER, from.into_word(), to.into_word()],
            wei.to_be_bytes_vec().into(),
        ),
    })
}
