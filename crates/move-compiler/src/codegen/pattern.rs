//! Patterns: taking values apart, and choosing a case.

use lumio_move_engine::format::Bytecode as B;

use super::{
    code::{Label, Op},
    function::{Target, Writer},
};
use crate::{
    Span,
    typed::{Arm, Expr, ExprKind, Pattern, PatternKind, StructUse},
    types::{LocalId, Type},
};

impl Writer<'_, '_> {
    /// Evaluates a value and puts it where a pattern says.
    pub(super) fn bind(&mut self, pattern: &Pattern, value: &Expr) {
        match (&pattern.kind, &value.kind) {
            (PatternKind::Local(local), _) => {
                self.emit(value, &Target::Locals(vec![Self::slot(*local)]));
            }
            (PatternKind::Wildcard, _) => self.emit(value, &Target::Nowhere),
            (PatternKind::Tuple(parts), _) if only_locals(parts) => {
                let slots = parts.iter().filter_map(|p| match p.kind {
                    PatternKind::Local(local) => Some(Self::slot(local)),
                    _ => None,
                });
                let slots = slots.collect();
                self.emit(value, &Target::Locals(slots));
            }
            _ => {
                self.value(value);
                if !matches!(value.ty, Type::Never) {
                    self.take(pattern);
                }
            }
        }
    }

    /// Puts the value on top of the stack where a pattern says.
    fn take(&mut self, pattern: &Pattern) {
        let span = pattern.span;
        match &pattern.kind {
            PatternKind::Wildcard | PatternKind::Value(_) | PatternKind::Or(_) => {
                for _ in pattern.ty.values() {
                    self.code(B::Pop, 1, &[], span);
                }
            }
            PatternKind::Local(local) => self.store(Self::slot(*local), span),
            PatternKind::WriteRef(reference) => {
                if super::function::branches(reference) {
                    let slot = self.temporary(&pattern.ty);
                    self.store(slot, span);
                    self.value(reference);
                    let target = self.temporary(&reference.ty);
                    self.store(target, span);
                    self.load(slot, span);
                    self.load(target, span);
                } else {
                    self.value(reference);
                }
                self.code(B::WriteRef, 2, &[], span);
            }
            PatternKind::Tuple(parts) => {
                for part in parts.iter().rev() {
                    self.take(part);
                }
            }
            PatternKind::Struct { structure, fields } => {
                if matches!(pattern.ty, Type::Reference { .. }) {
                    let slot = self.temporary(&pattern.ty);
                    self.store(slot, span);
                    self.bind_behind(slot, pattern);
                } else {
                    self.unpack(structure, fields, span);
                    for field in fields.iter().rev() {
                        self.take(field);
                    }
                }
            }
        }
    }

    fn unpack(&mut self, structure: &StructUse, fields: &[Pattern], span: Span) {
        let (id, arguments) = (structure.id, &structure.type_arguments);
        let code = match (structure.variant, arguments.is_empty()) {
            (None, true) => {
                let def = self.pools.definition(id);
                self.fit(def, span).map(B::Unpack)
            }
            (None, false) => {
                let inst = self.pools.struct_inst(id, arguments);
                self.fit(inst, span).map(B::UnpackGeneric)
            }
            (Some(variant), true) => {
                let handle = self.pools.variant(id, variant);
                self.fit(handle, span).map(B::UnpackVariant)
            }
            (Some(variant), false) => {
                let inst = self.pools.variant_inst(id, variant, arguments);
                self.fit(inst, span).map(B::UnpackVariantGeneric)
            }
        };
        let results: Vec<&Type> = fields.iter().map(|f| &f.ty).collect();
        let hidden = fields.is_empty() && structure.variant.is_none();
        if let Some(code) = code {
            let results = if hidden { &[&Type::Bool][..] } else { &results };
            self.code(code, 1, results, span);
        }
        if hidden {
            self.code(B::Pop, 1, &[], span);
        }
    }

    /// Binds what a pattern names in what the reference in a slot points to. Types in the pattern
    /// are references, or those of the values if a value is only looked at.
    fn bind_behind(&mut self, slot: u16, pattern: &Pattern) {
        let PatternKind::Struct { structure, fields } = &pattern.kind else {
            return;
        };
        let ty = self.slot_type(slot);
        let mutable = matches!(ty, Type::Reference { mutable: true, .. });
        for (n, field) in (0..).zip(fields) {
            if !binds(field) {
                continue;
            }
            self.load(slot, field.span);
            self.field_of(structure, n, mutable, field.span);
            match &field.kind {
                PatternKind::Local(local) => self.store(Self::slot(*local), field.span),
                _ => {
                    let inner = field.ty.referent().map_or(&field.ty, |(inner, _)| inner);
                    let slot = self.temporary(&Type::reference(mutable, inner.clone()));
                    self.store(slot, field.span);
                    self.bind_behind(slot, field);
                }
            }
        }
    }

