// @solana/kit: its airdrop, its confirmation over WebSocket, its subscriptions, its errors.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  SOLANA_ERROR__INSTRUCTION_ERROR__CUSTOM, SOLANA_ERROR__JSON_RPC__INVALID_PARAMS, SOLANA_ERROR__JSON_RPC__SERVER_ERROR_BLOCK_NOT_AVAILABLE,
  SOLANA_ERROR__JSON_RPC__SERVER_ERROR_MIN_CONTEXT_SLOT_NOT_REACHED, SOLANA_ERROR__JSON_RPC__SERVER_ERROR_SEND_TRANSACTION_PREFLIGHT_FAILURE, address, airdropFactory,
  appendTransactionMessageInstructions, createSolanaRpc, createSolanaRpcSubscriptions, createTransactionMessage, generateKeyPairSigner, getBase64EncodedWireTransaction,
  getSignatureFromTransaction, isSolanaError, lamports, pipe, sendAndConfirmTransactionFactory, setTransactionMessageFeePayerSigner, setTransactionMessageLifetimeUsingBlockhash,
  signTransactionMessageWithSigners,
} from '@solana/kit';
import { getAddMemoInstruction } from '@solana-program/memo';
import { getCreateAccountInstruction, getTransferSolInstruction } from '@solana-program/system';
import { TOKEN_PROGRAM_ADDRESS, fetchMint, getInitializeMint2Instruction, getMintSize } from '@solana-program/token';
import { solanaUrl, solanaWsUrl, until } from '../lib/solana.mjs';

const rpc = createSolanaRpc(solanaUrl);
const rpcSubscriptions = createSolanaRpcSubscriptions(solanaWsUrl);
const airdrop = airdropFactory({ rpc, rpcSubscriptions });
const sendAndConfirm = sendAndConfirmTransactionFactory({ rpc, rpcSubscriptions });
const commitment = 'confirmed';
/** The memo program that most clients use; this package's own is a later one. */
const MEMO = address('MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr');
const SOL = 1_000_000_000n;

async function funded(amount = 10n * SOL) {
  const signer = await generateKeyPairSigner();
  await airdrop({ commitment, recipientAddress: signer.address, lamports: lamports(amount) });
  return signer;
}

async function signed(payer, instructions, version = 0) {
  const { value: blockhash } = await rpc.getLatestBlockhash().send();
  const message = pipe(
    createTransactionMessage({ version }),
    (message) => setTransactionMessageFeePayerSigner(payer, message),
    (message) => setTransactionMessageLifetimeUsingBlockhash(blockhash, message),
    (message) => appendTransactionMessageInstructions(instructions, message),
  );
  return signTransactionMessageWithSigners(message);
}

const balance = async (of) => (await rpc.getBalance(of).send()).value;
const pay = (source, destination, amount) => getTransferSolInstruction({ source, destination, amount });

/** What a subscription says, as it says it. */
async function heard(t, pending) {
  const abort = new AbortController();
  t.after(() => abort.abort());
  const notices = await pending.subscribe({ abortSignal: abort.signal });
  const list = [];
  (async () => {
    for await (const notice of notices) list.push(notice);
  })().catch((error) => list.push(error));
  return list;
}

for (const version of ['legacy', 0]) {
  test(`an airdrop and a transfer of version ${version}, confirmed over WebSocket`, async () => {
    const [from, to] = [await funded(), await generateKeyPairSigner()];
    assert.equal(await balance(from.address), 10n * SOL);
    const transaction = await signed(from, [pay(from, to.address, SOL)], version);
    await sendAndConfirm(transaction, { commitment });
    assert.equal(await balance(to.address), SOL);
    assert.equal(await balance(from.address), 9n * SOL - 5000n);
    const signature = getSignatureFromTransaction(transaction);
    const { value } = await rpc.getSignatureStatuses([signature]).send();
    assert.equal(value[0].confirmationStatus, 'finalized');
    const found = await rpc.getTransaction(signature, { maxSupportedTransactionVersion: 0, encoding: 'jsonParsed' }).send();
    assert.equal(found.version, version);
    assert.equal(found.meta.fee, 5000n);
    assert.equal(found.transaction.message.instructions[0].parsed.info.lamports, SOL);
  });
}

test('a transaction of version 0 is shown only to who can read it', async () => {
  const from = await funded();
  const transaction = await signed(from, [pay(from, from.address, 1n)]);
  await sendAndConfirm(transaction, { commitment });
  const error = await rpc.getTransaction(getSignatureFromTransaction(transaction)).send().catch((error) => error);
  assert.equal(error.context.__code, -32015);
  assert.match(error.message, /maxSupportedTransactionVersion/);
});

