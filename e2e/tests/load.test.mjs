// The first load is small, the map comes after the list, and nothing is asked of any other host.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { signIn, shot, skip, SOFTWARE_WEBGL, startBrowser, startDemo } from '../harness.mjs';

const BUDGET_BYTES = 600_000;
let demo, browser;

before(async () => {
  if (skip) return;
  [demo, browser] = await Promise.all([startDemo(), startBrowser(SOFTWARE_WEBGL)]);
});
after(async () => {
  await browser?.stop();
  await demo?.stop();
});

test('the incident list is readable within the byte budget, before the map is asked for', { skip }, async () => {
  const person = await browser.person();
  const wire = await person.context.newCDPSession(person.page);
  await wire.send('Network.enable');
  const received = [];
  let mark = null;
  wire.on('Network.loadingFinished', ({ encodedDataLength }) => received.push(encodedDataLength));
  await signIn(person, demo, 'author');
  await person.page.getByTestId('incident').first().waitFor();
  mark = received.length;
  const bytes = received.slice(0, mark).reduce((sum, n) => sum + n, 0);
  assert.ok(bytes > 10_000, `something was measured: ${bytes}`);
  assert.ok(bytes <= BUDGET_BYTES, `${bytes} bytes came before the list, ${BUDGET_BYTES} is the budget`);

  await person.page.locator('[data-testid=map]:not([data-state=loading])').waitFor();
  const asked = person.requests.map((url) => new URL(url).pathname);
  const list = asked.indexOf('/api/v1/incidents');
  const map = asked.findIndex((path) => /\/assets\/map-.*\.js$/.test(path));
  assert.ok(list >= 0 && map > list, `the map is asked for after the list: ${asked.join(' ')}`);
});

test('the map draws from files of this server alone, under its strict policy', { skip }, async (t) => {
  const person = await browser.person();
  await person.page.goto(demo.at('approver', '/'));
  await person.page.getByLabel('Login').fill('approver');
  await person.page.getByLabel('Password').fill(demo.roles.approver.password);
  await person.page.getByRole('button', { name: 'Sign in' }).click();
  await person.page.locator('[data-testid=map]:not([data-state=loading])').waitFor();
  const state = await person.page.getByTestId('map').getAttribute('data-state');
  if (state === 'no-webgl') return t.skip('this browser offers no WebGL, also not in software');
  assert.equal(state, 'shown');
  await person.page.locator('.map-sign').first().waitFor();
  await person.page.waitForLoadState('networkidle').catch(() => {});
  await shot(person.page, 'map');
  const foreign = person.requests.filter((url) => !url.startsWith('blob:') && !url.startsWith('data:') && !new URL(url).hostname.endsWith('localhost'));
  assert.deepEqual(foreign, []);
  assert.deepEqual(person.complaints, []);
});

test('without WebGL the console says so and everything else works', { skip }, async () => {
  const plain = await startBrowser();
  try {
    const person = await plain.person();
    await person.context.addInitScript(() => {
      HTMLCanvasElement.prototype.getContext = () => null;
    });
    await person.page.goto(demo.at('author', '/'));
    await person.page.getByLabel('Login').fill('author');
    await person.page.getByLabel('Password').fill(demo.roles.author.password);
    await person.page.getByRole('button', { name: 'Sign in' }).click();
    await person.page.locator('[data-testid=map][data-state=no-webgl]').waitFor();
    assert.match(await person.page.getByTestId('map').innerText(), /no WebGL/);
    await person.page.getByTestId('incident').first().click();
    await person.page.getByTestId('members').waitFor();
  } finally {
    await plain.stop();
  }
});
