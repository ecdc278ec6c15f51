//! Structs that a transaction's arguments may have, and the functions that make them.

use lumio_move_engine::{Address, Constructors, ModuleId};

/// Module, struct, function; all at `0x1`.
const CONSTRUCTORS: [(&str, &str, &str); 5] = [
    ("string", "String", "utf8"),
    ("object", "Object", "address_to_object"),
    ("option", "Option", "from_vec"),
    ("fixed_point32", "FixedPoint32", "create_from_raw_value"),
    ("fixed_point64", "FixedPoint64", "create_from_raw_value"),
];

pub(crate) fn constructors() -> Constructors {
    let mut constructors = Constructors::default();
    for (module, structure, function) in CONSTRUCTORS {
        constructors.add(ModuleId::new(Address::ONE, module), structure, function);
    }
    constructors
}
