//! Typed indices into the tables of a binary.

/// What kind of table an index points into; part of an error's details.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TableKind {
    /// Modules named by the binary.
    ModuleHandle,
    /// Structs named by the binary.
    StructHandle,
    /// Functions named by the binary.
    FunctionHandle,
    /// Generic functions with type arguments.
    FunctionInstantiation,
    /// Fields of structs.
    FieldHandle,
    /// Fields of generic structs with type arguments.
    FieldInstantiation,
    /// Structs that the module defines.
    StructDefinition,
    /// Generic structs with type arguments.
    StructDefInstantiation,
    /// Functions that the module defines.
    FunctionDefinition,
    /// Fields shared by variants of an enum.
    VariantFieldHandle,
    /// Such fields with type arguments.
    VariantFieldInstantiation,
    /// Variants of enums.
    StructVariantHandle,
    /// Variants of generic enums with type arguments.
    StructVariantInstantiation,
    /// Lists of types.
    Signature,
    /// Names.
    Identifier,
    /// Addresses.
    AddressIdentifier,
    /// Constants.
    ConstantPool,
    /// Friend declarations.
    FriendDeclaration,
    /// A field within a struct definition.
    FieldDefinition,
    /// A variant within an enum definition.
    VariantDefinition,
    /// A type parameter.
    TypeParameter,
    /// A local of a function.
    Local,
    /// An instruction of a function.
    CodeOffset,
}

macro_rules! indices {
    ($($(#[$doc:meta])* $name:ident => $kind:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub u16);

        impl $name {
            /// The kind of table that it points into.
            pub const KIND: TableKind = TableKind::$kind;

            /// As a position in a slice.
            pub fn index(self) -> usize {
                usize::from(self.0)
            }
        }
    )*};
}

indices! {
    /// Points into [`Tables::module_handles`](super::Tables::module_handles).
    ModuleHandleIndex => ModuleHandle;
    /// Points into [`Tables::struct_handles`](super::Tables::struct_handles).
    StructHandleIndex => StructHandle;
    /// Points into [`Tables::function_handles`](super::Tables::function_handles).
    FunctionHandleIndex => FunctionHandle;
    /// Points into [`Tables::function_insts`](super::Tables::function_insts).
    FunctionInstIndex => FunctionInstantiation;
    /// Points into [`Tables::field_handles`](super::Tables::field_handles).
    FieldHandleIndex => FieldHandle;
    /// Points into [`Tables::field_insts`](super::Tables::field_insts).
    FieldInstIndex => FieldInstantiation;
    /// Points into [`Tables::struct_defs`](super::Tables::struct_defs).
    StructDefIndex => StructDefinition;
    /// Points into [`Tables::struct_insts`](super::Tables::struct_insts).
    StructInstIndex => StructDefInstantiation;
    /// Points into [`Tables::function_defs`](super::Tables::function_defs).
    FunctionDefIndex => FunctionDefinition;
    /// Points into [`Tables::variant_field_handles`](super::Tables::variant_field_handles).
    VariantFieldHandleIndex => VariantFieldHandle;
    /// Points into [`Tables::variant_field_insts`](super::Tables::variant_field_insts).
    VariantFieldInstIndex => VariantFieldInstantiation;
    /// Points into [`Tables::struct_variant_handles`](super::Tables::struct_variant_handles).
    StructVariantHandleIndex => StructVariantHandle;
    /// Points into [`Tables::struct_variant_insts`](super::Tables::struct_variant_insts).
    StructVariantInstIndex => StructVariantInstantiation;
    /// Points into [`Tables::signatures`](super::Tables::signatures).
    SignatureIndex => Signature;
    /// Points into [`Tables::identifiers`](super::Tables::identifiers).
    IdentifierIndex => Identifier;
    /// Points into [`Tables::addresses`](super::Tables::addresses).
    AddressIndex => AddressIdentifier;
    /// Points into [`Tables::constants`](super::Tables::constants).
    ConstantIndex => ConstantPool;
}
