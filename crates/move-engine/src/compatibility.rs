//! Whether a module may replace another: whoever uses the old one can use the new one.

use alloc::{collections::BTreeMap, string::String, vec::Vec};

use crate::{
    ModuleId, PublishOptions, StatusCode, VmError, VmResult,
    code::{bounds, identifier, module_id},
    format::{
        AbilitySet, CompiledModule, FieldDefinition, FunctionAttribute, FunctionDefinition,
        FunctionHandle, SignatureToken, StructDefinition, StructFields, StructHandle, Visibility,
    },
};

/// Checks the new module against the old one: `BACKWARD_INCOMPATIBLE_MODULE_UPDATE`, with words.
///
/// Structs stay, with their type parameters, fields and at least their abilities; an enum may get
/// more variants after those that it has. Public and entry functions stay with their signature, and
/// friend functions, if the options ask for it. What is private may change.
pub(crate) fn check(
    old: &CompiledModule,
    new: &CompiledModule,
    options: &PublishOptions,
) -> VmResult<()> {
    structs(old, new, options)?;
    functions(old, new, options)?;
    if options.check_friends {
        friends(old, new)
    } else {
        Ok(())
    }
}

#[cold]
fn incompatible(what: String) -> VmError {
    VmError::new(StatusCode::BackwardIncompatibleModuleUpdate).with_message(what)
}

type Structs<'a> = BTreeMap<&'a str, (&'a StructDefinition, &'a StructHandle)>;
type Functions<'a> = BTreeMap<&'a str, (&'a FunctionDefinition, &'a FunctionHandle)>;

fn structs_of(module: &CompiledModule) -> VmResult<Structs<'_>> {
    let named = |def| {
        let def: &StructDefinition = def;
        let handle = bounds(module.struct_handles.get(def.handle.index()))?;
        Ok((
            identifier(&module.tables, Some(handle.name))?,
            (def, handle),
        ))
    };
    module.struct_defs.iter().map(named).collect()
}

fn functions_of(module: &CompiledModule) -> VmResult<Functions<'_>> {
    let named = |def| {
        let def: &FunctionDefinition = def;
        let handle = bounds(module.function_handles.get(def.handle.index()))?;
        Ok((
            identifier(&module.tables, Some(handle.name))?,
            (def, handle),
        ))
    };
    module.function_defs.iter().map(named).collect()
}

fn structs(old: &CompiledModule, new: &CompiledModule, options: &PublishOptions) -> VmResult<()> {
    let now = structs_of(new)?;
    for (name, (old_def, old_handle)) in structs_of(old)? {
        let Some((new_def, new_handle)) = now.get(name) else {
            if options.check_linking || options.check_layout {
                return Err(incompatible(alloc::format!("struct {name} is gone")));
            }
            continue;
        };
        if options.check_layout && !same_fields(old, &old_def.fields, new, &new_def.fields)? {
            return Err(incompatible(alloc::format!(
                "the fields of struct {name} have changed"
            )));
        }
        if !options.check_linking {
            continue;
        }
        if !old_handle.abilities.is_subset(new_handle.abilities) {
            return Err(incompatible(alloc::format!(
                "struct {name} has lost abilities"
            )));
        }
        let parameters = old_handle
            .type_parameters
            .iter()
            .zip(&new_handle.type_parameters);
        let same = old_handle.type_parameters.len() == new_handle.type_parameters.len()
            && parameters
                .clone()
                .all(|(o, n)| n.constraints.is_subset(o.constraints) && (!o.phantom || n.phantom));
        if !same {
            let what = alloc::format!("the type parameters of struct {name} have changed");
            return Err(incompatible(what));
        }
    }
    Ok(())
}

fn same_fields(
    old: &CompiledModule,
    old_fields: &StructFields,
    new: &CompiledModule,
    new_fields: &StructFields,
) -> VmResult<bool> {
    Ok(match (old_fields, new_fields) {
        (StructFields::Native, StructFields::Native) => true,
        (StructFields::Declared(o), StructFields::Declared(n)) => same_list(old, o, new, n)?,
        (StructFields::Variants(o), StructFields::Variants(n)) => {
            if o.len() > n.len() {
                return Ok(false);
            }
            for (o, n) in o.iter().zip(n) {
                let names = identifier(&old.tables, Some(o.name))?
                    == identifier(&new.tables, Some(n.name))?;
                if !names || !same_list(old, &o.fields, new, &n.fields)? {
                    return Ok(false);
                }
            }
            true
        }
        _ => false,
    })
}

