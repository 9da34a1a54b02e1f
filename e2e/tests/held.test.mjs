// An alert whose status and text disagree waits for an officer: it is counted, said, read as it came, and put aside with a reason.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { eventually, shot, signIn, skip, startBrowser, startDemo } from '../harness.mjs';

// The recording's first such alert comes after 75 minutes of the river: time enough to sign in before it.
const SPEED = ['--speed', '120'];
let demo, browser;

before(async () => {
  if (skip) return;
  [demo, browser] = await Promise.all([startDemo({ more: SPEED }), startBrowser()]);
});
after(async () => {
  await browser?.stop();
  await demo?.stop();
});

test('a held alert is counted in the bar, said aloud, shown with what disagrees, and put aside by an officer', { skip }, async () => {
  const person = await browser.person();
  await signIn(person, demo, 'approver');
  const { page } = person;
  await page.getByTestId('spoken').evaluate((region) => {
    globalThis.said = [];
    new MutationObserver(() => globalThis.said.push(region.textContent)).observe(region, { childList: true, characterData: true, subtree: true });
  });
  await page.getByTestId('held-count').waitFor();
  await eventually('it is said aloud', () => page.evaluate(() => globalThis.said.some((words) => words.includes('An alert of warnings@alfa.example is held'))));
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Held alerts' }).click();
  const card = page.getByTestId('held').getByTestId('other-alert').filter({ hasText: 'ALFA-2026-0104' });
  await card.waitFor();
  const words = await card.innerText();
  assert.match(words, /warnings@alfa\.example/);
  assert.match(words, /status Exercise, but neither codes nor text say so/);
  assert.match(words, /received[\s\S]*07:15\sUTC/, 'the time of the place with UTC beside it');
  assert.ok(await card.getByRole('button', { name: 'Let it in …' }).isDisabled(), 'an exercise of others cannot be let in');
  await card.getByText('The message as it came').click();
  await card.getByText('<identifier>ALFA-2026-0104</identifier>').waitFor();
  await page.evaluate(await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'));
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  assert.deepEqual(violations.filter((v) => v.impact === 'serious' || v.impact === 'critical').map((v) => v.id), []);
  await shot(page, 'held-alerts');

  await card.getByRole('button', { name: 'Put it aside …' }).click();
  const dialog = page.getByRole('dialog');
  assert.ok(await dialog.getByRole('button', { name: 'Put it aside' }).isDisabled(), 'not without a reason');
  await dialog.getByLabel('Reason').fill('confirmed by telephone: their exercise');
  await dialog.getByRole('button', { name: 'Put it aside' }).click();
  await card.waitFor({ state: 'detached' });
  const aside = page.getByTestId('no-effect').getByTestId('other-alert').filter({ hasText: 'ALFA-2026-0104' });
  await aside.getByText('confirmed by telephone: their exercise').first().waitFor();
  assert.deepEqual(person.complaints, []);
});
