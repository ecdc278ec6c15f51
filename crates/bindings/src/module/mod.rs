//! A Move module for a Solidity contract.

mod function;
mod types;
mod write;

use alloy_json_abi::{Function as AbiFunction, JsonAbi, StateMutability};

use crate::names::{Names, is_reserved_in_move, pascal_case, snake_case};
use function::{Function, names_of};
use types::Structs;

/// A Move module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Module {
    /// Its name.
    pub name: String,
    /// Its text, a whole file.
    pub text: String,
}

/// What a module is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModuleOptions {
    /// The contract's name in Solidity.
    pub contract: String,
    /// The module's name.
    pub name: String,
    /// The address of its package: `0x…` or a named address.
    pub address: String,
    /// The contract's account, `0x…` or a named address, if it is always the same; else whoever
    /// calls gives it.
    pub at: Option<String>,
}

/// What is written.
struct Content<'a> {
    options: &'a ModuleOptions,
    /// The struct that stands for a contract.
    handle: String,
    structs: Structs,
    functions: Vec<Function>,
    /// Signatures that have no function, and why.
    refused: Vec<(String, String)>,
    /// Signatures of events and errors.
    events: Vec<String>,
    errors: Vec<(String, String)>,
    /// The function that sends wei, if the contract takes any.
    pay_name: Option<String>,
}

/// Writes a module for a contract, in which each of its functions has its own.
pub fn module(abi: &JsonAbi, options: &ModuleOptions) -> Module {
    let mut functions: Vec<&AbiFunction> = abi.functions.values().flatten().collect();
    functions.sort_by_cached_key(|function| {
        (
            function.name.clone(),
            function.inputs.len(),
            function.signature(),
        )
    });

    let mut function_names = Names::new(is_reserved_in_move);
    if options.at.is_none() {
        function_names.take("at");
        function_names.take("contract");
    }
    let mut struct_names = Names::new(is_reserved_in_move);
    struct_names.take("String");
    let handle = struct_names.take(&pascal_case(&options.contract));
    let mut structs = Structs {
        met: Vec::new(),
        names: struct_names,
    };

    let names = names_of(&functions, &mut function_names);
    let (mut made, mut refused) = (Vec::new(), Vec::new());
    for (function, name) in functions.iter().zip(names) {
        let (met, free) = (structs.met.clone(), structs.names.clone());
        match Function::read(function, &name, &mut structs) {
            Ok(function) => made.push(function),
            Err(why) => {
                // Structs that only this function has are not needed.
                (structs.met, structs.names) = (met, free);
                refused.push((function.signature(), why));
            }
        }
    }
    for function in &mut made {
        function.name_variants(&mut function_names);
    }
    for function in &mut made {
        function.name_arguments(&mut structs.names);
    }
    for (_, structure) in &mut structs.met {
        structure.name_functions(&mut function_names);
    }

    let events = abi
        .events
        .values()
        .flatten()
        .map(|event| event.full_signature());
    let errors = abi.errors.values().flatten();
    let errors = errors.map(|error| (error.signature(), error.selector().to_string()));
    let fallback = abi.fallback.as_ref();
    let is_payable = |mutability: StateMutability| mutability == StateMutability::Payable;
    let can_be_paid =
        abi.receive.is_some() || fallback.is_some_and(|f| is_payable(f.state_mutability));
    let content = Content {
        options,
        handle,
        structs,
        functions: made,
        refused,
        events: events.collect(),
        errors: errors.collect(),
        pay_name: can_be_paid.then(|| function_names.take("pay")),
    };
    Module {
        name: options.name.clone(),
        text: write::write(&content),
    }
}

impl ModuleOptions {
    /// What a contract is called in Move if nobody says otherwise: the module has the contract's
    /// name, the package's address is called `bindings`.
    pub fn of(contract: &str) -> Self {
        Self {
            contract: contract.into(),
            name: snake_case(contract),
            address: "bindings".into(),
            at: None,
        }
    }
}
