// viem: contracts, typed data, EIP-7702, simulation, and Uniswap, over HTTP.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import {
  BaseError, ContractFunctionRevertedError, encodeFunctionData, getAddress, keccak256, parseEther, parseEventLogs, parseSignature, toHex, zeroAddress,
} from 'viem';
import { account, borrowPredeploys, chain, chainId, deploy, isLumio, publicClient, read, rpc, unlessPeer, wallet, write } from './lib/chain.mjs';
import { verifyAccount } from './lib/proof.mjs';
import { amountOut, farAway, firstLiquidity } from './lib/uniswap.mjs';

const word = (n) => toHex(n, { size: 32 });
const me = account(2);
const other = account(3).address;
let token;
let store;
let reverter;
before(async () => {
  await borrowPredeploys();
  token = await deploy(2, 'Token', ['Viem Token', 'VIEM', parseEther('1000')]);
  store = await deploy(2, 'Store');
  reverter = await deploy(2, 'Reverter');
});

test('an ERC-20 is read, simulated, written, and its events found', async () => {
  assert.equal(await read(token, 'name'), 'Viem Token');
  assert.equal(await read(token, 'totalSupply'), parseEther('1000'));
  const call = { ...token, functionName: 'transfer', args: [other, 5n], account: me };
  const { result, request } = await publicClient.simulateContract(call);
  assert.equal(result, true);
  const hash = await wallet(2).writeContract(request);
  const receipt = await publicClient.waitForTransactionReceipt({ hash });
  assert.equal(receipt.status, 'success');
  assert.equal(await read(token, 'balanceOf', [other]), 5n);
  const [event] = parseEventLogs({ abi: token.abi, logs: receipt.logs });
  assert.deepEqual(event.args, { from: me.address, to: other, value: 5n });

  const logs = await publicClient.getContractEvents({ ...token, eventName: 'Transfer', args: { to: other }, fromBlock: 0n });
  assert.equal(logs.length, 1);
  assert.equal(logs[0].transactionHash, hash);
  const byHash = await publicClient.getLogs({ address: token.address, blockHash: receipt.blockHash });
  assert.deepEqual(byHash.map((log) => log.transactionHash), [hash]);
  assert.equal((await publicClient.getContractEvents({ ...token, eventName: 'Transfer', args: { to: zeroAddress }, fromBlock: 0n })).length, 0);
});

test('logs with none to four topics', async () => {
  const logger = await deploy(2, 'Logger');
  const tag = `0x${'ab'.repeat(32)}`;
  const receipt = await write(2, logger, 'emitAll', [7n, tag, 'text']);
  assert.deepEqual(receipt.logs.map((log) => log.topics.length), [0, 1, 2, 3, 4]);
  assert.deepEqual(receipt.logs.map((log) => log.logIndex), [0, 1, 2, 3, 4]);
  const range = { fromBlock: receipt.blockNumber, toBlock: receipt.blockNumber };
  for (const name of ['One', 'Two', 'Three', 'Four']) {
    const [log] = await publicClient.getContractEvents({ ...logger, eventName: name, ...range });
    assert.equal(log.eventName, name);
  }
  const kept = await write(2, logger, 'emitAroundRevert');
  assert.deepEqual(parseEventLogs({ abi: logger.abi, logs: kept.logs }).map(({ args }) => args.index), [1n]);
});

test('an estimate is enough gas, and one unit less for a store is not', async () => {
  const call = { ...store, functionName: 'setMany', args: [100n, 10n, 1n], account: me };
  const gas = await publicClient.estimateContractGas(call);
  const receipt = await write(2, store, 'setMany', [100n, 10n, 1n], { gas });
  assert.equal(receipt.status, 'success');
  const short = await write(2, store, 'setMany', [200n, 10n, 1n], { gas: receipt.gasUsed - 1n });
  assert.equal(short.status, 'reverted');
  assert.equal(short.gasUsed, receipt.gasUsed - 1n);
});

test('freed storage is refunded', async () => {
  const written = await write(2, store, 'setMany', [300n, 20n, 1n]);
  const freed = await write(2, store, 'setMany', [300n, 20n, 0n]);
  assert.ok(freed.gasUsed * 4n < written.gasUsed, `${freed.gasUsed} and ${written.gasUsed}`);
});

