//! The abstract state and what each kind of access does to it.

use alloc::{collections::BTreeMap, vec::Vec};

use super::{
    super::{
        super::{Meter, Scope},
        absint::AbstractState,
        function::{Function, broken},
    },
    borrow_graph::{BorrowGraph, Label, RefId},
};
use crate::{
    StatusCode as S, VmError, VmResult,
    format::{SignatureToken, StructDefIndex},
};

const JOIN_UNITS: u64 = 100;
const JOIN_UNITS_PER_ITEM: u64 = 50;
const RENUMBER_UNITS_PER_ITEM: u64 = 10;

/// A value, by the reference that it is, if it is one.
pub(super) type Value = Option<RefId>;

/// What is known between two instructions, except of the stack.
#[derive(Clone, Debug)]
pub(super) struct State {
    /// The reference that a local holds, if it holds one.
    locals: Vec<Value>,
    graph: BorrowGraph,
    /// No reference has this name or a greater one.
    fresh: RefId,
}

fn require(holds: bool, otherwise: S) -> VmResult<()> {
    if holds {
        Ok(())
    } else {
        Err(VmError::new(otherwise))
    }
}

fn name(local: usize) -> VmResult<RefId> {
    RefId::try_from(local).map_err(|_| broken())
}

impl State {
    /// At the entry: parameters that are references borrow from nothing known.
    pub(super) fn new(function: &Function<'_>) -> VmResult<Self> {
        let mut graph = BorrowGraph::default();
        let root = name(function.local_count())?;
        graph.add(root, true);
        let mut locals = Vec::with_capacity(function.local_count());
        for (local, token) in function.parameters.iter().enumerate() {
            let id = name(local)?;
            let mutable = matches!(token, SignatureToken::MutableReference(_));
            locals.push(token.is_reference().then_some(id));
            if token.is_reference() {
                graph.add(id, mutable);
            }
        }
        locals.resize(function.local_count(), None);
        Ok(Self {
            locals,
            graph,
            fresh: root.saturating_add(1),
        })
    }

    /// Locals, references, edges and labels.
    pub(super) fn size(&self) -> usize {
        self.graph.size()
    }

    /// Where locals and resources are.
    fn root(&self) -> VmResult<RefId> {
        name(self.locals.len())
    }

    fn new_ref(&mut self, mutable: bool) -> VmResult<RefId> {
        let id = self.fresh;
        self.fresh = id.checked_add(1).ok_or_else(broken)?;
        self.graph.add(id, mutable);
        Ok(id)
    }

    fn local(&mut self, local: u8) -> VmResult<&mut Value> {
        self.locals.get_mut(usize::from(local)).ok_or_else(broken)
    }

    /// Nothing else leads to the referent.
    fn is_writable(&self, id: RefId) -> bool {
        !self.graph.is_borrowed(id, None)
    }

    /// Nothing else writes to the referent, or to that part of it.
    fn is_readable(&self, id: RefId, label: Option<Label>) -> VmResult<bool> {
        Ok(!self.graph.is_mutable(id)? || !self.graph.is_mutably_borrowed(id, label))
    }

    fn is_global_borrowed(&self, resource: StructDefIndex) -> VmResult<bool> {
        let label = Label::Global(resource.0);
        Ok(self.graph.is_borrowed(self.root()?, Some(label)))
    }

    pub(super) fn release(&mut self, value: Value, meter: &mut Meter) -> VmResult<()> {
        value.map_or(Ok(()), |id| self.graph.release(id, meter))
    }

    pub(super) fn copy_local(&mut self, local: u8) -> VmResult<Value> {
        let Some(id) = *self.local(local)? else {
            let label = Some(Label::Local(local));
            let shared = self.graph.is_mutably_borrowed(self.root()?, label);
            require(!shared, S::CopylocExistsBorrowError)?;
            return Ok(None);
        };
        let copy = self.new_ref(self.graph.is_mutable(id)?)?;
        self.graph.borrow_exactly(id, Vec::new(), copy);
        Ok(Some(copy))
    }

    pub(super) fn move_local(&mut self, local: u8) -> VmResult<Value> {
        let value = self.local(local)?.take();
        if value.is_none() {
            let label = Some(Label::Local(local));
            let borrowed = self.graph.is_borrowed(self.root()?, label);
            require(!borrowed, S::MovelocExistsBorrowError)?;
        }
        Ok(value)
    }

