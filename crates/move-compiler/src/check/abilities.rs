//! What types must be able to do, checked when all of them are known.

use super::{Checker, print::print};
use crate::{
    Diagnostic,
    declare::{ABILITIES, ability_name},
    types::Type,
};

impl Checker<'_> {
    pub(super) fn check_constraints(&mut self) {
        for constraint in std::mem::take(&mut self.constraints) {
            let Some(ty) = self.vars.finish(&constraint.ty) else {
                continue;
            };
            if matches!(ty, Type::Error | Type::Never) {
                continue;
            }
            let found = self.program.abilities(&ty, &self.type_parameters);
            for ability in ABILITIES {
                if constraint.abilities.has(ability) && !found.has(ability) {
                    let message = format!(
                        "{} needs `{}`, which `{}` does not have",
                        constraint.what,
                        ability_name(ability),
                        print(self.program, &self.type_parameters, &ty)
                    );
                    let mut error = Diagnostic::error(constraint.span, message);
                    if let Type::Struct(id, _) = &ty {
                        let place = self.program.structure(*id).name.span;
                        error = error.also(place, "it is defined here");
                    }
                    self.diagnostics.push(error);
                }
            }
            self.check_inner(&ty, constraint.span);
        }
    }

    /// Type arguments inside a type must have what its definition asks for.
    fn check_inner(&mut self, ty: &Type, span: crate::Span) {
        let mut wanted = Vec::new();
        ty.any(&mut |ty| {
            if let Type::Struct(id, arguments) = ty {
                let parameters = &self.program.structure(*id).type_parameters;
                for (parameter, argument) in parameters.iter().zip(&**arguments) {
                    wanted.push((*id, parameter.clone(), argument.clone()));
                }
            }
            false
        });
        for (id, parameter, argument) in wanted {
            let found = self.program.abilities(&argument, &self.type_parameters);
            for ability in ABILITIES {
                if parameter.abilities.has(ability) && !found.has(ability) {
                    let structure = self.program.structure(id).name.clone();
                    let message = format!(
                        "type parameter `{}` of `{structure}` needs `{}`, which `{}` does not have",
                        parameter.name,
                        ability_name(ability),
                        print(self.program, &self.type_parameters, &argument)
                    );
                    self.diagnostics.push(
                        Diagnostic::error(span, message)
                            .also(parameter.name.span, "it is asked for here"),
                    );
                }
            }
        }
    }
}
