/** What the function answers to `adopt` and `baseline`. */
export type AdoptAnswer = { readonly kind: 'refused'; readonly failure: Failed } | Found;

interface Failed {
  readonly code: string;
  readonly message: string;
}

/** What would be recorded as applied, or was, and what would not. */
export interface Found {
  readonly kind: 'found' | 'recorded';
  readonly database: string;
  /** Of the other tool's history; null for a baseline. */
  readonly table: string | null;
  readonly record: readonly { readonly name: string; readonly theirs: string; readonly checksum?: string }[];
  readonly already: readonly string[];
  readonly unknown: readonly string[];
  readonly pending: readonly string[];
  readonly late: readonly string[];
  readonly notes: readonly string[];
}
