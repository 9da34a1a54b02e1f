// An outlet is dead: it is dropped from an approved warning, whose approval stands, and the others are warned without delay.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createServer } from 'node:http';
import { eventually, shot, signIn, skip, startBrowser, startDemoAt } from '../harness.mjs';
import { approved, ask, assertAccessible, confirm, done, incidentNamed, inFeed, issued, pathOf, warningOf } from '../steps.mjs';

const DEAD = 'county-webhook';
let demo, browser, author, approver, outlet;

/** The receiver at the other end: it refuses everything until it is `alive`, then keeps what it takes. */
async function startOutlet() {
  const taken = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk) => (body += chunk)).on('end', () => {
      if (outlet.alive) taken.push(body);
      response.writeHead(outlet.alive ? 200 : 503).end(outlet.alive ? 'taken' : 'closed for repair');
    });
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  return { alive: false, has: (identifier) => taken.some((body) => body.includes(identifier)), url: `http://127.0.0.1:${server.address().port}/hook`, stop: () => server.close() };
}

before(async () => {
  if (skip) return;
  outlet = await startOutlet();
  [demo, browser] = await Promise.all([startDemoAt('2026-03-02T06:33:00Z', ['--sink', outlet.url]), startBrowser()]);
  [author, approver] = [await browser.person(), await browser.person()];
  await signIn(author, demo, 'author');
  await signIn(approver, demo, 'approver');
});
after(async () => {
  await browser?.stop();
  await demo?.stop();
  outlet?.stop();
});

const dropped = async () => (await demo.records()).filter((r) => r.kind === 'channel_dropped');
const row = (page, channel, state) => page.locator(`[data-testid=destinations] [data-channel=${channel}][data-state=${state}]`);
const dropButton = (page) => page.getByRole('button', { name: `Drop ${DEAD} …` });

/** A warning about an incident, brought as far as `to`. */
async function warn(title, headline, to = approved) {
  const incident = await incidentNamed(author.page, title);
  return to(author.page, approver.page, demo.roles.approver.password, incident.id, headline);
}

test('a dead channel is dropped from an approved warning, which is then issued without it', { skip }, async (t) => {
  const first = await warn(/^Flood watch/, 'Exercise: the first finds the outlet dead', issued);
  const warning = await warn(/^Blanco Rv/, 'Exercise: the second goes round it');
  const { page } = author;

  await t.test('the page says which channel is dead, and only that one can be dropped', async () => {
    await page.goto(demo.at('author', pathOf(warning)));
    await row(page, DEAD, 'dead').waitFor();
    assert.match(await row(page, DEAD, 'dead').innerText(), /✕\s*does not answer[\s\S]*503/, 'by sign and words, with what was heard last');
    assert.equal(await page.getByRole('button', { name: /^Drop / }).count(), 1);
    await assertAccessible(page, 'approved, a channel is dead');
    await shot(page, 'dead-channel');
    const { version } = await warningOf(page, warning.id);
    const alive = await ask(page, 'POST', `/warnings/${warning.id}/drop-channel`, { version, channel: 'outbox' });
    assert.equal(alive.code, 'alive', 'what is not known to be dead is not dropped');
  });

  await t.test('by keyboard: it asks first, and Escape leaves without doing anything', async () => {
    const dialog = page.getByRole('dialog', { name: `Drop ${DEAD} from this warning` });
    await dropButton(page).focus();
    await page.keyboard.press('Enter');
    await dialog.waitFor();
    await assertAccessible(page, 'drop a channel');
    await page.keyboard.press('Enter');
    assert.ok(await dialog.getByRole('button', { name: `Drop ${DEAD}` }).isDisabled(), 'a second Enter drops nothing');
    assert.ok(await dialog.isVisible());
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    assert.deepEqual(await dropped(), []);

    await dropButton(page).focus();
    await page.keyboard.press('Enter');
    await dialog.waitFor();
    await page.keyboard.press('Space');
    await shot(page, 'drop-channel');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await row(page, DEAD, 'dropped').waitFor();
  });

  await t.test('the journal says who dropped it and why, and the approval stands', async () => {
    const [record, ...more] = await dropped();
    assert.deepEqual(more, []);
    assert.equal(record.fact.warning, warning.id);
    assert.equal(record.fact.channel, DEAD);
    assert.match(record.fact.why, /^dead: .*503/);
    assert.equal(record.by, (await ask(page, 'GET', '/session')).answer.account);
    const now = await warningOf(page, warning.id);
    assert.deepEqual([now.state, now.approval.digest], ['approved', warning.approval.digest]);
    assert.equal(await dropButton(page).count(), 0);
    const again = await ask(page, 'POST', `/warnings/${warning.id}/drop-channel`, { version: now.version, channel: DEAD });
    assert.equal(again.code, 'elsewhere', 'it is not dropped twice');
    await shot(page, 'dropped-channel');
  });

  await t.test('it is issued to the others, and never to the one that was dropped', async () => {
    await page.getByRole('button', { name: 'Issue …' }).click();
    assert.match(await page.getByRole('dialog').innerText(), /goes out by outbox, public-feed to[\s\S]*not sent there: county-webhook/);
    await shot(page, 'issue-without');
    await confirm(page, /Issue in exercise mode/);
    await inFeed(demo, 'the second', (m) => m.identifier === warning.identifier);
    await page.getByTestId('channels').waitFor();
    const after = await warningOf(page, warning.id);
    assert.deepEqual(after.channels.map((c) => c.channel), ['outbox', 'public-feed']);
    assert.deepEqual(after.renderings.map((r) => r.channel), ['outbox', 'public-feed'], 'nothing is shown that was not sent');
    const issue = (await demo.records()).find((r) => r.kind === 'issued' && r.fact.warning === warning.id);
    assert.deepEqual(Object.keys(issue.fact.issued_digests), ['outbox', 'public-feed']);
  });

  await t.test('a channel that answers again meanwhile is not dropped: the dialog says so in words', async () => {
    const third = await warn(/^M 6\.2/, 'Exercise: the third finds it alive again');
    await page.goto(demo.at('author', pathOf(third)));
    await dropButton(page).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('checkbox').check();
    outlet.alive = true;
    await eventually('the outlet took the first message', () => outlet.has(first.identifier));
    await row(page, DEAD, 'ready').waitFor();
    await dialog.getByRole('button', { name: `Drop ${DEAD}` }).click();
    assert.match(await dialog.getByTestId('refused').innerText(), /not known to be dead/);
    await shot(page, 'drop-refused');
    await dialog.getByRole('button', { name: 'Go back' }).click();
    assert.equal((await dropped()).length, 1);

    const { version, confirm: words } = await warningOf(page, third.id);
    await done(page, `/warnings/${third.id}/issue`, { version, confirm: words.issue });
    await eventually('the outlet took the third', () => outlet.has(third.identifier));
    assert.ok(!outlet.has(warning.identifier), 'what was dropped from it never came there, also not later');
    await demo.journalVerify();
  });
});
