import type { ManifestEntry, ModuleScript } from '../manifest/types';
import { readScript, type SqlSteps } from '../sql/script';
import type { Step } from '../sql/step';
import { ownUp } from './revert';
import type { Run } from './run';

/** A migration's own script, read. */
export interface OwnScript {
  /** Its stored form. */
  readonly text: string;
  readonly script: SqlSteps | ModuleScript;
  /** The steps of its up; none of a module. */
  readonly up: readonly Step[];
}

/** A migration that is to be applied. */
export interface Upcoming {
  readonly entry: ManifestEntry;
  readonly own: OwnScript;
}

/** A larger script is read when it is run, and not ahead. Characters of its stored form. */
const SMALL = 64 * 1024;

/** The scripts of migrations that are to be applied, in their order, each read once: when it is run, or ahead of that. */
export class UpcomingScripts {
  readonly #run: Run;
  readonly #entries: readonly ManifestEntry[];
  readonly #ahead = new Map<string, OwnScript>();

  constructor(run: Run, entries: readonly ManifestEntry[]) {
    this.#run = run;
    this.#entries = entries;
  }

  /** The script of a migration whose turn it is. */
  take(entry: ManifestEntry): OwnScript {
    const own = this.#ahead.get(entry.name);
    this.#ahead.delete(entry.name);
    if (own !== undefined) return own;
    const text = this.#run.own.text(entry.name);
    const script = readScript(text);
    return { text, script, up: 'module' in script ? [] : ownUp(this.#run, entry.name, script) };
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
    const text = this.#run.own.text(entry.name);
    if (text.length > SMALL) return null;
    const script = readScript(text);
    if ('module' in script || script.upSha256 !== undefined) return null;
    const own = { text, script, up: script.up };
    this.#ahead.set(entry.name, own);
    return own;
  }
}
