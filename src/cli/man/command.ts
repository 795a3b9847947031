/** `socklab man`. */
import type { Command } from 'commander';
import { renderMan } from '../../view/man.ts';
import type { Context } from '../context.ts';
import { EXIT } from '../exit.ts';
import { outline } from '../outline.ts';
import { manPage } from './page.ts';

export function manCommand({ stdout, env }: Context, program: Command): number {
  const page = manPage(outline(program), program.version() ?? '', today(env));
  stdout.write(renderMan(page));
  return EXIT.done;
}

/** The day of the build, where SOURCE_DATE_EPOCH (seconds) asks for builds that are alike. */
function today({ SOURCE_DATE_EPOCH }: NodeJS.ProcessEnv): string {
  const seconds = /^\d{1,11}$/.test(SOURCE_DATE_EPOCH ?? '') ? Number(SOURCE_DATE_EPOCH) : null;
  const date = seconds === null ? new Date() : new Date(seconds * 1000);
  return date.toISOString().slice(0, 10);
}
