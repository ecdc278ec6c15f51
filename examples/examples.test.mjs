// Each example ends well and says what its README shows.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const here = dirname(fileURLToPath(import.meta.url));

for (const [name, said] of [
  ['hello', /Hello Solidity, says Move[^]*Hello nobody, says Solidity[^]*Move was here, writes 0x/],
  ['flagship', /one transaction, 0x[^]* ETH made/],
  ['uniswap-from-move', /bought [\d.]+ USDC for 1 ETH[^]*sent 5 USDC/],
  ['counter', /Solana: 1\n[^]*Solidity: 11\n[^]*Move: 11111/],
  ['uniswap-from-solana', /bought [\d.]+ USDC for 1 ETH[^]*sent 5 USDC/],
  ['documented', /MoveVM\.call: [^]*evm<T>: [^]*transfer\(address,u256\): 0x/],
]) {
  test(name, async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [join(here, name, 'main.mjs')]);
    assert.match(stdout, said);
  });
}
