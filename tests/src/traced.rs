//! Traces beside the transactions that they are of.

use crate::{journey::TRAVELLER, memory::Memory};
use alloy_primitives::{Address, Bytes, Log, U256};
use alloy_rpc_types_trace::geth::{
    DefaultFrame, DiffMode, GethDebugTracerConfig, GethDebugTracingOptions, GethTrace, TraceResult,
};
use lumio_executor::{BlockContext, Executed, Executor};
use lumio_simulator::Simulator;
use lumio_state::{AccountRecord, StateKey, StateView};
use lumio_types::Transaction;
use serde_json::{Value, json};

/// Runs a transaction in a block of its own, and traces the block.
pub struct Case<'a> {
    pub executor: &'a Executor,
    pub before: &'a Memory,
    pub block: &'a BlockContext,
    pub transaction: &'a Transaction,
    pub executed: Executed,
    /// The state after it.
    pub after: Memory,
}

impl<'a> Case<'a> {
    pub fn new(
        executor: &'a Executor,
        before: &'a Memory,
        block: &'a BlockContext,
        transaction: &'a Transaction,
    ) -> Self {
        let mut after = before.clone();
        after.apply(&executor.begin_block(before, block).unwrap());
        let executed = executor.execute(&after, block, transaction).unwrap();
        after.apply(&executed.writes);
        Self {
            executor,
            before,
            block,
            transaction,
            executed,
            after,
        }
    }

    pub fn trace(&self, tracer: Option<&str>, config: Value) -> GethTrace {
        let options = GethDebugTracingOptions {
            tracer: tracer.map(|name| serde_json::from_value(json!(name)).unwrap()),
            tracer_config: GethDebugTracerConfig(config),
            ..GethDebugTracingOptions::default()
        };
        let mut traces = Simulator::new(self.executor.clone())
            .trace_block(
                self.before,
                self.block,
                std::slice::from_ref(self.transaction),
                None,
                &options,
            )
            .unwrap();
        let Some(TraceResult::Success { result, .. }) = traces.pop() else {
            panic!("{traces:?}");
        };
        result
    }

    fn word(&self, key: &StateKey) -> U256 {
        StateView::word(&self.after, key).unwrap()
    }

    /// The tree of frames.
    pub fn frames(&self) -> Frame {
        let trace = self.trace(Some("callTracer"), json!({ "withLog": true }));
        Frame(serde_json::to_value(trace).unwrap())
    }

    /// Whether the tree of frames and the changed accounts are those of the transaction, whatever it
    /// calls.
    pub fn check_frames(&self) -> Frame {
        let root = self.frames();
        self.check_root(&root);
        check_gas(&root);
        self.check_logs(&root);
        self.check_states();
        root
    }

    /// What is wrong with any of the traces of a journey; nothing if they are true.
    pub fn check(&self) {
        let root = self.check_frames();
        root.visit(&mut |frame, above| check_shape(frame, above));
        self.check_steps(&root);
        let flat = serde_json::to_value(self.trace(Some("flatCallTracer"), json!({}))).unwrap();
        let mut count = 0;
        root.visit(&mut |_, _| count += 1);
        assert_eq!(
            flat.as_array().unwrap().len(),
            count,
            "frames of flatCallTracer"
        );
    }

    fn check_root(&self, root: &Frame) {
        assert_eq!(root.gas_used(), self.executed.gas_used);
        assert_eq!(root.is_success(), self.executed.success, "{root:?}");
        assert_eq!(root.output(), self.executed.output);
    }

    /// Every log of the receipt is in one frame, with its number; no other is anywhere.
    pub fn check_logs(&self, root: &Frame) {
        let mut logs = Vec::new();
        root.visit(&mut |frame, _| {
            let calls = frame.calls().len() as u64;
            for log in frame.0["logs"].as_array().into_iter().flatten() {
                assert!(quantity(&log["position"]) <= calls);
                logs.push((quantity(&log["index"]), parsed(log)));
            }
        });
        logs.sort_by_key(|(index, _)| *index);
        let numbers: Vec<_> = logs.iter().map(|(index, _)| *index).collect();
        assert_eq!(numbers, (0..logs.len() as u64).collect::<Vec<_>>());
        let logs: Vec<_> = logs.into_iter().map(|(_, log)| log).collect();
        let events = self.executed.events.iter().map(|event| event.log.clone());
        assert_eq!(logs, events.collect::<Vec<_>>(), "{root:?}");
    }

    /// The steps of every frame of the contract are there, in the order of the frames.
    fn check_steps(&self, root: &Frame) {
        let GethTrace::Default(DefaultFrame {
            failed,
            gas,
            struct_logs,
            ..
        }) = self.trace(None, json!({}))
        else {
            panic!("no steps");
        };
        assert_eq!(
            (failed, gas),
            (!self.executed.success, self.executed.gas_used)
        );
        let began: Vec<_> = struct_logs
            .iter()
            .filter(|step| step.pc == 0)
            .map(|step| step.depth)
            .collect();
        let mut ran = Vec::new();
        root.visit_with_depth(1, &mut |frame, depth| {
            let is_code = frame.to() == Some(TRAVELLER) || frame.kind().starts_with("CREATE");
            let is_other = frame.0["to"] == json!("0x42000000000000000000000000000000000000ff");
            if (is_code || is_other) && frame.0.get("vm").is_none() && !frame.was_refused() {
                ran.push(depth);
            }
        });
        assert_eq!(began, ran, "{root:?}");
    }

