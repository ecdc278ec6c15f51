//! What types mean: resolved types, with inference variables while a body is checked.

use std::rc::Rc;

pub use lumio_move_engine::code::Integer;
use lumio_move_engine::format::AbilitySet;

use crate::{Span, program::StructId};

/// A variable of inference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TypeVar(pub u32);

/// A resolved type. Cheap to copy.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Type {
    /// `bool`
    Bool,
    /// An integer.
    Integer(Integer),
    /// `address`
    Address,
    /// `signer`
    Signer,
    /// `vector<t>`
    Vector(Rc<Type>),
    /// A struct or enum with its type arguments.
    Struct(StructId, Rc<[Type]>),
    /// The type parameter of that number of the definition that is looked at.
    Parameter(u16),
    /// `&t`, `&mut t`
    Reference {
        /// Whether it is `&mut`.
        mutable: bool,
        /// To what.
        to: Rc<Type>,
    },
    /// `|a, b| r has …`
    Function(Rc<FunctionType>),
    /// `()` and tuples; never of one.
    Tuple(Rc<[Type]>),
    /// Still to be inferred; none is left when a body is checked.
    Var(TypeVar),
    /// Of what never ends normally: fits every type.
    Never,
    /// An error that has been told: fits every type.
    Error,
}

/// The type of function values.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FunctionType {
    /// Parameters.
    pub parameters: Vec<Type>,
    /// What it returns: a tuple if not exactly one.
    pub returns: Type,
    /// What values can do.
    pub abilities: AbilitySet,
}

impl Type {
    /// `u64`
    pub const U64: Self = Self::Integer(Integer::U64);
    /// `u8`
    pub const U8: Self = Self::Integer(Integer::U8);

    /// `()`
    pub fn unit() -> Self {
        Self::Tuple(Rc::from([]))
    }

    /// Whether it is `()`.
    pub fn is_unit(&self) -> bool {
        matches!(self, Self::Tuple(types) if types.is_empty())
    }

    /// `vector<element>`
    pub fn vector(element: Self) -> Self {
        Self::Vector(Rc::new(element))
    }

    /// `&to`, `&mut to`
    pub fn reference(mutable: bool, to: Self) -> Self {
        Self::Reference {
            mutable,
            to: Rc::new(to),
        }
    }

    /// The types of the values that it stands for: those of a tuple, none of `Never`, else itself.
    pub fn values(&self) -> Vec<Self> {
        match self {
            Self::Tuple(types) => types.to_vec(),
            Self::Never => Vec::new(),
            other => vec![other.clone()],
        }
    }

    /// One type for several values.
    pub fn of_values(mut types: Vec<Self>) -> Self {
        match types.len() {
            1 => types.remove(0),
            _ => Self::Tuple(types.into()),
        }
    }

    /// What a reference points to.
    pub fn referent(&self) -> Option<(&Self, bool)> {
        match self {
            Self::Reference { mutable, to } => Some((to, *mutable)),
            _ => None,
        }
    }

    /// With the type parameters replaced.
    pub fn substitute(&self, arguments: &[Self]) -> Self {
        let all = |types: &[Self]| types.iter().map(|t| t.substitute(arguments)).collect();
        match self {
            Self::Parameter(n) => arguments.get(usize::from(*n)).unwrap_or(self).clone(),
            Self::Vector(of) => Self::vector(of.substitute(arguments)),
            Self::Struct(id, types) => Self::Struct(*id, all(types)),
            Self::Reference { mutable, to } => Self::reference(*mutable, to.substitute(arguments)),
            Self::Tuple(types) => Self::Tuple(all(types)),
            Self::Function(function) => Self::Function(Rc::new(FunctionType {
                parameters: function
                    .parameters
                    .iter()
                    .map(|t| t.substitute(arguments))
                    .collect(),
                returns: function.returns.substitute(arguments),
                abilities: function.abilities,
            })),
            Self::Bool
            | Self::Integer(_)
            | Self::Address
            | Self::Signer
            | Self::Var(_)
            | Self::Never
            | Self::Error => self.clone(),
        }
    }

    /// Whether this type or one in it fits.
    pub fn any(&self, test: &mut dyn FnMut(&Self) -> bool) -> bool {
        if test(self) {
            return true;
        }
        match self {
            Self::Vector(of) => of.any(test),
            Self::Reference { to, .. } => to.any(test),
            Self::Struct(_, types) | Self::Tuple(types) => types.iter().any(|t| t.any(test)),
            Self::Function(function) => {
                function.parameters.iter().any(|t| t.any(test)) || function.returns.any(test)
            }
            Self::Bool
            | Self::Integer(_)
            | Self::Address
            | Self::Signer
            | Self::Parameter(_)
            | Self::Var(_)
            | Self::Never
            | Self::Error => false,
        }
    }
}

/// A type parameter of a definition.
#[derive(Clone, Debug)]
pub struct TypeParameter {
    /// Its name.
    pub name: crate::Ident,
    /// What arguments must have.
    pub abilities: AbilitySet,
    /// Whether it is `phantom`.
    pub is_phantom: bool,
}

/// A local variable's number in its function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LocalId(pub u32);

/// A local variable.
#[derive(Clone, Debug)]
pub struct Local {
    /// Its name; temporaries have `$` in it.
    pub name: crate::Symbol,
    /// Its type.
    pub ty: Type,
    /// Where it is declared.
    pub span: Span,
}
