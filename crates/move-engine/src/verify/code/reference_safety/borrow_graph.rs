//! Which reference was borrowed from which, and along which fields.

use alloc::{
    collections::{BTreeMap, BTreeSet},
    vec::Vec,
};

use super::super::{
    super::{Meter, Scope},
    function::broken,
};
use crate::VmResult;

/// Names a reference, or the root of the frame.
pub(super) type RefId = u32;

/// One step from a place into a part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Label {
    /// From the root to a local.
    Local(u8),
    /// From the root to any resource of a type that the module defines.
    Global(u16),
    /// From a struct, by its definition, to the field with that number. Of an enum, to the field
    /// with that number of any variant: two of them never exist at once.
    Field(u16, u16),
}

/// A path of labels, and whether it ends there. Behind one that is not exact, more may follow.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Edge {
    path: Vec<Label>,
    exact: bool,
}

impl Edge {
    /// Whether all that `other` may stand for, this one may stand for.
    fn covers(&self, other: &Self) -> bool {
        self == other || (!self.exact && other.path.starts_with(&self.path))
    }

    /// The way along this edge and then along another. What follows an unknown way is unknown.
    fn then(&self, next: &Self) -> Self {
        let mut path = self.path.clone();
        if self.exact {
            path.extend_from_slice(&next.path);
        }
        Self {
            path,
            exact: self.exact && next.exact,
        }
    }

    fn weight(&self) -> usize {
        self.path.len().saturating_add(1)
    }
}

const UNITS_PER_EDGE: u64 = 10;

/// The graph. Edges lead from what is borrowed from to what was borrowed.
#[derive(Clone, Debug, Default)]
pub(super) struct BorrowGraph {
    mutable: BTreeMap<RefId, bool>,
    edges: BTreeMap<(RefId, RefId), BTreeSet<Edge>>,
    /// The keys of `edges`, turned around.
    parents: BTreeSet<(RefId, RefId)>,
    weight: usize,
}

impl BorrowGraph {
    /// Adds a reference that borrows from nothing yet.
    pub(super) fn add(&mut self, id: RefId, mutable: bool) {
        self.mutable.insert(id, mutable);
    }

    pub(super) fn is_mutable(&self, id: RefId) -> VmResult<bool> {
        self.mutable.get(&id).copied().ok_or_else(broken)
    }

    /// References, edges and labels.
    pub(super) fn size(&self) -> usize {
        self.mutable.len().saturating_add(self.weight)
    }

    /// Whether something is borrowed from the whole of a referent, or from a part not known.
    pub(super) fn has_full_borrows(&self, id: RefId) -> bool {
        self.edges_from(id).any(|(_, edge)| edge.path.is_empty())
    }

    /// Whether something is borrowed that may overlap with the part `label` of a referent, or with
    /// any part of it.
    pub(super) fn is_borrowed(&self, id: RefId, label: Option<Label>) -> bool {
        self.edges_from(id).any(|(_, edge)| overlaps(edge, label))
    }

    /// As [`Self::is_borrowed`], mutable references only.
    pub(super) fn is_mutably_borrowed(&self, id: RefId, label: Option<Label>) -> bool {
        self.edges_from(id).any(|(child, edge)| {
            overlaps(edge, label) && self.mutable.get(&child).copied().unwrap_or(true)
        })
    }

    /// Says that `child` is just the part `path` of the referent of `parent`. What was borrowed
    /// from within that part is from now on borrowed from `child`.
    pub(super) fn borrow_exactly(&mut self, parent: RefId, path: Vec<Label>, child: RefId) {
        let moved: Vec<(RefId, Edge)> = self
            .edges_from(parent)
            .filter(|(other, edge)| *other != child && edge.path.starts_with(&path))
            .map(|(other, edge)| (other, edge.clone()))
            .collect();
        for (other, edge) in moved {
            self.remove_edge(parent, other, &edge);
            let rest = edge.path.get(path.len()..).unwrap_or_default().to_vec();
            let exact = edge.exact;
            self.add_edge(child, other, Edge { path: rest, exact });
        }
        self.add_edge(parent, child, Edge { path, exact: true });
    }

    /// Says that `child` is somewhere within the part `path` of the referent of `parent`.
    pub(super) fn borrow_within(&mut self, parent: RefId, path: Vec<Label>, child: RefId) {
        let exact = false;
        self.add_edge(parent, child, Edge { path, exact });
    }

