import type { MigrationProblem } from '../../review/migration-problem';

/** Files that are pairs, up and down, by names that mean nothing here. */
export interface OtherPairs {
  readonly files: ReadonlySet<string>;
  /** One for all of them. */
  readonly problems: readonly MigrationProblem[];
}

type Direction = 'up' | 'down';

/** One half of a pair by another tool's name. */
interface Half {
  readonly file: string;
  readonly direction: Direction;
  /** What it has in common with the other half. */
  readonly base: string;
  /** From where its name says the direction, to its end; undefined where that is in the middle. */
  readonly ending: string | undefined;
}

/** `…-up.sql` of db-migrate, `….UP.sql`, `….do.sql`. */
const AT_THE_END = /^(.+)([-_.](?:(up|do)|down|undo|rollback)\.sql)$/i;

/** `001.do.create.sql` of Postgrator. */
const IN_THE_MIDDLE = /^(\d+)\.(?:(up|do)|down|undo)\.(.+)\.sql$/i;

/**
 * Finds pairs that are named as other tools do. Read one by one, each down would be a migration of its own, and would run
 * before its up. A name alone is no sign (`0007_pop_up.sql`): both halves have to be there.
 *
 * @param hasSections whether a file says what its up and its down are: it is a whole migration then
 */
export function otherPairs(files: readonly string[], hasSections: (file: string) => boolean): OtherPairs {
  const halves = files.flatMap((file) => halfOf(file) ?? []);
  const ups = new Map(halves.filter(({ direction }) => direction === 'up').map((half) => [half.base, half]));
  const pairs = halves.flatMap((down): readonly (readonly [Half, Half])[] => {
    const up = down.direction === 'down' ? ups.get(down.base) : undefined;
    return up === undefined || hasSections(up.file) || hasSections(down.file) ? [] : [[up, down]];
  });
  const [first] = pairs;
  if (first === undefined) return { files: new Set(), problems: [] };
  const named = first.map((half) => `${half.file} to ${rightName(half)}`).join(' and ');
  const others = pairs.length > 1 ? `, and so the ${pairs.length - 1} other pair${pairs.length > 2 ? 's' : ''}` : '';
  const endings = new Map(pairs.flat().flatMap((half) => (half.ending === undefined ? [] : [[half.ending, half]])));
  const commands = [...endings].map(
    ([ending, { direction }]) => `for f in *${ending}; do mv "$f" "\${f%${ending}}.${direction}.sql"; done`,
  );
  const all = commands.length === 0 ? '' : `. All of them: \`${commands.join('; ')}\``;
  const problem = `it is half of a pair by another tool's name, and would be a migration of its own: rename ${named}${others}${all}`;
  return {
    files: new Set(pairs.flat().map(({ file }) => file)),
    problems: [{ code: 'bad-name', file: first[0].file, problem }],
  };
}

function halfOf(file: string): Half | undefined {
  if (/\.(?:up|down)\.sql$/.test(file)) return undefined;
  const [, number, doing, words] = IN_THE_MIDDLE.exec(file) ?? [];
  if (number !== undefined && words !== undefined) {
    return { file, direction: doing === undefined ? 'down' : 'up', base: `${number}_${words}`, ending: undefined };
  }
  const [, base, ending, up] = AT_THE_END.exec(file) ?? [];
  return base === undefined ? undefined : { file, direction: up === undefined ? 'down' : 'up', base, ending };
}

function rightName({ base, direction }: Half): string {
  return `${base}.${direction}.sql`;
}
