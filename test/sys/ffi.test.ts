/** koffi's binary is loaded without its loader: only the one that its loader would find. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, it } from 'vitest';
import { KOFFI_VERSION } from '../../src/sys/ffi.ts';

it('asks for the version that package.json names', () => {
  const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
  expect(dependencies).toEqual({ koffi: KOFFI_VERSION });
});

it('is the one that the loader finds', () => {
  const require = createRequire(import.meta.url);
  const binaries = () => Object.keys(require.cache).filter((path) => path.endsWith('koffi.node'));
  const before = binaries();
  expect(before).toHaveLength(1);
  require('koffi');
  expect(binaries()).toEqual(before);
});