    /// Removes a reference. What was borrowed from it is then borrowed from its parents.
    pub(super) fn release(&mut self, id: RefId, meter: &mut Meter) -> VmResult<()> {
        if self.mutable.remove(&id).is_none() {
            return Err(broken());
        }
        let parents: Vec<RefId> = self.parents_of(id).filter(|p| *p != id).collect();
        let children: Vec<RefId> = self.children_of(id).filter(|c| *c != id).collect();
        let mut into = Vec::new();
        for parent in parents {
            let edges = self.remove_edges(parent, id);
            into.extend(edges.into_iter().map(|edge| (parent, edge)));
        }
        let mut out = Vec::new();
        for child in children {
            let edges = self.remove_edges(id, child);
            out.extend(edges.into_iter().map(|edge| (child, edge)));
        }
        self.remove_edges(id, id);
        for (parent, first) in &into {
            meter.charge_items(Scope::Function, UNITS_PER_EDGE, out.len())?;
            for (child, second) in &out {
                if parent != child {
                    let edge = first.then(second);
                    meter.charge_items(Scope::Function, 1, edge.weight())?;
                    let scanned = self.add_edge(*parent, *child, edge);
                    meter.charge_items(Scope::Function, 1, scanned)?;
                }
            }
        }
        Ok(())
    }

    /// Adds the edges of another graph over the same references, except those that are covered.
    /// Returns whether there were any.
    pub(super) fn join(&mut self, other: &Self, meter: &mut Meter) -> VmResult<bool> {
        let before = self.weight;
        for ((parent, child), edges) in &other.edges {
            for edge in edges {
                let scanned = self.add_edge(*parent, *child, edge.clone());
                meter.charge_items(Scope::Function, UNITS_PER_EDGE, scanned)?;
            }
        }
        Ok(self.weight != before)
    }

    /// The same graph with other names for the references. All must have a new one.
    pub(super) fn renumbered(&self, names: &BTreeMap<RefId, RefId>) -> VmResult<Self> {
        let name = |id: &RefId| names.get(id).copied().ok_or_else(broken);
        let mut renamed = Self {
            weight: self.weight,
            ..Self::default()
        };
        for (id, mutable) in &self.mutable {
            renamed.mutable.insert(name(id)?, *mutable);
        }
        for ((parent, child), edges) in &self.edges {
            let (parent, child) = (name(parent)?, name(child)?);
            renamed.edges.insert((parent, child), edges.clone());
            renamed.parents.insert((child, parent));
        }
        Ok(renamed)
    }

    fn children_of(&self, id: RefId) -> impl Iterator<Item = RefId> {
        let edges = self.edges.range((id, RefId::MIN)..=(id, RefId::MAX));
        edges.map(|((_, child), _)| *child)
    }

    fn parents_of(&self, id: RefId) -> impl Iterator<Item = RefId> {
        let parents = self.parents.range((id, RefId::MIN)..=(id, RefId::MAX));
        parents.map(|(_, parent)| *parent)
    }

    fn edges_from(&self, id: RefId) -> impl Iterator<Item = (RefId, &Edge)> {
        let edges = self.edges.range((id, RefId::MIN)..=(id, RefId::MAX));
        edges.flat_map(|((_, child), edges)| edges.iter().map(|edge| (*child, edge)))
    }

    /// Adds an edge unless one is there that covers it. Returns how many were compared.
    fn add_edge(&mut self, parent: RefId, child: RefId, edge: Edge) -> usize {
        let edges = self.edges.entry((parent, child)).or_default();
        self.parents.insert((child, parent));
        let compared = edges.len().saturating_add(1);
        if !edges.iter().any(|known| known.covers(&edge)) {
            self.weight = self.weight.saturating_add(edge.weight());
            edges.insert(edge);
        }
        compared
    }

    fn remove_edge(&mut self, parent: RefId, child: RefId, edge: &Edge) {
        let Some(edges) = self.edges.get_mut(&(parent, child)) else {
            return;
        };
        if edges.remove(edge) {
            self.weight = self.weight.saturating_sub(edge.weight());
        }
        if edges.is_empty() {
            self.edges.remove(&(parent, child));
            self.parents.remove(&(child, parent));
        }
    }

    fn remove_edges(&mut self, parent: RefId, child: RefId) -> BTreeSet<Edge> {
        let edges = self.edges.remove(&(parent, child)).unwrap_or_default();
        self.parents.remove(&(child, parent));
        for edge in &edges {
            self.weight = self.weight.saturating_sub(edge.weight());
        }
        edges
    }
}

fn overlaps(edge: &Edge, label: Option<Label>) -> bool {
    match (edge.path.first(), label) {
        (Some(first), Some(label)) => *first == label,
        (None, _) | (_, None) => true,
    }
}
