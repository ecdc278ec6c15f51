//! Writes declarations and definitions as text.

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use super::names::{Names, abilities, quoted};
use crate::{
    ModuleId,
    format::{
        AbilitySet, AccessKind, AccessSpecifier, AddressSpecifier, FieldDefinition,
        FunctionAttribute, FunctionDefinition, FunctionHandle, FunctionHandleIndex,
        ResourceSpecifier, SignatureIndex, StructDefinition, StructFields, StructHandleIndex,
        Visibility,
    },
};

impl Names<'_> {
    /// A struct's name, type parameters and abilities.
    pub(super) fn struct_head(
        &self,
        index: StructHandleIndex,
        within: Option<&ModuleId>,
    ) -> String {
        let Some(handle) = self.tables.struct_handles.get(index.index()) else {
            return String::from("`?`");
        };
        let mut text = self.head(handle.module, handle.name, self.struct_label(index), within);
        let parameters = (0_usize..).zip(&handle.type_parameters).map(|(i, p)| {
            let phantom = if p.phantom { "phantom " } else { "" };
            format!("{phantom}{}", type_parameter(i, p.constraints))
        });
        text.push_str(&angled(parameters.collect()));
        if handle.abilities != AbilitySet::EMPTY {
            text.push_str(" has ");
            text.push_str(&abilities(handle.abilities, ", "));
        }
        text
    }

    pub(super) fn struct_definition(&self, definition: &StructDefinition) -> String {
        let head = self.struct_head(definition.handle, self.own.as_ref());
        let handle = self.tables.struct_handles.get(definition.handle.index());
        let scope = handle.map_or(0, |h| h.type_parameters.len());
        match &definition.fields {
            StructFields::Native => format!("native struct {head};\n"),
            StructFields::Declared(fields) => {
                let fields: String = self.fields(fields, scope, ",\n    ");
                if fields.is_empty() {
                    format!("struct {head} {{}}\n")
                } else {
                    format!("struct {head} {{\n    {fields},\n}}\n")
                }
            }
            StructFields::Variants(variants) => {
                let mut text = format!("enum {head} {{\n");
                for variant in variants {
                    text.push_str("    ");
                    text.push_str(&quoted(self.identifier(variant.name)));
                    if !variant.fields.is_empty() {
                        let fields = self.fields(&variant.fields, scope, ", ");
                        text.push_str(&format!(" {{ {fields} }}"));
                    }
                    text.push_str(",\n");
                }
                text.push_str("}\n");
                text
            }
        }
    }

    fn fields(&self, fields: &[FieldDefinition], scope: usize, between: &str) -> String {
        let fields: Vec<_> = fields
            .iter()
            .map(|field| {
                let name = quoted(self.identifier(field.name));
                format!("{name}: {}", self.ty(&field.token, scope))
            })
            .collect();
        fields.join(between)
    }

    /// A function as another module expects it.
    pub(super) fn function_declaration(
        &self,
        index: FunctionHandleIndex,
        within: &ModuleId,
    ) -> String {
        let Some(handle) = self.tables.function_handles.get(index.index()) else {
            return String::new();
        };
        let mut text = attributes(&handle.attributes, " ");
        text.push_str("fun ");
        text.push_str(&self.function_head(index, handle, Some(within), false));
        text.push_str(&self.access(handle));
        text.push(';');
        text
    }

    fn function_head(
        &self,
        index: FunctionHandleIndex,
        handle: &FunctionHandle,
        within: Option<&ModuleId>,
        named: bool,
    ) -> String {
        let scope = handle.type_parameters.len();
        let label = self.function_label(index);
        let mut text = self.head(handle.module, handle.name, label, within);
        text.push_str(&function_type_parameters(&handle.type_parameters));
        text.push_str(&self.parameters(handle.parameters, scope, named));
        let returns = self.tables.signatures.get(handle.returns.index());
        match returns.map(Vec::as_slice).unwrap_or_default() {
            [] => {}
            [one] => text.push_str(&format!(": {}", self.ty(one, scope))),
            several => text.push_str(&format!(": ({})", self.types(several, scope))),
        }
        text
    }

    /// Parameters in parentheses, with names if a body refers to them.
    pub(super) fn parameters(&self, index: SignatureIndex, scope: usize, named: bool) -> String {
        let tokens = self.tables.signatures.get(index.index());
        let tokens = tokens.map(Vec::as_slice).unwrap_or_default();
        let parameters = (0_usize..).zip(tokens).map(|(i, token)| {
            let ty = self.ty(token, scope);
            if named { format!("a{i}: {ty}") } else { ty }
        });
        let parameters: Vec<_> = parameters.collect();
        format!("({})", parameters.join(", "))
    }

    /// All of a function definition but its body.
    pub(super) fn function_definition(&self, definition: &FunctionDefinition) -> String {
        let handle = self.tables.function_handles.get(definition.handle.index());
        let Some(handle) = handle else {
            return String::from("fun `?`()");
        };
        let mut text = attributes(&handle.attributes, "\n");
        text.push_str(match definition.visibility {
            Visibility::Private => "",
            Visibility::Public => "public ",
            Visibility::Friend => "public(friend) ",
        });
        text.push_str(if definition.is_entry { "entry " } else { "" });
        let is_native = definition.code.is_none();
        text.push_str(if is_native { "native fun " } else { "fun " });
        let own = self.own.as_ref();
        text.push_str(&self.function_head(definition.handle, handle, own, true));
        if !definition.acquires.is_empty() {
            let acquires: Vec<_> = definition
                .acquires
                .iter()
                .map(|of| self.definition(*of))
                .collect();
            text.push_str(" acquires ");
            text.push_str(&acquires.join(", "));
        }
        text.push_str(&self.access(handle));
        text
    }

    fn access(&self, handle: &FunctionHandle) -> String {
        let Some(specifiers) = &handle.access_specifiers else {
            return String::new();
        };
        let scope = handle.type_parameters.len();
        let specifiers: Vec<_> = specifiers
            .iter()
            .map(|specifier| self.access_specifier(specifier, scope))
            .collect();
        format!(" access [{}]", specifiers.join(", "))
    }

    fn access_specifier(&self, specifier: &AccessSpecifier, scope: usize) -> String {
        let mut text = String::from(if specifier.negated { "!" } else { "" });
        text.push_str(match specifier.kind {
            AccessKind::Reads => "reads ",
            AccessKind::Writes => "writes ",
            AccessKind::Acquires => "acquires ",
        });
        match &specifier.resource {
            ResourceSpecifier::Any => text.push('*'),
            ResourceSpecifier::DeclaredAtAddress(address) => {
                text.push_str(&format!("{}::*", self.address(*address)));
            }
            ResourceSpecifier::DeclaredInModule(module) => {
                let module = Self::module_text(&self.module(*module));
                text.push_str(&format!("{module}::*"));
            }
            ResourceSpecifier::Resource(of) => {
                text.push_str(&self.structure(*of).unwrap_or_default());
            }
            ResourceSpecifier::ResourceInstantiation(of, arguments) => {
                text.push_str(&self.structure(*of).unwrap_or_default());
                let arguments = self.signature(*arguments, scope).unwrap_or_default();
                text.push_str(&format!("<{arguments}>"));
            }
        }
        match &specifier.address {
            AddressSpecifier::Any => {}
            AddressSpecifier::Literal(address) => {
                text.push_str(&format!("({})", self.address(*address)));
            }
            AddressSpecifier::Parameter(number, None) => text.push_str(&format!("(#{number})")),
            AddressSpecifier::Parameter(number, Some(function)) => {
                let instance = self.tables.function_insts.get(function.index());
                let function = instance.and_then(|i| self.function(i.handle));
                let arguments = instance.and_then(|i| self.signature(i.type_arguments, scope));
                text.push_str(&format!(
                    "({}<{}>(#{number}))",
                    function.unwrap_or_default(),
                    arguments.unwrap_or_default()
                ));
            }
        }
        text
    }
}

