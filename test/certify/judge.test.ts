import { readFileSync } from 'node:fs';
import path from 'node:path';
import { PLAYS } from '../../certify/plays/plays';
import type { Scene } from '../../certify/evidence/evidence';
import { ASSUMPTIONS, judgeAll } from '../../certify/judge/judge';
import type { Verdict } from '../../certify/judge/verdict';
import { CASES } from './judge-cases';
import * as paper from './paper-scene';
import { scene } from './paper-scene';
import { forward } from './paper-worlds';

test('each assumption has its case', () => {
  expect(CASES.map(({ id }) => id)).toEqual(ASSUMPTIONS.map(({ id }) => id));
});

test('the README of the example says how many there are, and what each scene does', () => {
  const readme = readFileSync(path.join(__dirname, '../../examples/certify/README.md'), 'utf8').replaceAll('\n', ' ');
  expect(readme).toContain(`${ASSUMPTIONS.length} assumptions`);
  const scenes = [...readme.matchAll(/\| `([a-z-]+)` +\|/g)].map(([, id]) => id);
  expect(scenes).toEqual(PLAYS.map(({ id }) => id));
  expect(ASSUMPTIONS.filter(({ play }) => !scenes.includes(play))).toEqual([]);
});

test('no two assumptions are called the same', () => {
  expect(new Set(ASSUMPTIONS.map(({ id }) => id)).size).toBe(ASSUMPTIONS.length);
});

describe.each(CASES)('$id', ({ id, held, differs, unseen = {} }) => {
  test('holds in the world that we believe in', () => {
    expect(verdictOf(id, held)).toMatchObject({ kind: 'held' });
  });

  test.each(Object.entries(differs))('differs where %s', (_, other) => {
    expect(verdictOf(id, other)).toMatchObject({ kind: 'differs' });
  });

  const blank = { 'nothing was seen': scene(held.play, []), 'only facts were noted': scene(held.play, [], held.facts) };
  test.each(Object.entries(blank))('does not hold where %s', (_, other) => {
    expect(verdictOf(id, other).kind).not.toBe('held');
  });

  if (Object.keys(unseen).length > 0)
    test.each(Object.entries(unseen))('is not played where %s', (_, other) => {
      expect(verdictOf(id, other)).toMatchObject({ kind: 'not-played' });
    });

  test('is not played where its play was not', () => {
    const empty = { ...scene(held.play, [], {}, 'it has none'), done: [] };
    expect(verdictOf(id, empty)).toEqual({ kind: 'not-played', why: 'it has none' });
    expect(verdictOf(id, scene('another play', []))).toMatchObject({ kind: 'not-played' });
  });

  test('does not hold by a play that went another way', () => {
    expect(verdictOf(id, { ...held, notPlayed: 'the stack ended otherwise' })).toEqual({
      kind: 'not-played',
      why: 'the stack ended otherwise',
    });
  });
});

test('what the target does not have is not judged', () => {
  const evidence = paper.evidenceOf(scene('updated', [forward, paper.tls(true)]));
  const judged = judgeAll(evidence, new Map([['lambda', 'no Lambda here']]));
  const { verdict } = judged.find(({ assumption }) => assumption.id === 'runtime-has-rds-authorities')!;
  expect(verdict).toEqual({ kind: 'not-played', why: 'no Lambda here' });
});

function verdictOf(id: string, ...scenes: readonly Scene[]): Verdict {
  return judgeAll(paper.evidenceOf(...scenes), new Map()).find(({ assumption }) => assumption.id === id)!.verdict;
}
