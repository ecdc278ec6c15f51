//! What the writer writes is what was read, byte for byte, for modules and scripts of a compiler
//! that nobody here wrote; and a version that cannot express something is not written.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{fs, path::Path};

use lumio_move_engine::{
    StatusCode,
    format::{
        AccessSpecifier, Bytecode, ClosureMask, CompiledModule, FunctionAttribute,
        FunctionHandleIndex, FunctionToken, SignatureToken, StructFields, VERSION_FLAGS,
        read_module, read_script, write_module, write_script,
    },
};

fn files(folder: &str) -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests")
        .join(folder);
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        found.push((path.display().to_string(), fs::read(&path).unwrap()));
    }
    found
}

fn module(file: &str) -> CompiledModule {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures")
        .join(file);
    read_module(&fs::read(path).unwrap()).unwrap()
}

#[test]
fn compiled_modules_round_trip() {
    let mut count = 0;
    for folder in [
        "differential/basics/modules",
        "fixtures/plain_v6/modules",
        "fixtures/plain_v7/modules",
        "fixtures/enums_v7/modules",
    ] {
        for (name, bytes) in files(folder) {
            let module = read_module(&bytes).unwrap_or_else(|e| panic!("{name}: {e}"));
            assert_eq!(write_module(&module).unwrap(), bytes, "{name}");
            count += 1;
        }
    }
    assert!(count >= 26, "only {count} modules");
}

#[test]
fn compiled_scripts_round_trip() {
    for folder in ["fixtures/plain_v6/scripts", "fixtures/plain_v7/scripts"] {
        for (name, bytes) in files(folder) {
            let script = read_script(&bytes).unwrap_or_else(|e| panic!("{name}: {e}"));
            assert_eq!(script.type_parameters.len(), 1);
            assert_eq!(write_script(&script).unwrap(), bytes, "{name}");
        }
    }
}

#[test]
fn compiled_modules_say_what_their_sources_say() {
    let store = module("plain_v6/modules/store.mv");
    assert_eq!((store.version, store.friends.len()), (6, 1));
    let functions = &store.function_defs;
    assert!(
        functions
            .iter()
            .any(|f| f.is_entry && f.acquires.len() == 1)
    );
    assert!(functions.iter().any(|f| f.code.is_none()));
    assert!(store.identifiers.iter().any(|name| name == "constants"));
    let names = SignatureToken::Vector(Box::new(SignatureToken::Vector(Box::new(
        SignatureToken::U8,
    ))));
    let names = store.constants.iter().find(|c| c.token == names).unwrap();
    assert_eq!(names.data, b"\x03\x03one\x03two\x02\x00\xff");

    let colours = module("enums_v7/modules/colours.mv");
    let variants: Vec<_> = colours
        .struct_defs
        .iter()
        .map(|d| d.fields.variants().len())
        .collect();
    assert_eq!((colours.version, variants), (7, vec![3, 3]));
    assert!(
        colours
            .variant_field_handles
            .iter()
            .any(|h| h.variants.len() == 2)
    );
    assert!(!colours.variant_field_insts.is_empty());
    assert!(!colours.struct_variant_insts.is_empty());
}

#[test]
fn flags_are_written_from_version_7_on_and_read_in_every_version() {
    let mut plain = module("plain_v6/modules/shapes.mv");
    for version in 5..=10 {
        plain.version = version;
        let mut bytes = write_module(&plain).unwrap();
        let word = u32::from_le_bytes(bytes[4..8].try_into().unwrap());
        assert_eq!(word & VERSION_FLAGS != 0, version >= 7);
        assert_eq!(word & !VERSION_FLAGS, version);
        assert_eq!(read_module(&bytes).unwrap(), plain);
        bytes[7] ^= (VERSION_FLAGS >> 24) as u8;
        assert_eq!(read_module(&bytes).unwrap(), plain, "with the other flags");
    }
}

