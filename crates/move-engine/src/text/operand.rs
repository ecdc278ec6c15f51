//! Reads a function's body: locals, labels and instructions.

use alloc::{collections::BTreeMap, string::String, vec::Vec};

use super::{
    error::{TextError, TextProblem},
    lexer::Token,
    parser::Parser,
    shape::{Shape, shape_of},
    syntax::{Body, Constant, ConstantName, Instruction, Member, Name, Operand, Path, Selector},
};

/// What the instructions of one body may refer to.
#[derive(Default)]
pub(super) struct Scope {
    locals: BTreeMap<String, u8>,
    /// How many parameters and locals there are.
    count: usize,
    labels: BTreeMap<String, u16>,
    /// Branches whose labels are still to be found.
    branches: Vec<(usize, Name)>,
}

impl Scope {
    fn add_local(&mut self, name: Option<Name>) -> Result<(), TextError> {
        if let Some(name) = name {
            let number = u8::try_from(self.count)
                .map_err(|_| name.at.error(TextProblem::TooMany("locals")))?;
            if self.locals.insert(name.text.clone(), number).is_some() {
                return Err(name.at.twice("local", name.text));
            }
        }
        self.count = self.count.saturating_add(1);
        Ok(())
    }
}

impl Parser {
    /// A body in braces, of a function with these parameters.
    pub(super) fn body(&mut self, parameters: Vec<Option<Name>>) -> Result<Body, TextError> {
        let mut scope = Scope::default();
        for name in parameters {
            scope.add_local(name)?;
        }
        self.expect("{")?;
        let mut body = Body::default();
        if self.eat_word("locals") {
            loop {
                let name = self.name("a local's name")?;
                scope.add_local(Some(name))?;
                self.expect(":")?;
                body.locals.push(self.ty()?);
                if !self.eat(",") {
                    break;
                }
            }
        }
        while !self.eat("}") {
            if self.eat(";") {
                continue;
            }
            if matches!(self.peek(), Token::Word(_) | Token::Quoted(_))
                && *self.peek_at(1) == Token::Mark(":")
            {
                self.label(&mut scope, body.code.len())?;
                continue;
            }
            let instruction = self.instruction(&mut scope, body.code.len())?;
            body.code.push(instruction);
        }
        for (position, label) in scope.branches {
            let target = scope
                .labels
                .get(&label.text)
                .ok_or_else(|| label.at.unknown("label", &label.text))?;
            if let Some(branch) = body.code.get_mut(position) {
                branch.operand = Operand::Target(*target);
            }
        }
        Ok(body)
    }

    fn label(&mut self, scope: &mut Scope, position: usize) -> Result<(), TextError> {
        let name = self.name("a label")?;
        self.expect(":")?;
        let position = u16::try_from(position)
            .map_err(|_| name.at.error(TextProblem::TooMany("instructions")))?;
        if scope.labels.insert(name.text.clone(), position).is_some() {
            return Err(name.at.twice("label", name.text));
        }
        Ok(())
    }

    /// An instruction outside of any body, for the table entry that it refers to.
    pub(super) fn extra_operand(&mut self) -> Result<Instruction, TextError> {
        let found = self.instruction(&mut Scope::default(), 0)?;
        match found.operand {
            Operand::Constant(_)
            | Operand::Types(_)
            | Operand::Function(..)
            | Operand::Struct(..)
            | Operand::Member(_) => Ok(found),
            _ => Err(found
                .at
                .expected("an instruction that refers to a table", "another")),
        }
    }

    fn instruction(
        &mut self,
        scope: &mut Scope,
        position: usize,
    ) -> Result<Instruction, TextError> {
        let at = self.at();
        let found = match self.peek() {
            Token::Word(word) => shape_of(word),
            _ => None,
        };
        let Some((shape, generic)) = found else {
            return Err(self.expected("an instruction, a label or '}'"));
        };
        self.advance();
        let mut instruction = Instruction {
            shape,
            generic,
            operand: Operand::None,
            number: 0,
            at,
        };
        instruction.operand = match &instruction.shape {
            Shape::Plain(_) => Operand::None,
            Shape::Integer(token) => Operand::Integer(self.integer(token)?),
            Shape::Constant => self.constant()?,
            Shape::Local(_) => self.local(scope)?,
            Shape::Branch(_) => self.target(scope, position)?,
            Shape::Struct(..) => self.struct_operand()?,
            Shape::Field(..) => self.member(false, true)?,
            Shape::Variant(..) => self.member(true, false)?,
            Shape::VariantField(..) => self.member(true, true)?,
            Shape::Function(..) | Shape::Closure(..) => self.function_operand()?,
            Shape::Types(_) | Shape::TypesAndCount(_) => self.types_operand()?,
        };
        match &instruction.shape {
            Shape::TypesAndCount(_) => instruction.number = self.small("a u64")?,
            Shape::Closure(..) => {
                self.expect_word("mask")?;
                self.expect("=")?;
                instruction.number = self.small("a mask of 64 bits")?;
            }
            _ => {}
        }
        Ok(instruction)
    }

