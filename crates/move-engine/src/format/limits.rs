//! Numbers that bound a binary of any version.

/// The oldest version that is read.
pub const VERSION_MIN: u32 = 5;
/// The newest version.
pub const VERSION_MAX: u32 = 10;
/// Bits that Aptos sets in the version word from version 7 on.
pub const VERSION_FLAGS: u32 = 0x0A00_0000;
/// The first bytes of every binary.
pub const MAGIC: [u8; 4] = [0xa1, 0x1c, 0xeb, 0x0b];

/// Tables of a binary.
pub const TABLE_COUNT_MAX: u64 = 255;
/// Any index into a table.
pub const TABLE_INDEX_MAX: u64 = 65_535;
/// Types in a signature.
pub const SIGNATURE_SIZE_MAX: u64 = 255;
/// Types inside each other.
pub const SIGNATURE_TOKEN_DEPTH_MAX: usize = 256;
/// Resources that a function acquires.
pub const ACQUIRES_COUNT_MAX: u64 = 255;
/// Fields of a struct.
pub const FIELD_COUNT_MAX: u64 = 255;
/// Variants of an enum.
pub const VARIANT_COUNT_MAX: u64 = 127;
/// Type parameters of a struct or function.
pub const TYPE_PARAMETER_COUNT_MAX: u64 = 255;
/// Locals of a function, parameters included.
pub const LOCALS_COUNT_MAX: u64 = 255;
/// Instructions of a function.
pub const BYTECODE_COUNT_MAX: u64 = 65_535;
/// Bytes of a name.
pub const IDENTIFIER_SIZE_MAX: u64 = 255;
/// Bytes of a constant.
pub const CONSTANT_SIZE_MAX: u64 = 65_535;
/// Bytes of a metadata key.
pub const METADATA_KEY_SIZE_MAX: u64 = 1_023;
/// Bytes of a metadata value.
pub const METADATA_VALUE_SIZE_MAX: u64 = 65_535;
/// Access specifiers of a function.
pub const ACCESS_SPECIFIER_COUNT_MAX: u64 = 64;
/// Attributes of a function.
pub const ATTRIBUTE_COUNT_MAX: u64 = 16;
/// Elements that `VecPack` and `VecUnpack` may name (eight bytes, little-endian).
pub const VECTOR_OPERAND_MAX: u64 = u64::MAX;
