// Two people carry a warning from an incident to the public feed and the sink, and take it back.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { eventually, shot, signIn, skip, startBrowser, startDemo } from '../harness.mjs';
import { confirm } from '../steps.mjs';

let demo, browser, author, approver;
/** Everybody signed in by now; who may issue and retract depends on the roles they hold. */
const people = [];

before(async () => {
  if (skip) return;
  [demo, browser] = await Promise.all([startDemo(), startBrowser()]);
  [author, approver] = [await browser.person(), await browser.person()];
  people.push(author, approver);
});
after(async () => {
  await browser?.stop();
  await demo?.stop();
});

test('two people bring a warning to the public and take it back', { skip }, async (t) => {
  let address, identifier;

  await t.test('the author drafts a warning for an incident and submits it', async () => {
    await signIn(author, demo, 'author');
    const { page } = author;
    assert.match(await page.getByTestId('mode').innerText(), /EXERCISE/, 'the mode stands at the top, in words');
    await page.getByTestId('open').getByTestId('incident').first().click();
    await page.getByTestId('members').waitFor();
    // The recording goes on meanwhile: what moved between look and click is refused, and looked at again.
    const accept = page.getByRole('button', { name: 'Accept', exact: true });
    await eventually('the incident is accepted', async () => {
      if (await accept.isVisible()) await accept.click({ timeout: 3_000 }).catch(() => {});
      return page.getByText(/· accepted/).isVisible();
    });
    await page.getByRole('button', { name: 'Draft a warning' }).click();
    const headline = page.getByTestId('editor').getByLabel(/^Headline/);
    await headline.first().waitFor();
    assert.ok((await headline.count()) >= 2, 'two languages stand side by side');
    await headline.first().fill('Exercise of two people: leave low ground near the river now');
    // A draft may begin without an area; then it takes the incident's.
    const area = page.getByLabel('the incident’s area');
    if (await area.isVisible()) await area.check();
    await page.locator('[data-testid=editor][data-phase=saved]').waitFor();
    await page.getByText('Exercise of two people').first().waitFor();
    await shot(page, 'draft');
    await page.getByRole('button', { name: 'Submit for approval' }).click();
    await page.getByTestId('approve').waitFor();
    address = new URL(page.url()).pathname;
  });

  await t.test('the author cannot approve it: the page says why, and the server refuses', async () => {
    const { page } = author;
    assert.match(await page.getByTestId('why-not-approve').innerText(), /cannot approve this: .{10,}/);
    await shot(page, 'own-approval');
    const refusal = await page.evaluate(async ([path, password]) => {
      const read = async (url, options) => (await fetch(url, options)).json();
      const [, , incident, , id] = path.split('/');
      const { csrf } = await read('/api/v1/session');
      const { warnings } = await read(`/api/v1/incidents/${incident}`);
      const { version, digest } = warnings.find((w) => w.id === id);
      const headers = { 'Content-Type': 'application/json', 'X-CSRF-Token': csrf };
      const response = await fetch(`/api/v1/warnings/${id}/approve`, { method: 'POST', headers, body: JSON.stringify({ version, digest, password }) });
      return { status: response.status, ...(await response.json()).error };
    }, [address, demo.roles.author.password]);
    assert.ok(refusal.status >= 400 && refusal.status < 500, JSON.stringify(refusal));
    assert.ok(refusal.code && refusal.message && refusal.mend, `the refusal says what and what mends it: ${JSON.stringify(refusal)}`);
    assert.equal(await page.getByTestId('state').innerText().then((s) => /approval/.test(s)), true, 'it still waits for approval');
  });

  await t.test('the approver sees the digest, is refused without the right password, and approves', async () => {
    await signIn(approver, demo, 'approver');
    const { page } = approver;
    await page.goto(demo.at('approver', address));
    await page.getByTestId('approve').waitFor();
    assert.match(await page.getByTestId('approve').locator('[data-digest]').first().getAttribute('data-digest'), /^[0-9a-f]{64}$/);
    await page.getByText('Exercise of two people').first().waitFor();
    const password = page.getByLabel('Your password, again');
    const approve = page.getByRole('button', { name: 'Approve exactly this' });
    await password.fill('not the password');
    await approve.click();
    await page.getByTestId('refused').waitFor();
    await shot(page, 'approve-refused');
    await password.fill(demo.roles.approver.password);
    await approve.click();
    await page.getByTestId('issue').waitFor();
  });

  await t.test('it is issued after typing the mode and the audience', async () => {
    if (demo.roles.officer) {
      const officer = await browser.person();
      await signIn(officer, demo, 'officer');
      people.push(officer);
    }
    const page = await whoMay('Issue …');
    await page.getByRole('button', { name: 'Issue …' }).click();
    await shot(page, 'issue');
    await confirm(page, /Issue in exercise mode/);
    await page.getByTestId('channels').waitFor();
    identifier = (await page.getByTestId('identifier').innerText()).trim();
    assert.ok(identifier.length > 3);
  });

  await t.test('it stands in the public feed and at the sink, and the read-back says so', async () => {
    await eventually(`${identifier} is in the public feed`, async () => (await demo.fetch('/feed/atom.xml')).text.includes(identifier));
    await eventually(`${identifier} is at the sink`, async () => (await demo.sinkText()).includes(identifier));
    await author.page.goto(demo.at('author', address));
    await author.page.locator('[data-testid=channels] tr[data-read-back=matches]').first().waitFor();
    await shot(author.page, 'issued');
  });

  await t.test('an update can be begun, and leads to a draft', async () => {
    const page = await whoMay('Draft an update');
    await page.getByRole('button', { name: 'Draft an update' }).click();
    await page.getByTestId('editor').waitFor();
    assert.match(await page.getByRole('heading', { level: 1 }).innerText(), /^Update/);
    await shot(page, 'update');
  });

  await t.test('it is cancelled as an error after typed confirmation', async () => {
    const page = await whoMay('It was an error …');
    await page.getByRole('button', { name: 'It was an error …' }).click();
    await shot(page, 'retract');
    await confirm(page, 'Send the Cancel', 'end of the exercise');
    await page.getByTestId('state').filter({ hasText: 'cancelled' }).waitFor();
    await eventually('the Cancel is at the sink', async () => /Cancel/.test(await demo.sinkText()));
  });

  await t.test('the story tells it, and the journal verifies', async () => {
    const { page } = author;
    await page.goto(demo.at('author', `${address.split('/').slice(0, 3).join('/')}/story`));
    await page.getByText(/approved/).first().waitFor();
    await shot(page, 'story');
    await demo.journalVerify();
  });

  assert.deepEqual(people.flatMap((person) => person.complaints), []);

  /** The page, opened again at the warning, of one who sees this button. */
  async function whoMay(name) {
    for (const { page } of people) await page.goto(new URL(address, page.url()).href);
    return eventually(`somebody sees “${name}”`, async () => {
      for (const { page } of people) if (await page.getByRole('button', { name }).isVisible()) return page;
      return null;
    });
  }
});
