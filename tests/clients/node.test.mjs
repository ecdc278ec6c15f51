// The program itself, as its users start and stop it: flags, data folder, ports, signals.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { mnemonicToAccount } from 'viem/accounts';
import { eventually } from './lib/chain.mjs';
import { freePorts, startDevelopmentChain, startNode } from './lib/process.mjs';
import { program, run, succeed } from './lib/tools.mjs';

const binary = process.env.LUMIO_BIN;
const only = { skip: binary ? false : 'LUMIO_BIN does not name the program' };
const cast = (node, command, ...args) => succeed(program('cast'), [command, '--rpc-url', node.url, ...args.map(String)]);
const firstKey = '0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80';

async function start(t, ...flags) {
  const node = await startDevelopmentChain(binary, flags);
  t.after(() => node.stop());
  return Object.assign(node, { first: Number(new URL(node.url).port) });
}
function folder(t) {
  const path = mkdtempSync(join(tmpdir(), 'lumio-'));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

test('accounts, balance, mnemonic and chain id are the flags\'', only, async (t) => {
  const mnemonic = 'legal winner thank year wave sausage worth useful legal winner thank yellow';
  const node = await start(t, '--ephemeral', '--accounts', '3', '--balance', '12', '--mnemonic', mnemonic, '--chain-id', '4242');
  assert.equal(await cast(node, 'chain-id'), '4242');
  const accounts = JSON.parse(await cast(node, 'rpc', 'eth_accounts'));
  assert.equal(accounts.length, 3);
  const last = mnemonicToAccount(mnemonic, { addressIndex: 2 }).address;
  assert.equal(accounts[2], last.toLowerCase());
  assert.equal(await cast(node, 'balance', '--ether', last), '12.000000000000000000');
});

test('a block time makes blocks, empty ones too, and a transaction waits for the next', only, async (t) => {
  const node = await start(t, '--ephemeral', '--block-time', '0.2');
  const receipt = JSON.parse(await cast(node, 'send', '--private-key', firstKey, '--value', 1, `0x${'1'.repeat(40)}`, '--json'));
  assert.equal(BigInt(receipt.status), 1n);
  const before = Number(await cast(node, 'block-number'));
  await new Promise((resolve) => setTimeout(resolve, 1500));
  const after = Number(await cast(node, 'block-number'));
  assert.ok(after - before >= 4 && after - before <= 12, `${after - before} blocks in 1.5 s`);
});

test('what was mined is there after a stop and a start', only, async (t) => {
  const datadir = folder(t);
  const to = `0x${'2'.repeat(40)}`;
  const first = await start(t, '--datadir', datadir);
  const sent = JSON.parse(await cast(first, 'send', '--private-key', firstKey, '--value', 77, to, '--json'));
  const head = await cast(first, 'block', 'latest', '-f', 'hash');
  assert.deepEqual(await first.stop(), { code: 0, signal: null });

  const second = await start(t, '--datadir', datadir);
  assert.equal(await cast(second, 'block', sent.blockNumber, '-f', 'hash'), sent.blockHash);
  assert.equal(await cast(second, 'block', Number(sent.blockNumber), '-f', 'hash'), head);
  assert.equal(await cast(second, 'balance', to), '77');
  assert.equal(await cast(second, 'nonce', mnemonicToAccount('test test test test test test test test test test test junk').address), '1');
  await cast(second, 'send', '--private-key', firstKey, '--value', 1, to);
  assert.equal(await cast(second, 'balance', to), '78');
});

test('a data folder in use, and a taken port, are refused in words', only, async (t) => {
  const datadir = folder(t);
  const node = await start(t, '--datadir', datadir);
  const other = await freePorts(6);
  const flags = (first) => ['eth', 'aptos', 'faucet', 'metrics', 'solana'].flatMap((name, i) => [`--${name}-port`, String(first + i)]);
  const inUse = await run(binary, ['dev', '--datadir', datadir, ...flags(other)], { seconds: 30 });
  assert.notEqual(inUse.code, 0);
  assert.match(inUse.stderr + inUse.stdout, /in use|another process|locked/i);
  const taken = await run(binary, ['dev', '--ephemeral', ...flags(node.first)], { seconds: 30 });
  assert.notEqual(taken.code, 0);
  assert.match(taken.stderr + taken.stdout, new RegExp(`port|${node.first}`, 'i'));
  assert.ok(Number(await cast(node, 'chain-id')) > 0);
});

test('a wrong flag ends with code 2 and names it', only, async () => {
  const { code, stderr } = await run(binary, ['dev', '--no-such-flag']);
  assert.equal(code, 2);
  assert.match(stderr, /--no-such-flag/);
});

test('the banner shows where to connect and the first key', only, async (t) => {
  const node = await start(t, '--ephemeral');
  // It is printed once everything serves, which may be after the first answer.
  await eventually('the whole banner', () => node.output().includes('cast send 0x'));
  assert.ok(node.output().includes(String(node.first)));
  assert.ok(node.output().toLowerCase().includes(firstKey));
  assert.match(node.output(), /0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266/i);
});
