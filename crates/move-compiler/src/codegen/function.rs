//! The code of one function: a walk over its checked body.
//!
//! Blocks begin and end with an empty operand stack. An operand that has branches in it therefore
//! makes those before it wait in locals.

use std::collections::BTreeMap;

use lumio_move_engine::format::{Ability, Bytecode};

use super::{
    code::{Draft, Label, Op, Slot, Step},
    pools::{Full, Pools},
};
use crate::{
    Diagnostic, Span, Symbol,
    program::{FunctionId, Program},
    typed::{Body, Expr, ExprKind, LoopId},
    types::{LocalId, Type, TypeParameter},
};

/// Where a value goes.
#[derive(Clone, Debug)]
pub(super) enum Target {
    /// Stays on the stack.
    Stack,
    /// Into locals, one for each value.
    Locals(Vec<u16>),
    /// Nowhere.
    Nowhere,
    /// To the caller.
    Return,
}

/// A loop or labelled block under way.
#[derive(Clone, Debug)]
struct Scope {
    breaks: Label,
    continues: Option<Label>,
    target: Target,
}

pub(super) struct Writer<'a, 'p> {
    pub(super) program: &'a Program,
    pub(super) pools: &'p mut Pools<'a>,
    pub(super) type_parameters: &'a [TypeParameter],
    pub(super) draft: Draft,
    scopes: BTreeMap<LoopId, Scope>,
    /// Access to storage, for `acquires`.
    pub(super) acquired: Vec<crate::program::StructId>,
    pub(super) called: Vec<FunctionId>,
    failed: Option<Diagnostic>,
}

/// Writes a function's code.
pub(super) fn write<'a>(
    program: &'a Program,
    pools: &mut Pools<'a>,
    id: FunctionId,
    body: &Body,
) -> Result<(Draft, Vec<crate::program::StructId>, Vec<FunctionId>), Diagnostic> {
    let mut writer = Writer {
        program,
        pools,
        type_parameters: &program.function(id).type_parameters,
        draft: Draft {
            parameters: body.parameters,
            ..Draft::default()
        },
        scopes: BTreeMap::new(),
        acquired: Vec::new(),
        called: Vec::new(),
        failed: None,
    };
    for local in &body.locals {
        writer.new_slot(local.name.clone(), local.ty.clone());
    }
    writer.emit(&body.value, &Target::Return);
    match writer.failed {
        Some(failed) => Err(failed),
        None => Ok((writer.draft, writer.acquired, writer.called)),
    }
}

impl Writer<'_, '_> {
    fn new_slot(&mut self, name: Symbol, ty: Type) -> u16 {
        let abilities = self.program.abilities(&ty, self.type_parameters);
        let number = u16::try_from(self.draft.slots.len()).unwrap_or(u16::MAX);
        self.draft.slots.push(Slot {
            name,
            copyable: abilities.has(Ability::Copy),
            droppable: abilities.has(Ability::Drop),
            ty,
        });
        number
    }

    pub(super) fn temporary(&mut self, ty: &Type) -> u16 {
        self.new_slot("$".into(), ty.clone())
    }

    /// What a table has no room for ends it all.
    pub(super) fn fit<T>(&mut self, result: Result<T, Full>, span: Span) -> Option<T> {
        match result {
            Ok(found) => Some(found),
            Err(Full(what)) => {
                if self.failed.is_none() {
                    let message = format!("this cannot be compiled: {what}");
                    self.failed = Some(Diagnostic::error(span, message));
                }
                None
            }
        }
    }

    pub(super) fn push(&mut self, op: Op, pops: usize, results: &[&Type], span: Span) {
        if let Op::Code(code) = &op
            && let Some((what, version)) = since(code)
            && !self.pools.has(version)
            && self.failed.is_none()
        {
            let message = format!("{what} need bytecode version {version}");
            let help = format!("compile with `--bytecode-version {version}`");
            self.failed = Some(Diagnostic::error(span, message).help(help));
        }
        let pushes = results
            .iter()
            .map(|ty| matches!(ty, Type::Reference { .. }))
            .collect();
        self.draft.steps.push(Step {
            op,
            pops,
            pushes,
            span,
        });
    }

