//! A function of Move as Solidity may call it.

use lumio_move_engine::format::{Ability, AbilitySet, CompiledModule, FunctionHandle};

use super::types::{Misfit, Sol, Structs, Ty};
use crate::{
    FunctionSource,
    names::{Names, camel_case},
};

/// Solidity's stack has room for so many parameters.
const PARAMETERS_MAX: usize = 11;
/// And for so many parameters and results.
const VALUES_MAX: usize = 13;
/// Where a failure is returned, for so many of both, and for so many results.
const TRY_VALUES_MAX: usize = 10;
const TRY_RESULTS_MAX: usize = 6;
/// Solidity decodes types that are no deeper without running out of stack.
const DEPTH_MAX: usize = 5;

/// Values that are given or returned.
#[derive(Clone, Debug)]
pub(super) enum Values {
    /// By their names and types.
    Typed(Vec<(String, Sol)>),
    /// Encoded already: Move's types, or why they have none in Solidity.
    Raw(String),
}

/// A function that can be called.
#[derive(Clone, Debug)]
pub(super) struct Function {
    /// Its name in Move.
    pub(super) move_name: String,
    /// Its name in Solidity.
    pub(super) name: String,
    /// The names of the variant that returns a failure, and of the queued one.
    pub(super) try_name: String,
    pub(super) queue_name: String,
    pub(super) doc: String,
    pub(super) type_parameters: Vec<String>,
    pub(super) parameters: Values,
    pub(super) returns: Values,
    pub(super) is_view: bool,
}

impl Function {
    pub(super) fn name_variants(&mut self, names: &mut Names) {
        let mut variant = |prefix: &str| {
            let mut letters = self.name.chars();
            let first = letters.next().map(|letter| letter.to_ascii_uppercase());
            let rest: String = first.into_iter().chain(letters).collect();
            names.take(&format!("{prefix}{rest}"))
        };
        self.try_name = variant("try");
        if !self.is_view {
            self.queue_name = variant("queue");
        }
    }

    /// Gives parameters and results names that nothing else has; of `all` they hide none.
    pub(super) fn name_parameters(&mut self, all: &Names) {
        let mut names = all.clone();
        for name in &mut self.type_parameters {
            *name = names.take(name);
        }
        for values in [&mut self.parameters, &mut self.returns] {
            if let Values::Typed(typed) = values {
                for (name, _) in typed {
                    *name = names.take(name);
                }
            }
        }
    }

    /// Whether what it returns has no room beside a failure.
    pub(super) fn is_crowded(&self) -> bool {
        let count = |values: &Values| match values {
            Values::Typed(typed) => typed.len(),
            Values::Raw(_) => 1,
        };
        let results = count(&self.returns);
        let parameters = count(&self.parameters).saturating_add(self.type_parameters.len());
        results > TRY_RESULTS_MAX || results.saturating_add(parameters) > TRY_VALUES_MAX
    }

    /// Whether somebody who calls it needs an account.
    pub(super) fn has_account(&self) -> bool {
        match &self.parameters {
            Values::Typed(typed) => typed.iter().any(|(_, ty)| ty.has_account()),
            Values::Raw(_) => false,
        }
    }
}

/// Reads functions of a module.
pub(super) struct Reader<'a> {
    pub(super) module: &'a CompiledModule,
    pub(super) structs: Structs<'a>,
}