test('a failed preflight has its cause, its logs and its units', async () => {
  const from = await funded();
  const wire = getBase64EncodedWireTransaction(await signed(from, [pay(from, (await generateKeyPairSigner()).address, 100n * SOL)]));
  const error = await rpc.sendTransaction(wire, { encoding: 'base64' }).send().catch((error) => error);
  assert.ok(isSolanaError(error, SOLANA_ERROR__JSON_RPC__SERVER_ERROR_SEND_TRANSACTION_PREFLIGHT_FAILURE), error.stack);
  assert.ok(isSolanaError(error.cause, SOLANA_ERROR__INSTRUCTION_ERROR__CUSTOM), error.cause?.stack);
  assert.equal(error.cause.context.code, 1);
  assert.equal(error.cause.context.index, 0);
  assert.equal(error.context.unitsConsumed, 150n);
  assert.ok(error.context.logs.some((line) => line.includes('insufficient lamports')), error.context.logs);
});

test('other errors are told apart by their codes', async () => {
  const coded = async (request, code) => {
    const error = await request.send().catch((error) => error);
    assert.ok(isSolanaError(error, code), error.stack ?? JSON.stringify(error));
    return error;
  };
  const head = await rpc.getSlot().send();
  await coded(rpc.getBlock(head + 1000n), SOLANA_ERROR__JSON_RPC__SERVER_ERROR_BLOCK_NOT_AVAILABLE);
  const early = await coded(rpc.getBalance(TOKEN_PROGRAM_ADDRESS, { minContextSlot: head + 1000n }), SOLANA_ERROR__JSON_RPC__SERVER_ERROR_MIN_CONTEXT_SLOT_NOT_REACHED);
  assert.ok(early.context.contextSlot >= head);
  const wrong = await coded(rpc.getBalance('abc'), SOLANA_ERROR__JSON_RPC__INVALID_PARAMS);
  assert.match(wrong.context.__serverMessage, /WrongSize/);
});

test('a mint made with kit is read back by kit', async () => {
  const [payer, mint] = [await funded(), await generateKeyPairSigner()];
  const space = BigInt(getMintSize());
  const rent = await rpc.getMinimumBalanceForRentExemption(space).send();
  const make = [
    getCreateAccountInstruction({ payer, newAccount: mint, lamports: rent, space, programAddress: TOKEN_PROGRAM_ADDRESS }),
    getInitializeMint2Instruction({ mint: mint.address, decimals: 4, mintAuthority: payer.address }),
    getAddMemoInstruction({ memo: 'a new mint' }, { programAddress: MEMO }),
  ];
  await sendAndConfirm(await signed(payer, make), { commitment });
  const { data } = await fetchMint(rpc, mint.address);
  assert.deepEqual({ decimals: data.decimals, supply: data.supply, authority: data.mintAuthority.value }, { decimals: 4, supply: 0n, authority: payer.address });
});

test('every subscription tells of a transfer', async (t) => {
  const [from, to] = [await funded(), await generateKeyPairSigner()];
  const account = await heard(t, rpcSubscriptions.accountNotifications(to.address, { commitment, encoding: 'base64' }));
  const logs = await heard(t, rpcSubscriptions.logsNotifications({ mentions: [to.address] }, { commitment }));
  const allLogs = await heard(t, rpcSubscriptions.logsNotifications('all', { commitment }));
  const slots = await heard(t, rpcSubscriptions.slotNotifications());
  const roots = await heard(t, rpcSubscriptions.rootNotifications());
  const transaction = await signed(from, [pay(from, to.address, SOL)]);
  const signature = getSignatureFromTransaction(transaction);
  const ended = await heard(t, rpcSubscriptions.signatureNotifications(signature, { commitment, enableReceivedNotification: true }));
  await sendAndConfirm(transaction, { commitment });
  const { slot } = await rpc.getTransaction(signature, { maxSupportedTransactionVersion: 0 }).send();
  await until(() => [account, logs, allLogs, slots, roots].every((list) => list.length > 0) && ended.length > 1, 'all notices');
  assert.deepEqual(account.map(({ context, value }) => [context.slot, value.lamports]), [[slot, SOL]]);
  assert.deepEqual(logs.map(({ value }) => [value.signature, value.err]), [[signature, null]]);
  assert.ok(allLogs.some(({ value }) => value.signature === signature));
  assert.ok(slots.some((notice) => notice.slot === slot && notice.parent === slot - 1n && notice.root === slot));
  assert.ok(roots.includes(slot));
  assert.deepEqual(ended.map(({ value }) => value), ['receivedSignature', { err: null }]);
  const late = await heard(t, rpcSubscriptions.signatureNotifications(signature, { commitment }));
  await until(() => late.length > 0, 'what is over already');
  assert.deepEqual(late[0].value, { err: null });
});

test('a subscription to nothing that there is, is refused', async () => {
  const abort = new AbortController();
  const error = await rpcSubscriptions.accountNotifications('nonsense').subscribe({ abortSignal: abort.signal }).catch((error) => error);
  abort.abort();
  assert.ok(error instanceof Error, 'it must fail');
});

test('the native programs are owned by the loader that clients expect', async () => {
  const { value } = await rpc.getAccountInfo(address('11111111111111111111111111111111'), { encoding: 'base64' }).send();
  assert.equal(value.owner, 'NativeLoader1111111111111111111111111111111');
  assert.equal(value.executable, true);
});
