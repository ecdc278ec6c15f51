//! What names stand for: members of modules, and what `use` brings in.

use std::{cell::Cell, collections::BTreeMap};

use lumio_move_engine::ModuleId as ModuleName;

use super::{
    allows,
    usage::{Mentions, Usage},
};
use crate::{
    Diagnostic, Diagnostics, Ident, Span, Symbol, ast,
    program::{ConstId, FunctionId, Program, StructId, UnitId},
};

/// What one name stands for in a module.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Member {
    pub(crate) structure: Option<StructId>,
    pub(crate) function: Option<FunctionId>,
    pub(crate) constant: Option<ConstId>,
}

/// What a `use` brings in.
#[derive(Clone, Debug)]
enum Alias {
    Module(UnitId),
    Member(UnitId, Symbol),
}

/// The names that the `use` declarations of a module or block bring in.
#[derive(Debug, Default)]
pub(crate) struct Aliases {
    all: BTreeMap<Symbol, Vec<(Alias, Span, Cell<bool>)>>,
}

/// What a path leads to: a member of a module, and perhaps a variant of it.
#[derive(Clone, Debug)]
pub(crate) struct Entity {
    pub(crate) unit: UnitId,
    pub(crate) name: Ident,
    pub(crate) variant: Option<Ident>,
}

#[derive(Debug, Default)]
struct UnitNames {
    members: BTreeMap<Symbol, Member>,
    aliases: Aliases,
}

/// All names.
#[derive(Debug, Default)]
pub(crate) struct Names {
    units: BTreeMap<UnitId, UnitNames>,
    /// Who uses what.
    pub(crate) usage: Usage,
    /// What text mentions that is left out.
    pub(crate) mentions: Mentions,
}

impl Names {
    pub(super) fn add_unit(&mut self, unit: UnitId) {
        self.units.entry(unit).or_default();
    }

    pub(super) fn member(&mut self, unit: UnitId, name: &Symbol) -> &mut Member {
        let names = self.units.entry(unit).or_default();
        names.members.entry(name.clone()).or_default()
    }

    pub(super) fn set_aliases(&mut self, unit: UnitId, aliases: Aliases) {
        self.units.entry(unit).or_default().aliases = aliases;
    }

    /// The member of a module.
    pub(super) fn own(&self, unit: UnitId, name: &str) -> Option<Member> {
        self.units.get(&unit)?.members.get(name).copied()
    }

    fn find(&self, unit: UnitId, name: &str) -> Member {
        let names = self.units.get(&unit);
        names
            .and_then(|n| n.members.get(name))
            .copied()
            .unwrap_or_default()
    }

    pub(crate) fn structure(&self, unit: UnitId, name: &str) -> Option<StructId> {
        self.find(unit, name).structure
    }

    pub(crate) fn function(&self, unit: UnitId, name: &str) -> Option<FunctionId> {
        self.find(unit, name).function
    }

    pub(crate) fn constant(&self, unit: UnitId, name: &str) -> Option<ConstId> {
        self.find(unit, name).constant
    }

    /// All names of members of a module, for hints.
    pub(crate) fn members(&self, unit: UnitId) -> impl Iterator<Item = &Symbol> {
        let names = self.units.get(&unit);
        names.into_iter().flat_map(|n| n.members.keys())
    }

    /// Looks a name up among what `use` brings in: in blocks from inside out, then in the module.
    fn alias(
        &self,
        unit: UnitId,
        blocks: &[std::rc::Rc<Aliases>],
        name: &str,
        wanted: impl Fn(&Alias) -> bool,
    ) -> Option<Alias> {
        let own = self.units.get(&unit).map(|n| &n.aliases);
        let blocks = blocks.iter().rev().map(|a| &**a);
        for aliases in blocks.chain(own) {
            let found = aliases.all.get(name);
            for (alias, _, used) in found.into_iter().flatten() {
                if wanted(alias) {
                    used.set(true);
                    return Some(alias.clone());
                }
            }
        }
        None
    }

    fn module_alias(
        &self,
        unit: UnitId,
        blocks: &[std::rc::Rc<Aliases>],
        name: &str,
    ) -> Option<UnitId> {
        if name == "Self" {
            return Some(unit);
        }
        match self.alias(unit, blocks, name, |a| matches!(a, Alias::Module(_)))? {
            Alias::Module(found) => Some(found),
            Alias::Member(..) => None,
        }
    }

    fn named(&self, program: &Program, address: &Ident, module: &Ident) -> Option<UnitId> {
        let address = program.addresses.get(&address.name)?;
        let name = ModuleName::new(*address, module.as_str());
        program.modules.get(&name).copied()
    }

