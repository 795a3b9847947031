const NAME = 'Unloadable';

/** A piece of the program is not to be had: it was replaced while it ran, or can't be read now. */
export class Unloadable extends Error {
  override readonly name = NAME;
}

/** By its name: the start, which throws it, and the program, which tells it, are built apart. */
export function isUnloadable(error: unknown): error is Error {
  return error instanceof Error && error.name === NAME;
}
