// Wei are neither made nor lost, whichever way they move: a random mix on a chain of its own, then the program's own check.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Account, AccountAddress, Aptos, AptosConfig, Ed25519PrivateKey, Network } from '@aptos-labs/ts-sdk';
import { concatHex, createPublicClient, createWalletClient, http, keccak256, stringToHex, toHex } from 'viem';
import { mnemonicToAccount } from 'viem/accounts';
import { signedBytes } from '../lib/aptos.mjs';
import { startDevelopmentChain } from '../lib/process.mjs';
import { succeed } from '../lib/tools.mjs';

const binary = process.env.LUMIO_BIN;
const only = { skip: binary ? false : 'LUMIO_BIN does not name the program' };

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

const alias = (address) => `0x${keccak256(concatHex([stringToHex('lumio/alias'), address.toStringLong()])).slice(26)}`;

test('supply and state root hold after a mix of transfers, failures and carriers', only, async (t) => {
  const datadir = mkdtempSync(join(tmpdir(), 'lumio-'));
  t.after(() => rmSync(datadir, { recursive: true, force: true }));
  const node = await startDevelopmentChain(binary, ['--datadir', datadir]);
  t.after(() => node.stop());
  const aptos = new Aptos(new AptosConfig({ network: Network.CUSTOM, fullnode: node.rest, faucet: node.faucet }));
  const transport = http(node.url);
  const client = createPublicClient({ transport, pollingInterval: 20, cacheTime: 0 });
  const chainId = await client.getChainId();
  const evm = Array.from({ length: 3 }, (_, addressIndex) =>
    createWalletClient({ transport, pollingInterval: 20, account: mnemonicToAccount('test test test test test test test test test test test junk', { addressIndex }) }));
  const move = Array.from({ length: 4 }, (_, n) => Account.fromPrivateKey({ privateKey: new Ed25519PrivateKey(new Uint8Array(32).fill(n + 1)), legacy: true }));
  for (const { accountAddress } of move) await aptos.fundAccount({ accountAddress, amount: 300_000_000, options: { waitForIndexer: false } });

  const below = random(5);
  const pick = (list) => list[below(list.length)];
  const build = (sender, data) => aptos.transaction.build.simple({ sender: sender.accountAddress, data, options: { maxGasAmount: 50_000 } });
  const transfer = (to, amount) => ({ function: pick(['0x1::aptos_account::transfer', '0x1::aptos_account::transfer_coins']), to, amount });
  const dataOf = ({ function: name, to, amount }) => ({
    function: name, functionArguments: [to, amount], typeArguments: name.endsWith('coins') ? [pick(['0x1::aptos_coin::AptosCoin', '0x1::native_coin::NativeCoin'])] : [],
  });
  const recipient = () => pick([pick(move).accountAddress, AccountAddress.from(`0x${'00'.repeat(12)}${pick(evm).account.address.slice(2)}`), Account.generate().accountAddress]);
  const waitEvm = (hash) => client.waitForTransactionReceipt({ hash });
  const waitMove = ({ hash }) => aptos.waitForTransaction({ transactionHash: hash, options: { checkSuccess: false } });
  const base = { chain: null, chainId };

  const kinds = {
    evmToMove: () => pick(evm).sendTransaction({ ...base, to: alias(pick(move).accountAddress), value: BigInt(below(2 ** 30)) * 7n + 1n }).then(waitEvm),
    evmToEvm: () => pick(evm).sendTransaction({ ...base, to: pick(evm).account.address, value: BigInt(below(1_000_000)) }).then(waitEvm),
    moveTransfer: async () => {
      const sender = pick(move);
      const transaction = await build(sender, dataOf(transfer(recipient(), below(100_000))));
      return waitMove(await aptos.signAndSubmitTransaction({ signer: sender, transaction }));
    },
    assets: async () => {
      const sender = pick(move);
      const data = { function: '0x1::primary_fungible_store::transfer', functionArguments: ['0xa', recipient(), below(100_000)], typeArguments: ['0x1::fungible_asset::Metadata'] };
      return waitMove(await aptos.signAndSubmitTransaction({ signer: sender, transaction: await build(sender, data) }));
    },
    drain: async () => {
      const sender = pick(move);
      const [octas] = await aptos.view({ payload: { function: '0x1::native_coin::balance', functionArguments: [sender.accountAddress] } });
      const transaction = await build(sender, dataOf(transfer(Account.generate().accountAddress, octas)));
      const failed = await waitMove(await aptos.signAndSubmitTransaction({ signer: sender, transaction }));
      assert.equal(failed.success, false);
    },
    evmFailure: async () => {
      const failing = { ...base, to: null, data: '0x5f5ffd', value: BigInt(below(1_000_000)), gas: 200_000n };
      const { status } = await pick(evm).sendTransaction(failing).then(waitEvm);
      assert.equal(status, 'reverted');
    },
    selfDestruct: () => {
      const data = concatHex(['0x73', alias(pick(move).accountAddress), '0xff']);
      return pick(evm).sendTransaction({ ...base, to: null, data, value: BigInt(below(2 ** 30)) * 11n + 3n }).then(waitEvm);
    },
    burn: () => pick(evm).sendTransaction({ ...base, to: null, data: '0x30ff', value: BigInt(below(1_000_000)) }).then(waitEvm),
    twice: async () => {
      const sender = pick(move);
      const transaction = await build(sender, dataOf(transfer(recipient(), below(100_000))));
      const data = concatHex([stringToHex('MOVE'), toHex(signedBytes(sender, transaction))]);
      const send = (gas) => pick(evm).sendTransaction({ ...base, to: null, gas, data });
      await assert.rejects(send(4_999_999n), /may use 5000000/);
      await send(5_000_000n).then(waitEvm);
      await assert.rejects(send(5_000_000n), /SEQUENCE_NUMBER_TOO_OLD/);
    },
    moveFailure: async () => {
      const sender = pick(move);
      const transaction = await build(sender, dataOf(transfer(recipient(), 10 ** 15)));
      const failed = await waitMove(await aptos.signAndSubmitTransaction({ signer: sender, transaction }));
      assert.equal(failed.success, false);
    },
    carrier: async () => {
      const sender = pick(move);
      const inner = signedBytes(sender, await build(sender, dataOf(transfer(recipient(), below(100_000)))));
      return waitEvm(await pick(evm).sendTransaction({ ...base, to: null, gas: 10_000_000n, data: concatHex([stringToHex('MOVE'), toHex(inner)]) }));
    },
  };
  for (let n = 0; n < 120; n++) await pick(Object.values(kinds))();

  for (const { accountAddress } of move) {
    const [wei] = await aptos.view({ payload: { function: '0x1::native_coin::wei_balance', functionArguments: [accountAddress] } });
    assert.equal(BigInt(wei), await client.getBalance({ address: alias(accountAddress) }));
    const [octas] = await aptos.view({ payload: { function: '0x1::coin::balance', functionArguments: [accountAddress], typeArguments: ['0x1::aptos_coin::AptosCoin'] } });
    assert.equal(BigInt(octas), BigInt(wei) / 10n ** 10n);
  }
  const head = await client.getBlockNumber();
  assert.deepEqual(await node.stop(), { code: 0, signal: null });
  const verified = await succeed(binary, ['db', 'verify', '--datadir', datadir], { seconds: 100 });
  assert.match(verified, new RegExp(`\\b${head}\\b`));

  const again = await startDevelopmentChain(binary, ['--datadir', datadir]);
  t.after(() => again.stop());
  const answer = await (await fetch(`${again.rest}/`)).json();
  assert.equal(Number(answer.block_height), Number(head));
});
