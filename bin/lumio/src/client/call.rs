//! `lumio move run`, `run-script` and `view`: calls whose arguments are read by what the function,
//! or the script, takes.

use super::{
    answer::Function,
    args::{CallArgs, RunArgs, ScriptArgs, ValueArgs, ViewArgs},
    argument::Reader,
    failure::explained,
    script,
    sender::{Place, Sender},
    shape::argument_types,
    transaction::{Request, send, shown},
    value::Value,
};
use anyhow::{Context as _, anyhow, bail};
use lumio_move_engine::{ModuleId, TypeTag, is_identifier};
use lumio_move_transaction::{EntryFunction, Script, TransactionArgument, TransactionPayload};
use serde::Deserialize;
use std::{fs, path::Path};

/// A call as it was given.
#[derive(Debug)]
struct Given {
    function: String,
    type_arguments: Vec<String>,
    arguments: Arguments,
}

#[derive(Debug)]
enum Arguments {
    /// `TYPE:VALUE`, or a value alone.
    Texts(Vec<String>),
    /// The name of a type, and the value.
    Typed(Vec<(String, Value)>),
}

/// A call in a file, as the `aptos` command reads it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CallFile {
    function_id: String,
    #[serde(default)]
    type_args: Vec<String>,
    #[serde(default)]
    args: Vec<FileArgument>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileArgument {
    #[serde(rename = "type")]
    kind: String,
    value: serde_json::Value,
}

/// Sends a transaction that calls an entry function.
pub(crate) fn run(args: &RunArgs) -> anyhow::Result<String> {
    let place = Place::of(&args.sender.node)?;
    let sender = Sender::of(&args.sender, &place)?;
    let given = given(&args.call)?;
    let (call, function) = resolve(&place, &given)?;
    if !function.is_entry {
        let other = match function.is_view {
            true => ": `lumio move view` calls it",
            false => "; other functions can be called by it only",
        };
        bail!("{} is no entry function{other}", given.function);
    }
    let done = send(Request {
        node: &place.node,
        sender: &sender,
        gas: &args.gas,
        payload: TransactionPayload::EntryFunction(call),
    })?;
    Ok(done.show(args.sender.node.json))
}

/// Prints what a view function returns.
pub(crate) fn view(args: &ViewArgs) -> anyhow::Result<String> {
    let place = Place::of(&args.node)?;
    let given = given(&args.call)?;
    let (call, function) = resolve(&place, &given)?;
    if !function.is_view {
        let other = match function.is_entry {
            true => ": `lumio move run` calls it",
            false => "",
        };
        bail!(
            "{} is no view function (it has no #[view]){other}",
            given.function
        );
    }
    let values = place.node.view(&call, args.ledger_version);
    let values = values.map_err(|error| match explained(&place.node, &error.to_string()) {
        Some(why) => anyhow!("{error}\n{why}"),
        None => error,
    });
    Ok(shown(&values.with_context(|| given.function.clone())?))
}

/// Sends a transaction that runs a script.
pub(crate) fn run_script(args: &ScriptArgs) -> anyhow::Result<String> {
    let place = Place::of(&args.sender.node)?;
    let sender = Sender::of(&args.sender, &place)?;
    let code = match (&args.compiled_script_path, &args.script_path) {
        (Some(path), _) => {
            fs::read(path).with_context(|| format!("cannot read {}", path.display()))?
        }
        (None, Some(path)) => script::compiled(path)?,
        (None, None) => bail!("give --compiled-script-path or --script-path"),
    };
    let ValueArgs {
        args: texts,
        type_args,
    } = &args.values;
    let type_arguments = types(type_args)?;
    let (parameters, type_parameters) = script::parameters(&code)?;
    same_number(
        "type arguments",
        type_parameters,
        type_arguments.len(),
        "the script",
    )?;
    let tags = argument_types(&parameters, &type_arguments)?;
    let arguments = Arguments::Texts(texts.clone());
    let arguments = read(&place, &arguments, &tags, "the script")?;
    let carried = arguments.into_iter().map(TransactionArgument::Serialized);
    let script = Script {
        code,
        type_arguments,
        arguments: carried.collect(),
    };
    let done = send(Request {
        node: &place.node,
        sender: &sender,
        gas: &args.gas,
        payload: TransactionPayload::Script(script),
    })?;
    Ok(done.show(args.sender.node.json))
}

