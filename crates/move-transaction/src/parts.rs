//! One view of the accounts of a transaction, whatever its form.

use alloc::{collections::BTreeSet, vec, vec::Vec};

use lumio_move_engine::Address;

use crate::{
    AccountAuthenticator, RawTransaction, TransactionAuthenticator, VerifyError, evidence::Evidence,
};

/// Signatures of one transaction: what bounds the time that checking them takes.
const SIGNATURES_MAX: usize = 32;

/// The accounts of a transaction.
pub(crate) struct Parts<'a> {
    pub(crate) sender: Evidence<'a>,
    pub(crate) addresses: &'a [Address],
    pub(crate) secondary: &'a [AccountAuthenticator],
    pub(crate) fee_payer: Option<(Address, &'a AccountAuthenticator)>,
    alone: bool,
}

impl<'a> Parts<'a> {
    pub(crate) fn new(authenticator: &'a TransactionAuthenticator) -> Self {
        let alone = |sender| Parts {
            sender,
            addresses: &[],
            secondary: &[],
            fee_payer: None,
            alone: true,
        };
        match authenticator {
            TransactionAuthenticator::Ed25519 { key, signature } => {
                alone(Evidence::Ed25519(key, signature))
            }
            TransactionAuthenticator::MultiEd25519 { key, signature } => {
                alone(Evidence::MultiEd25519(key, signature))
            }
            TransactionAuthenticator::SingleSender(sender) => alone(sender.into()),
            TransactionAuthenticator::MultiAgent {
                sender,
                secondary_addresses,
                secondary,
            } => Self {
                sender: sender.into(),
                addresses: secondary_addresses,
                secondary,
                fee_payer: None,
                alone: false,
            },
            TransactionAuthenticator::FeePayer {
                sender,
                secondary_addresses,
                secondary,
                fee_payer_address,
                fee_payer,
            } => Self {
                sender: sender.into(),
                addresses: secondary_addresses,
                secondary,
                fee_payer: Some((*fee_payer_address, &**fee_payer)),
                alone: false,
            },
        }
    }

    /// Of which sender and secondary signers must have signed one each.
    pub(crate) fn messages(&self, raw: &RawTransaction) -> Vec<Vec<u8>> {
        match self.fee_payer {
            None if self.alone => vec![raw.signing_message()],
            None => vec![raw.message_with_data(self.addresses, None)],
            // What clients do mostly comes first: they sign while nobody knows who will pay.
            Some((address, _)) => vec![
                raw.message_with_data(self.addresses, Some(Address::default())),
                raw.message_with_data(self.addresses, Some(address)),
            ],
        }
    }

    pub(crate) fn signature_count(&self) -> usize {
        let others = self.fee_payer.iter().map(|(_, account)| *account);
        others
            .chain(self.secondary)
            .map(|account| Evidence::from(account).signature_count())
            .fold(self.sender.signature_count(), usize::saturating_add)
    }

    pub(crate) fn check_shape(&self, sender: Address) -> Result<(), VerifyError> {
        if self.addresses.len() != self.secondary.len() {
            return Err(VerifyError::SecondaryCount {
                addresses: self.addresses.len(),
                authenticators: self.secondary.len(),
            });
        }
        let mut seen = BTreeSet::from([sender]);
        if let Some(double) = self
            .addresses
            .iter()
            .find(|address| !seen.insert(**address))
        {
            return Err(VerifyError::DuplicateSigner(*double));
        }
        let count = self.signature_count();
        if count > SIGNATURES_MAX {
            return Err(VerifyError::TooManySignatures {
                count,
                most: SIGNATURES_MAX,
            });
        }
        Ok(())
    }
}
