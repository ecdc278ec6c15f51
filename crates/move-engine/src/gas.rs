//! Gas: what is left, and the prices.
//!
//! The static part of a basic block is summed when code is resolved ([`Code::static_cost`](crate::code::Code)) and charged
//! when the block is entered. Only what depends on data is charged while running, alike in both
//! interpreters: `per_word_copied` for each heap word, and `per_region_copied` or
//! `per_region_compared` for each vector, struct out of line and function value, of what `CopyLoc` and `ReadRef` copy and of
//! the left operand of `Eq` and `Neq`, and of what `PackClosure` captures; loads from the state;
//! natives.
//!
//! Memory is counted besides: see [`Limits::memory_words`](crate::Limits::memory_words).
//!
//! The heap words of a value: of a vector, 1, its elements (`u8`, `i8` and `bool` eight to a word,
//! others the words of their type each) and their heap words; of a struct out of line, 1, its full
//! words and the heap words of its fields; of a function value, 1, and the words and heap words of
//! what it captures; of a struct inline, those of its fields; of all else 0.

use alloc::vec::Vec;

use crate::{
    Engine, StatusCode, VmResult,
    code::{Integer, Op, Type, TypeKind},
    format::Opcode,
    machine::Limits,
};

/// What is left of a budget, in internal gas units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gas {
    left: u64,
    allocated: u64,
}

impl Gas {
    /// A budget.
    pub fn new(budget: u64) -> Self {
        Self {
            left: budget,
            allocated: 0,
        }
    }

    /// No bound that is ever reached.
    pub fn unlimited() -> Self {
        Self::new(u64::MAX)
    }

    /// What is left.
    pub fn left(&self) -> u64 {
        self.left
    }

    /// Words that were allocated on behalf of this budget.
    pub fn allocated(&self) -> u64 {
        self.allocated
    }

    /// Counts words that are allocated. Error: `MEMORY_LIMIT_EXCEEDED` if they are too many.
    #[inline]
    pub(crate) fn allocate(&mut self, limits: &Limits, words: u64) -> VmResult<()> {
        self.allocated = self.allocated.saturating_add(words);
        if self.allocated > limits.memory_words {
            return Err(StatusCode::MemoryLimitExceeded.into());
        }
        Ok(())
    }

    /// Takes an amount away. If there is less, nothing is left and the error is `OUT_OF_GAS`.
    #[inline]
    pub fn charge(&mut self, amount: u64) -> VmResult<()> {
        if let Some(left) = self.left.checked_sub(amount) {
            self.left = left;
            Ok(())
        } else {
            self.left = 0;
            Err(StatusCode::OutOfGas.into())
        }
    }
}

/// What a value has out of line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct HeapSize {
    /// Its heap words.
    pub(crate) words: u64,
    /// Vectors, structs out of line and function values, at every depth.
    pub(crate) regions: u64,
}

impl HeapSize {
    /// Of one vector, struct or function value, without what is inside of it.
    pub(crate) fn region(words: u64) -> Self {
        let words = words.saturating_add(1);
        Self { words, regions: 1 }
    }

    pub(crate) fn add(&mut self, other: Self) {
        self.words = self.words.saturating_add(other.words);
        self.regions = self.regions.saturating_add(other.regions);
    }
}

impl GasSchedule {
    /// What copying costs, besides the inline words.
    pub(crate) fn copying(&self, size: HeapSize) -> u64 {
        let words = size.words.saturating_mul(self.per_word_copied);
        words.saturating_add(size.regions.saturating_mul(self.per_region_copied))
    }

    /// What comparing costs, besides the inline words.
    pub(crate) fn comparing(&self, size: HeapSize) -> u64 {
        let words = size.words.saturating_mul(self.per_word_copied);
        words.saturating_add(size.regions.saturating_mul(self.per_region_compared))
    }
}

/// Prices, in internal gas units.
///
/// Sizes are in *words*, a measure of values that depends on no interpreter: see
/// [`Code::words`](crate::code::Code::words).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GasSchedule {
    /// Of each instruction, by opcode byte.
    instructions: Vec<u64>,
    /// Calls: for each argument.
    pub call_per_argument: u64,
    /// Calls: for each word of the callee's locals, parameters included.
    pub call_per_local_word: u64,
    /// Calls: for each type argument.
    pub call_per_type_argument: u64,
    /// Pack, unpack, vector pack and unpack: for each word moved.
    pub per_word_moved: u64,
    /// Copies, reads of references, comparisons, constants: for each word, inline and heap.
    pub per_word_copied: u64,
    /// Copies: for each vector, struct out of line and function value in what is copied.
    pub per_region_copied: u64,
    /// Comparisons: for each of those in the left operand.
    pub per_region_compared: u64,
    /// Arithmetic, comparisons and casts of integers of 128 and 256 bits: for each word of one.
    pub per_wide_word: u64,
    /// Moving and dropping a value that is or holds something out of line.
    pub per_heap_value: u64,
    /// A resource's or table item's first access in a session.
    pub load_base: u64,
    /// The same, for each byte of it.
    pub load_per_byte: u64,
    /// The verifier: for each unit of its work on a module that is published or a script. Scripts
    /// pay whether they are known already or not.
    pub verify_per_unit: u64,
    /// Natives of this crate that have no price of their own: vectors, signers, strings, swapping.
    pub native: NativePrice,
    /// `0x1::hash::sha2_256`.
    pub sha2_256: NativePrice,
    /// `0x1::hash::sha3_256`.
    pub sha3_256: NativePrice,
    /// Serialising: `0x1::bcs`.
    pub serialize: NativePrice,
    /// Comparing: `0x1::cmp`.
    pub compare: NativePrice,
    /// Names and layouts of types: `0x1::type_name` and `0x1::bcs::constant_serialized_size`.
    pub type_facts: NativePrice,
}