    fn local(&mut self, scope: &Scope) -> Result<Operand, TextError> {
        if self.is_mark("#") {
            return self.local_index().map(Operand::Local);
        }
        let name = self.name("a local")?;
        match scope.locals.get(&name.text) {
            Some(local) => Ok(Operand::Local(*local)),
            None => Err(name.at.unknown("local", name.text)),
        }
    }

    fn target(&mut self, scope: &mut Scope, position: usize) -> Result<Operand, TextError> {
        if self.eat("@") {
            return self.small("a position below 65536").map(Operand::Target);
        }
        let label = self.name("a label")?;
        scope.branches.push((position, label));
        Ok(Operand::None)
    }

    fn constant(&mut self) -> Result<Operand, TextError> {
        if self.is_mark("#") {
            return self.index().map(Operand::Index);
        }
        if !self.eat("<") {
            let name = self.name("a constant's name, '<' or '#'")?;
            return Ok(Operand::Constant(ConstantName::Declared(name)));
        }
        let at = self.at();
        let ty = self.ty()?;
        self.expect(">")?;
        let data = self.literal(&ty)?;
        let literal = Constant { ty, data, at };
        Ok(Operand::Constant(ConstantName::Literal(literal)))
    }

    fn types_operand(&mut self) -> Result<Operand, TextError> {
        if self.is_mark("#") {
            return self.index().map(Operand::Index);
        }
        self.list("<", ">", Self::ty).map(Operand::Types)
    }

    fn function_operand(&mut self) -> Result<Operand, TextError> {
        if self.is_mark("#") {
            return self.index().map(Operand::Index);
        }
        let path = self.path("a function's name or '#'")?;
        Ok(Operand::Function(path, self.type_arguments()?))
    }

    /// `Name`, or `#3` for the fourth definition.
    fn struct_selector(&mut self) -> Result<Selector<Path>, TextError> {
        if self.is_mark("#") {
            self.index().map(Selector::Index)
        } else {
            self.path("a struct's name or '#'").map(Selector::Name)
        }
    }

    fn struct_operand(&mut self) -> Result<Operand, TextError> {
        let of = self.struct_selector()?;
        let arguments = self.type_arguments()?;
        Ok(match (of, arguments) {
            (Selector::Index(index), None) => Operand::Index(index),
            (of, arguments) => Operand::Struct(of, arguments),
        })
    }

    /// `S::field<T>`, `E::V<T>`, `E::V::field<T>` or `E::{V, W}::field<T>`.
    fn member(&mut self, has_variant: bool, has_field: bool) -> Result<Operand, TextError> {
        let of = self.struct_selector()?;
        if let (Selector::Index(index), false) = (&of, self.is_mark("::")) {
            return Ok(Operand::Index(*index));
        }
        let mut variants = Vec::new();
        if has_variant {
            self.expect("::")?;
            if has_field && self.is_mark("{") {
                variants = self.list("{", "}", |p| p.part("a variant"))?;
            } else {
                variants.push(self.part("a variant")?);
            }
        }
        let field = if has_field {
            self.expect("::")?;
            Some(self.part("a field")?)
        } else {
            None
        };
        let arguments = self.type_arguments()?;
        Ok(Operand::Member(Member {
            of,
            variants,
            field,
            arguments,
        }))
    }

    fn part(&mut self, what: &str) -> Result<Selector<Name>, TextError> {
        if self.is_mark("#") {
            self.index().map(Selector::Index)
        } else {
            self.name(what).map(Selector::Name)
        }
    }
}
