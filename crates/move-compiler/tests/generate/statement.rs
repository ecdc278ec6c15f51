//! Statements.

use super::{Generator, Local, Ty};

impl Generator {
    /// The body of a function.
    pub(super) fn body(&mut self, returns: &Ty, depth: usize) -> String {
        let mut text = String::from("{\n");
        for _ in 0..1 + self.below(5) {
            text += &self.statement(depth);
        }
        text += &self.expression(returns, depth);
        text + "\n}"
    }

    /// A statement with its semicolon and line.
    pub(super) fn statement(&mut self, depth: usize) -> String {
        if self.budget == 0 || depth == 0 {
            return self.declaration(0);
        }
        self.budget -= 1;
        let depth = depth - 1;
        match self.below(19) {
            0..=3 => self.declaration(depth),
            4 | 5 => self.assignment(depth),
            6 => self.through_reference(depth),
            7 => {
                let condition = self.expression(&Ty::Bool, depth);
                let then = self.block(depth);
                match self.chance(50) {
                    true => format!("if ({condition}) {then};\n"),
                    false => format!("if ({condition}) {then} else {};\n", self.block(depth)),
                }
            }
            8 | 9 => self.repeated(depth),
            10 => {
                let (a, b) = (self.name("a"), self.name("b"));
                let (first, second) = (self.ty(1), self.ty(1));
                let (x, y) = (
                    self.expression(&first, depth),
                    self.expression(&second, depth),
                );
                self.parameter(&a, first);
                self.parameter(&b, second);
                match self.chance(50) {
                    true => format!("let ({a}, {b}) = ({x}, {y});\n"),
                    false => format!("let ({a}, {b}) = pair({x}, {y});\n"),
                }
            }
            11 => self.taken_apart(depth),
            12 => self.with_lambda(depth),
            13 => match (self.can_leave, self.can_return.clone()) {
                (true, _) if self.chance(60) => {
                    let condition = self.expression(&Ty::Bool, depth);
                    let how = ["break", "continue"][self.below(2)];
                    format!("if ({condition}) {how};\n")
                }
                (_, Some(ty)) => {
                    let condition = self.expression(&Ty::Bool, depth);
                    let value = self.expression(&ty, depth);
                    format!("if ({condition}) return {value};\n")
                }
                _ => {
                    let (condition, code) = (self.expression(&Ty::Bool, depth), self.below(99));
                    format!("assert!({condition} || true, {code});\n")
                }
            },
            14 | 15 => self.behind_reference(depth),
            16 => self.consumed(depth),
            17 => {
                let ty = self.ty(1);
                format!("let _ = {};\n", self.expression(&ty, depth))
            }
            _ => self.declaration(depth),
        }
    }

    fn block(&mut self, depth: usize) -> String {
        let known = self.locals.len();
        let mut text = String::from("{ ");
        for _ in 0..1 + self.below(2) {
            text += &self.statement(depth);
        }
        self.locals.truncate(known);
        text + "}"
    }

    fn declaration(&mut self, depth: usize) -> String {
        let ty = match self.newer && self.chance(10) {
            true => Ty::Function,
            false => self.ty(1),
        };
        let name = self.name("l");
        let written = ty.name();
        let text = match self.below(6) {
            0 if !self.newer || ty != Ty::Function => {
                let (condition, then, otherwise) = (
                    self.expression(&Ty::Bool, depth),
                    self.expression(&ty, depth),
                    self.expression(&ty, depth),
                );
                format!(
                    "let {name}: {written}; if ({condition}) {{ {name} = {then} }} else {{ {name} \
                     = {otherwise} }};\n"
                )
            }
            _ => {
                let value = self.expression(&ty, depth);
                format!("let {name}: {written} = {value};\n")
            }
        };
        self.parameter(&name, ty);
        text
    }

    fn free(&self) -> Vec<Local> {
        let free = self.locals.iter().filter(|l| l.is_free);
        free.cloned().collect()
    }

