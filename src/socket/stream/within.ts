/** A bound on a wait. */

/** It took longer. A symbol, since a promise may well give any word. */
export const LATE = Symbol('late');

/** What the promise gives, or LATE where that takes longer. What it then gives is nobody's business. */
export async function within<T>(ms: number, promise: Promise<T>): Promise<T | typeof LATE> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<typeof LATE>((resolve) => {
    timer = setTimeout(resolve, ms, LATE);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
