// Every entry function of the framework with arguments that nobody means well: the node goes on, and can show what happened.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import {
  Account, ChainId, EntryFunction, EntryFunctionBytes, Deserializer, Identifier, ModuleId, RawTransaction, SimpleTransaction, TransactionPayloadEntryFunction, parseTypeTag,
} from '@aptos-labs/ts-sdk';
import { addressOf, aptos, call, funded, rest, restUrl, send } from '../lib/aptos.mjs';

/** Numbers that are the same in each run (mulberry32). */
function random(seed) {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4294967296) * below);
  };
}
const below = random(7);
const pick = (list) => list[below(list.length)];
const widths = { u8: 1, u16: 2, u32: 4, u64: 8, u128: 16, u256: 32 };
const bytesOf = (hex) => [...Buffer.from(hex.slice(2).padStart(64, '0'), 'hex')];
const words = ['', 'a', 'a', 'Swords', 'Swords', 'uri', 'u64', 'bool', '0x1::string::String', 'vector<u8>', '\u{1f5e1}', '{"'];

/** BCS of an argument of a type, mostly of the right form. */
function argument(type, objects) {
  if (below(100) === 0) return [0xff, 0xff, 0xff, 0xff, 0x0f];
  if (type === 'bool') return [below(2)];
  if (widths[type]) {
    const width = widths[type];
    const small = [pick([0, 1, 1, 2, 7]), ...Array(width - 1).fill(0)];
    return below(6) === 0 ? Array(width).fill(255) : small;
  }
  if (type === 'address' || type.startsWith('0x1::object::Object')) return bytesOf(pick(objects));
  if (type === '0x1::string::String') {
    const text = [...Buffer.from(pick(words))];
    return [text.length, ...text];
  }
  const inner = /^vector<(.*)>$/.exec(type)?.[1];
  if (!inner) return Array.from({ length: below(9) }, () => below(256));
  const count = below(4);
  return [count, ...Array.from({ length: count }, () => argument(inner, objects)).flat()];
}

async function entryFunctions() {
  const found = [];
  for (const account of ['0x1', '0x3', '0x4']) {
    for (let next = ''; next !== undefined;) {
      const { status, body, headers } = await rest(`/accounts/${account}/modules?limit=50${next && `&start=${next}`}`);
      assert.equal(status, 200);
      for (const { abi } of body) for (const each of abi.exposed_functions) if (each.is_entry) found.push({ abi, each });
      next = headers.get('x-aptos-cursor') ?? undefined;
    }
  }
  return found;
}

const types = ['0x1::aptos_coin::AptosCoin', '0x1::fungible_asset::Metadata', '0x1::fungible_asset::FungibleStore', '0x4::token::Token', '0x4::collection::Collection', '0x1::object::ObjectCore', 'u8'];

test('whatever entry functions are called with, node, API and index go on', async () => {
  const mallory = await funded(Account.generate(), 2_000_000_000);
  const objects = [addressOf(mallory), '0x1', '0xa', '0x4', `0x${'77'.repeat(32)}`];
  // Something that can be found.
  const yes = Array(9).fill(true);
  const made = [
    await send(mallory, call('0x4::aptos_token::create_collection', ['d', 1000, 'Swords', 'uri', ...yes, 1, 10])),
    await send(mallory, call('0x4::aptos_token::mint', ['Swords', 'd', 'a', 'uri', ['u64'], ['u64'], [new Uint8Array(8)]])),
  ];
  for (const { changes } of made) objects.push(...new Set(changes.filter(({ address }) => address).map(({ address }) => address)));

  const functions = await entryFunctions();
  assert.ok(functions.length > 100, `${functions.length}`);
  const [{ gas_estimate: price }, { chain_id: chainId }] = await Promise.all([aptos.getGasPriceEstimation(), aptos.getLedgerInfo()]);
  let { sequence_number: next } = await aptos.getAccountInfo({ accountAddress: mallory.accountAddress });
  next = BigInt(next);
  let last;
  for (let round = 0; round < 6; round++) {
    for (const { abi, each } of functions) {
      // Nothing more can be sent with another key.
      if (/rotate|key/.test(each.name)) continue;
      const parameters = each.params.filter((type) => !/^&?signer$/.test(type));
      const call = new EntryFunction(
        new ModuleId(mallory.accountAddress.constructor.from(abi.address), new Identifier(abi.name)),
        new Identifier(each.name),
        each.generic_type_params.map(() => parseTypeTag(pick(types))),
        parameters.map((type) => {
          const bytes = argument(type.replace(/T\d+/, types[0]), objects);
          return EntryFunctionBytes.deserialize(new Deserializer(Uint8Array.from(bytes)), bytes.length);
        }),
      );
      const expiration = BigInt(Math.floor(Date.now() / 1000) + 60);
      const raw = new RawTransaction(mallory.accountAddress, next, new TransactionPayloadEntryFunction(call), 20_000n, BigInt(price), expiration, new ChainId(chainId));
      last = await aptos.signAndSubmitTransaction({ signer: mallory, transaction: new SimpleTransaction(raw) });
      next += 1n;
    }
  }
  const { version } = await aptos.waitForTransaction({ transactionHash: last.hash, options: { checkSuccess: false } });

  // All of it can be read.
  let succeeded = 0;
  for (let start = Number(made[0].version); start <= Number(version); start += 100) {
    const { status, body } = await rest(`/transactions?start=${start}&limit=100`);
    assert.equal(status, 200, JSON.stringify(body).slice(0, 500));
    succeeded += body.filter(({ type, success }) => type === 'user_transaction' && success).length;
  }
  assert.ok(succeeded > 60, `${succeeded} of ${next} did something`);
  for (const account of new Set(objects)) {
    const { status, body } = await rest(`/accounts/${account}/resources?limit=100`);
    assert.ok(status === 200 || status === 404, JSON.stringify(body).slice(0, 500));
  }
  // The index has followed.
  for (let tries = 0; tries < 50 && (await aptos.getIndexerLastSuccessVersion()) < BigInt(version); tries++) await setTimeout(100);
  assert.ok((await aptos.getIndexerLastSuccessVersion()) >= BigInt(version));
  await aptos.getAccountOwnedTokens({ accountAddress: mallory.accountAddress });
  await aptos.getAccountCoinsData({ accountAddress: mallory.accountAddress });
  // And so have blocks and the pool.
  const sent = await send(mallory, call('0x1::aptos_account::transfer', [`0x${'78'.repeat(32)}`, 1]));
  assert.equal(sent.success, true, restUrl);
});