    /// A place that may be changed, with its type.
    fn place(&mut self) -> Option<(String, String, Ty)> {
        let mut found = Vec::new();
        for local in self.free() {
            let name = local.name.clone();
            match &local.ty {
                Ty::Struct(n) => {
                    for (field, ty) in self.structs[*n].iter().enumerate() {
                        // A field of `*r` was once one of a copy.
                        let of = name.trim_matches(['(', '*', ')']);
                        found.push((name.clone(), format!("{of}.f{field}"), ty.clone()));
                    }
                }
                Ty::Vector(of) => found.push((name.clone(), format!("{name}[0]"), (**of).clone())),
                _ => {}
            }
            found.push((name.clone(), name, local.ty));
        }
        (!found.is_empty()).then(|| found[self.below(found.len())].clone())
    }

    fn assignment(&mut self, depth: usize) -> String {
        let Some((_, place, ty)) = self.place() else {
            return self.declaration(depth);
        };
        let value = self.expression(&ty, depth);
        match ty {
            Ty::Int(name) if self.chance(50) => {
                let ops = ["+=", "-=", "*=", "/=", "%=", "|=", "&=", "^="];
                let count = if name.starts_with('i') { 5 } else { 8 };
                format!("{place} {} {value};\n", ops[self.below(count)])
            }
            _ => format!("{place} = {value};\n"),
        }
    }

    /// Writes and reads through references, while what they point into is not used otherwise.
    fn through_reference(&mut self, depth: usize) -> String {
        let Some((owner, place, ty)) = self.place() else {
            return self.declaration(depth);
        };
        let hidden = self.locals.clone();
        self.locals.retain(|l| l.name != owner);
        let value = self.expression(&ty, depth);
        let reference = self.name("r");
        let use_it = match &ty {
            Ty::Int(_) => format!("*{reference} = *{reference} & 15; *{reference} = {value};"),
            Ty::Vector(of) => {
                let element = self.expression(of, depth);
                format!(
                    "std::vector::push_back({reference}, {element}); if (length({reference}) > 4) \
                     *{reference} = {value};"
                )
            }
            Ty::Struct(n) => {
                let field = self.below(self.structs[*n].len());
                let of = self.structs[*n][field].clone();
                let part = self.expression(&of, depth);
                format!("{reference}.f{field} = {part}; *{reference} = {value};")
            }
            _ => format!("*{reference} = {value};"),
        };
        let use_it = match ty {
            Ty::Int(name) if name.starts_with('i') => format!("*{reference} = {value};"),
            _ => use_it,
        };
        let other = self.of_type(&ty).into_iter().filter(|l| l.is_free);
        let other: Vec<Local> = other.collect();
        let text = match (other.is_empty(), self.chance(40)) {
            (false, true) => {
                let other = other[self.below(other.len())].name.clone();
                let old = self.locals.clone();
                self.locals.retain(|l| l.name != other);
                let (condition, value) = (
                    self.expression(&Ty::Bool, depth),
                    self.expression(&ty, depth),
                );
                self.locals = old;
                format!(
                    "let {reference} = pick({condition}, &mut {place}, &mut {other}); \
                     *{reference} = {value};\n"
                )
            }
            _ => format!("let {reference} = &mut {place}; {use_it}\n"),
        };
        self.locals = hidden;
        text
    }

    /// Statements that see something through a reference only.
    fn behind_reference(&mut self, depth: usize) -> String {
        let Some((owner, place, ty)) = self.place() else {
            return self.declaration(depth);
        };
        let before = self.locals.clone();
        let reference = self.name("r");
        let mutable = self.chance(60);
        if mutable {
            self.locals.retain(|l| l.name != owner);
        } else {
            // It may be read all the same, but not changed.
            let owner = self.locals.iter_mut().find(|l| l.name == owner);
            owner.unwrap().is_free = false;
        }
        self.locals.push(Local {
            name: format!("(*{reference})"),
            ty,
            is_free: mutable,
        });
        let block = self.block(depth);
        self.locals = before;
        let kind = if mutable { "&mut" } else { "&" };
        format!("{{ let {reference} = {kind} {place}; {block} }};\n")
    }

