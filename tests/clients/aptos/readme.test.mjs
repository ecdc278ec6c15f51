// The README's first module: its program is run as it stands there, but for the ports.
import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { url } from '../lib/chain.mjs';
import { faucetUrl, indexerUrl, restUrl } from '../lib/aptos.mjs';
import { here } from '../lib/tools.mjs';

const lumio = process.env.LUMIO_BIN ?? resolve(here, '../../target/release/lumio');

test('from a new package to a balance that viem sees', async () => {
  const readme = readFileSync(join(here, '../../README.md'), 'utf8');
  const [, program] = readme.match(/```js\n(\/\/ first\.mjs\n[^]*?)```/);
  const local = { network: 'custom', fullnode: restUrl, faucet: faucetUrl, indexer: indexerUrl };
  const placed = program
    .replace('{ network: Network.LOCAL }', JSON.stringify(local))
    .replace("'http://127.0.0.1:8545'", JSON.stringify(url))
    .replace("'target/release/lumio'", JSON.stringify(lumio));
  // Where it finds the packages of these tests.
  const cwd = mkdtempSync(join(here, 'node_modules/.readme-'));
  try {
    execFileSync(lumio, ['move', 'new', 'hello'], { cwd });
    writeFileSync(join(cwd, 'first.mjs'), placed);
    const { stdout } = await promisify(execFile)(process.execPath, ['first.mjs'], { cwd });
    const expected = [...program.matchAll(/\/\/ (.*)$/gm)].map(([, text]) => text).filter((text) => /^[[\d]/.test(text));
    assert.deepEqual(stdout.trim().split('\n'), expected);
    assert.equal(expected.length, 2);
  } finally {
    rmSync(cwd, { recursive: true });
  }
});
