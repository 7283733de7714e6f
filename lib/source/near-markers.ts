import { distanceOf } from '../letter-distance';
import { invisibleIn, withBlanks } from './invisible-characters';

/** A line that reads like a marker and is an ordinary comment to everyone else. */
export interface NearMarker {
  readonly line: number;
  readonly problem: string;
}

type MarkerName = 'up' | 'down' | 'irreversible' | 'phase contract';

const EXACT = /^[ \t\ufeff]*--[ \t]*migrate:[ \t]*(up|down|irreversible|phase(?=[ \t]+contract))\b/gim;

/** A line that is nothing but one comment, without what opens and closes it. */
const COMMENT_LINE = /^[ \t\ufeff]*(?:--|#|\/\*)[ \t\-/*]*([^\n]*?)[ \t]*(?:\*\/)?[ \t\r.:;]*$/;

/** What sql-migrate, goose and micrate (`+goose Up`), Play (`!Ups`), rambler and MyBatis (`@UNDO`) write. */
const OTHER_TOOLS =
  /^(?:\+[a-z-]+[ \t]+(up|down)(?:[ \t]+notransaction)?|!(up|down)s|rambler[ \t]+(up|down)|@(undo))$/i;

/** Two words and nothing else, the second perhaps behind a sign: a sentence has more. */
const TWO_WORDS = /^@?([a-z]{5,12})(?:[ \t]*[:=._-]+[ \t]*|[ \t]+)([a-z]+)([ \t]+contract)?$/i;

/** The marker behind a statement: a marker has its line for itself. */
const BEHIND_STATEMENT =
  /;[ \t]*(?:--|#|\/\*)[ \t]*migrate:[ \t]*(up|down|irreversible|phase[ \t]+contract)[ \t\r]*(?:\*\/)?[ \t\r]*$/i;

/** Characters. No marker is longer, and the lines of a dump are. */
const LONGEST = 100;

/**
 * Finds a line that was meant to be a marker. Read as a comment, it would make the down statements a part of the up, or
 * leave its file without what it says.
 *
 * Two words are all that such a line has, so that no sentence is taken for one. A marker that the file has as it should be
 * is not looked for; in one file of a pair nobody expects the one that the file's name says.
 */
export function nearMarker(source: string, direction?: 'up' | 'down'): NearMarker | undefined {
  if (!/up|down|undo|irrev|phase|migrat/i.test(source)) return undefined;
  const present = new Set<string>([...source.matchAll(EXACT)].map(([, name = '']) => nameFor(name)));
  if (direction !== undefined) present.add(direction);
  for (const [index, text] of source.split('\n').entries()) {
    const invisible = text.length > LONGEST ? undefined : invisibleIn(index === 0 ? text.replace(/^\ufeff/, '') : text);
    const [, blurred] =
      invisible === undefined ? [] : (/^[ \t]*(--[ \t]*migrate:[^\n]*)/i.exec(withBlanks(text)) ?? []);
    if (invisible !== undefined && blurred !== undefined) {
      return { line: index + 1, problem: hidden(blurred.trim().replace(/\s+/g, ' '), invisible) };
    }
    const meant = meantBy(text);
    if (meant === undefined || present.has(meant)) continue;
    const written = text.trim().replace(/^.*;[ \t]*/, '');
    const instead = `"-- migrate:${meant}"`;
    return {
      line: index + 1,
      problem:
        direction !== undefined && (meant === 'up' || meant === 'down')
          ? `"${written}" begins a section in other forms, and this file is the ${direction} from its first line to its last: take the line out, and move what is behind it into the other file`
          : `"${written}" is not a marker: write ${instead} on a line of its own, or word the comment differently`,
    };
  }
  return undefined;
}

function hidden(marker: string, invisible: string): string {
  return `"${marker}" is not a marker, for a character that cannot be seen stands in its line (${invisible}): take it out`;
}

function meantBy(text: string): MarkerName | undefined {
  const behind = BEHIND_STATEMENT.exec(text.slice(-LONGEST))?.[1];
  if (behind !== undefined) return nameFor(behind);
  if (text.length > LONGEST) return undefined;
  const comment = COMMENT_LINE.exec(text)?.[1] ?? '';
  const other = OTHER_TOOLS.exec(comment);
  if (other) return other[4] === undefined ? nameFor(other[1] ?? other[2] ?? other[3] ?? '') : 'down';
  const [, verb = '', word = '', contract] = TWO_WORDS.exec(comment) ?? [];
  if (!/^migrat(?:e|es|ion|ions|or)$/i.test(verb) && distanceOf(verb.toLowerCase(), 'migrate') > 2) return undefined;
  if (contract !== undefined) return /^phases?$/i.test(word) ? 'phase contract' : undefined;
  return markerLike(word.toLowerCase());
}

function markerLike(word: string): MarkerName | undefined {
  if (/^(?:up|pu|ups|upp)$/.test(word)) return 'up';
  if (word.length > 2 && distanceOf(word, 'down') <= 1) return 'down';
  return distanceOf(word, 'irreversible') <= 3 ? 'irreversible' : undefined;
}

function nameFor(written: string): MarkerName {
  const name = written.toLowerCase();
  return name === 'up' || name === 'down' || name === 'irreversible' ? name : 'phase contract';
}