    /// A value that is moved, and taken apart in the end.
    fn consumed(&mut self, depth: usize) -> String {
        let (first, second) = (self.name("n"), self.name("n"));
        let value = self.expression(&Ty::U64, depth);
        // Nothing may leave it behind.
        let leave = (self.can_return.take(), std::mem::take(&mut self.can_leave));
        let middle = match self.below(4) {
            0 => format!("let {second} = {first};"),
            1 => format!("let {second} = same({first});"),
            2 => {
                let condition = self.expression(&Ty::Bool, depth);
                format!(
                    "let {second} = if ({condition}) {first} else {{ let N {{ n }} = {first}; \
                     N {{ n: n / 2 }} }};"
                )
            }
            _ => {
                let (all, block) = (self.name("n"), self.block(depth));
                format!(
                    "let {all} = vector[{first}]; {block}; let {second} = \
                     std::vector::pop_back(&mut {all}); std::vector::destroy_empty({all});"
                )
            }
        };
        let (field, block) = (self.name("d"), self.block(depth));
        (self.can_return, self.can_leave) = leave;
        self.parameter(&field, Ty::U64);
        format!(
            "let {first} = N {{ n: {value} }}; {middle} {block}; {second}.n = {second}.n / 3; \
             let N {{ n: {field} }} = {second};\n"
        )
    }

    fn repeated(&mut self, depth: usize) -> String {
        if self.loops >= 2 {
            return self.declaration(depth);
        }
        let (counter, known) = (self.name("i"), self.locals.len());
        let count = 1 + self.below(4);
        self.locals.push(Local {
            name: counter.clone(),
            ty: Ty::U64,
            is_free: false,
        });
        let can_leave = std::mem::replace(&mut self.can_leave, true);
        self.loops += 1;
        let text = match self.below(3) {
            0 => format!("for ({counter} in 0..{count}) {};\n", self.block(depth)),
            1 => format!(
                "let {counter} = 0; while ({counter} < {count}) {{ {counter} += 1; {} }};\n",
                self.block(depth)
            ),
            _ => {
                let label = self.name("'l");
                let condition = self.expression(&Ty::Bool, depth);
                format!(
                    "let {counter} = 0; {label}: loop {{ {counter} += 1; if ({counter} > {count}) \
                     break {label}; if ({condition}) continue {label}; {} }};\n",
                    self.block(depth)
                )
            }
        };
        self.loops -= 1;
        self.can_leave = can_leave;
        self.locals.truncate(known);
        text
    }

    fn taken_apart(&mut self, depth: usize) -> String {
        let n = self.below(self.structs.len());
        let value = self.expression(&Ty::Struct(n), depth);
        let mut parts = Vec::new();
        for (field, ty) in self.structs[n].clone().into_iter().enumerate() {
            let name = self.name("d");
            parts.push(format!("f{field}: {name}"));
            self.parameter(&name, ty);
        }
        format!("let S{n} {{ {} }} = {value};\n", parts.join(", "))
    }

    /// A lambda that changes what is around it.
    fn with_lambda(&mut self, depth: usize) -> String {
        let (known, counter) = (self.locals.len(), self.name("i"));
        let count = self.below(4);
        self.locals.push(Local {
            name: counter.clone(),
            ty: Ty::U64,
            is_free: false,
        });
        let returns = self.can_return.take();
        let can_leave = std::mem::take(&mut self.can_leave);
        let body = self.block(depth);
        self.can_return = returns;
        self.can_leave = can_leave;
        self.locals.truncate(known);
        let number = self.annotation(&Ty::U64);
        format!("times({count}, |{counter}{number}| {body});\n")
    }
}
