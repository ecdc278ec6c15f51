// Transactions that client libraries refuse to make.
import { concatHex, hexToBigInt, keccak256, numberToHex, parseTransaction, serializeTransaction, toHex, toRlp } from 'viem';
import { sign } from 'viem/accounts';

const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const integer = (value) => (BigInt(value) === 0n ? '0x' : numberToHex(BigInt(value)));

/** An EIP-1559 transaction whose tip may exceed its fee cap. */
export async function signContradiction(account, chainId, nonce, { maxFeePerGas, maxPriorityFeePerGas }) {
  const body = [chainId, nonce, maxPriorityFeePerGas, maxFeePerGas, 21000].map(integer);
  const fields = [...body, account.address, integer(1), '0x', []];
  const signature = await sign({
    hash: keccak256(concatHex(['0x02', toRlp(fields)])),
    privateKey: toHex(account.getHdKey().privateKey),
  });
  const tail = [integer(signature.yParity), integer(signature.r), integer(signature.s)];
  return concatHex(['0x02', toRlp([...fields, ...tail])]);
}

/** The same transaction with the other, equally valid but forbidden, signature. */
export async function signHighS(account, transaction) {
  const { r, s, yParity, v, ...unsigned } = parseTransaction(await account.signTransaction(transaction));
  const flipped = { r, s: numberToHex(ORDER - hexToBigInt(s), { size: 32 }), yParity: 1 - yParity };
  return serializeTransaction(unsigned, flipped);
}

/** An OP-stack deposit that mints ETH: only derivation from L1 may make these. */
export function depositTransaction(from, to, mint) {
  const source = `0x${'11'.repeat(32)}`;
  return concatHex(['0x7e', toRlp([source, from, to, integer(mint), '0x', integer(21000), '0x', '0x'])]);
}
