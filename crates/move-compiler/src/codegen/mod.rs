//! From checked bodies to modules and scripts in the engine's format.

mod code;
mod expression;
mod function;
pub(crate) mod metadata;
mod pattern;
mod pools;

use std::collections::{BTreeMap, BTreeSet};

use lumio_move_engine::format::{
    CodeUnit, CompiledModule, CompiledScript, FieldDefinition, FunctionDefinition, ModuleHandle,
    SignatureIndex, StructDefIndex, StructDefinition, StructFields, VariantDefinition, Visibility,
};

pub(crate) use code::{Draft, Label, Op, Slot, Step};
pub(crate) use expression::load;

use self::pools::{Full, Pools};
use crate::{
    Diagnostic, Span, Symbol,
    optimise::{Finished, optimise},
    program::{self, FunctionId, Program, StructBody, StructId, UnitId},
    source_map::{FunctionMap, SourceMap},
    typed::{Bodies, Expr, ExprKind},
};

/// A module or script as it was compiled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Compiled {
    /// A module.
    Module(CompiledModule),
    /// A script.
    Script(CompiledScript),
}

/// What was made of a unit.
pub(crate) struct Generated {
    pub(crate) compiled: Compiled,
    pub(crate) map: SourceMap,
    /// Uses of locals that have no value.
    pub(crate) misuses: Vec<Diagnostic>,
}

struct Generator<'a> {
    program: &'a Program,
    bodies: &'a Bodies,
    unit: UnitId,
    pools: Pools<'a>,
    map: SourceMap,
    misuses: Vec<Diagnostic>,
}

fn too_much(span: Span, what: &str) -> Diagnostic {
    Diagnostic::error(
        span,
        format!("this cannot be compiled: too many or too large: {what}"),
    )
}

/// Makes the module or script of a unit.
pub(crate) fn generate(
    program: &Program,
    bodies: &Bodies,
    unit: UnitId,
    version: u32,
    may_raise: bool,
) -> Result<Generated, Diagnostic> {
    let mut generator = Generator {
        program,
        bodies,
        unit,
        pools: Pools::new(program, version, may_raise),
        map: SourceMap::default(),
        misuses: Vec::new(),
    };
    let compiled = match program.unit(unit).name {
        Some(_) => generator.module()?,
        None => generator.script()?,
    };
    let raised = generator.pools.version();
    if raised > version {
        // From the start, so that all of it is as in that version.
        return generate(program, bodies, unit, raised, may_raise);
    }
    Ok(Generated {
        compiled,
        map: generator.map,
        misuses: generator.misuses,
    })
}

