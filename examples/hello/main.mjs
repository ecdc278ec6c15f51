// Hello in both directions: a contract calls a Move module, a Move module calls a contract.
import assert from 'node:assert/strict';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseEventLogs } from 'viem';
import { accountOf, bindMove, call, compile, deploy, ethereum, lumio, moveAccount, publish, read, scratch, send, wallet } from '../lib/chain.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const [owner, alice] = [wallet(3), await moveAccount()];

// From Solidity: the library Greeter is written from the Move package.
const { named } = await publish(alice, join(here, 'greeter'), ['greeter']);
const bindings = scratch();
lumio('bindings', 'solidity', join(here, 'greeter'), '--named-addresses', named, '--output', bindings);
const hello = await deploy(owner, compile(join(here, 'Hello.sol'), bindings).Hello);

const { logs } = await send(owner, hello, 'hello', ['Solidity']);
const [{ args: { greeting, times } }] = parseEventLogs({ abi: hello.abi, eventName: 'Greeted', logs });
console.log(`${greeting} (for the ${times}st time)`);
assert.equal(greeting, 'Hello Solidity, says Move');
assert.equal(await read(hello, 'times'), 1n);
const { result } = await ethereum.simulateContract({ ...hello, functionName: 'tryHello', args: [''] });
console.log(result);
assert.equal(result, 'Hello nobody, says Solidity');

// From Move: the module guestbook is written from the contract's ABI, beside the module that uses it.
const { Guestbook } = compile(join(here, 'Guestbook.sol'));
const guestbook = await deploy(owner, Guestbook);
const visitor = scratch(join(here, 'visitor'));
bindMove(visitor, Guestbook, 'Guestbook', 'visitor');
const { address } = await publish(alice, visitor, ['visitor']);

await call(alice, `${address}::visitor::visit`, [accountOf(guestbook.address), 'Move was here', 7]);
const page = await read(guestbook, 'page', [0n]);
console.log(`${page.text}, writes ${page.visitor}, and leaves ${page.paid} wei`);
assert.deepEqual([page.text, page.paid], ['Move was here', 7n]);
