//! Writes syntax trees as compact expressions with parentheses, for tests.

use lumio_move_compiler::ast::*;

pub(crate) fn path(p: &Path) -> String {
    let mut parts: Vec<String> = p.names.iter().map(|n| n.to_string()).collect();
    if let Some((address, _)) = &p.address {
        parts.insert(0, address.to_short_hex());
    }
    let arguments = p.type_arguments.as_ref();
    parts.join("::") + &arguments.map_or(String::new(), |a| format!("<{}>", all(a, ty)))
}

fn all<T>(items: &[T], show: impl Fn(&T) -> String) -> String {
    items.iter().map(show).collect::<Vec<_>>().join(" ")
}

pub(crate) fn ty(t: &Type) -> String {
    match &t.kind {
        TypeKind::Path(p) => path(p),
        TypeKind::Reference { mutable, to } => {
            format!("&{}{}", if *mutable { "mut " } else { "" }, ty(to))
        }
        TypeKind::Tuple(types) => format!("({})", all(types, ty)),
        TypeKind::Function {
            parameters,
            returns,
            abilities,
        } => {
            let has: String = abilities.iter().map(|(a, _)| format!("+{a:?}")).collect();
            format!("|{}|{}{has}", all(parameters, ty), ty(returns))
        }
        TypeKind::Error => "error".to_owned(),
    }
}

fn literal(l: &Literal) -> String {
    match l {
        Literal::Number { value, suffix, .. } => {
            format!("{value}{}", suffix.as_ref().map_or("", |s| s.as_str()))
        }
        Literal::Bool(b, _) => b.to_string(),
        Literal::Address(AddressName::Number(a, _), _) => format!("@{}", a.to_short_hex()),
        Literal::Address(AddressName::Named(n), _) => format!("@{n}"),
        Literal::Bytes(b, _) => format!("b{b:?}"),
        Literal::Text(t, _) => format!("{t:?}"),
    }
}

pub(crate) fn pattern(p: &Pattern) -> String {
    match &p.kind {
        PatternKind::Wildcard => "_".to_owned(),
        PatternKind::Rest => "..".to_owned(),
        PatternKind::Name(n) => n.to_string(),
        PatternKind::Tuple(parts) => format!("({})", all(parts, pattern)),
        PatternKind::Literal(l) => literal(l),
        PatternKind::Place(e) => format!("[{}]", expr(e)),
        PatternKind::Struct { path: p, fields } => {
            path(p)
                + &match fields {
                    PatternFields::Unit => String::new(),
                    PatternFields::Positional(parts) => format!("({})", all(parts, pattern)),
                    PatternFields::Named { fields, rest } => {
                        let show = |(n, p): &(_, Pattern)| format!("{n}:{}", pattern(p));
                        let rest = if rest.is_some() { " .." } else { "" };
                        format!("{{{}{rest}}}", all(fields, show))
                    }
                }
        }
    }
}

pub(crate) fn block(b: &Block) -> String {
    let mut parts = Vec::new();
    for u in &b.uses {
        parts.push(format!("use {};", u.module));
    }
    for s in &b.statements {
        parts.push(match s {
            Statement::Expr(e) => expr(e) + ";",
            Statement::Let {
                pattern: p,
                ty: t,
                value,
                ..
            } => {
                let t = t.as_ref().map_or(String::new(), |t| format!(": {}", ty(t)));
                let v = value.as_ref();
                let v = v.map_or(String::new(), |v| format!(" = {}", expr(v)));
                format!("let {}{t}{v};", pattern(p))
            }
        });
    }
    parts.extend(b.value.as_ref().map(|e| expr(e)));
    format!("{{{}}}", parts.join(" "))
}

fn label(l: &Option<Label>) -> String {
    l.as_ref().map_or(String::new(), |l| format!("'{l} "))
}

