import { withoutSecrets } from '../../lib/review/secrets';

/** A statement in one line, of which so many characters are shown. */
export function shortened(sql: string, most: number): string {
  const text = withoutSecrets(sql).replace(/\s+/g, ' ').trim();
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}
