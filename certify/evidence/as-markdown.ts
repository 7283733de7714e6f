import type { Judged } from '../judge/judge';
import { digestsOf, type SeenRequest, requestsIn } from '../judge/scene-reading';
import type { Verdict } from '../judge/verdict';
import type { Evidence, Scene, StackEvent } from './evidence';

/** What was seen and what it says, for people. All of it stands in the JSON file too. */
export function asMarkdown(evidence: Evidence, judged: readonly Judged[]): string {
  return [
    '# What CloudFormation, Lambda and Aurora did',
    '',
    `${evidence.target === 'aws' ? 'Played on AWS' : 'Played in the rehearsal: this shows that the program works, and nothing about AWS'}, ` +
      `region ${evidence.region}, begun ${evidence.startedAt}.`,
    '',
    ...Object.entries(evidence.versions).map(([name, version]) => `- ${name} ${version}`),
    '',
    summary(judged),
    '',
    '| assumption | verdict | seen |',
    '| --- | --- | --- |',
    ...judged.map(
      ({ assumption: { id, sentence }, verdict }) =>
        `| **${id}**: ${cell(sentence)} | ${WORDS[verdict.kind]} | ${cell(seenIn(verdict))} |`,
    ),
    '',
    '## Where the assumptions are from',
    '',
    ...judged.map(({ assumption: { id, basis, play } }) => `- **${id}** (play ${play}): ${basis}.`),
    ...evidence.scenes.flatMap(sceneLines),
    ...(evidence.remains.length === 0
      ? []
      : ['', '## What is still there', '', ...evidence.remains.map((each) => `- ${each}`)]),
    '',
  ].join('\n');
}

/** `20 held, 1 differs, 5 not played` */
export function summary(judged: readonly Judged[]): string {
  const count = (kind: Verdict['kind']): number => judged.filter(({ verdict }) => verdict.kind === kind).length;
  return `${count('held')} held, ${count('differs')} differ, ${count('not-played')} not played.`;
}

/** What was seen, or why nothing was. */
export function seenIn(verdict: Verdict): string {
  return verdict.kind === 'not-played' ? verdict.why : verdict.observation;
}

const WORDS: Readonly<Record<Verdict['kind'], string>> = {
  held: 'held',
  differs: '**differs**',
  'not-played': 'not played',
};

function sceneLines(scene: Scene): readonly string[] {
  const { play, title, done, notPlayed } = scene;
  const requests = requestsIn(scene);
  return [
    '',
    `## ${play}`,
    '',
    `${title}.${notPlayed === undefined ? '' : ` Not played to its end: ${notPlayed}.`}`,
    ...(done.length === 0 ? [] : ['', ...done.map((each) => `- \`${each}\``)]),
    ...(scene.events.length === 0
      ? []
      : [
          '',
          '| time | resource | status | reason |',
          '| --- | --- | --- | --- |',
          ...scene.events.filter(isShown).map(eventRow),
        ]),
    ...(requests.length === 0
      ? []
      : [
          '',
          '| time | request | to | from | code | answer |',
          '| --- | --- | --- | --- | --- | --- |',
          ...requests.map(requestRow),
        ]),
  ];
}

/** Roles, permissions and the like only make the table long; the JSON file has them. */
function isShown({ type, status }: StackEvent): boolean {
  return status.endsWith('_FAILED') || type.startsWith('Custom::') || SHOWN.has(type);
}

const SHOWN: ReadonlySet<string> = new Set(['AWS::CloudFormation::Stack', 'AWS::Lambda::Function']);

function eventRow({ time, logicalId, status, reason = '' }: StackEvent): string {
  return `| ${clock(time)} | ${logicalId} | ${status} | ${cell(cut(reason))} |`;
}

function requestRow(seen: SeenRequest): string {
  const { RequestType: type, ResourceType: resource } = seen.request;
  const { to, from } = digestsOf(seen);
  const ended = seen.endedAt === undefined ? 'died' : 'no answer';
  const answer = seen.answer === undefined ? ended : `${seen.answer.status} at ${clock(seen.answer.time)}`;
  return `| ${clock(seen.time)} | ${type} ${resource.replace('Custom::', '')} | ${short(to)} | ${short(from)} | ${short(seen.code)} | ${answer} |`;
}

/** Enough of a digest to tell it from the others. */
function short(digest: string): string {
  return digest.replace('v1:', '').slice(0, 8);
}

function clock(time: string): string {
  return time.slice(11, 23);
}

function cut(text: string): string {
  return text.length > 160 ? `${text.slice(0, 160)}…` : text;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
