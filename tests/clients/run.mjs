// Starts a development chain, drives it with real clients, and stops it.
//   node run.mjs                 all tests, on a new node
//   node run.mjs cast errors     only these files
//   node run.mjs aptos           only those of a folder, or of it one: aptos/state
//   node run.mjs examples        the programs in ../../examples
//   RPC_URL=… node run.mjs       on a node that runs already (its state will change)
//   node run.mjs --peer anvil    on anvil, to check the tests themselves
// LUMIO_BIN names the program to run instead of ../../target/release/lumio, which is built first.
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePorts, startDevelopmentChain, startNode } from './lib/process.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const args = process.argv.slice(2);
const peer = args.includes('--peer') ? args.splice(args.indexOf('--peer'), 2)[1] : undefined;

/** Runs a program to its end; the event loop must go on meanwhile, or the node's output would fill its pipe. */
const step = (program, argv, options = {}) =>
  new Promise((done) => {
    const child = spawn(program, argv, { cwd: here, stdio: 'inherit', ...options });
    child.once('error', (error) => fail(`${program}: ${error.message}`));
    child.once('exit', (status) => done(status ?? 1));
  });
const fail = (message) => {
  console.error(message);
  process.exit(1);
};

if (!process.env.SKIP_INSTALL && (await step('npm', ['ci', '--no-audit', '--no-fund'])) !== 0) fail('npm ci failed');

let lumioBin = process.env.LUMIO_BIN;
// Each folder has a node of its own: the tests of one may warp time, which ends the life of the others' transactions.
const examples = '../../examples';
const folders = ['.', 'aptos', 'solana', examples, `${examples}/flagship`];
/** Whether a folder or a file was asked for, by its name or that of a folder around it. */
const isAsked = (path) => {
  const name = path.replace('../../', '').replace('.test.mjs', '');
  return args.length === 0 || args.some((asked) => name === asked || name.startsWith(`${asked}/`));
};
let hasExamples = Boolean(process.env.SKIP_INSTALL);
let status = 0;
let ran = 0;
for (const folder of peer ? ['.'] : folders) {
  const files = readdirSync(join(here, folder))
    .filter((name) => name.endsWith('.test.mjs'))
    .map((name) => join(folder, name))
    .filter(isAsked);
  if (files.length === 0) continue;
  if (folder.startsWith(examples) && !hasExamples) {
    hasExamples = true;
    const install = ['ci', '--no-audit', '--no-fund', '--ignore-scripts'];
    if ((await step('npm', install, { cwd: join(here, examples) })) !== 0) fail('npm ci of the examples failed');
  }
  ran += files.length;
  status = (await drive(files)) || status;
}
if (ran === 0) fail(`no test file has a name among: ${args.join(' ')}`);
process.exit(status);

/** Runs test files, on a new node unless there is one already. */
async function drive(files) {
  const log = process.env.VERBOSE ? (text) => process.stderr.write(text) : undefined;
  const running = process.env.RPC_URL;
  const node = running ? undefined : await (peer ? anvil(log) : lumio(log));
  const began = Date.now();
  const status = await step(process.execPath, ['--test', '--test-concurrency=1', '--test-timeout=120000', '--test-reporter=spec', ...files], {
    env: { ...process.env, ...addresses(node), ...(lumioBin && { LUMIO_BIN: lumioBin }) },
  });
  console.log(`client tests took ${((Date.now() - began) / 1000).toFixed(1)} s`);

  if (node) {
    const how = await node.stop();
    console.log(`the node stopped with ${JSON.stringify(how)}`);
    if (!peer && how.code !== 0) fail(`SIGTERM must end the node with code 0\n${node.output()}`);
    if (status !== 0) console.error(`the node's last output:\n${node.output().split('\n').slice(-40).join('\n')}`);
  }
  return status;
}

/** Where a node's servers are, for the tests. */
function addresses(node) {
  const named = { RPC_URL: node?.url, APTOS_URL: node?.rest, FAUCET_URL: node?.faucet, READINESS_URL: node?.readiness, INDEXER_URL: node?.indexer, SOLANA_URL: node?.solana };
  return Object.fromEntries(Object.entries(named).filter(([, url]) => url));
}

async function lumio(log) {
  const workspace = resolve(here, '../..');
  const program = lumioBin ?? join(workspace, 'target/release/lumio');
  if (!lumioBin && (await step('cargo', ['build', '--release', '-p', 'lumio'], { cwd: workspace })) !== 0) {
    fail('the node does not build');
  }
  lumioBin = program;
  return startDevelopmentChain(program, ['--ephemeral'], { log });
}

async function anvil(log) {
  if (peer !== 'anvil') fail(`--peer knows anvil only, not ${peer}`);
  const { program } = await import('./lib/tools.mjs');
  const port = await freePorts(1);
  return startNode(program('anvil'), ['--port', String(port), '--steps-tracing'], `http://127.0.0.1:${port}`, { log });
}
