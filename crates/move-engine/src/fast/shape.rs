//! Shapes: what the words of a type mean, where its handles are.

use alloc::{sync::Arc, vec::Vec};
use hashbrown::HashMap;

use super::memory::invariant;
use crate::{
    Engine, VmResult,
    code::{Code, INLINE_WORDS_MAX, Integer, Type, TypeKind},
};

/// The number of a shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ShapeId(pub(super) u32);

/// What a type's words mean.
#[derive(Clone, Debug)]
pub(super) struct Shape {
    pub(super) ty: Type,
    /// Words where the value is kept.
    pub(super) words: usize,
    /// Whether handles are among them.
    pub(super) heap: bool,
    pub(super) node: Node,
}

/// What a value is.
#[derive(Clone, Debug)]
pub(super) enum Node {
    Bool,
    Integer(Integer),
    /// Of a signer too.
    Address,
    Reference,
    Vector(ShapeId),
    Closure,
    /// Fields of a struct, or of each variant of an enum, with their offsets. `boxed` words are
    /// behind a handle. The first word of an enum is the variant's number.
    Struct {
        is_enum: bool,
        boxed: Option<usize>,
        variants: Vec<Vec<(usize, ShapeId)>>,
    },
}

impl Shape {
    /// Whether vectors of it keep one byte for each.
    pub(super) fn is_byte(&self) -> bool {
        matches!(
            self.node,
            Node::Bool | Node::Integer(Integer::U8 | Integer::I8)
        )
    }
}

/// All shapes of one generation of code.
#[derive(Debug, Default)]
pub(super) struct Shapes {
    list: Vec<Arc<Shape>>,
    numbers: HashMap<Type, ShapeId>,
}

impl Shapes {
    pub(super) fn get(&self, id: ShapeId) -> VmResult<&Arc<Shape>> {
        self.list
            .get(id.0 as usize)
            .ok_or_else(|| invariant("there is no such shape"))
    }

    /// The shape of a type.
    pub(super) fn of(&mut self, code: &mut Code, engine: &Engine, ty: Type) -> VmResult<ShapeId> {
        if let Some(known) = self.numbers.get(&ty) {
            return Ok(*known);
        }
        let words = usize::try_from(code.words(engine, ty)?).unwrap_or(usize::MAX);
        let heap = code.has_heap(engine, ty)?;
        let node = match code.types.kind(ty).clone() {
            TypeKind::Bool => Node::Bool,
            TypeKind::Integer(integer) => Node::Integer(integer),
            TypeKind::Address | TypeKind::Signer => Node::Address,
            TypeKind::Reference(_) | TypeKind::MutableReference(_) => Node::Reference,
            TypeKind::Function(_) => Node::Closure,
            TypeKind::Vector(element) => Node::Vector(self.of(code, engine, element)?),
            TypeKind::Struct(..) => {
                let made = code.struct_type(engine, ty)?;
                let mut variants = Vec::new();
                for variant in &made.variants {
                    let mut offset = usize::from(made.is_enum);
                    let mut fields = Vec::new();
                    for field in &variant.fields {
                        let id = self.of(code, engine, *field)?;
                        fields.push((offset, id));
                        offset = offset.saturating_add(self.get(id)?.words);
                    }
                    variants.push(fields);
                }
                let full = usize::try_from(made.full_words).unwrap_or(usize::MAX);
                let boxed = (made.full_words > INLINE_WORDS_MAX).then_some(full);
                Node::Struct {
                    is_enum: made.is_enum,
                    boxed,
                    variants,
                }
            }
        };
        let id = ShapeId(u32::try_from(self.list.len()).unwrap_or(u32::MAX));
        self.list.push(Arc::new(Shape {
            ty,
            words,
            heap,
            node,
        }));
        self.numbers.insert(ty, id);
        Ok(id)
    }
}
