//! Reads a text: the unit's head and what it declares and defines.

use alloc::{string::String, vec, vec::Vec};

use super::{
    error::{Position, TextError},
    lexer::{Token, tokens},
    syntax::{
        Constant, Extra, Field, Fields, Function, FunctionHead, Name, Path, Selector, Source,
        Struct, StructHead, Use,
    },
};
use crate::{
    Address, ModuleId,
    format::{AbilitySet, StructTypeParameter, VERSION_MAX, Visibility},
};

/// Words that are names only in backquotes, because something may follow where they start.
pub(super) const KEYWORDS: [&str; 20] = [
    "module", "script", "version", "use", "friend", "metadata", "const", "struct", "enum", "fun",
    "native", "public", "entry", "has", "acquires", "access", "locals", "phantom", "as", "extra",
];

/// Reads a whole text.
pub(super) fn parse(source: &str) -> Result<Source, TextError> {
    let mut parser = Parser {
        tokens: tokens(source)?,
        next: 0,
        depth: 0,
        type_parameters: Vec::new(),
    };
    parser.source()
}

pub(super) struct Parser {
    tokens: Vec<(Token, Position)>,
    next: usize,
    /// How many types are being read inside each other.
    pub(super) depth: usize,
    /// Names of the type parameters that are in scope.
    pub(super) type_parameters: Vec<String>,
}

impl Parser {
    pub(super) fn peek(&self) -> &Token {
        self.peek_at(0)
    }

    pub(super) fn peek_at(&self, ahead: usize) -> &Token {
        self.tokens
            .get(self.next.saturating_add(ahead))
            .map_or(&Token::End, |(token, _)| token)
    }

    /// Where the next token stands.
    pub(super) fn at(&self) -> Position {
        self.tokens
            .get(self.next)
            .or(self.tokens.last())
            .map_or(Position { line: 1, column: 1 }, |(_, at)| *at)
    }

    pub(super) fn advance(&mut self) -> Token {
        let token = self.peek().clone();
        self.next = self.next.saturating_add(1);
        token
    }

    pub(super) fn expected(&self, what: impl Into<String>) -> TextError {
        self.at().expected(what, self.peek())
    }

    pub(super) fn is_mark(&self, mark: &str) -> bool {
        matches!(self.peek(), Token::Mark(m) if *m == mark)
    }

    pub(super) fn eat(&mut self, mark: &str) -> bool {
        let found = self.is_mark(mark);
        if found {
            self.next = self.next.saturating_add(1);
        }
        found
    }

    pub(super) fn expect(&mut self, mark: &str) -> Result<(), TextError> {
        if self.eat(mark) {
            Ok(())
        } else {
            Err(self.expected(alloc::format!("'{mark}'")))
        }
    }

    pub(super) fn is_word(&self, word: &str) -> bool {
        matches!(self.peek(), Token::Word(w) if w == word)
    }

    pub(super) fn eat_word(&mut self, word: &str) -> bool {
        let found = self.is_word(word);
        if found {
            self.next = self.next.saturating_add(1);
        }
        found
    }

    pub(super) fn expect_word(&mut self, word: &str) -> Result<(), TextError> {
        if self.eat_word(word) {
            Ok(())
        } else {
            Err(self.expected(alloc::format!("'{word}'")))
        }
    }

    pub(super) fn is_name(&self) -> bool {
        match self.peek() {
            Token::Word(word) => !KEYWORDS.contains(&word.as_str()),
            Token::Quoted(_) => true,
            _ => false,
        }
    }

    pub(super) fn name(&mut self, what: &str) -> Result<Name, TextError> {
        if !self.is_name() {
            return Err(self.expected(what));
        }
        let at = self.at();
        match self.advance() {
            Token::Word(text) | Token::Quoted(text) => Ok(Name { text, at }),
            other => Err(at.expected(what, other)),
        }
    }

    /// Items between two marks, with commas between them and perhaps after the last.
    pub(super) fn list<T>(
        &mut self,
        open: &str,
        close: &str,
        item: impl FnMut(&mut Self) -> Result<T, TextError>,
    ) -> Result<Vec<T>, TextError> {
        self.expect(open)?;
        self.list_until(close, item)
    }

    pub(super) fn list_until<T>(
        &mut self,
        close: &str,
        mut item: impl FnMut(&mut Self) -> Result<T, TextError>,
    ) -> Result<Vec<T>, TextError> {
        let mut items = Vec::new();
        while !self.eat(close) {
            items.push(item(self)?);
            if !self.eat(",") && !self.is_mark(close) {
                return Err(self.expected(alloc::format!("',' or '{close}'")));
            }
        }
        Ok(items)
    }

    pub(super) fn module_id(&mut self) -> Result<ModuleId, TextError> {
        let address = self.address()?;
        self.expect("::")?;
        let name = self.name("a module's name")?;
        Ok(ModuleId::new(address, name.text))
    }

