//! Types of Move as a module's binary has them, and what they are in Solidity.

use lumio_move_engine::{
    Address, ModuleId,
    format::{AbilitySet, CompiledModule, SignatureToken, StructFields, Tables},
};
use std::collections::BTreeMap;

use crate::names::{Names, camel_case, pascal_case};

/// A type of Move.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Ty {
    Bool,
    /// Bits, and whether there is a sign.
    Integer(u16, bool),
    Address,
    Signer,
    Vector(Box<Ty>),
    Struct(Box<StructTy>),
    Reference(Box<Ty>),
    MutableReference(Box<Ty>),
    Parameter(u16),
    Function,
}

/// A struct or enum with its type arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct StructTy {
    pub(super) module: ModuleId,
    pub(super) name: String,
    pub(super) arguments: Vec<Ty>,
    declared: AbilitySet,
    phantom: Vec<bool>,
}

impl StructTy {
    /// Its name if it is one of the framework whose form is not that of its fields.
    fn special(&self) -> Option<&str> {
        let name = (self.module.name.as_str(), self.name.as_str());
        let special = [
            ("string", "String"),
            ("object", "Object"),
            ("option", "Option"),
        ];
        (self.module.address == Address::ONE && special.contains(&name)).then_some(name.1)
    }

    /// What anybody makes it of, if anybody may.
    fn given_as(&self) -> Option<Ty> {
        let name = (self.module.name.as_str(), self.name.as_str());
        match name {
            ("fixed_point32", "FixedPoint32") => Some(Ty::Integer(64, false)),
            ("fixed_point64", "FixedPoint64") => Some(Ty::Integer(128, false)),
            _ => None,
        }
        .filter(|_| self.module.address == Address::ONE)
    }
}

impl Ty {
    /// The type that a binary writes as a token.
    pub(super) fn of(tables: &Tables, token: &SignatureToken) -> Option<Self> {
        let inner = |token: &SignatureToken| Self::of(tables, token).map(Box::new);
        let structure = |handle: usize, arguments: &[SignatureToken]| {
            let handle = tables.struct_handles.get(handle)?;
            let module = tables.module_handles.get(handle.module.index())?;
            let arguments = arguments.iter().map(|token| Self::of(tables, token));
            let name = |index: usize| tables.identifiers.get(index);
            Some(Self::Struct(Box::new(StructTy {
                module: ModuleId::new(
                    *tables.addresses.get(module.address.index())?,
                    name(module.name.index())?.as_str(),
                ),
                name: name(handle.name.index())?.clone(),
                arguments: arguments.collect::<Option<_>>()?,
                declared: handle.abilities,
                phantom: handle.type_parameters.iter().map(|p| p.phantom).collect(),
            })))
        };
        Some(match token {
            SignatureToken::Bool => Self::Bool,
            SignatureToken::U8 => Self::Integer(8, false),
            SignatureToken::U16 => Self::Integer(16, false),
            SignatureToken::U32 => Self::Integer(32, false),
            SignatureToken::U64 => Self::Integer(64, false),
            SignatureToken::U128 => Self::Integer(128, false),
            SignatureToken::U256 => Self::Integer(256, false),
            SignatureToken::I8 => Self::Integer(8, true),
            SignatureToken::I16 => Self::Integer(16, true),
            SignatureToken::I32 => Self::Integer(32, true),
            SignatureToken::I64 => Self::Integer(64, true),
            SignatureToken::I128 => Self::Integer(128, true),
            SignatureToken::I256 => Self::Integer(256, true),
            SignatureToken::Address => Self::Address,
            SignatureToken::Signer => Self::Signer,
            SignatureToken::Vector(element) => Self::Vector(inner(element)?),
            SignatureToken::Function(_) => Self::Function,
            SignatureToken::Struct(handle) => structure(handle.index(), &[])?,
            SignatureToken::StructInstantiation(handle, arguments) => {
                structure(handle.index(), arguments)?
            }
            SignatureToken::Reference(token) => Self::Reference(inner(token)?),
            SignatureToken::MutableReference(token) => Self::MutableReference(inner(token)?),
            SignatureToken::TypeParameter(number) => Self::Parameter(*number),
        })
    }

