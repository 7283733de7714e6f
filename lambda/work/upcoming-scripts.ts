import type { ManifestEntry } from '../manifest/types';
import type { OwnScripts } from '../ports';
import { readScript } from '../sql/script';
import { readOwn, type OwnScript } from './own-script';

/** A migration that is to be applied. */
export interface Upcoming {
  readonly entry: ManifestEntry;
  readonly own: OwnScript;
}

/** A larger script is read when it is run, and not ahead. Characters of its stored form. */
const SMALL = 64 * 1024;

/** The scripts of migrations that are to be applied, in their order, each read once: when it is run, or ahead of that. */
export class UpcomingScripts {
  readonly #own: OwnScripts;
  readonly #entries: readonly ManifestEntry[];
  readonly #ahead = new Map<string, OwnScript>();

  constructor(own: OwnScripts, entries: readonly ManifestEntry[]) {
    this.#own = own;
    this.#entries = entries;
  }

  /** The script of a migration whose turn it is. */
  take(entry: ManifestEntry): OwnScript {
    const own = this.#ahead.get(entry.name);
    this.#ahead.delete(entry.name);
    return own ?? readOwn(this.#own, entry.name);
  }

  /**
   * A migration and those after it, up to the first that is large or a module, or one of these names. Read only as far as they
   * are asked for.
   */
  *from(first: Upcoming, end: { has(name: string): boolean }): Iterable<Upcoming> {
    yield first;
    const at = this.#entries.findIndex(({ name }) => name === first.entry.name);
    for (const entry of this.#entries.slice(at + 1)) {
      const own = end.has(entry.name) ? null : (this.#ahead.get(entry.name) ?? this.#readAhead(entry));
      if (own === null) return;
      yield { entry, own };
    }
  }

  #readAhead(entry: ManifestEntry): OwnScript | null {
    const text = this.#own.text(entry.name);
    if (text.length > SMALL) return null;
    const script = readScript(text);
    if ('module' in script || script.upSha256 !== undefined) return null;
    const own = { text, script, up: script.up };
    this.#ahead.set(entry.name, own);
    return own;
  }
}
