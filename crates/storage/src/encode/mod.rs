//! Blocks and receipts as bytes.

mod bytes;
mod carried;

use self::bytes::{Reader, number, text};
use crate::{
    AccountOrder, StorageError, TransactionPlace,
    list::{List, ListWriter},
};
use alloy_consensus::Header;
use alloy_eips::eip2718::{Decodable2718, Encodable2718};
use alloy_primitives::{Address, B256, Log};
use alloy_rlp::{Decodable, Encodable};
use lumio_types::{
    AccountId, Event, EventHandle, EventOrigin, MoveEvent, Receipt, SealedHeader, Transaction,
};
use op_alloy_consensus::{OpTxEnvelope, OpTxType};

/// Flags of a receipt.
const SUCCESS: u8 = 1;
const CREATED: u8 = 2;
const DEPOSIT_NONCE: u8 = 4;
const CARRIED: u8 = 8;

/// Where an event comes from.
const EVENT_EVM: u8 = 0;
const EVENT_MOVE: u8 = 1;
const EVENT_SVM: u8 = 2;
const EVENT_MOVE_HANDLE: u8 = 3;

/// What orders an account's transaction.
const ORDER_NONCE: u8 = 0;
const ORDER_SEQUENCE_NUMBER: u8 = 1;
const ORDER_NONE: u8 = 2;

/// Where a transaction is.
pub(crate) fn place(place: TransactionPlace) -> [u8; 12] {
    let mut bytes = [0; 12];
    bytes[..8].copy_from_slice(&place.block.to_le_bytes());
    bytes[8..].copy_from_slice(&place.index.to_le_bytes());
    bytes
}

/// The inverse of [`place`].
pub(crate) fn read_place(bytes: &[u8]) -> Result<TransactionPlace, StorageError> {
    let parts = bytes.split_first_chunk::<8>();
    let parts = parts.and_then(|(block, index)| Some((block, index.as_array::<4>()?)));
    let (block, index) =
        parts.ok_or_else(|| StorageError::corrupt("a transaction's place is malformed"))?;
    Ok(TransactionPlace {
        block: u64::from_le_bytes(*block),
        index: u32::from_le_bytes(*index),
    })
}

/// Where an event is: its transaction's place, then its index in the receipt.
pub(crate) fn event_place(at: TransactionPlace, event: u32) -> [u8; 16] {
    let mut bytes = [0; 16];
    bytes[..12].copy_from_slice(&place(at));
    bytes[12..].copy_from_slice(&event.to_le_bytes());
    bytes
}

/// The inverse of [`event_place`].
pub(crate) fn read_event_place(bytes: &[u8]) -> Result<(TransactionPlace, u32), StorageError> {
    let parts = bytes.split_last_chunk::<4>();
    let (at, event) =
        parts.ok_or_else(|| StorageError::corrupt("an event's place is malformed"))?;
    Ok((read_place(at)?, u32::from_le_bytes(*event)))
}

/// What orders a transaction among those of its account.
pub(crate) fn order(order: AccountOrder) -> [u8; 9] {
    let (kind, number) = match order {
        AccountOrder::Nonce(number) => (ORDER_NONCE, number),
        AccountOrder::SequenceNumber(number) => (ORDER_SEQUENCE_NUMBER, number),
        AccountOrder::Orderless(number) => (ORDER_NONE, number),
    };
    let mut bytes = [kind; 9];
    bytes[1..].copy_from_slice(&number.to_le_bytes());
    bytes
}

/// The inverse of [`order`].
pub(crate) fn read_order(bytes: &[u8]) -> Result<AccountOrder, StorageError> {
    let malformed = || StorageError::corrupt("an account's transaction is malformed");
    let (kind, number) = bytes.split_first().ok_or_else(malformed)?;
    let number = read_number(number)?;
    match *kind {
        ORDER_NONCE => Ok(AccountOrder::Nonce(number)),
        ORDER_SEQUENCE_NUMBER => Ok(AccountOrder::SequenceNumber(number)),
        ORDER_NONE => Ok(AccountOrder::Orderless(number)),
        _ => Err(malformed()),
    }
}

/// Reads a number, eight bytes, little-endian.
pub(crate) fn read_number(bytes: &[u8]) -> Result<u64, StorageError> {
    let bytes = bytes.try_into();
    let bytes = bytes.map_err(|_| StorageError::corrupt("a number in an index is malformed"))?;
    Ok(u64::from_le_bytes(bytes))
}

