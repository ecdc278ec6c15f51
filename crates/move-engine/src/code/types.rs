//! Ground types (no type parameters left), interned: equal types have equal numbers.

use alloc::{boxed::Box, string::String, vec::Vec};
use core::fmt;
use hashbrown::HashMap;

use crate::{
    ModuleId, StatusCode, VmResult,
    format::{AbilitySet, SignatureToken},
    machine::Limits,
};

/// A ground type. Compare with `==`; look inside with [`Types::kind`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Type(u32);

/// The name of a struct or enum, interned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StructId(u32);

/// The twelve integer types.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Integer {
    /// `u8`
    U8,
    /// `u16`
    U16,
    /// `u32`
    U32,
    /// `u64`
    U64,
    /// `u128`
    U128,
    /// `u256`
    U256,
    /// `i8`
    I8,
    /// `i16`
    I16,
    /// `i32`
    I32,
    /// `i64`
    I64,
    /// `i128`
    I128,
    /// `i256`
    I256,
}

impl Integer {
    /// All, with their names.
    pub const ALL: [(Self, &'static str); 12] = [
        (Self::U8, "u8"),
        (Self::U16, "u16"),
        (Self::U32, "u32"),
        (Self::U64, "u64"),
        (Self::U128, "u128"),
        (Self::U256, "u256"),
        (Self::I8, "i8"),
        (Self::I16, "i16"),
        (Self::I32, "i32"),
        (Self::I64, "i64"),
        (Self::I128, "i128"),
        (Self::I256, "i256"),
    ];

    /// The type of that name.
    pub fn of_name(name: &str) -> Option<Self> {
        let found = Self::ALL.iter().find(|(_, known)| *known == name);
        found.map(|(integer, _)| *integer)
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        let found = Self::ALL.iter().find(|(known, _)| *known == self);
        found.map_or("u64", |(_, name)| name)
    }

    /// Width in bits.
    pub fn bits(self) -> u16 {
        match self {
            Self::U8 | Self::I8 => 8,
            Self::U16 | Self::I16 => 16,
            Self::U32 | Self::I32 => 32,
            Self::U64 | Self::I64 => 64,
            Self::U128 | Self::I128 => 128,
            Self::U256 | Self::I256 => 256,
        }
    }

    /// Whether it has negative values.
    pub fn is_signed(self) -> bool {
        self >= Self::I8
    }

    /// As a type.
    pub fn as_type(self) -> Type {
        match self {
            Self::U8 => Type::U8,
            Self::U16 => Type::U16,
            Self::U32 => Type::U32,
            Self::U64 => Type::U64,
            Self::U128 => Type::U128,
            Self::U256 => Type::U256,
            Self::I8 => Type::I8,
            Self::I16 => Type::I16,
            Self::I32 => Type::I32,
            Self::I64 => Type::I64,
            Self::I128 => Type::I128,
            Self::I256 => Type::I256,
        }
    }
}

impl fmt::Display for Integer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What a type is made of.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum TypeKind {
    /// `bool`
    Bool,
    /// An integer.
    Integer(Integer),
    /// `address`
    Address,
    /// `signer`
    Signer,
    /// `vector<T>`
    Vector(Type),
    /// A struct or enum with its type arguments.
    Struct(StructId, Box<[Type]>),
    /// `|parameters| results has abilities`
    Function(FunctionType),
    /// `&T`
    Reference(Type),
    /// `&mut T`
    MutableReference(Type),
}

/// The type of a function value.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FunctionType {
    /// What it takes.
    pub parameters: Box<[Type]>,
    /// What it returns.
    pub results: Box<[Type]>,
    /// What values of the type may do.
    pub abilities: AbilitySet,
}

macro_rules! constants {
    ($($name:ident = $number:literal, $kind:expr;)*) => {
        impl Type {
            $(
                #[doc = concat!("`", stringify!($name), "`, in lower case.")]
                pub const $name: Self = Self($number);
            )*
        }

        const PRIMITIVES: &[TypeKind] = &[$($kind),*];
    };
}

