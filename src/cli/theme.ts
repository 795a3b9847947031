/** Which theme a stream gets. Apart from context.ts, since it loads what makes colours. */
import { createTheme, type Theme } from '../view/theme.ts';
import type { CommonOptions } from './context.ts';

/** The theme for what is written to `stream`. */
export function themeFor(
  stream: NodeJS.WriteStream,
  options: CommonOptions,
  env: NodeJS.ProcessEnv,
): Theme {
  return createTheme({
    color: wantsColor(stream, options.color, env),
    ascii: options.ascii === true,
  });
}

/** --color first, then FORCE_COLOR and NO_COLOR (no-color.org), then whether it is a terminal. */
function wantsColor(
  stream: NodeJS.WriteStream,
  color: CommonOptions['color'],
  env: NodeJS.ProcessEnv,
): boolean {
  if (color !== 'auto') return color === 'always';
  if (env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== '') return env.FORCE_COLOR !== '0';
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== '') return false;
  return stream.isTTY === true && env.TERM !== 'dumb';
}
