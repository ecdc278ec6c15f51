//! The text of a module.

use std::fmt::Write as _;

use super::{
    Content,
    function::Function,
    types::{Mv, MvStruct},
};
use crate::layout::{Piece, doc, fields, list, statement, text, texts};

pub(super) fn write(content: &Content<'_>) -> String {
    let options = content.options;
    let Content {
        structs,
        functions,
        handle,
        ..
    } = content;
    let contract = &options.contract;
    let mut out = String::new();
    out.push_str(&doc(&format!("The Solidity contract `{contract}`."), 0));
    out.push_str("///\n");
    let place = match &options.at {
        Some(_) => String::new(),
        None => format!(
            "`{}::at` stands for the contract at an account. ",
            options.name
        ),
    };
    out.push_str(&doc(
        &format!(
            "{place}Each function calls the Solidity function of its signature at once, with `caller` as its \
             `msg.sender`; a failure aborts with `0x1::evm::ECALL_FAILED`. `try_…` returns whether the call \
             succeeded and the data that came back, `queue_…` queues the call until the transaction's own code is done."
        ),
        0,
    ));
    out.push_str(
        "///\n/// Written by `lumio bindings move`: write it anew instead of changing it.\n",
    );
    let _ = writeln!(out, "module {}::{} {{", options.address, options.name);
    let in_functions = functions
        .iter()
        .flat_map(|f| f.parameters.iter().chain(&f.returns));
    let in_structs = structs
        .met
        .iter()
        .flat_map(|(_, structure)| &structure.fields);
    if in_functions
        .chain(in_structs)
        .any(|(_, ty)| ty.has_string())
    {
        out.push_str("    use std::string::String;\n");
    }
    if !functions.is_empty() || content.pay_name.is_some() {
        out.push_str("    use aptos_framework::evm;\n");
    }
    match &options.at {
        Some(at) => {
            let at = if at.starts_with('@') {
                at.clone()
            } else {
                format!("@{at}")
            };
            let _ = writeln!(
                out,
                "\n    /// The contract's account.\n    const CONTRACT: address = {at};"
            );
        }
        None => {
            let _ = write!(
                out,
                "\n    /// A contract with these functions.\n    \
                 struct {handle} has copy, drop, store {{\n        contract: address\n    }}\n\n    \
                 /// The contract at an account: twelve zero bytes and its EVM address.\n    \
                 public fun at(contract: address): {handle} {{\n        {handle} {{ contract }}\n    }}\n\n    \
                 /// Its account.\n    \
                 public fun contract(self: &{handle}): address {{\n        self.contract\n    }}\n"
            );
        }
    }
    for (_, structure) in &structs.met {
        out.push_str(&write_struct(structure));
    }
    for function in functions {
        out.push_str(&write_function(function, content));
    }
    if let Some(name) = &content.pay_name {
        out.push_str("\n    /// Sends wei to the contract.\n");
        let mut parameters = receiver(content);
        parameters.extend(["caller: &signer".into(), "value_wei: u256".into()]);
        out.push_str(&statement(
            &[
                text(format!("public fun {name}")),
                texts(parameters),
                text(" {"),
            ],
            4,
        ));
        let place = place_of(content);
        let _ = writeln!(
            out,
            "        evm::call_raw(caller, {place}, value_wei, vector[]);\n    }}"
        );
    }
    let comments = [
        ("Events", content.events.clone()),
        (
            "Errors, with the first bytes of their data",
            content
                .errors
                .iter()
                .map(|(error, selector)| format!("{error}: {selector}"))
                .collect(),
        ),
        (
            "Not here",
            content
                .refused
                .iter()
                .map(|(function, why)| format!("{function}: {why}"))
                .collect(),
        ),
    ];
    for (about, lines) in comments {
        if !lines.is_empty() {
            let _ = writeln!(out, "\n    // {about}:");
        }
        for line in lines {
            let _ = writeln!(out, "    // - {line}");
        }
    }
    out.push_str("}\n");
    out
}