    fn field_of(&mut self, structure: &StructUse, field: u16, mutable: bool, span: Span) {
        let variants: Vec<(u16, u16)> = structure.variant.map(|v| (v, field)).into_iter().collect();
        self.borrow_field(structure, &variants, field, mutable, span);
    }

    /// A match.
    pub(super) fn matched(&mut self, value: &Expr, arms: &[Arm], target: &Target, span: Span) {
        // What is matched waits in locals: one, or one for each part of a tuple.
        let types = value.ty.values();
        let slots: Vec<u16> = types.iter().map(|ty| self.temporary(ty)).collect();
        self.emit(value, &Target::Locals(slots.clone()));
        if matches!(value.ty, Type::Never) {
            return;
        }
        let end = self.draft.label();
        for (n, arm) in arms.iter().enumerate() {
            let next = self.draft.label();
            // The cases cover everything: the last one fits if no other did.
            let is_last = n.saturating_add(1) == arms.len() && arm.guard.is_none();
            if !is_last {
                self.test_pattern(&slots, &arm.pattern, next);
            }
            if let Some(guard) = &arm.guard {
                self.look(&slots, &arm.pattern, guard);
                self.branch(guard, false, next);
            }
            self.bind_slots(&slots, &arm.pattern);
            self.emit(&arm.body, target);
            self.jump(end, arm.body.span);
            self.place(next, arm.pattern.span);
        }
        // Nothing comes here, but the format wants code to end.
        let code = crate::typed::Value::Integer(lumio_move_engine::U256::from(INCOMPLETE_MATCH));
        if arms.last().is_none_or(|arm| arm.guard.is_some()) {
            self.constant(&code, &Type::U64, span);
            self.code(B::Abort, 1, &[], span);
        }
        self.place(end, span);
    }

