import type { Row } from '../ports';

/** Empty where there is nothing. */
export function text(row: Row, column: string): string {
  return optionalText(row, column) ?? '';
}

export function optionalText(row: Row, column: string): string | null {
  const value = row[column];
  return value === null || value === undefined ? null : String(value);
}

export function optionalNumber(row: Row, column: string): number | null {
  const value = row[column];
  return value === null || value === undefined ? null : Number(value);
}
