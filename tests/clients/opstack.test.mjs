// viem's OP-stack actions, which find the predeploys by their addresses.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { createPublicClient, createWalletClient, http, parseEther } from 'viem';
import { getWithdrawals, publicActionsL2, walletActionsL2 } from 'viem/op-stack';
import { account, borrowPredeploys, chain, url } from './lib/chain.mjs';

const at = (suffix) => ({ address: `0x42${suffix.padStart(38, '0')}` });
const l2 = { ...chain, contracts: { ...chain.contracts, gasPriceOracle: at('0f'), l1Block: at('15'), l2ToL1MessagePasser: at('16') } };
const client = createPublicClient({ chain: l2, transport: http(url), pollingInterval: 50 }).extend(publicActionsL2());
const wallet = createWalletClient({ chain: l2, transport: http(url), account: account(3) }).extend(walletActionsL2());
const transfer = { account: account(3), to: account(4).address, value: parseEther('0.1') };
before(borrowPredeploys);

test('without an L1 there is no L1 fee', async () => {
  assert.equal(await client.estimateL1Fee(transfer), 0n);
  assert.equal(await client.getL1BaseFee(), 0n);
  assert.ok((await client.estimateL1Gas(transfer)) > 0n);
});

test('the total fee is the L2 fee', async () => {
  const legacy = { ...transfer, type: 'legacy', gasPrice: (await client.getGasPrice()) * 2n };
  const [total, gas] = await Promise.all([client.estimateTotalFee(legacy), client.estimateTotalGas(legacy)]);
  assert.ok(total >= 21000n);
  assert.ok(gas >= 21000n);
});

test('a withdrawal is begun, and read from its receipt', async () => {
  const request = { gas: 21_000n, to: account(5).address, value: 5n };
  const hash = await wallet.initiateWithdrawal({ request });
  const receipt = await client.waitForTransactionReceipt({ hash });
  assert.equal(receipt.status, 'success');
  const [withdrawal] = getWithdrawals(receipt);
  assert.equal(withdrawal.value, 5n);
  assert.equal(withdrawal.target, account(5).address);
  assert.equal(withdrawal.nonce >> 240n, 1n);
});
