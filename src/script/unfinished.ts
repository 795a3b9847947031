/** What goes on in the next line: a comment, or the definition of a structure. */
import { isOpenComment } from './lexer.ts';
import { afterComment, isStruct, OpenStruct } from './struct-line.ts';

/** Lines that belong together, as they come. Each is looked at once. */
export class Unfinished {
  private struct: OpenStruct | null = null;
  private comment = false;

  get isOpen(): boolean {
    return this.inComment || this.struct?.isOpen === true;
  }

  get inComment(): boolean {
    return this.comment || this.struct?.inComment === true;
  }

  add(line: string): void {
    if (this.struct === null) {
      const rest = this.comment ? afterComment(line) : line;
      if (rest === null) return;
      if (!isStruct(rest)) {
        this.comment = isOpenComment(rest);
        return;
      }
      this.comment = false;
      this.struct = new OpenStruct();
      this.struct.add(rest);
    } else this.struct.add(line);
  }
}
