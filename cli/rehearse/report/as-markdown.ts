import type { Check, DatabaseReport, MigrationReport, PlayReport, RehearsalReport } from './rehearsal-report';
import { databaseText, durationOrDash, duration, originText, OUTCOME_WORDS, PLAY_TITLES, verdictText } from './words';

/** Characters of a comment of GitHub. */
const MOST_CHARACTERS = 65_536;

/** By which a job finds the comment of the run before, to write it anew. */
const COMMENT_MARK = '<!-- aurora-migrations rehearse -->';

const SIGNS: Readonly<Record<PlayReport['outcome'], string>> = { held: '✅', found: '❌', skipped: '➖' };

/** A comment for a pull request. What does not fit is left out from the end of the details, and that is said. */
export function asMarkdown(report: RehearsalReport): string {
  const { stack, base, next, server, milliseconds, verdict, plays, databases, notPlayed } = report;
  const head = [
    COMMENT_MARK,
    `## ${verdict === 'held' ? '✅' : '❌'} Rehearsal of ${text(stack)}`,
    '',
    `**${verdictText(report)}** From ${text(originText(base))} to ${text(originText(next))}, on ${text(server)}, in ${duration(milliseconds)}.`,
    '',
    '| | play | what happened |',
    '| --- | --- | --- |',
    ...plays.map(({ kind, outcome, story, milliseconds: took }) => {
      const time = outcome === 'skipped' ? '' : ` (${duration(took)})`;
      return `| ${SIGNS[outcome]} ${OUTCOME_WORDS[outcome]} | ${PLAY_TITLES[kind]}${time} | ${text(story)} |`;
    }),
    '',
  ];
  const tail = details(
    'What was not played',
    notPlayed.map(({ what, details: more }) => `- **${text(what)}**: ${text(more)}`),
  );
  const parts = [
    ...plays.filter(({ outcome }) => outcome === 'found').map(foundLines),
    ...databases.map(migrationTable),
    ...databases.map(schemaDetails),
    ...databases.flatMap(({ migrations }) => migrations.map(statementDetails)),
  ].filter((lines) => lines.length > 0);
  return fitting(head, parts, tail);
}

function fitting(head: readonly string[], parts: readonly (readonly string[])[], tail: readonly string[]): string {
  const more = ['_There is more than a comment takes: the HTML report has all of it._', ''];
  const size = (lines: readonly string[]): number => lines.reduce((sum, line) => sum + line.length + 1, 0);
  let left = MOST_CHARACTERS - size([...head, ...tail, ...more]);
  const shown: string[] = [];
  let isCut = false;
  for (const part of parts) {
    left -= size(part);
    if (left < 0) {
      isCut = true;
      break;
    }
    shown.push(...part);
  }
  return [...head, ...shown, ...(isCut ? more : []), ...tail].join('\n');
}

function foundLines({ kind, checks }: PlayReport): readonly string[] {
  const broken = checks.filter((check) => check.kind === 'broken');
  return [`### ${PLAY_TITLES[kind]}`, '', ...broken.flatMap(checkLines), ''];
}

function checkLines({ what, details: more }: Check): readonly string[] {
  return [
    `- Not so: ${text(what)}`,
    ...(more.length === 0 ? [] : fenced(more.join('\n'), '').map((line) => `  ${line}`)),
  ];
}

function migrationTable(database: DatabaseReport): readonly string[] {
  const { migrations } = database;
  if (migrations.length === 0) return [text(databaseText(database)), ''];
  return [
    `**${text(databaseText(database))}**`,
    '',
    '| migration | statements | time | |',
    '| --- | ---: | ---: | --- |',
    ...migrations.map(
      ({ name, up, milliseconds, form, phase, isIrreversible }) =>
        `| ${code(name)} | ${form === 'module' ? 'JavaScript' : up.length} | ${durationOrDash(milliseconds)} | ${[
          ...(phase === 'contract' ? ['contracts'] : []),
          ...(isIrreversible ? ['irreversible'] : []),
        ].join(', ')} |`,
    ),
    '',
  ];
}

function schemaDetails({ name, schema }: DatabaseReport): readonly string[] {
  if (schema.length === 0) return [];
  const difference = schema.flatMap(({ object, kind, lines }) => [`@@ ${object}: ${kind} @@`, ...lines]).join('\n');
  return details(`The schema of ${text(name)}, before and after`, fenced(difference, 'diff'));
}

function statementDetails({ name, up }: MigrationReport): readonly string[] {
  if (up.length === 0) return [];
  const statements = up.map(({ sql, milliseconds }) => `-- ${durationOrDash(milliseconds)}\n${sql};`).join('\n');
  return details(`Statements of ${text(name)}`, fenced(statements, 'sql'));
}

function details(summary: string, lines: readonly string[]): readonly string[] {
  return [`<details><summary>${summary}</summary>`, '', ...lines, '', '</details>', ''];
}

/** A block that its own content cannot end. */
function fenced(content: string, language: string): readonly string[] {
  const longest = Math.max(2, ...[...content.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return [`${fence}${language}`, ...content.split('\n'), fence];
}

/** A text of somebody else, which is to be seen as it is: no markup, no link, no mention, one line. */
function text(given: string): string {
  return given
    .replace(/\s+/g, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replace(/[\\`*[\]|~#]|\b_\B|\B_\b|\B_\B/g, '\\$&')
    .replaceAll('@', '@&#8203;')
    .replace(/\b(https?|ftp):/g, '$1&#58;');
}

/** A name, in the font of code. */
function code(name: string): string {
  return /^[\w.-]+$/.test(name) ? `\`${name}\`` : text(name);
}