    pub(super) fn address(&mut self) -> Result<Address, TextError> {
        self.eat("@");
        let address = match self.peek() {
            Token::Number(text) if text.starts_with("0x") => text.parse().ok(),
            _ => None,
        };
        let address = address.ok_or_else(|| self.expected("an address"))?;
        self.advance();
        Ok(address)
    }

    /// A struct or function.
    pub(super) fn path(&mut self, what: &str) -> Result<Path, TextError> {
        let module = if matches!(self.peek(), Token::Number(_) | Token::Mark("@")) {
            let module = self.module_id()?;
            self.expect("::")?;
            Some(module)
        } else {
            None
        };
        let name = self.name(what)?;
        Ok(Path { module, name })
    }

    fn source(&mut self) -> Result<Source, TextError> {
        let start = self.at();
        let module = if self.eat_word("module") {
            Some(self.module_id()?)
        } else if self.eat_word("script") {
            None
        } else {
            return Err(self.expected("'module' or 'script'"));
        };
        let mut source = Source {
            module,
            version: VERSION_MAX,
            start,
            friends: Vec::new(),
            metadata: Vec::new(),
            constants: Vec::new(),
            uses: Vec::new(),
            structs: Vec::new(),
            functions: Vec::new(),
            extras: Vec::new(),
        };
        if self.eat_word("version") {
            source.version = self.small("a version")?;
        }
        while *self.peek() != Token::End {
            self.item(&mut source)?;
        }
        if source.module.is_none() && source.functions.len() != 1 {
            return Err(self.expected("one function in a script"));
        }
        Ok(source)
    }

    fn item(&mut self, source: &mut Source) -> Result<(), TextError> {
        self.type_parameters.clear();
        let native_struct = matches!((self.peek(), self.peek_at(1)), (Token::Word(a), Token::Word(b)) if a == "native" && b == "struct");
        let is_module = source.module.is_some();
        if self.eat(";") {
        } else if self.eat_word("use") {
            source.uses.push(self.use_declaration()?);
        } else if self.eat_word("metadata") {
            let key = self.bytes()?;
            self.expect("=")?;
            source.metadata.push((key, self.bytes()?));
        } else if self.eat_word("const") {
            let name = self.name("a constant's name")?;
            self.expect(":")?;
            let at = self.at();
            let ty = self.ty()?;
            self.expect("=")?;
            let data = self.literal(&ty)?;
            source.constants.push((name, Constant { ty, data, at }));
        } else if self.eat_word("extra") {
            source.extras.push(self.extra()?);
        } else if is_module && self.is_word("friend") && self.friend_is_module() {
            self.advance();
            let at = self.at();
            source.friends.push((self.module_id()?, at));
        } else if is_module && (native_struct || self.is_word("struct") || self.is_word("enum")) {
            source.structs.push(self.struct_definition()?);
        } else if self.is_mark("#")
            || ["public", "friend", "entry", "native", "fun"]
                .iter()
                .any(|w| self.is_word(w))
        {
            source.functions.push(self.function(is_module)?);
        } else {
            return Err(self.expected("a declaration or definition"));
        }
        Ok(())
    }

    /// `friend` declares a module and is also a visibility.
    fn friend_is_module(&self) -> bool {
        matches!(self.peek_at(1), Token::Number(_) | Token::Mark("@"))
    }

    fn bytes(&mut self) -> Result<Vec<u8>, TextError> {
        let at = self.at();
        match self.advance() {
            Token::Text(bytes) | Token::Bytes(bytes) => Ok(bytes),
            other => Err(at.expected("a string", other)),
        }
    }

    fn extra(&mut self) -> Result<Extra, TextError> {
        let at = self.at();
        if self.eat_word("identifier") {
            Ok(Extra::Identifier(self.name("a name")?))
        } else if self.eat_word("address") {
            Ok(Extra::Address(self.address()?, at))
        } else if self.eat_word("signature") {
            Ok(Extra::Signature(self.list("(", ")", Self::ty)?, at))
        } else {
            self.extra_operand().map(Extra::Operand)
        }
    }

    fn use_declaration(&mut self) -> Result<Use, TextError> {
        let at = self.at();
        let module = self.module_id()?;
        let mut found = Use {
            module: module.clone(),
            at,
            structs: Vec::new(),
            functions: Vec::new(),
        };
        if !self.eat("{") {
            return Ok(found);
        }
        while !self.eat("}") {
            self.type_parameters.clear();
            if self.eat(";") {
            } else if self.eat_word("struct") {
                let mut head = self.struct_head()?;
                head.path.module.get_or_insert_with(|| module.clone());
                found.structs.push(head);
            } else if self.is_word("fun") || self.is_mark("#") {
                let attributes = self.attributes()?;
                self.expect_word("fun")?;
                let (mut head, _) = self.function_head(attributes)?;
                head.access = self.access()?;
                head.path.module.get_or_insert_with(|| module.clone());
                found.functions.push(head);
            } else {
                return Err(self.expected("'struct', 'fun' or '}'"));
            }
        }
        Ok(found)
    }

