// The README's program for Solana is run as it stands there, but for the port.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { solanaUrl } from '../lib/solana.mjs';
import { here } from '../lib/tools.mjs';

test('an airdrop as the README has it', async () => {
  const readme = readFileSync(join(here, '../../README.md'), 'utf8');
  const [, program] = readme.match(/```js\n(import \{ Connection[^]*?)```/);
  assert.ok(program.includes("'http://127.0.0.1:8899'"));
  const placed = program.replace("'http://127.0.0.1:8899'", JSON.stringify(solanaUrl));
  // Where it finds the packages of these tests.
  const cwd = mkdtempSync(join(here, 'node_modules/.readme-'));
  try {
    writeFileSync(join(cwd, 'program.mjs'), placed);
    const { stdout } = await promisify(execFile)(process.execPath, ['program.mjs'], { cwd });
    assert.equal(stdout.trim(), program.match(/\/\/ (\d+):/)[1]);
  } finally {
    rmSync(cwd, { recursive: true });
  }
});
