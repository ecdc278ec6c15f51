//! `lumio move account`: keys and profiles, the faucet, and what an account has.

use super::{
    args::{AccountCommand, CreateArgs, FundArgs, TransferArgs, WhoseArgs},
    key::PrivateKey,
    money::{eth_of_octas, eth_of_wei, octas_of, whole_octas},
    node::Node,
    profiles::{DEFAULT, Profile, Profiles},
    sender::{Place, Sender, given_key},
    transaction::{Request, send, shown, wait},
};
use anyhow::{Context as _, bail};
use lumio_move_engine::{Address, ModuleId, U256};
use lumio_move_transaction::{Bcs as _, EntryFunction, TransactionPayload};
use serde_json::{Value, json};
use std::time::Duration;

/// Does what the subcommand says; returns what to print.
pub(crate) fn run(command: &AccountCommand) -> anyhow::Result<String> {
    match command {
        AccountCommand::Create(args) => create(args),
        AccountCommand::Fund(args) => fund(args),
        AccountCommand::Show(whose) => show(whose),
        AccountCommand::Balance(whose) => balance(whose),
        AccountCommand::Resources(whose) => {
            let (place, address) = whose_account(whose)?;
            Ok(shown(&Value::Array(place.node.list(address, "resources")?)))
        }
        AccountCommand::Transfer(args) => transfer(args),
        AccountCommand::List { json } => list(*json),
    }
}

fn create(args: &CreateArgs) -> anyhow::Result<String> {
    let mut profiles = Profiles::load()?;
    let name = args.node.profile.as_deref().unwrap_or(DEFAULT);
    if profiles.find(name).is_some() && !args.force {
        bail!(
            "{} has a profile {name} already: choose another name with --profile, or replace it \
             with --force, which loses its key",
            profiles.path().display()
        );
    }
    let key = match given_key(&args.key)? {
        Some(key) => key,
        None => PrivateKey::generate(args.key.key_type.unwrap_or_default())?,
    };
    let address = match &args.address {
        Some(text) => text.parse().context("--address")?,
        None => key.address(),
    };
    let mut profile = Profile::new(address, &key);
    if let Some(url) = &args.node.url {
        profile.url = Some(Node::new(url)?.url().to_owned());
    }
    profile.faucet_url.clone_from(&args.faucet_url);
    profiles.add(name, profile)?;
    if args.node.json {
        return Ok(shown(&json!({
            "profile": name,
            "address": long(address),
            "file": profiles.path(),
        })));
    }
    let flag = match name {
        DEFAULT => String::new(),
        name => format!(" --profile {name}"),
    };
    Ok(format!(
        "profile  {name} in {}\naddress  {}\nTry `lumio move account fund{flag}` on a development \
         chain.\n",
        profiles.path().display(),
        long(address)
    ))
}

/// Whose account is meant, and the node that knows it.
fn whose_account(whose: &WhoseArgs) -> anyhow::Result<(Place, Address)> {
    let place = Place::of(&whose.node)?;
    let address = match whose.account.as_ref().or(whose.named.as_ref()) {
        Some(text) => place.profiles.address(text)?,
        None => place
            .profiles
            .account(&place.profile)
            .context("name an account by its address, or make a profile")?,
    };
    Ok((place, address))
}

fn fund(args: &FundArgs) -> anyhow::Result<String> {
    let octas = octas_of(&args.amount)?;
    let (place, address) = whose_account(&args.whose)?;
    let faucet = place.faucet_url(args.faucet_url.as_deref());
    let patience = Duration::from_secs(args.expiration_secs);
    let hashes = place.node.fund(&faucet, address, octas)?;
    for hash in &hashes {
        let funded = wait(&place.node, hash, patience)?;
        if funded.get("success") == Some(&Value::Bool(false)) {
            bail!(
                "the faucet's transaction {hash} failed: {}",
                funded["vm_status"]
            );
        }
    }
    let wei = place.node.wei(address)?;
    if args.whose.node.json {
        return Ok(shown(&json!({
            "address": long(address),
            "added_octas": octas.to_string(),
            "balance_octas": whole_octas(wei).to_string(),
            "transaction_hashes": hashes,
        })));
    }
    Ok(format!(
        "added {} ETH to {}\nbalance  {}\n",
        eth_of_octas(U256::from(octas)),
        long(address),
        balance_text(wei)
    ))
}

