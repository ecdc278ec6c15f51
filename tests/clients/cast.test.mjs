// Foundry's cast: every everyday command, and each kind of transaction.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { encodeAbiParameters, getAddress, keccak256, parseEther } from 'viem';
import { account, chainId, deploy, eventually, fixture, privateKey, rpc, url } from './lib/chain.mjs';
import { program, run, succeed } from './lib/tools.mjs';

const file = program('cast');
/** The node's URL goes behind the command, which has two words for wallets and tokens. */
const at = ([command, ...rest]) =>
  ['wallet', 'erc20-token'].includes(command) ? [command, rest[0], '--rpc-url', url, ...rest.slice(1)] : [command, '--rpc-url', url, ...rest];
const cast = (...args) => succeed(file, at(args.map(String)));
const castJson = async (...args) => JSON.parse(await cast(...args, '--json'));
const me = account(0).address;
const key = ['--private-key', privateKey(0)];
const other = account(1).address;
const stranger = '0x00000000000000000000000000000000DeaDBeef';

let token;
let store;
let reverter;
before(async () => {
  const { bytecode } = fixture('Token');
  const args = encodeAbiParameters(
    [{ type: 'string' }, { type: 'string' }, { type: 'uint256' }],
    ['Cast Token', 'CAST', parseEther('1000')],
  );
  const receipt = await castJson('send', ...key, '--create', bytecode + args.slice(2));
  assert.equal(BigInt(receipt.status), 1n);
  token = receipt.contractAddress;
  store = (await deploy(0, 'Store')).address;
  reverter = (await deploy(0, 'Reverter')).address;
});

test('chain-id, block-number, gas-price, client', async () => {
  assert.equal(Number(await cast('chain-id')), chainId);
  assert.ok(Number(await cast('block-number')) >= 3);
  assert.ok(BigInt(await cast('gas-price')) > 0n);
  assert.match(await cast('client'), /\S+\/v?\d/);
});

test('balance and nonce move with a transfer of each fee type', async () => {
  for (const [flags, type] of [
    [['--legacy'], '0x0'],
    [[], '0x2'],
    [['--priority-gas-price', '1gwei', '--gas-price', '20gwei'], '0x2'],
  ]) {
    const nonce = Number(await cast('nonce', me));
    const held = BigInt(await cast('balance', stranger));
    const receipt = await castJson('send', ...key, ...flags, '--value', '1234wei', stranger);
    assert.equal(receipt.type, type);
    assert.equal(BigInt(receipt.gasUsed), 21000n);
    assert.equal(BigInt(await cast('balance', stranger)), held + 1234n);
    assert.equal(Number(await cast('nonce', me)), nonce + 1);
  }
});

test('balance at an older block', async () => {
  const block = await cast('block-number');
  const held = BigInt(await cast('balance', stranger));
  await cast('send', ...key, '--value', '1ether', stranger);
  assert.equal(BigInt(await cast('balance', stranger)), held + parseEther('1'));
  assert.equal(BigInt(await cast('balance', '--block', block, stranger)), held);
});

test('an access list: cast access-list makes one, send carries it', async () => {
  const call = [store, 'increment()'];
  const list = await castJson('access-list', '--from', me, ...call);
  const entry = list.accessList.find(({ address }) => getAddress(address) === getAddress(store));
  assert.deepEqual(entry.storageKeys, [`0x${'0'.repeat(64)}`]);
  assert.ok(BigInt(list.gasUsed) > 21000n);
  const receipt = await castJson('send', ...key, '--access-list', JSON.stringify(list.accessList), ...call);
  assert.equal(BigInt(receipt.status), 1n);
  const sent = await castJson('tx', receipt.transactionHash);
  assert.deepEqual(sent.accessList, list.accessList);
});

test('EIP-7702: --auth delegates an account', async () => {
  const code = (await deploy(0, 'BatchAccount')).address;
  // The authority is not the sender, so its own next nonce is the one that it signs.
  const authority = account(1);
  const signed = await cast('wallet', 'sign-auth', code, '--private-key', privateKey(1));
  const receipt = await castJson('send', ...key, '--auth', signed, authority.address);
  assert.equal(BigInt(receipt.status), 1n);
  assert.equal(receipt.type, '0x4');
  assert.equal((await cast('code', authority.address)).toLowerCase(), `0xef0100${code.slice(2)}`.toLowerCase());

  const clear = await cast('wallet', 'sign-auth', `0x${'0'.repeat(40)}`, '--private-key', privateKey(1));
  await cast('send', ...key, '--auth', clear, stranger);
  assert.equal(await cast('code', authority.address), '0x');
});