    pub(super) fn store_local(
        &mut self,
        local: u8,
        value: Value,
        meter: &mut Meter,
    ) -> VmResult<()> {
        let old = core::mem::replace(self.local(local)?, value);
        if old.is_none() {
            let label = Some(Label::Local(local));
            let borrowed = self.graph.is_borrowed(self.root()?, label);
            require(!borrowed, S::StlocUnsafeToDestroyError)?;
        }
        self.release(old, meter)
    }

    /// A mutable borrow takes over whatever was borrowed from the local before.
    pub(super) fn borrow_local(&mut self, mutable: bool, local: u8) -> VmResult<Value> {
        let root = self.root()?;
        let label = Label::Local(local);
        let written = !mutable && self.graph.is_mutably_borrowed(root, Some(label));
        require(!written, S::BorrowlocExistsBorrowError)?;
        let id = self.new_ref(mutable)?;
        self.graph.borrow_exactly(root, alloc::vec![label], id);
        Ok(Some(id))
    }

    /// A mutable borrow takes over whatever was borrowed from within the field before; what was
    /// borrowed from a part not known cannot be taken over.
    pub(super) fn borrow_field(
        &mut self,
        mutable: bool,
        id: RefId,
        field: Label,
        meter: &mut Meter,
    ) -> VmResult<Value> {
        let allowed = if mutable {
            !self.graph.has_full_borrows(id)
        } else {
            self.is_readable(id, Some(field))?
        };
        require(allowed, S::BorrowfieldExistsMutableBorrowError)?;
        let part = self.new_ref(mutable)?;
        self.graph.borrow_exactly(id, alloc::vec![field], part);
        self.graph.release(id, meter)?;
        Ok(Some(part))
    }

    pub(super) fn borrow_element(
        &mut self,
        mutable: bool,
        id: RefId,
        meter: &mut Meter,
    ) -> VmResult<Value> {
        let allowed = if mutable {
            self.is_writable(id)
        } else {
            self.is_readable(id, None)?
        };
        require(allowed, S::VecBorrowElementExistsMutableBorrowError)?;
        let element = self.new_ref(mutable)?;
        self.graph.borrow_within(id, Vec::new(), element);
        self.graph.release(id, meter)?;
        Ok(Some(element))
    }

    /// Addresses are not told apart: a mutable borrow is the only one of all resources of a type.
    pub(super) fn borrow_global(
        &mut self,
        mutable: bool,
        resource: StructDefIndex,
    ) -> VmResult<Value> {
        let root = self.root()?;
        let label = Label::Global(resource.0);
        let conflict = if mutable {
            self.graph.is_borrowed(root, Some(label))
        } else {
            self.graph.is_mutably_borrowed(root, Some(label))
        };
        require(!conflict, S::GlobalReferenceError)?;
        let id = self.new_ref(mutable)?;
        self.graph.borrow_within(root, alloc::vec![label], id);
        Ok(Some(id))
    }

    /// What a callee may take away or change must not be borrowed here.
    pub(super) fn take_global(&self, resource: StructDefIndex) -> VmResult<()> {
        let borrowed = self.is_global_borrowed(resource)?;
        require(!borrowed, S::GlobalReferenceError)
    }

    pub(super) fn freeze(&mut self, id: RefId, meter: &mut Meter) -> VmResult<Value> {
        let written = self.graph.is_mutably_borrowed(id, None);
        require(!written, S::FreezerefExistsMutableBorrowError)?;
        let frozen = self.new_ref(false)?;
        self.graph.borrow_exactly(id, Vec::new(), frozen);
        self.graph.release(id, meter)?;
        Ok(Some(frozen))
    }

    /// Reads through references, all before any of them ends.
    pub(super) fn read(&mut self, ids: &[RefId], meter: &mut Meter) -> VmResult<()> {
        for id in ids {
            let readable = self.is_readable(*id, None)?;
            require(readable, S::ReadrefExistsMutableBorrowError)?;
        }
        for id in ids {
            self.graph.release(*id, meter)?;
        }
        Ok(())
    }

    pub(super) fn write(&mut self, id: RefId, otherwise: S, meter: &mut Meter) -> VmResult<()> {
        require(self.is_writable(id), otherwise)?;
        self.graph.release(id, meter)
    }

