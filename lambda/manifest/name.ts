import type { MigrationName } from './types';

/** Longest name in characters, the width of the journal's column. */
const MAX_LENGTH = 255;

/** Digits, an underscore or hyphen, then letters, digits, `_`, `-` and `.`. */
const PATTERN = /^\d+[_-][A-Za-z0-9][A-Za-z0-9_.-]*$/;

/**
 * Reads a migration's name, or says why it is none. A value and not an exception, because a directory can hold several
 * bad names and the user wants to hear of them together.
 */
export function parseMigrationName(text: string): { readonly name: MigrationName } | { readonly problem: string } {
  if (text.length > MAX_LENGTH) {
    return {
      problem: `the name "${text.slice(0, 40)}…" has ${text.length} characters, at most ${MAX_LENGTH} are allowed`,
    };
  }
  if (!PATTERN.test(text)) {
    return {
      problem: `"${text}" is not a migration's name: it must be digits, an underscore and a name of ASCII letters, digits, "_", "-" and ".", such as 0001_create_user or 20260131120000_create_user`,
    };
  }
  return { name: text as MigrationName };
}

/** Orders names by their bytes, which for the allowed characters is the order of their UTF-16 units. */
export function compareNames(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The name under which a row is matched: older tools stored the file's extension with it. */
export function withoutExtension(stored: string): string {
  return stored.replace(/\.(?:js|cjs|mjs|ts|sql)$/, '');
}
