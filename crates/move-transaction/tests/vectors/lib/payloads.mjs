// Every form of payload. Each comes with its description, which the tests compare with what they read.
import {
  AccountAddress, Bool, EntryFunction, MoveOption, MoveString, MoveVector, MultiSig, MultiSigTransactionPayload,
  Script, Serialized, Serializer, TransactionPayload, TransactionPayloadEntryFunction, TransactionPayloadMultiSig,
  TransactionPayloadScript, U8, U16, U32, U64, U128, U256, parseTypeTag,
} from '@aptos-labs/ts-sdk';

export const hex = (bytes) => Buffer.from(bytes).toString('hex');

const MULTISIG = AccountAddress.from(`0x${'5a'.repeat(32)}`);
const BOB = AccountAddress.from(`0x${'b0'.repeat(32)}`);
const MAX = { u64: 2n ** 64n - 1n, u128: 2n ** 128n - 1n, u256: 2n ** 256n - 1n };

/** What the SDK writes for anything that can serialise itself. */
export const bytesOf = (write) => {
  const serializer = new Serializer();
  write(serializer);
  return serializer.toUint8Array();
};

const call = (module, name, typeTags, args) => ({
  sdk: EntryFunction.build(module, name, typeTags.map((tag) => parseTypeTag(tag)), args),
  description: { function: `${module}::${name}`, type_arguments: typeTags, arguments: args.map((arg) => hex(arg.bcsToBytes())) },
});

/** An argument of a script that this SDK does not know: two's complement, little-endian. */
const signed = (variant, bytes, value) => ({
  serializeForScriptFunction: (serializer) => {
    serializer.serializeU32AsUleb128(variant);
    for (let at = 0n; at < BigInt(bytes); at += 1n) serializer.serializeU8(Number((value >> (8n * at)) & 255n));
  },
});

const script = (code, typeTags, args) => ({
  sdk: new Script(Uint8Array.from(code), typeTags.map((tag) => parseTypeTag(tag)), args),
  description: {
    code: hex(code),
    type_arguments: typeTags,
    arguments: args.map((arg) => hex(bytesOf((serializer) => arg.serializeForScriptFunction(serializer)))),
  },
});

const transfer = call('0x1::aptos_account', 'transfer', [], [BOB, new U64(1_000_000)]);
const generic = call(
  '0x1::coin',
  'transfer',
  ['bool', 'u8', 'u16', 'u32', 'u64', 'u128', 'u256', 'address', 'signer', 'vector<vector<u8>>', '0x1::aptos_coin::AptosCoin',
    '0x1::pool::Pool<vector<0x1::coin::Coin<u64>>, 0xa::m::S<bool, address>>'],
  [AccountAddress.ONE, new U64(MAX.u64)],
);
const values = call('0xc::every_kind', 'of_argument', [], [
  new Bool(true), new Bool(false), new U8(255), new U16(65535), new U32(4294967295), new U64(MAX.u64), new U128(MAX.u128),
  new U256(MAX.u256), AccountAddress.from(`0x${'ab'.repeat(32)}`), new MoveString('ünïcode 🦀'), MoveVector.U8([]),
  MoveVector.U8(Array.from({ length: 300 }, (_, n) => n & 255)), MoveVector.MoveString(['a', 'b']),
  new MoveVector([MoveVector.U64([1, 2]), MoveVector.U64([])]), new MoveOption(new U64(7)), new MoveOption(),
]);
const bare = script([0xa1, 0x1c, 0xeb, 0x0b], [], []);
const every = script(Array.from({ length: 200 }, (_, n) => n), ['0x1::aptos_coin::AptosCoin', 'u64'], [
  new U8(1), new U64(MAX.u64), new U128(MAX.u128), BOB, MoveVector.U8([1, 2, 3]), new Bool(true),
  new U16(2), new U32(3), new U256(MAX.u256), new Serialized(new MoveString('text').bcsToBytes()),
]);
const negative = script([0], [], [
  signed(10, 1, -128n), signed(11, 2, -1n), signed(12, 4, 2n ** 31n - 1n), signed(13, 8, -(2n ** 63n)), signed(14, 16, -2n),
  signed(15, 32, -(2n ** 255n)),
]);

class Orderless extends TransactionPayload {
  constructor(executable, multisig, nonce) {
    super();
    Object.assign(this, { executable, multisig, nonce });
  }

  serialize(serializer) {
    const option = (value, write) => {
      serializer.serializeBool(value !== undefined);
      if (value !== undefined) write(value);
    };
    serializer.serializeU32AsUleb128(4);
    serializer.serializeU32AsUleb128(0);
    serializer.serializeU32AsUleb128(this.executable === undefined ? 2 : Number(this.executable instanceof EntryFunction));
    this.executable?.serialize(serializer);
    serializer.serializeU32AsUleb128(0);
    option(this.multisig, (address) => address.serialize(serializer));
    option(this.nonce, (nonce) => serializer.serializeU64(nonce));
  }
}

const orderless = (what, multisig, nonce) => ({
  payload: new Orderless(what?.sdk, multisig, nonce),
  description: {
    kind: 'orderless',
    executable: what?.description ?? null,
    multisig: multisig?.toStringLong() ?? null,
    nonce: nonce?.toString() ?? null,
  },
});
const entry = (what) => ({
  payload: new TransactionPayloadEntryFunction(what.sdk),
  description: { kind: 'entry_function', executable: what.description },
});
const scripted = (what) => ({
  payload: new TransactionPayloadScript(what.sdk),
  description: { kind: 'script', executable: what.description },
});
const multisig = (what) => ({
  payload: new TransactionPayloadMultiSig(new MultiSig(MULTISIG, what && new MultiSigTransactionPayload(what.sdk))),
  description: { kind: 'multisig', executable: what?.description ?? null, multisig: MULTISIG.toStringLong() },
});

export const payloads = {
  'entry function': entry(transfer),
  'entry function with every type argument': entry(generic),
  'entry function with every kind of argument': entry(values),
  'script without arguments': scripted(bare),
  'script with every kind of argument': scripted(every),
  'script with negative arguments': scripted(negative),
  'multisig with a call': multisig(transfer),
  'multisig with what is on chain': multisig(),
  'orderless entry function': orderless(transfer, undefined, 0n),
  'orderless script': orderless(every, undefined, MAX.u64),
  'orderless multisig with a call': orderless(generic, MULTISIG, 42n),
  'orderless multisig with what is on chain': orderless(undefined, MULTISIG, 43n),
  'new form with a sequence number': orderless(transfer, undefined, undefined),
};
