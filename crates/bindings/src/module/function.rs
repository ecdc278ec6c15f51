//! A function of Solidity as Move calls it.

use alloy_json_abi::{Function as AbiFunction, Param, StateMutability};
use std::collections::BTreeSet;

use super::types::{Mv, MvStruct, Structs, variable};
use crate::names::{Names, is_reserved_in_move, pascal_case, snake_case};

/// A function that can be called.
#[derive(Clone, Debug)]
pub(super) struct Function {
    /// Its name in Move, and those of its variants.
    pub(super) name: String,
    pub(super) try_name: String,
    pub(super) queue_name: String,
    /// The function that decodes what it returns; none if that is nothing.
    pub(super) decode_name: Option<String>,
    /// The struct of its arguments, if it has several.
    pub(super) arguments_name: Option<String>,
    /// The struct of its results, if there are several.
    pub(super) results_name: Option<String>,
    pub(super) signature: String,
    /// The types of what it returns, as `decode_as` takes them.
    pub(super) return_types: String,
    pub(super) parameters: Vec<(String, Mv)>,
    pub(super) returns: Vec<(String, Mv)>,
    pub(super) is_view: bool,
    pub(super) is_payable: bool,
}

/// Names for functions in the order of their names and numbers of parameters. The first of several
/// with one name keeps it; the others tell what they have more, or of what types they are.
pub(super) fn names_of(functions: &[&AbiFunction], names: &mut Names) -> Vec<String> {
    let mut given: Vec<String> = Vec::new();
    let mut first: Option<&AbiFunction> = None;
    for function in functions {
        let base = snake_case(&function.name);
        let name = match first {
            Some(first) if first.name == function.name => {
                let before: BTreeSet<_> = first
                    .inputs
                    .iter()
                    .map(|input| input.name.as_str())
                    .collect();
                let more = function.inputs.iter().map(|input| input.name.as_str());
                let more: Vec<_> = more.filter(|name| !before.contains(name)).collect();
                let is_longer = function.inputs.len() > first.inputs.len();
                let tells = is_longer
                    && !more.is_empty()
                    && more.iter().all(|name| !name.trim_matches('_').is_empty());
                let with = more.iter().map(|name| snake_case(name)).collect::<Vec<_>>();
                let with = format!("{base}_with_{}", with.join("_and_"));
                match tells && names.is_free(&with) {
                    true => with,
                    false => format!("{base}_of_{}", types_in_name(&function.inputs)),
                }
            }
            _ => {
                first = Some(function);
                base
            }
        };
        given.push(names.take(&name));
    }
    given
}

/// Types as a part of a name.
fn types_in_name(inputs: &[Param]) -> String {
    let types = inputs.iter().map(|input| {
        let ty = input.ty.replace("[]", "s").replace(']', "");
        ty.replace(|c: char| !c.is_ascii_alphanumeric(), "_")
    });
    match inputs.is_empty() {
        true => "nothing".into(),
        false => types.collect::<Vec<_>>().join("_"),
    }
}

impl Function {
    pub(super) fn read(
        function: &AbiFunction,
        name: &str,
        structs: &mut Structs,
    ) -> Result<Self, String> {
        let inputs = structs.list(&function.inputs, name, true)?;
        let outputs = structs.list(&function.outputs, name, false)?;
        let mut names = Names::new(is_reserved_in_move);
        for own in ["self", "caller", "value_wei", "args", "data", "evm"] {
            names.take(own);
        }
        let named = |list: &[Param], types: Vec<Mv>, names: &mut Names| {
            let list = list.iter().enumerate();
            let list =
                list.map(|(number, parameter)| names.take(&variable(&parameter.name, number)));
            list.zip(types).collect::<Vec<_>>()
        };
        let parameters = named(&function.inputs, inputs, &mut names.clone());
        let returns = named(&function.outputs, outputs, &mut names);
        let types: Vec<_> = function.outputs.iter().map(Param::selector_type).collect();
        let types: Vec<_> = types.iter().map(|ty| ty.as_ref()).collect();
        let mutability = function.state_mutability;
        Ok(Self {
            name: name.into(),
            try_name: String::new(),
            queue_name: String::new(),
            decode_name: (!returns.is_empty()).then(String::new),
            arguments_name: (parameters.len() > 1).then(String::new),
            results_name: (returns.len() > 1).then(String::new),
            signature: function.signature(),
            return_types: format!("({})", types.join(",")),
            parameters,
            returns,
            is_view: matches!(mutability, StateMutability::View | StateMutability::Pure),
            is_payable: mutability == StateMutability::Payable,
        })
    }

    pub(super) fn name_variants(&mut self, names: &mut Names) {
        let plain = self.name.trim_end_matches('_').to_owned();
        self.try_name = names.take(&format!("try_{plain}"));
        if !self.is_view {
            self.queue_name = names.take(&format!("queue_{plain}"));
        }
        if let Some(name) = &mut self.decode_name {
            *name = names.take(&format!("{plain}_returns"));
        }
    }

    pub(super) fn name_arguments(&mut self, names: &mut Names) {
        let plain = pascal_case(&self.name);
        if let Some(name) = &mut self.arguments_name {
            *name = names.take(&format!("{plain}Args"));
        }
        if let Some(name) = &mut self.results_name {
            *name = names.take(&format!("{plain}Returns"));
        }
    }
}

impl MvStruct {
    /// Gives names to the functions that make it and take it apart.
    pub(super) fn name_functions(&mut self, names: &mut Names) {
        let plain = snake_case(&self.name);
        if self.is_given {
            self.make_name = names.take(&format!("new_{plain}"));
        }
        if self.is_returned {
            self.unpack_name = names.take(&format!("unpack_{plain}"));
            for (field, _) in &self.fields {
                self.field_names
                    .push(names.take(&format!("{plain}_{}", field.trim_end_matches('_'))));
            }
        }
    }
}
