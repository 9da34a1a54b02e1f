// Tests of what the pages say about time, levels and corners; the sources are loaded through Vite.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createServer } from 'vite';

let vite, time, levels, corners, announce;

before(async () => {
  vite = await createServer({ server: { middlewareMode: true, hmr: false, ws: false }, logLevel: 'error', optimizeDeps: { noDiscovery: true } });
  [time, levels, corners, announce] = await Promise.all(['time', 'levels', 'corners', 'announce'].map((name) => vite.ssrLoadModule(`/src/${name}.ts`)));
});
after(() => vite.close());

test('a time is shown in the zone of the place, with UTC beside it', () => {
  const cases = [
    ['2017-08-27T09:03:00Z', 'America/Chicago', 'Sun 27 Aug 2017, 04:03 CDT', '09:03 UTC'],
    ['2017-08-27T03:03:00Z', 'America/Chicago', 'Sat 26 Aug 2017, 22:03 CDT', '27 Aug 2017, 03:03 UTC'],
    ['2026-01-15T12:00:00Z', 'Europe/Berlin', 'Thu 15 Jan 2026, 13:00 CET', '12:00 UTC'],
    ['2026-01-15T12:00:00Z', 'Europe/London', 'Thu 15 Jan 2026, 12:00 GMT', '12:00 UTC'],
    ['2026-01-15T12:00:00Z', 'Asia/Kathmandu', 'Thu 15 Jan 2026, 17:45 UTC+5:45', '12:00 UTC'],
    ['2026-01-15T12:00:00Z', 'No/Such_Zone', 'Thu 15 Jan 2026, 12:00 UTC', '12:00 UTC'],
    ['no time', 'UTC', 'time unknown', ''],
  ];
  const words = (text) => text.replaceAll('\u00a0', ' ');
  for (const [at, zone, there, utc] of cases) assert.deepEqual([time.inZone(at, zone), time.besideUtc(at, zone)].map(words), [there, utc], `${at} ${zone}`);
  assert.match(time.shortInZone(0, 'America/Chicago'), /^18:00\u00a0CST$/, 'a time and its zone stay on one line');
});

test('a typed local time names the same instant again, also where the clocks change', () => {
  const zones = ['America/Chicago', 'Europe/Berlin', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'UTC'];
  for (const zone of zones)
    for (let at = Date.parse('2026-03-01T00:10:00Z'); at < Date.parse('2026-12-01T00:00:00Z'); at += 7_380_000) {
      const shown = time.toLocalInput(at, zone);
      const back = time.fromLocalInput(shown, zone);
      assert.equal(time.toLocalInput(Date.parse(back), zone), shown, `${zone} ${new Date(at).toISOString()}`);
    }
  assert.equal(time.fromLocalInput('2026-08-27T04:03', 'America/Chicago'), '2026-08-27T09:03:00.000Z');
  assert.equal(time.fromLocalInput('', 'UTC'), null);
});

test('durations and countdowns are short and never negative', () => {
  assert.deepEqual([45, 61, 3_700, 187_200, -61, NaN].map(time.duration), ['45 s', '1 min', '1 h 01 min', '2 d 4 h', '1 min', 'unknown']);
  assert.deepEqual([0, 299, -186, 3_723].map(time.countdown), ['00:00', '04:59', '03:06', '1:02:03']);
});

test('what is unknown is never shown as good or as zero', () => {
  assert.equal(levels.exposureWords({ kind: 'unknown' }), 'people: unknown');
  assert.equal(levels.look(levels.READ_BACK, 'a new state').tone, 'unknown');
  for (const state of ['silent', 'refused', 'failing', 'unknown', 'a new state']) {
    assert.equal(levels.look(levels.SOURCE_STATE, state).tone, 'unknown', state);
    assert.equal(levels.isBlind({ state }), true, state);
  }
  assert.notEqual(levels.look(levels.READ_BACK, 'unverified').tone, 'good');
});

test('the nearest deadline stands first, then the higher level', () => {
  const row = (id, level, deadline) => ({ id, level, deadline, first_signal_at: '2026-01-01T00:00:00Z' });
  const rows = [row('a', 'minor', null), row('b', 'extreme', null), row('c', 'minor', '2026-01-01T01:00:00Z'), row('d', 'severe', '2026-01-01T00:30:00Z')];
  assert.deepEqual(rows.sort(levels.byUrgency).map((r) => r.id), ['d', 'c', 'b', 'a']);
});

test('corners are read with latitude first, and wrong ones are refused in words', () => {
  const { geometry } = corners.readCorners('29.7, -95.4\n29.8 -95.4\n29.8,-95.2');
  assert.deepEqual(geometry.coordinates, [[[-95.4, 29.7], [-95.4, 29.8], [-95.2, 29.8], [-95.4, 29.7]]]);
  assert.deepEqual(corners.readCorners(corners.cornersOf(geometry)).geometry, geometry);
  for (const wrong of ['', '29.7, -95.4\n29.8, -95.4', '95, 10\n1,1\n2,3', 'x, y\n1,1\n2,2\n3,1', '1,2,3\n1,1\n2,2\n3,1']) assert.ok('wrong' in corners.readCorners(wrong), wrong);
});

test('an escalation and a newly held alert are said aloud, once', () => {
  const row = (escalations, status = 'open') => ({ id: 'a', title: 'The creek', level: 'severe', level_word: 'severe', status, escalations });
  assert.deepEqual(announce.aboutIncidents(null, [row(2)]), [], 'nothing at the first reading');
  assert.deepEqual(announce.aboutIncidents([row(0)], [row(1)]), ['Escalated: nobody has decided on The creek.']);
  assert.deepEqual(announce.aboutIncidents([row(1)], [row(1)]), []);
  assert.deepEqual(announce.aboutIncidents([row(1)], [row(2, 'accepted')]), []);
  assert.deepEqual(announce.aboutIncidents([], [row(1)]), ['New incident: The creek, severe.', 'Escalated: nobody has decided on The creek.']);
  const alert = (identifier) => ({ sender: 'warnings@alfa.example', identifier, sent: '2026-03-02T07:13:00Z' });
  assert.deepEqual(announce.aboutHeld(null, [alert('A-1')]), []);
  assert.deepEqual(announce.aboutHeld([alert('A-1')], [alert('A-1'), alert('A-2')]), ['An alert of warnings@alfa.example is held: an officer must look at it.']);
});

test('the retraction is offered whenever the server allows it, also after the expiry', () => {
  const shown = (standing, can) => levels.showsRetraction({ state: standing, standing, can });
  assert.equal(shown('lapsed', { retract: true }), true);
  assert.equal(shown('lapsed', { retract: false }), false);
  assert.equal(shown('issued', { retract: false }), true, 'while it is in force the reason against it is shown');
  assert.equal(shown('ended', { retract: false }), false);
});
