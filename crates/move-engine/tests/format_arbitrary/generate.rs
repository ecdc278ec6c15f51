//! Modules and scripts of any version, with entries in every table and every instruction, whose
//! indices are in bounds but which make no other sense.

use lumio_move_engine::{
    Address, U256,
    format::{
        AbilitySet, AccessKind, AccessSpecifier, AddressIndex, AddressSpecifier, Bytecode,
        ClosureMask, CodeUnit, CompiledModule, CompiledScript, Constant, ConstantIndex,
        FieldDefinition, FieldHandle, FieldHandleIndex, FieldInstIndex, FieldInstantiation,
        FunctionAttribute, FunctionDefinition, FunctionHandle, FunctionHandleIndex,
        FunctionInstIndex, FunctionInstantiation, FunctionToken, IdentifierIndex, Metadata,
        ModuleHandle, ModuleHandleIndex, ResourceSpecifier, SignatureIndex, SignatureToken,
        StructDefIndex, StructDefinition, StructFields, StructHandle, StructHandleIndex,
        StructInstIndex, StructInstantiation, StructTypeParameter, StructVariantHandle,
        StructVariantHandleIndex, StructVariantInstIndex, StructVariantInstantiation, Tables,
        VariantDefinition, VariantFieldHandle, VariantFieldHandleIndex, VariantFieldInstIndex,
        VariantFieldInstantiation, Visibility,
    },
};

/// Entries of every table, and type parameters of every function.
const N: u16 = 3;

/// A source of choices: xorshift64.
pub(crate) struct Choices(u64);

impl Choices {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed | 1)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    pub(crate) fn below(&mut self, n: usize) -> usize {
        (self.next() >> 11) as usize % n
    }

    fn index(&mut self) -> u16 {
        self.below(usize::from(N)) as u16
    }

    fn abilities(&mut self) -> AbilitySet {
        AbilitySet::from_bits((self.next() >> 20) as u8 & 0xf).unwrap()
    }

    fn some(&mut self, most: usize) -> usize {
        self.below(most + 1)
    }
}

fn token(c: &mut Choices, version: u32, depth: usize) -> SignatureToken {
    use SignatureToken as T;
    let mut plain = vec![T::Bool, T::U8, T::U64, T::U128, T::Address, T::Signer];
    plain.push(T::TypeParameter(c.index()));
    plain.push(T::Struct(StructHandleIndex(0)));
    if version >= 6 {
        plain.extend([T::U16, T::U32, T::U256]);
    }
    if version >= 9 {
        plain.extend([T::I8, T::I16, T::I32, T::I64, T::I128, T::I256]);
    }
    if depth == 0 || c.below(2) == 0 {
        return plain.swap_remove(c.below(plain.len()));
    }
    let inner = |c: &mut Choices| token(c, version, depth - 1);
    match c.below(5) {
        0 => T::Vector(Box::new(inner(c))),
        1 => T::Reference(Box::new(inner(c))),
        2 => T::MutableReference(Box::new(inner(c))),
        3 if version >= 8 => T::Function(Box::new(FunctionToken {
            abilities: c.abilities(),
            parameters: (0..c.some(3)).map(|_| inner(c)).collect(),
            results: (0..c.some(3)).map(|_| inner(c)).collect(),
        })),
        // Struct handle n has n type parameters.
        n => {
            let handle = 1 + (n % 2) as u16;
            let arguments = (0..handle).map(|_| inner(c)).collect();
            T::StructInstantiation(StructHandleIndex(handle), arguments)
        }
    }
}

fn field(c: &mut Choices, version: u32) -> FieldDefinition {
    // Struct handle 0 has no type parameters to name.
    let token = if c.below(2) == 0 {
        SignatureToken::Vector(Box::new(SignatureToken::Struct(StructHandleIndex(0))))
    } else if version >= 6 {
        SignatureToken::U32
    } else {
        SignatureToken::U64
    };
    FieldDefinition {
        name: IdentifierIndex(c.index()),
        token,
    }
}

