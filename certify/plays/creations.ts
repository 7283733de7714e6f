import { slow } from './migrations';
import type { Play } from './stage';

/** How the stack comes to be. */
export const CREATIONS: readonly Play[] = [
  {
    id: 'cancelled-create',
    title: 'The stack is created, and another resource fails while the migrations run',
    begins: 'without-stack',
    run: (stage) =>
      stage.deploy(
        {
          name: 'cancelled-create',
          plain: ['0001'],
          more: { '0010_slow.sql': slow('slow', stage.pace.slowBytes) },
          gate: 'beside',
        },
        'ROLLBACK_COMPLETE',
      ),
  },
  {
    id: 'created',
    title: 'The stack is created anew, with one migration',
    begins: 'without-stack',
    run: (stage) => stage.deploy({ name: 'created', plain: ['0001'] }, 'CREATE_COMPLETE'),
  },
  {
    id: 'updated',
    title: 'The stack is updated with one more migration and new code of the application',
    begins: 'with-stack',
    run: (stage) => stage.deploy({ name: 'updated', plain: ['0001', '0002'] }, 'UPDATE_COMPLETE'),
  },
];
