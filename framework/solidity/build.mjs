// Builds `artifacts/` and `genesis.json` from `src/` and `canonical.json`.
//   node build.mjs            rebuild (after `npm ci`)
//   node build.mjs --check    fail if a checked-in file differs from what its sources give
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import solc from 'solc';
import { compile, finish, toJson } from './compile.mjs';

const root = dirname(fileURLToPath(import.meta.url));

/** Solidity's encoding of a string of at most 31 bytes in one slot. */
const shortString = (text) => {
  const bytes = Buffer.alloc(32);
  const length = bytes.write(text, 0, 31, 'utf8');
  bytes[31] = length * 2;
  return '0x' + bytes.toString('hex');
};
const word = (value) => '0x' + BigInt(value).toString(16).padStart(64, '0');
const predeploy = (suffix) => '0x42' + suffix.padStart(38, '0');

// L1Block stays all zero: without an L1 there is no L1 fee, no operator fee and no data footprint.
const genesis = [
  { at: predeploy('06'), contract: 'WETH9', storage: { 0: shortString('Wrapped Ether'), 1: shortString('WETH'), 2: word(18) } },
  { at: predeploy('0F'), contract: 'GasPriceOracle' },
  { at: predeploy('11'), contract: 'SequencerFeeVault' },
  { at: predeploy('13'), contract: 'L1BlockNumber' },
  { at: predeploy('15'), contract: 'L1Block' },
  { at: predeploy('16'), contract: 'L2ToL1MessagePasser' },
  { at: predeploy('19'), contract: 'FeeVault', name: 'BaseFeeVault' },
  { at: predeploy('1A'), contract: 'FeeVault', name: 'L1FeeVault' },
  { at: predeploy('1B'), contract: 'FeeVault', name: 'OperatorFeeVault' },
  { at: predeploy('FD'), contract: 'Faces' },
  { at: predeploy('FE'), contract: 'CrossVM' },
  { at: predeploy('FF'), contract: 'MoveVM' },
  { at: '0xcA11bde05977b3631167028862bE2a173976CA11', contract: 'Multicall3' },
];

const fileOf = { SequencerFeeVault: 'src/FeeVault.sol' };
const files = readdirSync(join(root, 'src')).filter((name) => name.endsWith('.sol')).sort().map((name) => `src/${name}`);
// Users want the ABI of what the chain itself answers, and of what its contracts make.
const interfaces = ['FaceERC20', 'ICrossVM', 'IMoveVM', 'MintERC20'];
const wanted = [...new Set([...genesis.map((entry) => entry.contract), ...interfaces])]
  .sort()
  .map((contract) => ({ contract, file: fileOf[contract] ?? `src/${contract}.sol` }));
const artefacts = new Map(compile(solc, { root, files, wanted }).map((artefact) => [artefact.contract, artefact]));

const contents = new Map();
for (const [contract, { bytecode, hasImmutables, ...artefact }] of artefacts) {
  if (hasImmutables && !interfaces.includes(contract)) throw new Error(`${contract} has immutables, which genesis code cannot carry`);
  contents.set(`artifacts/${contract}.json`, toJson(artefact));
}

const accounts = genesis.map(({ at, contract, name = contract, storage = {} }) => {
  const slots = Object.entries(storage).map(([slot, value]) => [word(slot), value]);
  const code = artefacts.get(contract).deployedBytecode;
  return [at.toLowerCase(), { name, code, nonce: 1, storage: Object.fromEntries(slots) }];
});
for (const [at, { name, code }] of Object.entries(JSON.parse(readFileSync(join(root, 'canonical.json'), 'utf8')))) {
  accounts.push([at.toLowerCase(), { name, code, nonce: 1, storage: {} }]);
}
contents.set('genesis.json', toJson(Object.fromEntries(accounts.sort(([a], [b]) => (a < b ? -1 : 1)))));

finish(root, contents, ['artifacts'], 'node framework/solidity/build.mjs');
