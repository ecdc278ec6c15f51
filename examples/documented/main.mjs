// The three examples of Lumio's documents: `MoveVM.call` with generics, `evm<T>` with a struct of arguments, and
// `transfer(address,u256)`; each with the events that the documents promise.
import assert from 'node:assert/strict';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { concat, encodeAbiParameters, encodeFunctionData, keccak256, parseAbi, parseEventLogs, stringToHex, toHex } from 'viem';
import { ERC20, accountOf, aptos, call, compile, deploy, ethereum, moveAccount, publish, read, send, view, wallet } from '../lib/chain.mjs';
import { mintable } from '../flagship/aave.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const [owner, alice] = [wallet(5), await moveAccount()];
const aliceId = alice.accountAddress.toStringLong();
const { address } = await publish(alice, join(here, 'caller'), ['caller']);
const [aliceInEvm] = await view('0x1::vms::evm_address', [aliceId]);

// 1. From the EVM: MoveVM.call queues a call of a Move function, with type arguments.
const moveVm = {
  address: '0x42000000000000000000000000000000000000fF',
  abi: parseAbi([
    'function call(bytes _moduleAddress, bytes _moduleId, bytes _functionId, bytes _callData, bytes _generics)',
    'event Call(address _sender, bytes _moduleAddress, bytes _moduleId, bytes _functionId, bytes _callData, bytes _generics)',
  ]),
};
const generics = '0x1::native_coin::NativeCoin,0x1::coin::Coin<0x1::native_coin::NativeCoin>';
const args = [
  aliceId,
  stringToHex('caller'),
  stringToHex('ask'),
  encodeAbiParameters([{ type: 'uint128' }], [2n ** 100n]),
  stringToHex(generics),
];
const receipt = await send(owner, moveVm, 'call', args);
assert.equal(receipt.logs[0].topics[0], '0xb1ee1c34db66e83584533a490e5cca83973604a6511b9c72c2d018d9ed9b1fad');
const [{ args: queued }] = parseEventLogs({ abi: moveVm.abi, logs: receipt.logs });
assert.equal(queued._sender, owner.account.address);
const { by, first, second, number } = await aptos.getAccountResource({ accountAddress: aliceId, resourceType: `${address}::caller::Asked` });
console.log(`MoveVM.call: ${by} asked with <${first}, ${second}> and ${number}`);
assert.equal(BigInt(by), BigInt(owner.account.address));
assert.deepEqual([first, second, number], ['0x1::native_coin::NativeCoin', '0x1::coin::Coin<0x1::native_coin::NativeCoin>', String(2n ** 100n)]);

/** The event by which a Move transaction has queued a call, in both APIs. */
async function callEvent(transaction, contract, calldata) {
  const event = transaction.events.find(({ type }) => type === '0x1::evm::CallEvent');
  assert.deepEqual(event.data, { eth_address: contract.toLowerCase(), eth_calldata: calldata, move_address: alice.accountAddress.toString() });
  const { block_height: block } = await aptos.getBlockByVersion({ ledgerVersion: Number(transaction.version) });
  const logs = await ethereum.getLogs({ fromBlock: BigInt(block), toBlock: BigInt(block) });
  const topic = '0x64f273725c56a151b02d06f3391189ce0b819bb537919e3362e1a2348da5c95a';
  const log = logs.find(({ topics }) => topics[0] === topic);
  // BCS: two vectors with their lengths, and an address.
  assert.equal(log.data, concat([toHex(20), contract, uleb(calldata.length / 2 - 1), calldata, aliceId]).toLowerCase());
}

function uleb(value) {
  const bytes = [];
  for (; value >= 128; value = Math.floor(value / 128)) bytes.push((value % 128) + 128);
  return toHex(Uint8Array.from([...bytes, value]));
}

// 2. From Move: evm<T> with a struct of arguments, and structs in it.
const notebook = await deploy(owner, compile(join(here, 'Notebook.sol')).Notebook);
const noted = await call(alice, `${address}::caller::note`, [accountOf(notebook.address), 'hello']);
const lines = [{ text: 'hello', isBold: true }, { text: 'hello', isBold: false }];
assert.deepEqual(await read(notebook, 'all'), lines);
assert.equal((await read(notebook, 'author')).toLowerCase(), aliceInEvm);
assert.equal(await read(notebook, 'owner'), aliceId);
assert.equal(await read(notebook, 'number'), 7n);
const data = encodeFunctionData({ abi: notebook.abi, functionName: 'note', args: [7n, lines, aliceId] });
await callEvent(noted, notebook.address, data);
console.log(`evm<T>: ${await read(notebook, 'author')} noted ${lines.length} lines`);

// 3. From Move: transfer(address,u256), with the integer by its name in Move.
const token = await mintable(owner, 'Token', 'TOK', 18);
await send(owner, token, 'mint', [1_000n]);
await send(owner, token, 'transfer', [aliceInEvm, 1_000n]);
const bob = '0xb0b0000000000000000000000000000000000b0b';
const sent = await call(alice, `${address}::caller::transfer`, [accountOf(token.address), accountOf(bob), 250]);
const balanceOf = (who) => read({ address: token.address, abi: ERC20 }, 'balanceOf', [who]);
assert.deepEqual([await balanceOf(aliceInEvm), await balanceOf(bob)], [750n, 250n]);
assert.equal(keccak256(stringToHex('transfer(address,uint256)')).slice(0, 10), '0xa9059cbb');
await callEvent(sent, token.address, encodeFunctionData({ abi: ERC20, functionName: 'transfer', args: [bob, 250n] }));
console.log(`transfer(address,u256): ${bob} has ${await balanceOf(bob)}`);