constants! {
    BOOL = 0, TypeKind::Bool;
    U8 = 1, TypeKind::Integer(Integer::U8);
    U16 = 2, TypeKind::Integer(Integer::U16);
    U32 = 3, TypeKind::Integer(Integer::U32);
    U64 = 4, TypeKind::Integer(Integer::U64);
    U128 = 5, TypeKind::Integer(Integer::U128);
    U256 = 6, TypeKind::Integer(Integer::U256);
    I8 = 7, TypeKind::Integer(Integer::I8);
    I16 = 8, TypeKind::Integer(Integer::I16);
    I32 = 9, TypeKind::Integer(Integer::I32);
    I64 = 10, TypeKind::Integer(Integer::I64);
    I128 = 11, TypeKind::Integer(Integer::I128);
    I256 = 12, TypeKind::Integer(Integer::I256);
    ADDRESS = 13, TypeKind::Address;
    SIGNER = 14, TypeKind::Signer;
    BYTES = 15, TypeKind::Vector(Type::U8);
}

/// How deep and how large a type is as a tree.
#[derive(Clone, Copy, Debug)]
struct Size {
    depth: u16,
    nodes: u32,
}

/// The interner. It only grows, so a [`Type`] stays valid as long as its interner.
#[derive(Debug)]
pub struct Types {
    kinds: Vec<TypeKind>,
    sizes: Vec<Size>,
    numbers: HashMap<TypeKind, Type>,
    names: Vec<(ModuleId, String)>,
    name_numbers: HashMap<(ModuleId, String), StructId>,
    /// Structs that are known by another name.
    pub(crate) aliases: HashMap<(ModuleId, String), (ModuleId, String)>,
}

impl Default for Types {
    fn default() -> Self {
        let mut types = Self::nothing();
        for kind in PRIMITIVES {
            types.intern(kind.clone());
        }
        types
    }
}

impl Types {
    /// Without the primitive types, which everything else relies on.
    pub(super) fn nothing() -> Self {
        Self {
            kinds: Vec::new(),
            sizes: Vec::new(),
            numbers: HashMap::new(),
            names: Vec::new(),
            name_numbers: HashMap::new(),
            aliases: HashMap::new(),
        }
    }

    /// The type's number; a new one if it was never seen.
    pub fn intern(&mut self, kind: TypeKind) -> Type {
        if let Some(known) = self.numbers.get(&kind) {
            return *known;
        }
        let new = Type(u32::try_from(self.kinds.len()).unwrap_or(u32::MAX));
        self.sizes.push(self.size(&kind));
        self.kinds.push(kind.clone());
        self.numbers.insert(kind, new);
        new
    }

    /// The same, unless the type would be deeper or larger than the limits allow:
    /// `VM_MAX_TYPE_DEPTH_REACHED`, `TOO_MANY_TYPE_NODES`.
    pub(crate) fn intern_within(&mut self, limits: &Limits, kind: TypeKind) -> VmResult<Type> {
        let size = self.size(&kind);
        if size.depth > limits.type_depth {
            return Err(StatusCode::VmMaxTypeDepthReached.into());
        }
        if size.nodes > limits.type_nodes {
            return Err(StatusCode::TooManyTypeNodes.into());
        }
        Ok(self.intern(kind))
    }

    fn size(&self, kind: &TypeKind) -> Size {
        let mut size = Size { depth: 0, nodes: 1 };
        let mut add = |ty: &Type| {
            let inner = self
                .sizes
                .get(ty.0 as usize)
                .copied()
                .unwrap_or(Size { depth: 1, nodes: 1 });
            size.depth = size.depth.max(inner.depth);
            size.nodes = size.nodes.saturating_add(inner.nodes);
        };
        match kind {
            TypeKind::Bool | TypeKind::Integer(_) | TypeKind::Address | TypeKind::Signer => {}
            TypeKind::Vector(inner)
            | TypeKind::Reference(inner)
            | TypeKind::MutableReference(inner) => add(inner),
            TypeKind::Struct(_, arguments) => arguments.iter().for_each(add),
            TypeKind::Function(function) => {
                function
                    .parameters
                    .iter()
                    .chain(&function.results)
                    .for_each(add);
            }
        }
        size.depth = size.depth.saturating_add(1);
        size
    }

