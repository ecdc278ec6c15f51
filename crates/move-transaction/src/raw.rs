//! What signers sign.

use alloc::vec::Vec;

use lumio_move_engine::Address;

use crate::{
    Bcs, DecodeError, Reader, TransactionPayload,
    bcs::write_list,
    hash::{RAW_TRANSACTION, RAW_TRANSACTION_WITH_DATA},
};

/// Secondary signers of one transaction.
pub(crate) const SECONDARY_MAX: u32 = 32;

/// A transaction before anyone signs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawTransaction {
    /// Whose it is.
    pub sender: Address,
    /// How many the sender sent before; counts for nothing if a nonce stands in.
    pub sequence_number: u64,
    /// What to run.
    pub payload: TransactionPayload,
    /// The most gas it may use, in gas units.
    pub max_gas_amount: u64,
    /// The price of a gas unit, in the coin's smallest unit.
    pub gas_unit_price: u64,
    /// When it expires, in seconds since 1970.
    pub expiration_timestamp_secs: u64,
    /// The chain it is for.
    pub chain_id: u8,
}

/// A transaction that several accounts sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RawTransactionWithData {
    /// The sender and others.
    MultiAgent {
        /// The transaction.
        raw: RawTransaction,
        /// The others.
        secondary: Vec<Address>,
    },
    /// The sender, perhaps others, and who pays.
    FeePayer {
        /// The transaction.
        raw: RawTransaction,
        /// The others.
        secondary: Vec<Address>,
        /// Who pays; zero while nobody knows.
        fee_payer: Address,
    },
}

/// What makes a transaction run only once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReplayProtector {
    /// Its place among those of its sender.
    SequenceNumber(u64),
    /// A number that its sender has not used of late.
    Nonce(u64),
}

impl RawTransaction {
    /// What makes it run only once.
    pub fn replay_protector(&self) -> ReplayProtector {
        match self.payload.nonce() {
            Some(nonce) => ReplayProtector::Nonce(nonce),
            None => ReplayProtector::SequenceNumber(self.sequence_number),
        }
    }

    /// What the only signer signs.
    pub fn signing_message(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(512);
        out.extend(RAW_TRANSACTION);
        self.write(&mut out);
        out
    }

    /// What each of several signers signs, without a [`RawTransactionWithData`] at hand.
    pub(crate) fn message_with_data(
        &self,
        secondary: &[Address],
        fee_payer: Option<Address>,
    ) -> Vec<u8> {
        let mut out = RAW_TRANSACTION_WITH_DATA.to_vec();
        write_with_data(self, secondary, fee_payer, &mut out);
        out
    }
}

impl RawTransactionWithData {
    /// What each signer signs.
    pub fn signing_message(&self) -> Vec<u8> {
        match self {
            Self::MultiAgent { raw, secondary } => raw.message_with_data(secondary, None),
            Self::FeePayer {
                raw,
                secondary,
                fee_payer,
            } => raw.message_with_data(secondary, Some(*fee_payer)),
        }
    }
}

fn write_with_data(
    raw: &RawTransaction,
    secondary: &[Address],
    fee_payer: Option<Address>,
    out: &mut Vec<u8>,
) {
    out.push(u8::from(fee_payer.is_some()));
    raw.write(out);
    write_list(secondary, out);
    if let Some(fee_payer) = fee_payer {
        fee_payer.write(out);
    }
}

impl Bcs for RawTransaction {
    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            sender: Address::read(reader)?,
            sequence_number: u64::read(reader)?,
            payload: TransactionPayload::read(reader)?,
            max_gas_amount: u64::read(reader)?,
            gas_unit_price: u64::read(reader)?,
            expiration_timestamp_secs: u64::read(reader)?,
            chain_id: reader.u8()?,
        })
    }

    fn write(&self, out: &mut Vec<u8>) {
        self.sender.write(out);
        self.sequence_number.write(out);
        self.payload.write(out);
        self.max_gas_amount.write(out);
        self.gas_unit_price.write(out);
        self.expiration_timestamp_secs.write(out);
        out.push(self.chain_id);
    }
}

impl Bcs for RawTransactionWithData {
    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let variant = reader.uleb()?;
        if variant > 1 {
            return reader.no_variant("a transaction with data", variant);
        }
        let raw = RawTransaction::read(reader)?;
        let secondary = reader.list("secondary signers", SECONDARY_MAX)?;
        Ok(if variant == 0 {
            Self::MultiAgent { raw, secondary }
        } else {
            Self::FeePayer {
                raw,
                secondary,
                fee_payer: Address::read(reader)?,
            }
        })
    }

    fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::MultiAgent { raw, secondary } => write_with_data(raw, secondary, None, out),
            Self::FeePayer {
                raw,
                secondary,
                fee_payer,
            } => write_with_data(raw, secondary, Some(*fee_payer), out),
        }
    }
}
