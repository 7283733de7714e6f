import type { HistoryRow } from '../../lambda/plan/history';
import type { OnDeleteValue, OnRemovedValue } from '../../lambda/plan/intent';
import type { Letter, Letters, Name } from '../paper/letter';
import { letterOf } from '../paper/letter';

export interface Options {
  readonly onRemoved: OnRemovedValue;
  readonly onDelete: OnDeleteValue;
}

/** Begins the name of a release that is made of what it says: `+1 2`. It is none of those that are offered. */
const MADE = '+';

/**
 * The releases of one exploration: `{ A: '1', B: '1 2' }`; an apostrophe in a name is another option of the same release, a
 * minus is onRemoved REVERT.
 */
export class Alphabet implements Letters {
  /** The releases that are offered. */
  readonly names: readonly Name[];
  /** What migrations are called whose text is offered, by their names: `0003` is `3c`. */
  readonly #tokens = new Map<string, string>();
  readonly #letters = new Map<Name, Letter>();

  constructor(
    said: Readonly<Record<Name, string>>,
    private readonly options: Options,
  ) {
    this.names = Object.keys(said);
    for (const [name, tokens] of Object.entries(said)) this.#add(name, tokens);
  }

  of(name: Name): Letter {
    const letter = this.#letters.get(name);
    if (letter !== undefined) return letter;
    if (!name.startsWith(MADE)) throw new Error(`no release ${name}`);
    return this.#add(name, name.slice(MADE.length));
  }

  /** The name of a release that contains just these migrations. */
  made(migrations: Iterable<string>): Name {
    return MADE + [...migrations].toSorted().map((name) => this.#tokens.get(name) ?? String(Number(name))).join(' '); // prettier-ignore
  }

  /** Whether what contracts is in any release. */
  contracts(migration: string): boolean {
    return this.#tokens.get(migration)?.includes('c') === true;
  }

  /** Whether a release of one of these digests contains what was applied. */
  vouches(digests: readonly string[], { name, checksum }: HistoryRow): boolean {
    for (const { manifest } of this.#letters.values())
      if (digests.includes(manifest.digest))
        if (manifest.migrations.some((entry) => entry.name === name && entry.checksum === checksum)) return true;
    return false;
  }

  get hasRemovals(): boolean {
    return this.names.some((name) => this.of(name).first.onRemoved === 'REVERT');
  }

  #add(name: Name, tokens: string): Letter {
    const onRemoved = name.includes('-') ? 'REVERT' : this.options.onRemoved;
    const nonce = name.includes("'") ? 'other' : 'usual';
    const made = letterOf(tokens, { name, code: name, hasRelease: true }, { ...this.options, onRemoved, nonce });
    const same = [...this.#letters.values()].find(({ manifest }) => manifest.digest === made.manifest.digest);
    const letter = { ...made, code: same?.code ?? name };
    this.#letters.set(name, letter);
    for (const token of tokens.split(' ')) {
      const migration = letter.manifest.migrations.find((entry) => Number(entry.name) === parseInt(token, 10));
      if (migration !== undefined && !this.#tokens.has(migration.name)) this.#tokens.set(migration.name, token);
    }
    return letter;
  }
}
