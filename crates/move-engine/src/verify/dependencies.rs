//! What a binary expects of other modules is what they define.

use alloc::{collections::BTreeMap, vec::Vec};

use super::{Dependencies, at};
use crate::{
    Address, ModuleId, StatusCode, VmError, VmResult,
    format::{
        AbilitySet, CompiledModule, FunctionAttribute, FunctionHandle, IdentifierIndex,
        ModuleHandle, ModuleHandleIndex, SignatureIndex, SignatureToken, StructHandle,
        StructHandleIndex, TableKind, Tables, Visibility,
    },
};

/// Checks a module (which has a name of its own) or a script (which has none).
pub(super) fn verify(
    tables: &Tables,
    own: Option<ModuleHandleIndex>,
    dependencies: &dyn Dependencies,
) -> VmResult<()> {
    let own_name = match own {
        Some(handle) => {
            let handle = at(&tables.module_handles, handle.index())?;
            Some(module_name(tables, handle)?)
        }
        None => None,
    };
    let mut modules = Vec::with_capacity(tables.module_handles.len());
    for (number, handle) in tables.module_handles.iter().enumerate() {
        if own.is_some_and(|own| own.index() == number) {
            modules.push(None);
            continue;
        }
        let (address, name) = module_name(tables, handle)?;
        let module = dependencies
            .module(&ModuleId::new(address, name))
            .ok_or_else(|| {
                error(
                    StatusCode::MissingDependency,
                    TableKind::ModuleHandle,
                    number,
                )
            })?;
        modules.push(Some(Dependency::new(module, own_name)?));
    }
    let link = Link { tables, modules };
    for (number, handle) in tables.struct_handles.iter().enumerate() {
        if Some(handle.module) != own {
            link.check_struct(handle)
                .map_err(|s| error(s, TableKind::StructHandle, number))?;
        }
    }
    for (number, handle) in tables.function_handles.iter().enumerate() {
        if Some(handle.module) != own {
            link.check_function(handle)
                .map_err(|s| error(s, TableKind::FunctionHandle, number))?;
        }
    }
    Ok(())
}

fn error(status: StatusCode, kind: TableKind, number: usize) -> VmError {
    VmError::new(status).at_index(kind, u16::try_from(number).unwrap_or(u16::MAX))
}

type Name<'a> = (Address, &'a str);

fn module_name<'a>(tables: &'a Tables, handle: &ModuleHandle) -> VmResult<Name<'a>> {
    Ok((
        *at(&tables.addresses, handle.address.index())?,
        at(&tables.identifiers, handle.name.index())?,
    ))
}

/// A module that is named, with its definitions by name.
struct Dependency<'a> {
    module: &'a CompiledModule,
    structs: BTreeMap<&'a str, &'a StructHandle>,
    /// Those that the binary may call.
    functions: BTreeMap<&'a str, (&'a FunctionHandle, Visibility)>,
}

impl<'a> Dependency<'a> {
    fn new(module: &'a CompiledModule, caller: Option<Name<'_>>) -> VmResult<Self> {
        let mut is_friend = false;
        for friend in &module.friends {
            is_friend |= Some(module_name(module, friend)?) == caller;
        }
        let name = |i: IdentifierIndex| at(&module.identifiers, i.index());
        let mut structs = BTreeMap::new();
        for def in &module.struct_defs {
            let handle = at(&module.struct_handles, def.handle.index())?;
            structs.insert(name(handle.name)?.as_str(), handle);
        }
        let mut functions = BTreeMap::new();
        for def in &module.function_defs {
            let callable = match def.visibility {
                Visibility::Public => true,
                Visibility::Friend => is_friend,
                Visibility::Private => false,
            };
            if callable {
                let handle = at(&module.function_handles, def.handle.index())?;
                functions.insert(name(handle.name)?.as_str(), (handle, def.visibility));
            }
        }
        Ok(Self {
            module,
            structs,
            functions,
        })
    }
}

struct Link<'a> {
    tables: &'a Tables,
    /// Per module handle; `None` is the binary itself.
    modules: Vec<Option<Dependency<'a>>>,
}

