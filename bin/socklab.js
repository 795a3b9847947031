#!/usr/bin/env node
import { readFileSync } from 'node:fs';

try {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  const { main } = await import('../dist/cli/main.js');
  const code = await main(process.argv.slice(2), version);
  process.exitCode = code;
  // Ended from outside: whoever reads our last words may stand still, and is not waited for long.
  if (code > 128) setTimeout(() => process.exit(code), 1000).unref();
} catch (error) {
  // Not built, or no descriptor left to load the program with: nothing of it runs yet.
  process.stderr.write(`socklab: it can't be loaded here: ${error.message}\n`);
  process.exitCode = 69;
}