test('custom errors, reasons and panics decode', async () => {
  const decode = async (functionName, args = []) => {
    const error = await publicClient.simulateContract({ ...reverter, functionName, args, account: me }).then(assert.fail, (e) => e);
    assert.ok(error instanceof BaseError, String(error));
    const reverted = error.walk((each) => each instanceof ContractFunctionRevertedError);
    assert.ok(reverted, error.message);
    return reverted;
  };
  const custom = await decode('custom', [3n, 5n]);
  assert.equal(custom.data.errorName, 'InsufficientFunds');
  assert.deepEqual(custom.data.args, [me.address, 3n, 5n]);
  assert.deepEqual((await decode('customDynamic', [[1n, 2n]])).data.args, ['dynamic', [1n, 2n]]);
  assert.equal((await decode('customEmpty')).data.errorName, 'Empty');
  assert.equal((await decode('reason')).reason, 'the reason');
  assert.match((await decode('assertion')).reason, /assert/i);
  const data = encodeFunctionData({ abi: reverter.abi, functionName: 'custom', args: [0n, 1n] });
  assert.equal((await decode('bubble', [reverter.address, data])).data.errorName, 'InsufficientFunds');
});

test('multicall asks many contracts in one call', async () => {
  const results = await publicClient.multicall({
    contracts: [
      { ...token, functionName: 'symbol' },
      { ...token, functionName: 'balanceOf', args: [me.address] },
      { ...reverter, functionName: 'reason' },
      { ...store, functionName: 'counter' },
    ],
  });
  assert.deepEqual(results.map(({ status }) => status), ['success', 'success', 'failure', 'success']);
  assert.equal(results[0].result, 'VIEM');
});

test('a permit is signed as typed data and accepted by the token', async () => {
  const { timestamp } = await publicClient.getBlock();
  const nonce = await read(token, 'nonces', [me.address]);
  const message = { owner: me.address, spender: other, value: 77n, nonce, deadline: timestamp + 3600n };
  const field = (name, type) => ({ name, type });
  const signature = await wallet(2).signTypedData({
    domain: { name: 'Viem Token', version: '1', chainId, verifyingContract: token.address },
    primaryType: 'Permit',
    types: {
      Permit: [field('owner', 'address'), field('spender', 'address'), field('value', 'uint256'), field('nonce', 'uint256'), field('deadline', 'uint256')],
    },
    message,
  });
  const { r, s, v } = parseSignature(signature);
  const permit = [me.address, other, 77n, message.deadline, Number(v), r, s];
  assert.equal((await write(3, token, 'permit', permit)).status, 'success');
  assert.equal(await read(token, 'allowance', [me.address, other]), 77n);
  await assert.rejects(publicClient.simulateContract({ ...token, functionName: 'permit', args: permit }), /ERC2612InvalidSigner/);
});

test('EIP-7702: an account runs two calls in one transaction', async () => {
  const { address, abi } = await deploy(2, 'BatchAccount');
  const client = wallet(2);
  const authorization = await client.signAuthorization({ contractAddress: address, executor: 'self' });
  const call = (to, functionName, args, contractAbi) => ({ to, value: 0n, data: encodeFunctionData({ abi: contractAbi, functionName, args }) });
  const calls = [call(token.address, 'transfer', [other, 1n], token.abi), call(store.address, 'set', [1n, 2n], store.abi)];
  const hash = await client.sendTransaction({
    authorizationList: [authorization],
    to: me.address,
    data: encodeFunctionData({ abi, functionName: 'execute', args: [calls] }),
  });
  const receipt = await publicClient.waitForTransactionReceipt({ hash });
  assert.equal(receipt.status, 'success');
  assert.equal(receipt.type, 'eip7702');
  assert.equal(await read(store, 'values', [1n]), 2n);
  assert.equal(receipt.logs.at(-1).address, me.address.toLowerCase());
  const tx = await publicClient.getTransaction({ hash });
  assert.equal(getAddress(tx.authorizationList[0].address), getAddress(address));

  const revoke = await client.signAuthorization({ contractAddress: zeroAddress, executor: 'self' });
  await publicClient.waitForTransactionReceipt({ hash: await client.sendTransaction({ authorizationList: [revoke], to: other }) });
  assert.equal(await publicClient.getCode({ address: me.address }), undefined);
});

