// Saying no: a warning goes back to its author with words, and an incident gets no warning, with a time to look again.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { eventually, shot, signIn, skip, startBrowser, startDemoAt } from '../harness.mjs';
import { approve, ask, assertAccessible, done, incidentNamed, incidentOf, pathOf, submitted, warningOf } from '../steps.mjs';

let demo, browser, author, approver;

before(async () => {
  if (skip) return;
  [demo, browser] = await Promise.all([startDemoAt('2026-03-02T06:33:00Z'), startBrowser()]);
  [author, approver] = [await browser.person(), await browser.person()];
  await signIn(author, demo, 'author');
  await signIn(approver, demo, 'approver');
});
after(async () => {
  await browser?.stop();
  await demo?.stop();
});

/** The records of one kind about one thing, oldest first. */
const recordsOf = async (kind, about) => (await demo.records()).filter((r) => r.kind === kind && Object.values(r.fact).includes(about));
const accountOf = async ({ page }) => (await ask(page, 'GET', '/session')).answer.account;

/** Sends back by the dialog, which asks for words first. */
async function sendBack(page, words, picture) {
  await page.getByRole('button', { name: 'Send back …' }).click();
  const dialog = page.getByRole('dialog');
  const button = dialog.getByRole('button', { name: 'Send back' });
  assert.ok(await button.isDisabled(), 'nothing goes back without words');
  await assertAccessible(page, picture);
  await dialog.getByLabel('What has to change').fill(words);
  await shot(page, picture);
  await button.click();
  await page.getByTestId('state').filter({ hasText: 'draft' }).waitFor();
}

/** The author reads why it came back, mends the headline and submits again; gives the digest of what waits now. */
async function mendAndSubmit(page, id, why, headline) {
  assert.match(await page.getByTestId('returned').innerText(), why, 'the author reads beside the findings why it came back');
  await shot(page, 'returned');
  await page.getByTestId('editor').getByLabel(/^Headline/).first().fill(headline);
  await eventually('the new words are kept', async () => (await warningOf(page, id)).draft.languages[0].headline === headline);
  await page.getByRole('button', { name: 'Submit for approval' }).click();
  await page.getByTestId('approve').waitFor();
  return (await warningOf(page, id)).digest;
}

test('a warning goes back with words, and nothing that was approved before can be issued', { skip }, async (t) => {
  const incident = await incidentNamed(author.page, /^Flood watch for southeast Texas/);
  const warning = await submitted(author.page, incident.id, 'Exercise: leave low ground near the river');
  const first = warning.digest;
  let second;
  await author.page.goto(demo.at('author', pathOf(warning)));
  await approver.page.goto(demo.at('approver', pathOf(warning)));

  await t.test('who judges it sends back what was submitted; who wrote it has no such button', async () => {
    await author.page.getByTestId('why-not-approve').waitFor();
    assert.equal(await author.page.getByRole('button', { name: 'Send back …' }).count(), 0);
    await sendBack(approver.page, 'name the bayou', 'send-back');
    const [voided] = await recordsOf('voided', warning.id);
    assert.equal(voided.fact.why, 'name the bayou');
    assert.equal(voided.by, await accountOf(approver));
    assert.equal((await warningOf(author.page, warning.id)).state, 'draft');
  });

  await t.test('the author reads why, edits and submits again: another digest waits', async () => {
    second = await mendAndSubmit(author.page, warning.id, /name the bayou/, 'Exercise: leave low ground near Greens Bayou');
    assert.match(second, /^[0-9a-f]{64}$/);
    assert.notEqual(second, first);
  });

  await t.test('an approval given before is void once it goes back', async () => {
    const { page } = approver;
    await approve(page, demo.roles.approver.password);
    assert.equal((await warningOf(page, warning.id)).approval.digest, second);
    await shot(page, 'approved');
    await sendBack(page, 'the Spanish headline says something else', 'send-back-approved');
    const sent = await warningOf(page, warning.id);
    assert.deepEqual([sent.state, sent.approval, sent.digest], ['draft', null, null]);
    const issue = await ask(author.page, 'POST', `/warnings/${warning.id}/issue`, { version: sent.version, confirm: sent.confirm.issue });
    assert.deepEqual([issue.status, issue.code], [409, 'not_approved']);
  });

  await t.test('submitted again it needs a new approval: the old digest is refused, the new one is approved', async () => {
    const third = await mendAndSubmit(author.page, warning.id, /Spanish headline/, 'Exercise: leave low ground near Greens Bayou now');
    assert.ok(third !== first && third !== second);
    const { version, state, confirm } = await warningOf(author.page, warning.id);
    assert.equal(state, 'submitted');
    const issue = await ask(author.page, 'POST', `/warnings/${warning.id}/issue`, { version, confirm: confirm.issue });
    assert.equal(issue.code, 'not_approved', JSON.stringify(issue));
    const old = await ask(approver.page, 'POST', `/warnings/${warning.id}/approve`, { version, digest: second, password: demo.roles.approver.password });
    assert.equal(old.code, 'digest', JSON.stringify(old));
    await approve(approver.page, demo.roles.approver.password);
    assert.deepEqual((await recordsOf('approved', warning.id)).map((r) => r.fact.digest), [second, third]);
  });
});