fn balance_text(wei: U256) -> String {
    format!("{} ETH ({} octas)", eth_of_wei(wei), whole_octas(wei))
}

fn balance(whose: &WhoseArgs) -> anyhow::Result<String> {
    let (place, address) = whose_account(whose)?;
    let wei = place.node.wei(address)?;
    Ok(match whose.node.json {
        true => shown(&balance_json(address, wei)),
        false => format!("{}\n", balance_text(wei)),
    })
}

fn balance_json(address: Address, wei: U256) -> Value {
    json!({
        "address": long(address),
        "balance_octas": whole_octas(wei).to_string(),
        "balance_wei": wei.to_string(),
    })
}

fn show(whose: &WhoseArgs) -> anyhow::Result<String> {
    let (place, address) = whose_account(whose)?;
    let account = place.node.account(address)?;
    let wei = place.node.wei(address)?;
    let modules = place.node.list(address, "modules")?;
    let names = modules
        .iter()
        .filter_map(|module| module.pointer("/abi/name")?.as_str());
    let names: Vec<_> = names.collect();
    if whose.node.json {
        let mut value = balance_json(address, wei);
        if let Some(map) = value.as_object_mut() {
            map.insert(
                "sequence_number".into(),
                json!(account.sequence_number.to_string()),
            );
            map.insert(
                "authentication_key".into(),
                json!(account.authentication_key),
            );
            map.insert("modules".into(), json!(names));
        }
        return Ok(shown(&value));
    }
    let key = match account.authentication_key == long(address) {
        true => String::new(),
        false => format!("key              {}\n", account.authentication_key),
    };
    let names = match names.as_slice() {
        [] => "none".to_owned(),
        names => names.join(", "),
    };
    Ok(format!(
        "address          {}\n{key}balance          {}\nsequence number  {}\nmodules          {names}\n",
        long(address),
        balance_text(wei),
        account.sequence_number,
    ))
}

fn transfer(args: &TransferArgs) -> anyhow::Result<String> {
    let octas = octas_of(&args.amount)?;
    let place = Place::of(&args.sender.node)?;
    let sender = Sender::of(&args.sender, &place)?;
    let to = place.profiles.address(&args.to).context("--to")?;
    let payload = TransactionPayload::EntryFunction(EntryFunction {
        module: ModuleId::new(Address::ONE, "aptos_account"),
        function: "transfer".into(),
        type_arguments: Vec::new(),
        arguments: vec![to.to_bytes(), octas.to_bytes()],
    });
    let done = send(Request {
        node: &place.node,
        sender: &sender,
        gas: &args.gas,
        payload,
    })?;
    Ok(done.show(args.sender.node.json))
}

fn list(as_json: bool) -> anyhow::Result<String> {
    let profiles = Profiles::load()?;
    let mut known = Vec::new();
    for (name, profile) in profiles.iter() {
        let address = long(profiles.account(name)?);
        known.push((name, address, profile.url.as_deref()));
    }
    if as_json {
        let of = |(name, address, url): &(&str, String, Option<&str>)| json!({ "profile": name, "address": address, "url": url });
        return Ok(shown(&Value::Array(known.iter().map(of).collect())));
    }
    if known.is_empty() {
        return Ok("no profiles; make one with `lumio move account create`\n".into());
    }
    let width = known.iter().map(|(name, ..)| name.len()).max().unwrap_or(0);
    let line = |(name, address, url): &(&str, String, Option<&str>)| {
        let url = url.map(|url| format!("  {url}")).unwrap_or_default();
        format!("{name:width$}  {address}{url}\n")
    };
    Ok(known.iter().map(line).collect())
}

/// An address with all its digits.
fn long(address: Address) -> String {
    format!("0x{}", address.to_hex())
}
