//! Expressions.

use super::{Generator, Local, Ty};

impl Generator {
    /// An expression of a type, in parentheses where it needs them.
    pub(super) fn expression(&mut self, ty: &Ty, depth: usize) -> String {
        if self.budget == 0 || depth == 0 {
            return self.leaf(ty);
        }
        self.budget -= 1;
        let depth = depth - 1;
        match self.below(12) {
            0 | 1 => self.leaf(ty),
            2 => {
                let condition = self.expression(&Ty::Bool, depth);
                let (then, otherwise) = (self.scoped(ty, depth), self.scoped(ty, depth));
                format!("(if ({condition}) {then} else {otherwise})")
            }
            3 => self.scoped(ty, depth),
            4 => self.matched(ty, depth),
            5 => match self.call(ty, depth) {
                Some(call) => call,
                None => self.own(ty, depth),
            },
            6 => {
                let value = self.expression(ty, depth);
                match self.below(4) {
                    0 => format!("*&({value})"),
                    1 => format!("*&mut same({value})"),
                    2 => format!("same({value})"),
                    _ => format!("{{ {value} }}"),
                }
            }
            7 => match self.part(ty) {
                Some(part) => part,
                None => self.own(ty, depth),
            },
            8 if *ty == Ty::U64 => self.number(depth),
            _ => self.own(ty, depth),
        }
    }

    /// A literal or a local.
    pub(super) fn leaf(&mut self, ty: &Ty) -> String {
        let known: Vec<String> = self.of_type(ty).into_iter().map(|l| l.name).collect();
        if !known.is_empty() && self.chance(70) {
            return known[self.below(known.len())].clone();
        }
        match ty {
            Ty::Bool => ["true", "false"][self.below(2)].into(),
            Ty::Address => format!("@0x{}", 1 + self.below(3)),
            Ty::Int(name) => {
                let value = match self.below(8) {
                    0 => 0,
                    1 => 1,
                    2 => 127,
                    _ => self.below(40),
                };
                match name.starts_with('i') && self.chance(30) {
                    true => format!("(-{value}{name})"),
                    false => format!("{value}{name}"),
                }
            }
            Ty::Vector(of) => {
                let count = self.below(3);
                let parts: Vec<String> = (0..count).map(|_| self.leaf(of)).collect();
                format!("vector<{}>[{}]", of.name(), parts.join(", "))
            }
            Ty::Struct(n) => {
                let fields = self.structs[*n].clone();
                let values: Vec<String> = fields.iter().map(|ty| self.leaf(ty)).collect();
                self.packed(*n, values)
            }
            Ty::Enum(n) => {
                let variant = self.below(self.enums[*n].len());
                let fields = self.enums[*n][variant].clone();
                let values: Vec<String> = fields.iter().map(|ty| self.leaf(ty)).collect();
                variant_of(*n, variant, values)
            }
            Ty::Function => format!("|y| y + {}", self.below(9)),
        }
    }

    pub(super) fn of_type(&self, ty: &Ty) -> Vec<Local> {
        let all = self.locals.iter().filter(|l| l.ty == *ty);
        all.cloned().collect()
    }

    fn packed(&mut self, n: usize, values: Vec<String>) -> String {
        let mut fields: Vec<String> = (0..)
            .zip(values)
            .map(|(n, value)| format!("f{n}: {value}"))
            .collect();
        if self.chance(30) {
            fields.reverse();
        }
        format!("S{n} {{ {} }}", fields.join(", "))
    }

    /// A block with statements of its own.
    pub(super) fn scoped(&mut self, ty: &Ty, depth: usize) -> String {
        let known = self.locals.len();
        let mut text = String::from("{ ");
        for _ in 0..self.below(3) {
            text += &self.statement(depth);
        }
        text += &self.expression(ty, depth);
        self.locals.truncate(known);
        text + " }"
    }

    /// A field or an element of something that is there.
    fn part(&mut self, ty: &Ty) -> Option<String> {
        let mut found = Vec::new();
        for local in &self.locals {
            match &local.ty {
                Ty::Struct(n) => {
                    for (field, of) in self.structs[*n].iter().enumerate() {
                        if of == ty {
                            found.push(format!("{}.f{field}", local.name));
                            found.push(format!("*&{}.f{field}", local.name));
                        }
                    }
                }
                Ty::Vector(of) if **of == *ty => {
                    let name = &local.name;
                    found.push(format!("{name}[0]"));
                    found.push(format!("*&{name}[1]"));
                    found.push(format!("*std::vector::borrow(&{name}, 0)"));
                }
                _ => {}
            }
        }
        (!found.is_empty()).then(|| found[self.below(found.len())].clone())
    }

