import { listNames } from '../words/explain';
import { wordsOf, type FlywayVersion } from './flyway-version';
import { unfit, type ToolReading } from './tool-history';

/** What Flyway has applied, as far as a name can be found by it. */
export interface Worded {
  readonly version: FlywayVersion;
  readonly script: string;
}

/**
 * The name of each version, in the order of the versions; null where the release has none. A version such as 1.2 is no
 * number of a name here: the version or the words behind the number tell. Several with the same words are taken in their
 * order, as long as that leaves no doubt, for what is taken for pending is run again. Otherwise why it is not known.
 */
export function namesByWords(
  applied: readonly Worded[],
  names: readonly string[],
  hasBaseline: boolean,
): readonly (string | null)[] | ToolReading {
  const texts = names.map((name) => name.replace(/^\d+[_-]/, ''));
  const namesWith = (text: string): readonly string[] => names.filter((_, index) => texts[index] === text);
  const keys = applied.map((each) => (texts.includes(withVersion(each)) ? withVersion(each) : wordsIn(each)));
  const found = keys.map((key, index) => namesWith(key)[keys.slice(0, index).filter((k) => k === key).length] ?? null);
  const matched = found.filter((name) => name !== null);
  const isOrdered = matched.every((name, index) => index === 0 || (matched[index - 1] ?? '') < name);
  const newest = matched.at(-1) ?? '';

  for (const [index, each] of applied.entries()) {
    const theirs = namesWith(keys[index] ?? '');
    const same = applied.filter((_, other) => keys[other] === keys[index]);
    if (theirs.length === 0 || (theirs.length === 1 && same.length === 1)) continue;
    // After a baseline, nothing tells how many of the names it stands for.
    const isCounted = theirs.length === same.length || (theirs.length > same.length && !hasBaseline);
    const isLeftOver = theirs.some((name) => name < newest && !matched.includes(name));
    if (isCounted && isOrdered && !isLeftOver) continue;
    const scripts = same.map(({ script }) => script);
    return unfit(
      `${listNames(scripts, 2)} may be ${listNames(theirs, 2)}, and these words do not tell which: put the version before them, as in ` +
        `NUMBER_${withVersion(each)}`,
    );
  }
  if (!isOrdered) {
    return unfit(
      `in the order of Flyway's versions, the names of the release are ${matched.join(', ')}: number them in that order`,
    );
  }
  for (const [index, each] of applied.entries()) {
    if (found[index] !== null || matched.length === 0) continue;
    const before = found.slice(0, index).findLast((name) => name !== null) ?? '';
    const after = found.slice(index).find((name) => name !== null);
    const between = names.filter((name) => before < name && (after === undefined || name < after));
    if (between.length === 0) continue;
    return unfit(
      `no name of the release has the words of ${each.script}, and ${listNames(between, 2)} may be it: call it ` +
        `NUMBER_${wordsIn(each)}; or, if its file is gone, say up to which one they are applied, with {"command":"baseline","to":"NAME"}`,
    );
  }
  return found;
}

function wordsIn({ script }: Worded): string {
  return wordsOf(/__(.+?)(?:\.\w+)?$/.exec(script)?.[1] ?? '');
}

function withVersion(each: Worded): string {
  return `${each.version.join('.')}_${wordsIn(each)}`;
}
