//! The instruction that a call by another VM amounts to.

use alloy_primitives::Bytes;
use lumio_vm_bus::{Call, derived, message::SolanaCall};
use solana_pubkey::Pubkey;
use solana_sdk_ids::bpf_loader_upgradeable;
use std::collections::HashSet;

use crate::{account::public_key, prices::Usage};

/// Accounts that one call may name.
const MAX_ACCOUNTS: usize = 64;

/// Addresses for which one call may sign besides the caller's.
pub(crate) const MAX_SEEDS: usize = 16;

/// An account of the transaction that the call amounts to.
pub(crate) struct Named {
    pub(crate) key: Pubkey,
    pub(crate) is_signer: bool,
    pub(crate) is_writable: bool,
}

/// The instruction: its accounts without repetition, the program among them, and the position of
/// each account that the call named.
pub(crate) struct Parsed {
    pub(crate) accounts: Vec<Named>,
    pub(crate) positions: Vec<u16>,
    pub(crate) program: u16,
    pub(crate) caller: Pubkey,
    pub(crate) data: Bytes,
}

impl Parsed {
    /// What the call takes besides compute units and bytes.
    pub(crate) fn usage(&self) -> Usage {
        Usage {
            accounts: self.accounts.len() as u64,
            invocations: 1,
            ..Usage::default()
        }
    }

    /// Besides the caller and addresses of his, `owner` may sign.
    ///
    /// # Errors
    /// Why this is no call of an instruction.
    pub(crate) fn of(
        call: &Call,
        input: SolanaCall,
        owner: Option<Pubkey>,
        reserved: &HashSet<Pubkey>,
    ) -> Result<Self, String> {
        let mut signers = vec![public_key(call.caller)];
        signers.extend(owner);
        for seeds in &input.seeds {
            let address = derived::address_of_contract(call.caller, seeds);
            let address = address.map_err(|error| format!("an address that signs: {error}"))?;
            signers.push(Pubkey::new_from_array(address.0));
        }
        if input.accounts.len() >= MAX_ACCOUNTS {
            let reason = format!("a call can name at most {} accounts", MAX_ACCOUNTS - 1);
            return Err(reason);
        }
        let caller = public_key(call.caller);
        let mut accounts: Vec<Named> = Vec::with_capacity(input.accounts.len() + 1);
        let mut positions = Vec::with_capacity(input.accounts.len());
        let mut name = |key: Pubkey, is_signer: bool, is_writable: bool| {
            let place = match accounts.iter().position(|named| named.key == key) {
                Some(place) => place,
                None => {
                    accounts.push(Named {
                        key,
                        is_signer: false,
                        is_writable: false,
                    });
                    accounts.len() - 1
                }
            };
            if let Some(named) = accounts.get_mut(place) {
                named.is_signer |= is_signer;
                named.is_writable |= is_writable;
            }
            u16::try_from(place).unwrap_or(u16::MAX)
        };
        for (id, is_signer, is_writable) in &input.accounts {
            let key = Pubkey::new_from_array(id.0);
            if *is_signer && !signers.contains(&key) {
                return Err(format!(
                    "{key} cannot sign: only the caller, {caller}, can, and the addresses that the \
                     call derives from it by their seeds"
                ));
            }
            positions.push(name(key, *is_signer, *is_writable));
        }
        let key = public_key(call.target);
        let program = name(key, false, false);
        let upgrades = accounts
            .iter()
            .any(|named| bpf_loader_upgradeable::check_id(&named.key));
        for named in &mut accounts {
            let is_program = named.key == key && !upgrades;
            named.is_writable &= !is_program && !reserved.contains(&named.key);
        }
        Ok(Self {
            accounts,
            positions,
            program,
            caller,
            data: input.data,
        })
    }
}
