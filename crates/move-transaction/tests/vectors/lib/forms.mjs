// Every form of authenticator, to send and to simulate.
import {
  AccountAddress, AccountAuthenticatorEd25519, AccountAuthenticatorMultiEd25519, MultiAgentTransaction, SignedTransaction,
  SimpleTransaction, TransactionAuthenticatorEd25519, TransactionAuthenticatorFeePayer, TransactionAuthenticatorMultiAgent,
  TransactionAuthenticatorMultiEd25519, TransactionAuthenticatorSingleSender, deriveTransactionType,
  generateSignedTransactionForSimulation, generateSigningMessageForTransaction,
} from '@aptos-labs/ts-sdk';
import { accounts } from './accounts.mjs';

const address = (n) => AccountAddress.from(`0x${n.toString(16).padStart(2, '0').repeat(32)}`);
const keyOf = (name) => accounts[name].key;

/** What an account that is alone sends: ed25519 in its two older forms, all else as a single sender. */
const alone = (authenticator) => {
  const { public_key: key, signature } = authenticator;
  if (authenticator instanceof AccountAuthenticatorEd25519) return new TransactionAuthenticatorEd25519(key, signature);
  if (authenticator instanceof AccountAuthenticatorMultiEd25519) return new TransactionAuthenticatorMultiEd25519(key, signature);
  return new TransactionAuthenticatorSingleSender(authenticator);
};

const signedBy = (name, message) => accounts[name].sign(message);

/** A transaction of one account. */
export const single = (name, wrap = alone) => (raw) => {
  const transaction = new SimpleTransaction(raw);
  const message = generateSigningMessageForTransaction(transaction);
  const senderAuthenticator = signedBy(name, message);
  return {
    signed: new SignedTransaction(raw, wrap(senderAuthenticator)),
    arguments: wrap === alone && { transaction, senderAuthenticator },
    keys: { sender: keyOf(name), secondary: [], fee_payer: null },
    messages: [message],
  };
};

/** A transaction of several accounts, signed for as the SDK derives it. */
const several = (sender, secondary, payer, signedAddress) => (raw) => {
  const addresses = secondary.map((_, n) => address(0xa0 + n));
  const form = (feePayer) => new MultiAgentTransaction(raw, addresses, feePayer);
  const early = generateSigningMessageForTransaction(form(payer && signedAddress));
  const feePayerAddress = payer && address(0xfe);
  const late = generateSigningMessageForTransaction(form(feePayerAddress));
  const authenticators = [sender, ...secondary].map((name) => signedBy(name, early));
  const [first, ...others] = authenticators;
  const payerAuthenticator = payer && signedBy(payer, late);
  const authenticator = payer
    ? new TransactionAuthenticatorFeePayer(first, addresses, others, { address: feePayerAddress, authenticator: payerAuthenticator })
    : new TransactionAuthenticatorMultiAgent(first, addresses, others);
  return {
    signed: new SignedTransaction(raw, authenticator),
    arguments: {
      transaction: form(feePayerAddress),
      senderAuthenticator: first,
      additionalSignersAuthenticators: others,
      feePayerAuthenticator: payerAuthenticator,
    },
    keys: {
      sender: keyOf(sender),
      secondary: secondary.map((name, n) => [addresses[n].toStringLong(), keyOf(name)]),
      fee_payer: payer ? [feePayerAddress.toStringLong(), keyOf(payer)] : null,
    },
    messages: payer ? [early, late] : [early],
    with_data: deriveTransactionType(form(feePayerAddress)),
  };
};

const sender = (authenticator) => new TransactionAuthenticatorSingleSender(authenticator);

export const forms = {
  ...Object.fromEntries(Object.keys(accounts).map((name) => [`alone: ${name}`, single(name)])),
  'single sender: ed25519': single('ed25519', sender),
  'single sender: two of three ed25519': single('two of three ed25519', sender),
  'multi-agent: one other': several('ed25519', ['another ed25519']),
  'multi-agent: every scheme': several('single ed25519', [
    'ed25519', 'two of three ed25519', 'single secp256k1', 'passkey', 'two of three schemes', 'abstract', 'derivable abstract',
  ]),
  'multi-agent: nobody else': several('ed25519', []),
  'fee payer, not known to the sender': several('ed25519', [], 'another ed25519', AccountAddress.ZERO),
  'fee payer, known to the sender': several('ed25519', [], 'single secp256k1', address(0xfe)),
  'fee payer, with others': several('passkey', ['single ed25519', 'two of three keys'], 'two of three ed25519', AccountAddress.ZERO),
};

/** What the SDK sends to simulate: public keys, where it is given them, and no signatures. */
const simulated = (make, keys, publicKeys) => (raw) => ({
  bytes: generateSignedTransactionForSimulation({ transaction: make(raw), ...publicKeys }),
  keys,
});

const others = [address(0xa0), address(0xa1)];
const known = (name) => accounts[name].publicKey;

export const simulations = {
  ...Object.fromEntries(
    ['ed25519', 'single ed25519', 'single secp256k1', 'two of three keys'].map((name) => [
      `alone: ${name}`,
      simulated((raw) => new SimpleTransaction(raw), { sender: keyOf(name), secondary: [], fee_payer: null }, { signerPublicKey: known(name) }),
    ]),
  ),
  'alone: nothing known': simulated((raw) => new SimpleTransaction(raw), { sender: null, secondary: [], fee_payer: null }, {}),
  'multi-agent: nothing known': simulated(
    (raw) => new MultiAgentTransaction(raw, others),
    { sender: null, secondary: others.map((other) => [other.toStringLong(), null]), fee_payer: null },
    {},
  ),
  'fee payer: all known': simulated(
    (raw) => new MultiAgentTransaction(raw, others, address(0xfe)),
    {
      sender: keyOf('ed25519'),
      secondary: [[others[0].toStringLong(), keyOf('single secp256k1')], [others[1].toStringLong(), keyOf('two of three keys')]],
      fee_payer: [address(0xfe).toStringLong(), keyOf('another ed25519')],
    },
    {
      signerPublicKey: known('ed25519'),
      secondarySignersPublicKeys: [known('single secp256k1'), known('two of three keys')],
      feePayerPublicKey: known('another ed25519'),
    },
  ),
  'fee payer: only the sender known, payer zero': simulated(
    (raw) => new SimpleTransaction(raw, AccountAddress.ZERO),
    { sender: keyOf('ed25519'), secondary: [], fee_payer: [AccountAddress.ZERO.toStringLong(), null] },
    { signerPublicKey: known('ed25519') },
  ),
};
