// The development chain as both kinds of clients see it, and what the examples do with it: deploy contracts, publish
// packages, write bindings.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Account, AccountAddress, Aptos, AptosConfig, Network } from '@aptos-labs/ts-sdk';
import { createPublicClient, createWalletClient, defineChain, http, pad, parseAbi } from 'viem';
import { mnemonicToAccount } from 'viem/accounts';

const require = createRequire(import.meta.url);
const here = dirname(fileURLToPath(import.meta.url));

const rpc = process.env.RPC_URL ?? 'http://127.0.0.1:8545';
const transport = http(rpc, { retryCount: 0 });
const id = await createPublicClient({ transport }).getChainId().catch(() => {
  console.error(`No chain answers at ${rpc}: start one with \`target/release/lumio dev\`.`);
  process.exit(1);
});
export const chain = defineChain({
  id,
  name: 'Lumio',
  nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
  rpcUrls: { default: { http: [rpc] } },
});
export const ethereum = createPublicClient({ chain, transport, pollingInterval: 50, cacheTime: 0 });

/** A wallet of the development chain's funded accounts, by number. */
export function wallet(number) {
  const account = mnemonicToAccount('test test test test test test test test test test test junk', { addressIndex: number });
  return createWalletClient({ chain, transport, account, pollingInterval: 50 });
}

export const aptos = new Aptos(
  new AptosConfig({
    network: Network.CUSTOM,
    fullnode: process.env.APTOS_URL ?? 'http://127.0.0.1:8080/v1',
    faucet: process.env.FAUCET_URL ?? 'http://127.0.0.1:8081',
  }),
);

/** The predeployed contracts that the examples use. */
export const WETH = '0x4200000000000000000000000000000000000006';
export const FACES = '0x42000000000000000000000000000000000000Fd';
export const CROSS_VM = '0x42000000000000000000000000000000000000FE';
/** ETH as a fungible asset of Move, and wei of its smallest unit. */
export const ETH = '0xa';
export const OCTA = 10n ** 10n;

/** An EVM address as an account of Move. */
export const accountOf = (address) => pad(address, { size: 32 });

/** Deploys a contract from its artefact. */
export async function deploy(from, { abi, bytecode }, args = []) {
  const code = typeof bytecode === 'string' ? bytecode : bytecode.object;
  const hash = await from.deployContract({ abi, bytecode: code.startsWith('0x') ? code : `0x${code}`, args });
  const receipt = await ethereum.waitForTransactionReceipt({ hash });
  assert.equal(receipt.status, 'success', 'a contract could not be deployed');
  return { address: receipt.contractAddress, abi };
}

/** Calls a contract in a transaction that must succeed. */
export async function send(from, { address, abi }, functionName, args = [], more = {}) {
  const hash = await from.writeContract({ address, abi, functionName, args, ...more });
  const receipt = await ethereum.waitForTransactionReceipt({ hash });
  assert.equal(receipt.status, 'success', `${functionName} failed`);
  return receipt;
}

export const read = ({ address, abi }, functionName, args = []) =>
  ethereum.readContract({ address, abi, functionName, args });

export const ERC20 = parseAbi([
  'function approve(address spender, uint256 amount) returns (bool)',
  'function transfer(address to, uint256 amount) returns (bool)',
  'function allowance(address owner, address spender) view returns (uint256)',
  'function balanceOf(address owner) view returns (uint256)',
  'function totalSupply() view returns (uint256)',
]);