impl GasSchedule {
    /// What the verifier may do with what is left, within its own limits.
    pub(crate) fn verifier(
        &self,
        config: &crate::verify::Config,
        gas: &Gas,
    ) -> crate::verify::Config {
        let mut config = config.clone();
        if let Some(affordable) = gas.left().checked_div(self.verify_per_unit) {
            let limit = config.max_module_meter_units;
            config.max_module_meter_units = Some(limit.map_or(affordable, |l| l.min(affordable)));
            let limit = config.max_function_meter_units;
            config.max_function_meter_units = Some(limit.map_or(affordable, |l| l.min(affordable)));
        }
        config
    }

    /// Takes what the verifier has done.
    pub(crate) fn charge_verified(&self, units: u64, gas: &mut Gas) -> VmResult<()> {
        gas.charge(units.saturating_mul(self.verify_per_unit))
    }
}

/// What a call of a native function costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NativePrice {
    /// Of the call.
    pub base: u64,
    /// Of each byte that it reads or makes.
    pub per_byte: u64,
}

impl NativePrice {
    /// A price.
    pub const fn new(base: u64, per_byte: u64) -> Self {
        Self { base, per_byte }
    }
}

impl Default for GasSchedule {
    /// Prices in proportion to time: one unit for a nanosecond or two, and for a simple instruction.
    fn default() -> Self {
        let mut schedule = Self {
            instructions: alloc::vec![1; 256],
            call_per_argument: 1,
            call_per_local_word: 1,
            call_per_type_argument: 1,
            per_word_moved: 1,
            per_word_copied: 1,
            per_region_copied: 50,
            per_region_compared: 10,
            per_wide_word: 10,
            per_heap_value: 8,
            load_base: 100,
            load_per_byte: 1,
            verify_per_unit: 0,
            native: NativePrice::new(10, 1),
            sha2_256: NativePrice::new(10, 1),
            sha3_256: NativePrice::new(10, 1),
            serialize: NativePrice::new(10, 1),
            compare: NativePrice::new(10, 1),
            type_facts: NativePrice::new(10, 1),
        };
        for (opcode, price) in [
            (Opcode::Mul, 2),
            (Opcode::Div, 10),
            (Opcode::Mod, 10),
            (Opcode::LdConst, 60),
            (Opcode::Call, 10),
            (Opcode::CallGeneric, 10),
            (Opcode::CallClosure, 80),
            (Opcode::PackClosure, 60),
            (Opcode::PackClosureGeneric, 60),
            (Opcode::VecPack, 50),
            (Opcode::VecUnpack, 30),
            (Opcode::VecPushBack, 10),
            (Opcode::VecPopBack, 10),
            (Opcode::VecImmBorrow, 3),
            (Opcode::VecMutBorrow, 3),
            (Opcode::VecSwap, 15),
            (Opcode::MoveTo, 60),
            (Opcode::MoveToGeneric, 60),
            (Opcode::MoveFrom, 60),
            (Opcode::MoveFromGeneric, 60),
            (Opcode::Exists, 40),
            (Opcode::ExistsGeneric, 40),
            (Opcode::ImmBorrowGlobal, 40),
            (Opcode::ImmBorrowGlobalGeneric, 40),
            (Opcode::MutBorrowGlobal, 40),
            (Opcode::MutBorrowGlobalGeneric, 40),
        ] {
            schedule.set(opcode, price);
        }
        schedule
    }
}

impl GasSchedule {
    /// Everything for nothing.
    pub fn free() -> Self {
        Self {
            instructions: alloc::vec![0; 256],
            call_per_argument: 0,
            call_per_local_word: 0,
            call_per_type_argument: 0,
            per_word_moved: 0,
            per_word_copied: 0,
            per_region_copied: 0,
            per_region_compared: 0,
            per_wide_word: 0,
            per_heap_value: 0,
            load_base: 0,
            load_per_byte: 0,
            verify_per_unit: 0,
            native: NativePrice::new(0, 0),
            sha2_256: NativePrice::new(0, 0),
            sha3_256: NativePrice::new(0, 0),
            serialize: NativePrice::new(0, 0),
            compare: NativePrice::new(0, 0),
            type_facts: NativePrice::new(0, 0),
        }
    }

    /// Sets the price of an instruction.
    pub fn set(&mut self, opcode: Opcode, price: u64) {
        if let Some(entry) = self.instructions.get_mut(usize::from(opcode as u8)) {
            *entry = price;
        }
    }

