//! Literals.

use lumio_move_engine::U256;

use super::{Checker, PendingLiteral, expr};
use crate::{
    Diagnostic, Span, ast,
    typed::{Expr, ExprKind, Value},
    types::{Integer, Type},
};

impl Checker<'_> {
    pub(super) fn literal(&mut self, literal: &ast::Literal, expected: Option<&Type>) -> Expr {
        match literal {
            ast::Literal::Number {
                value,
                suffix,
                span,
            } => self.number(*value, suffix.as_ref(), false, *span, expected),
            ast::Literal::Bool(value, span) => {
                expr(ExprKind::Value(Value::Bool(*value)), Type::Bool, *span)
            }
            ast::Literal::Address(name, span) => {
                let address = match name {
                    ast::AddressName::Number(address, _) => Some(*address),
                    ast::AddressName::Named(ident) => {
                        let known = self.program.addresses.get(&ident.name).copied();
                        if known.is_none() {
                            self.diagnostics
                                .push(crate::declare::unknown_address(ident));
                        }
                        known
                    }
                };
                match address {
                    Some(address) => {
                        let value = ExprKind::Value(Value::Address(address));
                        expr(value, Type::Address, *span)
                    }
                    None => self.broken(*span),
                }
            }
            ast::Literal::Bytes(bytes, span) => expr(
                ExprKind::Value(Value::Bytes(bytes.clone())),
                Type::vector(Type::U8),
                *span,
            ),
            ast::Literal::Text(_, span) => {
                self.diagnostics.push(
                    Diagnostic::error(*span, "a string literal is not a value").help(
                        "write bytes, b\"…\", or make a String with `std::string::utf8(b\"…\")`",
                    ),
                );
                self.broken(*span)
            }
        }
    }

    /// A number, perhaps with a minus before it.
    pub(super) fn number(
        &mut self,
        value: U256,
        suffix: Option<&crate::Ident>,
        negative: bool,
        span: Span,
        expected: Option<&Type>,
    ) -> Expr {
        let ty = match suffix {
            Some(suffix) => match Integer::of_name(&suffix.name) {
                Some(integer) => Type::Integer(integer),
                None => {
                    self.error(suffix.span, format!("`{suffix}` is no integer type"));
                    return self.broken(span);
                }
            },
            None => match expected.map(|ty| self.vars.shallow(ty)) {
                Some(Type::Integer(integer)) => Type::Integer(integer),
                _ => self.vars.fresh_integer(),
            },
        };
        self.literals.push(PendingLiteral {
            value,
            negative,
            ty: ty.clone(),
            span,
        });
        let value = if negative {
            U256::ZERO.wrapping_sub(value)
        } else {
            value
        };
        expr(ExprKind::Value(Value::Integer(value)), ty, span)
    }

    /// Checks, when all types are known, that literals fit them.
    pub(super) fn check_literals(&mut self) {
        for literal in std::mem::take(&mut self.literals) {
            let Some(Type::Integer(integer)) = self.vars.finish(&literal.ty) else {
                continue;
            };
            if let Some(message) = misfit(literal.value, literal.negative, integer) {
                self.error(literal.span, message);
            }
        }
    }
}

/// Why a literal does not fit a type, if it does not.
fn misfit(value: U256, negative: bool, integer: Integer) -> Option<String> {
    let bits = usize::from(integer.bits());
    let fits = match (negative, integer.is_signed()) {
        (true, false) => {
            return Some(format!("a negative number is no `{integer}`"));
        }
        (true, true) => value <= U256::ONE.wrapping_shl(bits.saturating_sub(1)),
        (false, true) => value.bit_len() < bits,
        (false, false) => value.bit_len() <= bits,
    };
    (!fits).then(|| {
        let sign = if negative { "-" } else { "" };
        format!("{sign}{value} does not fit into `{integer}`")
    })
}