    /// The module that a path of one or two names stands for.
    pub(crate) fn module(
        &self,
        program: &Program,
        unit: UnitId,
        blocks: &[std::rc::Rc<Aliases>],
        path: &ast::Path,
    ) -> Option<UnitId> {
        match (&path.address, path.names.as_slice()) {
            (Some((address, _)), [name]) => {
                let name = ModuleName::new(*address, name.as_str());
                program.modules.get(&name).copied()
            }
            (None, [name]) => {
                // A friend may be a neighbour, without a `use`.
                self.module_alias(unit, blocks, &name.name).or_else(|| {
                    let own = program.unit(unit).name.as_ref()?;
                    let neighbour = ModuleName::new(own.address, name.as_str());
                    program.modules.get(&neighbour).copied()
                })
            }
            (None, [address, name]) => self.named(program, address, name),
            _ => None,
        }
    }

    /// What a path stands for, if it leads to a member of a module; the module must exist, the
    /// member need not.
    pub(crate) fn entity(
        &self,
        program: &Program,
        unit: UnitId,
        blocks: &[std::rc::Rc<Aliases>],
        path: &ast::Path,
    ) -> Result<Entity, Diagnostic> {
        let found = self.find_entity(program, unit, blocks, path)?;
        self.usage.depend(unit, found.unit, path.span);
        self.usage.note(found.unit, &found.name.name);
        Ok(found)
    }

    /// What a path in an attribute leads to. The module does not depend on it.
    pub(crate) fn mentioned(
        &self,
        program: &Program,
        unit: UnitId,
        path: &ast::Path,
    ) -> Option<(UnitId, Ident)> {
        let found = self.find_entity(program, unit, &[], path).ok()?;
        self.usage.note(found.unit, &found.name.name);
        Some((found.unit, found.name))
    }

    fn find_entity(
        &self,
        program: &Program,
        unit: UnitId,
        blocks: &[std::rc::Rc<Aliases>],
        path: &ast::Path,
    ) -> Result<Entity, Diagnostic> {
        let entity = |unit: UnitId, name: &Ident, variant: Option<&Ident>| {
            Ok(Entity {
                unit,
                name: name.clone(),
                variant: variant.cloned(),
            })
        };
        let unbound = |name: &Ident| {
            Diagnostic::error(name.span, format!("there is no module `{name}` in scope"))
                .help(format!("bring it in with `use address::{name};`"))
        };
        if let Some((address, span)) = &path.address {
            let [module, name, rest @ ..] = path.names.as_slice() else {
                return Err(Diagnostic::error(
                    path.span,
                    "a name of a module's member is needed",
                ));
            };
            let full = ModuleName::new(*address, module.as_str());
            let found = program.modules.get(&full).copied();
            let found = found.ok_or_else(|| {
                Diagnostic::error(span.to(module.span), format!("there is no module `{full}`"))
                    .help(super::missing_module(Some(*address), module))
            })?;
            return entity(found, name, rest.first());
        }
        match path.names.as_slice() {
            [name] => {
                let own = self.find(unit, &name.name);
                let here =
                    own.structure.is_some() || own.function.is_some() || own.constant.is_some();
                let member = |a: &Alias| matches!(a, Alias::Member(..));
                match self.alias(unit, blocks, &name.name, member) {
                    Some(Alias::Member(found, original)) if !here || !blocks.is_empty() => {
                        let name = Ident {
                            name: original,
                            span: name.span,
                        };
                        entity(found, &name, None)
                    }
                    _ => entity(unit, name, None),
                }
            }
            [first, second] => {
                if let Some(module) = self.module_alias(unit, blocks, &first.name) {
                    return entity(module, second, None);
                }
                // An enum and a variant.
                let owner = ast::Path {
                    names: vec![first.clone()],
                    ..path.clone()
                };
                let owner = self.find_entity(program, unit, blocks, &owner)?;
                if self.structure(owner.unit, &owner.name.name).is_some() {
                    return entity(owner.unit, &owner.name, Some(second));
                }
                Err(unbound(first))
            }
            [first, second, third, rest @ ..] => {
                if let Some(module) = self.named(program, first, second) {
                    return entity(module, third, rest.first());
                }
                if rest.is_empty()
                    && let Some(module) = self.module_alias(unit, blocks, &first.name)
                {
                    return entity(module, second, Some(third));
                }
                if let Some(address) = program.addresses.get(&first.name) {
                    let message = format!("there is no module `{first}::{second}`");
                    let help = super::missing_module(Some(*address), second);
                    let span = first.span.to(second.span);
                    return Err(Diagnostic::error(span, message).help(help));
                }
                Err(super::unknown_address(first))
            }
            [] => Err(Diagnostic::error(path.span, "a name is needed")),
        }
    }

    /// Warns about what `use` brings in for nothing, unless text mentions it that is left out.
    pub(crate) fn unused(&self, program: &Program, diagnostics: &mut Diagnostics) {
        for (unit, names) in &self.units {
            let unit = program.unit(*unit);
            if unit.is_root && !allows(&unit.attributes, "unused_use") {
                names.aliases.unused(&self.mentions, diagnostics);
            }
        }
        self.usage.unused(program, &self.mentions, diagnostics);
    }
}

