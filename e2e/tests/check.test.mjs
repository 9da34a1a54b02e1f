// A message is pasted or dropped, its verdict and findings are read, each leads to its place in the text and on the map.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { shot, skip, SOFTWARE_WEBGL, startBrowser, startDemo } from '../harness.mjs';
import { assertAccessible } from '../steps.mjs';

const info = (language, event, areas) => `
  <info>
    <language>${language}</language>
    <category>Met</category>
    <event>${event}</event>
    <responseType>Evacuate</responseType>
    <urgency>Immediate</urgency>
    <severity>Severe</severity>
    <certainty>Observed</certainty>
    <onset>2026-11-25T04:00:00-06:00</onset>
    <expires>2026-11-25T10:00:00-06:00</expires>
    <senderName>Crooked County Emergency Management</senderName>
    <headline>${event}: leave low ground now</headline>
    <description>The creek is over its banks.</description>
    <instruction>Go to higher ground before 5 a.m.</instruction>${areas}
  </info>`;
const area = (words, shape) => `
    <area>
      <areaDesc>${words}</areaDesc>
      ${shape}
    </area>`;
const RING = '29.70,-95.60 29.72,-95.35 29.84,-95.30 29.83,-95.58 29.70,-95.60';
const EAST = '29.72,-95.20 29.74,-95.05 29.82,-95.06 29.72,-95.20';
const alert = (identifier, sent, infos) => `<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">
  <identifier>${identifier}</identifier>
  <sender>warn@county.example</sender>
  <sent>${sent}</sent>
  <status>Actual</status>
  <msgType>Alert</msgType>
  <scope>Public</scope>${infos}
</alert>`;
const HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n';
const areas = (one, two) => area(one, `<polygon>${RING}</polygon>`) + area(two, `<polygon>${EAST}</polygon>`);
const GOOD = HEAD + alert('county-2026-0007', '2026-11-25T03:12:00-06:00', info('en-US', 'River flood', areas('Crooked Creek', 'Ship channel')) + info('es-US', 'Inundación', areas('Crooked Creek', 'Canal de navegación')));
/** The time on line 5 is UTC as CAP does not write it; the ring on line 28 is open. */
const BROKEN = GOOD.replace('03:12:00-06:00', '09:12:00+00:00').replace(` 29.72,-95.20</polygon>`, '</polygon>');
const BROKEN_LINES = BROKEN.split('\n').flatMap((line, i) => (line.includes('+00:00') || (line.includes('29.82,-95.06<')) ? [i + 1] : []));

let demo, browser;

before(async () => {
  if (skip) return;
  [demo, browser] = await Promise.all([startDemo(), startBrowser(SOFTWARE_WEBGL)]);
});
after(async () => {
  await browser?.stop();
  await demo?.stop();
});

/** A person with the page open, come there by the link in the bar. */
async function atCheck(options) {
  const person = await browser.person(options);
  // The printed address signs in once; there are several tests.
  await person.page.goto(demo.at('approver', '/'));
  await person.page.getByLabel('Login').fill('approver');
  await person.page.getByLabel('Password').fill(demo.roles.approver.password);
  await person.page.getByRole('button', { name: 'Sign in' }).click();
  await person.page.getByTestId('login').waitFor();
  await person.page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Check' }).click();
  await person.page.getByRole('heading', { name: 'Check a message' }).waitFor();
  return person;
}

async function paste(page, text) {
  await page.getByLabel('Message', { exact: true }).fill(text);
  await page.keyboard.press('Control+Enter');
}

const verdict = (page, words) => page.getByTestId('verdict').filter({ hasText: words }).waitFor();
const mapOf = (page) => page.locator('[data-testid=map]:not([data-state=loading])');

/** Where the caret stands: the line from 1, and what is marked. */
const caret = (page) =>
  page.getByLabel('Message', { exact: true }).evaluate((text) => ({
    focused: document.activeElement === text,
    line: text.value.slice(0, text.selectionStart).split('\n').length,
    marked: text.value.slice(text.selectionStart, text.selectionEnd),
    // The line is in sight, not only selected.
    visible: (text.value.slice(0, text.selectionStart).split('\n').length - 0.5) * parseFloat(getComputedStyle(text).lineHeight) - text.scrollTop,
    height: text.clientHeight,
  }));

