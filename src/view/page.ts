/** What a text is made for. */
import type { Theme } from './theme.ts';

export interface Page {
  readonly theme: Theme;
  /** Columns. */
  readonly width: number;
}
