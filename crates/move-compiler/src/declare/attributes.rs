//! Attributes: which there are, and what they mean for definitions.

use super::Names;
use crate::{
    Diagnostic, Diagnostics, Symbol,
    ast::{Attribute, AttributeValue, Path},
    program::{Program, StructId, Visibility},
};

/// Whether there is an attribute of that name.
pub(crate) fn has_attribute(attributes: &[Attribute], name: &str) -> bool {
    attributes.iter().any(|a| a.name.name.as_str() == name)
}

/// Whether something is there for tests only.
pub(crate) fn is_test_only(attributes: &[Attribute]) -> bool {
    has_attribute(attributes, "test_only")
}

/// Whether a function is a test.
pub(crate) fn is_test(attributes: &[Attribute]) -> bool {
    has_attribute(attributes, "test")
}

/// Whether attributes say that a warning is not wanted: `#[allow(unused_use)]`, `#[allow(unused)]`,
/// also in the form `#[lint::skip(…)]`.
pub(crate) fn allows(attributes: &[Attribute], warning: &str) -> bool {
    attributes.iter().any(|attribute| {
        let AttributeValue::List(list) = &attribute.value else {
            return false;
        };
        let name = attribute.name.name.as_str();
        let names = |a: &Attribute| matches!(a.name.as_str(), "all" | "unused");
        matches!(name, "allow" | "lint::skip" | "lint::allow")
            && list.iter().any(|a| names(a) || a.name.as_str() == warning)
    })
}

/// Attributes that mean something to this compiler or to those who read what it emits.
const KNOWN: [&str; 16] = [
    "allow",
    "test",
    "test_only",
    "expected_failure",
    "view",
    "event",
    "resource_group",
    "resource_group_member",
    "deprecated",
    "persistent",
    "module_lock",
    "randomness",
    "legacy_entry_fun",
    "verify_only",
    "bytecode_instruction",
    "native_interface",
];

/// Warns about unknown attributes and refuses what makes no sense.
pub(super) fn check(program: &mut Program, diagnostics: &mut Diagnostics) {
    let unknown = |attributes: &[Attribute], diagnostics: &mut Diagnostics| {
        for (n, attribute) in attributes.iter().enumerate() {
            let name = attribute.name.name.as_str();
            let mut before = attributes.iter().take(n);
            if let Some(first) = before.find(|a| a.name.name == attribute.name.name) {
                let message = format!("the attribute `{name}` is there twice");
                diagnostics.push(
                    Diagnostic::error(attribute.name.span, message)
                        .also(first.name.span, "it is here first"),
                );
            }
            if !KNOWN.contains(&name) && !name.contains("::") {
                let message = format!("the attribute `{name}` is unknown and means nothing");
                diagnostics.push(Diagnostic::warning(attribute.name.span, message));
            }
        }
    };
    let for_functions = |attributes: &[Attribute], diagnostics: &mut Diagnostics| {
        for attribute in attributes {
            let name = attribute.name.name.as_str();
            if matches!(name, "test" | "expected_failure") {
                let message = format!("the attribute `{name}` is for functions");
                diagnostics.push(Diagnostic::error(attribute.name.span, message));
            }
        }
    };
    for unit in program.units.iter().filter(|u| u.is_root) {
        unknown(&unit.attributes, diagnostics);
        for_functions(&unit.attributes, diagnostics);
    }
    for constant in &program.constants {
        if program.unit(constant.unit).is_root {
            unknown(&constant.attributes, diagnostics);
            for_functions(&constant.attributes, diagnostics);
        }
    }
    for function in &program.functions {
        if !program.unit(function.unit).is_root {
            continue;
        }
        unknown(&function.attributes, diagnostics);
        let (test, fails) = (
            is_test(&function.attributes),
            has_attribute(&function.attributes, "expected_failure"),
        );
        if fails && !test {
            let message = "`expected_failure` is for functions with `#[test]`";
            diagnostics.push(Diagnostic::error(function.name.span, message));
        }
        if test && !function.type_parameters.is_empty() {
            let message = "a test has no type parameters";
            diagnostics.push(Diagnostic::error(function.name.span, message));
        }
        if function.visibility == Visibility::Private
            && program.unit(function.unit).name.is_none()
            && has_attribute(&function.attributes, "view")
        {
            let message = "a script's function cannot be a view";
            diagnostics.push(Diagnostic::error(function.name.span, message));
        }
    }
    for structure in &program.structs {
        if program.unit(structure.unit).is_root {
            unknown(&structure.attributes, diagnostics);
            for_functions(&structure.attributes, diagnostics);
        }
    }
}

/// Writes out where the resource groups are that structs are members of: by what is in scope, an alias
/// or the name of the struct alone may stand for it.
pub(crate) fn resolve_groups(program: &mut Program, names: &Names, diagnostics: &mut Diagnostics) {
    let count = u32::try_from(program.structs.len()).unwrap_or(u32::MAX);
    for id in (0..count).map(StructId) {
        let structure = program.structure(id);
        let unit = structure.unit;
        names.usage.enter(unit, &structure.name.name);
        let mut attributes = structure.attributes.clone();
        let member = |a: &&mut Attribute| a.name.as_str() == "resource_group_member";
        let Some(attribute) = attributes.iter_mut().find(member) else {
            continue;
        };
        let AttributeValue::List(list) = &mut attribute.value else {
            continue;
        };
        for argument in list.iter_mut().filter(|a| a.name.as_str() == "group") {
            let AttributeValue::Path(path) = &mut argument.value else {
                continue;
            };
            let group = names.mentioned(program, unit, path);
            let group = group.filter(|(unit, name)| names.structure(*unit, &name.name).is_some());
            let found =
                group.and_then(|(unit, name)| Some((program.unit(unit).name.clone()?, name)));
            match found {
                Some((module, name)) => {
                    let mut of = name.clone();
                    of.name = Symbol::from(module.name.as_str());
                    *path = Path {
                        address: Some((module.address, path.span)),
                        names: vec![of, name],
                        type_arguments: None,
                        span: path.span,
                    };
                }
                None => diagnostics.push(
                    Diagnostic::error(path.span, "there is no such resource group").help(
                        "name the struct with `#[resource_group]`, `0x1::object::ObjectGroup` say",
                    ),
                ),
            }
        }
        if let Some(structure) = program.structs.get_mut(id.index()) {
            structure.attributes = attributes;
        }
    }
}
