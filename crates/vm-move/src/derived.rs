//! Hashes that follow from addresses and names alone, kept beside loaded code: each transaction needs
//! the same few again and again.

use alloc::{string::ToString, sync::Arc};
use alloy_primitives::{B256, keccak256};
use hashbrown::HashMap;
use lumio_move_engine::{Address, TypeTag};
use lumio_types::EvmForm;

use crate::host::account;

/// How many of a kind are kept. Where there are more, all are dropped: nobody can fill the memory.
const MOST: usize = 1_024;

/// How the type of an event is written.
#[derive(Clone, Debug)]
pub(crate) struct EventName {
    /// For Ethereum: the keccak256 of its canonical name.
    pub(crate) topic: B256,
    /// For Move's clients.
    pub(crate) text: Arc<str>,
}

/// What has been derived so far.
#[derive(Debug, Default)]
pub(crate) struct Derived {
    forms: HashMap<Address, EvmForm>,
    events: HashMap<TypeTag, EventName>,
}

impl Derived {
    /// Under which address the ledger keeps an account's wei.
    pub(crate) fn form(&mut self, owner: Address) -> EvmForm {
        if let Some(form) = self.forms.get(&owner) {
            return *form;
        }
        let form = account(owner).evm_form();
        if self.forms.len() >= MOST {
            self.forms.clear();
        }
        self.forms.insert(owner, form);
        form
    }

    /// How the type of an event is written.
    pub(crate) fn event(&mut self, tag: &TypeTag) -> EventName {
        if let Some(name) = self.events.get(tag) {
            return name.clone();
        }
        let name = EventName {
            topic: keccak256(tag.to_canonical_string()),
            text: tag.to_string().into(),
        };
        if self.events.len() >= MOST {
            self.events.clear();
        }
        self.events.insert(tag.clone(), name.clone());
        name
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn nothing_grows_without_bound_and_nothing_is_forgotten_wrongly() {
        let mut derived = Derived::default();
        let address = |number: usize| {
            let mut bytes = [7; 32];
            bytes[..8].copy_from_slice(&number.to_le_bytes());
            Address(bytes)
        };
        let tag = |number: usize| -> TypeTag {
            alloc::format!("0x42::events::E{number}").parse().unwrap()
        };
        for number in (0..3 * MOST).chain(0..10) {
            let owner = address(number);
            assert_eq!(derived.form(owner), account(owner).evm_form());
            let name = derived.event(&tag(number));
            assert_eq!(*name.text, *alloc::format!("0x42::events::E{number}"));
            let canonical = alloc::format!("{:0>64}::events::E{number}", "42");
            assert_eq!(name.topic, keccak256(canonical));
            assert!(derived.forms.len() <= MOST && derived.events.len() <= MOST);
        }
    }
}