/// A header after the block's first version and its hash, so that reading it
/// does not hash.
pub(crate) fn header(header: &SealedHeader, first_version: u64) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(8 + B256::len_bytes() + header.header.length());
    bytes.extend_from_slice(&first_version.to_le_bytes());
    bytes.extend_from_slice(header.hash.as_slice());
    header.header.encode(&mut bytes);
    bytes
}

/// The first version of the block of a [`header`].
pub(crate) fn read_first_version(bytes: &[u8]) -> Result<u64, StorageError> {
    let first = bytes.first_chunk::<8>();
    let first = first.ok_or_else(|| StorageError::corrupt("a block header is malformed"))?;
    Ok(u64::from_le_bytes(*first))
}

/// The inverse of [`header`].
pub(crate) fn read_header(bytes: &[u8]) -> Result<SealedHeader, StorageError> {
    let malformed = || StorageError::corrupt("a block header is malformed");
    let bytes = bytes.get(8..).ok_or_else(malformed)?;
    let (hash, mut rlp) = bytes.split_first_chunk::<32>().ok_or_else(malformed)?;
    let header = Header::decode(&mut rlp).map_err(|_| malformed())?;
    if !rlp.is_empty() {
        return Err(malformed());
    }
    Ok(SealedHeader {
        header,
        hash: B256::from(*hash),
    })
}

/// The transactions of a block, each after its sender.
pub(crate) fn body(transactions: &[Transaction]) -> Result<Vec<u8>, StorageError> {
    let mut list =
        ListWriter::with_capacity(transactions.len(), transactions.len().saturating_mul(160));
    for transaction in transactions {
        list.push(|bytes| {
            bytes.extend_from_slice(transaction.sender().as_slice());
            transaction.envelope().encode_2718(bytes);
        })?;
    }
    Ok(list.finish())
}

/// One item of [`body`].
pub(crate) fn read_transaction(item: &[u8]) -> Result<Transaction, StorageError> {
    let malformed = || StorageError::corrupt("a transaction is malformed");
    let (sender, mut encoded) = item.split_first_chunk::<20>().ok_or_else(malformed)?;
    let envelope = OpTxEnvelope::decode_2718(&mut encoded).map_err(|_| malformed())?;
    if !encoded.is_empty() {
        return Err(malformed());
    }
    Ok(Transaction::trusted(envelope, Address::from(*sender)))
}

/// The receipts of a block, each after the number of logs before it.
pub(crate) fn receipts(receipts: &[Receipt]) -> Result<Vec<u8>, StorageError> {
    let mut list = ListWriter::with_capacity(receipts.len(), receipts.len().saturating_mul(48));
    let mut first_log = 0_u64;
    for receipt in receipts {
        list.push(|bytes| {
            number(first_log, bytes);
            write_receipt(receipt, bytes);
        })?;
        let logs = u64::try_from(receipt.events.len()).map_err(|_| StorageError::TooLarge)?;
        first_log = first_log.checked_add(logs).ok_or(StorageError::TooLarge)?;
    }
    Ok(list.finish())
}

fn write_receipt(receipt: &Receipt, bytes: &mut Vec<u8>) {
    let flag = |set: bool, flag: u8| if set { flag } else { 0 };
    bytes.push(receipt.tx_type as u8);
    bytes.push(
        flag(receipt.success, SUCCESS)
            | flag(receipt.contract_address.is_some(), CREATED)
            | flag(receipt.deposit_nonce.is_some(), DEPOSIT_NONCE)
            | flag(receipt.carried.is_some(), CARRIED),
    );
    number(receipt.gas_used, bytes);
    number(receipt.cumulative_gas_used, bytes);
    if let Some(address) = receipt.contract_address {
        bytes.extend_from_slice(address.as_slice());
    }
    if let Some(nonce) = receipt.deposit_nonce {
        number(nonce, bytes);
    }
    if let Some(carried) = &receipt.carried {
        carried::write(carried, bytes);
    }
    number(receipt.events.len() as u64, bytes);
    for event in &receipt.events {
        write_event(event, bytes);
    }
}

/// Events that are in no receipt.
pub(crate) fn events(events: &[Event]) -> Result<Vec<u8>, StorageError> {
    let mut list = ListWriter::with_capacity(events.len(), events.len().saturating_mul(128));
    for event in events {
        list.push(|bytes| write_event(event, bytes))?;
    }
    Ok(list.finish())
}

