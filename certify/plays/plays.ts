import { CREATIONS } from './creations';
import { DELIVERIES } from './deliveries';
import { FAILURES } from './failures';
import { NETWORKS } from './networks';
import type { Play } from './stage';

/** All plays in their order: each leaves the stack as the next one finds it. */
export const PLAYS: readonly Play[] = [
  ...CREATIONS,
  ...FAILURES,
  ...DELIVERIES,
  ...NETWORKS,
  {
    id: 'deleted',
    title: 'The stack is deleted',
    begins: 'with-stack',
    run: (stage) => stage.destroy(),
  },
];
