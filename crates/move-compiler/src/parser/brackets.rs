//! Pairs brackets, and adds or removes some where they do not pair, so that the rest of the parser
//! can rely on them.

use crate::{
    Diagnostic,
    lexer::{Reporter, Token, TokenKind},
};

/// How brackets belong together.
#[derive(Default)]
pub(super) struct Brackets {
    /// For each opening bracket the position of the closing one, 0 for all other tokens.
    pub(super) partners: Vec<usize>,
    /// For each token whether it is where brackets were wrong.
    pub(super) damaged: Vec<bool>,
}

const PAIRS: [(&str, &str); 3] = [("(", ")"), ("[", "]"), ("{", "}")];

struct Open {
    which: usize,
    /// Among the tokens that remain.
    at: usize,
    indent: u32,
}

struct Pairing<'t, 'r, 'd> {
    text: &'t str,
    out: Vec<Token>,
    partners: Vec<usize>,
    /// Ranges of tokens.
    damage: Vec<(usize, usize)>,
    stack: Vec<Open>,
    /// How many of each kind are open.
    open: [usize; 3],
    /// A brace whose partner stands so far to the left that it is likely another one's.
    suspect: Option<usize>,
    /// Where the last bracket outside of all others closed.
    last_closed: usize,
    /// Where one did whose partner begins another column, so that it is likely another one's.
    odd_closed: Option<usize>,
    report: &'r mut Reporter<'d>,
}

/// Pairs all brackets.
pub(super) fn pair(text: &str, tokens: &mut Vec<Token>, report: &mut Reporter<'_>) -> Brackets {
    let mut pairing = Pairing {
        text,
        out: Vec::with_capacity(tokens.len()),
        partners: Vec::with_capacity(tokens.len()),
        damage: Vec::new(),
        stack: Vec::new(),
        open: [0; 3],
        suspect: None,
        last_closed: 0,
        odd_closed: None,
        report,
    };
    let mut indent = 0;
    let mut line = 0u32;
    for token in tokens.drain(..) {
        if token.first_in_line {
            indent = indentation(text, line, token.start);
        }
        line = token.end;
        pairing.take(token, indent);
    }
    *tokens = pairing.out;
    let mut depth = vec![0i64; tokens.len().saturating_add(1)];
    for (from, to) in pairing.damage {
        if let Some(start) = depth.get_mut(from) {
            *start = start.saturating_add(1);
        }
        if let Some(end) = depth.get_mut(to.saturating_add(1)) {
            *end = end.saturating_sub(1);
        }
    }
    let mut sum = 0i64;
    let damaged = depth.iter().map(|change| {
        sum = sum.saturating_add(*change);
        sum > 0
    });
    Brackets {
        damaged: damaged.collect(),
        partners: pairing.partners,
    }
}

/// How far from the start of its line a token is that is the first in it.
fn indentation(text: &str, previous: u32, start: u32) -> u32 {
    let between = text.get(previous as usize..start as usize);
    let between = between.unwrap_or_default();
    let line = between.rsplit('\n').next().unwrap_or_default();
    u32::try_from(line.len()).unwrap_or(u32::MAX)
}

