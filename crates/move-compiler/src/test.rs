//! Tests: which there are, with which arguments, and how they should end.

use lumio_move_engine::{Address, ModuleId};

use crate::{
    Diagnostic, Diagnostics, Span,
    ast::{Attribute, AttributeValue, Literal},
    declare::{Names, is_test},
    program::{Function, Program, UnitId},
    typed::Value,
    types::Type,
};

/// A function with `#[test]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Test {
    /// Its module.
    pub module: ModuleId,
    /// Its name.
    pub function: String,
    /// What its parameters get: addresses, which signers are, too.
    pub arguments: Vec<Address>,
    /// How it should fail, if it should.
    pub fails: Option<Failure>,
    /// Where it is.
    pub span: Span,
}

/// How a test should fail.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Failure {
    /// Which kind of failure; any if absent.
    pub kind: Option<FailureKind>,
    /// The module in which it should happen.
    pub location: Option<ModuleId>,
}

/// Kinds of failures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailureKind {
    /// An abort with this code.
    Abort(u64),
    /// An arithmetic error.
    Arithmetic,
    /// An error of vector operations with this sub-status, which every such error has.
    Vector(Option<u64>),
    /// Too little gas.
    OutOfGas,
    /// A status by number, with its sub-status if it has one.
    Status(u64, Option<u64>),
}

/// All tests of the package.
pub(crate) fn tests(program: &Program, names: &Names, diagnostics: &mut Diagnostics) -> Vec<Test> {
    let mut found = Vec::new();
    for function in &program.functions {
        let unit = program.unit(function.unit);
        let (true, Some(module)) = (unit.is_root, &unit.name) else {
            continue;
        };
        if !is_test(&function.attributes) {
            continue;
        }
        let Some(arguments) = arguments(program, function, diagnostics) else {
            continue;
        };
        let fails = function
            .attributes
            .iter()
            .find(|a| a.name.as_str() == "expected_failure")
            .map(|attribute| failure((program, names), function, attribute, diagnostics));
        found.push(Test {
            module: module.clone(),
            function: function.name.to_string(),
            arguments,
            fails,
            span: function.name.span,
        });
    }
    found
}

fn arguments(
    program: &Program,
    function: &Function,
    diagnostics: &mut Diagnostics,
) -> Option<Vec<Address>> {
    let attribute = function
        .attributes
        .iter()
        .find(|a| a.name.as_str() == "test")?;
    let given: &[Attribute] = match &attribute.value {
        AttributeValue::List(list) => list,
        _ => &[],
    };
    let mut found = Vec::new();
    for (name, ty) in &function.parameters {
        let inner = ty.referent().map_or(ty, |(inner, _)| inner);
        if !matches!(inner, Type::Signer | Type::Address) {
            let message = "a test's parameters are signers and addresses";
            diagnostics.push(Diagnostic::error(name.span, message));
            return None;
        }
        let value = given.iter().find(|a| a.name.as_str() == name.as_str());
        let address = value.and_then(|a| address(program, &a.value));
        let Some(address) = address else {
            diagnostics.push(
                Diagnostic::error(name.span, format!("this test gives `{name}` no value"))
                    .help(format!("write `#[test({name} = @0x1)]`")),
            );
            return None;
        };
        found.push(address);
    }
    Some(found)
}

fn address(program: &Program, value: &AttributeValue) -> Option<Address> {
    match value {
        AttributeValue::Literal(Literal::Address(crate::ast::AddressName::Number(a, _), _)) => {
            Some(*a)
        }
        AttributeValue::Literal(Literal::Address(crate::ast::AddressName::Named(name), _)) => {
            program.addresses.get(&name.name).copied()
        }
        AttributeValue::Path(path) => match path.names.as_slice() {
            [name] => program.addresses.get(&name.name).copied(),
            _ => None,
        },
        _ => None,
    }
}

fn failure(
    scope: (&Program, &Names),
    function: &Function,
    attribute: &Attribute,
    diagnostics: &mut Diagnostics,
) -> Failure {
    let AttributeValue::List(list) = &attribute.value else {
        return Failure::default();
    };
    let mut made = Failure::default();
    let mut minor = None;
    for part in list {
        match part.name.as_str() {
            "abort_code" => match number(scope, function, &part.value) {
                Some(code) => made.kind = Some(FailureKind::Abort(code)),
                None => {
                    let message = "the abort code is a number or a constant";
                    diagnostics.push(Diagnostic::error(part.span, message));
                }
            },
            "arithmetic_error" => made.kind = Some(FailureKind::Arithmetic),
            "vector_error" => made.kind = Some(FailureKind::Vector(None)),
            "out_of_gas" => made.kind = Some(FailureKind::OutOfGas),
            "major_status" => {
                if let Some(code) = number(scope, function, &part.value) {
                    made.kind = Some(FailureKind::Status(code, None));
                }
            }
            "minor_status" => minor = number(scope, function, &part.value),
            "location" => match location(scope, function, &part.value) {
                Some(module) => made.location = Some(module),
                None => {
                    let message = "the location is a module";
                    diagnostics.push(Diagnostic::error(part.span, message));
                }
            },
            _ => {
                let message = format!("`{}` says nothing about a failure", part.name);
                diagnostics.push(Diagnostic::error(part.name.span, message));
            }
        }
    }
    if let Some(FailureKind::Status(_, expected) | FailureKind::Vector(expected)) = &mut made.kind {
        *expected = minor;
    }
    if made.kind == Some(FailureKind::Vector(None)) {
        let message = "this fails whatever happens: vector errors have a minor status";
        let help =
            "add `minor_status = 1` (no such index), `2` (nothing to pop) or `3` (wrong length)";
        diagnostics.push(Diagnostic::warning(attribute.span, message).help(help));
    }
    made
}

fn number(
    (program, names): (&Program, &Names),
    function: &Function,
    value: &AttributeValue,
) -> Option<u64> {
    match value {
        AttributeValue::Literal(Literal::Number { value, .. }) => u64::try_from(*value).ok(),
        AttributeValue::Path(path) => {
            let (unit, name) = names.mentioned(program, function.unit, path)?;
            let constant = program.constant(names.constant(unit, name.as_str())?);
            match &constant.value {
                Some(Value::Integer(n)) => u64::try_from(*n).ok(),
                _ => None,
            }
        }
        _ => None,
    }
}

fn location(
    (program, names): (&Program, &Names),
    function: &Function,
    value: &AttributeValue,
) -> Option<ModuleId> {
    let AttributeValue::Path(path) = value else {
        return None;
    };
    let unit: UnitId = names.module(program, function.unit, &[], path)?;
    program.unit(unit).name.clone()
}
