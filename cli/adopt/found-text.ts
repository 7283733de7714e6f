import type { Shown } from '../../lambda/commands/adopt';
import { counted } from '../counted';
import type { TextStyle } from '../terminal/terminal';
import { wrappedText } from '../terminal/wrapped-text';

/** What was found, for people. `edited`: migrations whose text is not the one that the other tool has run. */
export function foundText(found: Shown, edited: readonly string[], { width, colors }: TextStyle): string {
  const { table, database, record, already, unknown, pending, late, notes } = found;
  const paragraph = (text: string): string => wrappedText(text, width);
  const list = (names: readonly string[]): readonly string[] => names.map((name) => `  ${name}`);
  const where = table === null ? database : `${table} in ${database}`;
  const late_ = late.length === 0 ? '' : `; ${late.join(', ')} before what is applied, which outOfOrder FAIL refuses`;
  return [
    ...(record.length === 0 ? [] : [colors.bold(paragraph(`${where}: to be recorded as applied, without being run`))]),
    ...pairs(
      record.map(({ name, theirs }) => [name, theirs] as const),
      width,
    ),
    ...(already.length === 0 ? [] : [paragraph(`Recorded before: ${counted(already.length, 'migration')}`)]),
    ...(unknown.length === 0 ? [] : [colors.yellow(paragraph('In that history, and not in the folder: not recorded'))]),
    ...list(unknown),
    ...(pending.length === 0 ? [] : [paragraph(`Pending, and applied by the next deployment${late_}`)]),
    ...list(pending),
    ...(edited.length === 0
      ? []
      : [colors.yellow(paragraph('The text is not the one that was run, by the checksum that Flyway has'))]),
    ...list(edited),
    ...notes.map((note) => paragraph(`Note: ${note}`)),
  ].join('\n');
}

/** Two columns, or the second below the first where they do not fit. */
function pairs(rows: readonly (readonly [string, string])[], width: number): readonly string[] {
  const first = Math.max(0, ...rows.map(([left]) => left.length));
  const second = Math.max(0, ...rows.map(([, right]) => right.length));
  if (2 + first + 2 + second <= width) {
    return rows.map(([left, right]) => `  ${left.padEnd(first)}  ${right}`.trimEnd());
  }
  return rows.flatMap(([left, right]) => [`  ${left}`, ...(right === '' ? [] : [`    ${right}`])]);
}
