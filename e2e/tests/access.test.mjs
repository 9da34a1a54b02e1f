// The console can be used by keyboard alone, axe finds nothing serious, and a lost connection is said.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { shot, signIn, skip, startBrowser, startDemo } from '../harness.mjs';
import { assertAccessible } from '../steps.mjs';

let demo, browser;

before(async () => {
  if (skip) return;
  [demo, browser] = await Promise.all([startDemo(), startBrowser()]);
});
after(async () => {
  await browser?.stop();
  await demo?.stop();
});

for (const colorScheme of ['light', 'dark']) {
  test(`axe finds nothing serious or critical on any page, ${colorScheme}`, { skip }, async () => {
    const person = await browser.person({ colorScheme, reducedMotion: 'reduce' });
    const { page } = person;
    await page.goto(demo.at('author', '/sign-in'));
    await page.getByLabel('Login').waitFor();
    await assertAccessible(page, 'sign-in');
    await shot(page, `sign-in-${colorScheme}`);
    // The one-time address serves once; the second person comes in by password.
    await page.getByLabel('Login').fill('author');
    await page.getByLabel('Password').fill(demo.roles.author.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByTestId('incident').first().waitFor();
    await page.locator('[data-testid=map]:not([data-state=loading])').waitFor();
    await assertAccessible(page, 'incidents');
    await shot(page, `incidents-${colorScheme}`);
    assert.equal(await page.evaluate(() => document.getAnimations().length), 0, 'nothing moves where less motion is wanted');
    await page.getByTestId('incident').first().click();
    await page.getByTestId('members').waitFor();
    await assertAccessible(page, 'incident');
    await shot(page, `incident-${colorScheme}`);
    // The other colours' turn may have left a draft; then that one is opened.
    await page.getByRole('link', { name: 'Go on with the warning' }).or(page.getByRole('button', { name: 'Draft a warning' })).click();
    await page.getByTestId('editor').waitFor();
    await assertAccessible(page, 'warning');
    await shot(page, `warning-${colorScheme}`);
    for (const name of ['Sources', 'Journal']) {
      await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name }).click();
      await page.getByRole('heading', { name, level: 1 }).waitFor();
      await page.getByRole('table').waitFor();
      await assertAccessible(page, name);
      await shot(page, `${name.toLowerCase()}-${colorScheme}`);
    }
    assert.deepEqual(person.complaints, []);
  });
}

test('signing in and opening an incident need no mouse, and the focus is always visible', { skip }, async () => {
  const { page } = await browser.person();
  const focus = () =>
    page.evaluate(() => {
      const at = document.activeElement;
      const style = getComputedStyle(at);
      return { id: at.id, text: at.textContent.trim(), incident: at.dataset.testid === 'incident', visible: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 };
    });
  /** Goes on by Tab until `wanted`; every stop on the way must be seen. */
  const tabTo = async (what, wanted) => {
    for (let i = 0; i < 60; i += 1) {
      await page.keyboard.press('Tab');
      const at = await focus();
      assert.ok(at.visible, `the focus on “${at.text || at.id}” can be seen`);
      if (wanted(at)) return at;
    }
    return assert.fail(`${what} is never reached by Tab`);
  };
  await page.goto(demo.at('approver', '/'));
  await page.getByLabel('Login').waitFor();
  await page.keyboard.press('Tab');
  assert.equal((await focus()).text, 'Skip to the page');
  await tabTo('the login', (at) => at.id === 'login');
  await page.keyboard.press('Control+A');
  await page.keyboard.type('approver');
  await tabTo('the password', (at) => at.id === 'password');
  await page.keyboard.type(demo.roles.approver.password);
  await page.keyboard.press('Enter');
  await page.getByTestId('incident').first().waitFor();
  const at = await tabTo('an incident', (focused) => focused.incident);
  assert.ok(at.text.length > 0);
  await shot(page, 'keyboard');
  await page.keyboard.press('Enter');
  await page.getByTestId('members').waitFor();
});

test('a wrong password is refused in words', { skip }, async () => {
  const { page } = await browser.person();
  await page.goto(demo.at('author', '/'));
  await page.getByLabel('Login').fill('author');
  await page.getByLabel('Password').fill('wrong');
  await page.getByRole('button', { name: 'Sign in' }).click();
  assert.match(await page.getByTestId('refused').innerText(), /Not done\..{10,}/s);
});

test('a lost connection is said plainly, and goes away by itself', { skip }, async () => {
  const person = await browser.person();
  await signIn(person, demo, 'approver');
  const { page, context } = person;
  await page.getByTestId('incident').first().waitFor();
  await context.setOffline(true);
  assert.match(await page.getByTestId('not-connected').innerText(), /Not connected: what you see may be old[\s\S]*last update \d\d:\d\d:\d\d/);
  assert.ok(await page.getByTestId('incident').first().isVisible(), 'what was read stays readable');
  await shot(page, 'not-connected');
  await context.setOffline(false);
  await page.getByTestId('not-connected').waitFor({ state: 'detached' });
});
