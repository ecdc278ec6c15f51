// The Aptos side of the node under test, through the unmodified SDK.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Account, AccountAddress, Aptos, AptosApiError, AptosConfig, Network, SignedTransaction, Deserializer, generateSignedTransaction } from '@aptos-labs/ts-sdk';
import { concatHex, getAddress, keccak256, stringToHex } from 'viem';
import { here } from './tools.mjs';

export const restUrl = process.env.APTOS_URL ?? 'http://127.0.0.1:8080/v1';
export const faucetUrl = process.env.FAUCET_URL ?? 'http://127.0.0.1:8081';
export const readinessUrl = process.env.READINESS_URL ?? 'http://127.0.0.1:8070';
export const indexerUrl = process.env.INDEXER_URL ?? 'http://127.0.0.1:8090/v1/graphql';

export const aptos = new Aptos(new AptosConfig({ network: Network.CUSTOM, fullnode: restUrl, faucet: faucetUrl, indexer: indexerUrl }));

/** Octas of one ETH, and wei of one octa. */
export const ETH = 100_000_000;
export const WEI = 10n ** 10n;
/** A price that the node takes, and gas that is enough for anything small. */
export const GAS = { maxGasAmount: 100_000 };

/** An account that only receives. */
export const someone = `0x${'0b'.repeat(32)}`;

/** Funds an account, a new one if none is given, and waits for that. */
export async function funded(account = Account.generate(), octas = ETH) {
  await aptos.fundAccount({ accountAddress: account.accountAddress, amount: octas, options: { waitForIndexer: false } });
  return account;
}

export const build = (sender, data, options = {}) =>
  aptos.transaction.build.simple({ sender: sender.accountAddress, data, options: { ...GAS, ...options } });

export const call = (name, functionArguments = [], typeArguments = []) => ({ function: name, functionArguments, typeArguments });

/** Signs, sends, and waits for success. */
export async function submit(signer, transaction) {
  const { hash } = await aptos.signAndSubmitTransaction({ signer, transaction });
  return aptos.waitForTransaction({ transactionHash: hash });
}

/** Builds, signs, sends, and waits for success. */
export const send = async (sender, data, options) => submit(sender, await build(sender, data, options));

/** As `send`, of what must be committed and fail. */
export async function sendFailing(sender, data, options) {
  const { hash } = await aptos.signAndSubmitTransaction({ signer: sender, transaction: await build(sender, data, options) });
  const committed = await aptos.waitForTransaction({ transactionHash: hash, options: { checkSuccess: false } });
  assert.equal(committed.success, false, committed.vm_status);
  return committed;
}

export const view = (name, functionArguments = [], typeArguments = []) =>
  aptos.view({ payload: { function: name, functionArguments, typeArguments } });

/** Whole octas of an account, as a number. */
export async function balance(account) {
  const [octas] = await view('0x1::coin::balance', [addressOf(account)], ['0x1::aptos_coin::AptosCoin']);
  return Number(octas);
}

/** All wei of an account. */
export async function weiBalance(account) {
  const [wei] = await view('0x1::native_coin::wei_balance', [addressOf(account)]);
  return BigInt(wei);
}

export const addressOf = (account) => AccountAddress.from(account.accountAddress ?? account).toString();

/** Octas that a committed transaction cost its payer. */
export const feeOf = ({ gas_used, gas_unit_price }) => Number(gas_used) * Number(gas_unit_price);

/** Data of a transaction's events of a type. */
export const eventsOf = ({ events }, type) => events.filter((event) => event.type === type).map(({ data }) => data);

/** A compiled package of tests/fixtures/move, for the account that publishes it. */
export function fixturePackage(name, publisher) {
  const artefact = JSON.parse(readFileSync(join(here, `../fixtures/move/artifacts/${name}.json`), 'utf8'));
  const from = artefact.publisher.slice(2);
  const to = AccountAddress.from(addressOf(publisher)).toStringLong().slice(2);
  const placed = (code) => code.replaceAll(from, to);
  return {
    metadata: artefact.metadata,
    modules: artefact.modules.map(({ code }) => placed(code)),
    scripts: Object.fromEntries(Object.entries(artefact.scripts).map(([script, code]) => [script, placed(code)])),
  };
}

/** Publishes a package of tests/fixtures/move at an account; returns the transaction. */
export async function publish(account, name) {
  const { metadata, modules } = fixturePackage(name, account);
  const transaction = await aptos.publishPackageTransaction({
    account: account.accountAddress,
    metadataBytes: metadata,
    moduleBytecode: modules,
    options: { maxGasAmount: 500_000 },
  });
  return submit(account, transaction);
}

/** A new, funded account with a published package: its account, the prefix of its names, and its scripts. */
export async function published(name) {
  const account = await funded();
  await publish(account, name);
  const address = addressOf(account);
  return { account, address, scripts: fixturePackage(name, account).scripts, named: (path) => `${address}::${path}` };
}

/** What the API answers: status, headers, and the body as JSON where it is that. */
export async function rest(path, { method = 'GET', body, type = 'application/json', accept, base = restUrl } = {}) {
  const response = await fetch(`${base}${path}`, {
    method,
    headers: { ...(body !== undefined && { 'content-type': type }), ...(accept && { accept }) },
    body,
  });
  const bytes = new Uint8Array(await response.arrayBuffer());
  const isJson = response.headers.get('content-type')?.includes('json');
  return {
    status: response.status,
    headers: response.headers,
    bytes,
    body: isJson ? JSON.parse(Buffer.from(bytes).toString('utf8')) : Buffer.from(bytes).toString('utf8'),
  };
}

/** The bytes of a transaction that `signer` signs alone. */
export const signedBytes = (signer, transaction) =>
  generateSignedTransaction({ transaction, senderAuthenticator: aptos.transaction.sign({ signer, transaction }) });

export const SIGNED = 'application/x.aptos.signed_transaction+bcs';
/** Submits bytes, however wrong they are. */
export const submitBytes = (bytes) => rest('/transactions', { method: 'POST', body: bytes, type: SIGNED });

export const parseSigned = (bytes) => SignedTransaction.deserialize(new Deserializer(bytes));

/** The API error that a promise ends with. */
export async function apiError(promise) {
  const error = await promise.then((value) => assert.fail(`no error, but ${JSON.stringify(value)}`), (e) => e);
  assert.ok(error instanceof AptosApiError, error.stack);
  return { status: error.status, ...error.data };
}

/** The EVM address of an account id: the part of it that is one, or an alias. */
export const evmAddress = (id) => {
  const bytes = AccountAddress.from(id).toStringLong();
  const isEvm = /^0x0{24}/.test(bytes) && BigInt(bytes) > 0xffffn;
  return getAddress(isEvm ? `0x${bytes.slice(26)}` : `0x${keccak256(concatHex([stringToHex('lumio/alias'), bytes])).slice(26)}`);
};
