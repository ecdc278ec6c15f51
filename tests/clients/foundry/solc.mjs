#!/usr/bin/env node
// Lets npm's solc answer as the native compiler does, for `forge build --use`.
import solc from 'solc';

if (process.argv.includes('--version')) {
  console.log('solc, the solidity compiler commandline interface');
  console.log(`Version: ${solc.version().replace('Emscripten.clang', 'Linux.g++')}`);
} else {
  const chunks = [];
  for await (const chunk of process.stdin) chunks.push(chunk);
  process.stdout.write(solc.compile(Buffer.concat(chunks).toString('utf8')));
}
