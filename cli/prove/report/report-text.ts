import { listNames } from '../../../lambda/words/explain';
import { splitStatements } from '../../../lib/script/statements';
import { ended } from '../../dump/statement-text';
import { MAKES_PROGRAM } from '../restore/restoring-script';
import { counted } from '../../counted';
import { explainFinding } from './explain-finding';
import type { Finding, FolderProof, MigrationProof } from '../finding';
import type { ProveEvent } from '../prove-folder';
import type { TextStyle } from '../../terminal/terminal';
import { wrappedParagraphs } from '../../terminal/wrapped-text';

const INDENT = '    ';

/** Advice that was printed, and of which file: of many migrations with one fault, it is read once. */
export type Told = Map<string, string>;

/** What a person reads of an event, line by line. `told`: what was printed of earlier ones. */
export function textOf(event: ProveEvent, style: TextStyle, told: Told = new Map()): readonly string[] {
  switch (event.kind) {
    case 'begins':
      return [];
    case 'migration':
      return migrationLines(event.proof, style, told);
    case 'not-reached':
      return [
        line('not reached', listNames(event.names, 3), style),
        ...wrappedParagraphs(
          `${event.because}, so that nothing is known of ${event.names.length === 1 ? 'it' : 'them'}`,
          style.width,
          INDENT,
        ),
      ];
    case 'folder':
      return folderLines(event.proof, style, told);
    default:
      return event satisfies never;
  }
}

function migrationLines(proof: MigrationProof, style: TextStyle, told: Told): readonly string[] {
  const seconds = `${(proof.milliseconds / 1000).toFixed(1)} s`;
  const played = proof.halfWayPoints;
  const points = played === 0 ? '' : `, ${counted(played, 'half-way point')}`;
  const details = proof.verdict === 'irreversible' ? 'only its up was run' : `${seconds}${points}`;
  return [
    line(proof.verdict, `${proof.file} (${details})`, style),
    ...proof.findings.flatMap((finding) => findingLines(finding, proof, style, told)),
    ...proof.notes.flatMap((note) => wrappedParagraphs(`note: ${note}`, style.width, INDENT)),
  ];
}

function folderLines(proof: FolderProof, style: TextStyle, told: Told): readonly string[] {
  const files = { file: 'the folder', downFile: 'the folder' };
  return [
    line(proof.verdict, WHOLE[proof.verdict](counted(proof.migrations, 'migration')), style),
    ...proof.findings.flatMap((finding) => findingLines(finding, files, style, told)),
    ...proof.notes.flatMap((note) => wrappedParagraphs(`note: ${note}`, style.width, INDENT)),
  ];
}

const WHOLE: Readonly<Record<FolderProof['verdict'], (count: string) => string>> = {
  proved: (count) => `the whole folder: ${count} forward, back, forward`,
  found: (count) => `the whole folder: ${count} forward and back`,
  explained: () => 'the whole folder is not restored either, for what was found above',
  'not-played': () => 'the whole folder was not reverted',
};

function findingLines(
  finding: Finding,
  files: Pick<MigrationProof, 'file' | 'downFile'>,
  { width, colors }: TextStyle,
  told: Told,
): readonly string[] {
  const { what, details, advice, statements } = explainFinding(finding, files);
  const paint = (text: string): string =>
    /^ {2}-/.test(text) ? colors.red(text) : /^ {2}\+/.test(text) ? colors.green(text) : text;
  const hasDifference = details.some((text) => /^ {2}[-+]/.test(text));
  return [
    ...wrappedParagraphs(what, width, INDENT).map((text) => colors.bold(text)),
    ...details.map((text) => `${INDENT}  ${paint(text)}`),
    ...(hasDifference ? [`${INDENT}  (- before the up, + now)`] : []),
    ...wrappedParagraphs(`To do: ${statements.length > 0 ? advice : onceOf(advice, files, told)}`, width, INDENT),
    ...statements.map(pasteable),
  ];
}

/** As it can be put into a file. What runs is compared letter by letter, so that its lines stay where they are. */
function pasteable(statement: string): string {
  const split = splitStatements(`${statement};`);
  const isRead =
    split.kind === 'statements' && split.statements.length === 1 && split.statements[0]?.text === statement;
  const text = ended(statement, !isRead);
  return MAKES_PROGRAM.test(statement) && text.includes('\n')
    ? text
    : INDENT + `  ${text.replaceAll('\n', `\n${INDENT}  `)}`;
}

/** Characters. What is not longer is no longer to read than where it stands. */
const SHORT = 120;

/** Advice, or of which file it was said before. It may differ in the names of the files and in a step's number. */
function onceOf(advice: string, { file, downFile }: Pick<MigrationProof, 'file' | 'downFile'>, told: Told): string {
  const name = file.replace(/(?:\.up)?\.sql$/, '');
  const key = advice
    .replaceAll(downFile, '')
    .replaceAll(name, '')
    .replace(/step \d+/g, 'step');
  const before = told.get(key);
  if (before !== undefined && before !== file && advice.length > SHORT) return `as for ${before} above.`;
  told.set(key, before ?? file);
  return advice;
}

type Word = MigrationProof['verdict'] | FolderProof['verdict'] | 'not reached';

const WORDS: Readonly<Record<Word, { readonly text: string; readonly paint: 'green' | 'red' | 'yellow' }>> = {
  proved: { text: 'ok  ', paint: 'green' },
  found: { text: 'FOUND', paint: 'red' },
  explained: { text: 'FOUND', paint: 'red' },
  irreversible: { text: 'irreversible', paint: 'yellow' },
  'not-played': { text: 'skipped', paint: 'yellow' },
  'not reached': { text: 'not reached', paint: 'yellow' },
};

function line(word: Word, rest: string, { colors }: TextStyle): string {
  const { text, paint } = WORDS[word];
  return `${colors[paint](text)}  ${rest}`.trimEnd();
}
