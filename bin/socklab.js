#!/usr/bin/env node
'use strict';
// CommonJS, since Node 20 takes some ten milliseconds to load its loader for ES modules.
try {
  require('../dist/cli/start.js').start(process.argv.slice(2), require);
} catch (error) {
  // Not built, or no descriptor left to load the program with: nothing of it runs yet.
  process.stderr.write(`socklab: it can't be loaded here: ${error.message}\n`);
  process.exitCode = 69;
}
