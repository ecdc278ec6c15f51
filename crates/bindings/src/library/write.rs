//! The text of a library.

use lumio_move_engine::ModuleId;
use std::fmt::Write as _;

use super::{
    Content,
    function::{Function, Values},
};
use crate::layout::{Piece, doc, list, statement, text, texts};

/// What the functions of a library have in common.
#[derive(Default)]
struct Needed {
    call: bool,
    try_call: bool,
    view: bool,
    queue: bool,
    /// Numbers of type arguments.
    types: [bool; TYPES_MAX],
    accounts: bool,
}

/// More type arguments than a function has: others are given as an array.
const TYPES_MAX: usize = 5;

pub(super) fn write(content: &Content) -> String {
    let mut needed = Needed::default();
    let mut functions = String::new();
    for function in &content.functions {
        functions.push_str(&write_function(function, &mut needed));
    }

    let path = path(&content.id);
    let imports = match needed.queue {
        true => {
            "import {ICrossVM} from \"./ICrossVM.sol\";\nimport {IMoveVM} from \"./IMoveVM.sol\";\n"
        }
        false => "import {ICrossVM} from \"./ICrossVM.sol\";\n",
    };
    let mut out = format!(
        "// SPDX-License-Identifier: UNLICENSED\n\
         // Written by `lumio bindings solidity` from {path}: write it anew instead of changing it.\n\
         pragma solidity ^0.8.20;\n\n{imports}\n"
    );
    let name = &content.id.name;
    let about = match content.doc.trim() {
        "" => format!("The Move module `{name}`."),
        doc => doc.to_owned(),
    };
    out.push_str(&doc(&comment(&about), 0));
    out.push_str("///\n");
    out.push_str(&doc(
        "Each function calls the Move function of its name at once; a leading signer is the contract that calls. \
         A failure reverts, of an abort with `ICrossVM.MoveAbort`; `try…` returns it. `queue…` queues the call \
         until the transaction's own code is done.",
        0,
    ));
    let _ = writeln!(out, "library {} {{", content.name);
    let address = content.id.address.to_hex();
    let _ = writeln!(out, "    /// The account that the module is published at.");
    let _ = writeln!(out, "    bytes32 internal constant MODULE = 0x{address};");
    let _ = writeln!(out, "    string private constant NAME = \"{name}\";\n");
    let _ = writeln!(
        out,
        "    ICrossVM private constant CROSS_VM = ICrossVM(0x42000000000000000000000000000000000000FE);"
    );
    if needed.queue {
        let _ = writeln!(
            out,
            "    IMoveVM private constant MOVE_VM = IMoveVM(0x42000000000000000000000000000000000000fF);"
        );
    }
    if !content.errors.is_empty() {
        out.push('\n');
    }
    for (code, name, description) in &content.errors {
        let description = match description.trim() {
            "" => "An abort's reason.",
            description => description,
        };
        out.push_str(&doc(&comment(description), 4));
        let _ = writeln!(out, "    uint64 internal constant {name} = {code};");
    }
    for structure in &content.structs {
        let own = structure.own.as_ref();
        let described = own.and_then(|name| content.struct_docs.get(name));
        let about = match described
            .map(|doc| doc.trim())
            .filter(|doc| !doc.is_empty())
        {
            Some(doc) => doc.to_owned(),
            None => format!("Move's `{}`.", structure.origin),
        };
        out.push('\n');
        out.push_str(&doc(&comment(&about), 4));
        let _ = writeln!(out, "    struct {} {{", structure.name);
        for (name, ty) in &structure.fields {
            let _ = writeln!(out, "        {} {name};", ty.text());
        }
        out.push_str("    }\n");
    }
    out.push_str(&functions);
    if !content.errors.is_empty() {
        out.push_str(ABORTED);
    }
    if needed.accounts {
        out.push_str(ACCOUNT_OF);
    }
    out.push_str(&shared(&needed));
    if !content.refused.is_empty() {
        out.push_str("\n    // Not here, because only Move code can call them:\n");
        for (name, why) in &content.refused {
            let _ = writeln!(out, "    // - {name}: {why}");
        }
    }
    out.push_str("}\n");
    out
}

/// A module by its address and name.
fn path(id: &ModuleId) -> String {
    format!("{}::{}", id.address.to_short_hex(), id.name)
}