test('fees: history, gas price, priority fee, estimate', async () => {
  const history = await publicClient.getFeeHistory({ blockCount: 4, rewardPercentiles: [25, 75] });
  assert.equal(history.baseFeePerGas.length, 5);
  assert.equal(history.reward.length, 4);
  const next = history.baseFeePerGas.at(-1);
  assert.ok((await publicClient.getGasPrice()) >= next);
  assert.ok((await publicClient.estimateMaxPriorityFeePerGas()) >= 0n);
  const { maxFeePerGas } = await publicClient.estimateFeesPerGas();
  assert.ok(maxFeePerGas >= next);
  const newest = await publicClient.getBlock({ blockNumber: history.oldestBlock + 3n });
  assert.equal(newest.baseFeePerGas, history.baseFeePerGas[3]);
});

test('an access list names the slot that a call touches', async () => {
  const data = encodeFunctionData({ abi: store.abi, functionName: 'increment' });
  const { accessList, gasUsed } = await publicClient.createAccessList({ account: me.address, to: store.address, data });
  const entry = accessList.find(({ address }) => getAddress(address) === getAddress(store.address));
  assert.deepEqual(entry.storageKeys, [word(0)]);
  assert.ok(gasUsed > 21000n);
});

test('getProof verifies against the header', async () => {
  await write(2, store, 'increment');
  const block = await publicClient.getBlock();
  const proof = await publicClient.getProof({ address: store.address, storageKeys: isLumio ? ['0x0', '0x5'] : [word(0), word(5)], blockNumber: block.number });
  verifyAccount(block.stateRoot, proof);
  assert.equal(proof.storageProof[0].value, await read(store, 'counter'));
});

test('state overrides change a call and nothing else', async () => {
  const balanceOf = { ...token, functionName: 'balanceOf', args: [zeroAddress] };
  const stranger = '0x00000000000000000000000000000000000abcde';
  const { result } = await publicClient.simulateContract({
    ...token,
    functionName: 'name',
    account: stranger,
    stateOverride: [{ address: stranger, balance: parseEther('9') }],
  });
  assert.equal(result, 'Viem Token');
  const sum = { ...store, functionName: 'counter', stateOverride: [{ address: store.address, stateDiff: [{ slot: word(0), value: word(7) }] }] };
  assert.equal(await publicClient.readContract(sum), 7n);
  assert.notEqual(await read(store, 'counter'), 7n);
  assert.equal(await publicClient.readContract(balanceOf), 0n);
});

test('eth_simulateV1 runs blocks that depend on each other', async () => {
  const before = await read(store, 'counter');
  const increment = { to: store.address, abi: store.abi, functionName: 'increment' };
  const blocks = await publicClient.simulateBlocks({
    blocks: [
      { calls: [{ ...increment, account: me.address }, { ...increment, account: me.address }] },
      { blockOverrides: { baseFeePerGas: 0n }, calls: [{ ...increment, account: other }, { to: reverter.address, abi: reverter.abi, functionName: 'reason', account: me.address }] },
    ],
  });
  assert.deepEqual(blocks.map(({ calls }) => calls.map(({ status }) => status)), [['success', 'success'], ['success', 'failure']]);
  assert.deepEqual(blocks.flatMap(({ calls }) => calls.slice(0, 2).map(({ result }) => result)).slice(0, 3), [before + 1n, before + 2n, before + 3n]);
  assert.equal(blocks[1].number, blocks[0].number + 1n);
  assert.equal(await read(store, 'counter'), before);
});

test('eth_simulateV1 shows ETH that moves as a token', async () => {
  const [block] = await publicClient.simulateBlocks({
    traceTransfers: true,
    blocks: [{ calls: [{ account: me.address, to: other, value: 7n }, { account: me.address, to: store.address, abi: store.abi, functionName: 'set', args: [8n, 9n] }] }],
  });
  const [paid, called] = block.calls;
  assert.equal(paid.logs.length, 1);
  assert.equal(paid.logs[0].address, '0xeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee');
  assert.deepEqual([BigInt(paid.logs[0].topics[2]), BigInt(paid.logs[0].data)], [BigInt(other), 7n]);
  assert.deepEqual(called.logs.map(({ address }) => address), [store.address.toLowerCase()]);
});

