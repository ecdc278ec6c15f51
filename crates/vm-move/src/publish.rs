//! Publishing: what a bundle of modules must satisfy besides the engine's own checks, and
//! `init_module` of those that are new.

use alloc::{format, string::String, vec::Vec};
use lumio_move_engine::{
    Address, Gas, ModuleId, PublishOptions, Session, StatusCode, VmError, VmResult,
    format::{
        Bytecode, CompiledModule, SignatureToken, Tables, Visibility, read_module, read_script,
    },
    metadata::ModuleMetadata,
};

use lumio_vm_bus::Host;

use crate::{Context, MoveVm, Publication, host::module_key, machine::Stop, prices};

/// Addresses up to this one are the framework's.
const LAST_FRAMEWORK_ADDRESS: u8 = 0xA;
/// A policy that lets a package change in any way.
const ARBITRARY: u8 = 0;

fn refused(status: StatusCode, message: String) -> VmError {
    VmError::new(status).with_message(message)
}

fn is_framework(address: Address) -> bool {
    address
        .0
        .split_last()
        .is_some_and(|(last, rest)| *last <= LAST_FRAMEWORK_ADDRESS && rest.iter().all(|b| *b == 0))
}

impl MoveVm {
    /// Publishes what a function has asked for when it has returned. If that fails, so has the
    /// function.
    pub(crate) fn publish_requested<'v>(
        &self,
        bus: &mut dyn Host<'v>,
        context: &mut Context,
        gas: &mut Gas,
    ) -> Result<(), Stop> {
        let Some(publication) = context.publication.take() else {
            return Ok(());
        };
        let mut known = Vec::new();
        for name in &publication.expected_modules {
            let id = ModuleId::new(publication.owner, name.as_str());
            if bus.journal().read(&module_key(&id))?.is_some() {
                known.push(id);
            }
        }
        self.run(bus, context, gas, |session, gas| {
            publish(session, &publication, |id| !known.contains(id), gas)
        })?;
        match context.publication {
            None => Ok(()),
            Some(_) => Err(Stop::Code(refused(
                StatusCode::FeatureUnderGating,
                "init_module asked to publish modules".into(),
            ))),
        }
    }
}

/// Publishes what a transaction has asked for. `is_new` tells which modules are not there yet.
fn publish(
    session: &mut Session<'_>,
    publication: &Publication,
    is_new: impl Fn(&ModuleId) -> bool,
    gas: &mut Gas,
) -> VmResult<()> {
    prices::charge_modules(&publication.bundle, gas)?;
    let mut modules = Vec::new();
    for bytes in &publication.bundle {
        modules.push(read_module(bytes)?);
    }
    let mut ids = Vec::new();
    for module in &modules {
        let id = module_id(module, module.self_handle.index())?;
        check(&id, module, publication)?;
        ids.push(id);
    }
    check_names(&ids, publication)?;
    let is_checked = publication.policy != ARBITRARY;
    let options = PublishOptions {
        check_linking: is_checked,
        check_layout: is_checked,
        // Friends are the package's own affair.
        check_friends: false,
    };
    session.publish_for(&publication.bundle, &options, gas)?;
    for (id, module) in ids.iter().zip(&modules) {
        if is_new(id) && has_initializer(module)? {
            let owner = publication.owner.0.to_vec();
            session.call(id, "init_module", &[], &[owner], gas)?;
        }
    }
    Ok(())
}

fn module_id(module: &Tables, handle: usize) -> VmResult<ModuleId> {
    let parts = module.module_handles.get(handle).and_then(|handle| {
        let address = module.addresses.get(handle.address.index())?;
        let name = module.identifiers.get(handle.name.index())?;
        Some(ModuleId::new(*address, name.as_str()))
    });
    parts.ok_or_else(|| StatusCode::IndexOutOfBounds.into())
}

/// The package has the modules that its metadata names, each once.
fn check_names(ids: &[ModuleId], publication: &Publication) -> VmResult<()> {
    let mut expected: Vec<&str> = publication
        .expected_modules
        .iter()
        .map(String::as_str)
        .collect();
    let mut found: Vec<&str> = ids.iter().map(|id| id.name.as_str()).collect();
    expected.sort_unstable();
    found.sort_unstable();
    if expected == found {
        return Ok(());
    }
    let message = format!("the package's metadata names {expected:?}, its modules are {found:?}");
    Err(refused(StatusCode::ConstraintNotSatisfied, message))
}