test('a good message is strict, stands on the map, and its times keep their offset', { skip }, async (t) => {
  const { page, complaints, requests } = await atCheck({ viewport: { width: 1280, height: 900 } });
  assert.ok(!requests.some((url) => /assets\/Check-.*\.js/.test(url) && requests.indexOf(url) < requests.findIndex((u) => u.endsWith('/incidents'))), 'the page is not part of the first load');
  await paste(page, GOOD);
  await verdict(page, /✓\s*strict/);
  await verdict(page, /conforms to CAP 1\.2/);
  const said = await page.getByTestId('said').innerText();
  assert.match(said, /25 Nov 2026, 03:12 −06:00/);
  assert.match(said, /25 Nov 2026, 10:00 −06:00/);
  assert.match(said, /Actual, Alert, Public/);
  await mapOf(page).waitFor();
  if ((await page.getByTestId('map').getAttribute('data-state')) === 'no-webgl') t.diagnostic('no WebGL: the map is not looked at');
  else {
    await page.locator('.map-sign').nth(1).waitFor();
    assert.equal(await page.locator('.map-sign').count(), 2, 'areas that both languages share are drawn once');
    await page.locator('.map-sign').last().click();
    await page.getByTestId('area-words').filter({ hasText: 'Ship channel; Canal de navegación' }).waitFor();
  }
  await page.getByTestId('said').getByRole('button', { name: 'Crooked Creek' }).first().click();
  await page.getByTestId('area-words').filter({ hasText: 'Crooked Creek' }).waitFor();
  await shot(page, 'check-strict');
  assert.deepEqual(complaints, []);
});

test('each finding leads to its place in the text and to its area', { skip }, async () => {
  const { page } = await atCheck({ viewport: { width: 1280, height: 900 } });
  await paste(page, BROKEN);
  await verdict(page, /!\s*usable, not strict/);
  const findings = page.getByTestId('check-findings').getByRole('button');
  const words = await findings.allInnerTexts();
  const lineOf = (text) => Number(/^(\d+):\d+/.exec(text)?.[1]);
  assert.deepEqual([...new Set(words.map(lineOf))].filter((line) => BROKEN_LINES.includes(line)), BROKEN_LINES, words.join('\n'));
  assert.ok(words.every((text) => text.split('\n').length >= 2 && text.length > 20), 'each says its rule and its mend');
  await mapOf(page).waitFor();
  for (const line of BROKEN_LINES) {
    await findings.nth(words.findIndex((text) => lineOf(text) === line)).click();
    const at = await caret(page);
    assert.ok(at.focused, 'the text has the focus');
    assert.equal(at.line, line);
    assert.match(at.marked, line === BROKEN_LINES[0] ? /^<sent>|^2026/ : /^<polygon>|^29\.72/);
    assert.ok(at.visible > 0 && at.visible < at.height, `line ${line} is in sight`);
  }
  await page.getByTestId('area-words').filter({ hasText: 'Ship channel' }).waitFor();
  await shot(page, 'check-findings');
  await page.keyboard.press('F8');
  await page.keyboard.press('Shift+F8');
  assert.equal((await caret(page)).line, BROKEN_LINES[1], 'F8 goes on, Shift+F8 back');
  await page.keyboard.press('Home');
  await page.keyboard.type(' ');
  await verdict(page, /changed since/);
});