/// Type parameters of a function in angle brackets, or nothing.
pub(super) fn function_type_parameters(constraints: &[AbilitySet]) -> String {
    let parameters = (0_usize..).zip(constraints);
    angled(parameters.map(|(i, c)| type_parameter(i, *c)).collect())
}

fn type_parameter(number: usize, constraints: AbilitySet) -> String {
    if constraints == AbilitySet::EMPTY {
        format!("T{number}")
    } else {
        format!("T{number}: {}", abilities(constraints, " + "))
    }
}

fn angled(parts: Vec<String>) -> String {
    if parts.is_empty() {
        String::new()
    } else {
        format!("<{}>", parts.join(", "))
    }
}

fn attributes(attributes: &[FunctionAttribute], after: &str) -> String {
    let attributes: Vec<_> = attributes
        .iter()
        .map(|attribute| match attribute {
            FunctionAttribute::Persistent => "persistent".to_string(),
            FunctionAttribute::ModuleLock => "module_lock".to_string(),
            FunctionAttribute::Pack => "pack".to_string(),
            FunctionAttribute::Unpack => "unpack".to_string(),
            FunctionAttribute::PackVariant(n) => format!("pack_variant({n})"),
            FunctionAttribute::UnpackVariant(n) => format!("unpack_variant({n})"),
            FunctionAttribute::TestVariant(n) => format!("test_variant({n})"),
            FunctionAttribute::BorrowFieldImmutable(n) => format!("borrow_field({n})"),
            FunctionAttribute::BorrowFieldMutable(n) => format!("borrow_field_mut({n})"),
        })
        .collect();
    if attributes.is_empty() {
        String::new()
    } else {
        format!("#[{}]{after}", attributes.join(", "))
    }
}