    /// Mutable arguments must be the only way to their referents. References that come back borrow
    /// from arguments: mutable ones from mutable ones, others from all.
    pub(super) fn call(
        &mut self,
        arguments: &[Value],
        results: &[SignatureToken],
        meter: &mut Meter,
    ) -> VmResult<Vec<Value>> {
        let mut all = Vec::new();
        let mut mutable = Vec::new();
        for id in arguments.iter().flatten().copied() {
            if self.graph.is_mutable(id)? {
                let writable = self.is_writable(id);
                require(writable, S::CallBorrowedMutableReferenceError)?;
                mutable.push(id);
            }
            all.push(id);
        }
        let mut values = Vec::with_capacity(results.len());
        for token in results {
            let (is_mutable, parents) = match token {
                SignatureToken::MutableReference(_) => (true, &mutable),
                SignatureToken::Reference(_) => (false, &all),
                _ => {
                    values.push(None);
                    continue;
                }
            };
            meter.charge_items(Scope::Function, JOIN_UNITS_PER_ITEM, parents.len())?;
            let id = self.new_ref(is_mutable)?;
            for parent in parents {
                self.graph.borrow_within(*parent, Vec::new(), id);
            }
            values.push(Some(id));
        }
        for id in all {
            self.graph.release(id, meter)?;
        }
        Ok(values)
    }

    /// Nothing that is returned may point into the frame, or into what the caller may then take
    /// from storage, and mutable ones must be the only way to their referents.
    pub(super) fn ret(&mut self, values: &[Value], meter: &mut Meter) -> VmResult<()> {
        for local in &mut self.locals {
            if let Some(id) = local.take() {
                self.graph.release(id, meter)?;
            }
        }
        let borrowed = self.graph.is_borrowed(self.root()?, None);
        require(!borrowed, S::UnsafeRetLocalOrResourceStillBorrowed)?;
        for id in values.iter().flatten() {
            let allowed = !self.graph.is_mutable(*id)? || self.is_writable(*id);
            require(allowed, S::RetBorrowedMutableReferenceError)?;
        }
        for value in values {
            self.release(*value, meter)?;
        }
        Ok(())
    }

    /// Names references after the locals that hold them.
    pub(super) fn canonicalize(&mut self, meter: &mut Meter) -> VmResult<()> {
        let root = self.root()?;
        let fresh = root.saturating_add(1);
        if self.fresh == fresh && self.is_canonical() {
            return Ok(());
        }
        meter.charge_items(Scope::Function, RENUMBER_UNITS_PER_ITEM, self.size())?;
        let mut names = BTreeMap::from([(root, root)]);
        for (local, value) in self.locals.iter_mut().enumerate() {
            if let Some(id) = value {
                let new = name(local)?;
                names.insert(*id, new);
                *id = new;
            }
        }
        self.graph = self.graph.renumbered(&names)?;
        self.fresh = fresh;
        Ok(())
    }

    fn is_canonical(&self) -> bool {
        let mut locals = self.locals.iter().enumerate();
        locals.all(|(local, value)| value.is_none_or(|id| name(local).is_ok_and(|new| new == id)))
    }
}

impl AbstractState for State {
    fn join(&mut self, other: &Self, meter: &mut Meter) -> VmResult<bool> {
        let size = self.size().saturating_add(other.size());
        meter.charge(Scope::Function, JOIN_UNITS)?;
        meter.charge_items(Scope::Function, JOIN_UNITS_PER_ITEM, size)?;
        let mut changed = false;
        let mut theirs = None;
        for (local, (mine, other_value)) in self.locals.iter_mut().zip(&other.locals).enumerate() {
            match (*mine, *other_value) {
                (Some(id), None) => {
                    self.graph.release(id, meter)?;
                    *mine = None;
                    changed = true;
                }
                (None, Some(id)) => {
                    let graph = theirs.get_or_insert_with(|| other.graph.clone());
                    graph.release(id, meter)?;
                }
                (Some(id), Some(other_id)) => {
                    if id != other_id || id != name(local)? {
                        return Err(broken());
                    }
                }
                (None, None) => {}
            }
        }
        let theirs = theirs.as_ref().unwrap_or(&other.graph);
        Ok(self.graph.join(theirs, meter)? || changed)
    }
}
