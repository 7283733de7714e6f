import { unknownObjectErrors } from '../../../lambda/words/server-error-numbers';

const UNKNOWN_VIEW = 4092;
const UNKNOWN_COLUMN = 1091;

it('a view that is not there is told of by a number that MySQL has for something else, which is no reason to pass over an ALTER', () => {
  expect(unknownObjectErrors('DROP').has(UNKNOWN_VIEW)).toBe(true);
  // MySQL 9.7.4: Maximum row versions reached for table rv/t. No more columns can be added or dropped instantly.
  expect(unknownObjectErrors('ALTER').has(UNKNOWN_VIEW)).toBe(false);
  expect(unknownObjectErrors('ALTER').has(UNKNOWN_COLUMN)).toBe(true);
});