fn access_specifier(c: &mut Choices) -> AccessSpecifier {
    AccessSpecifier {
        kind: [AccessKind::Reads, AccessKind::Writes, AccessKind::Acquires][c.below(3)],
        negated: c.below(2) == 0,
        resource: match c.below(5) {
            0 => ResourceSpecifier::Any,
            1 => ResourceSpecifier::DeclaredAtAddress(AddressIndex(c.index())),
            2 => ResourceSpecifier::DeclaredInModule(ModuleHandleIndex(c.index())),
            3 => ResourceSpecifier::Resource(StructHandleIndex(c.index())),
            _ => ResourceSpecifier::ResourceInstantiation(
                StructHandleIndex(c.index()),
                SignatureIndex(c.index()),
            ),
        },
        address: match c.below(4) {
            0 => AddressSpecifier::Any,
            1 => AddressSpecifier::Literal(AddressIndex(c.index())),
            2 => AddressSpecifier::Parameter(0, None),
            _ => AddressSpecifier::Parameter(0, Some(FunctionInstIndex(c.index()))),
        },
    }
}

fn attributes(c: &mut Choices, version: u32) -> Vec<FunctionAttribute> {
    use FunctionAttribute as A;
    let n = c.index();
    let mut all = vec![A::Persistent, A::ModuleLock];
    if version >= 10 {
        all.extend([A::Pack, A::PackVariant(n), A::Unpack, A::UnpackVariant(n)]);
        all.extend([
            A::TestVariant(n),
            A::BorrowFieldImmutable(n),
            A::BorrowFieldMutable(n),
        ]);
    }
    all.truncate(c.below(all.len() + 1));
    if version >= 8 { all } else { Vec::new() }
}

/// Every instruction of every version once, with operands in bounds.
pub(crate) fn all_instructions(c: &mut Choices) -> Vec<Bytecode> {
    use Bytecode as B;
    let (sig, def, inst) = (
        SignatureIndex(c.index()),
        StructDefIndex(c.index()),
        StructInstIndex(c.index()),
    );
    let (field, field_inst) = (FieldHandleIndex(c.index()), FieldInstIndex(c.index()));
    let (vf, vf_inst) = (
        VariantFieldHandleIndex(c.index()),
        VariantFieldInstIndex(c.index()),
    );
    let (variant, variant_inst) = (
        StructVariantHandleIndex(c.index()),
        StructVariantInstIndex(c.index()),
    );
    let (function, function_inst) = (FunctionHandleIndex(c.index()), FunctionInstIndex(c.index()));
    let (local, to) = (c.below(2) as u8, c.below(20) as u16);
    let (small, big) = (c.next(), u128::from(c.next()) << 64 | u128::from(c.next()));
    let huge = U256::from_limbs([c.next(), c.next(), c.next(), c.next()]);
    let mask = ClosureMask(c.next() >> c.below(64));
    vec![
        B::Pop,
        B::Ret,
        B::BrTrue(to),
        B::BrFalse(to),
        B::Branch(to),
        B::LdU8(small as u8),
        B::LdU16(small as u16),
        B::LdU32(small as u32),
        B::LdU64(small),
        B::LdU128(Box::new(big)),
        B::LdU256(Box::new(huge)),
        B::LdI8(small as i8),
        B::LdI16(small as i16),
        B::LdI32(small as i32),
        B::LdI64(small as i64),
        B::LdI128(Box::new(big as i128)),
        B::LdI256(Box::new(huge)),
        B::CastU8,
        B::CastU16,
        B::CastU32,
        B::CastU64,
        B::CastU128,
        B::CastU256,
        B::CastI8,
        B::CastI16,
        B::CastI32,
        B::CastI64,
        B::CastI128,
        B::CastI256,
        B::LdConst(ConstantIndex(c.index())),
        B::LdTrue,
        B::LdFalse,
        B::CopyLoc(local),
        B::MoveLoc(local),
        B::StLoc(local),
        B::MutBorrowLoc(local),
        B::ImmBorrowLoc(local),
        B::MutBorrowField(field),
        B::MutBorrowFieldGeneric(field_inst),
        B::ImmBorrowField(field),
        B::ImmBorrowFieldGeneric(field_inst),
        B::MutBorrowVariantField(vf),
        B::MutBorrowVariantFieldGeneric(vf_inst),
        B::ImmBorrowVariantField(vf),
        B::ImmBorrowVariantFieldGeneric(vf_inst),
        B::Call(function),
        B::CallGeneric(function_inst),
        B::Pack(def),
        B::PackGeneric(inst),
        B::PackVariant(variant),
        B::PackVariantGeneric(variant_inst),
        B::Unpack(def),
        B::UnpackGeneric(inst),
        B::UnpackVariant(variant),
        B::UnpackVariantGeneric(variant_inst),
        B::TestVariant(variant),
        B::TestVariantGeneric(variant_inst),
        B::ReadRef,
        B::WriteRef,
        B::FreezeRef,
        B::Add,
        B::Sub,
        B::Mul,
        B::Mod,
        B::Div,
        B::Negate,
        B::BitOr,
        B::BitAnd,
        B::Xor,
        B::Shl,
        B::Shr,
        B::Or,
        B::And,
        B::Not,
        B::Eq,
        B::Neq,
        B::Lt,
        B::Gt,
        B::Le,
        B::Ge,
        B::Abort,
        B::AbortMsg,
        B::Nop,
        B::Exists(def),
        B::ExistsGeneric(inst),
        B::MutBorrowGlobal(def),
        B::MutBorrowGlobalGeneric(inst),
        B::ImmBorrowGlobal(def),
        B::ImmBorrowGlobalGeneric(inst),
        B::MoveFrom(def),
        B::MoveFromGeneric(inst),
        B::MoveTo(def),
        B::MoveToGeneric(inst),
        B::VecPack(sig, small),
        B::VecLen(sig),
        B::VecImmBorrow(sig),
        B::VecMutBorrow(sig),
        B::VecPushBack(sig),
        B::VecPopBack(sig),
        B::VecUnpack(sig, small),
        B::VecSwap(sig),
        B::PackClosure(function, mask),
        B::PackClosureGeneric(function_inst, mask),
        B::CallClosure(sig),
    ]
}

