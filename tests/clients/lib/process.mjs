// Starts a node on free ports, waits until it answers, and stops it.
import { execFileSync, spawn } from 'node:child_process';
import { createServer } from 'node:net';

/** A block of `count` neighbouring ports that were free a moment ago. */
export async function freePorts(count) {
  for (let attempt = 0; attempt < 50; attempt++) {
    const first = 20_000 + Math.floor(Math.random() * 20_000);
    const probes = await Promise.all(Array.from({ length: count }, (_, i) => isFree(first + i)));
    if (probes.every(Boolean)) return first;
  }
  throw new Error(`found no ${count} free ports in a row`);
}

const isFree = (port) =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });

/** Runs `program`, resolves when `url` answers `eth_chainId`, and rejects if the program ends or `seconds` pass. */
export async function startNode(program, args, url, { seconds = 60, log = () => {} } = {}) {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const tail = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (text) => {
      tail.push(text);
      if (tail.length > 200) tail.shift();
      log(text);
    });
  }
  let ended;
  const exit = new Promise((resolve) => {
    child.once('error', (error) => resolve((ended = { error: error.message })));
    child.once('exit', (code, signal) => resolve((ended = { code, signal })));
  });
  const node = { url, exit, output: () => tail.join(''), stop: () => stop(child, exit) };

  const deadline = Date.now() + seconds * 1000;
  while (Date.now() < deadline) {
    if (ended) throw new Error(`${program} ended before it was ready: ${JSON.stringify(ended)}\n${node.output()}`);
    if (await answers(url)) return node;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  child.kill('SIGKILL');
  throw new Error(`${program} did not answer at ${url} within ${seconds} s\n${node.output()}`);
}

/**
 * Starts `lumio dev` with a free port for each server that it has, and resolves when it answers. The node knows
 * its addresses: `url` (Ethereum), `rest`, `faucet`, `readiness`, `indexer`, `solana`.
 */
export async function startDevelopmentChain(program, flags = [], options = {}) {
  const help = execFileSync(program, ['dev', '--help'], { encoding: 'utf8' });
  const names = [...new Set([...help.matchAll(/--([a-z]+)-port\b/g)].map(([, name]) => name))];
  // One more, because Solana's WebSocket has the port after its own.
  const first = await freePorts(2 * names.length);
  const port = (name) => first + 2 * names.indexOf(name);
  const given = names.flatMap((name) => [`--${name}-port`, String(port(name))]);
  const at = (name, path = '') => (names.includes(name) ? `http://127.0.0.1:${port(name)}${path}` : undefined);
  const node = await startNode(program, ['dev', ...given, ...flags], at('eth'), options);
  return Object.assign(node, {
    ports: given,
    rest: at('aptos', '/v1'),
    faucet: at('faucet'),
    readiness: at('readiness'),
    indexer: at('indexer', '/v1/graphql'),
    solana: at('solana'),
  });
}

async function answers(url) {
  try {
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_chainId', params: [] });
    const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    return typeof (await response.json()).result === 'string';
  } catch {
    return false;
  }
}

/** Asks by SIGTERM, and resolves to how the program ended; a program that takes over 20 s is killed. */
async function stop(child, exit) {
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 20_000);
  const how = await exit;
  clearTimeout(timer);
  return how;
}
