// Every scheme of account, from fixed seeds.
import {
  AbstractedAccount, Account, AccountAuthenticatorMultiKey, AccountAuthenticatorSingleKey, AuthenticationKey,
  DerivableAbstractedAccount, Ed25519PrivateKey, MultiEd25519Account, MultiEd25519PublicKey, MultiKeyAccount,
  Secp256k1PrivateKey, SigningScheme,
} from '@aptos-labs/ts-sdk';
import { p256 } from '@noble/curves/p256';
import { sha256 } from '@noble/hashes/sha2';
import { sha3_256 } from '@noble/hashes/sha3';
import { bytesOf } from './payloads.mjs';

const seed = (n) => sha256(Uint8Array.of(n));
const ed25519 = (n) => new Ed25519PrivateKey(seed(n));
const secp256k1 = (n) => new Secp256k1PrivateKey(seed(n));

/** A passkey: what a browser and an authenticator would make of a message. */
const passkey = (n) => {
  const secret = seed(n);
  const point = p256.getPublicKey(secret, false);
  const serialize = (serializer) => {
    serializer.serializeU32AsUleb128(2);
    serializer.serializeBytes(point);
  };
  const sign = (message) => {
    const challenge = Buffer.from(sha3_256(message)).toString('base64url');
    const client = Buffer.from(
      JSON.stringify({ type: 'webauthn.get', challenge, origin: 'https://wallet.example', crossOrigin: false }),
    );
    const data = Uint8Array.from([...sha256('wallet.example'), 0x1d, 0, 0, 0, n]);
    const signature = p256.sign(sha256(Uint8Array.from([...data, ...sha256(client)])), secret, { lowS: true });
    return {
      serialize: (serializer) => {
        serializer.serializeU32AsUleb128(2);
        serializer.serializeU32AsUleb128(0);
        serializer.serializeBytes(signature.toCompactRawBytes());
        serializer.serializeBytes(data);
        serializer.serializeBytes(client);
      },
    };
  };
  return { key: { serialize, bcsToBytes: () => bytesOf(serialize) }, sign };
};

const keyOf = (scheme, key) => AuthenticationKey.fromSchemeAndBytes({ scheme, input: key.bcsToBytes() }).toUint8Array();

/** An account of the SDK's own. */
const own = (account) => ({
  key: account.publicKey.authKey().toUint8Array(),
  publicKey: account.publicKey,
  sign: (message) => account.signWithAuthenticator(message),
});

const single = (n) => {
  const { key, sign } = passkey(n);
  return {
    key: keyOf(SigningScheme.SingleKey, key),
    sign: (message) => new AccountAuthenticatorSingleKey(key, sign(message)),
  };
};

/** Two of: ed25519, secp256k1, a passkey; `bitmap` says who signs. */
const mixed = (signers, bitmap) => {
  const first = Account.fromPrivateKey({ privateKey: ed25519(20), legacy: false });
  const second = Account.fromPrivateKey({ privateKey: secp256k1(21), legacy: false });
  const third = passkey(22);
  const keys = [first.publicKey, second.publicKey, third.key];
  const sign = [(m) => first.signWithAuthenticator(m).signature, (m) => second.signWithAuthenticator(m).signature, third.sign];
  const serialize = (serializer) => {
    serializer.serializeVector(keys);
    serializer.serializeU8(2);
  };
  const key = { serialize, bcsToBytes: () => bytesOf(serialize) };
  return {
    key: keyOf(SigningScheme.MultiKey, key),
    sign: (message) =>
      new AccountAuthenticatorMultiKey(key, {
        serialize: (serializer) => {
          serializer.serializeVector(signers.map((n) => sign[n](message)));
          serializer.serializeBytes(Uint8Array.from(bitmap));
        },
      }),
  };
};

const multiEd25519 = (count, threshold, signers) => {
  const keys = Array.from({ length: count }, (_, n) => ed25519(100 + n));
  const publicKey = new MultiEd25519PublicKey({ publicKeys: keys.map((key) => key.publicKey()), threshold });
  return own(new MultiEd25519Account({ publicKey, signers: signers.map((n) => keys[n]) }));
};

const multiKey = () => {
  const signers = [30, 31, 32].map((n) => Account.fromPrivateKey({ privateKey: n === 31 ? secp256k1(n) : ed25519(n), legacy: false }));
  return own(MultiKeyAccount.fromPublicKeysAndSigners({
    publicKeys: signers.map((signer) => signer.publicKey),
    signaturesRequired: 2,
    signers: [signers[2], signers[1]],
  }));
};

const FUNCTION = '0x7::guardian::authenticate';
const abstract = () => new AbstractedAccount({
  signer: (digest) => ed25519(40).sign(digest).toUint8Array(),
  accountAddress: Account.fromPrivateKey({ privateKey: ed25519(40) }).accountAddress,
  authenticationFunction: FUNCTION,
});
const derivable = () => new DerivableAbstractedAccount({
  signer: (digest) => ed25519(41).sign(digest).toUint8Array(),
  authenticationFunction: FUNCTION,
  abstractPublicKey: ed25519(41).publicKey().toUint8Array(),
});

export const accounts = {
  ed25519: own(Account.fromPrivateKey({ privateKey: ed25519(1) })),
  'another ed25519': own(Account.fromPrivateKey({ privateKey: ed25519(2) })),
  'two of three ed25519': multiEd25519(3, 2, [0, 2]),
  'all of 32 ed25519': multiEd25519(32, 32, Array.from({ length: 32 }, (_, n) => n)),
  'single ed25519': own(Account.fromPrivateKey({ privateKey: ed25519(3), legacy: false })),
  'single secp256k1': own(Account.fromPrivateKey({ privateKey: secp256k1(4), legacy: false })),
  passkey: single(5),
  'two of three keys': multiKey(),
  'two of three schemes': mixed([1, 2], [0b0110_0000, 0, 0, 0]),
  'three of three schemes and a short bitmap': mixed([0, 1, 2], [0b1110_0000]),
  abstract: { ...own(abstract()), key: null },
  'derivable abstract': own(derivable()),
};