fn check(id: &ModuleId, module: &CompiledModule, publication: &Publication) -> VmResult<()> {
    if id.address != publication.owner {
        let message = format!("{id} cannot be published by {}", publication.owner);
        return Err(refused(
            StatusCode::ModuleAddressDoesNotMatchSender,
            message,
        ));
    }
    let has_natives = module.function_defs.iter().any(|def| def.code.is_none());
    if has_natives && !is_framework(id.address) {
        let message = format!("{id} declares a native function, which only the framework may");
        return Err(refused(StatusCode::FeatureUnderGating, message));
    }
    if let Some(allowed) = &publication.allowed_dependencies {
        for handle in 0..module.module_handles.len() {
            let used = module_id(module, handle)?;
            let is_allowed = |(address, name): &(Address, String)| {
                *address == used.address && (name.is_empty() || **name == *used.name)
            };
            let is_own = used.address == id.address
                && publication
                    .expected_modules
                    .iter()
                    .any(|name| **name == *used.name);
            if !is_own && !is_framework(used.address) && !allowed.iter().any(is_allowed) {
                let message = format!("{id} uses {used}, which is not among its dependencies");
                return Err(refused(StatusCode::ConstraintNotSatisfied, message));
            }
        }
    }
    let metadata = ModuleMetadata::read(module).map_err(|_| {
        let message = format!("the metadata of {id} is malformed");
        refused(StatusCode::ConstraintNotSatisfied, message)
    })?;
    check_events(id, module, &metadata.unwrap_or_default())
}

/// Modules emit their own events only: structs that they define and mark.
fn check_events(id: &ModuleId, module: &CompiledModule, metadata: &ModuleMetadata) -> VmResult<()> {
    for code in module
        .function_defs
        .iter()
        .filter_map(|def| def.code.as_ref())
    {
        for instruction in &code.code {
            let (Bytecode::CallGeneric(index) | Bytecode::PackClosureGeneric(index, _)) =
                instruction
            else {
                continue;
            };
            let Some(emitted) = emitted(module, index.index())? else {
                continue;
            };
            let handle = match emitted {
                SignatureToken::Struct(index) | SignatureToken::StructInstantiation(index, _) => {
                    module.struct_handles.get(index.index())
                }
                _ => None,
            };
            let own = handle.filter(|handle| handle.module == module.self_handle);
            let name = own.and_then(|handle| module.identifiers.get(handle.name.index()));
            if !name.is_some_and(|name| metadata.is_event(name.as_str())) {
                let message =
                    format!("{id} emits something that is no struct of its own with #[event]");
                return Err(refused(StatusCode::ConstraintNotSatisfied, message));
            }
        }
    }
    Ok(())
}

/// Scripts emit no events: those of other modules are not theirs, and they have none of their own.
pub(crate) fn check_script(code: &[u8]) -> VmResult<()> {
    let Ok(script) = read_script(code) else {
        // Running it tells what is wrong.
        return Ok(());
    };
    for instantiation in 0..script.function_insts.len() {
        if emitted(&script, instantiation)?.is_some() {
            let message = "a script cannot emit an event; a module can, of its own".into();
            return Err(refused(StatusCode::ConstraintNotSatisfied, message));
        }
    }
    Ok(())
}

/// The type argument of a call of `0x1::event::emit`.
fn emitted(module: &Tables, instantiation: usize) -> VmResult<Option<&SignatureToken>> {
    let missing = || StatusCode::IndexOutOfBounds;
    let instantiation = module.function_insts.get(instantiation);
    let instantiation = instantiation.ok_or_else(missing)?;
    let handle = module.function_handles.get(instantiation.handle.index());
    let handle = handle.ok_or_else(missing)?;
    let name = module
        .identifiers
        .get(handle.name.index())
        .ok_or_else(missing)?;
    if name.as_str() != "emit" {
        return Ok(None);
    }
    let home = module_id(module, handle.module.index())?;
    if home != ModuleId::new(Address::ONE, "event") {
        return Ok(None);
    }
    let arguments = module.signatures.get(instantiation.type_arguments.index());
    Ok(arguments.ok_or_else(missing)?.first())
}

/// Whether a module has a function `init_module` that takes a signer and nothing else, returns
/// nothing, and that nobody else can call.
fn has_initializer(module: &CompiledModule) -> VmResult<bool> {
    for def in &module.function_defs {
        let missing = || StatusCode::IndexOutOfBounds;
        let handle = module
            .function_handles
            .get(def.handle.index())
            .ok_or_else(missing)?;
        let name = module
            .identifiers
            .get(handle.name.index())
            .ok_or_else(missing)?;
        if name.as_str() != "init_module" {
            continue;
        }
        let parameters = module
            .signatures
            .get(handle.parameters.index())
            .ok_or_else(missing)?;
        let returns = module
            .signatures
            .get(handle.returns.index())
            .ok_or_else(missing)?;
        let takes_signer = match parameters.as_slice() {
            [SignatureToken::Signer] => true,
            [SignatureToken::Reference(inner)] => **inner == SignatureToken::Signer,
            _ => false,
        };
        let fits = takes_signer
            && returns.is_empty()
            && handle.type_parameters.is_empty()
            && def.visibility == Visibility::Private;
        if fits {
            return Ok(true);
        }
        let message = "init_module must be private, take one signer and return nothing".into();
        return Err(refused(StatusCode::InvalidMainFunctionSignature, message));
    }
    Ok(false)
}
