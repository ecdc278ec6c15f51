//! Patterns.

use std::collections::BTreeMap;

use super::{Checker, env::Binding};
use crate::{
    Diagnostic, Ident, Span, ast,
    program::{StructBody, StructId},
    typed::{Pattern, PatternKind, StructUse},
    types::Type,
};

/// What a pattern is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// Names are new locals; it must always fit.
    Let,
    /// Names are locals that exist.
    Assign,
    /// Names are new locals; it need not fit.
    Match,
}

impl Checker<'_> {
    /// Checks a pattern against the type of what is matched.
    pub(super) fn pattern(&mut self, pattern: &ast::Pattern, ty: &Type, mode: Mode) -> Pattern {
        let ty = self.vars.shallow(ty);
        let span = pattern.span;
        let kind = match &pattern.kind {
            ast::PatternKind::Wildcard => self.wildcard(&ty, span, mode),
            ast::PatternKind::Rest => {
                self.error(span, "`..` stands for fields of a struct or tuple");
                PatternKind::Wildcard
            }
            ast::PatternKind::Name(name) => self.name_pattern(name, &ty, span, mode),
            ast::PatternKind::Tuple(parts) => self.tuple_pattern(parts, &ty, span, mode),
            ast::PatternKind::Struct { path, fields } => {
                self.struct_pattern(path, fields, &ty, span, mode)
            }
            ast::PatternKind::Literal(literal) => self.literal_pattern(literal, &ty, span, mode),
            ast::PatternKind::Place(place) if mode == Mode::Assign => {
                if let ast::ExprKind::Path(path) = &place.kind {
                    match self.assigned(path) {
                        Some(local) => self.local_pattern(local, &ty, span),
                        None => PatternKind::Wildcard,
                    }
                } else {
                    let (reference, found) = self.target(place);
                    self.same(&found, &ty, span);
                    PatternKind::WriteRef(Box::new(reference))
                }
            }
            ast::PatternKind::Place(_) => {
                self.error(span, "a pattern is needed here");
                PatternKind::Wildcard
            }
        };
        Pattern { kind, ty, span }
    }

    /// Tells if a name is bound twice by patterns that belong together.
    pub(super) fn distinct<'p>(&mut self, patterns: impl Iterator<Item = &'p ast::Pattern>) {
        let mut names: Vec<&Ident> = Vec::new();
        for pattern in patterns {
            bound_names(pattern, &mut names);
        }
        let mut seen: BTreeMap<&str, Span> = BTreeMap::new();
        for name in names {
            if let Some(first) = seen.get(name.as_str()) {
                self.diagnostics.push(
                    Diagnostic::error(name.span, format!("`{name}` is bound twice"))
                        .also(*first, "it is bound here first"),
                );
            }
            seen.insert(name.as_str(), name.span);
        }
    }

    fn same(&mut self, expected: &Type, found: &Type, span: Span) {
        if !self.vars.unify(expected, found) {
            let (e, f) = (self.describe(expected), self.describe(found));
            self.error(span, format!("expected {e}, found {f}"));
        }
    }

    fn wildcard(&mut self, ty: &Type, span: Span, mode: Mode) -> PatternKind {
        if mode != Mode::Match || !matches!(ty, Type::Reference { .. }) {
            self.need_drop(ty, span, "dropped by `_`");
        }
        PatternKind::Wildcard
    }

    fn local_pattern(
        &mut self,
        local: crate::types::LocalId,
        ty: &Type,
        span: Span,
    ) -> PatternKind {
        let known = self.local_type(local);
        self.same(&known, ty, span);
        PatternKind::Local(local)
    }

    /// The variant of the enum that is matched.
    fn own_variant(&self, ty: &Type, name: &str) -> Option<(StructId, u16)> {
        let inner = ty
            .referent()
            .map_or(ty.clone(), |(inner, _)| self.vars.shallow(inner));
        let Type::Struct(id, _) = inner else {
            return None;
        };
        let StructBody::Variants(variants) = &self.program.structure(id).body else {
            return None;
        };
        let found = variants.iter().position(|v| v.name.name.as_str() == name)?;
        Some((id, u16::try_from(found).ok()?))
    }

    fn name_pattern(&mut self, name: &Ident, ty: &Type, span: Span, mode: Mode) -> PatternKind {
        if mode == Mode::Assign {
            let path = ast::Path {
                address: None,
                names: vec![name.clone()],
                type_arguments: None,
                span,
            };
            return match self.assigned(&path) {
                Some(local) => self.local_pattern(local, ty, span),
                None => PatternKind::Wildcard,
            };
        }
        if mode == Mode::Match && self.own_variant(ty, &name.name).is_some() {
            let path = ast::Path {
                address: None,
                names: vec![name.clone()],
                type_arguments: None,
                span,
            };
            return self.struct_pattern(&path, &ast::PatternFields::Unit, ty, span, mode);
        }
        if name.starts_with(|c: char| c.is_ascii_uppercase()) {
            let message = format!("there is no variant `{name}`");
            self.diagnostics.push(
                Diagnostic::error(span, message)
                    .help("the name of a local begins with a small letter or `_`"),
            );
        }
        match ty {
            Type::Tuple(types) if types.is_empty() => {
                self.error(span, "`()` cannot be kept in a local");
            }
            Type::Tuple(types) => {
                let names: Vec<String> = (1..=types.len()).map(|n| format!("{name}{n}")).collect();
                self.diagnostics.push(
                    Diagnostic::error(span, format!("there are {} values here", types.len()))
                        .help(format!("take them apart: `({})`", names.join(", "))),
                );
            }
            _ => {}
        }
        let local = self.new_local(name.name.clone(), ty.clone(), name.span);
        let level = self.env.level;
        self.env
            .bind(name.name.clone(), Binding::Local(local, level));
        PatternKind::Local(local)
    }

    fn tuple_pattern(
        &mut self,
        parts: &[ast::Pattern],
        ty: &Type,
        span: Span,
        mode: Mode,
    ) -> PatternKind {
        let types = match ty {
            Type::Tuple(types) => types.to_vec(),
            Type::Error => parts.iter().map(|_| Type::Error).collect(),
            Type::Var(_) => {
                let types: Vec<Type> = parts.iter().map(|_| self.vars.fresh()).collect();
                let tuple = Type::Tuple(types.clone().into());
                self.same(&tuple, ty, span);
                types
            }
            other => {
                let found = self.describe(other);
                self.error(
                    span,
                    format!("a tuple is taken apart here, but this is {found}"),
                );
                parts.iter().map(|_| Type::Error).collect()
            }
        };
        let Some(parts) = self.spread(parts, types.len(), span) else {
            let message = format!(
                "{} values are needed, there are {}",
                parts.len(),
                types.len()
            );
            self.error(span, message);
            return PatternKind::Wildcard;
        };
        let made = parts.iter().zip(&types);
        let made = made.map(|(part, ty)| self.part(part.as_ref(), ty, span, mode));
        PatternKind::Tuple(made.collect())
    }

    fn part(&mut self, part: Option<&ast::Pattern>, ty: &Type, span: Span, mode: Mode) -> Pattern {
        match part {
            Some(part) => self.pattern(part, ty, mode),
            None => Pattern {
                kind: self.wildcard(ty, span, mode),
                ty: ty.clone(),
                span,
            },
        }
    }

    /// Patterns for so many values, where `..` stands for as many as are missing.
    fn spread(
        &mut self,
        parts: &[ast::Pattern],
        count: usize,
        span: Span,
    ) -> Option<Vec<Option<ast::Pattern>>> {
        let is_rest = |p: &ast::Pattern| matches!(p.kind, ast::PatternKind::Rest);
        let rests = parts.iter().filter(|p| is_rest(p)).count();
        match rests {
            0 => (parts.len() == count).then(|| parts.iter().cloned().map(Some).collect()),
            1 => {
                let missing = count.checked_sub(parts.len().saturating_sub(1))?;
                let mut made = Vec::new();
                for part in parts {
                    if is_rest(part) {
                        made.extend((0..missing).map(|_| None));
                    } else {
                        made.push(Some(part.clone()));
                    }
                }
                Some(made)
            }
            _ => {
                self.error(span, "there can be one `..` only");
                None
            }
        }
    }

    fn literal_pattern(
        &mut self,
        literal: &ast::Literal,
        ty: &Type,
        span: Span,
        mode: Mode,
    ) -> PatternKind {
        if mode != Mode::Match {
            self.error(span, "a literal can be matched only in `match`");
            return PatternKind::Wildcard;
        }
        let inner = ty.referent().map_or(ty.clone(), |(inner, _)| inner.clone());
        let value = self.literal(literal, Some(&inner));
        self.same(&inner, &value.ty, span);
        match value.kind {
            crate::typed::ExprKind::Value(value) => PatternKind::Value(value),
            _ => PatternKind::Wildcard,
        }
    }

    fn struct_pattern(
        &mut self,
        path: &ast::Path,
        fields: &ast::PatternFields,
        ty: &Type,
        span: Span,
        mode: Mode,
    ) -> PatternKind {
        let own = match path.names.as_slice() {
            [name] if path.address.is_none() => self.own_variant(ty, &name.name),
            _ => None,
        };
        let inner = ty.referent().map_or(ty.clone(), |(inner, _)| inner.clone());
        let (id, variant, arguments) = match own {
            Some((id, variant)) => {
                let arguments = match self.vars.shallow(&inner) {
                    Type::Struct(_, arguments) => arguments.to_vec(),
                    _ => Vec::new(),
                };
                (id, Some(variant), arguments)
            }
            None => match self.variant_of_path(path, None) {
                Some(((id, arguments), variant)) => (id, variant, arguments),
                None => return self.failed_fields(fields, mode),
            },
        };
        let structure = self.program.structure(id).clone();
        if !self.is_inside(structure.unit) {
            let message = format!("only the module of `{}` can take it apart", structure.name);
            self.error(path.span, message);
        }
        if variant.is_none() && matches!(structure.body, StructBody::Variants(_)) {
            let message = format!("`{}` is an enum: name a variant", structure.name);
            self.error(path.span, message);
            return self.failed_fields(fields, mode);
        }
        self.same(&inner, &Type::Struct(id, arguments.clone().into()), span);
        let reference = ty.referent().map(|(_, mutable)| mutable);
        let known = structure.fields(variant).to_vec();
        let types: Vec<Type> = known
            .iter()
            .map(|field| {
                let ty = field.ty.substitute(&arguments);
                match reference {
                    Some(mutable) => Type::reference(mutable, ty),
                    None => ty,
                }
            })
            .collect();
        let name = &structure.name;
        let made = match fields {
            ast::PatternFields::Unit if known.is_empty() => Vec::new(),
            ast::PatternFields::Unit => {
                self.error(
                    span,
                    format!("the fields of `{name}` are missing; write `{{ .. }}`"),
                );
                return self.failed_fields(fields, mode);
            }
            ast::PatternFields::Positional(parts) => {
                let Some(parts) = self.spread(parts, known.len(), span) else {
                    let message =
                        format!("`{name}` has {} fields, not {}", known.len(), parts.len());
                    self.error(span, message);
                    return self.failed_fields(fields, mode);
                };
                let made = parts.iter().zip(&types);
                let made = made.map(|(part, ty)| self.part(part.as_ref(), ty, span, mode));
                made.collect()
            }
            ast::PatternFields::Named { fields, rest } => {
                for (n, (field, _)) in fields.iter().enumerate() {
                    if !known.iter().any(|k| k.name.name == field.name) {
                        self.error(field.span, format!("`{name}` has no field `{field}`"));
                    }
                    if fields
                        .iter()
                        .take(n)
                        .any(|(other, _)| other.name == field.name)
                    {
                        self.error(field.span, format!("field `{field}` is there twice"));
                    }
                }
                let mut made: Vec<Option<Pattern>> = known.iter().map(|_| None).collect();
                for (field, pattern) in fields {
                    let position = known.iter().position(|k| k.name.name == field.name);
                    let ty = position.and_then(|p| types.get(p)).cloned();
                    let pattern = self.pattern(pattern, &ty.unwrap_or(Type::Error), mode);
                    if let Some(slot) = position.and_then(|p| made.get_mut(p)) {
                        *slot = Some(pattern);
                    }
                }
                let missing: Vec<String> = known
                    .iter()
                    .zip(&made)
                    .filter(|(_, m)| m.is_none())
                    .map(|(k, _)| format!("`{}`", k.name))
                    .collect();
                if rest.is_none() && !missing.is_empty() {
                    self.diagnostics.push(
                        Diagnostic::error(span, format!("missing: {}", missing.join(", ")))
                            .help("name them, or write `..` for the fields that are not needed"),
                    );
                }
                made.into_iter()
                    .zip(&types)
                    .map(|(made, ty)| made.unwrap_or_else(|| self.part(None, ty, span, mode)))
                    .collect()
            }
        };
        PatternKind::Struct {
            structure: StructUse {
                id,
                type_arguments: arguments,
                variant,
            },
            fields: made,
        }
    }

    /// Binds what is in a pattern that is wrong, so that nothing else is told to be.
    fn failed_fields(&mut self, fields: &ast::PatternFields, mode: Mode) -> PatternKind {
        let parts: Vec<&ast::Pattern> = match fields {
            ast::PatternFields::Unit => Vec::new(),
            ast::PatternFields::Named { fields, .. } => fields.iter().map(|(_, p)| p).collect(),
            ast::PatternFields::Positional(parts) => parts.iter().collect(),
        };
        for part in parts {
            if !matches!(part.kind, ast::PatternKind::Rest) {
                self.pattern(part, &Type::Error, mode);
            }
        }
        PatternKind::Wildcard
    }

    /// The struct or variant that a path names, with its type arguments. A variant may stand alone
    /// if the enum is known.
    #[allow(clippy::type_complexity)]
    pub(super) fn variant_of_path(
        &mut self,
        path: &ast::Path,
        of: Option<StructId>,
    ) -> Option<((StructId, Vec<Type>), Option<u16>)> {
        let find = |s: &Self, id: StructId, name: &str| {
            let StructBody::Variants(variants) = &s.program.structure(id).body else {
                return None;
            };
            let found = variants.iter().position(|v| v.name.name.as_str() == name)?;
            u16::try_from(found).ok()
        };
        if let (Some(id), [name], None) = (of, path.names.as_slice(), &path.address)
            && let Some(variant) = find(self, id, &name.name)
        {
            let count = self.program.structure(id).type_parameters.len();
            let fresh = (0..count).map(|_| self.vars.fresh()).collect();
            return Some(((id, fresh), Some(variant)));
        }
        let entity = self.entity(path)?;
        let Some(id) = self.names.structure(entity.unit, &entity.name.name) else {
            self.unbound(&entity.name, entity.unit, path);
            return None;
        };
        let parameters = self.program.structure(id).type_parameters.clone();
        let name = self.program.structure(id).name.clone();
        let written = path.type_arguments.as_deref();
        let arguments = self.type_arguments(&parameters, written, path.span, &name);
        let variant = match &entity.variant {
            None => None,
            Some(variant) => match find(self, id, &variant.name) {
                Some(found) => Some(found),
                None => {
                    self.error(variant.span, format!("`{name}` has no variant `{variant}`"));
                    return None;
                }
            },
        };
        Some(((id, arguments), variant))
    }
}

/// Names that a pattern binds; those that begin with a capital letter are variants.
fn bound_names<'p>(pattern: &'p ast::Pattern, names: &mut Vec<&'p Ident>) {
    match &pattern.kind {
        ast::PatternKind::Name(name)
            if name.as_str() != "_" && !name.starts_with(|c: char| c.is_ascii_uppercase()) =>
        {
            names.push(name);
        }
        ast::PatternKind::Tuple(parts) => parts.iter().for_each(|p| bound_names(p, names)),
        ast::PatternKind::Struct { fields, .. } => match fields {
            ast::PatternFields::Unit => {}
            ast::PatternFields::Named { fields, .. } => {
                fields.iter().for_each(|(_, p)| bound_names(p, names));
            }
            ast::PatternFields::Positional(parts) => {
                parts.iter().for_each(|p| bound_names(p, names));
            }
        },
        _ => {}
    }
}
