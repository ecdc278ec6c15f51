//! One inspector for all frames of a transaction, wherever they are run.
//!
//! ```text
//! outermost frame ──► frames of any machine ──► (queued frames) ──► end of the outermost
//! ```
//!
//! The end of an outermost EVM frame is held back until the queue has run, so that queued frames
//! are below it.

use super::Watch;
use alloy_primitives::Log;
use core::cell::RefCell;
use lumio_state::Journal;
use lumio_types::VmId;
use lumio_vm_bus::{Call, Observer, Outcome};
use revm::{
    Inspector,
    context_interface::{ContextTr, journaled_state::JournalTr},
    handler::FrameResult,
    inspector::JournalExt,
    interpreter::{
        CallInputs, CallOutcome, CreateInputs, CreateOutcome, Interpreter,
        interpreter::EthInterpreter,
    },
};

/// An inspector that every EVM frame of a transaction and the bus refer to.
#[derive(Debug)]
pub struct Shared<I>(RefCell<Inner<I>>);

#[derive(Debug)]
struct Inner<I> {
    inspector: I,
    /// Frames that have not ended.
    open: usize,
    /// Frames that have begun so far.
    begun: usize,
    /// Events that the inspector has seen, of those that still stand.
    logs: usize,
    /// Calls that the bus has under way.
    calls: Vec<Routed>,
    /// Whether the outermost frame is Move's.
    is_move: bool,
    in_queue: bool,
    held: Option<Held>,
}

/// A call that the bus has under way.
#[derive(Debug)]
struct Routed {
    vm: VmId,
    /// Frames that had begun before it.
    begun: usize,
}

/// The end of the outermost frame.
#[derive(Debug)]
enum Held {
    Call(Box<CallInputs>, CallOutcome),
    Create(Box<CreateInputs>, CreateOutcome),
}

impl<I> Shared<I> {
    /// At the beginning of a transaction.
    pub const fn new(inspector: I) -> Self {
        Self(RefCell::new(Inner {
            inspector,
            open: 0,
            begun: 0,
            logs: 0,
            calls: Vec::new(),
            is_move: false,
            in_queue: false,
            held: None,
        }))
    }

    /// The inspector, with what it has seen.
    pub fn into_inspector(self) -> I {
        self.0.into_inner().inspector
    }

    /// Frames that have begun and not ended.
    pub(super) fn open_frames(&self) -> usize {
        self.0.borrow().open
    }
}

impl<I: Watch> Shared<I> {
    /// The outermost frame begins, and is no frame of the EVM.
    pub fn begin_transaction(&self, call: &Call) {
        let mut inner = self.0.borrow_mut();
        inner.is_move = true;
        inner.begin(call);
    }

    /// That frame ends, and these are all events of the transaction that stand.
    pub fn end_transaction<'l>(
        &self,
        call: &Call,
        outcome: &Outcome,
        events: impl ExactSizeIterator<Item = &'l Log>,
    ) {
        let mut inner = self.0.borrow_mut();
        if !outcome.is_success() {
            inner.inspector.forget_events();
            inner.logs = 0;
        }
        let shown = inner.logs;
        events
            .skip(shown)
            .for_each(|log| inner.inspector.event(log));
        inner.end(call, outcome);
    }

    /// The outermost frame of an EVM transaction has ended, and its queue has run.
    pub(super) fn end_outermost<CTX>(&self, context: &mut CTX, result: &FrameResult)
    where
        I: Inspector<CTX, EthInterpreter>,
        CTX: ContextTr,
    {
        let mut inner = self.0.borrow_mut();
        inner.open = 0;
        let now = result.interpreter_result();
        match inner.held.take() {
            None => {}
            Some(Held::Call(inputs, mut outcome)) => {
                settle(&mut outcome.result, now);
                inner.inspector.call_end(context, &inputs, &mut outcome);
            }
            Some(Held::Create(inputs, mut outcome)) => {
                settle(&mut outcome.result, now);
                outcome.address = outcome.address.filter(|_| now.is_ok());
                inner.inspector.create_end(context, &inputs, &mut outcome);
            }
        }
    }
}

/// Brings a frame's own result up to date with what the queue has made of it.
fn settle(
    own: &mut revm::interpreter::InterpreterResult,
    now: &revm::interpreter::InterpreterResult,
) {
    let queued = own.gas.remaining().saturating_sub(now.gas.remaining());
    if own.is_ok() {
        let _ = own.gas.record_regular_cost(queued);
    }
    own.result = now.result;
    own.output = now.output.clone();
}

impl<I: Watch> Inner<I> {
    fn begin(&mut self, call: &Call) {
        self.inspector.begin(call, self.open);
        self.open = self.open.saturating_add(1);
        self.begun = self.begun.saturating_add(1);
    }

    fn end(&mut self, call: &Call, outcome: &Outcome) {
        self.inspector.end(call, outcome);
        self.open = self.open.saturating_sub(1);
    }

    /// Shows the events of a frame of another machine that is about to call or to end.
    fn show_events(&mut self, journal: &Journal<'_>) {
        let is_other = self
            .calls
            .last()
            .map_or(self.is_move, |call| match call.vm {
                VmId::Evm => false,
                VmId::Move | VmId::Svm => true,
            });
        if is_other {
            let logs = journal.logs().get(self.logs..).unwrap_or_default();
            logs.iter().for_each(|log| self.inspector.event(log));
        }
        self.logs = journal.logs().len();
    }
}