    /// The differences of accounts are those that the transaction made.
    fn check_states(&self) {
        let trace = self.trace(Some("prestateTracer"), json!({ "diffMode": true }));
        let diff: DiffMode = serde_json::from_value(serde_json::to_value(trace).unwrap()).unwrap();
        for (address, post) in &diff.post {
            if let Some(balance) = post.balance {
                assert_eq!(balance, self.word(&StateKey::Balance(*address)));
            }
            for (slot, value) in &post.storage {
                let key = StateKey::EvmStorage(*address, (*slot).into());
                assert_eq!(U256::from_be_bytes(value.0), self.word(&key));
            }
        }
        for key in self.executed.writes.keys() {
            match key {
                StateKey::Balance(owner) => {
                    assert!(diff.post[owner].balance.is_some(), "{owner}");
                }
                StateKey::EvmStorage(owner, slot) => {
                    let slot = alloy_primitives::B256::from(*slot);
                    assert!(diff.post[owner].storage.contains_key(&slot), "{owner}");
                }
                StateKey::EvmAccount(owner) => {
                    let record = self
                        .after
                        .0
                        .get(key)
                        .map(|value| AccountRecord::decode(value));
                    let nonce = record.map(|record| record.unwrap().nonce);
                    assert_eq!(diff.post[owner].nonce, nonce, "{owner}");
                }
                _ => {}
            }
        }
    }
}

/// A frame of `callTracer`.
#[derive(Clone, Debug)]
pub struct Frame(pub Value);

fn quantity(value: &Value) -> u64 {
    let text = value.as_str().unwrap_or_else(|| panic!("{value}"));
    u64::from_str_radix(text.strip_prefix("0x").unwrap(), 16).unwrap()
}

fn parsed(log: &Value) -> Log {
    let part = |name: &str| serde_json::from_value::<Value>(log[name].clone()).unwrap();
    Log::new_unchecked(
        serde_json::from_value(part("address")).unwrap(),
        serde_json::from_value(part("topics")).unwrap(),
        serde_json::from_value(part("data")).unwrap(),
    )
}

impl Frame {
    pub fn calls(&self) -> Vec<Self> {
        let calls = self.0["calls"].as_array();
        calls.into_iter().flatten().cloned().map(Self).collect()
    }

    pub fn kind(&self) -> &str {
        self.0["type"].as_str().unwrap()
    }

    pub fn to(&self) -> Option<Address> {
        serde_json::from_value(self.0["to"].clone()).unwrap()
    }

    pub fn gas(&self) -> u64 {
        quantity(&self.0["gas"])
    }

    pub fn gas_used(&self) -> u64 {
        quantity(&self.0["gasUsed"])
    }

    pub fn is_success(&self) -> bool {
        self.0.get("error").is_none()
    }

    pub fn is_move(&self) -> bool {
        self.0["vm"] == json!("move")
    }

    pub fn output(&self) -> Bytes {
        let output = serde_json::from_value::<Option<Bytes>>(self.0["output"].clone());
        output.unwrap().unwrap_or_default()
    }

    /// Whether no step of it was run.
    fn was_refused(&self) -> bool {
        !self.is_success() && self.gas_used() == 0
    }

    pub fn visit(&self, look: &mut dyn FnMut(&Self, Option<&Self>)) {
        look(self, None);
        self.visit_below(look);
    }

    fn visit_below(&self, look: &mut dyn FnMut(&Self, Option<&Self>)) {
        for call in self.calls() {
            look(&call, Some(self));
            call.visit_below(look);
        }
    }

    pub fn visit_with_depth(&self, depth: u64, look: &mut dyn FnMut(&Self, u64)) {
        look(self, depth);
        for call in self.calls() {
            call.visit_with_depth(depth + 1, look);
        }
    }
}

/// A frame used what the frames below it used, at least, and no more than it was given.
fn check_gas(root: &Frame) {
    root.visit(&mut |frame, _| {
        let below: u64 = frame.calls().iter().map(Frame::gas_used).sum();
        assert!(below <= frame.gas_used(), "{frame:?}");
        assert!(frame.gas_used() <= frame.gas(), "{frame:?}");
    });
}

/// Frames of Move are below the EVM's entry point, were queued, or are the transaction; their names
/// are known.
fn check_shape(frame: &Frame, above: Option<&Frame>) {
    if !frame.is_move() {
        return;
    }
    let function = frame.0["function"].as_str().unwrap();
    assert!(function.contains("::traveller::"), "{function}");
    assert_eq!(
        frame.0["arguments"].as_array().unwrap().len(),
        4,
        "{frame:?}"
    );
    let Some(above) = above else {
        return;
    };
    let entry = lumio_vm_evm::CROSS_VM_ADDRESS;
    assert!(
        above.to() == Some(entry) || frame.0["queued"] == json!(true),
        "{above:?}"
    );
    let has_returned = frame.0["returns"]
        .as_array()
        .is_some_and(|it| it.len() == 1);
    assert_eq!(has_returned, frame.is_success(), "{frame:?}");
    assert_eq!(
        frame.0["revertReason"].is_string() || frame.is_success(),
        frame.0["error"] != json!("out of gas")
    );
}