    fn call(&mut self, ty: &Ty, depth: usize) -> Option<String> {
        let fits = |f: &&super::Function| f.returns == *ty;
        let found: Vec<(String, Vec<Ty>)> = self
            .functions
            .iter()
            .filter(fits)
            .map(|f| (f.name.clone(), f.parameters.clone()))
            .collect();
        if found.is_empty() {
            return None;
        }
        let (name, parameters) = found[self.below(found.len())].clone();
        let arguments: Vec<String> = parameters
            .iter()
            .map(|ty| self.expression(ty, depth))
            .collect();
        Some(format!("{name}({})", arguments.join(", ")))
    }

    /// What can be done with values of a type only.
    fn own(&mut self, ty: &Ty, depth: usize) -> String {
        match ty {
            Ty::Bool => self.truth(depth),
            Ty::Int(name) => {
                let left = self.expression(ty, depth);
                match self.below(10) {
                    0 | 1 => {
                        let op = ["<<", ">>"][self.below(2)];
                        match name.starts_with('i') {
                            true => format!("({left} % 7)"),
                            false => format!("({left} {op} {}u8)", self.below(8)),
                        }
                    }
                    2 => {
                        let from = self.integer();
                        let value = self.expression(&from, depth);
                        format!("(({value}) as {name})")
                    }
                    _ => {
                        let right = self.expression(ty, depth);
                        let unsigned = ["+", "-", "*", "/", "%", "&", "|", "^"];
                        let count = if name.starts_with('i') { 5 } else { 8 };
                        format!("({left} {} {right})", unsigned[self.below(count)])
                    }
                }
            }
            Ty::Vector(of) => {
                let parts: Vec<String> = (0..1 + self.below(3))
                    .map(|_| self.expression(of, depth))
                    .collect();
                format!("vector[{}]", parts.join(", "))
            }
            Ty::Struct(n) => {
                let fields = self.structs[*n].clone();
                let values = fields.iter().map(|ty| self.expression(ty, depth));
                let values: Vec<String> = values.collect();
                self.packed(*n, values)
            }
            Ty::Enum(n) => {
                let variant = self.below(self.enums[*n].len());
                let fields = self.enums[*n][variant].clone();
                let values = fields.iter().map(|ty| self.expression(ty, depth));
                variant_of(*n, variant, values.collect())
            }
            Ty::Function => {
                // References are not captured.
                let around = self.locals.clone();
                self.locals.retain(|l| !l.name.starts_with('('));
                let name = self.name("y");
                let returns = self.can_return.take();
                let (can_leave, loops) = (std::mem::take(&mut self.can_leave), self.loops);
                self.locals.iter_mut().for_each(|l| l.is_free = false);
                self.locals.push(Local {
                    name: name.clone(),
                    ty: Ty::U64,
                    is_free: true,
                });
                let body = self.expression(&Ty::U64, depth);
                self.locals = around;
                self.can_return = returns;
                (self.can_leave, self.loops) = (can_leave, loops);
                format!("|{name}| {body}")
            }
            Ty::Address => self.leaf(ty),
        }
    }

    fn truth(&mut self, depth: usize) -> String {
        match self.below(7) {
            0 => format!("!{}", self.expression(&Ty::Bool, depth)),
            1 | 2 => {
                let op = ["&&", "||"][self.below(2)];
                let (left, right) = (
                    self.expression(&Ty::Bool, depth),
                    self.expression(&Ty::Bool, depth),
                );
                format!("({left} {op} {right})")
            }
            3 | 4 => {
                let ty = self.integer();
                let op = ["<", ">", "<=", ">=", "==", "!="][self.below(6)];
                let (left, right) = (self.expression(&ty, depth), self.expression(&ty, depth));
                format!("({left} {op} {right})")
            }
            5 => {
                let ty = self.ty(1);
                let op = ["==", "!="][self.below(2)];
                let (left, right) = (self.expression(&ty, depth), self.expression(&ty, depth));
                match self.chance(30) {
                    true => format!("(&({left}) {op} &({right}))"),
                    false => format!("({left} {op} {right})"),
                }
            }
            _ => {
                let n = self.below(self.enums.len());
                let value = self.expression(&Ty::Enum(n), depth);
                let variant = self.below(self.enums[n].len());
                match self.chance(50) {
                    true => format!("({value} is E{n}::V{variant})"),
                    false => format!("({value} is V0 | V{})", 1 + self.below(1)),
                }
            }
        }
    }

