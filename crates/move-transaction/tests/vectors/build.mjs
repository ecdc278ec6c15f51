// Writes vectors.json, or with --check compares it.
import { readFileSync, writeFileSync } from 'node:fs';
import {
  AccountAddress, AuthenticationKey, ChainId, Deserializer, DeriveScheme, RawTransaction, SignedTransaction, SimpleTransaction,
  createObjectAddress, createResourceAddress, createTokenAddress, generateSignedTransaction, generateSigningMessage,
  generateSigningMessageForTransaction, generateUserTransactionHash,
} from '@aptos-labs/ts-sdk';
import { sha3_256 } from '@noble/hashes/sha3';
import { forms, simulations, single } from './lib/forms.mjs';
import { bytesOf, hex, payloads } from './lib/payloads.mjs';

const SENDER = AccountAddress.from(`0x${'5e'.repeat(32)}`);
const limits = [1_000n, 100n, 1_800_000_000n];

const rawOf = ({ payload, description }) => {
  const orderless = typeof description.nonce === 'string';
  return new RawTransaction(SENDER, orderless ? 2n ** 64n - 1n : 7n, payload, ...limits, new ChainId(4));
};

// For transactions that the SDK's own function does not take.
const hashOf = (bytes) =>
  sha3_256(Uint8Array.from([...generateSigningMessage(new Uint8Array(), 'APTOS::Transaction'), 0, ...bytes]));

const printed = (key) => key && hex(key);
const keysOf = ({ sender, secondary, fee_payer }) => ({
  sender: printed(sender),
  secondary: secondary.map(([address, key]) => [address, printed(key)]),
  fee_payer: fee_payer && [fee_payer[0], printed(fee_payer[1])],
});

/** What this SDK reads back, and so can put together and hash by itself. */
const known = (name) => !/passkey|schemes?|with others|orderless|new form|negative/.test(name);

const sent = (name, { signed, arguments: parts, keys, messages, with_data }) => {
  const bytes = signed.bcsToBytes();
  if (known(name)) {
    const same = (left, right) => {
      if (left !== right) throw new Error(`${name}: the SDK makes something else of it`);
    };
    same(hex(SignedTransaction.deserialize(new Deserializer(bytes)).bcsToBytes()), hex(bytes));
    if (parts) {
      same(hex(generateSignedTransaction(parts)), hex(bytes));
      same(generateUserTransactionHash(parts), `0x${hex(hashOf(bytes))}`);
    }
  }
  return {
    bytes: hex(bytes),
    hash: hex(hashOf(bytes)),
    messages: messages.map(hex),
    with_data: with_data && with_data !== signed.raw_txn ? hex(with_data.bcsToBytes()) : null,
    keys: keysOf(keys),
  };
};

const transfer = payloads['entry function'];
const entries = Object.entries;
const scheme = (number, write) =>
  hex(AuthenticationKey.fromSchemeAndBytes({ scheme: number, input: bytesOf(write) }).toUint8Array());
const seed = new TextEncoder().encode('a seed');
const other = AccountAddress.from('0xa');

const vectors = {
  payloads: entries(payloads).map(([name, form]) => {
    const raw = rawOf(form);
    return {
      name,
      payload: form.description,
      raw: hex(raw.bcsToBytes()),
      message: hex(generateSigningMessageForTransaction(new SimpleTransaction(raw))),
      ...sent(name, single('ed25519')(raw)),
    };
  }),
  forms: entries(forms).map(([name, form]) => ({ name, ...sent(name, form(rawOf(transfer))) })),
  simulations: entries(simulations).map(([name, form]) => {
    const { bytes, keys } = form(rawOf(transfer));
    return { name, bytes: hex(bytes), keys: keysOf(keys) };
  }),
  addresses: {
    creator: SENDER.toStringLong(),
    other: other.toStringLong(),
    seed: hex(seed),
    number: '1125899906842625',
    object_from_seed: createObjectAddress(SENDER, seed).toStringLong(),
    token: { collection: 'Cats', name: 'Tom', address: createTokenAddress(SENDER, 'Cats', 'Tom').toStringLong() },
    resource_account: createResourceAddress(SENDER, seed).toStringLong(),
    object_from_object: scheme(DeriveScheme.DeriveObjectAddressFromObject, (to) => {
      SENDER.serialize(to);
      other.serialize(to);
    }),
    object_from_guid: scheme(DeriveScheme.DeriveObjectAddressFromGuid, (to) => {
      to.serializeU64(1125899906842625n);
      SENDER.serialize(to);
    }),
    unique: scheme(DeriveScheme.DeriveAuid, (to) => {
      SENDER.serialize(to);
      to.serializeU64(1125899906842625n);
    }),
  },
};

const file = new URL('vectors.json', import.meta.url);
const text = `${JSON.stringify(vectors, null, 1)}\n`;
if (process.argv.includes('--check')) {
  if (readFileSync(file, 'utf8') !== text) {
    console.error('vectors.json is not what build.mjs makes');
    process.exit(1);
  }
} else {
  writeFileSync(file, text);
}