test('profiles and the signature are judged beside CAP', { skip }, async () => {
  const { page } = await atCheck({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce' });
  await page.getByText('Check against profiles too').click();
  await page.getByLabel('IPAWS 1.0 (United States)').check();
  await paste(page, GOOD);
  await verdict(page, /✓\s*strict/);
  const further = page.getByTestId('further-verdicts');
  await further.filter({ hasText: /✕\s*IPAWS 1\.0 \(United States\)\s*does not conform: \d+ error/ }).waitFor();
  await further.filter({ hasText: /not signed/ }).waitFor();
  await page.getByTestId('check-findings').getByText('ipaws:code', { exact: true }).waitFor();
  await assertAccessible(page, 'check, profiles');
  await shot(page, 'check-profiles');
});

test('several messages are chosen from, also those that nobody can use', { skip }, async () => {
  const { page } = await atCheck({ viewport: { width: 1280, height: 900 } });
  const entry = (content) => `  <entry>\n    <id>e</id>\n    <content type="text/xml">\n${content}\n    </content>\n  </entry>`;
  const strict = GOOD.slice(HEAD.length);
  const nameless = strict.replace(/ *<identifier>.*\n/, '');
  await paste(page, `${HEAD}<feed xmlns="http://www.w3.org/2005/Atom">\n${[strict, nameless, BROKEN.slice(HEAD.length)].map(entry).join('\n')}\n</feed>`);
  await verdict(page, /An Atom feed of 3 messages: 1 strict; 1 usable, not strict; 1 not usable/);
  const picker = page.getByLabel('Message of the document');
  assert.match((await picker.locator('option').allInnerTexts())[1], /^✕ 2: .*\(not usable\)$/);
  await picker.selectOption({ index: 1 });
  await verdict(page, /✕\s*not usable/);
  await page.getByTestId('check-findings').getByRole('button').click();
  assert.match((await caret(page)).marked, /^<alert/);
  await picker.selectOption({ index: 2 });
  await verdict(page, /usable, not strict/);
  await page.getByTestId('check-findings').getByRole('button').first().waitFor();
  await shot(page, 'check-feed');
});

test('nothing, rubbish, too much and a lost connection are told in words', { skip }, async () => {
  const { page, context } = await atCheck({ viewport: { width: 1280, height: 900 } });
  await page.getByRole('button', { name: 'Check', exact: true }).click();
  await verdict(page, /nothing to check yet: paste a message, or open a file/);
  await paste(page, 'the water is rising');
  await verdict(page, /✕\s*not usable[\s\S]*could not be read as CAP/);
  assert.match(await page.getByTestId('check-findings').innerText(), /.{30,}/);
  await shot(page, 'check-rubbish');
  await page.getByLabel('File to check').setInputFiles({ name: 'huge.xml', mimeType: 'text/xml', buffer: Buffer.alloc(9 * 2 ** 20, 0x20) });
  await page.getByTestId('refused').filter({ hasText: /9\.0 MiB[\s\S]*8 MiB/ }).waitFor();
  await context.setOffline(true);
  await paste(page, GOOD);
  await page.getByTestId('refused').filter({ hasText: /did not answer[\s\S]*text is still here/ }).waitFor();
  await shot(page, 'check-offline');
  await context.setOffline(false);
  await page.getByRole('button', { name: 'Check', exact: true }).click();
  await verdict(page, /✓\s*strict/);
});

test('a file is checked byte for byte, in the encoding that it declares', { skip }, async () => {
  const { page } = await atCheck();
  const latin = GOOD.replace('UTF-8', 'ISO-8859-1');
  await page.getByLabel('File to check').setInputFiles({ name: 'latin.xml', mimeType: 'text/xml', buffer: Buffer.from(latin, 'latin1') });
  await verdict(page, /✓\s*strict/);
  assert.match(await page.locator('#check-text').inputValue(), /Inundación/);
  await page.getByTestId('said').getByText('Inundación', { exact: true }).waitFor();
  // Pasted, the same text is no longer in the encoding that it declares, and is read right all the same.
  await paste(page, `${latin}\n`);
  await page.getByTestId('said').getByText('Inundación', { exact: true }).waitFor();
});

for (const [name, options] of [
  ['wide', { viewport: { width: 1280, height: 900 } }],
  ['narrow', { viewport: { width: 400, height: 800 } }],
  ['dark', { viewport: { width: 1280, height: 900 }, colorScheme: 'dark' }],
]) {
  test(`axe finds nothing serious, and nothing runs off the page: ${name}`, { skip }, async () => {
    const { page } = await atCheck({ reducedMotion: 'reduce', ...options });
    await assertAccessible(page, `check, empty, ${name}`);
    await paste(page, BROKEN);
    await verdict(page, /usable, not strict/);
    await mapOf(page).waitFor();
    await page.getByTestId('check-findings').getByRole('button').last().click();
    await assertAccessible(page, `check, ${name}`);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'nothing runs off to the side');
    await shot(page, `check-${name}`);
  });
}
