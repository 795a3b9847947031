/** The nearest right word to a wrong one. */

/** Nobody mistypes more, and two words of n letters take n² steps to compare. */
const LONGEST = 100;

/** The candidate that is at most a third of the word away (and the first of equals), or null. */
export function nearest(word: string, candidates: Iterable<string>): string | null {
  if (word.length > LONGEST) return null;
  let best: string | null = null;
  // To a single letter, every other one would be near.
  let least = word.length < 2 ? 1 : Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of candidates) {
    const away = distance(word.toLowerCase(), candidate.toLowerCase(), least);
    if (away < least) [best, least] = [candidate, away];
  }
  return best;
}

/**
 * How many letters to put in, take out, replace or swap with a neighbour (the optimal string
 * alignment distance); gives up at `enough`, which keeps a long word cheap.
 */
function distance(a: string, b: string, enough: number): number {
  if (Math.abs(a.length - b.length) >= enough) return enough;
  let twoUp: number[] = [];
  let up = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min(
        (up[j] ?? 0) + 1,
        (row[j - 1] ?? 0) + 1,
        (up[j - 1] ?? 0) + (same ? 0 : 1),
      );
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) cost = Math.min(cost, (twoUp[j - 2] ?? 0) + 1);
      row.push(cost);
    }
    [twoUp, up] = [up, row];
  }
  return up[b.length] ?? enough;
}