/** The `lumio` command. */
export function lumio(...args) {
  const program = process.env.LUMIO_BIN ?? resolve(here, '../../target/release/lumio');
  if (!existsSync(program)) throw new Error(`${program} is not there: run \`cargo build --release\``);
  return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** A folder that is gone when the program ends: empty, or a copy of another one. */
export function scratch(copied) {
  const folder = mkdtempSync(join(tmpdir(), 'lumio-example-'));
  if (copied) cpSync(copied, folder, { recursive: true });
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes a Move module for a contract into a package: `lumio bindings move`. */
export function bindMove(folder, { abi: list }, contract, address) {
  const abi = join(scratch(), `${contract}.json`);
  writeFileSync(abi, JSON.stringify(list));
  lumio('bindings', 'move', abi, '--address', address, '--output', join(folder, 'sources', `${contract.toLowerCase()}.move`));
}

/** Compiles Solidity: `main`, and what it imports from its own folder, from `bindings`, from Lumio or from an npm package. */
export function compile(main, bindings) {
  const solc = require('solc');
  const folders = [dirname(main), bindings].filter(Boolean);
  const find = (path) => {
    const ours = path.startsWith('lumio/') && resolve(here, '../../framework/solidity/src', path.slice('lumio/'.length));
    const local = ours || folders.map((folder) => join(folder, path)).find(existsSync);
    try {
      return { contents: readFileSync(local ?? require.resolve(path), 'utf8') };
    } catch {
      return { error: `${path} is not there` };
    }
  };
  const input = {
    language: 'Solidity',
    sources: { [basename(main)]: { content: readFileSync(main, 'utf8') } },
    settings: { optimizer: { enabled: true }, outputSelection: { '*': { '*': ['abi', 'evm.bytecode.object'] } } },
  };
  const output = JSON.parse(solc.compile(JSON.stringify(input), { import: find }));
  const errors = (output.errors ?? []).filter(({ severity }) => severity === 'error');
  if (errors.length > 0) throw new Error(errors.map(({ formattedMessage }) => formattedMessage).join('\n'));
  const contracts = output.contracts[basename(main)];
  return Object.fromEntries(
    Object.entries(contracts).map(([name, { abi, evm }]) => [name, { abi, bytecode: `0x${evm.bytecode.object}` }]),
  );
}

/** A new Move account with some ETH. */
export async function moveAccount(ether = 1) {
  const account = Account.generate();
  const amount = Math.round(ether * 1e8);
  await aptos.fundAccount({ accountAddress: account.accountAddress, amount, options: { waitForIndexer: false } });
  return account;
}

/** Sends an ordinary Aptos transaction and waits for its success. */
export async function submit(signer, transaction) {
  const { hash } = await aptos.signAndSubmitTransaction({ signer, transaction });
  return aptos.waitForTransaction({ transactionHash: hash });
}

/** Calls an entry function. */
export async function call(signer, name, functionArguments = [], typeArguments = []) {
  const data = { function: name, functionArguments, typeArguments };
  const options = { maxGasAmount: 100_000 };
  return submit(signer, await aptos.transaction.build.simple({ sender: signer.accountAddress, data, options }));
}

export const view = (name, functionArguments = [], typeArguments = []) =>
  aptos.view({ payload: { function: name, functionArguments, typeArguments } });

/** Compiles a package and publishes it at an account, whose address stands for its named addresses. */
export async function publish(account, folder, names) {
  const address = AccountAddress.from(account.accountAddress).toString();
  const named = names.map((name) => `${name}=${address}`).join(',');
  lumio('move', 'build', folder, '--named-addresses', named);
  const built = join(folder, 'build', readdirSync(join(folder, 'build'))[0]);
  const bytes = (file) => readFileSync(join(built, file)).toString('hex');
  const modules = readdirSync(join(built, 'bytecode_modules')).map((file) => bytes(join('bytecode_modules', file)));
  const transaction = await aptos.publishPackageTransaction({
    account: account.accountAddress,
    metadataBytes: bytes('package-metadata.bcs'),
    moduleBytecode: modules,
    options: { maxGasAmount: 1_000_000 },
  });
  await submit(account, transaction);
  return { address, named };
}

/** Uniswap V2 as its authors compiled it: factory and router. */
export async function deployUniswap(from) {
  const factoryCode = require('@uniswap/v2-core/build/UniswapV2Factory.json');
  const factory = await deploy(from, { abi: factoryCode.abi, bytecode: factoryCode.evm.bytecode }, [from.account.address]);
  const routerCode = require('@uniswap/v2-periphery/build/UniswapV2Router02.json');
  const code = routerCode.evm?.bytecode.object ?? routerCode.bytecode;
  const router = await deploy(from, { abi: routerCode.abi, bytecode: code }, [factory.address, WETH]);
  return { factory, router };
}
