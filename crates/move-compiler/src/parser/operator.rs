//! Which operators there are and how tightly they bind.

use super::Parser;
use crate::{ast::BinaryOp, lexer::TokenKind};

/// An operator that is next.
pub(super) struct Operator {
    pub(super) op: BinaryOp,
    /// Larger binds more tightly. All are left-associative.
    pub(super) binds: u8,
    /// How many tokens it has.
    pub(super) tokens: usize,
}

impl Parser<'_> {
    pub(super) fn operator(&self) -> Option<Operator> {
        let TokenKind::Symbol(symbol) = self.kind() else {
            return None;
        };
        let joined = |ahead, text| self.joined(ahead) && self.is(ahead, text);
        let (op, binds, tokens) = match symbol {
            "<==>" => (BinaryOp::Iff, 1, 1),
            "==>" => (BinaryOp::Implies, 1, 1),
            "||" => (BinaryOp::Or, 2, 1),
            "&&" => (BinaryOp::And, 3, 1),
            "==" => (BinaryOp::Eq, 4, 1),
            "!=" => (BinaryOp::Neq, 4, 1),
            "<" => (BinaryOp::Lt, 4, 1),
            "<=" => (BinaryOp::Le, 4, 1),
            ">" if joined(1, "=") => (BinaryOp::Ge, 4, 2),
            ">" if joined(1, ">") && joined(2, "=") => return None,
            ">" if joined(1, ">") => (BinaryOp::Shr, 8, 2),
            ">" => (BinaryOp::Gt, 4, 1),
            "|" => (BinaryOp::BitOr, 5, 1),
            "^" => (BinaryOp::Xor, 6, 1),
            "&" => (BinaryOp::BitAnd, 7, 1),
            "<<" => (BinaryOp::Shl, 8, 1),
            "+" => (BinaryOp::Add, 9, 1),
            "-" => (BinaryOp::Sub, 9, 1),
            "*" => (BinaryOp::Mul, 10, 1),
            "/" => (BinaryOp::Div, 10, 1),
            "%" => (BinaryOp::Mod, 10, 1),
            _ => return None,
        };
        Some(Operator { op, binds, tokens })
    }

    /// `+=` and its like, with the number of its tokens.
    pub(super) fn compound_operator(&self) -> Option<(BinaryOp, usize)> {
        let TokenKind::Symbol(symbol) = self.kind() else {
            return None;
        };
        let joined = |ahead, text| self.joined(ahead) && self.is(ahead, text);
        let op = match symbol {
            "+=" => BinaryOp::Add,
            "-=" => BinaryOp::Sub,
            "*=" => BinaryOp::Mul,
            "/=" => BinaryOp::Div,
            "%=" => BinaryOp::Mod,
            "&=" => BinaryOp::BitAnd,
            "|=" => BinaryOp::BitOr,
            "^=" => BinaryOp::Xor,
            "<<=" => BinaryOp::Shl,
            ">" if joined(1, ">") && joined(2, "=") => return Some((BinaryOp::Shr, 3)),
            _ => return None,
        };
        Some((op, 1))
    }
}