    /// Numbers from lambdas, references and lengths.
    fn number(&mut self, depth: usize) -> String {
        let (known, a, b) = (self.locals.len(), self.name("x"), self.name("x"));
        // Lambdas are put in: they can neither return nor leave a loop.
        let returns = self.can_return.take();
        let can_leave = std::mem::take(&mut self.can_leave);
        let number = self.annotation(&Ty::U64);
        let text = match self.below(7) {
            0 => {
                let value = self.expression(&Ty::U64, depth);
                self.parameter(&a, Ty::U64);
                format!(
                    "apply({value}, |{a}{number}| {})",
                    self.expression(&Ty::U64, depth)
                )
            }
            1 => {
                let value = self.expression(&Ty::U64, depth);
                self.parameter(&a, Ty::U64);
                self.parameter(&b, Ty::U64);
                let body = self.scoped(&Ty::U64, depth);
                format!("twice({value}, |{a}{number}, {b}{number}| {body})")
            }
            2 => {
                let of = self.ty(0);
                let vector = self.expression(&Ty::Vector(Box::new(of.clone())), depth);
                let start = self.expression(&Ty::U64, depth);
                self.parameter(&a, Ty::U64);
                let element = self.annotation(&of);
                self.parameter(&b, of);
                let body = self.expression(&Ty::U64, depth);
                format!("fold(&({vector}), {start}, |{a}{number}, {b}{element}| {body})")
            }
            3 => {
                self.parameter(&a, Ty::U64);
                let body = self.expression(&Ty::Bool, depth);
                format!("find(5, |{a}{number}| {body})")
            }
            4 => {
                let of = self.ty(1);
                let vector = self.expression(&Ty::Vector(Box::new(of)), depth);
                format!("length(&({vector}))")
            }
            5 => {
                let free: Vec<Local> = self.of_type(&Ty::U64);
                let free: Vec<&Local> = free.iter().filter(|l| l.is_free).collect();
                match free.is_empty() {
                    true => self.leaf(&Ty::U64),
                    false => format!("bump(&mut {})", free[self.below(free.len())].name),
                }
            }
            _ => {
                let known = self.of_type(&Ty::Function);
                match known.is_empty() {
                    true => self.leaf(&Ty::U64),
                    false => {
                        let function = known[self.below(known.len())].name.clone();
                        format!("{function}({})", self.expression(&Ty::U64, depth))
                    }
                }
            }
        };
        self.locals.truncate(known);
        self.can_return = returns;
        self.can_leave = can_leave;
        text
    }

    /// The type of a lambda's parameter, which was once not inferred from the first use.
    pub(super) fn annotation(&mut self, ty: &Ty) -> String {
        match self.newer && self.chance(70) {
            true => String::new(),
            false => format!(": {}", ty.name()),
        }
    }

    pub(super) fn parameter(&mut self, name: &str, ty: Ty) {
        self.locals.push(Local {
            name: name.into(),
            ty,
            is_free: true,
        });
    }

    /// A match of an enum or a tuple of numbers and truths.
    fn matched(&mut self, ty: &Ty, depth: usize) -> String {
        let n = self.below(self.enums.len());
        let value = self.expression(&Ty::Enum(n), depth);
        let variants = self.enums[n].clone();
        let mut arms = String::new();
        let all = !self.chance(30);
        for (v, fields) in variants.iter().enumerate() {
            if !all && v > 0 {
                break;
            }
            for guarded in [true, false] {
                if guarded && !self.chance(30) {
                    continue;
                }
                let known = self.locals.len();
                let names: Vec<String> = fields.iter().map(|_| self.name("m")).collect();
                for (name, ty) in names.iter().zip(fields) {
                    self.parameter(name, ty.clone());
                }
                let pattern = match names.len() {
                    0 => String::new(),
                    1 => format!("({})", names[0]),
                    _ => {
                        let parts = (0..).zip(&names).map(|(n, name)| format!("f{n}: {name}"));
                        format!(" {{ {} }}", parts.collect::<Vec<_>>().join(", "))
                    }
                };
                let guard = match guarded {
                    true => {
                        // A guard looks only.
                        let free: Vec<bool> = self.locals.iter().map(|l| l.is_free).collect();
                        self.locals.iter_mut().for_each(|l| l.is_free = false);
                        let leave = (self.can_return.take(), std::mem::take(&mut self.can_leave));
                        let guard = self.expression(&Ty::Bool, depth.min(1));
                        (self.can_return, self.can_leave) = leave;
                        for (local, was) in self.locals.iter_mut().zip(free) {
                            local.is_free = was;
                        }
                        format!(" if ({guard})")
                    }
                    false => String::new(),
                };
                let body = self.scoped(ty, depth);
                self.locals.truncate(known);
                arms += &format!("E{n}::V{v}{pattern}{guard} => {body},\n");
            }
        }
        if !all {
            arms += &format!("_ => {},\n", self.scoped(ty, depth));
        }
        format!("(match ({value}) {{\n{arms}}})")
    }
}

fn variant_of(n: usize, variant: usize, values: Vec<String>) -> String {
    match values.len() {
        0 => format!("E{n}::V{variant}"),
        1 => format!("E{n}::V{variant}({})", values[0]),
        _ => {
            let fields = (0..).zip(values).map(|(n, value)| format!("f{n}: {value}"));
            let fields: Vec<String> = fields.collect();
            format!("E{n}::V{variant} {{ {} }}", fields.join(", "))
        }
    }
}