    /// The price of an instruction, without the parts above.
    pub fn price(&self, opcode: Opcode) -> u64 {
        self.instructions
            .get(usize::from(opcode as u8))
            .copied()
            .unwrap_or(0)
    }
}

/// Words of an integer that does not fit into one.
fn wide_words(integer: Integer) -> u64 {
    match u64::from(integer.bits()).div_ceil(64) {
        1 => 0,
        words => words,
    }
}

impl crate::code::Code {
    /// The static gas of an instruction: its price, and for each
    /// - call: argument, word of the callee's locals, type argument;
    /// - pack and unpack of structs and vectors: word moved, all words of what is out of line;
    ///   pushing on a vector: word but the first; packing a closure: word captured; the call of
    ///   one: argument;
    /// - arithmetic, comparison and cast of integers of more than 64 bits: word;
    /// - move, store and pop of what has something out of line: once;
    /// - copy, read, write, comparison: inline word; constant: byte of its BCS, or eight of bytes
    ///   and addresses.
    pub(crate) fn static_cost(
        &mut self,
        engine: &Engine,
        opcode: Opcode,
        op: &Op,
        locals: &[Type],
    ) -> VmResult<u64> {
        let schedule = &engine.gas;
        let (count, rate) = match op {
            Op::Call(callee) => {
                let callee = self.instance(*callee)?;
                let size = |n: usize| n as u64;
                return Ok(schedule
                    .price(opcode)
                    .saturating_add(
                        schedule
                            .call_per_argument
                            .saturating_mul(size(callee.parameters.len())),
                    )
                    .saturating_add(
                        schedule
                            .call_per_local_word
                            .saturating_mul(callee.local_words),
                    )
                    .saturating_add(
                        schedule
                            .call_per_type_argument
                            .saturating_mul(size(callee.type_arguments.len())),
                    ));
            }
            Op::CallClosure(ty) => {
                let arguments = match self.types.kind(*ty) {
                    TypeKind::Function(function) => function.parameters.len() as u64,
                    _ => 0,
                };
                (arguments, schedule.call_per_argument)
            }
            Op::Pack { of, variant } | Op::Unpack { of, variant } => {
                let made = self.struct_type(engine, *of)?;
                let mut words = 0_u64;
                if made.full_words > crate::code::INLINE_WORDS_MAX {
                    // Out of line, a variant takes as much as the largest one.
                    words = made.full_words;
                } else {
                    for field in made.fields(*variant).unwrap_or_default() {
                        words = words.saturating_add(self.words(engine, *field)?);
                    }
                }
                (words, schedule.per_word_moved)
            }
            Op::VecPushBack { element } => {
                // A word is in the price of the instruction.
                let words = self.words(engine, *element)?.saturating_sub(1);
                (words, schedule.per_word_moved)
            }
            Op::PackClosure { function, mask } => {
                let parameters = self.instance(*function)?.parameters.clone();
                let mut words = 0_u64;
                for (number, ty) in parameters.iter().enumerate() {
                    if mask.captures(number) {
                        words = words.saturating_add(self.words(engine, *ty)?);
                    }
                }
                (words, schedule.per_word_moved)
            }
            Op::VecPack { element, count } | Op::VecUnpack { element, count } => (
                self.words(engine, *element)?.saturating_mul(*count),
                schedule.per_word_moved,
            ),
            Op::CopyLoc(local) => {
                let ty = *crate::code::bounds(locals.get(usize::from(*local)))?;
                (self.words(engine, ty)?, schedule.per_word_copied)
            }
            Op::ReadRef(ty) | Op::WriteRef(ty) => {
                (self.words(engine, *ty)?, schedule.per_word_copied)
            }
            Op::Eq(ty) | Op::Neq(ty) => {
                let ty = self.types.referent(*ty).map_or(*ty, |(inner, _)| inner);
                (self.words(engine, ty)?, schedule.per_word_copied)
            }
            Op::LoadConstant(Type::BYTES | Type::ADDRESS, bcs) => {
                ((bcs.len() as u64).div_ceil(8), schedule.per_word_copied)
            }
            Op::Arithmetic(_, integer) | Op::Compare(_, integer) | Op::Negate(integer) => {
                (wide_words(*integer), schedule.per_wide_word)
            }
            Op::Cast { from, to } => (
                wide_words(*from).max(wide_words(*to)),
                schedule.per_wide_word,
            ),
            Op::MoveLoc(local) | Op::StLoc(local) => {
                let ty = *crate::code::bounds(locals.get(usize::from(*local)))?;
                let heap = self.has_heap(engine, ty)?;
                (u64::from(heap), schedule.per_heap_value)
            }
            Op::Pop(ty) => {
                let heap = self.has_heap(engine, *ty)?;
                (u64::from(heap), schedule.per_heap_value)
            }
            // Each byte may be an element.
            Op::LoadConstant(_, bcs) => (bcs.len() as u64, schedule.per_word_copied),
            _ => (0, 0),
        };
        Ok(schedule
            .price(opcode)
            .saturating_add(count.saturating_mul(rate)))
    }
}
