// Verifies what `eth_getProof` answers, against nothing but a state root.
import { fromRlp, hexToBytes, keccak256 } from 'viem';

const EMPTY_ROOT = '0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421';
const EMPTY_CODE = '0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470';

/** Checks an account and the storage slots in an answer; returns the account's proven fields. */
export function verifyAccount(stateRoot, answer) {
  const leaf = verifyPath(stateRoot, keccak256(answer.address), answer.accountProof);
  const proven = leaf
    ? fields(fromRlp(leaf))
    : { nonce: 0n, balance: 0n, storageHash: EMPTY_ROOT, codeHash: EMPTY_CODE, exists: false };
  for (const name of ['nonce', 'balance']) {
    if (BigInt(answer[name]) !== proven[name]) throw new Error(`${name} is ${answer[name]}, proven ${proven[name]}`);
  }
  if (answer.storageHash !== proven.storageHash && proven.exists) throw new Error('storageHash is not the proven one');
  if (answer.codeHash !== proven.codeHash && proven.exists) throw new Error('codeHash is not the proven one');
  for (const { key, value, proof } of answer.storageProof) verifySlot(proven.storageHash, key, value, proof);
  return proven;
}

function verifySlot(storageHash, key, value, proof) {
  const slot = `0x${BigInt(key).toString(16).padStart(64, '0')}`;
  const leaf = verifyPath(storageHash, keccak256(slot), proof);
  const proven = leaf ? number(fromRlp(leaf)) : 0n;
  if (BigInt(value) !== proven) throw new Error(`slot ${key} is ${value}, proven ${proven}`);
}

const number = (hex) => (hex === '0x' ? 0n : BigInt(hex));
const fields = ([nonce, balance, storageHash, codeHash]) => ({
  nonce: number(nonce),
  balance: number(balance),
  storageHash,
  codeHash,
  exists: true,
});

/** The value at a hashed key of a Merkle Patricia trie, or undefined when the proof shows that there is none. */
export function verifyPath(root, hashedKey, proof) {
  const nodes = [...proof];
  if (root === EMPTY_ROOT) {
    if (nodes.some((node) => node !== '0x80')) throw new Error('an empty trie has no nodes');
    return undefined;
  }
  let path = nibbles(hashedKey);
  let node = resolve(root, nodes);
  for (;;) {
    if (node.length === 17) {
      const child = path.length === 0 ? node[16] : node[path[0]];
      if (path.length === 0) return done(child === '0x' ? undefined : child, nodes);
      if (child.length === 0 || child === '0x') return done(undefined, nodes);
      path = path.slice(1);
      node = resolve(child, nodes);
      continue;
    }
    if (node.length !== 2) throw new Error(`a trie node has 2 or 17 items, not ${node.length}`);
    const { isLeaf, prefix } = compact(node[0]);
    const fits = prefix.every((nibble, i) => nibble === path[i]);
    if (isLeaf) return done(fits && prefix.length === path.length ? node[1] : undefined, nodes);
    if (!fits) return done(undefined, nodes);
    path = path.slice(prefix.length);
    node = resolve(node[1], nodes);
  }
}

/** Follows a reference: a hash takes the next node of the proof, a short node stands in its parent. */
function resolve(reference, nodes) {
  if (Array.isArray(reference)) return reference;
  const node = nodes.shift();
  if (node === undefined) throw new Error('the proof ends early');
  if (keccak256(node) !== reference) throw new Error('a node of the proof has another hash than its parent says');
  return fromRlp(node);
}

function done(value, nodes) {
  if (nodes.length > 0) throw new Error('the proof has nodes beyond the path');
  return value;
}

const nibbles = (hex) => [...hexToBytes(hex)].flatMap((byte) => [byte >> 4, byte & 15]);

function compact(hex) {
  const all = nibbles(hex);
  return { isLeaf: all[0] >= 2, prefix: all.slice(all[0] & 1 ? 1 : 2) };
}
