//! Native functions: how they see their arguments, whichever interpreter runs them.

use alloc::{collections::BTreeSet, string::String, vec::Vec};
use core::cmp::Ordering;
use hashbrown::HashMap;

use crate::{
    Address, Layout, ModuleId, StateKey, StatusCode, U256, VmError, VmResult,
    code::{Code, GlobalKey, InstanceId, Type},
};

/// What a native function asks for when it is done without error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NativeOutcome {
    /// To return what it has pushed with the `return_…` methods.
    Return,
    /// To run another function in its place, with the numbered arguments of its own. The function
    /// must take just those and return what the native function is declared to return.
    Call {
        /// Which function.
        function: InstanceId,
        /// Which of the native's arguments it gets, each at most once.
        arguments: Vec<u16>,
    },
    /// The same, of a function that may have to be loaded first.
    CallNamed {
        /// The function's module.
        module: ModuleId,
        /// Its name.
        name: String,
        /// Its type arguments.
        type_arguments: Vec<Type>,
        /// Which of the native's arguments it gets, each at most once.
        arguments: Vec<u16>,
    },
    /// To do something with an entry of the state and return what that gives.
    Global {
        /// Which entry.
        key: GlobalKey,
        /// The type of what it holds.
        ty: Type,
        /// What to do.
        access: GlobalAccess,
        /// The abort code in place of `MISSING_DATA` and `RESOURCE_ALREADY_EXISTS`.
        otherwise: Option<u64>,
    },
}

/// What a native function does with an entry of the state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GlobalAccess {
    /// Returns whether it is there.
    Exists,
    /// Returns a reference to it: `MISSING_DATA` if it is not there.
    Borrow {
        /// Whether it may be written.
        mutable: bool,
    },
    /// Puts the numbered argument there: `RESOURCE_ALREADY_EXISTS` if there is one.
    MoveTo(u16),
    /// Takes it away and returns it: `MISSING_DATA` if it is not there.
    MoveFrom,
}

impl GlobalAccess {
    /// The error of an access that found too little or too much.
    pub(crate) fn refusal(error: VmError, otherwise: Option<u64>) -> VmError {
        match (error.status(), otherwise) {
            (StatusCode::MissingData | StatusCode::ResourceAlreadyExists, Some(code)) => {
                VmError::abort(code)
            }
            _ => error,
        }
    }
}

/// A native function's view of its call. Arguments are numbered from 0. A method that reads a value
/// also reads it through a reference. A wrong kind or number is `INTERNAL_TYPE_ERROR`. Results are
/// pushed in order.
pub trait NativeCall {
    /// The loaded code, for types, tags and other functions.
    fn code(&mut self) -> &mut Code;

    /// Takes the loaded code away, for another session while this one waits. Nothing can be done with
    /// this call until it is [put back](Self::put_code).
    fn take_code(&mut self) -> Code;

    /// Puts it back, with what the other session has added.
    fn put_code(&mut self, code: Code);

    /// The layout of a type. Error: `TOO_MANY_TYPE_NODES`.
    fn layout(&mut self, ty: Type) -> VmResult<Layout>;

    /// How large the layout of a type is: the types that it consists of.
    fn layout_nodes(&mut self, ty: Type) -> VmResult<u64>;

    /// A type argument.
    fn type_argument(&self, number: usize) -> VmResult<Type>;

    /// The function that is called: the native itself.
    fn function(&self) -> InstanceId;

    /// The function that called it.
    fn caller(&self) -> Option<InstanceId>;

    /// The modules of all functions that have not returned yet, each once: those that wait while
    /// the host calls another machine.
    fn active_modules(&self) -> Vec<ModuleId>;

    /// Whether one of those functions locks: the active modules must not be entered again.
    fn is_locked(&self) -> bool;

    /// Takes gas, in internal units.
    fn charge(&mut self, amount: u64) -> VmResult<()>;

    /// What is left of the gas.
    fn gas_left(&self) -> u64;

    /// The bits of an integer or `bool` argument, in two's complement of its own width.
    fn integer(&mut self, argument: usize) -> VmResult<U256>;

    /// An `address` or `signer` argument.
    fn address(&mut self, argument: usize) -> VmResult<Address>;

    /// A `vector<u8>` argument.
    fn bytes(&mut self, argument: usize) -> VmResult<Vec<u8>>;

    /// The BCS of an argument of any type. A function value whose function is not persistent has
    /// none: `VALUE_SERIALIZATION_ERROR`.
    fn bcs(&mut self, argument: usize) -> VmResult<Vec<u8>>;

    /// How many bytes of BCS an argument of any type has, or would have.
    fn size(&mut self, argument: usize) -> VmResult<u64>;

    /// How many words an argument of any type has, inline and heap, as [`Gas`](crate::Gas)'s module
    /// counts them: known without serialising it.
    fn words(&mut self, argument: usize) -> VmResult<u64>;

