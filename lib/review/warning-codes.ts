import { REVIEW_CODES } from './statement-under-review';

/** Codes of all warnings about migrations: of the review, and of reading them. */
export const WARNING_CODES = [
  ...REVIEW_CODES,
  'foreign-module',
  'foreign-syntax',
  'journal-touched',
  'nested-migrations',
  'table-lock-skipped',
] as const;

export type WarningCode = (typeof WARNING_CODES)[number];