test('call, estimate, send on an ERC-20', async () => {
  assert.equal(await cast('call', token, 'symbol()(string)'), '"CAST"');
  const transfer = ['transfer(address,uint256)(bool)', other, parseEther('2')];
  assert.equal(await cast('call', '--from', me, token, ...transfer), 'true');
  const gas = BigInt(await cast('estimate', '--from', me, token, ...transfer));
  assert.ok(gas > 30_000n && gas < 100_000n);
  const receipt = await castJson('send', ...key, '--gas-limit', gas, token, ...transfer);
  assert.equal(BigInt(receipt.status), 1n);
  assert.ok(BigInt(receipt.gasUsed) <= gas);
  assert.equal((await cast('call', token, 'balanceOf(address)(uint256)', other)).split(' ')[0], String(parseEther('2')));

  const stored = await castJson('receipt', receipt.transactionHash);
  assert.equal(stored.blockHash, receipt.blockHash);
  assert.equal(stored.logs.length, 1);
  const logs = await castJson(
    'logs', '--from-block', Number(receipt.blockNumber), '--to-block', Number(receipt.blockNumber),
    '--address', token, 'Transfer(address indexed,address indexed,uint256)', me,
  );
  assert.equal(logs.length, 1);
  assert.equal(logs[0].transactionHash, receipt.transactionHash);
});

test('call with overrides: block, balance, code', async () => {
  const block = await cast('block-number');
  await cast('send', ...key, store, 'set(uint256,uint256)', 5, 50);
  assert.equal(await cast('call', store, 'values(uint256)(uint256)', 5), '50');
  assert.equal(await cast('call', '--block', block, store, 'values(uint256)(uint256)', 5), '0');
  const { deployedBytecode } = fixture('Compute');
  const fibonacci = await cast('call', stranger, 'fibonacci(uint256)(uint256)', 10, '--override-code', `${stranger}:${deployedBytecode}`);
  assert.equal(fibonacci, '55');
});

test('storage and code', async () => {
  await cast('send', ...key, store, 'set(uint256,uint256)', 7, '0x1234');
  const slot = await succeed(file, ['index', 'uint256', '7', '1']);
  assert.equal(BigInt(await cast('storage', store, slot)), 0x1234n);
  assert.equal(BigInt(await cast('storage', store, 99)), 0n);
  assert.equal(await cast('code', store), fixture('Store').deployedBytecode);
  assert.equal(await cast('code', stranger), '0x');
});

test('block and tx agree with each other', async () => {
  const receipt = await castJson('send', ...key, '--value', 1, stranger);
  const block = await castJson('block', receipt.blockHash);
  assert.equal(block.number, receipt.blockNumber);
  assert.ok(block.transactions.includes(receipt.transactionHash));
  assert.equal(block.parentHash, (await castJson('block', Number(block.number) - 1)).hash);
  const tx = await castJson('tx', receipt.transactionHash);
  assert.equal(getAddress(tx.from), me);
  assert.equal(tx.blockHash, block.hash);
  assert.equal(Number(tx.chainId), chainId);
  const raw = await cast('tx', receipt.transactionHash, '--raw');
  assert.equal(keccak256(raw), receipt.transactionHash);
  for (const tag of ['earliest', 'latest', 'safe', 'finalized', 'pending']) {
    assert.ok(Number(await cast('block', tag, '-f', 'number')) >= 0, tag);
  }
});

test('rpc passes raw parameters', async () => {
  assert.equal(Number(JSON.parse(await cast('rpc', 'eth_chainId'))), chainId);
  const block = JSON.parse(await cast('rpc', 'eth_getBlockByNumber', 'latest', 'false'));
  assert.match(block.stateRoot, /^0x[0-9a-f]{64}$/);
});

test('a signed transaction is published, and a second time it is already known or its nonce too low', async () => {
  const raw = await cast('mktx', ...key, '--value', 7, stranger);
  const hash = await cast('publish', '--async', raw);
  await eventually('the receipt', async () => (await rpc('eth_getTransactionReceipt', hash.trim())) ?? undefined);
  const again = await run(file, at(['publish', raw]));
  assert.notEqual(again.code, 0);
  assert.match(again.stderr, /nonce too low|already known|already imported/);
});