impl Pairing<'_, '_, '_> {
    fn push(&mut self, token: Token) -> usize {
        let at = self.out.len();
        self.out.push(token);
        self.partners.push(0);
        at
    }

    fn take(&mut self, token: Token, indent: u32) {
        let TokenKind::Symbol(symbol) = token.kind else {
            if token.kind == TokenKind::End {
                self.end(token);
                self.push(token);
            } else {
                self.push(token);
            }
            return;
        };
        if let Some(which) = PAIRS.iter().position(|(open, _)| *open == symbol) {
            let at = self.push(token);
            self.stack.push(Open { which, at, indent });
            if let Some(open) = self.open.get_mut(which) {
                *open = open.saturating_add(1);
            }
            return;
        }
        let Some(which) = PAIRS.iter().position(|(_, close)| *close == symbol) else {
            self.push(token);
            return;
        };
        if self.open.get(which).is_none_or(|open| *open == 0) {
            self.surplus(token, symbol);
            return;
        }
        let mut told = false;
        while let Some(open) = self.pop() {
            if open.which == which {
                if which == 2
                    && token.first_in_line
                    && indent < open.indent
                    && self.suspect.is_none()
                {
                    self.suspect = Some(open.at);
                }
                let close = self.push(token);
                self.join(open.at, close);
                if self.stack.is_empty() {
                    self.last_closed = close;
                    if token.first_in_line && indent != open.indent && self.odd_closed.is_none() {
                        self.odd_closed = Some(close);
                    }
                }
                break;
            }
            if !told {
                self.unclosed(open.at, Some(token));
                told = true;
            }
            self.close(&open, token);
        }
    }

    fn pop(&mut self) -> Option<Open> {
        let open = self.stack.pop()?;
        if let Some(count) = self.open.get_mut(open.which) {
            *count = count.saturating_sub(1);
        }
        Some(open)
    }

    fn join(&mut self, open: usize, close: usize) {
        if let Some(partner) = self.partners.get_mut(open) {
            *partner = close;
        }
    }

    /// Adds a missing bracket before a token.
    fn close(&mut self, open: &Open, before: Token) {
        let symbol = PAIRS.get(open.which).map_or("", |(_, close)| close);
        let place = self.out.last().map_or(before.start, |last| last.end);
        let close = self.push(Token {
            kind: TokenKind::Symbol(symbol),
            start: place,
            end: place,
            first_in_line: false,
        });
        self.join(open.at, close);
        self.damage.push((open.at, close));
    }

    fn unclosed(&mut self, at: usize, found: Option<Token>) {
        let Some(token) = self.out.get(at).copied() else {
            return;
        };
        let (name, close) = match token.kind {
            TokenKind::Symbol("(") => ("parenthesis", ")"),
            TokenKind::Symbol("[") => ("square bracket", "]"),
            _ => ("brace", "}"),
        };
        let span = self.report.span(token.start, token.end);
        let mut error = Diagnostic::error(span, format!("unclosed {name}"))
            .label(format!("this {name} is not closed"));
        if let Some(found) = found.filter(|found| found.kind == TokenKind::End) {
            let end = self.report.span(found.start, found.end);
            error = error.also(end, "the file ends here");
        } else if let Some(found) = found {
            let range = found.start as usize..found.end as usize;
            let text = self.text.get(range).unwrap_or_default();
            let label = format!("expected `{close}` before this `{text}`");
            error = error.also(self.report.span(found.start, found.end), label);
        }
        self.report.push(error);
    }

    fn surplus(&mut self, token: Token, symbol: &str) {
        let span = self.report.span(token.start, token.end);
        let message = format!("unexpected closing `{symbol}`");
        let mut error = Diagnostic::error(span, message).label("nothing is open that this closes");
        let last = self.odd_closed.take().unwrap_or(self.last_closed);
        let outside = self.stack.is_empty();
        if outside
            && let Some(last) = self.out.get(last)
            && last.kind == token.kind
        {
            error = error.also(
                self.report.span(last.start, last.end),
                "the last one that was open was closed here",
            );
        }
        self.report.push(error);
        if outside {
            let end = self.out.len();
            self.damage.push((last, end));
            self.last_closed = end;
        }
    }

    fn end(&mut self, end: Token) {
        if self.stack.is_empty() {
            return;
        }
        let outermost = self.stack.first().map_or(0, |open| open.at);
        let innermost = self.stack.last().map_or(0, |open| open.at);
        let culprit = self.suspect.filter(|at| *at > outermost);
        self.unclosed(culprit.unwrap_or(innermost), Some(end));
        if let Some(culprit) = culprit {
            self.damage.push((culprit, self.out.len()));
        }
        while let Some(open) = self.pop() {
            let damage = self.damage.len();
            self.close(&open, end);
            if culprit.is_some() {
                self.damage.truncate(damage);
            }
        }
        let last = self.out.len();
        self.damage.push((last.saturating_sub(1), last));
    }
}