/// What a method begins with.
fn receiver(content: &Content<'_>) -> Vec<String> {
    match content.options.at {
        Some(_) => Vec::new(),
        None => vec![format!("self: &{}", content.handle)],
    }
}

/// The contract's account in a body.
const fn place_of(content: &Content<'_>) -> &'static str {
    match content.options.at {
        Some(_) => "CONTRACT",
        None => "self.contract",
    }
}

fn declaration(name: &str, abilities: &str, members: &[(String, Mv)]) -> String {
    let mut out = format!("    struct {name} has {abilities} {{\n");
    let last = members.len().saturating_sub(1);
    for (number, (name, ty)) in members.iter().enumerate() {
        let comma = if number < last { "," } else { "" };
        let _ = writeln!(out, "        {name}: {}{comma}", ty.text());
    }
    out.push_str("    }\n");
    out
}

fn typed(members: &[(String, Mv)]) -> Vec<String> {
    let members = members.iter();
    members
        .map(|(name, ty)| format!("{name}: {}", ty.text()))
        .collect()
}

fn named(members: &[(String, Mv)]) -> Vec<String> {
    members.iter().map(|(name, _)| name.clone()).collect()
}

/// What a function returns, after its parameters.
fn result(types: &[String]) -> Vec<Piece> {
    match types {
        [] => vec![text(" {")],
        [only] => vec![text(format!(": {only} {{"))],
        many => vec![text(": "), texts(many.iter().cloned()), text(" {")],
    }
}

fn head(name: &str, parameters: Vec<String>, types: &[String]) -> String {
    let mut pieces = vec![text(format!("public fun {name}")), texts(parameters)];
    pieces.extend(result(types));
    statement(&pieces, 4)
}

/// A struct with its constructor and what reads it.
fn write_struct(structure: &MvStruct) -> String {
    let MvStruct {
        name,
        origin,
        fields: members,
        ..
    } = structure;
    let mut out = format!("\n    /// Solidity's `{origin}`.\n");
    out.push_str(&declaration(name, "copy, drop, store", members));
    let packed = |names| [text(format!("{name} ")), fields(names)];
    if structure.is_given {
        let _ = writeln!(out, "\n    /// Makes a `{name}`.");
        out.push_str(&head(
            &structure.make_name,
            typed(members),
            std::slice::from_ref(name),
        ));
        out.push_str(&statement(&packed(named(members)), 8));
        out.push_str("    }\n");
    }
    if structure.is_returned {
        let types: Vec<_> = members.iter().map(|(_, ty)| ty.text()).collect();
        let _ = writeln!(out, "\n    /// The fields of a `{name}`.");
        out.push_str(&head(
            &structure.unpack_name,
            vec![format!("self: {name}")],
            &types,
        ));
        let [name_piece, members_piece] = packed(named(members));
        out.push_str(&statement(
            &[text("let "), name_piece, members_piece, text(" = self;")],
            8,
        ));
        let values = match named(members).as_slice() {
            [only] => text(only.clone()),
            many => texts(many.iter().cloned()),
        };
        out.push_str(&statement(&[values], 8));
        out.push_str("    }\n");
        for ((field, ty), function) in members.iter().zip(&structure.field_names) {
            let _ = write!(
                out,
                "\n    /// `{field}` of a `{name}`.\n    \
                 public fun {function}(self: &{name}): {} {{\n        self.{field}\n    }}\n",
                ty.text()
            );
        }
    }
    out
}

fn write_function(function: &Function, content: &Content<'_>) -> String {
    let Function {
        name,
        signature,
        parameters,
        returns,
        ..
    } = function;
    let mut out = String::new();
    if let Some(name) = &function.arguments_name {
        let _ = writeln!(out, "\n    /// Arguments of `{signature}`.");
        out.push_str(&declaration(name, "drop", parameters));
    }
    if let Some(name) = &function.results_name {
        let _ = writeln!(out, "\n    /// What `{signature}` returns.");
        out.push_str(&declaration(name, "drop", returns));
    }
    let types: Vec<_> = returns.iter().map(|(_, ty)| ty.text()).collect();

    // At once.
    let by = if function.is_view {
        "static_call"
    } else {
        "call_now"
    };
    let called = call(function, content, by, function.is_payable);
    let call_name = match &function.decode_name {
        Some(decode) => vec![text(decode.clone()), list([called])],
        None => {
            let mut called = called;
            called.push(text(";"));
            called
        }
    };
    let value = if function.is_payable {
        ", with `value_wei` of `caller`"
    } else {
        ""
    };
    let _ = writeln!(out, "\n    /// `{signature}`{value}");
    out.push_str(&head(
        name,
        taken(function, content, function.is_payable),
        &types,
    ));
    out.push_str(&pack(function));
    out.push_str(&statement(&call_name, 8));
    out.push_str("    }\n");

    // A failure is returned.
    let by = if function.is_view {
        "try_static_call"
    } else {
        "try_call_now"
    };
    let decoded = match &function.decode_name {
        Some(name) => format!("; of a success, `{name}` decodes the data"),
        None => String::new(),
    };
    let about = format!("As `{name}`; a failure is returned{decoded}.");
    out.push('\n');
    out.push_str(&doc(&about, 4));
    let both = ["bool".to_owned(), "vector<u8>".to_owned()];
    out.push_str(&head(
        &function.try_name,
        taken(function, content, function.is_payable),
        &both,
    ));
    out.push_str(&pack(function));
    out.push_str(&statement(
        &call(function, content, by, function.is_payable),
        8,
    ));
    out.push_str("    }\n");

    // Queued.
    if !function.is_view {
        let _ = writeln!(out, "\n    /// Queues a call of `{name}`.");
        out.push_str(&head(
            &function.queue_name,
            taken(function, content, false),
            &[],
        ));
        out.push_str(&pack(function));
        let mut queued = call(function, content, "call", false);
        queued.push(text(";"));
        out.push_str(&statement(&queued, 8));
        out.push_str("    }\n");
    }

    // What came back.
    if let Some(decode) = &function.decode_name {
        let _ = writeln!(out, "\n    /// What `{name}` returns, from its data.");
        out.push_str(&head(decode, vec!["data: vector<u8>".into()], &types));
        let list_of = &function.return_types;
        match &function.results_name {
            Some(results) => {
                let unpacked = [
                    text(format!("let {results} ")),
                    fields(named(returns)),
                    text(format!(" = evm::decode_as(b\"{list_of}\", data);")),
                ];
                out.push_str(&statement(&unpacked, 8));
                out.push_str(&statement(&[texts(named(returns))], 8));
            }
            None => {
                let ty = types.first().map_or("", String::as_str);
                let _ = writeln!(out, "        evm::decode_as<{ty}>(b\"{list_of}\", data)");
            }
        }
        out.push_str("    }\n");
    }
    out
}

/// The parameters of a function.
fn taken(function: &Function, content: &Content<'_>, has_value: bool) -> Vec<String> {
    let mut parameters = receiver(content);
    parameters.push("caller: &signer".into());
    if has_value {
        parameters.push("value_wei: u256".into());
    }
    parameters.extend(typed(&function.parameters));
    parameters
}

/// The statement that puts several arguments into a struct.
fn pack(function: &Function) -> String {
    let Some(name) = &function.arguments_name else {
        return String::new();
    };
    let packed = [
        text(format!("let args = {name} ")),
        fields(named(&function.parameters)),
        text(";"),
    ];
    statement(&packed, 8)
}

fn call(function: &Function, content: &Content<'_>, by: &str, has_value: bool) -> Vec<Piece> {
    let mut arguments = vec!["caller".to_owned(), place_of(content).into()];
    if by.ends_with("call_now") {
        let value = if has_value { "value_wei" } else { "0" };
        arguments.push(value.into());
    }
    arguments.push(format!("b\"{}\"", function.signature));
    arguments.push(match function.parameters.as_slice() {
        [] => "&vector<u8>[]".into(),
        [(only, _)] => format!("&{only}"),
        _ => "&args".into(),
    });
    vec![text(format!("evm::{by}")), texts(arguments)]
}
