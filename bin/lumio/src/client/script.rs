//! Scripts: what they take, and how one is compiled that is in no package.

use crate::move_packages::{DEFAULT_BYTECODE_VERSION, report};
use anyhow::{Context as _, anyhow, bail};
use lumio_move_compiler::{Input, Options, compile, package::Manifest};
use lumio_move_engine::format::{CompiledScript, SignatureToken, read_script};
use std::{collections::BTreeMap, fs, path::Path};

/// The types of a script's parameters in the form of an ABI, and the number of its type parameters.
pub(super) fn parameters(code: &[u8]) -> anyhow::Result<(Vec<String>, usize)> {
    let script = read_script(code).map_err(|error| anyhow!("this is no script: {error}"))?;
    let tokens = script.signatures.get(script.parameters.index());
    let tokens = tokens.context("the script has no parameters")?;
    let names = tokens.iter().map(|token| name(&script, token));
    let names: Option<_> = names.collect();
    let names = names.context("the script takes something that nobody can give")?;
    Ok((names, script.type_parameters.len()))
}

/// A type as an ABI has it; none of references to what is no signer, and of functions.
fn name(script: &CompiledScript, token: &SignatureToken) -> Option<String> {
    Some(match token {
        SignatureToken::Bool => "bool".into(),
        SignatureToken::U8 => "u8".into(),
        SignatureToken::U16 => "u16".into(),
        SignatureToken::U32 => "u32".into(),
        SignatureToken::U64 => "u64".into(),
        SignatureToken::U128 => "u128".into(),
        SignatureToken::U256 => "u256".into(),
        SignatureToken::I8 => "i8".into(),
        SignatureToken::I16 => "i16".into(),
        SignatureToken::I32 => "i32".into(),
        SignatureToken::I64 => "i64".into(),
        SignatureToken::I128 => "i128".into(),
        SignatureToken::I256 => "i256".into(),
        SignatureToken::Address => "address".into(),
        SignatureToken::Signer => "signer".into(),
        SignatureToken::Vector(element) => format!("vector<{}>", name(script, element)?),
        SignatureToken::TypeParameter(number) => format!("T{number}"),
        SignatureToken::Struct(handle) => structure(script, handle.index(), &[])?,
        SignatureToken::StructInstantiation(handle, arguments) => {
            structure(script, handle.index(), arguments)?
        }
        SignatureToken::Reference(inner) if **inner == SignatureToken::Signer => "&signer".into(),
        SignatureToken::Reference(_)
        | SignatureToken::MutableReference(_)
        | SignatureToken::Function(_) => return None,
    })
}

fn structure(
    script: &CompiledScript,
    handle: usize,
    arguments: &[SignatureToken],
) -> Option<String> {
    let handle = script.struct_handles.get(handle)?;
    let module = script.module_handles.get(handle.module.index())?;
    let address = script.addresses.get(module.address.index())?;
    let module = script.identifiers.get(module.name.index())?;
    let own = script.identifiers.get(handle.name.index())?;
    let arguments: Option<Vec<_>> = arguments.iter().map(|token| name(script, token)).collect();
    let arguments = match arguments?.as_slice() {
        [] => String::new(),
        arguments => format!("<{}>", arguments.join(", ")),
    };
    Some(format!("{address}::{module}::{own}{arguments}"))
}

/// Compiles a script that needs nothing but the framework.
pub(super) fn compiled(path: &Path) -> anyhow::Result<Vec<u8>> {
    let text =
        fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut inputs = Vec::new();
    let mut addresses = BTreeMap::new();
    for package in lumio_framework::PACKAGES {
        let manifest = Manifest::parse(package.manifest)?;
        let known = manifest.addresses.into_iter();
        addresses.extend(known.filter_map(|(name, value)| Some((name, value?))));
        inputs.extend(package.sources.iter().map(|(file, text)| Input {
            path: Path::new("<shipped>").join(package.folder).join(file),
            text: (*text).to_owned(),
            is_root: false,
            package: package.name.to_owned(),
        }));
    }
    inputs.push(Input {
        path: path.to_owned(),
        text,
        is_root: true,
        package: "script".into(),
    });
    let options = Options {
        bytecode_version: DEFAULT_BYTECODE_VERSION,
        raise_version: true,
        tests: false,
        dependencies: false,
        addresses,
    };
    let compilation = compile(inputs, &options);
    report(&compilation, &path.display().to_string())?;
    let mut scripts = compilation.units.into_iter().filter(|unit| unit.is_root);
    match (scripts.next(), scripts.next()) {
        (Some(script), None) if script.id.is_none() => Ok(script.bytes),
        _ => bail!(
            "{} does not hold one script and nothing else; build a package and give \
             --compiled-script-path",
            path.display()
        ),
    }
}
