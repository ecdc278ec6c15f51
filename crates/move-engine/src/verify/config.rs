//! Limits and switches of the verifier.

/// How much a binary may contain, and which features of the format it may use. `None` is no limit.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Config {
    /// Loops inside each other.
    pub max_loop_depth: Option<usize>,
    /// Type parameters of a function or struct, and type arguments.
    pub max_generic_instantiation_length: Option<usize>,
    /// Parameters of a function or function type.
    pub max_function_parameters: Option<usize>,
    /// Results of a function or function type.
    pub max_function_return_values: Option<usize>,
    /// Basic blocks of a function.
    pub max_basic_blocks: Option<usize>,
    /// Basic blocks of a script.
    pub max_basic_blocks_in_script: Option<usize>,
    /// Values on the operand stack.
    pub max_value_stack_size: usize,
    /// Weight of a type, in nodes: structs and type parameters weigh 4, all else 1.
    pub max_type_nodes: Option<usize>,
    /// Types inside each other, of types that are not only in instructions' operands.
    pub max_type_depth: Option<usize>,
    /// Values that a basic block pushes.
    pub max_push_size: Option<usize>,
    /// Structs and enums that a module defines.
    pub max_struct_definitions: Option<usize>,
    /// Fields of a struct or variant.
    pub max_fields_in_struct: Option<usize>,
    /// Variants of an enum.
    pub max_struct_variants: Option<usize>,
    /// Functions that a module defines.
    pub max_function_definitions: Option<usize>,
    /// Loop back edges of a function.
    pub max_back_edges_per_function: Option<usize>,
    /// Loop back edges of a module.
    pub max_back_edges_per_module: Option<usize>,
    /// Units of work for a function.
    pub max_function_meter_units: Option<u64>,
    /// Units of work for a module.
    pub max_module_meter_units: Option<u64>,
    /// The newest version of the format that is accepted.
    pub max_version: u32,
    /// Whether functions may say what they access (version 7).
    pub access_specifiers: bool,
    /// Whether there are enums (version 7).
    pub enums: bool,
    /// Whether there are function types and values, and attributes of functions (version 8).
    pub function_values: bool,
    /// Whether there are signed integers (version 9).
    pub signed_integers: bool,
    /// Whether aborts may have messages (version 10).
    pub abort_messages: bool,
    /// Whether functions may stand for operations on their module's structs (version 10).
    pub struct_interfaces: bool,
}

impl Config {
    /// What a chain accepts from its users: everything of version 10, within limits.
    pub const fn production() -> Self {
        Self {
            max_loop_depth: Some(5),
            max_generic_instantiation_length: Some(32),
            max_function_parameters: Some(128),
            max_function_return_values: Some(128),
            max_basic_blocks: Some(1024),
            max_basic_blocks_in_script: Some(1024),
            max_value_stack_size: 1024,
            max_type_nodes: Some(256),
            max_type_depth: None,
            max_push_size: Some(10_000),
            max_struct_definitions: Some(200),
            max_fields_in_struct: Some(30),
            max_struct_variants: Some(90),
            max_function_definitions: Some(1000),
            max_back_edges_per_function: None,
            max_back_edges_per_module: None,
            max_function_meter_units: Some(8_000_000),
            max_module_meter_units: Some(8_000_000),
            max_version: crate::format::VERSION_MAX,
            access_specifiers: true,
            enums: true,
            function_values: true,
            signed_integers: true,
            abort_messages: true,
            struct_interfaces: true,
        }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self::production()
    }
}