/// Something that a module can have since some version.
type Novelty = (&'static str, u32, fn(&mut CompiledModule));

const NOVELTIES: &[Novelty] = &[
    ("u256", 6, |m| m.signatures.push(vec![SignatureToken::U256])),
    ("an instruction of 6", 6, |m| {
        m.function_defs[0]
            .code
            .as_mut()
            .unwrap()
            .code
            .push(Bytecode::CastU16)
    }),
    ("an enum", 7, |m| {
        m.struct_defs[0].fields = StructFields::Variants(Vec::new())
    }),
    ("access specifiers", 7, |m| {
        m.function_handles[0].access_specifiers = Some(Vec::<AccessSpecifier>::new())
    }),
    ("function types", 8, |m| {
        m.signatures
            .push(vec![SignatureToken::Function(Box::new(FunctionToken {
                parameters: vec![SignatureToken::U8],
                results: Vec::new(),
                abilities: Default::default(),
            }))]);
    }),
    ("attributes", 8, |m| {
        m.function_handles[0]
            .attributes
            .push(FunctionAttribute::Persistent)
    }),
    ("closures", 8, |m| {
        let closure = Bytecode::PackClosure(FunctionHandleIndex(0), ClosureMask(u64::MAX));
        m.function_defs[0].code.as_mut().unwrap().code.push(closure);
    }),
    ("i8", 9, |m| m.signatures.push(vec![SignatureToken::I8])),
    ("negate", 9, |m| {
        m.function_defs[0]
            .code
            .as_mut()
            .unwrap()
            .code
            .push(Bytecode::Negate)
    }),
    ("dollars", 9, |m| m.identifiers.push("a$".into())),
    ("attributes of 10", 10, |m| {
        m.function_handles[0]
            .attributes
            .push(FunctionAttribute::TestVariant(3))
    }),
    ("abort with a message", 10, |m| {
        m.function_defs[0]
            .code
            .as_mut()
            .unwrap()
            .code
            .push(Bytecode::AbortMsg)
    }),
];

#[test]
fn what_a_version_lacks_is_not_written() {
    for (what, since, add) in NOVELTIES {
        for version in 5..=10 {
            let mut module = module("plain_v7/modules/callers.mv");
            // A struct for those that change one.
            let shapes = self::module("plain_v7/modules/shapes.mv");
            if module.struct_defs.is_empty() {
                module = shapes;
            }
            module.version = version;
            add(&mut module);
            match write_module(&module) {
                Ok(bytes) => {
                    assert!(version >= *since, "{what} in version {version}");
                    let read = read_module(&bytes).unwrap_or_else(|e| panic!("{what}: {e}"));
                    assert_eq!(read, module, "{what}");
                }
                Err(error) => {
                    assert!(version < *since, "{what} in version {version}: {error}");
                    assert_eq!(error.status(), StatusCode::ValueSerializationError);
                }
            }
        }
    }
}

#[test]
fn unknown_versions_and_what_exceeds_a_limit_are_not_written() {
    let plain = module("plain_v6/modules/shapes.mv");
    let changes: &[fn(&mut CompiledModule)] = &[
        |m| m.version = 4,
        |m| m.version = 11,
        |m| m.signatures.push(vec![SignatureToken::U8; 256]),
        |m| m.identifiers.push("a".repeat(256)),
        |m| m.identifiers.push("not a name".into()),
        |m| m.field_handles[0].field = 256,
        |m| {
            m.constants.push(lumio_move_engine::format::Constant {
                token: SignatureToken::U8,
                data: vec![0; 65_536],
            })
        },
        |m| {
            let mut token = SignatureToken::U8;
            for _ in 0..256 {
                token = SignatureToken::Vector(Box::new(token));
            }
            m.signatures.push(vec![token]);
        },
    ];
    for (number, change) in changes.iter().enumerate() {
        let mut module = plain.clone();
        change(&mut module);
        let error = write_module(&module).expect_err(&number.to_string());
        assert_eq!(error.status(), StatusCode::ValueSerializationError);
    }
}
