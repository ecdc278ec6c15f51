//! Who uses what: circles of modules, and definitions that nobody uses.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
};

use super::{allows, has_attribute, is_test};
use crate::{
    Diagnostic, Diagnostics, FileId, Sources, Span, Symbol,
    ast::{Attribute, AttributeValue},
    program::{Program, UnitId, Visibility},
};

/// A definition in a module.
type Item = (UnitId, Symbol);

/// What has been seen to be used so far.
#[derive(Debug, Default)]
pub(crate) struct Usage {
    /// Which module uses which, and where it does so first.
    modules: RefCell<BTreeMap<(UnitId, UnitId), Span>>,
    /// The definition that is looked at.
    user: RefCell<Option<Item>>,
    /// What each definition uses.
    items: RefCell<BTreeMap<Item, BTreeSet<Item>>>,
}

/// Names in text that is not compiled, by file: they may be what something is there for.
#[derive(Debug, Default)]
pub(crate) struct Mentions(BTreeMap<FileId, BTreeSet<Symbol>>);

impl Mentions {
    /// All names in some pieces of text.
    pub(crate) fn of(sources: &Sources, places: &[Span]) -> Self {
        let mut found = Self::default();
        for place in places {
            let names = found.0.entry(place.file).or_default();
            let text = sources.text(*place);
            let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
            names.extend(words.filter(|w| !w.is_empty()).map(Symbol::from));
        }
        found
    }

    /// Whether a name that belongs to a place is among them.
    pub(super) fn has(&self, place: Span, name: &Symbol) -> bool {
        let names = self.0.get(&place.file);
        names.is_some_and(|names| names.contains(name))
    }
}

impl Usage {
    /// What is used from now on, this definition uses.
    pub(crate) fn enter(&self, unit: UnitId, name: &Symbol) {
        *self.user.borrow_mut() = Some((unit, name.clone()));
    }

    /// Notes that a definition is used.
    pub(crate) fn note(&self, unit: UnitId, name: &Symbol) {
        if let Some(user) = &*self.user.borrow() {
            let mut items = self.items.borrow_mut();
            let used = items.entry(user.clone()).or_default();
            used.insert((unit, name.clone()));
        }
    }

    /// Notes that a module uses another one.
    pub(crate) fn depend(&self, unit: UnitId, on: UnitId, span: Span) {
        if unit != on {
            self.modules.borrow_mut().entry((unit, on)).or_insert(span);
        }
    }

    /// Tells of modules that depend on each other in a circle. A friend depends on the module that
    /// declares it.
    pub(crate) fn circles(&self, program: &Program, diagnostics: &mut Diagnostics) {
        let mut edges = self.modules.borrow().clone();
        let mut friends = BTreeMap::new();
        for (n, unit) in (0..).map(UnitId).zip(&program.units) {
            for (friend, span) in &unit.friends {
                friends.insert((*friend, n), *span);
            }
        }
        let uses: Vec<(UnitId, UnitId)> = edges.keys().copied().collect();
        for (edge, span) in &friends {
            edges.entry(*edge).or_insert(*span);
        }
        let mut next: BTreeMap<UnitId, Vec<UnitId>> = BTreeMap::new();
        for (from, to) in edges.keys() {
            next.entry(*from).or_default().push(*to);
        }
        let reaches = |from: UnitId, to: UnitId| {
            let mut seen = BTreeSet::from([from]);
            let mut wanted = vec![from];
            while let Some(unit) = wanted.pop() {
                if unit == to {
                    return true;
                }
                for unit in next.get(&unit).into_iter().flatten() {
                    if seen.insert(*unit) {
                        wanted.push(*unit);
                    }
                }
            }
            false
        };
        let mut told: BTreeSet<UnitId> = BTreeSet::new();
        for (from, to) in uses.into_iter().chain(friends.keys().copied()) {
            let is_root = program.unit(from).is_root || program.unit(to).is_root;
            if !is_root || told.contains(&from) && told.contains(&to) || !reaches(to, from) {
                continue;
            }
            told.extend([from, to]);
            let Some(span) = edges.get(&(from, to)) else {
                continue;
            };
            let name = |unit: UnitId| program.unit(unit).ident.to_string();
            let message = format!(
                "`{}` and `{}` depend on each other in a circle",
                name(from),
                name(to)
            );
            let mut error = Diagnostic::error(*span, message);
            if let Some(back) = edges.get(&(to, from)) {
                let how = match friends.contains_key(&(to, from)) {
                    true => "a friend depends on the module that declares it",
                    false => "it is used here the other way round",
                };
                error = error.also(*back, how);
            }
            diagnostics.push(error);
        }
    }

    /// Warns about private definitions that nothing leads to.
    pub(super) fn unused(
        &self,
        program: &Program,
        mentions: &Mentions,
        diagnostics: &mut Diagnostics,
    ) {
        let mut private: BTreeMap<Item, (Span, &str, &str)> = BTreeMap::new();
        let mut reached: Vec<Item> = Vec::new();
        for (n, unit) in (0..).map(UnitId).zip(&program.units) {
            if !unit.is_root {
                continue;
            }
            let mut sort = |name: &crate::Ident, attributes: &[Attribute], is_open, kind, lint| {
                let item = (n, name.name.clone());
                attributes.iter().for_each(|a| named(a, n, &mut reached));
                let allowed = allows(attributes, lint) || allows(&unit.attributes, lint);
                if is_open || allowed || mentions.has(name.span, &name.name) {
                    reached.push(item);
                } else {
                    private.insert(item, (name.span, kind, lint));
                }
            };
            for id in &unit.functions {
                let f = program.function(*id);
                let special = ["view", "persistent", "randomness"];
                let is_open = unit.name.is_none()
                    || f.source.is_none()
                    || f.visibility != Visibility::Private
                    || f.is_entry
                    || f.name.as_str() == "init_module"
                    || is_test(&f.attributes)
                    || special.iter().any(|a| has_attribute(&f.attributes, a));
                sort(
                    &f.name,
                    &f.attributes,
                    is_open,
                    "function",
                    "unused_function",
                );
            }
            for id in &unit.constants {
                let c = program.constant(*id);
                sort(&c.name, &c.attributes, false, "constant", "unused_const");
            }
            for id in &unit.structs {
                let s = program.structure(*id);
                let special = ["event", "resource_group", "resource_group_member"];
                let is_open = s.visibility != Visibility::Private
                    || special.iter().any(|a| has_attribute(&s.attributes, a));
                sort(&s.name, &s.attributes, is_open, "struct", "unused_struct");
            }
        }
        let items = self.items.borrow();
        while let Some(item) = reached.pop() {
            private.remove(&item);
            let next = items.get(&item).into_iter().flatten();
            reached.extend(next.filter(|next| private.contains_key(*next)).cloned());
        }
        for ((_, name), (span, kind, lint)) in private {
            diagnostics.push(
                Diagnostic::warning(span, format!("{kind} `{name}` is never used"))
                    .help(format!("remove it, or put `#[allow({lint})]` before it")),
            );
        }
    }
}

/// The definitions of a module that an attribute names.
fn named(attribute: &Attribute, unit: UnitId, found: &mut Vec<Item>) {
    match &attribute.value {
        AttributeValue::Path(path) => {
            found.extend(path.names.last().map(|name| (unit, name.name.clone())));
        }
        AttributeValue::List(list) => list.iter().for_each(|a| named(a, unit, found)),
        AttributeValue::None | AttributeValue::Literal(_) => {}
    }
}
