//! `lumio move publish`: compiles a package and sends it to the chain.

use super::{
    args::PublishArgs,
    sender::{Place, Sender},
    transaction::{Done, Request, send, shown},
};
use crate::{
    cli::PackageArgs,
    move_packages as packages,
    package_metadata::{Built, Sources},
};
use anyhow::{Context as _, bail};
use lumio_move_engine::{
    Address, ModuleId,
    bcs::{put_bytes, put_uleb},
};
use lumio_move_transaction::{
    Bcs as _, EntryFunction, TransactionPayload, object_address_from_seed,
};
use serde_json::json;

/// What seeds the addresses of code objects, before the sequence number.
const OBJECT_CODE: &[u8] = b"aptos_framework::object_code_deployment";

/// Where a package goes.
enum Target {
    /// To the sender's account.
    Account,
    /// To an object that is made.
    New(Address),
    /// To an object that is there.
    Old(Address),
}

/// Publishes or upgrades a package.
pub(crate) fn publish(args: &PublishArgs) -> anyhow::Result<String> {
    let place = Place::of(&args.sender.node)?;
    let sender = Sender::of(&args.sender, &place)?;
    let target = match (&args.object, &args.object_address) {
        (None, _) => Target::Account,
        (Some(_), Some(address)) => Target::Old(
            place
                .profiles
                .address(address)
                .context("--object-address")?,
        ),
        (Some(_), None) => Target::New(next_object(&place, &sender)?),
    };
    let at = match target {
        Target::Account => sender.address,
        Target::New(object) | Target::Old(object) => object,
    };
    let object = args
        .object
        .as_ref()
        .map(|name| format!("{name}=0x{}", at.to_hex()));
    let package = PackageArgs {
        named_addresses: args
            .package
            .named_addresses
            .iter()
            .cloned()
            .chain(object)
            .collect(),
        ..args.package.clone()
    };
    let built = packages::compiled(&package)?;
    check_places(&built, at, args)?;

    let sources = Sources::of(args.included_artifacts);
    let metadata = built.metadata(sources)?;
    let payload = payload(&built, &metadata, &target);
    let done = send(Request {
        node: &place.node,
        sender: &sender,
        gas: &args.gas,
        payload,
    })?;
    Ok(told(&done, &built, &target, at, args.sender.node.json))
}

/// Where the next code object of an account will be.
fn next_object(place: &Place, sender: &Sender) -> anyhow::Result<Address> {
    let next = place.node.account(sender.address)?.sequence_number;
    let mut seed = Vec::new();
    put_bytes(&mut seed, OBJECT_CODE);
    seed.extend(next.saturating_add(1).to_le_bytes());
    Ok(object_address_from_seed(sender.address, &seed))
}

/// Every module must be where it is published.
fn check_places(built: &Built, at: Address, args: &PublishArgs) -> anyhow::Result<()> {
    let name = built.name();
    if built.modules.is_empty() {
        bail!("{name} has no modules to publish");
    }
    let elsewhere = built.modules.iter().find(|module| module.id.address != at);
    let Some(module) = elsewhere else {
        return Ok(());
    };
    let (id, what) = (
        &module.id,
        if args.object.is_some() {
            "object"
        } else {
            "account"
        },
    );
    let open = built.named(id.address);
    let open = open.unwrap_or_else(|| "NAME".to_owned());
    match &args.object {
        Some(object) => bail!(
            "module {id} is not at the {what} {at}, which is the value of {object}: \
             write `module {object}::{}`, or name another one after --object",
            id.name
        ),
        None => bail!(
            "module {id} is not at the {what} {at} that publishes it: give its named address \
             that value, {open} = \"_\" in Move.toml and --named-addresses {open}={at}, or publish \
             with the key of {}",
            id.address
        ),
    }
}

fn payload(built: &Built, metadata: &[u8], target: &Target) -> TransactionPayload {
    let mut code = Vec::new();
    put_uleb(&mut code, built.modules.len() as u64);
    for module in &built.modules {
        put_bytes(&mut code, &module.code);
    }
    let mut described = Vec::new();
    put_bytes(&mut described, metadata);
    let mut arguments = vec![described, code];
    let (module, function) = match target {
        Target::Account => ("code", "publish_package_txn"),
        Target::New(_) => ("object_code_deployment", "publish"),
        Target::Old(object) => {
            arguments.push(object.to_bytes());
            ("object_code_deployment", "upgrade")
        }
    };
    TransactionPayload::EntryFunction(EntryFunction {
        module: ModuleId::new(Address::ONE, module),
        function: function.into(),
        type_arguments: Vec::new(),
        arguments,
    })
}

fn told(done: &Done, built: &Built, target: &Target, at: Address, as_json: bool) -> String {
    let is_upgrade =
        done.executed.events.iter().any(|event| {
            event.kind == "0x1::code::PublishPackage" && event.data["is_upgrade"] == true
        });
    let modules: Vec<_> = built.modules.iter().map(|m| m.id.to_string()).collect();
    let object = match target {
        Target::Account => None,
        Target::New(object) | Target::Old(object) => Some(object.to_string()),
    };
    if as_json {
        let mut value = done.json();
        if let Some(map) = value.as_object_mut() {
            map.insert("package".into(), json!(built.name()));
            map.insert("modules".into(), json!(modules));
            map.insert("is_upgrade".into(), json!(is_upgrade));
            if let Some(object) = object {
                map.insert("object_address".into(), json!(object));
            }
        }
        return shown(&value);
    }
    let verb = match (done.is_simulation(), is_upgrade) {
        (true, _) => "would publish",
        (false, true) => "upgraded",
        (false, false) => "published",
    };
    let place = match object {
        Some(object) => format!("object {object}"),
        None => at.to_string(),
    };
    format!(
        "{verb} {} at {place}: {}\n{}",
        built.name(),
        modules.join(", "),
        done.text()
    )
}
