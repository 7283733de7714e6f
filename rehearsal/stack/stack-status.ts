import type { StackStatus } from './stack-types';

/** Statuses in which `cdk deploy` creates a stack. */
export const CREATABLE: readonly StackStatus[] = ['NOT_CREATED', 'DELETE_COMPLETE', 'ROLLBACK_COMPLETE'];

/** Where a failure was not rolled back. */
export const HALF_DONE: readonly StackStatus[] = ['CREATE_FAILED', 'UPDATE_FAILED'];

/** Statuses in which `cdk deploy` updates a stack. */
export const UPDATABLE: readonly StackStatus[] = [
  'CREATE_COMPLETE',
  'UPDATE_COMPLETE',
  'UPDATE_ROLLBACK_COMPLETE',
  ...HALF_DONE,
];
