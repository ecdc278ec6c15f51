//! What the disassembler calls structs, functions and types.

use alloc::{
    collections::{BTreeMap, BTreeSet},
    format,
    string::{String, ToString},
    vec::Vec,
};

use super::{parser::KEYWORDS, types::PRIMITIVES};
use crate::{
    Address, ModuleId,
    format::{
        AbilitySet, AddressIndex, FieldDefinition, FunctionHandleIndex, IdentifierIndex,
        ModuleHandle, ModuleHandleIndex, SignatureIndex, SignatureToken, StructDefIndex,
        StructHandleIndex, Tables,
    },
};

/// A name as the assembler reads it: in backquotes unless it is a plain word.
pub(super) fn quoted(name: &str) -> String {
    let mut chars = name.chars();
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '$';
    let plain = chars.next().is_some_and(|c| word(c) && !c.is_ascii_digit())
        && chars.all(word)
        && !KEYWORDS.contains(&name);
    if plain { name.into() } else { backquoted(name) }
}

fn backquoted(name: &str) -> String {
    let mut text = String::from("`");
    for c in name.chars() {
        if c.is_control() {
            for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                text.push_str(&format!("\\x{byte:02x}"));
            }
            continue;
        }
        if matches!(c, '`' | '\\') {
            text.push('\\');
        }
        text.push(c);
    }
    text.push('`');
    text
}

/// As [`quoted`], also of names that would be read as another type.
fn quoted_type(name: &str) -> String {
    let parameter = name
        .strip_prefix('T')
        .is_some_and(|rest| rest.chars().all(|c| c.is_ascii_digit()));
    if parameter || name == "vector" || PRIMITIVES.iter().any(|(word, _)| *word == name) {
        backquoted(name)
    } else {
        quoted(name)
    }
}

/// Structs and functions that the unit names but does not define, by module.
pub(super) struct Group {
    pub(super) module: ModuleId,
    pub(super) structs: Vec<StructHandleIndex>,
    pub(super) functions: Vec<FunctionHandleIndex>,
}

/// The names of a unit. Two structs or two functions never have the same label.
pub(super) struct Names<'a> {
    pub(super) tables: &'a Tables,
    pub(super) own: Option<ModuleId>,
    pub(super) groups: Vec<Group>,
    struct_labels: BTreeMap<StructHandleIndex, String>,
    function_labels: BTreeMap<FunctionHandleIndex, String>,
    /// The first definition of each struct, which its label means.
    definitions: BTreeMap<StructHandleIndex, StructDefIndex>,
}

/// Finds a label that is still free, which is the name if possible.
#[derive(Default)]
struct Labels {
    taken: BTreeSet<(ModuleId, String)>,
    counts: BTreeMap<(ModuleId, String), u32>,
}

impl Labels {
    fn label(&mut self, module: &ModuleId, name: &str) -> String {
        let count = self
            .counts
            .entry((module.clone(), name.to_string()))
            .or_default();
        loop {
            *count = count.saturating_add(1);
            let label = if *count == 1 {
                name.to_string()
            } else {
                format!("{name}#{count}")
            };
            if self.taken.insert((module.clone(), label.clone())) {
                return label;
            }
        }
    }
}

impl<'a> Names<'a> {
    pub(super) fn new(tables: &'a Tables, own: Option<ModuleHandleIndex>) -> Self {
        let mut names = Self {
            tables,
            own: None,
            groups: Vec::new(),
            struct_labels: BTreeMap::new(),
            function_labels: BTreeMap::new(),
            definitions: BTreeMap::new(),
        };
        names.own = own.map(|handle| names.module(handle));
        for (number, definition) in (0..).zip(&tables.struct_defs) {
            names
                .definitions
                .entry(definition.handle)
                .or_insert(StructDefIndex(number));
        }
        names.make_groups();
        names.make_labels();
        names
    }

    fn make_groups(&mut self) {
        let mut positions = BTreeMap::new();
        let mut groups = Vec::new();
        let modules = (0..).zip(&self.tables.module_handles);
        let modules = modules.map(|(number, _)| self.module(ModuleHandleIndex(number)));
        for module in self.own.clone().into_iter().chain(modules) {
            positions.entry(module.clone()).or_insert_with(|| {
                groups.push(Group {
                    module,
                    structs: Vec::new(),
                    functions: Vec::new(),
                });
                groups.len().saturating_sub(1)
            });
        }
        for (number, handle) in (0..).zip(&self.tables.struct_handles) {
            let number = StructHandleIndex(number);
            let position = positions.get(&self.module(handle.module));
            let group = position.and_then(|position| groups.get_mut(*position));
            if let Some(group) = group.filter(|_| !self.definitions.contains_key(&number)) {
                group.structs.push(number);
            }
        }
        let defined: BTreeSet<_> = self.tables.function_defs.iter().map(|d| d.handle).collect();
        for (number, handle) in (0..).zip(&self.tables.function_handles) {
            let number = FunctionHandleIndex(number);
            let position = positions.get(&self.module(handle.module));
            let group = position.and_then(|position| groups.get_mut(*position));
            if let Some(group) = group.filter(|_| !defined.contains(&number)) {
                group.functions.push(number);
            }
        }
        self.groups = groups;
    }

