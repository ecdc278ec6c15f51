//! Whether the cases of a match cover everything.

use std::collections::BTreeSet;

use crate::{
    Diagnostic, Diagnostics, Span,
    program::{Program, StructBody},
    typed::{Arm, Pattern, PatternKind, Value},
    types::Type,
};

/// A pattern without names.
#[derive(Clone, Debug)]
enum Pat {
    Any,
    Made(Shape, Vec<Pat>),
}

/// What a value is made as.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Shape {
    /// The only way.
    Only,
    Variant(u16),
    Bool(bool),
    /// One of many.
    Literal(String),
}

/// After so many steps a match counts as covered: nobody writes such matches.
const STEPS: u32 = 200_000;

/// Tells if a match leaves something out, or has cases that nothing reaches.
pub(super) fn check(
    program: &Program,
    ty: &Type,
    arms: &[Arm],
    span: Span,
    diagnostics: &mut Diagnostics,
) {
    if ty.any(&mut |ty| matches!(ty, Type::Error | Type::Var(_))) {
        return;
    }
    let mut search = Search { program, steps: 0 };
    let mut rows: Vec<Vec<Pat>> = Vec::new();
    for arm in arms {
        let mut own = Vec::new();
        alternatives(&arm.pattern, &mut own);
        let reached = own.iter().any(|pat| search.is_useful(&rows, pat, ty));
        if !reached && search.steps < STEPS {
            let message = "nothing reaches this case: those before cover it";
            diagnostics.push(Diagnostic::error(arm.pattern.span, message));
        }
        if arm.guard.is_none() {
            rows.extend(own.into_iter().map(|pat| vec![pat]));
        }
    }
    if let Some(missing) = search.uncovered(&rows, std::slice::from_ref(ty)) {
        let missing = missing.join(", ");
        diagnostics.push(
            Diagnostic::error(span, format!("this match does not cover `{missing}`"))
                .help("add a case for it, or `_ => …`"),
        );
    }
}

fn alternatives(pattern: &Pattern, into: &mut Vec<Pat>) {
    match &pattern.kind {
        PatternKind::Or(patterns) => patterns.iter().for_each(|p| alternatives(p, into)),
        _ => into.push(simple(pattern)),
    }
}

fn simple(pattern: &Pattern) -> Pat {
    match &pattern.kind {
        PatternKind::Wildcard
        | PatternKind::Local(_)
        | PatternKind::WriteRef(_)
        | PatternKind::Or(_) => Pat::Any,
        PatternKind::Tuple(parts) => Pat::Made(Shape::Only, parts.iter().map(simple).collect()),
        PatternKind::Struct { structure, fields } => {
            let shape = structure.variant.map_or(Shape::Only, Shape::Variant);
            Pat::Made(shape, fields.iter().map(simple).collect())
        }
        PatternKind::Value(Value::Bool(b)) => Pat::Made(Shape::Bool(*b), Vec::new()),
        PatternKind::Value(value) => Pat::Made(Shape::Literal(format!("{value:?}")), Vec::new()),
    }
}

struct Search<'a> {
    program: &'a Program,
    steps: u32,
}

