// Transactions with a nonce in place of a sequence number: the pinned SDK has no words for them, but can serialise them.
import { ChainId, EntryFunction, RawTransaction, SimpleTransaction, TransactionPayload } from '@aptos-labs/ts-sdk';
import { aptos } from './aptos.mjs';

const INNER_PAYLOAD = 4;
const V1 = 0;
const [SCRIPT, ENTRY_FUNCTION] = [0, 1];

class OrderlessPayload extends TransactionPayload {
  constructor(executable, nonce) {
    super();
    this.executable = executable;
    this.nonce = nonce;
  }

  serialize(to) {
    for (const variant of [INNER_PAYLOAD, V1, this.executable instanceof EntryFunction ? ENTRY_FUNCTION : SCRIPT]) to.serializeU32AsUleb128(variant);
    this.executable.serialize(to);
    to.serializeU32AsUleb128(V1);
    to.serializeBool(false);
    to.serializeBool(true);
    to.serializeU64(this.nonce);
  }
}

/** A transaction of `sender` that needs no turn; an entry function or a script, `nonce` its only protection. */
export async function orderless(sender, executable, nonce, { seconds = 30, maxGasAmount = 100_000n } = {}) {
  const [{ gas_estimate: price }, { chain_id: chainId }] = await Promise.all([aptos.getGasPriceEstimation(), aptos.getLedgerInfo()]);
  const expiration = BigInt(Math.floor(Date.now() / 1000) + seconds);
  const payload = new OrderlessPayload(executable, nonce);
  const raw = new RawTransaction(sender.accountAddress, 2n ** 64n - 1n, payload, maxGasAmount, BigInt(price), expiration, new ChainId(chainId));
  return new SimpleTransaction(raw);
}

/** A nonce that nobody used. */
export const newNonce = () => BigInt(Math.floor(Math.random() * 2 ** 48)) * 1024n + BigInt(Math.floor(Math.random() * 1024));
