//! Two keys of one account: its own, and the EVM's address of it, padded. Lamports of both are the
//! same wei, so no run may name both.

use lumio_types::EvmForm;
use solana_pubkey::Pubkey;
use solana_sdk_ids::system_program;

use crate::account::form;

/// The first key whose EVM address, padded, is among the others, and that address.
pub(crate) fn named_twice<'k>(
    keys: impl Iterator<Item = &'k Pubkey> + Clone,
) -> Option<(Pubkey, Pubkey)> {
    let is_padded = |key: &Pubkey| key.as_ref().starts_with(&[0; 12]);
    let mut padded = keys
        .clone()
        .filter(|key| is_padded(key) && !system_program::check_id(key));
    padded.find_map(|address| {
        let is_of = |key: &&Pubkey| match form(key) {
            EvmForm::Padded(_) => false,
            EvmForm::Alias(alias) => address.as_ref().ends_with(alias.as_slice()),
        };
        let key = keys.clone().find(is_of)?;
        Some((*key, *address))
    })
}
