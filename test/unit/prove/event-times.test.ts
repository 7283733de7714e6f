import { differInTimesOnly, withoutTimeOfProof } from '../../../cli/prove/restore/event-times';

const NOW = Date.parse('2026-01-31T12:00:00Z');

function event(schedule: string, rest = 'DO DELETE FROM a'): string {
  return `CREATE DEFINER=\`root\`@\`%\` EVENT \`e\` ON SCHEDULE ${schedule} ON COMPLETION NOT PRESERVE ENABLE ${rest}`;
}

test.each([
  ["EVERY 1 DAY STARTS '2026-01-31 12:00:00'", "EVERY 1 DAY STARTS '2026-01-31 12:00:01'"],
  ["AT '2026-01-31 12:00:00'", "AT '2026-01-31 12:00:01'"],
  [
    "EVERY '1:30' HOUR_MINUTE STARTS '2026-01-31 12:00:00' ENDS '2026-02-01 00:00:00'",
    "EVERY '1:30' HOUR_MINUTE STARTS '2026-01-31 12:00:01' ENDS '2026-02-01 00:00:01'",
  ],
])('the times alone differ in %s and %s', (before, now) => {
  expect(differInTimesOnly(event(before), event(now))).toBe(true);
});

test.each([
  ["EVERY 1 DAY STARTS '2026-01-31 12:00:00'", "EVERY 2 DAY STARTS '2026-01-31 12:00:01'"],
  ["EVERY '1:30' HOUR_MINUTE STARTS '2026-01-31 12:00:00'", "EVERY '1:40' HOUR_MINUTE STARTS '2026-01-31 12:00:01'"],
])('more differs in %s and %s', (before, now) => {
  expect(differInTimesOnly(event(before), event(now))).toBe(false);
});

test('what an event does is compared, with the times in it', () => {
  const schedule = "EVERY 1 DAY STARTS '2026-01-31 12:00:00'";
  const does = (time: string): string => event(schedule, `DO DELETE FROM a WHERE t < '${time}'`);
  expect(differInTimesOnly(does('2026-01-01 00:00:00'), does('2026-01-02 00:00:00'))).toBe(false);
  expect(differInTimesOnly(event(schedule), event(schedule))).toBe(false);
});

test.each([
  ["EVERY 1 DAY STARTS '2026-01-31 11:59:59' ENDS '2027-01-01 00:00:00'", "EVERY 1 DAY ENDS '2027-01-01 00:00:00'"],
  ["EVERY 1 DAY STARTS '2026-01-31 00:00:00'", "EVERY 1 DAY STARTS '2026-01-31 00:00:00'"],
  ["EVERY 1 DAY STARTS '2026-01-31 13:00:00'", "EVERY 1 DAY STARTS '2026-01-31 13:00:00'"],
])('%s is shown to be pasted as %s', (schedule, shown) => {
  const zone = process.env.TZ;
  process.env.TZ = 'UTC';
  try {
    expect(withoutTimeOfProof(event(schedule), NOW, 60)).toBe(event(shown));
  } finally {
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
  }
});
