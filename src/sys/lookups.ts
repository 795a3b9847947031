/**
 * Names that are being looked up. Each takes a thread that nobody can stop, and that
 * process.exit() waits for: see exitNow().
 */
let underWay = 0;

export function lookupsUnderWay(): number {
  return underWay;
}

/** Counts a lookup until it has ended. */
export function counted<T>(lookup: Promise<T>): Promise<T> {
  underWay++;
  return lookup.finally(() => {
    underWay--;
  });
}
