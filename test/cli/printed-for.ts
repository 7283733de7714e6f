import { randomUUID } from 'node:crypto';
import { createColors } from 'picocolors';
import { readPlayedFolder } from '../../cli/prove/played-folder';
import type { ServerLogin } from '../../cli/database/open-session';
import { proveFolder, type ProveEvent } from '../../cli/prove/prove-folder';
import { textOf } from '../../cli/prove/report/report-text';
import { describe } from '../../lib/review/migration-problem';

/** What is printed of a folder: as it is, and in the words that both servers have in common. */
export async function printedFor(
  server: ServerLogin,
  directory: string,
  { only, width = Infinity }: { readonly only?: ReadonlySet<string>; readonly width?: number } = {},
): Promise<{
  readonly events: readonly ProveEvent[];
  readonly lines: readonly string[];
  readonly asIs: readonly string[];
}> {
  const schema = `folder_${randomUUID().slice(0, 8)}`;
  const reading = readPlayedFolder(directory, schema);
  if (reading.kind === 'unreadable') throw new Error(reading.problems.map(describe).join('\n'));
  const { signal } = new AbortController();
  const events: ProveEvent[] = [];
  for await (const event of proveFolder({ folder: reading.folder, server, schema, only, signal })) events.push(event);
  const asIs = events.flatMap((event) => textOf(event, { width, colors: createColors(false) }));
  return { events, lines: asIs.map((line) => alike(line.replaceAll(schema, 'prove'))), asIs };
}

/** Times, and what one server prints in another way than the other. */
export function alike(line: string): string {
  return line
    .replace(/\(\d+\.\d s/, '(0.0 s')
    .replace(/\b(int|bigint)\(\d+\)/g, '$1')
    .replace(/utf8mb4_(?:general_ci|0900_ai_ci|uca1400_ai_ci)/g, 'utf8mb4_DEFAULT')
    .replace(/for key '\w+\./, "for key '")
    .replace(/CONSTRAINT `user\.name` failed .*|Check constraint .* is violated\./, 'a check constraint')
    .replace(/Trigger '[\w.]+' already exists/, 'Trigger already exists')
    .replace(/Can't DROP(?: COLUMN)? [`'](\w+)[`']; check that .*/, "Can't DROP $1");
}