    pub(super) fn code(&mut self, code: Bytecode, pops: usize, results: &[&Type], span: Span) {
        self.push(Op::Code(code), pops, results, span);
    }

    pub(super) fn place(&mut self, label: Label, span: Span) {
        self.push(Op::Label(label), 0, &[], span);
    }

    pub(super) fn jump(&mut self, label: Label, span: Span) {
        self.push(Op::Jump(label), 0, &[], span);
    }

    pub(super) fn store(&mut self, slot: u16, span: Span) {
        self.push(Op::Store(slot), 1, &[], span);
    }

    pub(super) fn load(&mut self, slot: u16, span: Span) {
        let ty = self.slot_type(slot);
        self.push(Op::Use(slot), 0, &[&ty], span);
    }

    pub(super) fn slot_type(&self, slot: u16) -> Type {
        let slot = self.draft.slots.get(usize::from(slot));
        slot.map_or(Type::Error, |s| s.ty.clone())
    }

    pub(super) fn slot(local: LocalId) -> u16 {
        u16::try_from(local.0).unwrap_or(u16::MAX)
    }

    /// Values that are on the stack go to a target.
    pub(super) fn deliver(&mut self, ty: &Type, target: &Target, span: Span) {
        match target {
            Target::Stack => {}
            Target::Locals(slots) => {
                for slot in slots.iter().rev() {
                    self.store(*slot, span);
                }
            }
            Target::Nowhere => {
                for _ in ty.values() {
                    self.code(Bytecode::Pop, 1, &[], span);
                }
            }
            Target::Return => {
                let count = ty.values().len();
                self.code(Bytecode::Ret, count, &[], span);
            }
        }
    }

    /// Evaluates onto the stack.
    pub(super) fn value(&mut self, e: &Expr) {
        self.emit(e, &Target::Stack);
    }