impl Member {
    /// Where the member is defined.
    pub(super) fn span(&self, program: &Program) -> Option<Span> {
        let structure = self.structure.map(|id| program.structure(id).name.span);
        let function = self.function.map(|id| program.function(id).name.span);
        let constant = self.constant.map(|id| program.constant(id).name.span);
        structure.or(function).or(constant)
    }
}

impl Aliases {
    /// The members of other modules that are named here, and where.
    pub(super) fn members(&self) -> impl Iterator<Item = (&Symbol, Span)> {
        let all = self.all.iter().flat_map(|(name, found)| {
            found
                .iter()
                .map(move |(alias, span, _)| (name, alias, *span))
        });
        all.filter(|(_, alias, _)| matches!(alias, Alias::Member(..)))
            .map(|(name, _, span)| (name, span))
    }

    /// Adds what a `use` brings in.
    pub(crate) fn add(
        &mut self,
        item: &ast::Use,
        program: &Program,
        names: &Names,
        diagnostics: &mut Diagnostics,
    ) {
        let module = match &item.address {
            ast::AddressName::Number(address, _) => {
                let name = ModuleName::new(*address, item.module.as_str());
                program.modules.get(&name).copied()
            }
            ast::AddressName::Named(ident) => {
                if !program.addresses.contains_key(&ident.name) {
                    diagnostics.push(super::unknown_address(ident));
                    return;
                }
                names.named(program, ident, &item.module)
            }
        };
        let Some(module) = module else {
            // What only tests use may exist only with them.
            if !super::is_test_only(&item.preface.attributes) {
                let address = match &item.address {
                    ast::AddressName::Number(address, _) => address.to_string(),
                    ast::AddressName::Named(ident) => ident.to_string(),
                };
                let message = format!("there is no module `{address}::{}`", item.module);
                let value = match &item.address {
                    ast::AddressName::Number(address, _) => Some(*address),
                    ast::AddressName::Named(ident) => program.addresses.get(&ident.name).copied(),
                };
                diagnostics.push(
                    Diagnostic::error(item.module.span, message)
                        .help(super::missing_module(value, &item.module)),
                );
            }
            return;
        };
        let allowed = allows(&item.preface.attributes, "unused_use");
        match &item.what {
            ast::UseWhat::Module(name) => {
                self.insert(
                    name.as_ref().unwrap_or(&item.module),
                    Alias::Module(module),
                    allowed,
                    diagnostics,
                );
            }
            ast::UseWhat::Members(members) => {
                for (member, name) in members {
                    if member.name.as_str() == "Self" {
                        let name = name.as_ref().unwrap_or(&item.module);
                        self.insert(name, Alias::Module(module), allowed, diagnostics);
                        continue;
                    }
                    let found = names.find(module, &member.name);
                    if found.structure.is_none()
                        && found.function.is_none()
                        && found.constant.is_none()
                    {
                        // Schemas of specifications can be named, too; nobody will miss them.
                        if !member.starts_with(|c: char| c.is_ascii_uppercase()) {
                            let message = format!("`{}` has no `{member}`", item.module);
                            diagnostics.push(Diagnostic::error(member.span, message));
                        }
                        continue;
                    }
                    let alias = Alias::Member(module, member.name.clone());
                    self.insert(name.as_ref().unwrap_or(member), alias, allowed, diagnostics);
                }
            }
            ast::UseWhat::All(span) => {
                for name in names.members(module) {
                    let ident = Ident {
                        name: name.clone(),
                        span: *span,
                    };
                    self.insert(
                        &ident,
                        Alias::Member(module, name.clone()),
                        true,
                        diagnostics,
                    );
                }
            }
        }
    }

    fn insert(&mut self, name: &Ident, alias: Alias, allowed: bool, diagnostics: &mut Diagnostics) {
        let known = self.all.entry(name.name.clone()).or_default();
        let kind = std::mem::discriminant(&alias);
        let twice = known
            .iter()
            .find(|(a, ..)| std::mem::discriminant(a) == kind);
        if let Some((_, before, _)) = twice {
            diagnostics.push(
                Diagnostic::error(name.span, format!("`{name}` is brought in twice"))
                    .also(*before, "it is brought in here first"),
            );
            return;
        }
        known.push((alias, name.span, Cell::new(allowed)));
    }

    /// Warns about what is never used.
    pub(crate) fn unused(&self, mentions: &Mentions, diagnostics: &mut Diagnostics) {
        for (name, aliases) in &self.all {
            for (_, span, used) in aliases {
                if !used.get() && !mentions.has(*span, name) {
                    diagnostics.push(
                        Diagnostic::warning(*span, format!("`{name}` is never used"))
                            .help("remove it from the `use` declaration"),
                    );
                }
            }
        }
    }
}
