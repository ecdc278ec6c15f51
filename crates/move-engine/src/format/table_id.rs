//! The kinds of tables in the directory of a binary.

macro_rules! table_ids {
    ($($(#[$doc:meta])* $name:ident = $id:literal, $since:literal;)*) => {
        /// The kind of a table in the directory of a binary.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum TableId {
            $($(#[$doc])* $name = $id,)*
        }

        impl TableId {
            /// All, by number.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The kind with that number.
            pub fn from_byte(byte: u8) -> Option<Self> {
                match byte {
                    $($id => Some(Self::$name),)*
                    _ => None,
                }
            }

            /// The first version of the format that has it.
            pub fn since(self) -> u32 {
                match self {
                    $(Self::$name => $since,)*
                }
            }
        }
    };
}

impl TableId {
    /// Whether only modules have it.
    pub fn is_definition(self) -> bool {
        match self {
            Self::ModuleHandles
            | Self::StructHandles
            | Self::FunctionHandles
            | Self::FunctionInsts
            | Self::Signatures
            | Self::Constants
            | Self::Identifiers
            | Self::Addresses
            | Self::Metadata => false,
            Self::StructDefs
            | Self::StructInsts
            | Self::FunctionDefs
            | Self::FieldHandles
            | Self::FieldInsts
            | Self::Friends
            | Self::VariantFieldHandles
            | Self::VariantFieldInsts
            | Self::StructVariantHandles
            | Self::StructVariantInsts => true,
        }
    }
}

table_ids! {
    /// Modules that are named.
    ModuleHandles = 0x1, 5;
    /// Structs that are named.
    StructHandles = 0x2, 5;
    /// Functions that are named.
    FunctionHandles = 0x3, 5;
    /// Functions with type arguments.
    FunctionInsts = 0x4, 5;
    /// Lists of types.
    Signatures = 0x5, 5;
    /// Constants.
    Constants = 0x6, 5;
    /// Names.
    Identifiers = 0x7, 5;
    /// Addresses.
    Addresses = 0x8, 5;
    /// Structs that are defined.
    StructDefs = 0xa, 5;
    /// Structs with type arguments.
    StructInsts = 0xb, 5;
    /// Functions that are defined.
    FunctionDefs = 0xc, 5;
    /// Fields.
    FieldHandles = 0xd, 5;
    /// Fields with type arguments.
    FieldInsts = 0xe, 5;
    /// Friends.
    Friends = 0xf, 5;
    /// What tools attached.
    Metadata = 0x10, 5;
    /// Fields of variants.
    VariantFieldHandles = 0x11, 7;
    /// Fields of variants with type arguments.
    VariantFieldInsts = 0x12, 7;
    /// Variants.
    StructVariantHandles = 0x13, 7;
    /// Variants with type arguments.
    StructVariantInsts = 0x14, 7;
}
