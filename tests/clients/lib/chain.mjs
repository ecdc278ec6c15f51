// The node under test: where it is, who is funded on it, and raw JSON-RPC.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createPublicClient, createTestClient, createWalletClient, defineChain, http, toHex } from 'viem';
import { mnemonicToAccount } from 'viem/accounts';
import { here } from './tools.mjs';

export const url = process.env.RPC_URL ?? 'http://127.0.0.1:8545';
export const wsUrl = url.replace(/^http/, 'ws');

/** The development mnemonic's accounts; a test file takes its own indices, so that files do not share nonces. */
export const account = (index) =>
  mnemonicToAccount('test test test test test test test test test test test junk', { addressIndex: index });
export const privateKey = (index) => toHex(account(index).getHdKey().privateKey);

/** Sends one request and returns the whole response object. */
export async function request(method, params = [], id = 1) {
  const body = JSON.stringify({ jsonrpc: '2.0', id, method, params });
  const response = await post(body);
  return JSON.parse(response.text);
}

export async function post(body, headers = { 'content-type': 'application/json' }) {
  const response = await fetch(url, { method: 'POST', headers, body });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/** Sends one request and returns its result; an error response throws with its code and message. */
export async function rpc(method, ...params) {
  const { result, error } = await request(method, params);
  if (error) throw Object.assign(new Error(`${method}: ${error.code} ${error.message}`), error);
  return result;
}

export const clientVersion = await rpc('web3_clientVersion');
/** False when the tests run against another node, to check the tests themselves. */
export const isLumio = /lumio/i.test(clientVersion);
/** A test option that leaves a test out on other nodes, and says why. */
export const unlessPeer = (reason) => ({ skip: isLumio ? false : `the peer differs: ${reason}` });

export const chainId = Number(await rpc('eth_chainId'));
export const chain = defineChain({
  id: chainId,
  name: 'node under test',
  nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
  rpcUrls: { default: { http: [url], webSocket: [wsUrl] } },
  contracts: { multicall3: { address: '0xcA11bde05977b3631167028862bE2a173976CA11' } },
});

const transport = http(url, { retryCount: 0 });
export const publicClient = createPublicClient({ chain, transport, pollingInterval: 50, cacheTime: 0 });
export const wallet = (index) => createWalletClient({ chain, transport, account: account(index), pollingInterval: 50 });
export const testClient = (mode) => createTestClient({ chain, transport, mode });

export const fixture = (name) => readJson(`../fixtures/artifacts/${name}.json`);
export const genesis = readJson('../../framework/solidity/genesis.json');
export const framework = (name) => readJson(`../../framework/solidity/artifacts/${name}.json`);

function readJson(path) {
  return JSON.parse(readFileSync(join(here, path), 'utf8'));
}

/** Deploys a fixture from account `index`. */
export async function deploy(index, name, args = []) {
  const { abi, bytecode } = fixture(name);
  const hash = await wallet(index).deployContract({ abi, bytecode, args });
  const receipt = await publicClient.waitForTransactionReceipt({ hash });
  if (receipt.status !== 'success') throw new Error(`the deployment of ${name} failed`);
  return { address: receipt.contractAddress, abi, receipt };
}

/** Sends a call of a contract from account `index` and waits for its receipt. */
export async function write(index, contract, functionName, args = [], more = {}) {
  const { address, abi } = contract;
  const hash = await wallet(index).writeContract({ address, abi, functionName, args, ...more });
  return publicClient.waitForTransactionReceipt({ hash });
}

export const read = ({ address, abi }, functionName, args = [], more = {}) =>
  publicClient.readContract({ address, abi, functionName, args, ...more });

/** Gives another node the predeploys that genesis carries, so that the tests of these can be checked too. */
export async function borrowPredeploys() {
  if (isLumio) return;
  for (const [address, { code, storage }] of Object.entries(genesis)) {
    await rpc('anvil_setCode', address, code);
    for (const [slot, value] of Object.entries(storage)) await rpc('anvil_setStorageAt', address, slot, value);
  }
}

/** Polls until `probe` gives something other than undefined or false. */
export async function eventually(what, probe, seconds = 10) {
  const deadline = Date.now() + seconds * 1000;
  while (Date.now() < deadline) {
    const value = await probe();
    if (value !== undefined && value !== false) return value;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`${what} did not happen within ${seconds} s`);
}
