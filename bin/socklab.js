#!/usr/bin/env node
import { readFileSync } from 'node:fs';

try {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  const { main } = await import('../dist/cli/main.js');
  process.exitCode = await main(process.argv.slice(2), version);
} catch (error) {
  // Not built, or no descriptor left to load the program with: nothing of it runs yet.
  process.stderr.write(`socklab: it can't be loaded here: ${error.message}\n`);
  process.exitCode = 69;
}
