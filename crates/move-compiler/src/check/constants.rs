//! The values of constants.

use std::collections::BTreeMap;

use super::{Checker, env::Exit, fold};
use crate::{
    Diagnostic, Diagnostics, ast,
    declare::{Names, TypeNames, resolve_type},
    program::{ConstId, Program},
    typed::{Bodies, Expr, ExprKind, Value},
    types::Type,
};

/// Evaluates all constants.
pub(super) fn define(
    program: &mut Program,
    names: &Names,
    constants: Vec<(ConstId, ast::Const)>,
    diagnostics: &mut Diagnostics,
) {
    for (id, item) in &constants {
        let unit = program.constant(*id).unit;
        let mut types = TypeNames {
            program,
            names,
            diagnostics,
            unit,
            aliases: &[],
            parameters: &[],
        };
        let ty = resolve_type(&mut types, &item.ty, &mut None);
        if !is_constant_type(&ty) {
            let message = "a constant is a bool, an integer, an address or a vector of these";
            diagnostics.push(Diagnostic::error(item.ty.span, message));
        }
        if let Some(constant) = program.constants.get_mut(id.index()) {
            constant.ty = ty;
        }
    }
    let mut values = BTreeMap::new();
    for (id, item) in constants {
        let constant = program.constant(id);
        let (unit, name, ty) = (constant.unit, item.name.name.clone(), constant.ty.clone());
        names.usage.enter(unit, &name);
        let mut bodies = Bodies::new();
        let mut checker = Checker::of_unit(
            program,
            names,
            diagnostics,
            &mut bodies,
            unit,
            name,
            Vec::new(),
        );
        checker.env.exit = Exit::None;
        let value = checker.expression_to(&item.value, &ty);
        if let Some(body) = checker.finish(value, 0) {
            values.insert(id, body.value);
        }
    }
    let mut evaluator = Evaluator {
        program,
        values: &values,
        done: BTreeMap::new(),
        diagnostics,
    };
    for id in values.keys() {
        evaluator.constant(*id);
    }
    let done = evaluator.done;
    for (id, value) in done {
        if let (Some(constant), State::Done(value)) = (program.constants.get_mut(id.index()), value)
        {
            constant.value = value;
        }
    }
}

fn is_constant_type(ty: &Type) -> bool {
    match ty {
        Type::Bool | Type::Integer(_) | Type::Address | Type::Error => true,
        Type::Vector(of) => is_constant_type(of),
        _ => false,
    }
}

enum State {
    Active,
    Done(Option<Value>),
}

struct Evaluator<'a> {
    program: &'a Program,
    values: &'a BTreeMap<ConstId, Expr>,
    done: BTreeMap<ConstId, State>,
    diagnostics: &'a mut Diagnostics,
}

impl Evaluator<'_> {
    fn constant(&mut self, id: ConstId) -> Option<Value> {
        match self.done.get(&id) {
            Some(State::Done(value)) => return value.clone(),
            Some(State::Active) => {
                let constant = self.program.constant(id);
                let message = format!("constant `{}` needs its own value", constant.name);
                self.diagnostics
                    .push(Diagnostic::error(constant.name.span, message));
                return None;
            }
            None => {}
        }
        self.done.insert(id, State::Active);
        let value = self.values.get(&id);
        let value = value.and_then(|e| self.value(e));
        self.done.insert(id, State::Done(value.clone()));
        value
    }

    fn value(&mut self, e: &Expr) -> Option<Value> {
        if matches!(e.ty, Type::Error) {
            return None;
        }
        match &e.kind {
            ExprKind::Value(value) => Some(value.clone()),
            ExprKind::Constant(id) => self.constant(*id),
            ExprKind::Unary(..) | ExprKind::Binary(..) | ExprKind::Cast(_) => self.operation(e),
            ExprKind::Vector(elements) => {
                let mut values = Vec::new();
                for element in elements {
                    values.push(self.value(element)?);
                }
                if let Type::Vector(of) = &e.ty
                    && **of == Type::U8
                {
                    let bytes = values.iter().map(|value| match value {
                        Value::Integer(n) => u8::try_from(*n).ok(),
                        _ => None,
                    });
                    return Some(Value::Bytes(bytes.collect::<Option<_>>()?));
                }
                Some(Value::Vector(values))
            }
            ExprKind::Sequence(steps) if steps.len() == 1 => self.value(steps.first()?),
            ExprKind::If {
                condition,
                then,
                otherwise: Some(otherwise),
            } => match self.value(condition)? {
                Value::Bool(true) => self.value(then),
                _ => self.value(otherwise),
            },
            _ => {
                self.diagnostics.push(
                    Diagnostic::error(e.span, "this cannot be part of a constant")
                        .help("literals, operators, casts, vectors and other constants can"),
                );
                None
            }
        }
    }

    fn operation(&mut self, e: &Expr) -> Option<Value> {
        let mut folded = e.clone();
        let operands: Vec<&mut Box<Expr>> = match &mut folded.kind {
            ExprKind::Unary(_, of) | ExprKind::Cast(of) => vec![of],
            ExprKind::Binary(_, left, right) => vec![left, right],
            _ => Vec::new(),
        };
        for operand in operands {
            let value = self.value(operand)?;
            operand.kind = ExprKind::Value(value);
        }
        fold::simplify(&mut folded);
        match folded.kind {
            ExprKind::Value(value) => Some(value),
            _ => {
                let message = "this cannot be computed: it overflows or divides by zero";
                self.diagnostics.push(Diagnostic::error(e.span, message));
                None
            }
        }
    }
}
