/** Names for a program’s variables: those of the session, as far as the other language takes them. */

export class Names {
  private readonly given = new Map<string, string>();
  private readonly taken: Set<string>;

  /** @param reserved words that mean something else there */
  constructor(reserved: ReadonlySet<string>) {
    this.taken = new Set(reserved);
  }

  /** The same key has the same name, always; two keys never share one. */
  of(key: string, wanted: string): string {
    const known = this.given.get(key);
    if (known !== undefined) return known;
    const name = this.free(wanted.replaceAll(/\W/g, '_').replace(/_+$/, '') || 'it');
    this.given.set(key, name);
    this.taken.add(name);
    return name;
  }

  /** A name that nothing else has or will have. */
  fresh(wanted: string): string {
    const name = this.free(wanted);
    this.taken.add(name);
    return name;
  }

  private free(wanted: string): string {
    if (!this.taken.has(wanted)) return wanted;
    let n = 2;
    while (this.taken.has(`${wanted}${n}`)) n++;
    return `${wanted}${n}`;
  }
}
