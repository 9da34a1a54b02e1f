// Tests of what the check page says, where its findings lead, and what goes on its map.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createServer } from 'vite';

let vite, caret, checked;

before(async () => {
  vite = await createServer({ server: { middlewareMode: true, hmr: false, ws: false }, logLevel: 'error', optimizeDeps: { noDiscovery: true } });
  [caret, checked] = await Promise.all(['caret', 'checked'].map((name) => vite.ssrLoadModule(`/src/${name}.ts`)));
});
after(() => vite.close());

test('a line and a column in characters lead to their place', () => {
  const text = 'ab\n🌊é<x>\n\nend';
  const cases = [[1, 1, 'ab'], [1, 2, 'b'], [2, 1, '🌊é<x>'], [2, 2, 'é<x>'], [2, 3, '<x>'], [3, 1, ''], [4, 2, 'nd'], [4, 99, ''], [1, 99, '']];
  for (const [line, column, marked] of cases) {
    const { start, end } = caret.spanOf(text, line, column);
    assert.equal(text.slice(start, end), marked, `${line}:${column}`);
  }
  for (const line of [0, -1, 5]) assert.equal(caret.spanOf(text, line, 1), null, `line ${line}`);
  assert.deepEqual(['', 'a', 'a\n', 'a\nb'].map(caret.countLines), [1, 1, 2, 2]);
});

test('a file is read in the encoding of its mark or its declaration', () => {
  const declared = (name) => `<?xml version="1.0" encoding="${name}"?><a>é</a>`;
  const bytes = (text, coding) => new Uint8Array(Buffer.from(text, coding));
  const utf16 = (big) => {
    const buffer = Buffer.from(`\ufeff${declared('UTF-16')}`, 'utf16le');
    return new Uint8Array(big ? buffer.swap16() : buffer);
  };
  for (const [what, input] of [
    ['utf-8', bytes(declared('UTF-8'))],
    ['nothing declared', bytes('<a>é</a>')],
    ['latin 1', bytes(declared('ISO-8859-1'), 'latin1')],
    ['the mark is stronger', bytes(`\ufeff${declared('ISO-8859-1')}`)],
    ['UTF-16, little end first', utf16(false)],
    ['UTF-16, big end first', utf16(true)],
    ['UTF-16 declared, but is none', bytes(declared('UTF-16'))],
    ['no such encoding', bytes(declared('x-nonsense'))],
    ['neither', bytes('<a>é</a>', 'latin1')],
  ]) assert.match(caret.decode(input), /<a>é<\/a>$/, what);
});

const finding = (severity, line, path = '/alert') => ({ severity, line, column: 1, path, rule: 'r', message: 'm' });
const message = (fields) => ({ index: 0, identifier: 'A', version: '1.2', strict: true, usable: true, findings: [], infos: [], geojson: { type: 'FeatureCollection', features: [] }, ...fields });
const answer = (fields) => ({ document: 'alert', messages: [], rejected: [], entries: 0, dropped: 0, error: null, ...fields });

test('the verdict is a word, a sign and what to do, and what is not usable is never strict', () => {
  const verdict = (item) => [checked.lookOf(item).word, checked.verdictWords(item)];
  const of = (fields) => verdict({ index: 0, message: message(fields), rejected: null });
  assert.deepEqual(of({}), ['strict', 'It conforms to CAP 1.2. Nothing is wrong with it.']);
  assert.deepEqual(of({ findings: [finding('warning', 1)] }), ['strict', 'It conforms to CAP 1.2. 1 warning to look at.']);
  const [word, words] = of({ strict: false, findings: [finding('error', 1), finding('error', 2)] });
  assert.equal(word, 'usable, not strict');
  assert.match(words, /in 2 places.*Mend/);
  assert.equal(verdict({ index: 0, message: null, rejected: { index: 0, line: 1, column: 1, message: 'm' } })[0], 'not usable');
  assert.equal(of({ strict: true, usable: false })[0], 'not usable');
});

test('a feed says how its messages fared, one without says where they are', () => {
  const rejected = [{ index: 1, line: 9, column: 1, message: 'm' }];
  const feed = answer({ document: 'atom', messages: [message({ index: 2, strict: false }), message({ index: 0 })], rejected });
  assert.deepEqual(checked.itemsOf(feed).map(({ index }) => index), [0, 1, 2]);
  assert.equal(checked.documentWords(feed), 'An Atom feed of 3 messages: 1 strict; 1 usable, not strict; 1 not usable.');
  assert.match(checked.documentWords(answer({ document: 'rss', entries: 12 })), /RSS feed with 12 entries that only point/);
  assert.match(checked.documentWords({ ...feed, dropped: 4 }), /4 more were not looked at/);
  assert.equal(checked.documentWords(answer({ messages: [message({})] })), '');
  assert.equal(checked.countWords([finding('info', 1), finding('error', 1), finding('error', 1)]), '2 errors, 1 remark');
});