/// One item of [`events`].
pub(crate) fn read_event(item: &[u8]) -> Result<Event, StorageError> {
    let mut reader = Reader(item);
    let event = reader.event();
    event
        .filter(|_| reader.0.is_empty())
        .ok_or_else(|| StorageError::corrupt("an event is malformed"))
}

fn write_event(Event { origin, log }: &Event, bytes: &mut Vec<u8>) {
    write_origin(origin, bytes);
    bytes.extend_from_slice(log.address.as_slice());
    number(log.topics().len() as u64, bytes);
    for topic in log.topics() {
        bytes.extend_from_slice(topic.as_slice());
    }
    number(log.data.data.len() as u64, bytes);
    bytes.extend_from_slice(&log.data.data);
}

fn write_origin(origin: &EventOrigin, bytes: &mut Vec<u8>) {
    match origin {
        EventOrigin::Evm => bytes.push(EVENT_EVM),
        EventOrigin::Svm => bytes.push(EVENT_SVM),
        EventOrigin::Move(event) => {
            bytes.push(match event.handle {
                None => EVENT_MOVE,
                Some(_) => EVENT_MOVE_HANDLE,
            });
            text(&event.type_tag, bytes);
            if let Some(handle) = &event.handle {
                bytes.extend_from_slice(handle.creator.0.as_slice());
                number(handle.creation_number, bytes);
                number(handle.sequence_number, bytes);
            }
        }
    }
}

/// A receipt and the number of logs before it in its block.
pub(crate) fn read_receipt(item: &[u8]) -> Result<(Receipt, u64), StorageError> {
    let mut reader = Reader(item);
    let result = reader.indexed_receipt();
    result
        .filter(|_| reader.0.is_empty())
        .ok_or_else(|| StorageError::corrupt("a receipt is malformed"))
}

/// All items of a packed list, decoded.
pub(crate) fn read_all<T>(
    bytes: &[u8],
    read: impl Fn(&[u8]) -> Result<T, StorageError>,
) -> Result<Vec<T>, StorageError> {
    let list = List::parse(bytes)?;
    let mut items = Vec::with_capacity(list.len());
    for item in list.iter() {
        items.push(read(item?)?);
    }
    Ok(items)
}

impl Reader<'_> {
    fn indexed_receipt(&mut self) -> Option<(Receipt, u64)> {
        let first_log = self.number()?;
        let tx_type = OpTxType::try_from(self.byte()?).ok()?;
        let flags = self.byte()?;
        if flags & !(SUCCESS | CREATED | DEPOSIT_NONCE | CARRIED) != 0 {
            return None;
        }
        let gas_used = self.number()?;
        let cumulative_gas_used = self.number()?;
        let contract_address = match flags & CREATED {
            0 => None,
            _ => Some(self.address()?),
        };
        let deposit_nonce = match flags & DEPOSIT_NONCE {
            0 => None,
            _ => Some(self.number()?),
        };
        let carried = match flags & CARRIED {
            0 => None,
            _ => Some(carried::read(self)?),
        };
        let events = self.list(Self::event)?;
        let receipt = Receipt {
            tx_type,
            success: flags & SUCCESS != 0,
            gas_used,
            cumulative_gas_used,
            events,
            contract_address,
            deposit_nonce,
            carried,
        };
        Some((receipt, first_log))
    }

    fn event(&mut self) -> Option<Event> {
        let origin = self.origin()?;
        let address = self.address()?;
        let count = self.length()?;
        let mut topics = Vec::with_capacity(count.min(4));
        for _ in 0..count {
            topics.push(B256::try_from(self.take(32)?).ok()?);
        }
        let data = self.data()?;
        let log = Log::new(address, topics, data)?;
        Some(Event { origin, log })
    }

    fn origin(&mut self) -> Option<EventOrigin> {
        let kind = self.byte()?;
        let mut event = MoveEvent::default();
        match kind {
            EVENT_EVM => return Some(EventOrigin::Evm),
            EVENT_SVM => return Some(EventOrigin::Svm),
            EVENT_MOVE => event.type_tag = self.text()?.into(),
            EVENT_MOVE_HANDLE => {
                event.type_tag = self.text()?.into();
                event.handle = Some(EventHandle {
                    creator: AccountId(self.hash()?),
                    creation_number: self.number()?,
                    sequence_number: self.number()?,
                });
            }
            _ => return None,
        }
        Some(EventOrigin::Move(event))
    }
}
