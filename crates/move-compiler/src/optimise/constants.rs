//! Operations on constants, which are replaced by their results.

use lumio_move_engine::{U256, format::Bytecode as B};

use crate::{
    ast::BinaryOp,
    check::fold,
    codegen::{Draft, Op, Step, load},
    typed::Value,
    types::{Integer, Type},
};

/// Simplifies; whether anything changed.
pub(super) fn simplify(draft: &mut Draft) -> bool {
    let mut changed = false;
    let mut kept: Vec<Step> = Vec::with_capacity(draft.steps.len());
    for step in std::mem::take(&mut draft.steps) {
        let folded = match (kept.as_slice(), &step.op) {
            ([.., left, right], Op::Code(code)) => {
                binary(&left.op, &right.op, code).map(|b| (2, b))
            }
            _ => None,
        };
        let folded = folded.or_else(|| match (kept.last().map(|s| &s.op), &step.op) {
            (Some(Op::Code(value)), Op::Code(code)) => unary(value, code).map(|b| (1, b)),
            _ => None,
        });
        match folded {
            Some((count, code)) => {
                kept.truncate(kept.len().saturating_sub(count));
                kept.push(Step {
                    op: Op::Code(code),
                    pops: 0,
                    pushes: vec![false],
                    span: step.span,
                });
                changed = true;
            }
            None => kept.push(step),
        }
    }
    draft.steps = kept;
    changed
}

/// The value that an instruction loads, with its type.
fn value(code: &B) -> Option<(Value, Type)> {
    let integer = |n: U256, ty| Some((Value::Integer(n), Type::Integer(ty)));
    match code {
        B::LdTrue => Some((Value::Bool(true), Type::Bool)),
        B::LdFalse => Some((Value::Bool(false), Type::Bool)),
        B::LdU8(n) => integer(U256::from(*n), Integer::U8),
        B::LdU16(n) => integer(U256::from(*n), Integer::U16),
        B::LdU32(n) => integer(U256::from(*n), Integer::U32),
        B::LdU64(n) => integer(U256::from(*n), Integer::U64),
        B::LdU128(n) => integer(U256::from(**n), Integer::U128),
        B::LdU256(n) => integer(**n, Integer::U256),
        _ => None,
    }
}

fn loaded(value: &Value, ty: &Type) -> Option<B> {
    match (value, ty) {
        (Value::Bool(true), _) => Some(B::LdTrue),
        (Value::Bool(false), _) => Some(B::LdFalse),
        (Value::Integer(n), Type::Integer(integer)) => Some(load(*n, *integer)),
        _ => None,
    }
}

fn binary(left: &Op, right: &Op, code: &B) -> Option<B> {
    let (Op::Code(left), Op::Code(right)) = (left, right) else {
        return None;
    };
    let (op, is_test) = match code {
        B::Add => (BinaryOp::Add, false),
        B::Sub => (BinaryOp::Sub, false),
        B::Mul => (BinaryOp::Mul, false),
        B::Div => (BinaryOp::Div, false),
        B::Mod => (BinaryOp::Mod, false),
        B::BitAnd => (BinaryOp::BitAnd, false),
        B::BitOr => (BinaryOp::BitOr, false),
        B::Xor => (BinaryOp::Xor, false),
        B::Shl => (BinaryOp::Shl, false),
        B::Shr => (BinaryOp::Shr, false),
        B::Eq => (BinaryOp::Eq, true),
        B::Neq => (BinaryOp::Neq, true),
        B::Lt => (BinaryOp::Lt, true),
        B::Gt => (BinaryOp::Gt, true),
        B::Le => (BinaryOp::Le, true),
        B::Ge => (BinaryOp::Ge, true),
        _ => return None,
    };
    let ((a, ty), (b, _)) = (value(left)?, value(right)?);
    let result = fold::binary(op, &a, &b, &ty)?;
    loaded(&result, if is_test { &Type::Bool } else { &ty })
}

fn unary(of: &B, code: &B) -> Option<B> {
    let (known, _) = value(of)?;
    let to = match code {
        B::Not => {
            let Value::Bool(b) = known else { return None };
            return loaded(&Value::Bool(!b), &Type::Bool);
        }
        B::CastU8 => Integer::U8,
        B::CastU16 => Integer::U16,
        B::CastU32 => Integer::U32,
        B::CastU64 => Integer::U64,
        B::CastU128 => Integer::U128,
        B::CastU256 => Integer::U256,
        _ => return None,
    };
    let ty = Type::Integer(to);
    loaded(&fold::cast(&known, &ty)?, &ty)
}