    /// What the type is made of.
    pub fn kind(&self, ty: Type) -> &TypeKind {
        self.kinds.get(ty.0 as usize).unwrap_or(&TypeKind::Bool)
    }

    /// How many types there are; what bounds the memory of a cache.
    pub fn len(&self) -> usize {
        self.kinds.len()
    }

    /// Never: the primitive types are always there.
    pub fn is_empty(&self) -> bool {
        self.kinds.is_empty()
    }

    /// The number of a struct's name. An alias has the number of what it stands for.
    pub fn struct_id(&mut self, module: &ModuleId, name: &str) -> StructId {
        let key = (module.clone(), String::from(name));
        if let Some(known) = self.name_numbers.get(&key) {
            return *known;
        }
        if let Some((module, name)) = self.aliases.get(&key).cloned() {
            let meant = self.struct_id(&module, &name);
            self.name_numbers.insert(key, meant);
            return meant;
        }
        let new = StructId(u32::try_from(self.names.len()).unwrap_or(u32::MAX));
        self.names.push(key.clone());
        self.name_numbers.insert(key, new);
        new
    }

    /// The module and name of a struct.
    pub fn struct_name(&self, id: StructId) -> Option<(&ModuleId, &str)> {
        self.names
            .get(id.0 as usize)
            .map(|(module, name)| (module, name.as_str()))
    }

    /// `vector<element>`
    pub fn vector(&mut self, element: Type) -> Type {
        self.intern(TypeKind::Vector(element))
    }

    /// `&inner` or `&mut inner`
    pub fn reference(&mut self, inner: Type, mutable: bool) -> Type {
        self.intern(if mutable {
            TypeKind::MutableReference(inner)
        } else {
            TypeKind::Reference(inner)
        })
    }

    /// What a reference points to, and whether it is mutable.
    pub fn referent(&self, ty: Type) -> Option<(Type, bool)> {
        match self.kind(ty) {
            TypeKind::Reference(inner) => Some((*inner, false)),
            TypeKind::MutableReference(inner) => Some((*inner, true)),
            TypeKind::Bool
            | TypeKind::Integer(_)
            | TypeKind::Address
            | TypeKind::Signer
            | TypeKind::Vector(_)
            | TypeKind::Struct(..)
            | TypeKind::Function(_) => None,
        }
    }

    /// Which integer it is.
    pub fn integer(&self, ty: Type) -> Option<Integer> {
        if let TypeKind::Integer(integer) = self.kind(ty) {
            Some(*integer)
        } else {
            None
        }
    }

    /// The primitive type of a token that is one.
    pub fn primitive(token: &SignatureToken) -> Option<Type> {
        Some(match token {
            SignatureToken::Bool => Type::BOOL,
            SignatureToken::U8 => Type::U8,
            SignatureToken::U16 => Type::U16,
            SignatureToken::U32 => Type::U32,
            SignatureToken::U64 => Type::U64,
            SignatureToken::U128 => Type::U128,
            SignatureToken::U256 => Type::U256,
            SignatureToken::I8 => Type::I8,
            SignatureToken::I16 => Type::I16,
            SignatureToken::I32 => Type::I32,
            SignatureToken::I64 => Type::I64,
            SignatureToken::I128 => Type::I128,
            SignatureToken::I256 => Type::I256,
            SignatureToken::Address => Type::ADDRESS,
            SignatureToken::Signer => Type::SIGNER,
            SignatureToken::Vector(_)
            | SignatureToken::Function(_)
            | SignatureToken::Struct(_)
            | SignatureToken::StructInstantiation(..)
            | SignatureToken::Reference(_)
            | SignatureToken::MutableReference(_)
            | SignatureToken::TypeParameter(_) => return None,
        })
    }
}
