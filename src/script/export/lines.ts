/** A script in the making: what it imports, its helpers, each once, and its lines. */
export class Lines<Helper extends string> {
  readonly body: string[] = [];
  private readonly imports = new Set<string>();
  private readonly used = new Set<Helper>();
  private readonly helpers: Readonly<Record<Helper, ScriptHelper<Helper>>>;

  constructor(helpers: Readonly<Record<Helper, ScriptHelper<Helper>>>) {
    this.helpers = helpers;
  }

  line(...lines: readonly string[]): void {
    this.body.push(...lines);
  }

  module(...lines: readonly string[]): void {
    for (const line of lines) this.imports.add(line);
  }

  /** The helper’s name, which the script then has. */
  use(name: Helper): string {
    const { needs = [], imports = [] } = this.helpers[name];
    for (const other of needs) this.use(other);
    this.module(...imports);
    this.used.add(name);
    return name;
  }

  has(name: Helper): boolean {
    return this.used.has(name);
  }

  get importLines(): string[] {
    return [...this.imports].sort();
  }

  /** In an order in which each comes behind those that it needs. */
  get helperTexts(): string[] {
    return [...this.used].map((name) => this.helpers[name].code);
  }
}

export interface ScriptHelper<Name extends string> {
  readonly code: string;
  readonly needs?: readonly Name[];
  readonly imports?: readonly string[];
}

/** A comment that says which call it is about needs not all of its bytes. */
export function shortened(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}...` : text;
}
