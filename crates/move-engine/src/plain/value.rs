//! Values with their tags, and references as paths to them.

use alloc::{boxed::Box, vec::Vec};
use core::cmp::Ordering;

use crate::{
    Address, StatusCode, U256, VmError, VmResult,
    code::{Code, INLINE_WORDS_MAX, InstanceId, Integer, Type},
    format::ClosureMask,
    function_value,
    gas::HeapSize,
    integer,
};

/// A value that knows what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    Bool(bool),
    /// Bits in two's complement of the type's width.
    Integer(Integer, U256),
    Address(Address),
    /// Its address, as a value that can be borrowed.
    Signer(Box<Value>),
    /// The element's type and the elements.
    Vector(Type, Vec<Value>),
    Struct {
        ty: Type,
        variant: Option<u16>,
        fields: Vec<Value>,
    },
    Closure(Box<Closure>),
    Reference(Reference),
}

/// A function value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Closure {
    pub(super) function: InstanceId,
    pub(super) mask: ClosureMask,
    /// The captured arguments in their order, with their types.
    pub(super) captured: Vec<(Type, Value)>,
}

/// Where a value is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reference {
    pub(super) root: Root,
    /// Numbers of fields and elements.
    pub(super) path: Vec<usize>,
    pub(super) mutable: bool,
    /// The type of what it points to.
    pub(super) to: Type,
}

/// Where a path starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Root {
    /// A local of the numbered frame.
    Local(usize, u8),
    /// An argument of the call from outside.
    Argument(usize),
    /// An entry of the state.
    Global(usize),
}

/// What the type checks at run time say.
#[cold]
pub(super) fn mismatch(what: &str) -> VmError {
    VmError::new(StatusCode::InternalTypeError).with_message(what)
}

impl Value {
    pub(super) fn address(address: Address) -> Self {
        Self::Address(address)
    }

    pub(super) fn signer(address: Address) -> Self {
        Self::Signer(Box::new(Self::Address(address)))
    }

    pub(super) fn u64(value: u64) -> Self {
        Self::Integer(Integer::U64, U256::from(value))
    }

    /// The value that a step of a path leads to.
    pub(super) fn inner(&mut self, step: usize) -> VmResult<&mut Self> {
        match self {
            Self::Vector(_, items) | Self::Struct { fields: items, .. } => items.get_mut(step),
            Self::Signer(address) => Some(&mut **address),
            Self::Bool(_)
            | Self::Integer(..)
            | Self::Address(_)
            | Self::Closure(_)
            | Self::Reference(_) => None,
        }
        .ok_or_else(|| mismatch("a reference points to nothing"))
    }

    /// Fails unless the value is of the type.
    pub(super) fn check(&self, code: &Code, ty: Type) -> VmResult<()> {
        use crate::code::TypeKind as K;
        let fits = match (self, code.types.kind(ty)) {
            (Self::Bool(_), K::Bool)
            | (Self::Address(_), K::Address)
            | (Self::Signer(_), K::Signer)
            | (Self::Closure(_), K::Function(_)) => true,
            (Self::Integer(own, _), K::Integer(other)) => own == other,
            (Self::Vector(element, _), K::Vector(other)) => element == other,
            (Self::Struct { ty: own, .. }, K::Struct(..)) => *own == ty,
            (Self::Reference(r), K::Reference(to)) => r.to == *to,
            (Self::Reference(r), K::MutableReference(to)) => r.mutable && r.to == *to,
            _ => false,
        };
        if fits {
            Ok(())
        } else {
            Err(mismatch("a value is not of the type that the code says"))
        }
    }

    /// How deep values are inside each other.
    pub(super) fn depth(&self) -> u16 {
        let inner = match self {
            Self::Vector(_, items) | Self::Struct { fields: items, .. } => {
                items.iter().map(Self::depth).max()
            }
            Self::Closure(closure) => closure.captured.iter().map(|(_, v)| v.depth()).max(),
            Self::Bool(_)
            | Self::Integer(..)
            | Self::Address(_)
            | Self::Signer(_)
            | Self::Reference(_) => None,
        };
        inner.unwrap_or(0).saturating_add(1)
    }

    /// The order of two values of one type: integers by value, addresses and vectors
    /// lexicographically, structs field by field, enums by variant first, function values by
    /// name, mask and captured values.
    pub(super) fn order(&self, other: &Self, code: &Code) -> VmResult<Ordering> {
        Ok(match (self, other) {
            (Self::Bool(a), Self::Bool(b)) => a.cmp(b),
            (Self::Integer(ty, a), Self::Integer(_, b)) => integer::order(*ty, *a, *b),
            (Self::Address(a), Self::Address(b)) => a.cmp(b),
            (Self::Signer(a), Self::Signer(b)) => return a.order(b, code),
            (Self::Vector(_, a), Self::Vector(_, b)) => return order_all(a, b, code),
            (
                Self::Struct {
                    variant: v,
                    fields: a,
                    ..
                },
                Self::Struct {
                    variant: w,
                    fields: b,
                    ..
                },
            ) => match v.cmp(w) {
                Ordering::Equal => return order_all(a, b, code),
                unequal => unequal,
            },
            (Self::Closure(a), Self::Closure(b)) => {
                let (left, right) = ((a.function, a.mask), (b.function, b.mask));
                let functions = function_value::order(code, left, right)?;
                if functions.is_ne() {
                    return Ok(functions);
                }
                for ((_, a), (_, b)) in a.captured.iter().zip(&b.captured) {
                    let values = a.order(b, code)?;
                    if values.is_ne() {
                        return Ok(values);
                    }
                }
                Ordering::Equal
            }
            _ => return Err(mismatch("these two cannot be ordered")),
        })
    }
}

fn order_all(a: &[Value], b: &[Value], code: &Code) -> VmResult<Ordering> {
    for (x, y) in a.iter().zip(b) {
        match x.order(y, code)? {
            Ordering::Equal => {}
            unequal => return Ok(unequal),
        }
    }
    Ok(a.len().cmp(&b.len()))
}

/// What a value has out of line, as gas counts it: see [`gas`](crate::gas).
pub(super) fn heap_size(
    code: &mut Code,
    engine: &crate::Engine,
    value: &Value,
) -> VmResult<HeapSize> {
    let mut size = HeapSize::default();
    match value {
        Value::Vector(element, items) => {
            let elements = items.len() as u64;
            size = HeapSize::region(match *element {
                Type::U8 | Type::I8 | Type::BOOL => elements.div_ceil(8),
                element => elements.saturating_mul(code.words(engine, element)?),
            });
            if code.has_heap(engine, *element)? {
                for item in items {
                    size.add(heap_size(code, engine, item)?);
                }
            }
        }
        Value::Struct { ty, fields, .. } => {
            let full = code.struct_type(engine, *ty)?.full_words;
            if full > INLINE_WORDS_MAX {
                size = HeapSize::region(full);
            }
            for field in fields {
                size.add(heap_size(code, engine, field)?);
            }
        }
        Value::Closure(closure) => {
            size = HeapSize::region(0);
            for (ty, value) in &closure.captured {
                size.words = size.words.saturating_add(code.words(engine, *ty)?);
                size.add(heap_size(code, engine, value)?);
            }
        }
        Value::Bool(_)
        | Value::Integer(..)
        | Value::Address(_)
        | Value::Signer(_)
        | Value::Reference(_) => {}
    }
    Ok(size)
}