    /// Writes a value, given in BCS, through a `&mut` argument.
    fn write(&mut self, argument: usize, bcs: &[u8]) -> VmResult<()>;

    /// Length of a vector argument.
    fn vector_len(&mut self, argument: usize) -> VmResult<u64>;

    /// Swaps what two `&mut` arguments point to.
    fn swap(&mut self, left: usize, right: usize) -> VmResult<()>;

    /// Swaps two elements of a `&mut vector` argument. Out of range is `VECTOR_OPERATION_ERROR` 1.
    fn swap_elements(&mut self, vector: usize, left: u64, right: u64) -> VmResult<()>;

    /// Moves `length` elements from position `from` of one `&mut vector` argument to position `to`
    /// of another. Out of range is `VECTOR_OPERATION_ERROR` 1.
    fn move_range(
        &mut self,
        source: usize,
        from: u64,
        length: u64,
        target: usize,
        to: u64,
    ) -> VmResult<()>;

    /// Compares two arguments of one type: integers by value, addresses and vectors
    /// lexicographically, structs field by field, enums by variant first, function values by
    /// module, name, type arguments, mask and captured values.
    fn compare(&mut self, left: usize, right: usize) -> VmResult<Ordering>;

    /// Returns a value that is given in BCS.
    fn return_bcs(&mut self, ty: Type, bcs: &[u8]) -> VmResult<()>;

    /// Returns an argument as it is (by value, or the same reference).
    fn return_argument(&mut self, argument: usize) -> VmResult<()>;

    /// Returns a reference to the address inside a `&signer` argument.
    fn return_signer_address(&mut self, argument: usize) -> VmResult<()>;

    /// Returns a reference to an element of a vector argument that is a reference.
    fn return_element(&mut self, argument: usize, index: u64) -> VmResult<()>;

    /// Appends a by-value argument to a `&mut vector` argument.
    fn push_back(&mut self, vector: usize, value: usize) -> VmResult<()>;

    /// Takes the last element of a `&mut vector` argument and returns it.
    fn return_popped(&mut self, vector: usize) -> VmResult<()>;

    /// How many entries of the state are loaded, and how many bytes of BCS they have in the state:
    /// what [`flush`](Self::flush) and [`forget`](Self::forget) may have to go through.
    fn loaded(&self) -> (u64, u64);

    /// Everything that the session has changed so far, for a host that must show it to others
    /// before it calls them. It counts as unchanged afterwards.
    fn flush(&mut self) -> VmResult<Vec<crate::Change>>;

    /// Forgets what was loaded under some keys, because others have changed it. References into it
    /// are then stale: using one is `GLOBAL_REFERENCE_ERROR`.
    fn forget(&mut self, keys: &BTreeSet<StateKey>) -> VmResult<()>;

    /// A `bool` argument.
    fn bool(&mut self, argument: usize) -> VmResult<bool> {
        Ok(!self.integer(argument)?.is_zero())
    }

    /// An integer argument that fits into 64 bits.
    fn u64(&mut self, argument: usize) -> VmResult<u64> {
        u64::try_from(self.integer(argument)?).map_err(|_| StatusCode::InternalTypeError.into())
    }

    /// Returns a `bool`.
    fn return_bool(&mut self, value: bool) -> VmResult<()> {
        self.return_bcs(Type::BOOL, &[u8::from(value)])
    }

    /// Returns a `u64`.
    fn return_u64(&mut self, value: u64) -> VmResult<()> {
        self.return_bcs(Type::U64, &value.to_le_bytes())
    }

    /// Returns an `address`.
    fn return_address(&mut self, value: Address) -> VmResult<()> {
        self.return_bcs(Type::ADDRESS, &value.0)
    }

    /// Returns a `vector<u8>`.
    fn return_bytes(&mut self, value: &[u8]) -> VmResult<()>;
}

/// A native function of this crate.
pub type NativeFunction = fn(&mut dyn NativeCall, &crate::GasSchedule) -> VmResult<NativeOutcome>;

/// Who runs a native function.
#[derive(Clone, Copy, Debug)]
pub enum Native {
    /// This crate.
    Engine(NativeFunction),
    /// The host, under this number.
    Host(u32),
}

/// Which native functions there are.
#[derive(Clone, Debug, Default)]
pub struct Natives {
    by_name: HashMap<(ModuleId, String), Native>,
}

impl Natives {
    /// Adds a function, in place of an earlier one of that name.
    pub fn add(&mut self, module: ModuleId, name: &str, native: Native) {
        self.by_name.insert((module, String::from(name)), native);
    }

    /// Finds a function.
    pub fn get(&self, module: &ModuleId, name: &str) -> Option<Native> {
        self.by_name
            .get(&(module.clone(), String::from(name)))
            .copied()
    }
}
