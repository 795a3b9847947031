/** A time in words: `200 ms`, `1.5 s`. @param ms milliseconds */
export function durationText(ms: number): string {
  return ms < 1000 ? `${ms} ms` : `${ms / 1000} s`;
}
