/**
 * What the migrations made of a database, on paper: for each that is in the schema the text that was run. Complains as
 * MySQL would of an up that finds its table there, and of a down that finds none.
 */
export class PaperTables {
  readonly #texts = new Map<string, string>();
  readonly #half = new Set<string>();
  /** Whether a down may only run on what was made last. */
  isStrict = false;

  /** `0001:888b19 0002:3bfc26?` in order of names: each with its text, and a mark where it is there in part only. */
  toString(): string {
    const names = [...this.#texts.keys()].sort();
    return names.map((name) => `${name}:${this.#texts.get(name)}${this.#half.has(name) ? '?' : ''}`).join(' ');
  }

  begin(name: string, text: string | null): void {
    if (this.#texts.has(name)) throw new Error(`the table of ${name} exists already`);
    this.#texts.set(name, shorten(text));
    this.#half.add(name);
  }

  finish(name: string): void {
    if (!this.#half.delete(name)) throw new Error(`${name} was not under way`);
  }

  /** A down that is not finished. */
  tear(name: string): void {
    if (!this.#texts.has(name)) throw new Error(`there is no table of ${name}`);
    this.#half.add(name);
  }

  drop(name: string): void {
    const newest = [...this.#texts.keys()].at(-1);
    if (this.isStrict && name !== newest) throw new Error(`${name} is dropped under ${newest}`);
    if (!this.#texts.delete(name)) throw new Error(`there is no table of ${name}`);
    this.#half.delete(name);
  }
}

/** As much of a checksum as tells texts apart. */
export function shorten(text: string | null): string {
  return text?.slice(0, 6) ?? 'unknown';
}
