import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Terminal } from '../cli/terminal/terminal';
import type { Json } from '../rehearsal/template/json';
import { asMarkdown, seenIn, summary } from './evidence/as-markdown';
import type { Evidence } from './evidence/evidence';
import { Pseudonyms } from './evidence/pseudonyms';
import { judgeAll, type Judged } from './judge/judge';
import type { Verdict } from './judge/verdict';
import type { Play } from './plays/stage';
import { PLAYS } from './plays/plays';
import { runPlays } from './run-plays';
import type { CertifyTarget } from './target/target';

/** What a run came to. */
export interface Certificate {
  readonly evidence: Evidence;
  readonly judged: readonly Judged[];
  readonly files: readonly string[];
}

/**
 * Plays all plays on a target, judges what was seen, and writes it down. Whatever happens, what was made is removed; should
 * that fail, it is said what is still there.
 * @param known - values that are cut out of what is written, by what they are
 */
export async function certify(
  target: CertifyTarget,
  output: string,
  terminal: Terminal,
  signal: AbortSignal,
  known: readonly (readonly [name: string, value: string])[] = [],
): Promise<Certificate> {
  let seen: Omit<Evidence, 'remains'>;
  let remains: readonly string[];
  try {
    terminal.note('preparing what stays for all plays');
    await target.prepare();
    seen = await runPlays(PLAYS, target, signal, (play, why) => terminal.note(playLine(play, why)));
  } finally {
    terminal.note('removing what was made');
    remains = await target.end().catch((error: unknown) => [`what was made could not be removed: ${String(error)}`]);
    for (const each of remains) terminal.note(`STILL THERE, and it may cost money: ${each}`);
  }
  const evidence = { ...seen, remains };
  const judged = judgeAll(evidence, target.lacks);
  const files = await write(evidence, judged, output, new Pseudonyms(known));
  return { evidence, judged, files };
}

/** A line for each assumption, and what it comes to. */
export function verdictLines({ judged, files }: Pick<Certificate, 'judged' | 'files'>, { colors }: Terminal): string {
  const words = { held: colors.green('held'), differs: colors.red('DIFFERS'), 'not-played': colors.dim('not played') };
  return [
    ...judged.map(({ assumption: { id }, verdict }) => `${words[verdict.kind]}  ${id}: ${seenIn(verdict)}`),
    '',
    summary(judged),
    ...files.map((file) => `written: ${file}`),
  ].join('\n');
}

/** Whether all was seen that the target has. */
export function isWhole({ judged, evidence }: Certificate, { lacks }: CertifyTarget): boolean {
  const reasons = new Set(lacks.values());
  return (
    evidence.remains.length === 0 &&
    judged.every(({ verdict }) => verdict.kind !== 'not-played' || reasons.has(verdict.why)) &&
    evidence.scenes.every(({ notPlayed }) => notPlayed === undefined || reasons.has(notPlayed))
  );
}

function playLine({ id, title }: Play, why: string | undefined): string {
  return why === undefined ? `played ${id}: ${title}` : `not played ${id}: ${why}`;
}

async function write(
  evidence: Evidence,
  judged: readonly Judged[],
  output: string,
  pseudonyms: Pseudonyms,
): Promise<readonly string[]> {
  // The same names in both files.
  const cut = pseudonyms.of({ verdicts: judged.map(toJson), evidence } as unknown as Json) as unknown as {
    readonly verdicts: readonly Verdict[];
    readonly evidence: Evidence;
  };
  const cutJudged = judged.map(({ assumption, verdict }, index) => ({
    assumption,
    verdict: cut.verdicts[index] ?? verdict,
  }));
  await mkdir(output, { recursive: true });
  const json = path.join(output, 'certify.json');
  const markdown = path.join(output, 'certify.md');
  await writeFile(json, `${JSON.stringify(cut, null, 1)}\n`);
  await writeFile(markdown, asMarkdown(cut.evidence, cutJudged));
  return [json, markdown];
}

function toJson({ assumption: { id, sentence, basis, play }, verdict }: Judged): object {
  return { id, sentence, basis, play, ...verdict };
}