fn code(c: &mut Choices, version: u32, allowed: fn(&Bytecode) -> bool) -> CodeUnit {
    let mut code = all_instructions(c);
    code.retain(|i| i.opcode().since() <= version && allowed(i));
    for at in 1..code.len() {
        code.swap(at, c.below(at + 1));
    }
    CodeUnit {
        locals: SignatureIndex(c.index()),
        code,
    }
}

/// The tables that scripts have too.
fn naming_tables(c: &mut Choices, version: u32) -> Tables {
    let blob = |c: &mut Choices| -> Vec<u8> { (0..c.some(40)).map(|_| c.next() as u8).collect() };
    let mut names: Vec<String> = (0..N).map(|n| format!("n{n}_{}", c.next())).collect();
    if version >= 9 {
        names[0].push('$');
    }
    Tables {
        version,
        module_handles: (0..N)
            .map(|n| ModuleHandle {
                address: AddressIndex(n),
                name: IdentifierIndex(c.index()),
            })
            .collect(),
        struct_handles: (0..N)
            .map(|n| StructHandle {
                module: ModuleHandleIndex(c.index()),
                name: IdentifierIndex(c.index()),
                abilities: c.abilities(),
                type_parameters: (0..n)
                    .map(|_| StructTypeParameter {
                        constraints: c.abilities(),
                        phantom: c.below(2) == 0,
                    })
                    .collect(),
            })
            .collect(),
        function_handles: (0..N)
            .map(|_| FunctionHandle {
                module: ModuleHandleIndex(c.index()),
                name: IdentifierIndex(c.index()),
                parameters: SignatureIndex(c.index()),
                returns: SignatureIndex(c.index()),
                type_parameters: (0..N).map(|_| c.abilities()).collect(),
                access_specifiers: (version >= 7 && c.below(2) == 0)
                    .then(|| (0..c.some(4)).map(|_| access_specifier(c)).collect()),
                attributes: attributes(c, version),
            })
            .collect(),
        function_insts: (0..N)
            .map(|n| FunctionInstantiation {
                handle: FunctionHandleIndex(n),
                type_arguments: SignatureIndex(c.index()),
            })
            .collect(),
        // At least one type each: there are at least two locals, and a first parameter.
        signatures: (0..N)
            .map(|_| (0..=c.some(4)).map(|_| token(c, version, 4)).collect())
            .collect(),
        constants: (0..N)
            .map(|_| Constant {
                token: token(c, version, 1),
                data: blob(c),
            })
            .collect(),
        identifiers: names,
        addresses: (0..N).map(|_| Address::small(c.next() as u8)).collect(),
        metadata: (0..c.some(2))
            .map(|_| Metadata {
                key: blob(c),
                value: blob(c),
            })
            .collect(),
        ..Tables::default()
    }
}

