//! Programs that check signatures: of several faults, the error is that which Solana finds first.
//! LiteSVM is built without them, so the order stands here.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(missing_docs)]

mod chain;

use alloy_primitives::keccak256;
use chain::{Chain, keypair, sign};
use lumio_types::wei_of_lamports;
use solana_instruction::{Instruction, error::InstructionError};
use solana_pubkey::Pubkey;
use solana_sdk_ids::{ed25519_program, secp256k1_program, secp256r1_program};
use solana_signer::Signer;
use solana_transaction_error::TransactionError;

/// The codes of their errors.
const KEY: u32 = 0;
const RECOVERY: u32 = 1;
const SIGNATURE: u32 = 2;
const OFFSETS: u32 = 3;
const SIZE: u32 = 4;

const MESSAGE: &[u8] = b"to be signed";

/// Something that is wrong, what makes it so, and the error.
type Fault = (&'static str, fn(&mut Vec<u8>), u32);

struct Bench {
    chain: Chain,
    program: Pubkey,
    good: Vec<u8>,
}

impl Bench {
    fn new(program: Pubkey, good: Vec<u8>) -> Self {
        let mut chain = Chain::new();
        chain.give(&keypair(1).pubkey(), wei_of_lamports(1_000_000_000));
        Self {
            chain,
            program,
            good,
        }
    }

    /// The code of the error, if it fails.
    fn run(&self, data: Vec<u8>) -> Option<u32> {
        let check = Instruction {
            program_id: self.program,
            accounts: Vec::new(),
            data,
        };
        let transaction = sign(&[check], &[&keypair(1)], self.chain.blockhash());
        let vm = self.chain.vm.clone();
        let (sent, _) = self.chain.dry(|host| vm.transact(&transaction, host));
        match sent.unwrap().status {
            Ok(()) => None,
            Err(TransactionError::InstructionError(0, InstructionError::Custom(code))) => {
                Some(code)
            }
            Err(other) => panic!("{other}"),
        }
    }

    /// Each fault alone, and each two of them in their order.
    fn check(&self, faults: &[Fault]) {
        assert_eq!(self.run(self.good.clone()), None);
        for (at, (name, fault, code)) in faults.iter().enumerate() {
            let mut data = self.good.clone();
            fault(&mut data);
            assert_eq!(self.run(data), Some(*code), "{name}");
            for (later, other, _) in &faults[at + 1..] {
                let mut data = self.good.clone();
                other(&mut data);
                fault(&mut data);
                assert_eq!(self.run(data), Some(*code), "{name}, and {later}");
            }
        }
    }

    /// How many there are, and what is too short for them.
    fn check_counts(&self, head: usize, none: Option<u32>) {
        assert_eq!(self.run(vec![]), Some(SIZE));
        assert_eq!(self.run([&[0][..], &self.good[1..]].concat()), Some(SIZE));
        assert_eq!(self.run(vec![0; head]), none);
        assert_eq!(self.run([&[255][..], &self.good[1..]].concat()), Some(SIZE));
        for length in 1..head + 11 {
            assert_eq!(
                self.run(self.good[..length].to_vec()),
                Some(SIZE),
                "{length}"
            );
        }
    }
}

/// One signature whose parts are in the instruction itself, then the parts.
fn wide(signature: &[u8], key: &[u8]) -> Vec<u8> {
    let mut data = vec![1, 0];
    let own = u16::MAX;
    let message = 80 + u16::try_from(key.len()).unwrap();
    for number in [16, own, 80, own, message, 12, own] {
        data.extend(number.to_le_bytes());
    }
    data.extend(signature);
    data.extend(key);
    data.extend(MESSAGE);
    data
}

#[test]
fn ed25519_finds_faults_in_solanas_order() {
    let signer = keypair(7);
    let signature = signer.sign_message(MESSAGE);
    let good = wide(signature.as_ref(), signer.pubkey().as_ref());
    let bench = Bench::new(ed25519_program::ID, good);
    bench.check(&[
        ("the signature's instruction", |d| d[5] = 0, OFFSETS),
        ("the signature's place", |d| d[3] = 1, OFFSETS),
        (
            "a number beyond all signatures",
            |d| d[79] |= 0xe0,
            SIGNATURE,
        ),
        ("the key's place", |d| d[7] = 1, OFFSETS),
        ("no point", |d| d[80..112].fill(2), KEY),
        ("the message's instruction", |d| d[15] = 0, OFFSETS),
        ("the message's length", |d| d[12] = 13, OFFSETS),
        ("another message", |d| d[112] ^= 1, SIGNATURE),
    ]);
    bench.check_counts(2, None);
}

#[test]
fn secp256r1_finds_faults_in_solanas_order() {
    use p256::ecdsa::signature::Signer as _;
    let signer = p256::ecdsa::SigningKey::from_slice(&[7; 32]).unwrap();
    let signature: p256::ecdsa::Signature = signer.sign(MESSAGE);
    let signature = signature.normalize_s().unwrap_or(signature);
    let key = signer.verifying_key().to_encoded_point(true);
    let good = wide(&signature.to_bytes(), key.as_bytes());
    let bench = Bench::new(secp256r1_program::ID, good);
    bench.check(&[
        ("the signature's instruction", |d| d[5] = 0, OFFSETS),
        ("the signature's place", |d| d[3] = 1, OFFSETS),
        ("the key's place", |d| d[7] = 1, OFFSETS),
        ("the message's length", |d| d[12] = 13, OFFSETS),
        ("a number that is zero", |d| d[16..48].fill(0), SIGNATURE),
        ("a high number", |d| d[48] = 0xf0, SIGNATURE),
        ("the form of a key without its sign", |d| d[80] = 5, KEY),
        ("no point", |d| d[81..113].fill(0xff), KEY),
        ("another message", |d| d[113] ^= 1, SIGNATURE),
    ]);
    bench.check_counts(2, Some(SIZE));
    let mut many = bench.good.clone();
    many[0] = 9;
    assert_eq!(bench.run([many, vec![0; 200]].concat()), Some(SIZE));
}

#[test]
fn secp256k1_finds_faults_in_solanas_order() {
    let signer = k256::ecdsa::SigningKey::from_slice(&[7; 32]).unwrap();
    let hash = keccak256(MESSAGE);
    let (signature, id) = signer.sign_prehash_recoverable(hash.as_slice()).unwrap();
    let point = signer.verifying_key().to_encoded_point(false);
    let address = keccak256(&point.as_bytes()[1..]);
    let mut good = vec![1];
    for (offset, length) in [(32_u16, None), (12, None), (97, Some(12_u16))] {
        good.extend(offset.to_le_bytes());
        good.extend(length.into_iter().flat_map(u16::to_le_bytes));
        good.push(0);
    }
    good.extend_from_slice(&address[12..]);
    good.extend_from_slice(&signature.to_bytes());
    good.push(id.to_byte());
    good.extend_from_slice(MESSAGE);
    let bench = Bench::new(secp256k1_program::ID, good);
    bench.check(&[
        ("the signature's instruction", |d| d[3] = 1, SIZE),
        ("the signature's place", |d| d[2] = 1, SIGNATURE),
        (
            "a number beyond the order",
            |d| d[64..96].fill(0xff),
            SIGNATURE,
        ),
        ("how the key is recovered", |d| d[96] = 4, RECOVERY),
        ("the address' instruction", |d| d[6] = 1, OFFSETS),
        ("the address' place", |d| d[5] = 1, SIGNATURE),
        ("the message's instruction", |d| d[11] = 1, OFFSETS),
        ("the message's length", |d| d[9] = 13, SIGNATURE),
        ("a number that is zero", |d| d[32..64].fill(0), SIGNATURE),
        ("another message", |d| d[97] ^= 1, SIGNATURE),
    ]);
    bench.check_counts(1, None);
}
