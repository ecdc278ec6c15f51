// Foundry's forge: create, a script with broadcast, and tests on a fork of the node. Nothing is fetched.
import assert from 'node:assert/strict';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { getAddress, parseEther } from 'viem';
import { account, borrowPredeploys, chainId, privateKey, publicClient, read, url } from './lib/chain.mjs';
import { freePorts, startNode } from './lib/process.mjs';
import { here, program, run, succeed } from './lib/tools.mjs';

const project = join(here, 'foundry');
const file = program('forge');
const options = { seconds: 100, env: { FOUNDRY_SOLC: join(project, 'solc.mjs') } };
const forge = (...args) => succeed(file, args.map(String), options);
const key = ['--rpc-url', url, '--private-key', privateKey(9)];
const me = account(9).address;
const receiver = account(8).address;

const abi = [
  { type: 'function', name: 'balanceOf', stateMutability: 'view', inputs: [{ type: 'address' }], outputs: [{ type: 'uint256' }] },
  { type: 'function', name: 'owner', stateMutability: 'view', inputs: [], outputs: [{ type: 'address' }] },
  { type: 'function', name: 'totalSupply', stateMutability: 'view', inputs: [], outputs: [{ type: 'uint256' }] },
];

before(async () => {
  await borrowPredeploys();
  rmSync(join(project, 'broadcast'), { recursive: true, force: true });
  await forge('build');
});

test('create deploys OpenZeppelin\'s ERC-20', async () => {
  const printed = await forge('create', ...key, '--broadcast', '--json', 'foundry/src/ForgeToken.sol:ForgeToken', '--constructor-args', 'Created', 'CRT', 42);
  const { deployedTo, deployer, transactionHash } = JSON.parse(printed.slice(printed.indexOf('{')));
  assert.equal(getAddress(deployer), me);
  const token = { address: deployedTo, abi };
  assert.equal(await read(token, 'balanceOf', [me]), 42n);
  assert.equal((await publicClient.getTransactionReceipt({ hash: transactionHash })).status, 'success');
});

let token;
let nonce;
const script = (salt, signer) =>
  run(file, ['script', 'foundry/script/Deploy.s.sol:Deploy', '--sig', 'run(address,uint256)', receiver, String(salt), ...signer, '--broadcast', '--non-interactive'], options);

test('script --broadcast sends all its transactions, each once', async () => {
  nonce = await publicClient.getTransactionCount({ address: me });
  const { code, stdout, stderr } = await script(nonce, key);
  assert.equal(code, 0, stdout + stderr);
  const record = JSON.parse(readFileSync(join(project, `broadcast/Deploy.s.sol/${chainId}/run-latest.json`), 'utf8'));
  assert.equal(record.transactions.length, 5);
  assert.ok(record.receipts.every(({ status }) => BigInt(status) === 1n));
  assert.equal(await publicClient.getTransactionCount({ address: me }), nonce + 5);
  token = { address: record.receipts[0].contractAddress, abi };
  assert.equal(await read(token, 'balanceOf', [receiver]), parseEther('15'));
  assert.equal(await read(token, 'totalSupply'), parseEther('1004'));
  const salted = { address: record.transactions[4].contractAddress, abi };
  assert.equal(await read(salted, 'totalSupply'), 7n);
});

test('test --fork-url runs on the node\'s state', async () => {
  const printed = await succeed(file, ['test', '--fork-url', url, '-vv'], { ...options, env: { ...options.env, TOKEN: token.address } });
  assert.match(printed, /4 passed; 0 failed/);
});

test('a script that reverts sends nothing', async () => {
  // The same salt again: the CREATE2 deployer finds the address taken.
  const { code, stderr } = await script(nonce, key);
  assert.notEqual(code, 0);
  assert.match(stderr, /script failed/);
  assert.equal(await publicClient.getTransactionCount({ address: me }), nonce + 5);
});

test('anvil forks the node, and changes stay in the fork', async (t) => {
  const port = await freePorts(1);
  const fork = await startNode(program('anvil'), ['--fork-url', url, '--port', String(port)], `http://127.0.0.1:${port}`);
  t.after(() => fork.stop());
  const cast = (node, command, ...args) => succeed(program('cast'), [command, '--rpc-url', node, ...args.map(String)]);
  assert.equal(Number(await cast(fork.url, 'chain-id')), chainId);
  const balance = [token.address, 'balanceOf(address)(uint256)', receiver];
  const held = await cast(url, 'call', ...balance);
  assert.equal(await cast(fork.url, 'call', ...balance), held);
  await cast(fork.url, 'send', '--private-key', privateKey(9), token.address, 'transfer(address,uint256)', receiver, 1);
  assert.notEqual(await cast(fork.url, 'call', ...balance), held);
  assert.equal(await cast(url, 'call', ...balance), held);
});