test('a custom error is shown and decodes', async () => {
  const failing = [reverter, 'custom(uint256,uint256)', 1, 2];
  const call = await run(file, at(['call', '--from', me, ...failing.map(String)]));
  assert.notEqual(call.code, 0);
  assert.match(call.stderr, /execution reverted/);
  const data = /0x[0-9a-f]{200}/.exec(call.stderr)?.[0];
  assert.ok(data, `the revert data is missing in: ${call.stderr}`);
  const decoded = await succeed(file, ['decode-error', data, '--sig', 'InsufficientFunds(address,uint256,uint256)']);
  assert.deepEqual(decoded.split('\n'), [me, '1', '2']);

  const send = await run(file, at(['send', ...key, ...failing.map(String)]));
  assert.notEqual(send.code, 0);
  assert.match(send.stderr, /execution reverted/);

  const mined = await castJson('send', ...key, '--gas-limit', 200000, ...failing);
  assert.equal(BigInt(mined.status), 0n);
  assert.equal(mined.logs.length, 0);
});

test('a reason and a panic are shown in words', async () => {
  const reason = await run(file, at(['call', reverter, 'reason()']));
  assert.match(reason.stderr, /execution reverted: the reason/);
  const panic = await run(file, at(['call', reverter, 'division(uint256)', '0']));
  assert.match(panic.stderr, /execution reverted.*(division|divide|0x12)/is);
});

test('run executes a mined transaction again', async () => {
  const receipt = await castJson('send', ...key, store, 'set(uint256,uint256)', 11, 12);
  const trace = await cast('run', '--quick', receipt.transactionHash);
  assert.match(trace, /Transaction successfully executed/);
  assert.match(trace, new RegExp(`Gas used: ${Number(receipt.gasUsed)}`));
});

test('call --trace shows the frames', async () => {
  const trace = await cast('call', '--trace', '--from', me, store, 'setThenRevertInside(uint256,uint256,uint256)', 1, 2, 3);
  assert.match(trace, /\[Revert\] always/);
  assert.match(trace, /Transaction successfully executed/);
});

test('the pool is empty once everything is mined', async () => {
  const status = JSON.parse(await cast('rpc', 'txpool_status'));
  assert.equal(Number(status.pending), 0);
});

test('compute-address foretells a deployment', async () => {
  const nonce = await cast('nonce', me);
  const { address } = await deploy(0, 'Compute');
  const computed = await cast('compute-address', me, '--nonce', nonce);
  assert.equal(getAddress(computed.split(' ').at(-1)), getAddress(address));
});

test('the commands that look things up', async () => {
  const { deployedBytecode } = fixture('Store');
  assert.equal(await cast('codehash', store), keccak256(deployedBytecode));
  assert.equal(Number(await cast('codesize', store)), (deployedBytecode.length - 2) / 2);
  assert.match(await cast('storage-root', store), /^0x[0-9a-f]{64}$/);
  assert.ok(BigInt(await cast('base-fee')) > 0n);
  assert.match(await cast('age'), /UTC|\+00:00|\d{4}/);
  const [number, timestamp] = await Promise.all(['number', 'timestamp'].map((field) => cast('block', 'latest', '-f', field)));
  assert.ok(Number(await cast('find-block', timestamp)) <= Number(number));
  const full = await castJson('block', 'latest', '--full');
  assert.equal(typeof full.transactions[0]?.hash, 'string');
});

test('erc20 commands', async () => {
  const held = BigInt((await cast('erc20-token', 'balance', token, other)).split(' ')[0]);
  await cast('erc20-token', 'transfer', token, other, 5, ...key);
  assert.equal(BigInt((await cast('erc20-token', 'balance', token, other)).split(' ')[0]), held + 5n);
});

test('send --async gives the hash at once', async () => {
  const hash = await cast('send', ...key, '--async', '--value', 3, stranger);
  assert.match(hash, /^0x[0-9a-f]{64}$/);
  const receipt = await eventually('the receipt', async () => (await rpc('eth_getTransactionReceipt', hash)) ?? undefined);
  assert.equal(receipt.status, '0x1');
});

test('run replays the transactions before it in the block', async () => {
  await rpc('evm_setAutomine', false);
  const hashes = [];
  try {
    const nonce = Number(await cast('nonce', me));
    for (let i = 0; i < 3; i++) {
      hashes.push(await cast('send', ...key, '--async', '--nonce', nonce + i, '--gas-limit', 100000, store, 'increment()'));
    }
    await rpc('evm_mine');
  } finally {
    await rpc('evm_setAutomine', true);
  }
  const receipt = await castJson('receipt', hashes[2]);
  assert.equal(Number(receipt.transactionIndex), 2);
  const trace = await cast('run', hashes[2]);
  assert.match(trace, /Transaction successfully executed/);
  assert.match(trace, new RegExp(`Gas used: ${Number(receipt.gasUsed)}`));
});

test('time does not go back', async () => {
  const [latest, earliest] = await Promise.all(['latest', 'earliest'].map((tag) => cast('block', tag, '-f', 'timestamp')));
  assert.ok(Number(latest) >= Number(earliest));
});