    /// Evaluates, and puts what comes of it where it belongs.
    pub(super) fn emit(&mut self, e: &Expr, target: &Target) {
        match &e.kind {
            ExprKind::Sequence(steps) => {
                let Some((last, before)) = steps.split_last() else {
                    return self.deliver(&Type::unit(), target, e.span);
                };
                for step in before {
                    self.emit(step, &Target::Nowhere);
                }
                self.emit(last, target);
            }
            ExprKind::If {
                condition,
                then,
                otherwise,
            } => self.with_target(e, target, |w, target| {
                let (other, end) = (w.draft.label(), w.draft.label());
                w.branch(condition, false, other);
                w.emit(then, target);
                w.jump(end, then.span);
                w.place(other, e.span);
                match otherwise {
                    Some(otherwise) => w.emit(otherwise, target),
                    None => w.deliver(&Type::unit(), target, e.span),
                }
                w.place(end, e.span);
            }),
            ExprKind::Binary(crate::ast::BinaryOp::And | crate::ast::BinaryOp::Or, ..) => {
                self.with_target(e, target, |w, target| {
                    let (no, end) = (w.draft.label(), w.draft.label());
                    w.branch(e, false, no);
                    w.code(Bytecode::LdTrue, 0, &[&Type::Bool], e.span);
                    w.deliver(&Type::Bool, target, e.span);
                    w.jump(end, e.span);
                    w.place(no, e.span);
                    w.code(Bytecode::LdFalse, 0, &[&Type::Bool], e.span);
                    w.deliver(&Type::Bool, target, e.span);
                    w.place(end, e.span);
                });
            }
            ExprKind::Match { value, arms } => {
                self.with_target(e, target, |w, target| {
                    w.matched(value, arms, target, e.span)
                });
            }
            ExprKind::Loop { id, body } => {
                let (start, end) = (self.draft.label(), self.draft.label());
                let scope = Scope {
                    breaks: end,
                    continues: Some(start),
                    target: Target::Nowhere,
                };
                self.scopes.insert(*id, scope);
                self.place(start, e.span);
                self.emit(body, &Target::Nowhere);
                self.jump(start, e.span);
                self.place(end, e.span);
                self.deliver(&Type::unit(), target, e.span);
            }
            ExprKind::Labelled { id, body } => self.with_target(e, target, |w, target| {
                let end = w.draft.label();
                let scope = Scope {
                    breaks: end,
                    continues: None,
                    target: target.clone(),
                };
                w.scopes.insert(*id, scope);
                w.emit(body, target);
                w.place(end, e.span);
                // What breaks without a value to the end of a function returns there.
                if let (Target::Return, true) = (target, e.ty.is_unit()) {
                    w.code(Bytecode::Ret, 0, &[], e.span);
                }
            }),
            ExprKind::Break { id, value } => {
                let Some(scope) = self.scopes.get(id).cloned() else {
                    return;
                };
                if let Some(value) = value {
                    self.emit(value, &scope.target);
                }
                self.jump(scope.breaks, e.span);
            }
            ExprKind::Continue(id) => {
                let scope = self.scopes.get(id);
                if let Some(label) = scope.and_then(|s| s.continues) {
                    self.jump(label, e.span);
                }
            }
            ExprKind::Return(value) => self.emit(value, &Target::Return),
            ExprKind::Abort { code, message } => {
                let operands: Vec<&Expr> = [Some(code), message.as_ref()]
                    .into_iter()
                    .flatten()
                    .map(|e| &**e)
                    .collect();
                self.operands(&operands);
                match message {
                    Some(_) => self.code(Bytecode::AbortMsg, 2, &[], e.span),
                    None => self.code(Bytecode::Abort, 1, &[], e.span),
                }
            }
            ExprKind::Bind { pattern, value } => {
                if let Some(value) = value {
                    self.bind(pattern, value);
                }
                self.deliver(&Type::unit(), target, e.span);
            }
            ExprKind::Assign { local, value } => {
                self.emit(value, &Target::Locals(vec![Self::slot(*local)]));
                self.deliver(&Type::unit(), target, e.span);
            }
            ExprKind::WriteRef { reference, value } => {
                self.operands(&[value, reference]);
                self.code(Bytecode::WriteRef, 2, &[], e.span);
                self.deliver(&Type::unit(), target, e.span);
            }
            ExprKind::Tuple(parts) => {
                if let (Target::Nowhere, false) = (target, parts.is_empty()) {
                    for part in parts {
                        self.emit(part, &Target::Nowhere);
                    }
                    return;
                }
                let parts: Vec<&Expr> = parts.iter().collect();
                self.operands(&parts);
                self.deliver(&e.ty, target, e.span);
            }
            _ => {
                self.simple(e);
                if !matches!(e.ty, Type::Never) {
                    self.deliver(&e.ty, target, e.span);
                }
            }
        }
    }

    /// Runs something that may not leave values on the stack: they wait in locals until its end.
    fn with_target(&mut self, e: &Expr, target: &Target, run: impl FnOnce(&mut Self, &Target)) {
        match target {
            Target::Stack => {
                let types = e.ty.values();
                let slots: Vec<u16> = types.iter().map(|ty| self.temporary(ty)).collect();
                run(self, &Target::Locals(slots.clone()));
                for slot in slots {
                    self.load(slot, e.span);
                }
            }
            other => run(self, other),
        }
    }

    /// Evaluates several operands, from left to right, onto the stack.
    pub(super) fn operands(&mut self, operands: &[&Expr]) {
        let last = operands.iter().rposition(|e| branches(e));
        let Some(last) = last.filter(|n| *n > 0) else {
            for operand in operands {
                self.value(operand);
            }
            return;
        };
        // What comes before a branch waits in locals, unless it is the same at any time.
        let mut waiting = Vec::new();
        for (n, operand) in operands.iter().enumerate() {
            if n > last {
                break;
            }
            if matches!(operand.kind, ExprKind::Value(_) | ExprKind::Constant(_)) {
                waiting.push(None);
                continue;
            }
            let types = operand.ty.values();
            let slots: Vec<u16> = types.iter().map(|ty| self.temporary(ty)).collect();
            self.emit(operand, &Target::Locals(slots.clone()));
            waiting.push(Some(slots));
        }
        for (n, operand) in operands.iter().enumerate() {
            match waiting.get(n) {
                Some(Some(slots)) => {
                    for slot in slots.clone() {
                        self.load(slot, operand.span);
                    }
                }
                _ => self.value(operand),
            }
        }
    }

