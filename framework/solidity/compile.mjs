// Compiles Solidity with npm's solc into artefacts that are the same on every machine, and compares them with
// the files on disk.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export const settings = {
  evmVersion: 'prague',
  optimizer: { enabled: true, runs: 200 },
  metadata: { bytecodeHash: 'none', appendCBOR: false },
};

const outputs = ['abi', 'evm.bytecode.object', 'evm.deployedBytecode', 'storageLayout'];

export const sha256 = (text) => createHash('sha256').update(text).digest('hex');

/**
 * Compiles `files` (paths relative to `root`) and returns an artefact for each contract in `wanted`.
 * `readImport(path)` gives the text of a source that is not below `root`; such sources carry no hash, because
 * their package's pinned version stands for them.
 */
export function compile(solc, { root, files, wanted, readImport }) {
  const own = new Map();
  const load = (path) => {
    const text = readFileSync(join(root, path), 'utf8');
    own.set(path, text);
    return text;
  };
  const input = {
    language: 'Solidity',
    sources: Object.fromEntries(files.map((path) => [path, { content: load(path) }])),
    settings: { ...settings, outputSelection: { '*': { '': ['ast'], '*': outputs } } },
  };
  const findImport = (path) => {
    try {
      return { contents: readImport && !path.startsWith('src/') ? readImport(path) : load(path) };
    } catch (error) {
      return { error: error.message };
    }
  };
  const output = JSON.parse(solc.compile(JSON.stringify(input), { import: findImport }));
  const errors = (output.errors ?? []).filter((e) => e.severity === 'error');
  if (errors.length > 0) throw new Error(errors.map((e) => e.formattedMessage).join('\n'));

  return wanted.map(({ file, contract }) => {
    const built = output.contracts[file]?.[contract];
    if (!built) throw new Error(`${file} has no contract ${contract}`);
    const sources = reachable(output.sources, file).filter((path) => own.has(path));
    return {
      contract,
      sources: Object.fromEntries(sources.sort().map((path) => [path, sha256(own.get(path))])),
      solc: solc.version(),
      settings,
      abi: built.abi,
      bytecode: '0x' + built.evm.bytecode.object,
      deployedBytecode: '0x' + built.evm.deployedBytecode.object,
      hasImmutables: Object.keys(built.evm.deployedBytecode.immutableReferences ?? {}).length > 0,
      storageLayout: built.storageLayout.storage.map(({ slot, offset, label, type }) => ({
        slot: Number(slot),
        offset,
        label,
        type: built.storageLayout.types[type].label,
      })),
    };
  });
}

/** The file and everything that it imports, directly or not. */
function reachable(sources, file, seen = new Set()) {
  if (seen.has(file)) return [];
  seen.add(file);
  const imports = sources[file].ast.nodes.filter((node) => node.nodeType === 'ImportDirective');
  return [file, ...imports.flatMap((node) => reachable(sources, node.absolutePath, seen))];
}

export const toJson = (value) => JSON.stringify(value, null, 2) + '\n';

/** Writes `contents` (path to text) below `root`, and removes other JSON files from `owned` folders. */
export function writeAll(root, contents, owned = []) {
  for (const path of strangers(root, contents, owned)) rmSync(join(root, path));
  for (const [path, text] of contents) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

/** The paths below `root` that differ from `contents`, each with the reason. */
export function differences(root, contents, owned = []) {
  const stale = strangers(root, contents, owned).map((path) => `${path}: no source makes this file`);
  for (const [path, text] of contents) {
    let present;
    try {
      present = readFileSync(join(root, path), 'utf8');
    } catch {
      stale.push(`${path}: missing`);
      continue;
    }
    if (present !== text) stale.push(`${path}: differs from what its sources give`);
  }
  return stale;
}

function strangers(root, contents, owned) {
  const list = (folder) => {
    try {
      return readdirSync(join(root, folder)).filter((name) => name.endsWith('.json'));
    } catch {
      return [];
    }
  };
  return owned.flatMap((folder) => list(folder).map((name) => `${folder}/${name}`)).filter((path) => !contents.has(path));
}

/** Rebuilds, or with `--check` compares and fails. */
export function finish(root, contents, owned, command) {
  if (!process.argv.includes('--check')) {
    writeAll(root, contents, owned);
    console.log(`${contents.size} files written`);
    return;
  }
  const stale = differences(root, contents, owned);
  if (stale.length > 0) {
    console.error(`${stale.join('\n')}\nrun \`${command}\` and commit the result`);
    process.exit(1);
  }
  console.log(`${contents.size} files are up to date`);
}