impl Generator<'_> {
    fn fit<T>(&self, result: Result<T, Full>, span: Span) -> Result<T, Diagnostic> {
        result.map_err(|Full(what)| {
            let unit = &self.program.unit(self.unit).ident;
            Diagnostic::error(span, format!("`{unit}` cannot be compiled: {what}"))
        })
    }

    fn module(&mut self) -> Result<Compiled, Diagnostic> {
        let program = self.program;
        let unit = program.unit(self.unit);
        let span = unit.ident.span;
        let Some(name) = &unit.name else {
            return Err(too_much(span, "modules without a name"));
        };
        let self_handle = self.pools.module(name);
        let self_handle = self.fit(self_handle, span)?;
        for (n, id) in unit.structs.iter().enumerate() {
            let n = u16::try_from(n).map_err(|_| too_much(span, "structs"))?;
            self.pools.definitions.insert(*id, StructDefIndex(n));
        }
        for id in &unit.structs {
            self.structure(*id)?;
        }
        let functions: Vec<FunctionId> = unit
            .functions
            .iter()
            .copied()
            .filter(|id| !program.function(*id).is_inline)
            .collect();
        // Handles first, so that they are in the order of the definitions.
        for id in &functions {
            let handle = self.pools.function(*id);
            self.fit(handle, program.function(*id).name.span)?;
        }
        let mut acquires: BTreeMap<FunctionId, BTreeSet<StructId>> = BTreeMap::new();
        let mut calls: BTreeMap<FunctionId, Vec<FunctionId>> = BTreeMap::new();
        for id in &functions {
            let (definition, acquired, called) = self.function(*id)?;
            acquires.insert(*id, acquired.into_iter().collect());
            calls.insert(*id, called);
            self.pools.tables.function_defs.push(definition);
        }
        transitive(&mut acquires, &calls);
        for (definition, id) in self.pools.tables.function_defs.iter_mut().zip(&functions) {
            let all = acquires.get(id).into_iter().flatten();
            let known = &self.pools.definitions;
            definition.acquires = all.filter_map(|s| known.get(s).copied()).collect();
            definition.acquires.sort_unstable();
        }
        self.friends()?;
        let metadata = metadata::metadata(program, self.unit);
        self.pools.tables.metadata = metadata.write().into_iter().collect();
        let tables = std::mem::take(&mut self.pools.tables);
        Ok(Compiled::Module(CompiledModule {
            tables,
            self_handle,
        }))
    }

    fn script(&mut self) -> Result<Compiled, Diagnostic> {
        let program = self.program;
        let unit = program.unit(self.unit);
        let span = unit.span;
        let Some(id) = unit.functions.first().copied() else {
            return Err(Diagnostic::error(span, "a script has exactly one function"));
        };
        let function = program.function(id);
        let types: Vec<_> = function
            .parameters
            .iter()
            .map(|(_, ty)| ty.clone())
            .collect();
        let parameters = self.pools.signature(&types);
        let parameters = self.fit(parameters, span)?;
        let (code, ..) = self.body(id)?;
        let code = code.ok_or_else(|| Diagnostic::error(span, "a script needs a body"))?;
        let tables = std::mem::take(&mut self.pools.tables);
        Ok(Compiled::Script(CompiledScript {
            tables,
            type_parameters: function
                .type_parameters
                .iter()
                .map(|p| p.abilities)
                .collect(),
            parameters,
            code,
        }))
    }

    fn structure(&mut self, id: StructId) -> Result<(), Diagnostic> {
        let program = self.program;
        let structure = program.structure(id);
        let span = structure.name.span;
        let handle = self.pools.structure(id);
        let handle = self.fit(handle, span)?;
        let fields = match &structure.body {
            StructBody::Native => StructFields::Native,
            StructBody::Fields(fields) => {
                let mut made = self.fields(fields)?;
                if made.is_empty() {
                    // The format knows no empty structs.
                    let name = self.pools.identifier("dummy_field");
                    made.push(FieldDefinition {
                        name: self.fit(name, span)?,
                        token: lumio_move_engine::format::SignatureToken::Bool,
                    });
                }
                StructFields::Declared(made)
            }
            StructBody::Variants(variants) => {
                let mut made = Vec::new();
                for variant in variants {
                    let name = self.pools.identifier(&variant.name.name);
                    made.push(VariantDefinition {
                        name: self.fit(name, variant.name.span)?,
                        fields: self.fields(&variant.fields)?,
                    });
                }
                StructFields::Variants(made)
            }
        };
        self.map.structs.push(structure.name.span);
        self.pools
            .tables
            .struct_defs
            .push(StructDefinition { handle, fields });
        Ok(())
    }

    fn fields(&mut self, fields: &[program::Field]) -> Result<Vec<FieldDefinition>, Diagnostic> {
        let mut made = Vec::new();
        for field in fields {
            // Names of the format begin with a letter.
            let name = match field.name.starts_with(|c: char| c.is_ascii_digit()) {
                true => Symbol::from(format!("_{}", field.name)),
                false => field.name.name.clone(),
            };
            let name = self.pools.identifier(&name);
            let token = self.pools.token(&field.ty);
            made.push(FieldDefinition {
                name: self.fit(name, field.name.span)?,
                token: self.fit(token, field.name.span)?,
            });
        }
        Ok(made)
    }

    #[allow(clippy::type_complexity)]
    fn function(
        &mut self,
        id: FunctionId,
    ) -> Result<(FunctionDefinition, Vec<StructId>, Vec<FunctionId>), Diagnostic> {
        let function = self.program.function(id);
        let handle = self.pools.function(id);
        let handle = self.fit(handle, function.name.span)?;
        let (code, acquired, called) = self.body(id)?;
        let definition = FunctionDefinition {
            handle,
            visibility: match function.visibility {
                program::Visibility::Private => Visibility::Private,
                program::Visibility::Public => Visibility::Public,
                program::Visibility::Friend | program::Visibility::Package => Visibility::Friend,
            },
            is_entry: function.is_entry,
            acquires: Vec::new(),
            code,
        };
        Ok((definition, acquired, called))
    }

    #[allow(clippy::type_complexity)]
    fn body(
        &mut self,
        id: FunctionId,
    ) -> Result<(Option<CodeUnit>, Vec<StructId>, Vec<FunctionId>), Diagnostic> {
        let span = self.program.function(id).name.span;
        let Some(body) = self.bodies.get(&id) else {
            self.map.functions.push(FunctionMap {
                name: span,
                code: Vec::new(),
                clear: Vec::new(),
                names: Vec::new(),
                misuses: false,
            });
            return Ok((None, Vec::new(), Vec::new()));
        };
        let (draft, acquired, called) = function::write(self.program, &mut self.pools, id, body)?;
        let Finished {
            code,
            clear,
            names,
            misuses,
            locals,
        } = optimise(draft).map_err(|what| too_much(span, what))?;
        let types: Vec<_> = locals.iter().map(|slot| slot.ty.clone()).collect();
        let locals = self.pools.signature(&types);
        let locals: SignatureIndex = self.fit(locals, span)?;
        let (code, spans) = code.into_iter().unzip();
        self.map.functions.push(FunctionMap {
            name: span,
            code: spans,
            clear,
            names,
            misuses: !misuses.is_empty(),
        });
        self.misuses.extend(misuses);
        Ok((Some(CodeUnit { locals, code }), acquired, called))
    }

    /// Declared friends, and the modules of the package that call its package functions.
    fn friends(&mut self) -> Result<(), Diagnostic> {
        let program = self.program;
        let unit = program.unit(self.unit);
        let mut friends: Vec<(UnitId, Span)> = unit.friends.clone();
        let package: BTreeSet<FunctionId> = unit
            .functions
            .iter()
            .copied()
            .filter(|id| program.function(*id).visibility == program::Visibility::Package)
            .collect();
        if !package.is_empty() {
            for (id, body) in self.bodies {
                let from = program.function(*id).unit;
                let known = friends.iter().any(|(friend, _)| *friend == from);
                if from != self.unit && !known && calls_any(&body.value, &package) {
                    friends.push((from, unit.ident.span));
                }
            }
        }
        let mut handles: Vec<ModuleHandle> = Vec::new();
        for (friend, span) in friends {
            if let Some(name) = &program.unit(friend).name {
                let handle = self.pools.module_name(name);
                handles.push(self.fit(handle, span)?);
            }
        }
        self.pools.tables.friends = handles;
        Ok(())
    }
}

fn calls_any(e: &Expr, functions: &BTreeSet<FunctionId>) -> bool {
    let own = match &e.kind {
        ExprKind::Call { function, .. } | ExprKind::Closure { function, .. } => {
            functions.contains(function)
        }
        _ => false,
    };
    let mut found = own;
    e.children(&mut |child| found |= calls_any(child, functions));
    found
}

/// What a function's callees acquire, it acquires, too.
fn transitive(
    acquires: &mut BTreeMap<FunctionId, BTreeSet<StructId>>,
    calls: &BTreeMap<FunctionId, Vec<FunctionId>>,
) {
    let mut changed = true;
    while changed {
        changed = false;
        for (id, called) in calls {
            let more: Vec<StructId> = called
                .iter()
                .filter_map(|callee| acquires.get(callee))
                .flatten()
                .copied()
                .collect();
            if let Some(own) = acquires.get_mut(id) {
                let before = own.len();
                own.extend(more);
                changed |= own.len() != before;
            }
        }
    }
}