    /// Labels are given in the order of the text, so that the same text comes out of the module
    /// that is assembled from it.
    fn make_labels(&mut self) {
        let mut labels = Labels::default();
        let used = self.groups.iter().flat_map(|group| &group.structs).copied();
        let defined = self.tables.struct_defs.iter().map(|d| d.handle);
        for number in used.chain(defined).collect::<Vec<_>>() {
            let Some(handle) = self.tables.struct_handles.get(number.index()) else {
                continue;
            };
            let (module, name) = (self.module(handle.module), self.identifier(handle.name));
            self.struct_labels
                .entry(number)
                .or_insert_with(|| labels.label(&module, name));
        }
        let mut labels = Labels::default();
        let used = self.groups.iter().flat_map(|group| &group.functions);
        let used = used.copied();
        let defined = self.tables.function_defs.iter().map(|d| d.handle);
        for number in used.chain(defined).collect::<Vec<_>>() {
            let Some(handle) = self.tables.function_handles.get(number.index()) else {
                continue;
            };
            let (module, name) = (self.module(handle.module), self.identifier(handle.name));
            self.function_labels
                .entry(number)
                .or_insert_with(|| labels.label(&module, name));
        }
    }

    pub(super) fn identifier(&self, index: IdentifierIndex) -> &'a str {
        let name = self.tables.identifiers.get(index.index());
        name.map_or("?", String::as_str)
    }

    pub(super) fn address(&self, index: AddressIndex) -> Address {
        let address = self.tables.addresses.get(index.index());
        address.copied().unwrap_or_default()
    }

    pub(super) fn module_named(&self, handle: &ModuleHandle) -> ModuleId {
        ModuleId::new(self.address(handle.address), self.identifier(handle.name))
    }

    pub(super) fn module(&self, index: ModuleHandleIndex) -> ModuleId {
        let handle = self.tables.module_handles.get(index.index());
        handle.map_or_else(
            || ModuleId::new(Address::default(), "?"),
            |handle| self.module_named(handle),
        )
    }

    /// A module as it is written.
    pub(super) fn module_text(module: &ModuleId) -> String {
        format!("{}::{}", module.address, quoted(&module.name))
    }

    /// A definition's or declaration's name, and its label if that differs.
    pub(super) fn head(
        &self,
        module: ModuleHandleIndex,
        name: IdentifierIndex,
        label: Option<&String>,
        within: Option<&ModuleId>,
    ) -> String {
        let module = self.module(module);
        let name = self.identifier(name);
        let mut text = String::new();
        if Some(&module) != within {
            text.push_str(&Self::module_text(&module));
            text.push_str("::");
        }
        text.push_str(&quoted(name));
        if let Some(label) = label.filter(|label| label.as_str() != name) {
            text.push_str(" as ");
            text.push_str(&quoted(label));
        }
        text
    }

    pub(super) fn struct_label(&self, index: StructHandleIndex) -> Option<&String> {
        self.struct_labels.get(&index)
    }

    pub(super) fn function_label(&self, index: FunctionHandleIndex) -> Option<&String> {
        self.function_labels.get(&index)
    }

    fn path(&self, module: ModuleHandleIndex, label: String) -> String {
        let module = self.module(module);
        if Some(&module) == self.own.as_ref() {
            label
        } else {
            format!("{}::{label}", Self::module_text(&module))
        }
    }

    /// A reference to a function; `None` if there is no such function.
    pub(super) fn function(&self, index: FunctionHandleIndex) -> Option<String> {
        let handle = self.tables.function_handles.get(index.index())?;
        let label = self.function_labels.get(&index)?;
        Some(self.path(handle.module, quoted(label)))
    }

    /// A reference to a struct; `None` if there is no such struct.
    pub(super) fn structure(&self, index: StructHandleIndex) -> Option<String> {
        let handle = self.tables.struct_handles.get(index.index())?;
        let label = self.struct_labels.get(&index)?;
        Some(self.path(handle.module, quoted_type(label)))
    }

    /// A reference to a struct definition; by number if another one has the name.
    pub(super) fn definition(&self, index: StructDefIndex) -> String {
        let definition = self.tables.struct_defs.get(index.index());
        definition
            .filter(|d| self.definitions.get(&d.handle) == Some(&index))
            .and_then(|d| self.structure(d.handle))
            .unwrap_or_else(|| format!("#{}", index.0))
    }

    /// A field by its name, or by its number if another one before it has the name.
    pub(super) fn field(&self, fields: &[FieldDefinition], number: u16) -> String {
        let names = fields.iter().map(|f| self.identifier(f.name));
        part(names, number)
    }

    /// A variant by its name, or by its number if another one before it has the name.
    pub(super) fn variant(&self, index: StructDefIndex, number: u16) -> String {
        let definition = self.tables.struct_defs.get(index.index());
        let variants = definition.map_or(&[][..], |d| d.fields.variants());
        part(variants.iter().map(|v| self.identifier(v.name)), number)
    }

    /// The types of a signature with commas between them; `None` if there is no such signature.
    pub(super) fn signature(&self, index: SignatureIndex, scope: usize) -> Option<String> {
        let tokens = self.tables.signatures.get(index.index())?;
        Some(self.types(tokens, scope))
    }

    pub(super) fn types(&self, tokens: &[SignatureToken], scope: usize) -> String {
        let types: Vec<_> = tokens.iter().map(|t| self.ty(t, scope)).collect();
        types.join(", ")
    }

    /// A type where so many type parameters are in scope.
    pub(super) fn ty(&self, token: &SignatureToken, scope: usize) -> String {
        let mut out = String::new();
        self.write_type(token, scope, &mut out);
        out
    }

    /// Nests as deep as the type, which whoever made the module has bounded.
    fn write_type(&self, token: &SignatureToken, scope: usize, out: &mut String) {
        if let Some((name, _)) = PRIMITIVES.iter().find(|(_, t)| t == token) {
            return out.push_str(name);
        }
        match token {
            SignatureToken::Vector(element) => {
                out.push_str("vector<");
                self.write_type(element, scope, out);
                out.push('>');
            }
            SignatureToken::Reference(to) => {
                out.push('&');
                self.write_type(to, scope, out);
            }
            SignatureToken::MutableReference(to) => {
                out.push_str("&mut ");
                self.write_type(to, scope, out);
            }
            SignatureToken::TypeParameter(number) => {
                let in_scope = usize::from(*number) < scope;
                out.push(if in_scope { 'T' } else { '#' });
                out.push_str(&number.to_string());
            }
            SignatureToken::Struct(handle) => out.push_str(&self.struct_type(*handle)),
            SignatureToken::StructInstantiation(handle, arguments) => {
                out.push_str(&self.struct_type(*handle));
                out.push('<');
                self.write_types(arguments, scope, out);
                out.push('>');
            }
            SignatureToken::Function(function) => {
                out.push('|');
                for (i, parameter) in function.parameters.iter().enumerate() {
                    out.push_str(if i > 0 { ", " } else { "" });
                    self.write_enclosed(parameter, scope, out);
                }
                out.push('|');
                match function.results.as_slice() {
                    [one] => self.write_enclosed(one, scope, out),
                    results => {
                        out.push('(');
                        self.write_types(results, scope, out);
                        out.push(')');
                    }
                }
                if function.abilities != AbilitySet::EMPTY {
                    out.push_str(" has ");
                    out.push_str(&abilities(function.abilities, " + "));
                }
            }
            _ => {}
        }
    }

    fn write_types(&self, tokens: &[SignatureToken], scope: usize, out: &mut String) {
        for (i, token) in tokens.iter().enumerate() {
            out.push_str(if i > 0 { ", " } else { "" });
            self.write_type(token, scope, out);
        }
    }

    /// Parentheses around a type that may end in a function type keep what follows it apart.
    fn write_enclosed(&self, token: &SignatureToken, scope: usize, out: &mut String) {
        let enclosed = matches!(
            token,
            SignatureToken::Function(_)
                | SignatureToken::Reference(_)
                | SignatureToken::MutableReference(_)
        ) && token
            .preorder()
            .any(|(t, _)| matches!(t, SignatureToken::Function(_)));
        out.push_str(if enclosed { "(" } else { "" });
        self.write_type(token, scope, out);
        out.push_str(if enclosed { ")" } else { "" });
    }

    fn struct_type(&self, handle: StructHandleIndex) -> String {
        self.structure(handle)
            .unwrap_or_else(|| format!("struct #{}", handle.0))
    }
}

fn part<'a>(mut names: impl Iterator<Item = &'a str> + Clone, number: u16) -> String {
    let name = names.clone().nth(usize::from(number));
    let first = name.and_then(|name| names.position(|other| other == name));
    match name.filter(|_| first == Some(usize::from(number))) {
        Some(name) => quoted(name),
        None => format!("#{number}"),
    }
}

/// Abilities with something between them.
pub(super) fn abilities(set: AbilitySet, between: &str) -> String {
    let names: Vec<_> = set.iter().map(|ability| ability.name()).collect();
    names.join(between)
}