    /// With type arguments in the place of type parameters.
    fn with(&self, arguments: &[Self]) -> Self {
        let inner = |ty: &Self| Box::new(ty.with(arguments));
        match self {
            Self::Parameter(number) => {
                let argument = arguments.get(usize::from(*number));
                argument.cloned().unwrap_or(Self::Function)
            }
            Self::Vector(element) => Self::Vector(inner(element)),
            Self::Reference(ty) => Self::Reference(inner(ty)),
            Self::MutableReference(ty) => Self::MutableReference(inner(ty)),
            Self::Struct(structure) => {
                let own = structure.arguments.iter().map(|ty| ty.with(arguments));
                Self::Struct(Box::new(StructTy {
                    arguments: own.collect(),
                    ..(**structure).clone()
                }))
            }
            Self::Bool | Self::Integer(..) | Self::Address | Self::Signer | Self::Function => {
                self.clone()
            }
        }
    }

    /// What its values may do; of a type parameter, everything.
    pub(super) fn abilities(&self) -> AbilitySet {
        match self {
            Self::Bool | Self::Integer(..) | Self::Address => AbilitySet::PRIMITIVES,
            Self::Signer => AbilitySet::SIGNER,
            Self::Vector(element) => AbilitySet::VECTOR.of_instance([(false, element.abilities())]),
            Self::Reference(_) | Self::MutableReference(_) => AbilitySet::REFERENCES,
            // Nobody but the caller can tell what it will be.
            Self::Parameter(_) => AbilitySet::ALL,
            Self::Function => AbilitySet::EMPTY,
            Self::Struct(structure) => {
                let arguments = structure.arguments.iter().map(|ty| ty.abilities());
                let phantom = structure.phantom.iter().copied();
                let phantom = phantom.chain(std::iter::repeat(false));
                structure.declared.of_instance(phantom.zip(arguments))
            }
        }
    }
}

/// A type of Solidity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Sol {
    Bool,
    Integer(u16, bool),
    /// An account, as `bytes32`.
    Account,
    Bytes,
    String,
    Array(Box<Sol>),
    Struct(String),
}

impl Sol {
    /// As a type.
    pub(super) fn text(&self) -> String {
        match self {
            Self::Bool => "bool".into(),
            Self::Integer(bits, false) => format!("uint{bits}"),
            Self::Integer(bits, true) => format!("int{bits}"),
            Self::Account => "bytes32".into(),
            Self::Bytes => "bytes".into(),
            Self::String => "string".into(),
            Self::Array(element) => format!("{}[]", element.text()),
            Self::Struct(name) => name.clone(),
        }
    }

    /// As the type of a variable.
    pub(super) fn variable(&self) -> String {
        match self {
            Self::Bool | Self::Integer(..) | Self::Account => self.text(),
            Self::Bytes | Self::String | Self::Array(_) | Self::Struct(_) => {
                format!("{} memory", self.text())
            }
        }
    }

    /// Whether there is an account in it that is not inside of a struct.
    pub(super) fn has_account(&self) -> bool {
        match self {
            Self::Account => true,
            Self::Array(element) => element.has_account(),
            _ => false,
        }
    }
}

/// A struct of Solidity.
#[derive(Clone, Debug)]
pub(super) struct SolStruct {
    pub(super) name: String,
    /// The type of Move.
    pub(super) origin: String,
    /// The struct's name in Move, if it is of the module.
    pub(super) own: Option<String>,
    pub(super) fields: Vec<(String, Sol)>,
}

/// Why a type has no place in a signature.
pub(super) enum Misfit {
    /// It depends on type arguments: whoever calls has to encode or decode it.
    Generic,
    /// What is wrong.
    Reason(String),
}

/// Finds a module by its name.
pub(super) type FindModule<'a> = &'a mut dyn FnMut(&ModuleId) -> Option<CompiledModule>;

/// Structs that were met, and the names that they got.
pub(super) struct Structs<'a> {
    module: &'a CompiledModule,
    id: ModuleId,
    find: FindModule<'a>,
    found: BTreeMap<ModuleId, Option<CompiledModule>>,
    pub(super) met: Vec<(Ty, SolStruct)>,
    pub(super) names: Names,
}

impl<'a> Structs<'a> {
    pub(super) fn new(
        module: &'a CompiledModule,
        id: ModuleId,
        find: FindModule<'a>,
        names: Names,
    ) -> Self {
        Self {
            module,
            id,
            find,
            found: BTreeMap::new(),
            met: Vec::new(),
            names,
        }
    }