/// The tables that only modules have. Definition 0 is a native struct, 1 a struct, 2 an enum where
/// there are enums.
fn defining_tables(c: &mut Choices, t: &mut Tables) {
    let version = t.version;
    let fields =
        |c: &mut Choices| -> Vec<_> { (0..=c.some(3)).map(|_| field(c, version)).collect() };
    let last = if version >= 7 {
        let variant = |c: &mut Choices| VariantDefinition {
            name: IdentifierIndex(c.index()),
            fields: fields(c),
        };
        StructFields::Variants((0..N).map(|_| variant(c)).collect())
    } else {
        StructFields::Declared(fields(c))
    };
    let all = [
        StructFields::Native,
        StructFields::Declared(fields(c)),
        last,
    ];
    t.struct_defs = all
        .into_iter()
        .map(|fields| StructDefinition {
            handle: StructHandleIndex(c.index()),
            fields,
        })
        .collect();
    t.friends = t.module_handles.clone();
    t.function_defs = (0..N)
        .map(|n| FunctionDefinition {
            handle: FunctionHandleIndex(n),
            visibility: [Visibility::Private, Visibility::Public, Visibility::Friend][c.below(3)],
            is_entry: c.below(2) == 0,
            acquires: (0..c.some(3)).map(|_| StructDefIndex(c.index())).collect(),
            code: (n > 0).then(|| code(c, version, |_| true)),
        })
        .collect();
    for n in 0..N {
        let type_arguments = SignatureIndex(c.index());
        t.struct_insts.push(StructInstantiation {
            def: StructDefIndex(c.index()),
            type_arguments,
        });
        t.field_handles.push(FieldHandle {
            def: StructDefIndex(1),
            field: 0,
        });
        t.field_insts.push(FieldInstantiation {
            handle: FieldHandleIndex(n),
            type_arguments,
        });
        if version >= 7 {
            let def = StructDefIndex(2);
            let variants = (0..=n).collect();
            t.variant_field_handles.push(VariantFieldHandle {
                def,
                variants,
                field: 0,
            });
            let handle = VariantFieldHandleIndex(n);
            t.variant_field_insts.push(VariantFieldInstantiation {
                handle,
                type_arguments,
            });
            t.struct_variant_handles
                .push(StructVariantHandle { def, variant: n });
            let handle = StructVariantHandleIndex(n);
            t.struct_variant_insts.push(StructVariantInstantiation {
                handle,
                type_arguments,
            });
        }
    }
}

pub(crate) fn module(seed: u64, version: u32) -> CompiledModule {
    let c = &mut Choices::new(seed);
    let mut tables = naming_tables(c, version);
    defining_tables(c, &mut tables);
    CompiledModule {
        tables,
        self_handle: ModuleHandleIndex(c.index()),
    }
}

/// Whether an instruction names something that only modules define.
fn in_script(instruction: &Bytecode) -> bool {
    let name = instruction.opcode().name();
    [
        "pack",
        "unpack",
        "exists",
        "test_variant",
        "move_from",
        "move_to",
    ]
    .iter()
    .all(|p| !name.starts_with(p) || name.starts_with("pack_closure"))
        && !name.contains("borrow_field")
        && !name.contains("variant_field")
        && !name.contains("borrow_global")
}

pub(crate) fn script(seed: u64, version: u32) -> CompiledScript {
    let c = &mut Choices::new(seed);
    CompiledScript {
        tables: naming_tables(c, version),
        type_parameters: (0..N).map(|_| c.abilities()).collect(),
        parameters: SignatureIndex(c.index()),
        code: code(c, version, in_script),
    }
}
