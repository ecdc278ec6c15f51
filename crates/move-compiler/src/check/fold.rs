//! Arithmetic on constants.

use lumio_move_engine::U256;

use crate::{
    ast::{BinaryOp, UnaryOp},
    typed::{Expr, ExprKind, Value},
    types::{Integer, Type},
};

/// Replaces an operation on values by its result. What would fail is left to fail when it runs.
pub(super) fn simplify(e: &mut Expr) {
    let found = match &e.kind {
        ExprKind::Unary(op, of) => match &of.kind {
            ExprKind::Value(value) => unary(*op, value, &e.ty),
            _ => None,
        },
        ExprKind::Binary(op, left, right) => match (&left.kind, &right.kind) {
            (ExprKind::Value(a), ExprKind::Value(b)) => binary(*op, a, b, &left.ty),
            _ => None,
        },
        ExprKind::Cast(of) => match &of.kind {
            ExprKind::Value(value) => cast(value, &e.ty),
            _ => None,
        },
        _ => None,
    };
    if let Some(value) = found {
        e.kind = ExprKind::Value(value);
    }
}

fn integer(ty: &Type) -> Option<Integer> {
    match ty {
        Type::Integer(integer) => Some(*integer),
        _ => None,
    }
}

/// An integer as sign and magnitude.
#[derive(Clone, Copy)]
struct Signed {
    negative: bool,
    magnitude: U256,
}

impl Signed {
    fn of(value: U256, integer: Integer) -> Self {
        let negative = integer.is_signed() && value.bit(255);
        Self {
            negative,
            magnitude: if negative {
                U256::ZERO.wrapping_sub(value)
            } else {
                value
            },
        }
    }

    /// In two's complement, if the type has it.
    fn fit(self, integer: Integer) -> Option<U256> {
        let bits = usize::from(integer.bits());
        let (magnitude, half) = (
            self.magnitude,
            U256::ONE.wrapping_shl(bits.saturating_sub(1)),
        );
        let fits = match (self.negative && !magnitude.is_zero(), integer.is_signed()) {
            (true, false) => false,
            (true, true) => magnitude <= half,
            (false, true) => magnitude < half,
            (false, false) => magnitude.bit_len() <= bits,
        };
        fits.then(|| match self.negative {
            true => U256::ZERO.wrapping_sub(magnitude),
            false => magnitude,
        })
    }

    fn negated(self) -> Self {
        Self {
            negative: !self.negative,
            ..self
        }
    }

    fn add(self, other: Self) -> Option<Self> {
        if self.negative == other.negative {
            return Some(Self {
                magnitude: self.magnitude.checked_add(other.magnitude)?,
                ..self
            });
        }
        let (large, small) = match self.magnitude >= other.magnitude {
            true => (self, other),
            false => (other, self),
        };
        Some(Self {
            magnitude: large.magnitude.checked_sub(small.magnitude)?,
            ..large
        })
    }

    fn cmp(self, other: Self) -> std::cmp::Ordering {
        match (self.negative, other.negative) {
            (true, false) => std::cmp::Ordering::Less,
            (false, true) => std::cmp::Ordering::Greater,
            (false, false) => self.magnitude.cmp(&other.magnitude),
            (true, true) => other.magnitude.cmp(&self.magnitude),
        }
    }
}

fn unary(op: UnaryOp, value: &Value, ty: &Type) -> Option<Value> {
    match (op, value) {
        (UnaryOp::Not, Value::Bool(b)) => Some(Value::Bool(!b)),
        (UnaryOp::Negate, Value::Integer(n)) => {
            let integer = integer(ty)?;
            let result = Signed::of(*n, integer).negated().fit(integer)?;
            Some(Value::Integer(result))
        }
        _ => None,
    }
}

/// The value in another integer type, if it fits.
pub(crate) fn cast(value: &Value, ty: &Type) -> Option<Value> {
    let Value::Integer(n) = value else {
        return None;
    };
    // Only signed types have values with the highest bit, but for `u256`, which is left alone.
    let target = integer(ty)?;
    let value = if n.bit(255) { return None } else { *n };
    let signed = Signed {
        negative: false,
        magnitude: value,
    };
    signed.fit(target).map(Value::Integer)
}

/// The result of an operation on values of a type; `None` if it fails or is none of constants.
pub(crate) fn binary(op: BinaryOp, a: &Value, b: &Value, ty: &Type) -> Option<Value> {
    use BinaryOp as B;
    match (op, a, b) {
        (B::And, Value::Bool(a), Value::Bool(b)) => return Some(Value::Bool(*a && *b)),
        (B::Or, Value::Bool(a), Value::Bool(b)) => return Some(Value::Bool(*a || *b)),
        (B::Eq, a, b) => return Some(Value::Bool(a == b)),
        (B::Neq, a, b) => return Some(Value::Bool(a != b)),
        _ => {}
    }
    let (Value::Integer(a), Value::Integer(b)) = (a, b) else {
        return None;
    };
    let integer = integer(ty)?;
    let bits = usize::from(integer.bits());
    let (x, y) = (Signed::of(*a, integer), Signed::of(*b, integer));
    let order = x.cmp(y);
    let result = match op {
        B::Lt => return Some(Value::Bool(order.is_lt())),
        B::Gt => return Some(Value::Bool(order.is_gt())),
        B::Le => return Some(Value::Bool(order.is_le())),
        B::Ge => return Some(Value::Bool(order.is_ge())),
        B::Add => x.add(y)?,
        B::Sub => x.add(y.negated())?,
        B::Mul => Signed {
            negative: x.negative != y.negative,
            magnitude: x.magnitude.checked_mul(y.magnitude)?,
        },
        B::Div => Signed {
            negative: x.negative != y.negative,
            magnitude: x.magnitude.checked_div(y.magnitude)?,
        },
        B::Mod => Signed {
            negative: x.negative,
            magnitude: x.magnitude.checked_rem(y.magnitude)?,
        },
        B::BitAnd | B::BitOr | B::Xor | B::Shl | B::Shr if integer.is_signed() => return None,
        B::BitAnd => Signed::of(a & b, integer),
        B::BitOr => Signed::of(a | b, integer),
        B::Xor => Signed::of(a ^ b, integer),
        B::Shl | B::Shr => {
            let amount = usize::try_from(*b).ok().filter(|n| *n < bits)?;
            let shifted = match op {
                B::Shr => a.wrapping_shr(amount),
                _ => {
                    let all = U256::MAX.wrapping_shr(256_usize.saturating_sub(bits));
                    a.wrapping_shl(amount) & all
                }
            };
            Signed::of(shifted, integer)
        }
        B::And | B::Or | B::Eq | B::Neq | B::Implies | B::Iff => return None,
    };
    result.fit(integer).map(Value::Integer)
}