    /// How deep the code is that decodes a type: loops of arrays in loops, of structs, of bytes.
    pub(super) fn depth(&self, ty: &Sol) -> usize {
        match ty {
            Sol::Bool | Sol::Integer(..) | Sol::Account => 0,
            Sol::Bytes | Sol::String => 1,
            Sol::Array(element) => self.depth(element).saturating_add(2),
            Sol::Struct(name) => {
                let found = self.met.iter().find(|(_, known)| known.name == *name);
                let fields = found.map_or(&[][..], |(_, known)| &known.fields).iter();
                let deepest = fields.map(|(_, ty)| self.depth(ty)).max();
                deepest.unwrap_or_default().saturating_add(1)
            }
        }
    }

    /// A type of what is given to Move.
    pub(super) fn given(&mut self, ty: &Ty) -> Result<Sol, Misfit> {
        let only_move = |what: String| Misfit::Reason(format!("only Move code can give {what}"));
        match ty {
            Ty::Vector(element) if **element == Ty::Integer(8, false) => Ok(Sol::Bytes),
            Ty::Vector(element) => Ok(Sol::Array(Box::new(self.given(element)?))),
            Ty::Struct(structure) => match (structure.special(), structure.given_as()) {
                (Some("String"), _) => Ok(Sol::String),
                (Some("Object"), _) => Ok(Sol::Account),
                (Some(_), _) => self.option(structure, Self::given),
                (None, Some(part)) => {
                    let part = self.given(&part)?;
                    Ok(self.name(ty, structure, vec![("value".into(), part)]))
                }
                (None, None) => Err(only_move(format!("a `{}`", name_of(structure)))),
            },
            Ty::Reference(_) | Ty::MutableReference(_) => Err(only_move("a reference".into())),
            Ty::Signer => Err(only_move("a signer that is not the first parameter".into())),
            Ty::Function => Err(only_move("a function value".into())),
            Ty::Parameter(_) => Err(Misfit::Generic),
            Ty::Bool | Ty::Integer(..) | Ty::Address => Ok(plain(ty)),
        }
    }

    /// A type of what Move returns.
    pub(super) fn returned(&mut self, ty: &Ty) -> Result<Sol, Misfit> {
        let no_form = |what: String| Misfit::Reason(format!("Solidity has no form of {what}"));
        match ty {
            Ty::Vector(element) if **element == Ty::Integer(8, false) => Ok(Sol::Bytes),
            Ty::Vector(element) => Ok(Sol::Array(Box::new(self.returned(element)?))),
            Ty::Struct(structure) => match structure.special() {
                Some("String") => Ok(Sol::String),
                Some("Object") => Ok(Sol::Account),
                Some(_) => self.option(structure, Self::returned),
                None => self.fields(ty, structure),
            },
            Ty::Reference(_) | Ty::MutableReference(_) => Err(no_form("a reference".into())),
            Ty::Signer => Err(no_form("a signer".into())),
            Ty::Function => Err(no_form("a function value".into())),
            Ty::Parameter(_) => Err(Misfit::Generic),
            Ty::Bool | Ty::Integer(..) | Ty::Address => Ok(plain(ty)),
        }
    }

    /// An option is an array of none or one, of bytes as well.
    fn option(
        &mut self,
        structure: &StructTy,
        of: fn(&mut Self, &Ty) -> Result<Sol, Misfit>,
    ) -> Result<Sol, Misfit> {
        let missing = || Misfit::Reason("an option of nothing".into());
        let element = structure.arguments.first().ok_or_else(missing)?;
        Ok(Sol::Array(Box::new(of(self, element)?)))
    }

