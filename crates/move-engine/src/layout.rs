//! Layouts: types with all that is needed to read their values without the engine; and values as
//! trees, for servers that show them and tests that make them.

use alloc::{boxed::Box, string::String, vec::Vec};

use crate::{
    Address, Engine, ModuleId, Session, StatusCode, StructTag, TypeTag, U256, VmError, VmResult,
    bcs::{Reader, put_bytes, put_uleb},
    code::{Code, Integer, Type, TypeKind},
    format::ClosureMask,
    is_identifier,
};

/// The most parts that a layout has: `TOO_MANY_TYPE_NODES`.
const NODES_MAX: usize = 512;

/// How a type's values are laid out in BCS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Layout {
    /// `bool`
    Bool,
    /// An integer.
    Integer(Integer),
    /// `address`
    Address,
    /// `signer`
    Signer,
    /// `vector<T>`
    Vector(Box<Layout>),
    /// A struct.
    Struct {
        /// Its type.
        tag: StructTag,
        /// Names and layouts of its fields, in order.
        fields: Vec<(String, Layout)>,
    },
    /// An enum.
    Enum {
        /// Its type.
        tag: StructTag,
        /// Names of its variants, and their fields.
        variants: Vec<(String, Vec<(String, Layout)>)>,
    },
    /// A function value. What it captures is of types that the value itself names.
    Function,
}

/// A value. What it is called is in its [`Layout`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MoveValue {
    /// `bool`
    Bool(bool),
    /// An integer; signed ones in two's complement of their width.
    Integer(Integer, U256),
    /// `address`
    Address(Address),
    /// `signer`
    Signer(Address),
    /// `vector<u8>`
    Bytes(Vec<u8>),
    /// Any other vector.
    Vector(Vec<MoveValue>),
    /// The fields of a struct.
    Struct(Vec<MoveValue>),
    /// The number of an enum's variant, and its fields.
    Variant(u16, Vec<MoveValue>),
    /// A function value.
    Function(Box<FunctionValue>),
}

/// A function value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionValue {
    /// The function's module.
    pub module: ModuleId,
    /// Its name.
    pub function: String,
    /// Its type arguments.
    pub type_arguments: Vec<TypeTag>,
    /// Which of its parameters are captured.
    pub mask: ClosureMask,
    /// What they are, with their types.
    pub captured: Vec<(TypeTag, MoveValue)>,
}

/// Finds the layout of a type that a function value names.
pub type Resolve<'a> = &'a mut dyn FnMut(&TypeTag) -> VmResult<Layout>;

fn bad(what: &str) -> VmError {
    VmError::new(StatusCode::ValueDeserializationError).with_message(what)
}

impl Layout {
    /// Reads a value, and nothing after it. `resolve` is asked for the types of what function
    /// values capture.
    ///
    /// # Errors
    /// `VALUE_DESERIALIZATION_ERROR`.
    pub fn decode(&self, bcs: &[u8], resolve: Resolve<'_>) -> VmResult<MoveValue> {
        let mut reader = Reader::new(bcs);
        let value = self.read(&mut reader, resolve, DEPTH_MAX)?;
        reader.end()?;
        Ok(value)
    }

    fn read(
        &self,
        reader: &mut Reader<'_>,
        resolve: Resolve<'_>,
        depth: u16,
    ) -> VmResult<MoveValue> {
        let depth = depth
            .checked_sub(1)
            .ok_or(StatusCode::VmMaxValueDepthReached)?;
        let fields = |fields: &[(String, Self)], reader: &mut Reader<'_>, resolve: Resolve<'_>| {
            let mut values = Vec::new();
            for (_, layout) in fields {
                values.push(layout.read(reader, resolve, depth)?);
            }
            Ok::<_, VmError>(values)
        };
        Ok(match self {
            Self::Bool => MoveValue::Bool(reader.bool()?),
            Self::Integer(integer) => {
                let bytes = reader.take(usize::from(integer.bits() / 8))?;
                MoveValue::Integer(*integer, U256::from_le_slice(bytes))
            }
            Self::Address => MoveValue::Address(reader.address()?),
            Self::Signer => MoveValue::Signer(reader.address()?),
            Self::Vector(element) => {
                let count = reader.uleb()?;
                if **element == Self::Integer(Integer::U8) {
                    return Ok(MoveValue::Bytes(reader.take(count as usize)?.to_vec()));
                }
                // Every value has a byte at least, except of layouts that no type has.
                if count as usize > reader.left() {
                    return Err(bad("the value ends too early"));
                }
                let mut values = Vec::new();
                for _ in 0..count {
                    values.push(element.read(reader, resolve, depth)?);
                }
                MoveValue::Vector(values)
            }
            Self::Struct { fields: own, .. } => MoveValue::Struct(fields(own, reader, resolve)?),
            Self::Enum { variants, .. } => {
                let number = u16::try_from(reader.uleb()?).unwrap_or(u16::MAX);
                let variant = variants.get(usize::from(number));
                let (_, own) = variant.ok_or_else(|| bad("an enum has no such variant"))?;
                MoveValue::Variant(number, fields(own, reader, resolve)?)
            }
            Self::Function => {
                if reader.take(2)? != 1_u16.to_le_bytes() {
                    return Err(bad("the version of a function value is unknown"));
                }
                let module = ModuleId::new(reader.address()?, reader.string()?);
                let function = reader.string()?;
                if !is_identifier(&module.name, true) || !is_identifier(&function, true) {
                    return Err(bad("a name has characters that names cannot have"));
                }
                let type_arguments = tags(reader)?;
                let mask = ClosureMask(reader.u64()?);
                let types = tags(reader)?;
                if usize::try_from(mask.0.count_ones()) != Ok(types.len()) {
                    return Err(bad("the mask captures another number of values"));
                }
                let mut captured = Vec::new();
                for tag in types {
                    let value = resolve(&tag)?.read(reader, resolve, depth)?;
                    captured.push((tag, value));
                }
                MoveValue::Function(Box::new(FunctionValue {
                    module,
                    function,
                    type_arguments,
                    mask,
                    captured,
                }))
            }
        })
    }
}

