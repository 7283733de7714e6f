import type { TextStyle } from '../../terminal/terminal';
import { wrappedParagraphs } from '../../terminal/wrapped-text';
import type { Check, PlayReport, RehearsalReport } from './rehearsal-report';
import { databaseText, duration, OUTCOME_WORDS, PLAY_TITLES, verdictText } from './words';

const INDENT = '    ';

/** What a person reads of a play, line by line. */
export function playLines(
  { kind, outcome, story, checks, milliseconds }: PlayReport,
  { width, colors }: TextStyle,
): readonly string[] {
  const paint = outcome === 'held' ? colors.green : outcome === 'found' ? colors.red : colors.yellow;
  const time = outcome === 'skipped' ? '' : ` (${duration(milliseconds)})`;
  const shown = checks.filter((check) => outcome === 'found' || check.kind !== 'held');
  return [
    `${paint(OUTCOME_WORDS[outcome])}  ${PLAY_TITLES[kind]}${time}`,
    ...wrappedParagraphs(story, width, INDENT),
    ...shown.flatMap((check) => checkLines(check, { width, colors })),
  ];
}

function checkLines({ kind, what, details }: Check, { width, colors }: TextStyle): readonly string[] {
  const word = kind === 'held' ? 'held' : kind === 'broken' ? 'not so' : 'note';
  const paint = kind === 'broken' ? colors.red : kind === 'noted' ? colors.yellow : colors.green;
  return [
    ...wrappedParagraphs(`${word}: ${what}`, width, INDENT).map((line) => paint(line)),
    ...details.flatMap((detail) =>
      // A line of a difference keeps its beginning.
      /^[-+ ]/.test(detail) ? [`${INDENT}  ${detail}`] : wrappedParagraphs(detail, width, `${INDENT}  `),
    ),
  ];
}

/** What stands below the plays. */
export function summaryLines(report: RehearsalReport, { width, colors }: TextStyle): readonly string[] {
  const { databases, notPlayed, verdict, milliseconds } = report;
  const paint = verdict === 'held' ? colors.green : colors.red;
  return [
    ...databases.flatMap((database) => wrappedParagraphs(databaseText(database), width)),
    ...wrappedParagraphs(
      `Not played: ${notPlayed.map(({ what }) => lowered(what)).join('; ')}. A report says more.`,
      width,
    ),
    paint(`${verdictText(report)} (${duration(milliseconds)})`),
  ];
}

/** `Time` as it stands in a sentence; names of others stay. */
function lowered(what: string): string {
  return /^(?:Aurora|AWS)\b/.test(what) ? what : what.charAt(0).toLowerCase() + what.slice(1);
}