impl Link<'_> {
    fn dependency(&self, module: ModuleHandleIndex) -> Result<&Dependency<'_>, StatusCode> {
        self.modules
            .get(module.index())
            .and_then(Option::as_ref)
            .ok_or(StatusCode::LookupFailed)
    }

    fn name(&self, name: IdentifierIndex) -> Result<&str, StatusCode> {
        let name = self.tables.identifiers.get(name.index());
        name.map(alloc::string::String::as_str)
            .ok_or(StatusCode::LookupFailed)
    }

    /// The binary may expect fewer abilities and fewer phantom parameters than there are, and
    /// stricter constraints.
    fn check_struct(&self, expected: &StructHandle) -> Result<(), StatusCode> {
        let dependency = self.dependency(expected.module)?;
        let name = self.name(expected.name)?;
        let defined = dependency
            .structs
            .get(name)
            .ok_or(StatusCode::LookupFailed)?;
        let same_parameters = expected.type_parameters.len() == defined.type_parameters.len()
            && expected
                .type_parameters
                .iter()
                .zip(&defined.type_parameters)
                .all(|(expected, defined)| {
                    (!expected.phantom || defined.phantom)
                        && defined.constraints.is_subset(expected.constraints)
                });
        if expected.abilities.is_subset(defined.abilities) && same_parameters {
            return Ok(());
        }
        Err(StatusCode::TypeMismatch)
    }

    fn check_function(&self, expected: &FunctionHandle) -> Result<(), StatusCode> {
        let dependency = self.dependency(expected.module)?;
        let name = self.name(expected.name)?;
        let (defined, visibility) = *dependency
            .functions
            .get(name)
            .ok_or(StatusCode::LookupFailed)?;
        let constraints_hold = expected.type_parameters.len() == defined.type_parameters.len()
            && expected
                .type_parameters
                .iter()
                .zip(&defined.type_parameters)
                .all(|(expected, defined): (&AbilitySet, &AbilitySet)| {
                    defined.is_subset(*expected)
                });
        let same = constraints_hold
            && self.same_signature(expected.parameters, dependency.module, defined.parameters)
            && self.same_signature(expected.returns, dependency.module, defined.returns);
        if !same {
            return Err(StatusCode::TypeMismatch);
        }
        // What is public lasts, even if it was compiled when there was no attribute for that.
        let lasts = visibility == Visibility::Public;
        let attributes_hold = expected.attributes.iter().all(|attribute| {
            defined.attributes.contains(attribute)
                || lasts && *attribute == FunctionAttribute::Persistent
        });
        if !attributes_hold {
            return Err(StatusCode::LinkerError);
        }
        Ok(())
    }

    fn same_signature(
        &self,
        here: SignatureIndex,
        module: &CompiledModule,
        there: SignatureIndex,
    ) -> bool {
        let (Some(here), Some(there)) = (
            self.tables.signatures.get(here.index()),
            module.signatures.get(there.index()),
        ) else {
            return false;
        };
        here.len() == there.len()
            && here
                .iter()
                .zip(there)
                .all(|(here, there)| self.same_type(here, module, there))
    }

    /// Both are walked at once; where two nodes have the same form and as many children, what is
    /// left is compared in turn.
    fn same_type(
        &self,
        here: &SignatureToken,
        module: &CompiledModule,
        there: &SignatureToken,
    ) -> bool {
        use SignatureToken as T;
        let mut there = there.preorder();
        for (here, depth) in here.preorder() {
            let Some((there, there_depth)) = there.next() else {
                return false;
            };
            let same = depth == there_depth
                && match (here, there) {
                    (T::Vector(_), T::Vector(_))
                    | (T::Reference(_), T::Reference(_))
                    | (T::MutableReference(_), T::MutableReference(_)) => true,
                    (T::Function(a), T::Function(b)) => {
                        a.abilities == b.abilities
                            && a.parameters.len() == b.parameters.len()
                            && a.results.len() == b.results.len()
                    }
                    (T::Struct(a), T::Struct(b)) => self.same_struct(*a, module, *b),
                    (T::StructInstantiation(a, x), T::StructInstantiation(b, y)) => {
                        x.len() == y.len() && self.same_struct(*a, module, *b)
                    }
                    (T::TypeParameter(a), T::TypeParameter(b)) => a == b,
                    (here, there) => {
                        core::mem::discriminant(here) == core::mem::discriminant(there)
                    }
                };
            if !same {
                return false;
            }
        }
        there.next().is_none()
    }

    fn same_struct(
        &self,
        here: StructHandleIndex,
        module: &CompiledModule,
        there: StructHandleIndex,
    ) -> bool {
        let here = struct_name(self.tables, here);
        here.is_ok() && here.ok() == struct_name(module, there).ok()
    }
}

fn struct_name(tables: &Tables, handle: StructHandleIndex) -> VmResult<(Name<'_>, &str)> {
    let handle = at(&tables.struct_handles, handle.index())?;
    let module = at(&tables.module_handles, handle.module.index())?;
    Ok((
        module_name(tables, module)?,
        at(&tables.identifiers, handle.name.index())?,
    ))
}
