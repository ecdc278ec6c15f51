//! Types of Solidity as an ABI has them, and what they are in Move.

use alloy_json_abi::{InternalType, Param};

use crate::names::{Names, is_reserved_in_move, pascal_case, snake_case};

/// A type of Move.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Mv {
    Bool,
    Integer(String),
    Address,
    Bytes,
    String,
    Vector(Box<Mv>),
    Struct(String),
}

impl Mv {
    pub(super) fn text(&self) -> String {
        match self {
            Self::Bool => "bool".into(),
            Self::Integer(name) | Self::Struct(name) => name.clone(),
            Self::Address => "address".into(),
            Self::Bytes => "vector<u8>".into(),
            Self::String => "String".into(),
            Self::Vector(element) => format!("vector<{}>", element.text()),
        }
    }

    pub(super) fn has_string(&self) -> bool {
        match self {
            Self::String => true,
            Self::Vector(element) => element.has_string(),
            _ => false,
        }
    }
}

/// A struct of the contract.
#[derive(Clone, Debug)]
pub(super) struct MvStruct {
    pub(super) name: String,
    /// As Solidity names it, and the types of its fields.
    pub(super) origin: String,
    pub(super) fields: Vec<(String, Mv)>,
    /// Whether a function takes one.
    pub(super) is_given: bool,
    /// Whether a function returns one.
    pub(super) is_returned: bool,
    /// The functions that make it, take it apart, and read its fields.
    pub(super) make_name: String,
    pub(super) unpack_name: String,
    pub(super) field_names: Vec<String>,
}

/// Structs that were met.
pub(super) struct Structs {
    pub(super) met: Vec<(String, MvStruct)>,
    pub(super) names: Names,
}

impl Structs {
    /// The types of parameters or results. Structs that have no name are called after `context`.
    pub(super) fn list(
        &mut self,
        parameters: &[Param],
        context: &str,
        is_given: bool,
    ) -> Result<Vec<Mv>, String> {
        let types = parameters.iter();
        types
            .map(|parameter| self.of(parameter, context, is_given))
            .collect()
    }

    fn of(&mut self, parameter: &Param, context: &str, is_given: bool) -> Result<Mv, String> {
        let (base, arrays) = match parameter.ty.find('[') {
            Some(at) => parameter.ty.split_at(at),
            None => (parameter.ty.as_str(), ""),
        };
        let mut ty = match base {
            "tuple" => self.structure(parameter, context, is_given)?,
            base => elementary(base)?,
        };
        for _ in 0..arrays.matches('[').count() {
            ty = match ty {
                // In Move, this is what `bytes` are, and either is encoded as the signature says.
                Mv::Integer(name) if name == "u8" => Mv::Bytes,
                ty => Mv::Vector(Box::new(ty)),
            };
        }
        Ok(ty)
    }

    fn structure(
        &mut self,
        parameter: &Param,
        context: &str,
        is_given: bool,
    ) -> Result<Mv, String> {
        let (contract, name) = match &parameter.internal_type {
            Some(InternalType::Struct { contract, ty }) => (contract.clone(), Some(ty.clone())),
            _ => (None, None),
        };
        // `Pair[]` is what an array of pairs has here.
        let name = name.map(|name| name.split('[').next().unwrap_or_default().to_owned());
        let types: Vec<_> = parameter
            .components
            .iter()
            .map(Param::selector_type)
            .collect();
        if types.is_empty() {
            return Err("a struct without fields".into());
        }
        let solidity = name.clone().unwrap_or_default();
        let field_names: Vec<_> = parameter
            .components
            .iter()
            .map(|p| p.name.as_str())
            .collect();
        let key = format!("{solidity}({}){}", types.join(","), field_names.join(","));
        if let Some((_, known)) = self.met.iter().find(|(met, _)| *met == key) {
            let name = known.name.clone();
            self.mark(&name, is_given);
            return Ok(Mv::Struct(name));
        }
        let wanted = match &name {
            Some(name) => pascal_case(name),
            None => format!("{}{}", pascal_case(context), pascal_case(&parameter.name)),
        };
        let wanted = match (self.names.is_free(&wanted), &contract) {
            (false, Some(contract)) => format!("{}{wanted}", pascal_case(contract)),
            _ => wanted,
        };
        // The name is taken first, so that the names of structs inside of it come after it.
        let name = self.names.take(&wanted);
        let types_of_fields = self.list(&parameter.components, &name, is_given)?;
        let mut names = Names::new(is_reserved_in_move);
        let fields = parameter.components.iter().zip(types_of_fields).enumerate();
        let fields =
            fields.map(|(number, (field, ty))| (names.take(&variable(&field.name, number)), ty));
        let made = MvStruct {
            name: name.clone(),
            origin: format!(
                "{}({})",
                if solidity.is_empty() {
                    "tuple"
                } else {
                    &solidity
                },
                types.join(",")
            ),
            fields: fields.collect(),
            is_given,
            is_returned: !is_given,
            make_name: String::new(),
            unpack_name: String::new(),
            field_names: Vec::new(),
        };
        self.met.push((key, made));
        Ok(Mv::Struct(name))
    }

    /// Notes what a struct, and those inside of it, are used for.
    fn mark(&mut self, name: &str, is_given: bool) {
        let mut waiting = vec![name.to_owned()];
        while let Some(name) = waiting.pop() {
            let found = self
                .met
                .iter_mut()
                .find(|(_, structure)| structure.name == name);
            let Some((_, structure)) = found else {
                continue;
            };
            structure.is_given |= is_given;
            structure.is_returned |= !is_given;
            for (_, ty) in &structure.fields {
                let mut ty = ty;
                while let Mv::Vector(element) = ty {
                    ty = element;
                }
                if let Mv::Struct(name) = ty {
                    waiting.push(name.clone());
                }
            }
        }
    }
}

/// A name as a variable or a field of Move.
pub(super) fn variable(name: &str, number: usize) -> String {
    match name.trim_matches('_').is_empty() {
        true => format!("arg{number}"),
        false => snake_case(name),
    }
}

fn elementary(base: &str) -> Result<Mv, String> {
    let digits = |prefix: &str| {
        base.strip_prefix(prefix)
            .and_then(|rest| rest.parse::<u16>().ok())
    };
    let integer = |prefix: &str, bits: u16| {
        let widths = [8, 16, 32, 64, 128, 256];
        let width = widths.into_iter().find(|width| bits <= *width);
        width.map(|width| Mv::Integer(format!("{prefix}{width}")))
    };
    let unknown = || format!("Move has nothing like `{base}`");
    Ok(match base {
        "bool" => Mv::Bool,
        "address" => Mv::Address,
        "string" => Mv::String,
        "bytes" => Mv::Bytes,
        _ => match (digits("uint"), digits("int"), digits("bytes")) {
            (Some(bits), ..) => integer("u", bits).ok_or_else(unknown)?,
            (_, Some(bits), _) => integer("i", bits).ok_or_else(unknown)?,
            (.., Some(1..=32)) => Mv::Bytes,
            _ => return Err(unknown()),
        },
    })
}