fn same_list(
    old: &CompiledModule,
    old_fields: &[FieldDefinition],
    new: &CompiledModule,
    new_fields: &[FieldDefinition],
) -> VmResult<bool> {
    if old_fields.len() != new_fields.len() {
        return Ok(false);
    }
    for (o, n) in old_fields.iter().zip(new_fields) {
        let names =
            identifier(&old.tables, Some(o.name))? == identifier(&new.tables, Some(n.name))?;
        if !names || normal(old, &o.token)? != normal(new, &n.token)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// A type without indices: one entry for each type in it, outer before inner.
#[derive(PartialEq, Eq)]
enum Normal {
    Plain(SignatureToken),
    Nested(&'static str, usize),
    Named(ModuleId, String, usize),
    Function(usize, usize, AbilitySet),
}

fn normal(module: &CompiledModule, token: &SignatureToken) -> VmResult<Vec<Normal>> {
    let node = |token: &SignatureToken| {
        Ok(match token {
            SignatureToken::Vector(_) => Normal::Nested("vector", 1),
            SignatureToken::Reference(_) => Normal::Nested("&", 1),
            SignatureToken::MutableReference(_) => Normal::Nested("&mut", 1),
            SignatureToken::Struct(handle) | SignatureToken::StructInstantiation(handle, _) => {
                let handle = bounds(module.struct_handles.get(handle.index()))?;
                let name = identifier(&module.tables, Some(handle.name))?;
                let id = module_id(&module.tables, handle.module)?;
                Normal::Named(id, name.into(), token.children().len())
            }
            SignatureToken::Function(function) => Normal::Function(
                function.parameters.len(),
                function.results.len(),
                function.abilities,
            ),
            plain => Normal::Plain(plain.clone()),
        })
    };
    token.preorder().map(|(token, _)| node(token)).collect()
}

fn signature(
    module: &CompiledModule,
    index: crate::format::SignatureIndex,
) -> VmResult<Vec<Vec<Normal>>> {
    let tokens = bounds(module.signatures.get(index.index()))?;
    tokens.iter().map(|token| normal(module, token)).collect()
}

fn functions(old: &CompiledModule, new: &CompiledModule, options: &PublishOptions) -> VmResult<()> {
    let now = functions_of(new)?;
    for (name, (old_def, old_handle)) in functions_of(old)? {
        let visible = match old_def.visibility {
            Visibility::Public => options.check_linking,
            Visibility::Friend => options.check_friends,
            Visibility::Private => false,
        };
        let persistent = old_handle
            .attributes
            .contains(&FunctionAttribute::Persistent);
        let kept = options.check_linking && (old_def.is_entry || persistent);
        if !visible && !kept {
            continue;
        }
        let Some((new_def, new_handle)) = now.get(name) else {
            return Err(incompatible(alloc::format!("function {name} is gone")));
        };
        let as_visible = match (old_def.visibility, new_def.visibility) {
            (_, Visibility::Public) | (Visibility::Private, _) => true,
            (Visibility::Friend, Visibility::Friend) => true,
            (Visibility::Friend, Visibility::Private) => !options.check_friends,
            (Visibility::Public, Visibility::Friend | Visibility::Private) => false,
        };
        if !as_visible || old_def.is_entry && !new_def.is_entry {
            return Err(incompatible(alloc::format!(
                "function {name} is less visible"
            )));
        }
        if persistent
            && !new_handle
                .attributes
                .contains(&FunctionAttribute::Persistent)
        {
            return Err(incompatible(alloc::format!(
                "function {name} is no longer persistent"
            )));
        }
        let parameters = old_handle
            .type_parameters
            .iter()
            .zip(&new_handle.type_parameters);
        let same = old_handle.type_parameters.len() == new_handle.type_parameters.len()
            && parameters.clone().all(|(o, n)| n.is_subset(*o))
            && signature(old, old_handle.parameters)? == signature(new, new_handle.parameters)?
            && signature(old, old_handle.returns)? == signature(new, new_handle.returns)?;
        if !same {
            return Err(incompatible(alloc::format!(
                "the signature of {name} has changed"
            )));
        }
    }
    Ok(())
}

fn friends(old: &CompiledModule, new: &CompiledModule) -> VmResult<()> {
    let list = |module: &CompiledModule| -> VmResult<Vec<ModuleId>> {
        module
            .friends
            .iter()
            .map(|f| crate::code::id_of_handle(&module.tables, f))
            .collect()
    };
    let now = list(new)?;
    for friend in list(old)? {
        if !now.contains(&friend) {
            return Err(incompatible(alloc::format!(
                "{friend} is no longer a friend"
            )));
        }
    }
    Ok(())
}
