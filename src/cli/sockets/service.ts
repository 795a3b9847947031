/** `socklab serve --service`: the service, with what it was given. */
import type { Door } from '../../socket/door.ts';
import { Unsuitable } from '../../socket/services/given.ts';
import { type Service, services } from '../../socket/services/service.ts';
import { visibleText } from '../../view/visible.ts';
import { EXIT, Failure } from '../exit.ts';
import type { Running } from '../running.ts';

export interface ServiceOptions {
  readonly service?: string;
  readonly file?: string;
  readonly dir?: string;
}

/** @throws Failure where the service lacks what it needs, or was given what it does not take */
export function checkService(options: ServiceOptions): void {
  for (const option of ['file', 'dir'] as const) {
    const given = options[option] !== undefined;
    const takes = services.get(options.service ?? '')?.[option];
    const takers = [...services].filter(([, maker]) => maker[option] !== undefined);
    const names = takers.map(([name]) => name).join(' or ');
    if (given && takes === undefined)
      throw new Failure(`--${option} goes with --service ${names}`, EXIT.usage);
    if (!given && takes === 'needed')
      throw new Failure(`--service ${options.service} needs --${option} PATH`, EXIT.usage);
  }
}

/** Null without --service. @throws Failure where the file or folder is not what the service takes */
export function serviceFor(
  { service, file, dir }: ServiceOptions,
  door: Door,
  tell: Running['tell'],
): Service | null {
  const maker = services.get(service ?? '');
  if (maker === undefined) return null;
  try {
    return maker.make({
      door,
      now: Date.now,
      random: Math.random,
      file: file ?? null,
      dir: dir ?? null,
      tell: ({ type, fields, sentence, minor }) =>
        tell(type, fields, visibleText(sentence), minor ? 'news' : undefined),
    });
  } catch (error) {
    if (error instanceof Unsuitable) throw new Failure(visibleText(error.message), EXIT.usage);
    throw error;
  }
}