    fn alias(&mut self) -> Result<Option<Name>, TextError> {
        if self.eat_word("as") {
            self.name("a name").map(Some)
        } else {
            Ok(None)
        }
    }

    fn struct_head(&mut self) -> Result<StructHead, TextError> {
        let path = self.path("a struct's name")?;
        let alias = self.alias()?;
        let type_parameters = self
            .type_parameter_list(true)?
            .into_iter()
            .map(|(constraints, phantom)| StructTypeParameter {
                constraints,
                phantom,
            })
            .collect();
        let abilities = if self.eat_word("has") {
            self.abilities(true)?
        } else {
            AbilitySet::EMPTY
        };
        Ok(StructHead {
            path,
            alias,
            type_parameters,
            abilities,
        })
    }

    fn struct_definition(&mut self) -> Result<Struct, TextError> {
        if self.eat_word("native") {
            self.expect_word("struct")?;
            let head = self.struct_head()?;
            let fields = Fields::Native;
            return Ok(Struct { head, fields });
        }
        let is_enum = self.advance() == Token::Word("enum".into());
        let head = self.struct_head()?;
        let fields = if is_enum {
            Fields::Variants(self.list("{", "}", |p| {
                let name = p.name("a variant's name")?;
                let fields = if p.is_mark("{") {
                    p.list("{", "}", Self::field)?
                } else {
                    Vec::new()
                };
                Ok((name, fields))
            })?)
        } else {
            Fields::Declared(self.list("{", "}", Self::field)?)
        };
        Ok(Struct { head, fields })
    }

    fn field(&mut self) -> Result<Field, TextError> {
        let name = self.name("a field's name")?;
        self.expect(":")?;
        let ty = self.ty()?;
        Ok(Field { name, ty })
    }

    /// A function's name, type parameters, parameters and results, and the parameters' names.
    pub(super) fn function_head(
        &mut self,
        attributes: Vec<crate::format::FunctionAttribute>,
    ) -> Result<(FunctionHead, Vec<Option<Name>>), TextError> {
        let path = self.path("a function's name")?;
        let alias = self.alias()?;
        let type_parameters = self
            .type_parameter_list(false)?
            .into_iter()
            .map(|(constraints, _)| constraints)
            .collect();
        let mut names = Vec::new();
        let parameters = self.list("(", ")", |p| {
            let named = p.is_name() && *p.peek_at(1) == Token::Mark(":");
            names.push(if named {
                let name = p.name("a parameter's name")?;
                p.expect(":")?;
                Some(name)
            } else {
                None
            });
            p.ty()
        })?;
        let returns = if !self.eat(":") {
            Vec::new()
        } else if self.is_mark("(") {
            self.list("(", ")", Self::ty)?
        } else {
            vec![self.ty()?]
        };
        let head = FunctionHead {
            path,
            alias,
            type_parameters,
            parameters,
            returns,
            access: None,
            attributes,
        };
        Ok((head, names))
    }

    fn function(&mut self, in_module: bool) -> Result<Function, TextError> {
        let attributes = self.attributes()?;
        let mut visibility = Visibility::Private;
        let (mut is_entry, mut is_native) = (false, false);
        while !self.eat_word("fun") {
            if self.eat_word("public") {
                visibility = if self.eat("(") {
                    self.expect_word("friend")?;
                    self.expect(")")?;
                    Visibility::Friend
                } else {
                    Visibility::Public
                };
            } else if self.eat_word("friend") {
                visibility = Visibility::Friend;
            } else if self.eat_word("entry") {
                is_entry = true;
            } else if in_module && self.eat_word("native") {
                is_native = true;
            } else {
                return Err(self.expected("'fun'"));
            }
        }
        let (mut head, names) = self.function_head(attributes)?;
        let acquires = if self.eat_word("acquires") {
            self.acquires()?
        } else {
            Vec::new()
        };
        head.access = self.access()?;
        let body = if is_native {
            None
        } else {
            Some(self.body(names)?)
        };
        Ok(Function {
            head,
            visibility,
            is_entry,
            acquires,
            body,
        })
    }

    fn acquires(&mut self) -> Result<Vec<Selector<Path>>, TextError> {
        let mut acquires = Vec::new();
        loop {
            acquires.push(if self.is_mark("#") {
                Selector::Index(self.index()?)
            } else {
                Selector::Name(self.path("a struct's name")?)
            });
            if !self.eat(",") {
                return Ok(acquires);
            }
        }
    }
}
