import * as fs from 'node:fs';
import * as path from 'node:path';
import { compareNames } from '../../lambda/manifest/name';
import type { MigrationProblem } from '../../lib/review/migration-problem';
import { reviewAfterProblem } from '../../lib/review/review-warnings';
import { unknownCode } from '../../lib/review/unknown-code';
import { consoleOnStderr } from '../terminal/console-on-stderr';
import { EXIT_CODE } from '../exit-code';
import { ExpectedFailure } from '../expected-failure';
import { emptyFolder, guessNote, migrationsFolder, type MigrationsFolder } from '../migrations-folder';
import { readSettings } from '../settings';
import { processTerminal, type Terminal } from '../terminal/terminal';
import { FAIL_ON_CODES } from './code-meaning';
import { compareRelease, type ReleaseComparison } from './compare-release';
import { gitRepository } from './git-repository';
import type { LintFinding, LintReport } from './lint-finding';
import { formatted, type LintFormat } from './formatted';
import { withIrreversibleOnce } from './irreversible-once';
import { isOfRelease } from './of-release';
import { readFolder } from './read-folder';

/** What the command line says of a review. */
export interface LintRequest {
  readonly directory?: string;
  /** Git ref of what is released. */
  readonly base?: string;
  /** Absent: text, broken into lines where there is a terminal. */
  readonly format?: LintFormat;
  readonly failOn?: readonly string[];
  readonly reviewAfter?: string;
}

/** Reviews a folder, prints what was found, and gives the exit code. */
export function lint({ directory, base, format, failOn = [], reviewAfter }: LintRequest): number {
  consoleOnStderr();
  const terminal = processTerminal();
  const codes = failOn.map((code) => code.trim());
  const unknown = unknownCode(codes, [...FAIL_ON_CODES, 'all']);
  if (unknown !== undefined) {
    throw new ExpectedFailure(
      'unknown-code',
      `--fail-on: ${unknown.replace(/(?<!\?)$/, '.')} Nothing was checked`,
      EXIT_CODE.usage,
    );
  }
  const settings = readSettings(process.cwd());
  const folder = migrationsFolder(process.cwd(), directory, settings);
  if (folder.isGuess) terminal.note(guessNote(folder));
  const after = reviewAfter ?? settings.reviewAfter;
  const { names, nested, errors, warnings } = readFolder(folder.path, after);
  const misread = reviewAfterProblem(after, names);
  if (misread !== undefined) {
    const where = reviewAfter === undefined ? '"reviewAfter" in cdk.json' : '--review-after';
    throw new ExpectedFailure('review-after-unusable', `${where}: ${misread}. Nothing was checked`);
  }
  if (errors.some(({ code }) => code === 'directory-empty')) throw emptyFolder(folder, nested);
  const release = base === undefined ? NO_RELEASE : compared(folder, base, terminal);
  const own = warnings.filter((warning) => !isOfRelease(warning, names, release.unchanged));

  const isFailing = ({ code }: MigrationProblem): boolean => codes.includes(code) || codes.includes('all');
  const toFinding =
    (severity: LintFinding['severity']) =>
    (problem: MigrationProblem): LintFinding =>
      findingIn(folder, problem, isFailing(problem) ? 'error' : severity);
  const findings = [
    ...[...errors, ...release.errors].map(toFinding('error')),
    ...[...withIrreversibleOnce(own), ...release.warnings].map(toFinding('warning')),
  ].sort(byPlace);
  const leftOut = warnings.length - own.length;
  const report: LintReport = { folder: folder.name, migrations: names.length, base, leftOut, findings };
  terminal.print(formatted(report, format, terminal));
  return findings.some(({ severity }) => severity === 'error') ? EXIT_CODE.found : EXIT_CODE.fine;
}

const NO_RELEASE: ReleaseComparison = { errors: [], warnings: [], unchanged: new Set() };

function compared({ path: folder, name }: MigrationsFolder, ref: string, terminal: Terminal): ReleaseComparison {
  const repository = gitRepository(folder);
  const commit = repository.resolve(ref);
  const tip = repository.filesAt(commit);
  if (tip.size === 0) terminal.note(`${name} has no files at ${ref}: nothing in it counts as released.`);
  const common = repository.filesAt(repository.commonWith(commit, ref));
  const now = fs
    .readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry): [string, string] => [entry.name, fs.readFileSync(path.join(folder, entry.name), 'utf8')]);
  return compareRelease({ ref, folder: name, tip, common }, new Map(now));
}

function findingIn(
  { path: folder }: MigrationsFolder,
  { code, file, line, column, problem }: MigrationProblem,
  severity: LintFinding['severity'],
): LintFinding {
  // Of several files that are one problem, the first is where to look, and all are named.
  const [first = '', ...others] = file.split(', ');
  // One line, also where a bundler has written several.
  const message = (others.length === 0 ? problem : `${file}: ${problem}`).replace(/\s*\n\s*/g, ' ');
  const place = path.relative(process.cwd(), path.join(folder, first)).replaceAll(path.sep, '/');
  return { severity, code, file: place === '' ? '.' : place, line: line ?? 1, column: column ?? 1, message };
}

function byPlace(a: LintFinding, b: LintFinding): number {
  return compareNames(a.file, b.file) || a.line - b.line || a.column - b.column;
}