test('an incident is declined with a reason and a time of review, and the story tells it', { skip }, async () => {
  const { page } = approver;
  const { id } = await incidentNamed(page, /^Blanco Rv/);
  await page.goto(demo.at('approver', `/incidents/${id}`));
  await page.getByRole('button', { name: 'Decline …' }).click();
  const dialog = page.getByRole('dialog');
  const decline = dialog.getByRole('button', { name: 'Decline', exact: true });
  assert.ok(await decline.isDisabled(), 'nothing is declined without a reason');
  await dialog.getByLabel('Reason').fill('the gauge stands on private ground and falls already');
  const review = dialog.getByLabel(/^Look again at/);
  assert.match(await review.inputValue(), /^2026-03-02T01:/, 'an hour ahead, in the time of the place');
  await assertAccessible(page, 'decline');

  // A time that has passed is refused in words, and nothing is recorded.
  await review.fill('2026-03-01T23:00');
  await decline.click();
  await dialog.getByText(/Sun 1 Mar 2026, 23:00\sCST\s\(2 Mar 2026, 05:00\sUTC\)\s*, which has passed/).waitFor();
  assert.match(await dialog.getByTestId('refused').innerText(), /review must lie ahead[\s\S]*after 2026-03-02 06:\d\d UTC/);
  await shot(page, 'decline-refused');
  assert.deepEqual(await recordsOf('declined', id), []);

  // 04:30 in Texas, which is six hours behind UTC in March's first days.
  await review.fill('2026-03-02T04:30');
  await shot(page, 'decline');
  await decline.click();
  await dialog.waitFor({ state: 'detached' });
  const [declined] = await recordsOf('declined', id);
  assert.deepEqual(declined.fact, { incident: id, reason: 'the gauge stands on private ground and falls already', review_at: '2026-03-02T10:30:00Z' });
  assert.equal(declined.by, await accountOf(approver));
  assert.equal((await incidentOf(page, id)).status, 'declined');

  await page.goto(demo.at('approver', '/'));
  await page.getByRole('region', { name: 'Declined, to be reviewed' }).getByText(/^Blanco Rv/).waitFor();
  await page.goto(demo.at('approver', `/incidents/${id}/story`));
  await page.getByText(/no warning for now, decided by .*: the gauge stands on private ground.*review at 2026-03-02 10:30 UTC/).waitFor();
  await shot(page, 'declined-story');
});

test('what was accepted can still get no warning, and why stands in the story', { skip }, async () => {
  const { page } = approver;
  const { id } = await incidentNamed(page, /^M 6\.2/);
  await done(page, `/incidents/${id}/accept`, { version: (await incidentOf(page, id)).version });
  await page.goto(demo.at('approver', `/incidents/${id}`));
  await page.getByRole('button', { name: 'No warning because …' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Reason').fill('it lies outside our jurisdiction');
  await assertAccessible(page, 'no warning');
  await dialog.getByRole('button', { name: 'Record it' }).click();
  await page.getByText(/no warning for now, decided by .*: it lies outside our jurisdiction/).waitFor();
  assert.equal((await recordsOf('declined', id)).length, 1);
  assert.equal((await incidentOf(page, id)).status, 'declined');
  await page.getByRole('button', { name: 'Accept after all' }).waitFor();
  await demo.journalVerify();
});