    fn fields(&mut self, ty: &Ty, structure: &StructTy) -> Result<Sol, Misfit> {
        if let Some((_, known)) = self.met.iter().find(|(met, _)| met == ty) {
            return Ok(Sol::Struct(known.name.clone()));
        }
        let unknown = || Misfit::Reason(format!("`{}` cannot be looked up", name_of(structure)));
        if structure.module != self.id && !self.found.contains_key(&structure.module) {
            let module = (self.find)(&structure.module);
            self.found.insert(structure.module.clone(), module);
        }
        let module = match structure.module == self.id {
            true => self.module,
            false => self
                .found
                .get(&structure.module)
                .and_then(Option::as_ref)
                .ok_or_else(unknown)?,
        };
        let definition = module.struct_defs.iter().find(|definition| {
            let handle = module.struct_handles.get(definition.handle.index());
            let name = handle.and_then(|handle| module.identifiers.get(handle.name.index()));
            name.is_some_and(|name| *name == structure.name)
        });
        let definition = definition.ok_or_else(unknown)?;
        let StructFields::Declared(fields) = &definition.fields else {
            let what = format!("the enum `{}`", name_of(structure));
            return Err(Misfit::Reason(format!("Solidity has no form of {what}")));
        };
        let mut types = Vec::new();
        for field in fields {
            let name = module.identifiers.get(field.name.index());
            let ty = Ty::of(module, &field.token);
            let (Some(name), Some(ty)) = (name, ty) else {
                return Err(unknown());
            };
            types.push((name.clone(), ty.with(&structure.arguments)));
        }
        let mut made = Vec::new();
        for (name, ty) in types {
            made.push((name, self.returned(&ty)?));
        }
        Ok(self.name(ty, structure, made))
    }

    fn name(&mut self, ty: &Ty, structure: &StructTy, fields: Vec<(String, Sol)>) -> Sol {
        if let Some((_, known)) = self.met.iter().find(|(met, _)| met == ty) {
            return Sol::Struct(known.name.clone());
        }
        let mut name = structure.name.clone();
        for argument in &structure.arguments {
            name.push_str(&suffix(argument));
        }
        let wanted = pascal_case(&name);
        let name = match self.names.is_free(&wanted) {
            true => self.names.take(&wanted),
            // Another module has one of this name.
            false => {
                let wanted = format!("{}{wanted}", pascal_case(&structure.module.name));
                self.names.take(&wanted)
            }
        };
        let mut names = Names::new(crate::names::is_reserved_in_solidity);
        let fields = fields.into_iter();
        let fields = fields.map(|(name, ty)| (names.take(&camel_case(&name)), ty));
        let made = SolStruct {
            name: name.clone(),
            origin: match structure.module == self.id {
                true => structure.name.clone(),
                false => name_of(structure),
            },
            own: (structure.module == self.id).then(|| structure.name.clone()),
            fields: fields.collect(),
        };
        self.met.push((ty.clone(), made));
        Sol::Struct(name)
    }
}

fn plain(ty: &Ty) -> Sol {
    match ty {
        Ty::Integer(bits, signed) => Sol::Integer(*bits, *signed),
        Ty::Address => Sol::Account,
        _ => Sol::Bool,
    }
}

/// A type argument in the name of a struct.
fn suffix(ty: &Ty) -> String {
    match ty {
        Ty::Bool => "Bool".into(),
        Ty::Integer(bits, false) => format!("Uint{bits}"),
        Ty::Integer(bits, true) => format!("Int{bits}"),
        Ty::Address => "Account".into(),
        Ty::Vector(element) => format!("{}s", suffix(element)),
        Ty::Struct(structure) => {
            let arguments: String = structure.arguments.iter().map(suffix).collect();
            format!("{}{arguments}", structure.name)
        }
        Ty::Parameter(number) => format!("T{number}"),
        Ty::Signer | Ty::Reference(_) | Ty::MutableReference(_) | Ty::Function => String::new(),
    }
}

/// A struct as Move writes it.
fn name_of(structure: &StructTy) -> String {
    let StructTy {
        module,
        name,
        arguments,
        ..
    } = structure;
    let arguments: Vec<_> = arguments.iter().map(type_text).collect();
    let path = format!("{}::{}::{name}", module.address.to_short_hex(), module.name);
    match arguments.is_empty() {
        true => path,
        false => format!("{path}<{}>", arguments.join(", ")),
    }
}

fn type_text(ty: &Ty) -> String {
    match ty {
        Ty::Bool => "bool".into(),
        Ty::Integer(bits, false) => format!("u{bits}"),
        Ty::Integer(bits, true) => format!("i{bits}"),
        Ty::Address => "address".into(),
        Ty::Signer => "signer".into(),
        Ty::Vector(element) => format!("vector<{}>", type_text(element)),
        Ty::Struct(structure) => name_of(structure),
        Ty::Reference(ty) => format!("&{}", type_text(ty)),
        Ty::MutableReference(ty) => format!("&mut {}", type_text(ty)),
        Ty::Parameter(number) => format!("T{number}"),
        Ty::Function => "a function".into(),
    }
}
