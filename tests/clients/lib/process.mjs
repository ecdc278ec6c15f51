// Starts a node on free ports, waits until it answers, and stops it.
import { spawn } from 'node:child_process';
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
