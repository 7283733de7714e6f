/**
 * What the journal's column `before` says of a step that has begun, and of which it does not say that it is done:
 * - `fingerprint`: hash over the definitions of what it touches, as they were before it
 * - `partition`: id of the partition that it swaps or empties, before it
 * - `blind`: nothing will show whether it was done
 * - `module`: of a JavaScript migration, which has left its transaction and may be half done
 */
export type Mark =
  | { readonly kind: 'fingerprint'; readonly hash: string }
  | { readonly kind: 'partition'; readonly id: string }
  | { readonly kind: 'blind' }
  | { readonly kind: 'module' };

/** A partition's id comes behind it. Older code sees by its beginning that a person may say what became of the step. */
const PARTITION = 'blind partition ';

/** A mark as it is stored. */
export function storedMark(mark: Mark): string {
  if (mark.kind === 'fingerprint') return mark.hash;
  return mark.kind === 'partition' ? PARTITION + mark.id : mark.kind;
}

/** Reads a mark that is stored. */
export function readMark(stored: string): Mark {
  if (stored === 'blind' || stored === 'module') return { kind: stored };
  return stored.startsWith(PARTITION)
    ? { kind: 'partition', id: stored.slice(PARTITION.length) }
    : { kind: 'fingerprint', hash: stored };
}
