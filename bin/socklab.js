#!/usr/bin/env node
'use strict';
// CommonJS, since Node 20 takes some ten milliseconds to load its loader for ES modules.
const { fstatSync, readFileSync, statSync, writeSync } = require('node:fs');

/** What the build has asked the program already (build/prebuilt.js). */
const PREBUILT = {
  '--version': 'version',
  '-V': 'version',
  '--help': 'help',
  '-h': 'help',
  help: 'help',
};

/** Whatever is in the way of it, the program itself answers, and says what is wrong. */
function prebuilt(argv) {
  const name = argv.length === 1 ? PREBUILT[argv[0]] : undefined;
  if (name === undefined || !/^(linux|darwin)$/.test(process.platform)) return false;
  try {
    if (!takesAll(fstatSync(1))) return false;
    const text = readFileSync(`${__dirname}/../dist/cli/${name}.txt`);
    return writeSync(1, text) === text.length;
  } catch {
    return false;
  }
}

/**
 * Whether one write(2) takes all, or nothing: a file; a pipe too, up to 4096 bytes (PIPE_BUF,
 * pipe(7)). For a terminal help is as wide as the terminal.
 */
function takesAll(stdout) {
  return stdout.isFile() || stdout.isFIFO() || stdout.rdev === statSync('/dev/null').rdev;
}

try {
  const argv = process.argv.slice(2);
  if (!prebuilt(argv)) require('../dist/cli/start.js').start(argv, require);
} catch (error) {
  // Not built, or no descriptor left to load the program with: nothing of it runs yet.
  process.stderr.write(`socklab: it can't be loaded here: ${error.message}\n`);
  process.exitCode = 69;
}
