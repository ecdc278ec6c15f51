//! A unit with every index replaced by what it points to, so that units compare up to the order of
//! their tables.

use std::collections::BTreeSet;

use lumio_move_engine::format::{
    AccessSpecifier, AddressSpecifier, Bytecode as B, CodeUnit, CompiledModule, CompiledScript,
    FieldHandleIndex, FunctionHandleIndex, FunctionInstIndex, ModuleHandle, ModuleHandleIndex,
    ResourceSpecifier, SignatureIndex, SignatureToken, StructDefIndex, StructFields,
    StructHandleIndex, StructVariantHandleIndex, Tables, VariantFieldHandleIndex,
};

/// Definitions in order, then the content of each table as a set.
pub(crate) fn resolve_module(module: &CompiledModule) -> Vec<String> {
    let r = Resolver(&module.tables);
    let mut out = vec![r.module(module.self_handle)];
    r.unit(&mut out);
    out
}

pub(crate) fn resolve_script(script: &CompiledScript) -> Vec<String> {
    let r = Resolver(&script.tables);
    let mut out = vec![
        format!("{:?}", script.type_parameters),
        r.signature(script.parameters),
    ];
    out.extend(r.code(&script.code));
    r.unit(&mut out);
    out
}

struct Resolver<'a>(&'a Tables);

fn table<T>(out: &mut Vec<String>, entries: &[T], show: impl Fn(&T) -> String) {
    let set: BTreeSet<_> = entries.iter().map(show).collect();
    out.push(format!("{set:?}"));
}

