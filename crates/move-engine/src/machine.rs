//! What an interpreter is to the rest of the engine.

use alloc::vec::Vec;

use crate::{
    Change, Engine, Gas, Host, VmResult,
    code::{Code, InstanceId, Type, reentrancy::Entries},
};

/// What bounds a run. Both interpreters apply each of them in the same way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Functions that have not returned yet: `CALL_STACK_OVERFLOW`.
    pub call_depth: usize,
    /// Values on the operand stacks of all functions that have not returned yet. A function may
    /// start if those of its callers and the most that it ever has are no more:
    /// `EXECUTION_STACK_OVERFLOW`.
    pub operand_stack: u64,
    /// Words of the locals of all functions that have not returned yet:
    /// `EXECUTION_STACK_OVERFLOW`.
    pub local_words: u64,
    /// Words that are allocated out of line on behalf of one budget of [`Gas`], whether they are
    /// still used or not: `MEMORY_LIMIT_EXCEEDED`. Counted are the heap words (see [`Gas`]'s
    /// module) of what is decoded, copied, or returned by natives; 1 and the words of the elements
    /// of vectors that are packed; of an element that is pushed; 1 and the words of structs out of
    /// line and of captured values that are packed.
    pub memory_words: u64,
    /// Values inside each other: `VM_MAX_VALUE_DEPTH_REACHED`.
    pub value_depth: u16,
    /// Types inside each other: `VM_MAX_TYPE_DEPTH_REACHED`.
    pub type_depth: u16,
    /// Types in a type, itself included: `TOO_MANY_TYPE_NODES`.
    pub type_nodes: u32,
    /// Types in a struct or enum, those of its fields at every depth included:
    /// `TOO_MANY_TYPE_NODES`. Without it a chain of generic structs has exponentially many.
    pub layout_nodes: u32,
    /// Bytes of the message of an abort: `ABORT_MESSAGE_LIMIT_EXCEEDED`.
    pub abort_message: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            call_depth: 1024,
            operand_stack: 1024,
            local_words: 1_000_000,
            memory_words: 1 << 26,
            value_depth: 128,
            type_depth: 20,
            type_nodes: 128,
            layout_nodes: 512,
            abort_message: 1024,
        }
    }
}

/// What a function returned.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Returned {
    /// The results in BCS; of a reference, what it points to.
    pub values: Vec<Vec<u8>>,
    /// Their types, without the reference.
    pub types: Vec<Type>,
    /// What `&mut` parameters point to afterwards, by the parameter's number.
    pub mutated: Vec<(u16, Vec<u8>)>,
}

/// All that an interpreter needs besides its own memory.
pub(crate) struct Runtime<'a> {
    pub(crate) engine: &'a Engine,
    pub(crate) code: &'a mut Code,
    pub(crate) host: &'a mut dyn Host,
    pub(crate) gas: &'a mut Gas,
}

/// An interpreter with its memory: resources that it has read or written.
pub(crate) trait Machine {
    /// Runs a function with arguments in BCS, one for each parameter: of a reference, what it
    /// points to; of a signer, the 32 bytes of its address. Errors say whose code it was and where.
    fn call(
        &mut self,
        runtime: &mut Runtime<'_>,
        function: InstanceId,
        arguments: &[Vec<u8>],
    ) -> VmResult<Returned>;

    /// Says which modules wait outside, from now on.
    fn set_waiting(&mut self, waiting: Entries);

    /// What it has changed since it was last asked, by key. It counts as unchanged afterwards.
    fn changes(&mut self, runtime: &mut Runtime<'_>) -> VmResult<Vec<Change>>;
}