pub(crate) fn expr(e: &Expr) -> String {
    use ExprKind as K;
    match &e.kind {
        K::Literal(l) => literal(l),
        K::Path(p) => path(p),
        K::Call {
            function,
            arguments,
        } => format!("{}({})", path(function), all(arguments, expr)),
        K::CallValue {
            function,
            arguments,
        } => format!("(call {} {})", expr(function), all(arguments, expr)),
        K::Macro { name, arguments } => format!("{name}!({})", all(arguments, expr)),
        K::MethodCall {
            receiver,
            name,
            type_arguments,
            arguments,
        } => {
            let types = type_arguments.as_ref();
            let types = types.map_or(String::new(), |t| format!("<{}>", all(t, ty)));
            format!(
                "(.{name}{types} {} {})",
                expr(receiver),
                all(arguments, expr)
            )
        }
        K::Pack { path: p, fields } => {
            let show = |(n, e): &(_, Expr)| format!("{n}:{}", expr(e));
            format!("{}{{{}}}", path(p), all(fields, show))
        }
        K::Vector { element, elements } => {
            let element = element
                .as_ref()
                .map_or(String::new(), |t| format!("<{}>", ty(t)));
            format!("vector{element}[{}]", all(elements, expr))
        }
        K::Field { of, name } => format!("{}.{name}", expr(of)),
        K::Index { of, index } => format!("{}[{}]", expr(of), expr(index)),
        K::Borrow { mutable: true, of } => format!("(&mut {})", expr(of)),
        K::Borrow { mutable: false, of } => format!("(& {})", expr(of)),
        K::Dereference(of) => format!("(* {})", expr(of)),
        K::Unary(op, of) => format!("({op:?} {})", expr(of)),
        K::Binary {
            op, left, right, ..
        } => format!("({op:?} {} {})", expr(left), expr(right)),
        K::Copy(of) => format!("(copy {})", expr(of)),
        K::Move(of) => format!("(move {})", expr(of)),
        K::Assign { to, value } => format!("(= {} {})", pattern(to), expr(value)),
        K::CompoundAssign { op, to, value } => format!("({op:?}= {} {})", expr(to), expr(value)),
        K::Cast(of, t) => format!("(as {} {})", expr(of), ty(t)),
        K::Annotate(of, t) => format!("(: {} {})", expr(of), ty(t)),
        K::Is(of, variants) => format!("(is {} {})", expr(of), all(variants, path)),
        K::Tuple(parts) => format!("({})", all(parts, expr)),
        K::Block(b) => block(b),
        K::If {
            condition,
            then,
            otherwise,
        } => {
            let otherwise = otherwise.as_ref();
            let otherwise = otherwise.map_or(String::new(), |e| format!(" {}", expr(e)));
            format!("(if {} {}{otherwise})", expr(condition), expr(then))
        }
        K::Match { value, arms } => {
            let arm = |a: &Arm| {
                let guard = a.guard.as_ref();
                let guard = guard.map_or(String::new(), |g| format!(" if {}", expr(g)));
                let patterns: Vec<_> = a.patterns.iter().map(pattern).collect();
                format!("[{}{guard} => {}]", patterns.join("|"), expr(&a.body))
            };
            format!("(match {} {})", expr(value), all(arms, arm))
        }
        K::While {
            label: l,
            condition,
            body,
        } => format!("({}while {} {})", label(l), expr(condition), expr(body)),
        K::For {
            label: l,
            variable,
            from,
            to,
            body,
        } => {
            let (from, to, body) = (expr(from), expr(to), expr(body));
            format!("({}for {variable} {from} {to} {body})", label(l))
        }
        K::Loop { label: l, body } => format!("({}loop {})", label(l), expr(body)),
        K::Break(l) => format!("(break {})", label(l).trim()),
        K::Continue(l) => format!("(continue {})", label(l).trim()),
        K::Return(e) => format!("(return {})", e.as_ref().map_or(String::new(), |e| expr(e))),
        K::Abort(e) => format!("(abort {})", expr(e)),
        K::Lambda(l) => {
            let parameter = |(p, t): &(Pattern, Option<Type>)| {
                pattern(p) + &t.as_ref().map_or(String::new(), |t| format!(":{}", ty(t)))
            };
            let has: String = l.abilities.iter().map(|(a, _)| format!("+{a:?}")).collect();
            format!(
                "(|{}| {}{has})",
                all(&l.parameters, parameter),
                expr(&l.body)
            )
        }
        K::Spec => "spec".to_owned(),
        K::Error => "error".to_owned(),
    }
}