impl Reader<'_> {
    /// Reads a function, or finds why nobody but Move code can call it: the rules are those of
    /// `callMove`.
    pub(super) fn function(
        &mut self,
        handle: &FunctionHandle,
        move_name: &str,
        name: String,
        source: &FunctionSource,
        is_view: bool,
    ) -> Result<Function, String> {
        let constraints = &handle.type_parameters;
        let parameters = self.types(handle.parameters.index())?;
        let returns = self.types(handle.returns.index())?;
        let signers = parameters.iter().take_while(|ty| is_signer(ty)).count();
        if signers > 1 {
            return Err(format!("it takes {signers} signers"));
        }
        let met = self.structs.met.len();
        let names = self.structs.names.clone();
        let read = self.read(signers, &parameters, &returns, constraints, source);
        let (parameters, returns) = read.inspect_err(|_| {
            // Structs that only this function needs are not needed.
            self.structs.met.truncate(met);
            self.structs.names = names;
        })?;
        let named = &source.type_parameters;
        let type_parameters = (0..constraints.len()).map(|number| match named.get(number) {
            Some(name) => format!("type{}", crate::pascal_case(name)),
            None => format!("type{number}"),
        });
        Ok(Function {
            move_name: move_name.into(),
            name,
            try_name: String::new(),
            queue_name: String::new(),
            doc: source.doc.clone(),
            type_parameters: type_parameters.collect(),
            parameters,
            returns,
            is_view,
        })
    }

    fn types(&self, signature: usize) -> Result<Vec<Ty>, String> {
        let tokens = self.module.signatures.get(signature);
        let tokens = tokens.map_or(&[][..], Vec::as_slice).iter();
        let types: Option<Vec<_>> = tokens.map(|token| Ty::of(self.module, token)).collect();
        types.ok_or_else(|| "its signature is damaged".into())
    }

    fn read(
        &mut self,
        signers: usize,
        parameters: &[Ty],
        returns: &[Ty],
        constraints: &[AbilitySet],
        source: &FunctionSource,
    ) -> Result<(Values, Values), String> {
        let mut given = Vec::new();
        let mut raw = None;
        for (number, ty) in parameters.iter().enumerate().skip(signers) {
            let name = source.parameters.get(number).map(|name| camel_case(name));
            let name = name.filter(|name| {
                !name.is_empty() && source.parameters.get(number).is_some_and(|n| n != "_")
            });
            match self.structs.given(ty) {
                Ok(sol) => given.push((name.unwrap_or_else(|| format!("arg{number}")), sol)),
                Err(Misfit::Generic) => raw = Some("its types depend on type arguments".to_owned()),
                Err(Misfit::Reason(why)) => return Err(format!("parameter {number}: {why}")),
            }
        }
        let count = given.len().saturating_add(constraints.len());
        if count > PARAMETERS_MAX {
            raw = Some("they are more than Solidity has room for".to_owned());
        }
        let parameters = raw.map_or(Values::Typed(given), Values::Raw);

        let mut values = Vec::new();
        let mut raw = None;
        for (number, ty) in returns.iter().enumerate() {
            let (ty, needed) = match ty {
                Ty::Reference(ty) | Ty::MutableReference(ty) => (&**ty, Ability::Copy),
                ty => (ty, Ability::Drop),
            };
            if !ty.abilities().has(needed) {
                return Err("it returns a value that only Move code can take".into());
            }
            match self.structs.returned(ty) {
                Ok(sol) => {
                    if self.structs.depth(&sol) > DEPTH_MAX {
                        raw = Some("they are nested deeper than Solidity can decode".to_owned());
                    }
                    let name = match returns.len() {
                        1 => "value".to_owned(),
                        _ => format!("value{number}"),
                    };
                    values.push((name, sol));
                }
                Err(Misfit::Generic) => raw = Some("its types depend on type arguments".to_owned()),
                Err(Misfit::Reason(why)) => return Err(why),
            }
        }
        let count = match &parameters {
            Values::Typed(_) => count,
            Values::Raw(_) => constraints.len().saturating_add(1),
        };
        if values.len().saturating_add(count) > VALUES_MAX {
            raw = Some("they are more than Solidity has room for".to_owned());
        }
        let returns = raw.map_or(Values::Typed(values), Values::Raw);
        Ok((parameters, returns))
    }
}

fn is_signer(ty: &Ty) -> bool {
    match ty {
        Ty::Signer => true,
        Ty::Reference(ty) => **ty == Ty::Signer,
        _ => false,
    }
}