impl Search<'_> {
    /// Whether some value fits this pattern and none of those before.
    fn is_useful(&mut self, rows: &[Vec<Pat>], pat: &Pat, ty: &Type) -> bool {
        self.useful(rows, std::slice::from_ref(pat), std::slice::from_ref(ty))
    }

    fn useful(&mut self, rows: &[Vec<Pat>], row: &[Pat], types: &[Type]) -> bool {
        self.steps = self.steps.saturating_add(1);
        let (Some((head, rest)), Some(ty)) = (row.split_first(), types.first()) else {
            return rows.is_empty();
        };
        if self.steps >= STEPS {
            return true;
        }
        match head {
            Pat::Made(shape, parts) => {
                let fields = self.fields(ty, shape, parts.len());
                let rows = specialise(rows, shape, fields.len());
                let row: Vec<Pat> = parts.iter().chain(rest).cloned().collect();
                let types: Vec<Type> = fields.into_iter().chain(tail(types)).collect();
                self.useful(&rows, &row, &types)
            }
            Pat::Any => {
                let seen = heads(rows);
                match self.all(ty) {
                    Some(all) if all.iter().all(|s| seen.contains(s)) => all.iter().any(|shape| {
                        let fields = self.fields(ty, shape, 0);
                        let rows = specialise(rows, shape, fields.len());
                        let any = fields.iter().map(|_| Pat::Any);
                        let row: Vec<Pat> = any.chain(rest.iter().cloned()).collect();
                        let types: Vec<Type> = fields.into_iter().chain(tail(types)).collect();
                        self.useful(&rows, &row, &types)
                    }),
                    _ => self.useful(&defaults(rows), rest, &tail(types)),
                }
            }
        }
    }

    /// A value, as text, that no row fits.
    fn uncovered(&mut self, rows: &[Vec<Pat>], types: &[Type]) -> Option<Vec<String>> {
        self.steps = self.steps.saturating_add(1);
        let Some(ty) = types.first() else {
            return rows.is_empty().then(Vec::new);
        };
        if self.steps >= STEPS {
            return None;
        }
        let seen = heads(rows);
        let all = self.all(ty);
        if let Some(all) = &all
            && all.iter().all(|s| seen.contains(s))
        {
            for shape in all {
                let fields = self.fields(ty, shape, 0);
                let count = fields.len();
                let rows = specialise(rows, shape, count);
                let types: Vec<Type> = fields.into_iter().chain(tail(types)).collect();
                if let Some(mut found) = self.uncovered(&rows, &types) {
                    let rest = found.split_off(count.min(found.len()));
                    let mut made = vec![self.print(ty, shape, &found)];
                    made.extend(rest);
                    return Some(made);
                }
            }
            return None;
        }
        let rest = self.uncovered(&defaults(rows), &tail(types))?;
        let missing = all.and_then(|all| all.into_iter().find(|s| !seen.contains(s)));
        let head = match missing {
            Some(shape) if !seen.is_empty() => {
                let count = self.fields(ty, &shape, 0).len();
                self.print(ty, &shape, &vec!["_".to_owned(); count])
            }
            _ => "_".into(),
        };
        Some(std::iter::once(head).chain(rest).collect())
    }

    /// All ways to make a value, if they can be listed.
    fn all(&self, ty: &Type) -> Option<Vec<Shape>> {
        let ty = ty.referent().map_or(ty, |(inner, _)| inner);
        match ty {
            Type::Bool => Some(vec![Shape::Bool(false), Shape::Bool(true)]),
            Type::Tuple(_) => Some(vec![Shape::Only]),
            Type::Struct(id, _) => match &self.program.structure(*id).body {
                StructBody::Fields(_) => Some(vec![Shape::Only]),
                StructBody::Variants(variants) => {
                    let numbers = (0..).zip(variants).map(|(n, _)| Shape::Variant(n));
                    Some(numbers.collect())
                }
                StructBody::Native => None,
            },
            _ => None,
        }
    }

    /// The types of what a value is made of.
    fn fields(&self, ty: &Type, shape: &Shape, otherwise: usize) -> Vec<Type> {
        let inner = ty.referent().map_or(ty, |(inner, _)| inner);
        match (inner, shape) {
            (Type::Tuple(types), _) => types.to_vec(),
            (Type::Struct(id, arguments), Shape::Only | Shape::Variant(_)) => {
                let variant = match shape {
                    Shape::Variant(n) => Some(*n),
                    _ => None,
                };
                let fields = self.program.structure(*id).fields(variant);
                fields.iter().map(|f| f.ty.substitute(arguments)).collect()
            }
            _ => vec![Type::Error; otherwise],
        }
    }

    fn print(&self, ty: &Type, shape: &Shape, parts: &[String]) -> String {
        let inner = ty.referent().map_or(ty, |(inner, _)| inner);
        let (name, fields) = match (inner, shape) {
            (_, Shape::Bool(b)) => return b.to_string(),
            (Type::Struct(id, _), shape) => {
                let structure = self.program.structure(*id);
                match (&structure.body, shape) {
                    (StructBody::Variants(variants), Shape::Variant(n)) => {
                        let variant = variants.get(usize::from(*n));
                        let name = variant.map_or(String::new(), |v| v.name.to_string());
                        (
                            format!("{}::{name}", structure.name),
                            variant.map_or(&[][..], |v| &v.fields),
                        )
                    }
                    _ => (structure.name.to_string(), structure.fields(None)),
                }
            }
            _ => return format!("({})", parts.join(", ")),
        };
        match fields.len() {
            0 => name,
            _ => {
                let fields = fields.iter().zip(parts);
                let fields: Vec<String> = fields.map(|(f, p)| format!("{}: {p}", f.name)).collect();
                format!("{name} {{ {} }}", fields.join(", "))
            }
        }
    }
}

fn tail(types: &[Type]) -> Vec<Type> {
    types.iter().skip(1).cloned().collect()
}

fn heads(rows: &[Vec<Pat>]) -> BTreeSet<Shape> {
    let made = rows.iter().filter_map(|row| match row.first() {
        Some(Pat::Made(shape, _)) => Some(shape.clone()),
        _ => None,
    });
    made.collect()
}

/// The rows that fit a shape, with its parts in place of it.
fn specialise(rows: &[Vec<Pat>], shape: &Shape, count: usize) -> Vec<Vec<Pat>> {
    let mut made = Vec::new();
    for row in rows {
        let Some((head, rest)) = row.split_first() else {
            continue;
        };
        let parts = match head {
            Pat::Any => vec![Pat::Any; count],
            Pat::Made(own, parts) if own == shape => parts.clone(),
            Pat::Made(..) => continue,
        };
        made.push(parts.into_iter().chain(rest.iter().cloned()).collect());
    }
    made
}

/// The rows that fit whatever comes first.
fn defaults(rows: &[Vec<Pat>]) -> Vec<Vec<Pat>> {
    let any = rows
        .iter()
        .filter(|row| matches!(row.first(), Some(Pat::Any)));
    any.map(|row| row.iter().skip(1).cloned().collect())
        .collect()
}
