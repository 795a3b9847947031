/** Services on real sockets, and the world that they are given. */

import type { Door } from '../../src/socket/door.ts';
import type { News, World } from '../../src/socket/services/world.ts';

/** 24 November 2026, 10:15:00 UTC. */
export const MORNING = Date.UTC(2026, 10, 24, 10, 15, 0);

/** A world in which time stands still. */
export function worldOf(
  door: Door,
  world: Partial<World> & { readonly news?: News[] } = {},
): World {
  const { news, ...rest } = world;
  return {
    door,
    now: () => MORNING,
    random: () => 0.5,
    file: null,
    dir: null,
    tell: (one) => void news?.push(one),
    ...rest,
  };
}
