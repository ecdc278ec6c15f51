//! Who acts, and on which node: flags before environment variables before the profile.

use super::{
    args::{KeyArgs, NodeArgs, SenderArgs},
    key::PrivateKey,
    node::{FAUCET_URL, Node, URL},
    profiles::{DEFAULT, Profiles},
};
use anyhow::{Context as _, bail};
use lumio_move_engine::Address;
use std::fs;

/// A node, and the profiles that can be named.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) node: Node,
    pub(crate) profiles: Profiles,
    /// The profile that is meant.
    pub(crate) profile: String,
}

impl Place {
    /// The node that flags or the profile name. A profile that is named must be there.
    pub(crate) fn of(args: &NodeArgs) -> anyhow::Result<Self> {
        let profiles = Profiles::load()?;
        if let Some(name) = &args.profile {
            profiles.get(name)?;
        }
        let profile = args.profile.as_deref().unwrap_or(DEFAULT);
        let known = profiles.find(profile);
        let url = args.url.as_deref();
        let url = url.or_else(|| known.and_then(|known| known.url.as_deref()));
        Ok(Self {
            node: Node::new(url.unwrap_or(URL))?,
            profile: profile.to_owned(),
            profiles,
        })
    }

    /// The faucet of that node.
    pub(crate) fn faucet_url(&self, given: Option<&str>) -> String {
        let known = self.profiles.find(&self.profile);
        let known = known.and_then(|known| known.faucet_url.as_deref());
        given.or(known).unwrap_or(FAUCET_URL).to_owned()
    }
}

/// An account that can sign.
#[derive(Debug)]
pub(crate) struct Sender {
    pub(crate) address: Address,
    pub(crate) key: PrivateKey,
}

impl Sender {
    /// The account of the key that is given, or of the profile.
    pub(crate) fn of(args: &SenderArgs, place: &Place) -> anyhow::Result<Self> {
        let given = given_key(&args.key)?;
        let (key, own) = match given {
            Some(key) => {
                let address = key.address();
                (key, address)
            }
            None => (
                place.profiles.key(&place.profile)?,
                place.profiles.account(&place.profile)?,
            ),
        };
        let address = match &args.sender_account {
            Some(text) => place.profiles.address(text).context("--sender-account")?,
            None => own,
        };
        Ok(Self { address, key })
    }
}

/// The key that a flag or the environment gives.
pub(crate) fn given_key(args: &KeyArgs) -> anyhow::Result<Option<PrivateKey>> {
    let key = match (&args.private_key_file, &args.private_key) {
        (Some(file), _) => {
            let bytes =
                fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
            let key = match <&[u8; 32]>::try_from(bytes.as_slice()) {
                Ok(bytes) => PrivateKey::from_bytes(args.key_type.unwrap_or_default(), bytes),
                Err(_) => match std::str::from_utf8(&bytes) {
                    Ok(text) => PrivateKey::parse(text, args.key_type),
                    Err(_) => bail!("{} holds no private key", file.display()),
                },
            };
            key.with_context(|| format!("{} holds no private key", file.display()))?
        }
        (None, Some(text)) => {
            PrivateKey::parse(text, args.key_type).context("--private-key or its variable")?
        }
        (None, None) => return Ok(None),
    };
    Ok(Some(key))
}