test('filters: logs, blocks, pending transactions', async () => {
  const events = await publicClient.createContractEventFilter({ ...store, eventName: 'Stored' });
  const blocks = await publicClient.createBlockFilter();
  const pending = await publicClient.createPendingTransactionFilter();
  const { transactionHash, blockHash } = await write(2, store, 'set', [9n, 90n]);
  const logs = await publicClient.getFilterChanges({ filter: events });
  assert.deepEqual(logs.map(({ args }) => args), [{ key: 9n, value: 90n }]);
  assert.ok((await publicClient.getFilterChanges({ filter: blocks })).includes(blockHash));
  assert.ok((await publicClient.getFilterChanges({ filter: pending })).includes(transactionHash));
  assert.equal((await publicClient.getFilterChanges({ filter: events })).length, 0);
  assert.equal((await publicClient.getFilterLogs({ filter: events })).length, 1);
  assert.equal(await publicClient.uninstallFilter({ filter: events }), true);
  assert.equal(await publicClient.uninstallFilter({ filter: events }), false);
});

test('blocks by number, hash, tag; receipts and transactions by position', async () => {
  const { blockHash, blockNumber, transactionHash } = await write(2, store, 'increment');
  const block = await publicClient.getBlock({ blockHash, includeTransactions: true });
  assert.equal(block.number, blockNumber);
  assert.equal(block.transactions[0].hash, transactionHash);
  assert.equal(await publicClient.getBlockTransactionCount({ blockHash }), block.transactions.length);
  const position = await publicClient.getTransaction({ blockHash, index: 0 });
  assert.equal(position.hash, transactionHash);
  const receipts = await rpc('eth_getBlockReceipts', blockHash);
  assert.deepEqual(receipts.map((receipt) => receipt.transactionHash), [transactionHash]);
  const parent = await publicClient.getBlock({ blockHash: block.parentHash });
  assert.equal(parent.number, blockNumber - 1n);
  assert.equal(await publicClient.getTransactionConfirmations({ hash: transactionHash }), 1n);
});

test('the block hash is the hash of the header', unlessPeer('it has no raw headers'), async () => {
  const header = await rpc('debug_getRawHeader', 'latest');
  assert.equal(keccak256(header), (await publicClient.getBlock()).hash);
});

test('transient storage lives for one transaction', async () => {
  await write(2, store, 'transient', [5n]);
  const { result } = await publicClient.simulateContract({ ...store, functionName: 'transient', args: [6n], account: me });
  assert.equal(result, 0n);
});

test('Uniswap V2: a pool and a swap, to the wei', async () => {
  const [a, b] = [await deploy(2, 'Token', ['A', 'A', parseEther('100')]), await deploy(2, 'Token', ['B', 'B', parseEther('100')])];
  const weth = await deploy(2, 'UniswapWETH9');
  const factory = await deploy(2, 'UniswapV2Factory', [me.address]);
  const router = await deploy(2, 'UniswapV2Router02', [factory.address, weth.address]);
  for (const each of [a, b]) await write(2, each, 'approve', [router.address, parseEther('100')]);
  const [inA, inB] = [parseEther('10'), parseEther('30')];
  await write(2, router, 'addLiquidity', [a.address, b.address, inA, inB, 0n, 0n, me.address, farAway]);
  const pair = { ...token, address: await read(factory, 'getPair', [a.address, b.address]) };
  assert.equal(await read(pair, 'balanceOf', [me.address]), firstLiquidity(inA, inB));
  const expected = amountOut(parseEther('1'), inA, inB);
  await write(2, router, 'swapExactTokensForTokens', [parseEther('1'), expected, [a.address, b.address], other, farAway]);
  assert.equal(await read(b, 'balanceOf', [other]), expected);
});

test('the chain\'s id is what signed transactions carry', async () => {
  assert.equal(await publicClient.getChainId(), chain.id);
  assert.equal(Number(await rpc('net_version')), chainId);
});