fn write_function(function: &Function, needed: &mut Needed) -> String {
    let Function {
        move_name,
        name,
        is_view,
        ..
    } = function;
    needed.accounts |= function.has_account();
    let mut out = String::from("\n");

    let mut about = match function.doc.trim() {
        "" => format!("Move's `{move_name}`."),
        doc => doc.to_owned(),
    };
    if let Values::Raw(why) = &function.parameters {
        let _ = write!(about, "\n@param args `abi.encode` of its arguments: {why}.");
    }
    if let Values::Raw(why) = &function.returns {
        let _ = write!(
            about,
            "\n@return result `abi.encode` of what it returns: {why}."
        );
    }
    let (call, mutability) = match is_view {
        true => ("_view", "internal view"),
        false => ("_call", "internal"),
    };
    needed.view |= is_view;
    needed.call |= !is_view;
    let called = |by: &str, needed: &mut Needed| {
        vec![
            text(by),
            list([
                quoted(move_name),
                types(function, needed),
                arguments(function),
            ]),
        ]
    };
    out.push_str(&doc(&comment(&about), 4));
    out.push_str(&head(
        function,
        name,
        mutability,
        &results(&function.returns, false),
    ));
    let body = match &function.returns {
        Values::Typed(values) if values.is_empty() => called(call, needed),
        Values::Typed(values) => {
            let decoded = values.iter().map(|(_, ty)| ty.text());
            let decoded = vec![texts(decoded)];
            vec![
                text("return abi.decode"),
                list([called(call, needed), decoded]),
            ]
        }
        Values::Raw(_) => {
            let mut body = vec![text("return ")];
            body.extend(called(call, needed));
            body
        }
    };
    out.push_str(&ended(body));
    out.push_str("    }\n\n");

    needed.try_call = true;
    let (tried, about) = match (&function.returns, function.is_crowded()) {
        (Values::Typed(values), true) if !values.is_empty() => (
            &Values::Raw(String::new()),
            "is returned with its data, a success as `abi.encode` of the results",
        ),
        (returns, _) => (returns, "is returned with its data"),
    };
    out.push_str(&doc(&format!("As `{name}`; a failure {about}."), 4));
    let results = results(tried, true);
    out.push_str(&head(function, &function.try_name, "internal", &results));
    match tried {
        Values::Typed(values) if !values.is_empty() => {
            out.push_str("        bytes memory data;\n");
            let mut body = vec![text("(ok, data) = ")];
            body.extend(called("_tryCall", needed));
            out.push_str(&ended(body));
            let assigned = match values.as_slice() {
                [(name, _)] => name.clone(),
                values => {
                    let names: Vec<_> = values.iter().map(|(name, _)| name.as_str()).collect();
                    format!("({})", names.join(", "))
                }
            };
            let decoded = values.iter().map(|(_, ty)| ty.text());
            let decoded = list([vec![text("data")], vec![texts(decoded)]]);
            let body = [
                text(format!("if (ok) {assigned} = abi.decode")),
                decoded,
                text(";"),
            ];
            out.push_str(&statement(&body, 8));
            out.push_str("        else failure = data;\n");
        }
        Values::Typed(_) | Values::Raw(_) => {
            let mut body = vec![text("return ")];
            body.extend(called("_tryCall", needed));
            out.push_str(&ended(body));
        }
    }
    out.push_str("    }\n");
    if *is_view {
        return out;
    }

    needed.queue = true;
    out.push_str(&format!("\n    /// Queues a call of `{name}`.\n"));
    out.push_str(&head(function, &function.queue_name, "internal", &[]));
    let queued = [
        quoted(move_name),
        vec![text(generics(function))],
        arguments(function),
    ];
    out.push_str(&ended(vec![text("_queue"), list(queued)]));
    out.push_str("    }\n");
    out
}

