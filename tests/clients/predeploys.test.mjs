// The contracts that genesis carries do what other software expects of them at their addresses.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  concatHex, encodeAbiParameters, encodeFunctionData, getAddress, getCreate2Address, keccak256, pad, parseAbi, parseEther, parseEventLogs, parseGwei, toHex,
} from 'viem';
import {
  account, borrowPredeploys, chainId, fixture, framework, genesis, isLumio, publicClient, read, rpc, testClient, unlessPeer, wallet, write,
} from './lib/chain.mjs';

const predeploy = (suffix, name) => ({ address: getAddress(`0x42${suffix.padStart(38, '0')}`), abi: framework(name).abi });
const weth = predeploy('06', 'WETH9');
const oracle = predeploy('0f', 'GasPriceOracle');
const l1Block = predeploy('15', 'L1Block');
const passer = predeploy('16', 'L2ToL1MessagePasser');
const baseFeeVault = predeploy('19', 'FeeVault');
const l1FeeVault = predeploy('1a', 'FeeVault');
const depositor = '0xDeaDDEaDDeAdDeAdDEAdDEaddeAddEAdDEAd0001';
const me = account(9).address;
const node = testClient('anvil');
let id;
before(async () => {
  await borrowPredeploys();
  id = await node.snapshot();
});
after(() => node.revert({ id }));

/** Sends as the depositor, which has no key. */
async function asDepositor(to, data) {
  await node.setBalance({ address: depositor, value: parseEther('1') });
  await node.impersonateAccount({ address: depositor });
  const hash = await rpc('eth_sendTransaction', { from: depositor, to, data, gas: toHex(500_000) });
  await node.stopImpersonatingAccount({ address: depositor });
  return publicClient.waitForTransactionReceipt({ hash });
}

test('genesis holds exactly the code that the sources give', async () => {
  for (const [address, { code, nonce, name }] of Object.entries(genesis)) {
    assert.equal(await publicClient.getCode({ address }), code, name);
    if (isLumio) assert.equal(await publicClient.getTransactionCount({ address, blockTag: 'earliest' }), nonce, name);
  }
});

test('WETH9: in, moved, approved, out', async () => {
  assert.deepEqual([await read(weth, 'name'), await read(weth, 'symbol'), await read(weth, 'decimals')], ['Wrapped Ether', 'WETH', 18]);
  await write(9, weth, 'deposit', [], { value: 100n });
  await publicClient.waitForTransactionReceipt({ hash: await wallet(9).sendTransaction({ to: weth.address, value: 5n }) });
  const held = await read(weth, 'balanceOf', [me]);
  assert.equal(await read(weth, 'totalSupply'), await publicClient.getBalance({ address: weth.address }));
  await write(9, weth, 'transfer', [depositor, 1n]);
  await write(9, weth, 'withdraw', [held - 1n]);
  assert.equal(await read(weth, 'balanceOf', [me]), 0n);
  await assert.rejects(publicClient.simulateContract({ ...weth, functionName: 'withdraw', args: [1n], account: me }), /balance too low/);
});

test('GasPriceOracle: an L1 fee of zero, and every fork active', async () => {
  for (const flag of ['isEcotone', 'isFjord', 'isIsthmus', 'isJovian']) assert.equal(await read(oracle, flag), true);
  const bytes = toHex(new Uint8Array(500).map((_, i) => (i * 31) % 256));
  assert.equal(await read(oracle, 'getL1Fee', [bytes]), 0n);
  assert.equal(await read(oracle, 'getL1FeeUpperBound', [500n]), 0n);
  assert.equal(await read(oracle, 'getOperatorFee', [1_000_000n]), 0n);
  assert.equal(await read(oracle, 'decimals'), 6n);
});

