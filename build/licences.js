/** The licences of what is bundled, which ask to be carried along: one text, package by package. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** @param metafiles of esbuild, which name every file that went in */
export function licences(root, metafiles) {
  const files = metafiles.flatMap(({ inputs }) => Object.keys(inputs));
  const found = files.map((path) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0]);
  const folders = [...new Set(found.filter((folder) => folder !== undefined))].sort();
  const texts = folders.map((folder) => ofPackage(join(root, folder)));
  return `socklab contains these packages.\n\n${texts.join('\n')}`;
}

function ofPackage(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const file = readdirSync(folder).find((one) => /^licen[cs]e/i.test(one));
  // A package that only names its licence can't be given away with its text: better to know.
  if (file === undefined) throw new Error(`${name} has no file with its licence`);
  const text = readFileSync(join(folder, file), 'utf8').trim();
  return `${'-'.repeat(72)}\n${name} ${version} (${license})\n\n${text}\n`;
}