test('findings stand in the order of the text, those of no place last', () => {
  const order = checked.inOrder([finding('info', 0), finding('error', 9), finding('warning', 2)]);
  assert.deepEqual(order.map(({ line }) => line), [2, 9, 0]);
});

test('a path within an area names it, others none', () => {
  for (const [path, area] of [
    ['/alert/info[2]/area[3]/polygon[1]', '2.3'],
    ['/alert/info[2]/area[3]', '2.3'],
    ['/alert/info/area/areaDesc', '1.1'],
    ['/alert/info[2]/areaX', null],
    ['/alert/info[2]/expires', null],
    ['/alert', null],
  ]) assert.equal(checked.areaOf(path), area, path);
});

test('areas that languages share are drawn once, and those without a shape are kept', () => {
  const ring = (lon) => [[[lon, 1], [lon + 1, 1], [lon, 2], [lon, 1]]];
  const feature = (info, area, lon) => ({ type: 'Feature', geometry: { type: 'Polygon', coordinates: ring(lon) }, properties: { info, area, shape: 'polygon' } });
  const info = (severity, ...names) => ({ severity, areas: names.map((description) => ({ description, geocodes: [], unresolved: null })) });
  const features = [feature(1, 1, 10), feature(1, 1, 20), feature(2, 1, 10), feature(2, 1, 20), feature(3, 1, 10)];
  const infos = [info('Severe', 'The creek', 'By code'), info('Severe', 'El arroyo'), info('Unknown', 'The creek')];
  const { shapes, idOf } = checked.shapesOf(message({ infos, geojson: { type: 'FeatureCollection', features } }), 7);
  assert.deepEqual(shapes.map(({ label, level, sign }) => [label, level, sign]), [['The creek; El arroyo', 'severe', undefined], ['By code', 'severe', undefined], ['The creek', 'none', '?']]);
  assert.equal(shapes[0].geometry.coordinates.length, 2);
  assert.equal(shapes[1].geometry, null);
  assert.equal(idOf.get('2.1'), idOf.get('1.1'));
  assert.notEqual(idOf.get('3.1'), idOf.get('1.1'), 'another level is another shape');
  assert.equal(idOf.size, 4);
});

test('a time is shown in the offset that it is given with', () => {
  for (const [time, words] of [
    ['2026-11-25T03:00:00-06:00', '25 Nov 2026, 03:00 −06:00'],
    ['2026-01-05T23:59:30+05:45', '5 Jan 2026, 23:59:30 +05:45'],
    ['2026-11-25T03:00:00-00:00', '25 Nov 2026, 03:00 UTC'],
    ['soon', 'soon'],
    ['2026-13-25T03:00:00-00:00', '2026-13-25T03:00:00-00:00'],
  ]) assert.equal(checked.asGiven(time), words);
});

test('profiles and signature are told in words beside the verdict on CAP', () => {
  const signature = { verdict: 'none', reason: '', anchored: false, flags: [], certificate: null };
  const said = message({
    conforms: { ipaws: false, wmo: true, google: true },
    findings: [{ severity: 'error', rule: 'ipaws:code', path: '/alert', message: 'x' }, { severity: 'warning', rule: 'wmo:event', path: '/alert', message: 'x' }],
    signature,
  });
  assert.deepEqual(checked.profileVerdicts(said).map(({ look, words }) => [look.word, words]), [
    ['IPAWS 1.0 (United States)', 'does not conform: 1 error'],
    ['WMO practice', 'conforms; 1 warning to look at'],
    ['Google Public Alerts', 'conforms'],
  ]);
  assert.equal(checked.verdictWords({ index: 0, message: said, rejected: null }), 'It conforms to CAP 1.2. Nothing is wrong with it.');
  assert.equal(checked.signatureVerdict(said).look.word, 'not signed');
  const verified = checked.signatureVerdict(message({ signature: { ...signature, verdict: 'verified', reason: 'the message is what was signed', certificate: 'CN=a', flags: ['short-key'] } }));
  assert.match(verified.words, /is what was signed; no trusted certificate vouches .*; its certificate says CN=a; flagged: short-key/);
});