/// Values inside each other: `VM_MAX_VALUE_DEPTH_REACHED`.
const DEPTH_MAX: u16 = 128;

fn tags(reader: &mut Reader<'_>) -> VmResult<Vec<TypeTag>> {
    let mut tags = Vec::new();
    for _ in 0..reader.uleb()? {
        tags.push(TypeTag::read(reader)?);
    }
    Ok(tags)
}

impl MoveValue {
    /// The value's BCS.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.write(&mut out);
        out
    }

    fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Bool(value) => out.push(u8::from(*value)),
            Self::Integer(integer, bits) => {
                let bytes = bits.to_le_bytes::<32>();
                out.extend(bytes.iter().take(usize::from(integer.bits() / 8)));
            }
            Self::Address(address) | Self::Signer(address) => out.extend(address.0),
            Self::Bytes(bytes) => put_bytes(out, bytes),
            Self::Vector(values) => {
                put_uleb(out, values.len() as u64);
                values.iter().for_each(|value| value.write(out));
            }
            Self::Struct(fields) => fields.iter().for_each(|field| field.write(out)),
            Self::Variant(number, fields) => {
                put_uleb(out, u64::from(*number));
                fields.iter().for_each(|field| field.write(out));
            }
            Self::Function(function) => {
                out.extend(1_u16.to_le_bytes());
                out.extend(function.module.address.0);
                put_bytes(out, function.module.name.as_bytes());
                put_bytes(out, function.function.as_bytes());
                put_uleb(out, function.type_arguments.len() as u64);
                function
                    .type_arguments
                    .iter()
                    .for_each(|tag| tag.write(out));
                out.extend(function.mask.0.to_le_bytes());
                put_uleb(out, function.captured.len() as u64);
                function.captured.iter().for_each(|(tag, _)| tag.write(out));
                function
                    .captured
                    .iter()
                    .for_each(|(_, value)| value.write(out));
            }
        }
    }
}

impl Session<'_> {
    /// The layout of a type. Modules that it needs are loaded.
    ///
    /// # Errors
    /// Those of [`type_of`](Self::type_of), `TOO_MANY_TYPE_NODES`, and of a struct that its module
    /// only declares (`native`) `VALUE_DESERIALIZATION_ERROR`.
    pub fn layout(&mut self, tag: &TypeTag) -> VmResult<Layout> {
        let ty = self.type_of(tag)?;
        self.code.layout(self.engine, ty)
    }

    /// A value of a type, from its BCS.
    ///
    /// # Errors
    /// Those of [`layout`](Self::layout), and `VALUE_DESERIALIZATION_ERROR`.
    pub fn decode(&mut self, tag: &TypeTag, bcs: &[u8]) -> VmResult<MoveValue> {
        let layout = self.layout(tag)?;
        layout.decode(bcs, &mut |tag| self.layout(tag))
    }
}

impl Code {
    /// The layout of a type.
    ///
    /// # Errors
    /// `TOO_MANY_TYPE_NODES`; of a reference `INTERNAL_TYPE_ERROR`; of a struct that its module only
    /// declares (`native`) `VALUE_DESERIALIZATION_ERROR`.
    pub fn layout(&mut self, engine: &Engine, ty: Type) -> VmResult<Layout> {
        self.layout_part(engine, ty, &mut 0)
    }

    fn layout_part(&mut self, engine: &Engine, ty: Type, nodes: &mut usize) -> VmResult<Layout> {
        *nodes = nodes.saturating_add(1);
        if *nodes > NODES_MAX {
            return Err(StatusCode::TooManyTypeNodes.into());
        }
        Ok(match self.types.kind(ty).clone() {
            TypeKind::Bool => Layout::Bool,
            TypeKind::Integer(integer) => Layout::Integer(integer),
            TypeKind::Address => Layout::Address,
            TypeKind::Signer => Layout::Signer,
            TypeKind::Function(_) => Layout::Function,
            TypeKind::Vector(element) => {
                Layout::Vector(Box::new(self.layout_part(engine, element, nodes)?))
            }
            TypeKind::Struct(..) => {
                let tag = self.struct_tag(ty)?;
                let made = self.struct_type(engine, ty)?;
                let mut variants = Vec::new();
                for variant in &made.variants {
                    let mut fields = Vec::new();
                    for (name, field) in variant.names.iter().zip(&variant.fields) {
                        fields.push((name.clone(), self.layout_part(engine, *field, nodes)?));
                    }
                    variants.push((variant.name.clone(), fields));
                }
                match made.is_enum {
                    true => Layout::Enum { tag, variants },
                    false => {
                        let fields = variants.pop().map(|(_, fields)| fields);
                        let fields = fields.ok_or_else(|| bad("a native struct has no layout"))?;
                        Layout::Struct { tag, fields }
                    }
                }
            }
            TypeKind::Reference(_) | TypeKind::MutableReference(_) => {
                return Err(StatusCode::InternalTypeError.into());
            }
        })
    }
}