fn given(args: &CallArgs) -> anyhow::Result<Given> {
    let Some(path) = &args.json_file else {
        let function = args.function_id.clone();
        return Ok(Given {
            function: function.context("give --function-id")?,
            type_arguments: args.values.type_args.clone(),
            arguments: Arguments::Texts(args.values.args.clone()),
        });
    };
    read_file(path).with_context(|| format!("{} holds no call", path.display()))
}

fn read_file(path: &Path) -> anyhow::Result<Given> {
    let file: CallFile = serde_json::from_slice(&fs::read(path)?)?;
    let arguments = file.args.into_iter().map(|argument| {
        let value = Value::of_json(&argument.value)?;
        Ok((argument.kind, value))
    });
    Ok(Given {
        function: file.function_id,
        type_arguments: file.type_args,
        arguments: Arguments::Typed(arguments.collect::<anyhow::Result<_>>()?),
    })
}

/// Looks a function up and reads its arguments.
fn resolve(place: &Place, given: &Given) -> anyhow::Result<(EntryFunction, Function)> {
    let name = &given.function;
    let parts: Vec<_> = name.split("::").collect();
    let [account, module, function] = parts.as_slice() else {
        bail!("{name:?} is no function: write ADDRESS::MODULE::FUNCTION");
    };
    if !is_identifier(module, true) || !is_identifier(function, true) {
        bail!("{name:?} is no function: its names have signs that names do not have");
    }
    let address = place
        .profiles
        .address(account)
        .with_context(|| name.clone())?;
    let module = ModuleId::new(address, *module);
    let functions = place.node.functions(&module)?;
    let functions = functions
        .with_context(|| format!("there is no module {module} at {}", place.node.url()))?;
    let Some(found) = functions.iter().find(|known| known.name == *function) else {
        let names: Vec<_> = functions.iter().map(|known| known.name.as_str()).collect();
        let names = match names.as_slice() {
            [] => "no functions that others can call".to_owned(),
            names => names.join(", "),
        };
        bail!("{module} has no function {function} that others can call; it has {names}");
    };
    let type_arguments = types(&given.type_arguments)?;
    let expected = found.generic_type_params.len();
    same_number("type arguments", expected, type_arguments.len(), name)?;
    let tags = argument_types(&found.params, &type_arguments)
        .with_context(|| format!("{name} cannot be called from outside"))?;
    let call = EntryFunction {
        module,
        function: (*function).to_owned(),
        type_arguments,
        arguments: read(place, &given.arguments, &tags, name)?,
    };
    Ok((call, found.clone()))
}

fn types(texts: &[String]) -> anyhow::Result<Vec<TypeTag>> {
    let parsed = texts.iter().map(|text| text.parse());
    let parsed: Result<_, lumio_move_engine::TagError> = parsed.collect();
    parsed.map_err(|error| anyhow!("--type-args: {error}"))
}

fn same_number(what: &str, expected: usize, given: usize, of: &str) -> anyhow::Result<()> {
    if expected != given {
        bail!("{of} takes {expected} {what}, not {given}");
    }
    Ok(())
}

fn read(
    place: &Place,
    arguments: &Arguments,
    tags: &[TypeTag],
    of: &str,
) -> anyhow::Result<Vec<Vec<u8>>> {
    let given = match arguments {
        Arguments::Texts(texts) => texts.len(),
        Arguments::Typed(values) => values.len(),
    };
    if given != tags.len() {
        let names: Vec<_> = tags.iter().map(ToString::to_string).collect();
        bail!(
            "{of} takes ({}), but was given {given} arguments",
            names.join(", ")
        );
    }
    let reader = Reader {
        profiles: &place.profiles,
    };
    let at = |place: usize| format!("argument {} of {of}", place.saturating_add(1));
    let tags = tags.iter().enumerate();
    match arguments {
        Arguments::Texts(texts) => tags
            .zip(texts)
            .map(|((place, tag), text)| reader.text(text, tag).with_context(|| at(place)))
            .collect(),
        Arguments::Typed(values) => tags
            .zip(values)
            .map(|((place, tag), (kind, value))| {
                reader.typed(kind, value, tag).with_context(|| at(place))
            })
            .collect(),
    }
}
