//! How all accounts of a transaction authenticate.

use alloc::{boxed::Box, vec::Vec};

use lumio_move_engine::Address;

use crate::{
    AccountAuthenticator, Bcs, DecodeError, Ed25519PublicKey, Ed25519Signature,
    MultiEd25519PublicKey, MultiEd25519Signature, Reader, bcs::write_list, raw::SECONDARY_MAX,
};

/// How all accounts of a transaction authenticate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TransactionAuthenticator {
    /// The sender, with one ed25519 key in the older form.
    Ed25519 {
        /// The key.
        key: Ed25519PublicKey,
        /// Its signature.
        signature: Ed25519Signature,
    },
    /// The sender, with several ed25519 keys in the older form.
    MultiEd25519 {
        /// The keys.
        key: MultiEd25519PublicKey,
        /// Signatures of some.
        signature: MultiEd25519Signature,
    },
    /// The sender and others.
    MultiAgent {
        /// The sender.
        sender: AccountAuthenticator,
        /// The others' addresses.
        secondary_addresses: Vec<Address>,
        /// The others, in the same order.
        secondary: Vec<AccountAuthenticator>,
    },
    /// The sender, perhaps others, and who pays.
    FeePayer {
        /// The sender.
        sender: AccountAuthenticator,
        /// The others' addresses.
        secondary_addresses: Vec<Address>,
        /// The others, in the same order.
        secondary: Vec<AccountAuthenticator>,
        /// Who pays.
        fee_payer_address: Address,
        /// Who pays.
        fee_payer: Box<AccountAuthenticator>,
    },
    /// The sender.
    SingleSender(AccountAuthenticator),
}

impl Bcs for TransactionAuthenticator {
    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(match reader.uleb()? {
            0 => Self::Ed25519 {
                key: Bcs::read(reader)?,
                signature: Bcs::read(reader)?,
            },
            1 => Self::MultiEd25519 {
                key: Bcs::read(reader)?,
                signature: Bcs::read(reader)?,
            },
            2 => Self::MultiAgent {
                sender: Bcs::read(reader)?,
                secondary_addresses: reader.list("secondary signers", SECONDARY_MAX)?,
                secondary: reader.list("secondary authenticators", SECONDARY_MAX)?,
            },
            3 => Self::FeePayer {
                sender: Bcs::read(reader)?,
                secondary_addresses: reader.list("secondary signers", SECONDARY_MAX)?,
                secondary: reader.list("secondary authenticators", SECONDARY_MAX)?,
                fee_payer_address: Bcs::read(reader)?,
                fee_payer: Box::new(Bcs::read(reader)?),
            },
            4 => Self::SingleSender(Bcs::read(reader)?),
            other => return reader.no_variant("an authenticator", other),
        })
    }

    fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Ed25519 { key, signature } => {
                out.push(0);
                key.write(out);
                signature.write(out);
            }
            Self::MultiEd25519 { key, signature } => {
                out.push(1);
                key.write(out);
                signature.write(out);
            }
            Self::MultiAgent {
                sender,
                secondary_addresses,
                secondary,
            } => {
                out.push(2);
                sender.write(out);
                write_list(secondary_addresses, out);
                write_list(secondary, out);
            }
            Self::FeePayer {
                sender,
                secondary_addresses,
                secondary,
                fee_payer_address,
                fee_payer,
            } => {
                out.push(3);
                sender.write(out);
                write_list(secondary_addresses, out);
                write_list(secondary, out);
                fee_payer_address.write(out);
                fee_payer.write(out);
            }
            Self::SingleSender(sender) => {
                out.push(4);
                sender.write(out);
            }
        }
    }
}