impl Resolver<'_> {
    fn unit(&self, out: &mut Vec<String>) {
        let t = self.0;
        out.push(format!("{} {:?}", t.version, t.metadata));
        out.extend(t.friends.iter().map(|f| self.module_named(f)));
        for definition in &t.struct_defs {
            out.push(self.structure(definition.handle));
            match &definition.fields {
                StructFields::Native => out.push("native".into()),
                StructFields::Declared(fields) => out.extend(fields.iter().map(|f| self.field(f))),
                StructFields::Variants(variants) => {
                    for variant in variants {
                        out.push(format!("variant {}", t.identifiers[variant.name.index()]));
                        out.extend(variant.fields.iter().map(|f| self.field(f)));
                    }
                }
            }
        }
        for definition in &t.function_defs {
            out.push(format!(
                "{} {:?} {} {:?}",
                self.function(definition.handle),
                definition.visibility,
                definition.is_entry,
                definition.acquires,
            ));
            match &definition.code {
                Some(code) => out.extend(self.code(code)),
                None => out.push("native".into()),
            }
        }
        table(out, &t.identifiers, Clone::clone);
        table(out, &t.addresses, |a| a.to_string());
        table(out, &t.constants, |c| {
            format!("{} {:?}", self.ty(&c.token), c.data)
        });
        table(out, &t.module_handles, |m| self.module_named(m));
        table(out, &t.signatures, |s| self.tokens(s));
        let numbers = 0..u16::MAX;
        let mut all: Vec<_> = numbers
            .clone()
            .zip(&t.struct_handles)
            .map(|(i, _)| self.structure(StructHandleIndex(i)))
            .collect();
        all.extend(
            numbers
                .clone()
                .zip(&t.function_handles)
                .map(|(i, _)| self.function(FunctionHandleIndex(i))),
        );
        // Handles are not merged: as many must come out as went in.
        all.sort();
        out.extend(all);
        table(out, &t.function_insts, |i| {
            self.function(i.handle) + &self.signature(i.type_arguments)
        });
        table(out, &t.struct_insts, |i| {
            format!("{:?}{}", i.def, self.signature(i.type_arguments))
        });
        table(out, &t.field_handles, |h| format!("{h:?}"));
        table(out, &t.field_insts, |i| {
            format!("{:?}", t.field_handles[i.handle.index()]) + &self.signature(i.type_arguments)
        });
        table(out, &t.variant_field_handles, |h| format!("{h:?}"));
        table(out, &t.variant_field_insts, |i| {
            format!("{:?}", t.variant_field_handles[i.handle.index()])
                + &self.signature(i.type_arguments)
        });
        table(out, &t.struct_variant_handles, |h| format!("{h:?}"));
        table(out, &t.struct_variant_insts, |i| {
            format!("{:?}", t.struct_variant_handles[i.handle.index()])
                + &self.signature(i.type_arguments)
        });
    }

    fn module_named(&self, handle: &ModuleHandle) -> String {
        let name = &self.0.identifiers[handle.name.index()];
        format!("{}::{name}", self.0.addresses[handle.address.index()])
    }

    fn module(&self, index: ModuleHandleIndex) -> String {
        self.module_named(&self.0.module_handles[index.index()])
    }

    fn structure(&self, index: StructHandleIndex) -> String {
        let handle = &self.0.struct_handles[index.index()];
        format!(
            "{}::{} {:?} {:?}",
            self.module(handle.module),
            self.0.identifiers[handle.name.index()],
            handle.abilities,
            handle.type_parameters
        )
    }

    fn field(&self, field: &lumio_move_engine::format::FieldDefinition) -> String {
        let name = &self.0.identifiers[field.name.index()];
        format!("{name}: {}", self.ty(&field.token))
    }

    fn function(&self, index: FunctionHandleIndex) -> String {
        let handle = &self.0.function_handles[index.index()];
        let access = handle.access_specifiers.as_ref();
        let access = access.map(|a| a.iter().map(|a| self.access(a)).collect::<Vec<_>>());
        format!(
            "{}::{} {} {} {:?} {access:?} {:?}",
            self.module(handle.module),
            self.0.identifiers[handle.name.index()],
            self.signature(handle.parameters),
            self.signature(handle.returns),
            handle.type_parameters,
            handle.attributes
        )
    }

    fn access(&self, access: &AccessSpecifier) -> String {
        let resource = match &access.resource {
            ResourceSpecifier::Any => "*".into(),
            ResourceSpecifier::DeclaredAtAddress(a) => self.0.addresses[a.index()].to_string(),
            ResourceSpecifier::DeclaredInModule(m) => self.module(*m),
            ResourceSpecifier::Resource(s) => self.structure(*s),
            ResourceSpecifier::ResourceInstantiation(s, types) => {
                self.structure(*s) + &self.signature(*types)
            }
        };
        let address = match &access.address {
            AddressSpecifier::Any => "*".into(),
            AddressSpecifier::Literal(a) => self.0.addresses[a.index()].to_string(),
            AddressSpecifier::Parameter(p, None) => p.to_string(),
            AddressSpecifier::Parameter(p, Some(f)) => format!("{p} {}", self.inst_name(*f)),
        };
        format!("{:?} {} {resource} {address}", access.kind, access.negated)
    }

    /// Without the handle's details, as a handle's access specifiers may name itself.
    fn inst_name(&self, index: FunctionInstIndex) -> String {
        let instance = &self.0.function_insts[index.index()];
        let handle = &self.0.function_handles[instance.handle.index()];
        self.0.identifiers[handle.name.index()].clone() + &self.signature(instance.type_arguments)
    }

    fn signature(&self, index: SignatureIndex) -> String {
        self.tokens(&self.0.signatures[index.index()])
    }

    fn tokens(&self, tokens: &[SignatureToken]) -> String {
        let types: Vec<_> = tokens.iter().map(|t| self.ty(t)).collect();
        format!("({})", types.join(", "))
    }

    fn ty(&self, token: &SignatureToken) -> String {
        match token {
            SignatureToken::Struct(s) => self.structure(*s),
            SignatureToken::StructInstantiation(s, types) => {
                self.structure(*s) + "<>" + &self.tokens(types)
            }
            SignatureToken::Vector(t) => format!("vector {}", self.ty(t)),
            SignatureToken::Reference(t) => format!("& {}", self.ty(t)),
            SignatureToken::MutableReference(t) => format!("&mut {}", self.ty(t)),
            SignatureToken::Function(f) => format!(
                "fun {} {} {:?}",
                self.tokens(&f.parameters),
                self.tokens(&f.results),
                f.abilities
            ),
            plain => format!("{plain:?}"),
        }
    }

    fn code(&self, unit: &CodeUnit) -> Vec<String> {
        let mut out = vec![self.signature(unit.locals)];
        out.extend(unit.code.iter().map(|i| self.instruction(i)));
        out
    }

    fn instruction(&self, instruction: &B) -> String {
        let t = self.0;
        let operand = match instruction {
            B::LdConst(i) => {
                let constant = &t.constants[i.index()];
                format!("{} {:?}", self.ty(&constant.token), constant.data)
            }
            B::Call(f) => self.function(*f),
            B::PackClosure(f, mask) => format!("{} {mask:?}", self.function(*f)),
            B::CallGeneric(f) => self.function_inst(*f),
            B::PackClosureGeneric(f, mask) => format!("{} {mask:?}", self.function_inst(*f)),
            B::PackGeneric(i)
            | B::UnpackGeneric(i)
            | B::ExistsGeneric(i)
            | B::MutBorrowGlobalGeneric(i)
            | B::ImmBorrowGlobalGeneric(i)
            | B::MoveFromGeneric(i)
            | B::MoveToGeneric(i) => {
                let instance = &t.struct_insts[i.index()];
                self.def(instance.def) + &self.signature(instance.type_arguments)
            }
            B::MutBorrowField(i) | B::ImmBorrowField(i) => self.field_handle(*i),
            B::MutBorrowFieldGeneric(i) | B::ImmBorrowFieldGeneric(i) => {
                let instance = &t.field_insts[i.index()];
                self.field_handle(instance.handle) + &self.signature(instance.type_arguments)
            }
            B::MutBorrowVariantField(i) | B::ImmBorrowVariantField(i) => self.variant_field(*i),
            B::MutBorrowVariantFieldGeneric(i) | B::ImmBorrowVariantFieldGeneric(i) => {
                let instance = &t.variant_field_insts[i.index()];
                self.variant_field(instance.handle) + &self.signature(instance.type_arguments)
            }
            B::PackVariant(i) | B::UnpackVariant(i) | B::TestVariant(i) => self.variant(*i),
            B::PackVariantGeneric(i) | B::UnpackVariantGeneric(i) | B::TestVariantGeneric(i) => {
                let instance = &t.struct_variant_insts[i.index()];
                self.variant(instance.handle) + &self.signature(instance.type_arguments)
            }
            B::VecPack(s, n) | B::VecUnpack(s, n) => format!("{} {n}", self.signature(*s)),
            B::VecLen(s)
            | B::VecImmBorrow(s)
            | B::VecMutBorrow(s)
            | B::VecPushBack(s)
            | B::VecPopBack(s)
            | B::VecSwap(s)
            | B::CallClosure(s) => self.signature(*s),
            // Their operands are no indices, or point to definitions, whose order stays.
            other => format!("{other:?}"),
        };
        format!("{:?} {operand}", instruction.opcode())
    }

    fn function_inst(&self, index: FunctionInstIndex) -> String {
        let instance = &self.0.function_insts[index.index()];
        self.function(instance.handle) + &self.signature(instance.type_arguments)
    }

    fn def(&self, index: StructDefIndex) -> String {
        format!("{index:?}")
    }

    fn field_handle(&self, index: FieldHandleIndex) -> String {
        format!("{:?}", self.0.field_handles[index.index()])
    }

    fn variant(&self, index: StructVariantHandleIndex) -> String {
        format!("{:?}", self.0.struct_variant_handles[index.index()])
    }

    fn variant_field(&self, index: VariantFieldHandleIndex) -> String {
        format!("{:?}", self.0.variant_field_handles[index.index()])
    }
}