impl<I: Watch> Observer for Shared<I> {
    fn begin(&self, call: &Call, journal: &Journal<'_>) {
        let mut inner = self.0.borrow_mut();
        inner.show_events(journal);
        if inner.in_queue && inner.calls.is_empty() {
            inner.inspector.queued();
        }
        let begun = inner.begun;
        inner.calls.push(Routed { vm: call.vm, begun });
        match call.vm {
            // It tells of its frames itself.
            VmId::Evm => {}
            VmId::Move | VmId::Svm => inner.begin(call),
        }
    }

    fn end(&self, call: &Call, outcome: &Outcome, journal: &Journal<'_>) {
        let mut inner = self.0.borrow_mut();
        inner.show_events(journal);
        let Some(routed) = inner.calls.pop() else {
            return;
        };
        if call.vm == VmId::Evm {
            if inner.begun > routed.begun {
                return;
            }
            // The bus has refused it.
            inner.begin(call);
        }
        inner.end(call, outcome);
    }

    fn begin_queue(&self) {
        self.0.borrow_mut().in_queue = true;
    }
}

impl<CTX, I> Inspector<CTX, EthInterpreter> for &Shared<I>
where
    CTX: ContextTr<Journal: JournalExt>,
    I: Inspector<CTX, EthInterpreter>,
{
    fn initialize_interp(
        &mut self,
        interpreter: &mut Interpreter<EthInterpreter>,
        context: &mut CTX,
    ) {
        let mut inner = self.0.borrow_mut();
        inner.inspector.initialize_interp(interpreter, context);
    }

    fn step(&mut self, interpreter: &mut Interpreter<EthInterpreter>, context: &mut CTX) {
        self.0.borrow_mut().inspector.step(interpreter, context);
    }

    fn step_end(&mut self, interpreter: &mut Interpreter<EthInterpreter>, context: &mut CTX) {
        self.0.borrow_mut().inspector.step_end(interpreter, context);
    }

    /// Nothing: revm tells of a precompiled contract's logs here, and those of `ICrossVM` belong to
    /// the frames below it.
    fn log(&mut self, _: &mut CTX, _: Log) {}

    /// A log may have brought events of other machines along.
    fn log_full(&mut self, _: &mut Interpreter<EthInterpreter>, context: &mut CTX, _: Log) {
        let mut inner = self.0.borrow_mut();
        let new = context.journal_ref().logs().get(inner.logs..);
        let new = new.unwrap_or_default().to_vec();
        inner.logs = inner.logs.saturating_add(new.len());
        for log in new {
            inner.inspector.log(context, log);
        }
    }

    fn call(&mut self, context: &mut CTX, inputs: &mut CallInputs) -> Option<CallOutcome> {
        let mut inner = self.0.borrow_mut();
        let answer = inner.inspector.call(context, inputs);
        inner.open = inner.open.saturating_add(1);
        inner.begun = inner.begun.saturating_add(1);
        answer
    }

    fn call_end(&mut self, context: &mut CTX, inputs: &CallInputs, outcome: &mut CallOutcome) {
        let mut inner = self.0.borrow_mut();
        // A frame that has reverted took its events with it. Of a call that `ICrossVM` has queued
        // nobody else tells.
        inner.logs = inner.logs.min(context.journal_ref().logs().len());
        let new = context.journal_ref().logs().get(inner.logs..);
        let new = new.unwrap_or_default().to_vec();
        inner.logs = inner.logs.saturating_add(new.len());
        for log in new {
            inner.inspector.log(context, log);
        }
        if inner.open <= 1 {
            inner.held = Some(Held::Call(Box::new(inputs.clone()), outcome.clone()));
            return;
        }
        inner.open = inner.open.saturating_sub(1);
        inner.inspector.call_end(context, inputs, outcome);
    }

    fn create(&mut self, context: &mut CTX, inputs: &mut CreateInputs) -> Option<CreateOutcome> {
        let mut inner = self.0.borrow_mut();
        let answer = inner.inspector.create(context, inputs);
        inner.open = inner.open.saturating_add(1);
        inner.begun = inner.begun.saturating_add(1);
        answer
    }

    fn create_end(
        &mut self,
        context: &mut CTX,
        inputs: &CreateInputs,
        outcome: &mut CreateOutcome,
    ) {
        let mut inner = self.0.borrow_mut();
        inner.logs = inner.logs.min(context.journal_ref().logs().len());
        if inner.open <= 1 {
            inner.held = Some(Held::Create(Box::new(inputs.clone()), outcome.clone()));
            return;
        }
        inner.open = inner.open.saturating_sub(1);
        inner.inspector.create_end(context, inputs, outcome);
    }

    fn selfdestruct(
        &mut self,
        contract: alloy_primitives::Address,
        target: alloy_primitives::Address,
        value: alloy_primitives::U256,
    ) {
        let mut inner = self.0.borrow_mut();
        <I as Inspector<CTX, EthInterpreter>>::selfdestruct(
            &mut inner.inspector,
            contract,
            target,
            value,
        );
    }
}
