import { existsSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.join(__dirname, '../..');

interface Sequencer {
  readonly SLOW: Readonly<Record<string, readonly string[]>>;
}

test('files that are begun first since they take long are where they are looked for', () => {
  const { SLOW } = jest.requireActual<Sequencer>('../../scripts/jest/longest-first-sequencer.cjs');
  const files = Object.values(SLOW).flat();
  expect(files.length).toBeGreaterThan(20);
  expect(files.filter((file) => !existsSync(path.join(ROOT, file)))).toEqual([]);
});