test('L1Block: the packed setters fill the slots that the execution layer reads', async () => {
  const values = {
    baseFeeScalar: 1368, blobBaseFeeScalar: 810949, sequenceNumber: 3n, timestamp: 1_700_000_001n, number: 20_000_000n,
    basefee: parseGwei('7'), blobBaseFee: 11n, hash: `0x${'ab'.repeat(32)}`, batcherHash: `0x${'00'.repeat(12)}${'cd'.repeat(20)}`,
    operatorFeeScalar: 21, operatorFeeConstant: 22n, daFootprintGasScalar: 400,
  };
  const sizes = [4, 4, 8, 8, 8, 32, 32, 32, 32, 4, 8, 2];
  const packed = (setter, count) => concatHex([
    encodeFunctionData({ abi: l1Block.abi, functionName: setter }),
    ...Object.values(values).slice(0, count).map((value, i) => (typeof value === 'string' ? value : toHex(value, { size: sizes[i] }))),
  ]);

  const refused = await wallet(9).sendTransaction({ to: l1Block.address, data: packed('setL1BlockValuesJovian', 12), gas: 300_000n });
  assert.equal((await publicClient.waitForTransactionReceipt({ hash: refused })).status, 'reverted');

  for (const [setter, count] of [['setL1BlockValuesEcotone', 9], ['setL1BlockValuesIsthmus', 11], ['setL1BlockValuesJovian', 12]]) {
    assert.equal((await asDepositor(l1Block.address, packed(setter, count))).status, 'success', setter);
    for (const [name, value] of Object.entries(values).slice(0, count)) assert.equal(await read(l1Block, name), value, name);
  }
  assert.equal(await read(predeploy('13', 'L1BlockNumber'), 'getL1BlockNumber'), values.number);
  const slot = (n) => publicClient.getStorageAt({ address: l1Block.address, slot: toHex(n) });
  const word = (...parts) => concatHex(parts);
  assert.equal(await slot(1), toHex(values.basefee, { size: 32 }));
  assert.equal(await slot(3), word(`0x${'00'.repeat(16)}`, toHex(1368, { size: 4 }), toHex(810949, { size: 4 }), toHex(3n, { size: 8 })));
  assert.equal(await slot(7), toHex(11n, { size: 32 }));
  assert.equal(await slot(8), word(`0x${'00'.repeat(18)}`, toHex(400, { size: 2 }), toHex(21, { size: 4 }), toHex(22n, { size: 8 })));
});

test('GasPriceOracle: with L1 values set, Fjord\'s and Jovian\'s formulas', async () => {
  const perByte = 16n * 1368n * parseGwei('7') + 810949n * 11n;
  const fee = (size) => {
    const estimate = 836_500n * BigInt(size) - 42_585_600n;
    return ((estimate > 100_000_000n ? estimate : 100_000_000n) * perByte) / 10n ** 12n;
  };
  // Zeros shrink to almost nothing; bytes that never repeat cost one more for each 32.
  assert.equal(await read(oracle, 'getL1Fee', ['0x']), fee(68));
  assert.equal(await read(oracle, 'getL1Fee', [`0x${'00'.repeat(1000)}`]), fee(21 + 68));
  const distinct = toHex(Uint8Array.from({ length: 1024 }, (_, i) => (i * i * 7 + (i >> 8) * 131 + i * 3) & 255));
  const incompressible = concatHex(Array.from({ length: 32 }, (_, i) => keccak256(toHex(i))));
  assert.equal(await read(oracle, 'getL1Fee', [incompressible]), fee(1024 + 32 + 68));
  assert.ok((await read(oracle, 'getL1Fee', [distinct])) <= fee(1024 + 32 + 68));
  assert.equal(await read(oracle, 'getL1FeeUpperBound', [1000n]), fee(1068 + 4 + 16));
  assert.equal(await read(oracle, 'getL1GasUsed', [incompressible]), ((836_500n * 1124n - 42_585_600n) * 16n) / 1_000_000n);
  assert.equal(await read(oracle, 'getOperatorFee', [1000n]), 1000n * 21n * 100n + 22n);
  assert.equal(await read(oracle, 'l1BaseFee'), parseGwei('7'));
});

