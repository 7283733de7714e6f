import type { HistoryRow } from '../../lambda/plan/history';
import type { OnDeleteValue, OnRemovedValue } from '../../lambda/plan/intent';
import type { Letter, Letters, Name } from '../paper/letter';
import { letterOf } from '../paper/letter';

export interface Options {
  readonly onRemoved: OnRemovedValue;
  readonly onDelete: OnDeleteValue;
}

/**
 * The releases of one exploration: `{ A: '1', B: '1 2' }`; an apostrophe in a name is another option of the same release, a
 * minus is onRemoved REVERT.
 */
export class Alphabet implements Letters {
  readonly letters: ReadonlyMap<Name, Letter>;

  constructor(said: Readonly<Record<Name, string>>, options: Options) {
    const all = Object.entries(said).map(([name, tokens]) => {
      const onRemoved = name.includes('-') ? 'REVERT' : options.onRemoved;
      const nonce = name.includes("'") ? 'other' : 'usual';
      return letterOf(tokens, { name, code: name, hasRelease: true }, { ...options, onRemoved, nonce });
    });
    const codeOf = (letter: Letter): Name =>
      all.find(({ manifest }) => manifest.digest === letter.manifest.digest)?.name ?? letter.name;
    this.letters = new Map(all.map((letter) => [letter.name, { ...letter, code: codeOf(letter) }]));
  }

  get names(): readonly Name[] {
    return [...this.letters.keys()];
  }

  of(name: Name): Letter {
    const letter = this.letters.get(name);
    if (letter === undefined) throw new Error(`no release ${name}`);
    return letter;
  }

  /** Whether a release of one of these digests contains what was applied. */
  vouches(digests: readonly string[], { name, checksum }: HistoryRow): boolean {
    const vouching = [...this.letters.values()].filter(({ manifest }) => digests.includes(manifest.digest));
    return vouching.some(({ manifest }) =>
      manifest.migrations.some((entry) => entry.name === name && entry.checksum === checksum),
    );
  }
}
