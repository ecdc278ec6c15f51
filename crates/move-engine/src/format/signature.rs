//! Abilities and types as a binary writes them.

use alloc::{boxed::Box, vec::Vec};
use core::fmt;

use super::StructHandleIndex;

/// One of the four things that values of a type may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Ability {
    /// May be duplicated.
    Copy = 1,
    /// May be discarded.
    Drop = 2,
    /// May be kept inside a resource.
    Store = 4,
    /// May be a resource.
    Key = 8,
}

impl Ability {
    /// All four, in the order in which they are written.
    pub const ALL: [Self; 4] = [Self::Copy, Self::Drop, Self::Store, Self::Key];

    /// The keyword.
    pub fn name(self) -> &'static str {
        match self {
            Self::Copy => "copy",
            Self::Drop => "drop",
            Self::Store => "store",
            Self::Key => "key",
        }
    }

    /// What the type arguments of a struct must be able to do for the struct to have `self`.
    pub fn requires(self) -> Self {
        match self {
            Self::Copy => Self::Copy,
            Self::Drop => Self::Drop,
            Self::Store | Self::Key => Self::Store,
        }
    }
}

/// A set of abilities.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AbilitySet(u8);

impl AbilitySet {
    /// None.
    pub const EMPTY: Self = Self(0);
    /// All four.
    pub const ALL: Self = Self(0xf);
    /// Of integers, `bool` and `address`: copy, drop, store.
    pub const PRIMITIVES: Self = Self(7);
    /// Of references: copy and drop.
    pub const REFERENCES: Self = Self(3);
    /// Of `signer`: drop.
    pub const SIGNER: Self = Self(2);
    /// Of `vector`, if its elements have them: copy, drop, store.
    pub const VECTOR: Self = Self(7);

    /// The set with these bits, unless there are others than the four.
    pub fn from_bits(bits: u8) -> Option<Self> {
        (bits & !0xf == 0).then_some(Self(bits))
    }

    /// Copy 1, drop 2, store 4, key 8.
    pub fn bits(self) -> u8 {
        self.0
    }

    /// Whether the ability is in the set.
    pub fn has(self, ability: Ability) -> bool {
        self.0 & ability as u8 != 0
    }

    /// The set with one more.
    #[must_use]
    pub fn with(self, ability: Ability) -> Self {
        Self(self.0 | ability as u8)
    }

    /// What is in both.
    #[must_use]
    pub fn intersect(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// What is in either.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether all of `self` is in `other`.
    pub fn is_subset(self, other: Self) -> bool {
        self.0 & !other.0 == 0
    }

    /// Its members in the order copy, drop, store, key.
    pub fn iter(self) -> impl Iterator<Item = Ability> {
        Ability::ALL.into_iter().filter(move |a| self.has(*a))
    }

    /// Abilities of a type constructor with declared abilities `self` applied to arguments: an
    /// ability stays if each non-phantom argument has what it requires.
    #[must_use]
    pub fn of_instance(self, arguments: impl IntoIterator<Item = (bool, Self)>) -> Self {
        let mut kept = self;
        for (phantom, argument) in arguments {
            if phantom {
                continue;
            }
            for ability in self.iter() {
                if !argument.has(ability.requires()) {
                    kept.0 &= !(ability as u8);
                }
            }
        }
        kept
    }

    /// What type arguments must be able to do so that an instance has all of `self`.
    #[must_use]
    pub fn required_of_arguments(self) -> Self {
        self.iter()
            .fold(Self::EMPTY, |set, a| set.with(a.requires()))
    }
}

impl fmt::Debug for AbilitySet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

/// A type parameter of a struct: what arguments must be able to do, and whether it is phantom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct StructTypeParameter {
    /// What arguments must be able to do.
    pub constraints: AbilitySet,
    /// Whether it occurs in no field except as argument of other phantom parameters.
    pub phantom: bool,
}

/// A type in a binary.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SignatureToken {
    /// `bool`
    Bool,
    /// `u8`
    U8,
    /// `u16`, since version 6
    U16,
    /// `u32`, since version 6
    U32,
    /// `u64`
    U64,
    /// `u128`
    U128,
    /// `u256`, since version 6
    U256,
    /// `i8`, since version 9
    I8,
    /// `i16`, since version 9
    I16,
    /// `i32`, since version 9
    I32,
    /// `i64`, since version 9
    I64,
    /// `i128`, since version 9
    I128,
    /// `i256`, since version 9
    I256,
    /// `address`
    Address,
    /// `signer`
    Signer,
    /// `vector<T>`
    Vector(Box<SignatureToken>),
    /// `|T| R has abilities`, since version 8
    Function(Box<FunctionToken>),
    /// A struct or enum without type arguments.
    Struct(StructHandleIndex),
    /// A struct or enum with type arguments.
    StructInstantiation(StructHandleIndex, Vec<SignatureToken>),
    /// `&T`
    Reference(Box<SignatureToken>),
    /// `&mut T`
    MutableReference(Box<SignatureToken>),
    /// The type parameter of that number.
    TypeParameter(u16),
}

/// The type of a function value.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FunctionToken {
    /// What it takes.
    pub parameters: Vec<SignatureToken>,
    /// What it returns.
    pub results: Vec<SignatureToken>,
    /// What values of the type may do.
    pub abilities: AbilitySet,
}

impl SignatureToken {
    /// Whether it is an integer, signed or not.
    pub fn is_integer(&self) -> bool {
        matches!(
            self,
            Self::U8 | Self::U16 | Self::U32 | Self::U64 | Self::U128 | Self::U256
        ) || self.is_signed_integer()
    }

    /// Whether it is a signed integer.
    pub fn is_signed_integer(&self) -> bool {
        matches!(
            self,
            Self::I8 | Self::I16 | Self::I32 | Self::I64 | Self::I128 | Self::I256
        )
    }

    /// Whether it is a reference, mutable or not.
    pub fn is_reference(&self) -> bool {
        matches!(self, Self::Reference(_) | Self::MutableReference(_))
    }

    /// The types directly inside this one.
    pub fn children(&self) -> Vec<&SignatureToken> {
        match self {
            Self::Vector(inner) | Self::Reference(inner) | Self::MutableReference(inner) => {
                alloc::vec![inner]
            }
            Self::StructInstantiation(_, arguments) => arguments.iter().collect(),
            Self::Function(function) => function
                .parameters
                .iter()
                .chain(&function.results)
                .collect(),
            Self::Bool
            | Self::U8
            | Self::U16
            | Self::U32
            | Self::U64
            | Self::U128
            | Self::U256
            | Self::I8
            | Self::I16
            | Self::I32
            | Self::I64
            | Self::I128
            | Self::I256
            | Self::Address
            | Self::Signer
            | Self::Struct(_)
            | Self::TypeParameter(_) => Vec::new(),
        }
    }

    /// This type and all types inside it, outer before inner, left before right, with the depth of
    /// each (this one has 1). Does not recurse.
    pub fn preorder(&self) -> impl Iterator<Item = (&SignatureToken, usize)> {
        let mut stack = alloc::vec![(self, 1_usize)];
        core::iter::from_fn(move || {
            let (token, depth) = stack.pop()?;
            stack.extend(
                token
                    .children()
                    .into_iter()
                    .rev()
                    .map(|t| (t, depth.saturating_add(1))),
            );
            Some((token, depth))
        })
    }
}