test('the L1 fee and the operator fee are paid to their vaults', unlessPeer('it is not an OP chain'), async () => {
  const operatorVault = predeploy('1b', 'FeeVault').address;
  const vaults = () => Promise.all([l1FeeVault.address, operatorVault, baseFeeVault.address].map((address) => publicClient.getBalance({ address })));
  const before = await vaults();
  const held = await publicClient.getBalance({ address: me });
  const receipt = await publicClient.waitForTransactionReceipt({ hash: await wallet(9).sendTransaction({ to: depositor, value: 0n }) });
  const after = await vaults();
  const [l1, operator, base] = after.map((value, i) => value - before[i]);
  assert.ok(l1 > 0n);
  assert.equal(operator, receipt.gasUsed * 21n * 100n + 22n);
  const { baseFeePerGas } = await publicClient.getBlock({ blockHash: receipt.blockHash });
  assert.equal(base, receipt.gasUsed * baseFeePerGas);
  assert.equal(held - (await publicClient.getBalance({ address: me })), receipt.gasUsed * receipt.effectiveGasPrice + l1 + operator);
});

test('L2ToL1MessagePasser: a withdrawal is recorded under its hash', async () => {
  const nonce = await read(passer, 'messageNonce');
  assert.equal(nonce >> 240n, 1n);
  const receipt = await write(9, passer, 'initiateWithdrawal', [depositor, 21_000n, '0x1234'], { value: 10n });
  const [{ args }] = parseEventLogs({ abi: passer.abi, logs: receipt.logs });
  const types = ['uint256', 'address', 'address', 'uint256', 'uint256', 'bytes'].map((type) => ({ type }));
  const expected = keccak256(encodeAbiParameters(types, [nonce, me, depositor, 10n, 21_000n, '0x1234']));
  assert.equal(args.withdrawalHash, expected);
  assert.equal(await read(passer, 'sentMessages', [expected]), true);
  assert.equal(await read(passer, 'messageNonce'), nonce + 1n);
  const slot = keccak256(encodeAbiParameters([{ type: 'bytes32' }, { type: 'uint256' }], [expected, 0n]));
  assert.equal(BigInt(await publicClient.getStorageAt({ address: passer.address, slot })), 1n);

  await write(9, passer, 'burn');
  assert.equal(await publicClient.getBalance({ address: passer.address }), 0n);
});

test('fee vaults: nobody but the depositor sets a recipient, and anyone pays it out', async () => {
  await publicClient.waitForTransactionReceipt({ hash: await wallet(9).sendTransaction({ to: baseFeeVault.address, value: 1000n }) });
  const attempt = { ...baseFeeVault, functionName: 'setRecipient', args: [me], account: me };
  await assert.rejects(publicClient.simulateContract(attempt), /NotDepositor/);
  await assert.rejects(publicClient.simulateContract({ ...baseFeeVault, functionName: 'withdraw', account: me }), /no recipient is set/);
  const recipient = '0x00000000000000000000000000000000000fee01';
  const call = (functionName, args) => asDepositor(baseFeeVault.address, encodeFunctionData({ abi: baseFeeVault.abi, functionName, args }));
  await call('setRecipient', [recipient]);
  await call('setWithdrawalNetwork', [1]);
  const held = await publicClient.getBalance({ address: baseFeeVault.address });
  await write(9, baseFeeVault, 'withdraw');
  assert.equal(await publicClient.getBalance({ address: recipient }), held);
  assert.equal(await read(baseFeeVault, 'totalProcessed'), held);
  assert.equal(await read(baseFeeVault, 'RECIPIENT'), getAddress(recipient));
});