    /// Jumps if a condition is `wanted`, else goes on.
    pub(super) fn branch(&mut self, e: &Expr, wanted: bool, to: Label) {
        use crate::ast::{BinaryOp as B, UnaryOp};
        match &e.kind {
            ExprKind::Unary(UnaryOp::Not, of) => self.branch(of, !wanted, to),
            ExprKind::Binary(op @ (B::And | B::Or), left, right) => {
                // `&&` is decided by a false left side, `||` by a true one.
                let decides = *op == B::Or;
                if wanted == decides {
                    self.branch(left, decides, to);
                    self.branch(right, wanted, to);
                } else {
                    let decided = self.draft.label();
                    self.branch(left, decides, decided);
                    self.branch(right, wanted, to);
                    self.place(decided, e.span);
                }
            }
            _ => {
                self.value(e);
                let op = if wanted {
                    Op::JumpTrue(to)
                } else {
                    Op::JumpFalse(to)
                };
                self.push(op, 1, &[], e.span);
            }
        }
    }
}

/// What an instruction is for, and the version of the format that it came with.
fn since(code: &Bytecode) -> Option<(&'static str, u32)> {
    use Bytecode as B;
    match code {
        B::PackClosure(..) | B::PackClosureGeneric(..) | B::CallClosure(_) => {
            Some(("function values", 8))
        }
        B::LdI8(_)
        | B::LdI16(_)
        | B::LdI32(_)
        | B::LdI64(_)
        | B::LdI128(_)
        | B::LdI256(_)
        | B::CastI8
        | B::CastI16
        | B::CastI32
        | B::CastI64
        | B::CastI128
        | B::CastI256
        | B::Negate => Some(("signed integers", 9)),
        B::AbortMsg => Some(("abort messages", 10)),
        _ => None,
    }
}

/// Whether code for an expression has more than one block.
pub(super) fn branches(e: &Expr) -> bool {
    let any = |all: &[Expr]| all.iter().any(branches);
    match &e.kind {
        ExprKind::If { .. }
        | ExprKind::Match { .. }
        | ExprKind::Loop { .. }
        | ExprKind::Labelled { .. }
        | ExprKind::Break { .. }
        | ExprKind::Continue(_)
        | ExprKind::Return(_)
        | ExprKind::Abort { .. }
        | ExprKind::Binary(crate::ast::BinaryOp::And | crate::ast::BinaryOp::Or, ..) => true,
        ExprKind::TestVariants {
            variants,
            reference,
            ..
        } => variants.len() > 1 || branches(reference),
        ExprKind::Value(_)
        | ExprKind::Constant(_)
        | ExprKind::Local(_)
        | ExprKind::CopyLocal(_)
        | ExprKind::MoveLocal(_)
        | ExprKind::BorrowLocal { .. } => false,
        ExprKind::BorrowField { of, variants, .. } => {
            super::expression::field_places(variants).len() > 1 || branches(of)
        }
        ExprKind::BorrowValue { value, .. }
        | ExprKind::ReadRef(value)
        | ExprKind::Unary(_, value)
        | ExprKind::Cast(value)
        | ExprKind::Assign { value, .. } => branches(value),
        ExprKind::WriteRef { reference, value } => branches(reference) || branches(value),
        ExprKind::Bind { value, .. } => value.as_ref().is_some_and(|v| branches(v)),
        ExprKind::Call { arguments, .. } | ExprKind::Builtin(_, arguments) => any(arguments),
        ExprKind::CallValue {
            function,
            arguments,
        } => branches(function) || any(arguments),
        ExprKind::Closure { captured, .. } => captured.iter().any(|(_, e)| branches(e)),
        ExprKind::Pack { fields, .. } => fields.iter().any(|(_, e)| branches(e)),
        ExprKind::Vector(all) | ExprKind::Tuple(all) | ExprKind::Sequence(all) => any(all),
        ExprKind::Binary(_, left, right) => branches(left) || branches(right),
    }
}