    fn parts<'p>(slots: &[u16], pattern: &'p Pattern) -> Vec<(u16, &'p Pattern)> {
        match (&pattern.kind, slots) {
            (PatternKind::Tuple(parts), _) => slots.iter().copied().zip(parts).collect(),
            (_, [slot]) => vec![(*slot, pattern)],
            _ => Vec::new(),
        }
    }

    /// Jumps unless what is in some locals fits.
    fn test_pattern(&mut self, slots: &[u16], pattern: &Pattern, no: Label) {
        if let PatternKind::Or(patterns) = &pattern.kind {
            let yes = self.draft.label();
            for pattern in patterns {
                let next = self.draft.label();
                self.test_pattern(slots, pattern, next);
                self.jump(yes, pattern.span);
                self.place(next, pattern.span);
            }
            self.jump(no, pattern.span);
            return self.place(yes, pattern.span);
        }
        for (slot, part) in Self::parts(slots, pattern) {
            if refutable(part) {
                self.test_slot(slot, part, no);
            }
        }
    }

    fn test_slot(&mut self, slot: u16, pattern: &Pattern, no: Label) {
        let span = pattern.span;
        let ty = self.slot_type(slot);
        let is_reference = matches!(ty, Type::Reference { .. });
        match &pattern.kind {
            PatternKind::Value(value) => {
                self.push(Op::Use(slot), 0, &[&ty], span);
                let inner = ty.referent().map_or(ty.clone(), |(inner, _)| inner.clone());
                if is_reference {
                    self.code(B::ReadRef, 1, &[&inner], span);
                }
                if let (crate::typed::Value::Bool(value), Type::Bool) = (value, &inner) {
                    let op = if *value {
                        Op::JumpFalse(no)
                    } else {
                        Op::JumpTrue(no)
                    };
                    return self.push(op, 1, &[], span);
                }
                self.constant(value, &inner, span);
                self.code(B::Eq, 2, &[&Type::Bool], span);
                self.push(Op::JumpFalse(no), 1, &[], span);
            }
            PatternKind::Struct { structure, fields } => {
                let reference = Type::reference(false, Type::Bool);
                let look = |w: &mut Self| match is_reference {
                    true => w.load(slot, span),
                    false => {
                        let (local, mutable) = (slot, false);
                        w.push(Op::Borrow { local, mutable }, 0, &[&reference], span);
                    }
                };
                if let Some(variant) = structure.variant {
                    look(self);
                    self.test_variant(structure, variant, span);
                    self.push(Op::JumpFalse(no), 1, &[], span);
                }
                for (n, field) in (0..).zip(fields) {
                    if !refutable(field) {
                        continue;
                    }
                    look(self);
                    self.field_of(structure, n, false, field.span);
                    let inner = field.ty.referent().map_or(&field.ty, |(inner, _)| inner);
                    let slot = self.temporary(&Type::reference(false, inner.clone()));
                    self.store(slot, field.span);
                    self.test_slot(slot, field, no);
                }
            }
            PatternKind::Tuple(_)
            | PatternKind::Or(_)
            | PatternKind::Wildcard
            | PatternKind::Local(_)
            | PatternKind::WriteRef(_) => {}
        }
    }

    /// Lets a guard see what the pattern binds: references as they are, values copied.
    fn look(&mut self, slots: &[u16], pattern: &Pattern, guard: &Expr) {
        let mut used = Vec::new();
        locals_of(guard, &mut used);
        for (slot, part) in Self::parts(slots, pattern) {
            let ty = self.slot_type(slot);
            if matches!(ty, Type::Reference { .. }) {
                self.bind_slots(&[slot], part);
                continue;
            }
            match &part.kind {
                PatternKind::Local(local) if used.contains(local) => {
                    self.push(Op::Copy(slot), 0, &[&ty], part.span);
                    self.store(Self::slot(*local), part.span);
                }
                PatternKind::Struct { .. } => {
                    let reference = Type::reference(false, ty.clone());
                    let temporary = self.temporary(&reference);
                    let (local, mutable) = (slot, false);
                    self.push(Op::Borrow { local, mutable }, 0, &[&reference], part.span);
                    self.store(temporary, part.span);
                    self.copy_behind(temporary, part, &used);
                }
                _ => {}
            }
        }
    }

    fn copy_behind(&mut self, slot: u16, pattern: &Pattern, used: &[LocalId]) {
        let PatternKind::Struct { structure, fields } = &pattern.kind else {
            return;
        };
        for (n, field) in (0..).zip(fields) {
            match &field.kind {
                PatternKind::Local(local) if used.contains(local) => {
                    self.load(slot, field.span);
                    self.field_of(structure, n, false, field.span);
                    self.code(B::ReadRef, 1, &[&field.ty], field.span);
                    self.store(Self::slot(*local), field.span);
                }
                PatternKind::Struct { .. } if binds(field) => {
                    self.load(slot, field.span);
                    self.field_of(structure, n, false, field.span);
                    let inner = self.temporary(&Type::reference(false, field.ty.clone()));
                    self.store(inner, field.span);
                    self.copy_behind(inner, field, used);
                }
                _ => {}
            }
        }
    }

    /// Moves what is in some locals where a pattern says.
    fn bind_slots(&mut self, slots: &[u16], pattern: &Pattern) {
        if let PatternKind::Or(_) = &pattern.kind {
            return self.drop_slots(slots, pattern.span);
        }
        for (slot, part) in Self::parts(slots, pattern) {
            let ty = self.slot_type(slot);
            let is_reference = matches!(ty, Type::Reference { .. });
            match &part.kind {
                PatternKind::Struct { .. } if is_reference => self.bind_behind(slot, part),
                PatternKind::Wildcard | PatternKind::Value(_) => {
                    self.drop_slots(&[slot], part.span);
                }
                _ => {
                    self.load(slot, part.span);
                    self.take(part);
                }
            }
        }
    }

    /// Values that are not needed any more; those that cannot be dropped stay, and are told.
    fn drop_slots(&mut self, slots: &[u16], span: Span) {
        for slot in slots {
            let ty = self.slot_type(*slot);
            if !matches!(ty, Type::Reference { .. }) {
                self.push(Op::Use(*slot), 0, &[&ty], span);
                self.code(B::Pop, 1, &[], span);
            }
        }
    }
}

/// The code of a match that nothing fits.
const INCOMPLETE_MATCH: u64 = 0xCA26_CBD9_BE0B_0001;

fn only_locals(parts: &[Pattern]) -> bool {
    parts
        .iter()
        .all(|p| matches!(p.kind, PatternKind::Local(_)))
}

/// Whether a pattern binds a name.
fn binds(pattern: &Pattern) -> bool {
    match &pattern.kind {
        PatternKind::Local(_) | PatternKind::WriteRef(_) => true,
        PatternKind::Wildcard | PatternKind::Value(_) => false,
        PatternKind::Tuple(parts) | PatternKind::Or(parts) => parts.iter().any(binds),
        PatternKind::Struct { fields, .. } => fields.iter().any(binds),
    }
}

/// Whether a pattern may not fit.
fn refutable(pattern: &Pattern) -> bool {
    match &pattern.kind {
        PatternKind::Local(_) | PatternKind::WriteRef(_) | PatternKind::Wildcard => false,
        PatternKind::Value(_) | PatternKind::Or(_) => true,
        PatternKind::Tuple(parts) => parts.iter().any(refutable),
        PatternKind::Struct { structure, fields } => {
            structure.variant.is_some() || fields.iter().any(refutable)
        }
    }
}

/// The locals that an expression reads.
fn locals_of(e: &Expr, found: &mut Vec<LocalId>) {
    match &e.kind {
        ExprKind::Local(local)
        | ExprKind::CopyLocal(local)
        | ExprKind::MoveLocal(local)
        | ExprKind::BorrowLocal { local, .. } => found.push(*local),
        _ => e.children(&mut |child| locals_of(child, found)),
    }
}