test('Multicall3: values, failures that are allowed, and one that is not', async () => {
  const multicall = { address: '0xcA11bde05977b3631167028862bE2a173976CA11', abi: framework('Multicall3').abi };
  const balance = encodeFunctionData({ abi: multicall.abi, functionName: 'getEthBalance', args: [me] });
  const bad = { target: weth.address, allowFailure: true, callData: encodeFunctionData({ abi: weth.abi, functionName: 'withdraw', args: [1n << 200n] }) };
  const call = (calls) => publicClient.simulateContract({ ...multicall, functionName: 'aggregate3', args: [calls], account: me });
  const { result } = await call([{ target: multicall.address, allowFailure: false, callData: balance }, bad]);
  assert.deepEqual(result.map(({ success }) => success), [true, false]);
  assert.equal(BigInt(result[0].returnData), await publicClient.getBalance({ address: me }));
  await assert.rejects(call([{ ...bad, allowFailure: false }]), /Multicall3: call failed/);
  const paid = [{ target: weth.address, allowFailure: false, value: 7n, callData: '0x' }];
  await assert.rejects(publicClient.simulateContract({ ...multicall, functionName: 'aggregate3Value', args: [paid], value: 6n, account: me }));
  assert.equal((await write(9, multicall, 'aggregate3Value', [paid], { value: 7n })).status, 'success');
  assert.equal(await read(multicall, 'getChainId'), BigInt(chainId));
});

test('the deterministic deployers put code where CREATE2 says', async () => {
  const { bytecode, deployedBytecode } = fixture('Compute');
  for (const proxy of ['0x4e59b44847b379578588920cA78FbF26c0B4956C', '0x914d7Fec6aaC8cd542e72Bca78B30650d45643d7']) {
    const salt = toHex(chainId, { size: 32 });
    const at = getCreate2Address({ from: proxy, salt, bytecode });
    const hash = await wallet(9).sendTransaction({ to: proxy, data: concatHex([salt, bytecode]) });
    await publicClient.waitForTransactionReceipt({ hash });
    assert.equal(await publicClient.getCode({ address: at }), deployedBytecode);
  }
});

test('EIP-2935: the history contract knows the parent\'s hash', unlessPeer('it does not run the system call'), async () => {
  await node.mine({ blocks: 3 });
  const latest = await publicClient.getBlockNumber();
  for (const back of [1n, 2n]) {
    const { hash } = await publicClient.getBlock({ blockNumber: latest - back });
    const { data } = await publicClient.call({ to: '0x0000F90827F1C53a10cb7A02335B175320002935', data: toHex(latest - back, { size: 32 }) });
    assert.equal(data, hash);
  }
});

test('ICrossVM answers, and says what is wrong', unlessPeer('it has no other virtual machines'), async () => {
  const { address } = predeploy('fe', 'CrossVM');
  const crossVM = parseAbi([
    'function viewMove(bytes32 module, string name, string fn, string[] typeArgs, bytes args) view returns (bytes)',
    'function idOf(address account) view returns (bytes32)',
    'function addressOf(bytes32 id) view returns (address)',
  ]);
  const ask = (functionName, args) => publicClient.readContract({ address, abi: crossVM, functionName, args });
  const stdlib = pad('0x1');
  const args = encodeAbiParameters([{ type: 'bytes32' }], [pad(me)]);
  const wei = await ask('viewMove', [stdlib, 'native_coin', 'wei_balance', [], args]);
  assert.equal(BigInt(wei), await publicClient.getBalance({ address: me }));
  assert.equal(await ask('idOf', [me]), pad(me).toLowerCase());
  assert.equal(await ask('addressOf', [pad(me)]), me);
  await assert.rejects(ask('viewMove', [stdlib, 'native_coin', 'absent', [], '0x']), /FUNCTION_RESOLUTION_FAILURE/);
  await assert.rejects(publicClient.call({ account: me, to: address, data: '0x12345678' }), /no function with the selector 0x12345678/);
  await assert.rejects(publicClient.call({ account: me, to: address, value: 1n }), /cannot carry value/);
});
