// What `lumio move build` writes, published by the SDK: build/NAME/package-metadata.bcs and the modules beside it.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { after, before, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { addressOf, aptos, call, eventsOf, funded, send, submit, view } from '../lib/aptos.mjs';

const binary = process.env.LUMIO_BIN && resolve(process.env.LUMIO_BIN);
const only = { skip: binary ? false : 'LUMIO_BIN does not name the program' };

let folder;
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'lumio-build-'));
});
after(() => rmSync(folder, { recursive: true }));

const lumio = (...args) => execFileSync(binary, ['move', ...args], { cwd: folder, encoding: 'utf8' });

function write(files) {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

/** What a tool finds in build/NAME: metadata, and modules in the order that the metadata has. */
function built(packageFolder, name, order) {
  const path = join(folder, packageFolder, 'build', name);
  const files = readdirSync(join(path, 'bytecode_modules'));
  assert.deepEqual([...files].sort(), order.map((module) => `${module}.mv`).sort());
  return {
    metadataBytes: readFileSync(join(path, 'package-metadata.bcs')),
    moduleBytecode: order.map((module) => readFileSync(join(path, 'bytecode_modules', `${module}.mv`))),
  };
}

async function publish(account, files) {
  const transaction = await aptos.publishPackageTransaction({ account: account.accountAddress, ...files, options: { maxGasAmount: 500_000 } });
  return submit(account, transaction);
}

const registered = async (account, name) => {
  const registry = await aptos.getAccountResource({ accountAddress: addressOf(account), resourceType: '0x1::code::PackageRegistry' });
  return registry.packages.find((found) => found.name === name);
};

const text = (zipped) => gunzipSync(Buffer.from(zipped.slice(2), 'hex')).toString('utf8');

test('a new package is built, published, called and upgraded', only, async () => {
  const alice = await funded();
  const address = addressOf(alice);
  lumio('new', 'hello');
  lumio('build', 'hello', '--named-addresses', `hello=${address}`);
  const files = built('hello', 'hello', ['counter']);
  const sent = await publish(alice, files);
  assert.deepEqual(eventsOf(sent, '0x1::code::PublishPackage'), [{ code_address: address, is_upgrade: false }]);
  await send(alice, call(`${address}::counter::start`));
  await send(alice, call(`${address}::counter::raise`, [address]));
  assert.deepEqual(await view(`${address}::counter::value`, [address]), ['1']);
  const again = await publish(alice, files);
  assert.deepEqual(eventsOf(again, '0x1::code::PublishPackage'), [{ code_address: address, is_upgrade: true }]);
});

test('the metadata tells what was built', only, async () => {
  const alice = await funded();
  const address = addressOf(alice);
  const source = 'module mine::above {\n    #[view]\n    public fun two(): u64 { mine::base::one() + 1 }\n}\n';
  write({
    'lib/Move.toml': '[package]\nname = "Lib"\nupgrade_policy = "immutable"\n\n[addresses]\nmine = "_"\n',
    'lib/sources/base.move': 'module mine::base {\n    public fun one(): u64 { 1 }\n}\n',
    'app/Move.toml': '[package]\nname = "App"\n\n[dependencies]\nLib = { local = "../lib" }\nAptosTokenObjects = {}\n',
    'app/sources/above.move': source,
    'app/sources/a.move': 'module mine::a {\n    public fun three(): u64 { mine::above::two() + 1 }\n}\n',
  });
  for (const name of ['lib', 'app']) lumio('build', name, '--named-addresses', `mine=${address}`);
  await publish(alice, built('lib', 'Lib', ['base']));
  await publish(alice, built('app', 'App', ['above', 'a']));
  assert.deepEqual(await view(`${address}::above::two`), ['2']);
  assert.deepEqual((await registered(alice, 'Lib')).upgrade_policy, { policy: 2 });
  const app = await registered(alice, 'App');
  assert.deepEqual(app.upgrade_policy, { policy: 1 });
  assert.match(app.source_digest, /^[0-9A-F]{64}$/);
  assert.equal(text(app.manifest), readFileSync(join(folder, 'app/Move.toml'), 'utf8'));
  assert.deepEqual(app.modules.map(({ name }) => name), ['above', 'a']);
  assert.equal(text(app.modules[0].source), source);
  assert.deepEqual(
    Object.fromEntries(app.deps.map(({ account, package_name: name }) => [name, account])),
    { Lib: address, MoveStdlib: '0x1', AptosStdlib: '0x1', AptosFramework: '0x1', AptosTokenObjects: '0x4' },
  );
});
