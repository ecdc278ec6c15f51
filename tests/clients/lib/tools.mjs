// Runs Foundry's programs. npm brings them for Linux on x86-64; elsewhere they must be on the PATH.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const here = join(dirname(fileURLToPath(import.meta.url)), '..');
const scope = join(here, 'node_modules', '@foundry-rs');

/** npm's program for this platform, or the one that is installed on this machine. */
export function program(name) {
  const cpu = process.arch === 'x64' ? 'amd64' : process.arch;
  const path = join(scope, `${name}-${process.platform}-${cpu}`, 'bin', name);
  return existsSync(path) ? path : name;
}

/** Runs a program to its end. Never throws for a failing program: the caller judges `code`. */
export const run = (file, args, { cwd = here, env = {}, seconds = 60 } = {}) =>
  new Promise((resolve, reject) => {
    const clean = { ...process.env, NO_COLOR: '1', FOUNDRY_DISABLE_NIGHTLY_WARNING: '1', ...env };
    const options = { cwd, env: clean, timeout: seconds * 1000, maxBuffer: 64 << 20 };
    execFile(file, args, options, (error, stdout, stderr) => {
      if (error && typeof error.code !== 'number') reject(new Error(`${file} ${args.join(' ')}: ${error.message}`));
      else resolve({ code: error?.code ?? 0, stdout: stdout.trim(), stderr: stderr.trim() });
    });
  });

/** As `run`, but a failing program is an error that shows what it printed. */
export async function succeed(file, args, options) {
  const { code, stdout, stderr } = await run(file, args, options);
  if (code !== 0) throw new Error(`${file} ${args.join(' ')} ended with ${code}\n${stdout}\n${stderr}`);
  return stdout;
}
