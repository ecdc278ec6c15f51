//! Terms: names and what belongs to them, literals, parentheses, blocks.

use super::{Parser, Result, path::Angle};
use crate::{
    Diagnostic, Ident,
    ast::{Expr, ExprKind, Path},
    lexer::TokenKind,
};

impl Parser<'_> {
    /// Whether an expression can begin here.
    pub(super) fn begins_expression(&self) -> bool {
        match self.kind() {
            TokenKind::Name
            | TokenKind::Number
            | TokenKind::Bytes
            | TokenKind::Hex
            | TokenKind::Text
            | TokenKind::Label => true,
            TokenKind::Symbol(symbol) => {
                ["(", "{", "@", "!", "-", "*", "&", "|", "||"].contains(&symbol)
            }
            TokenKind::Keyword(word) => [
                "true", "false", "if", "while", "loop", "return", "abort", "break", "continue",
                "copy", "move", "spec",
            ]
            .contains(&word),
            TokenKind::Unknown | TokenKind::End => false,
        }
    }

    pub(super) fn term(&mut self) -> Result<Expr> {
        let start = self.here();
        if self.at_path() && !self.at_contextual_control() {
            return self.named_term();
        }
        if let Some(literal) = self.literal()? {
            return Ok(self.expr(ExprKind::Literal(literal), start));
        }
        if self.at("(") {
            return self.parentheses();
        }
        if self.at("{") {
            let block = self.block()?;
            return Ok(self.expr(ExprKind::Block(block), start));
        }
        if let Some(control) = self.control()? {
            return Ok(control);
        }
        if self.at("use") {
            let error = Diagnostic::error(self.here(), "`use` is not at the start of a block")
                .label("only other `use` declarations can be before it")
                .help("move it to the start of the block or of the module");
            return self.fail(error);
        }
        if self.at(";") {
            let error = Diagnostic::error(self.here(), "expected an expression, found `;`")
                .label("expected an expression")
                .help("remove this semicolon, or write `()` before it");
            return self.fail(error);
        }
        self.unexpected("an expression")
    }

    /// A path, a call, a macro, a packed struct, a vector.
    fn named_term(&mut self) -> Result<Expr> {
        let start = self.here();
        let macro_like = self.kind() == TokenKind::Name && self.is(1, "!") && self.is(2, "(");
        if macro_like {
            let name = self.name("a macro")?;
            self.bump();
            let arguments = self.arguments()?;
            return Ok(self.expr(ExprKind::Macro { name, arguments }, start));
        }
        let path = self.path(Angle::IfJoined, "an expression")?;
        let kind = if self.at("(") {
            ExprKind::Call {
                function: path,
                arguments: self.arguments()?,
            }
        } else if self.at("{") {
            ExprKind::Pack {
                path,
                fields: self.list("{", Self::packed_field)?,
            }
        } else if self.at("[") && is_vector(&path) {
            self.vector(path)?
        } else {
            ExprKind::Path(path)
        };
        Ok(self.expr(kind, start))
    }

    fn packed_field(&mut self) -> Result<(Ident, Expr)> {
        let name = self.name("a field")?;
        if self.eat(":") {
            return Ok((name, self.expression()?));
        }
        let path = Path {
            address: None,
            names: vec![name.clone()],
            type_arguments: None,
            span: name.span,
        };
        let local = self.expr(ExprKind::Path(path), name.span);
        Ok((name, local))
    }

    fn vector(&mut self, path: Path) -> Result<ExprKind> {
        let span = path.span;
        let mut types = path.type_arguments.unwrap_or_default();
        let element = types.pop();
        if !types.is_empty() {
            let error = Diagnostic::error(span, "a vector has one type argument");
            self.tell(error);
        }
        let elements = self.list("[", Self::expression)?;
        Ok(ExprKind::Vector { element, elements })
    }

    /// `()`, `(e)`, `(e as t)`, `(e: t)`, `(a, b)`
    fn parentheses(&mut self) -> Result<Expr> {
        let start = self.here();
        let mut parts = self.list("(", |p| {
            let part = p.expression()?;
            if p.at("as") {
                return p.cast(part);
            }
            if p.eat(":") {
                let start = part.span;
                let ty = p.ty()?;
                p.grow()?;
                return Ok(p.expr(ExprKind::Annotate(Box::new(part), ty), start));
            }
            Ok(part)
        })?;
        let kind = match (parts.pop(), parts.is_empty()) {
            (Some(only), true) => only.kind,
            (Some(last), false) => {
                parts.push(last);
                ExprKind::Tuple(parts)
            }
            (None, _) => ExprKind::Tuple(parts),
        };
        Ok(self.expr(kind, start))
    }
}

fn is_vector(path: &Path) -> bool {
    let [name] = path.names.as_slice() else {
        return false;
    };
    path.address.is_none() && name.as_str() == "vector"
}
