import { crc32 } from 'node:zlib';
import type { Shown } from '../../lambda/commands/adopt';
import { parseSections } from '../../lib/script/sections';
import { listMigrations } from '../../lib/source/migration-files';
import { readSourceText } from '../../lib/source/source-text';

/** The lines that a file of Flyway has got here. */
const OURS = /^[ \t]*--[ \t]*migrate:/;

/**
 * The checksum that Flyway has of a script: a CRC-32 over its lines without their ends, as a signed number.
 * Source: calculateChecksumForResource in
 * https://github.com/flyway/flyway/blob/main/flyway-core/src/main/java/org/flywaydb/core/internal/resolver/ChecksumCalculator.java
 */
export function flywayChecksum(source: string): string {
  const sections = parseSections(source);
  const up = sections.kind === 'sections' ? sections.up : source;
  const lines = up
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\r|\n/)
    .filter((line) => !OURS.test(line));
  return String(crc32(lines.join('')) | 0);
}

/** Migrations of a folder whose up is not the text that Flyway has run. Of what has no checksum, nothing is known. */
export function editedSince(record: Shown['record'], folder: string): readonly string[] {
  const files = new Map(listMigrations(folder).migrations.map((each) => [each.name as string, each]));
  return record.flatMap(({ name, checksum }) => {
    const listed = files.get(name);
    const file = listed?.form === 'pair' ? listed.up : listed?.file;
    if (checksum === undefined || file === undefined) return [];
    const { found } = readSourceText(folder, file);
    return found === undefined || flywayChecksum(found.source) === checksum ? [] : [name];
  });
}