/// A doc comment of Move in Solidity, where `@` begins a tag wherever it stands.
fn comment(doc: &str) -> String {
    let lines = doc.lines().map(|line| match line.trim_start() {
        line if line.starts_with("@param args") || line.starts_with("@return result") => {
            line.to_owned()
        }
        line => line.replace('@', ""),
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn ended(mut body: Vec<Piece>) -> String {
    body.push(text(";"));
    statement(&body, 8)
}

fn quoted(name: &str) -> Vec<Piece> {
    vec![text(format!("\"{name}\""))]
}

/// The types of what is returned; with their names where a failure may be returned instead.
fn results(values: &Values, is_try: bool) -> Vec<String> {
    let mut results = Vec::new();
    if is_try {
        results.push("bool ok".to_owned());
    }
    match values {
        Values::Typed(values) => {
            if is_try {
                results.push("bytes memory failure".into());
            }
            for (name, ty) in values {
                results.push(match is_try {
                    true => format!("{} {name}", ty.variable()),
                    false => ty.variable(),
                });
            }
        }
        Values::Raw(_) => results.push("bytes memory result".into()),
    }
    results
}

/// The line that a function begins with.
fn head(function: &Function, name: &str, mutability: &str, results: &[String]) -> String {
    let types = function.type_parameters.iter();
    let mut parameters: Vec<_> = types.map(|name| format!("string memory {name}")).collect();
    match &function.parameters {
        Values::Typed(typed) => {
            let typed = typed.iter();
            parameters.extend(typed.map(|(name, ty)| format!("{} {name}", ty.variable())));
        }
        Values::Raw(_) => parameters.push("bytes memory args".into()),
    }
    let mut pieces = vec![
        text(format!("function {name}")),
        texts(parameters),
        text(format!(" {mutability}")),
    ];
    if !results.is_empty() {
        pieces.extend([text(" returns "), texts(results.iter().cloned())]);
    }
    pieces.push(text(" {"));
    statement(&pieces, 4)
}

/// The type arguments as an array.
fn types(function: &Function, needed: &mut Needed) -> Vec<Piece> {
    let names = &function.type_parameters;
    if names.is_empty() {
        return vec![text("new string[](0)")];
    }
    if let Some(used) = needed.types.get_mut(names.len()) {
        *used = true;
    }
    vec![text("_typeArgs"), texts(names.iter().cloned())]
}

/// The type arguments as a list with commas.
fn generics(function: &Function) -> String {
    match function.type_parameters.as_slice() {
        [] => "\"\"".into(),
        [only] => only.clone(),
        names => format!("string.concat({})", names.join(", \",\", ")),
    }
}

/// The arguments, encoded.
fn arguments(function: &Function) -> Vec<Piece> {
    match &function.parameters {
        Values::Typed(typed) if typed.is_empty() => vec![text("\"\"")],
        Values::Typed(typed) => {
            let names = typed.iter().map(|(name, _)| name.clone());
            vec![text("abi.encode"), texts(names)]
        }
        Values::Raw(_) => vec![text("args")],
    }
}

const ABORTED: &str = r#"
    /// Whether a failure is an abort of this module for a reason, with a category of `std::error` or without.
    function aborted(bytes memory failure, uint64 _reason) internal pure returns (bool) {
        if (failure.length < 4 || bytes4(failure) != ICrossVM.MoveAbort.selector) return false;
        bytes memory data = new bytes(failure.length - 4);
        for (uint256 _i = 0; _i < data.length; _i++) data[_i] = failure[_i + 4];
        (bytes32 _module, string memory _name, uint64 _code,) = abi.decode(data, (bytes32, string, uint64, string));
        bool ok = _module == MODULE && keccak256(bytes(_name)) == keccak256(bytes(NAME));
        return ok && (_code == _reason || _code & 0xffff == _reason);
    }
"#;

const ACCOUNT_OF: &str = r#"
    /// The account of an EVM address, as arguments name it.
    function accountOf(address _owner) internal pure returns (bytes32) {
        return bytes32(uint256(uint160(_owner)));
    }
"#;

/// What functions of the library use.
fn shared(needed: &Needed) -> String {
    let mut out = String::new();
    if needed.call {
        out.push_str(
            r#"
    function _call(string memory _fn, string[] memory _types, bytes memory args) private returns (bytes memory) {
        return CROSS_VM.callMove(MODULE, NAME, _fn, _types, args);
    }
"#,
        );
    }
    if needed.try_call {
        out.push_str(
            r#"
    function _tryCall(string memory _fn, string[] memory _types, bytes memory args)
        private
        returns (bool, bytes memory)
    {
        return CROSS_VM.tryCallMove(MODULE, NAME, _fn, _types, args);
    }
"#,
        );
    }
    if needed.view {
        out.push_str(
            r#"
    function _view(string memory _fn, string[] memory _types, bytes memory args) private view returns (bytes memory) {
        return CROSS_VM.viewMove(MODULE, NAME, _fn, _types, args);
    }
"#,
        );
    }
    if needed.queue {
        out.push_str(
            r#"
    function _queue(string memory _fn, string memory _types, bytes memory args) private {
        MOVE_VM.call(abi.encode(MODULE), bytes(NAME), bytes(_fn), args, bytes(_types));
    }
"#,
        );
    }
    for (count, _) in needed.types.iter().enumerate().filter(|(_, used)| **used) {
        let numbers = (0..count).map(|number| format!("string memory _type{number}"));
        let head = [
            text("function _typeArgs"),
            texts(numbers),
            text(" private pure returns (string[] memory _types) {"),
        ];
        out.push('\n');
        out.push_str(&statement(&head, 4));
        let _ = writeln!(out, "        _types = new string[]({count});");
        for number in 0..count {
            let _ = writeln!(out, "        _types[{number}] = _type{number};");
        }
        out.push_str("    }\n");
    }
    out
}
