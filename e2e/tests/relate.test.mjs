// Putting incidents right: link what belongs together, split what is two, merge what is one. The journal says what was done.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { shot, signIn, skip, startBrowser, startDemoAt } from '../harness.mjs';
import { ask, assertAccessible, done, incidentNamed, incidentOf } from '../steps.mjs';

let demo, browser, page, houston, blanco, quake;

before(async () => {
  if (skip) return;
  [demo, browser] = await Promise.all([startDemoAt('2026-03-02T06:33:00Z'), startBrowser()]);
  const author = await browser.person();
  page = author.page;
  await signIn(author, demo, 'author');
  houston = (await incidentNamed(page, /^Flood watch for southeast Texas/)).id;
  blanco = (await incidentNamed(page, /^Blanco Rv/)).id;
  quake = (await incidentNamed(page, /^M 6\.2/)).id;
});
after(async () => {
  await browser?.stop();
  await demo?.stop();
});

const facts = async (kind) => (await demo.records()).filter((r) => r.kind === kind).map((r) => r.fact);
const open = (id) => page.goto(demo.at('author', `/incidents/${id}`));
const links = () => page.getByRole('region', { name: 'Linked incidents' });

/** Opens one of the dialogs of an incident, which axe then looks at. */
async function dialogOf(button, picture) {
  await page.getByRole('button', { name: button }).click();
  const dialog = page.getByRole('dialog');
  await dialog.waitFor();
  await assertAccessible(page, picture);
  await shot(page, picture);
  return dialog;
}

async function link(from, words, to, why, picture) {
  await open(from);
  const dialog = await dialogOf('Link …', picture);
  const act = dialog.getByRole('button', { name: 'Link', exact: true });
  await dialog.getByLabel(/^“/).selectOption({ label: words });
  await dialog.getByLabel('The other incident').selectOption(to);
  assert.ok(await act.isDisabled(), 'no link without a reason');
  await dialog.getByLabel('Why').fill(why);
  await act.click();
  await dialog.waitFor({ state: 'detached' });
}

test('two incidents are linked as related, and both pages and the story show it', { skip }, async () => {
  await link(blanco, 'is related to', houston, 'one storm brought both', 'link');
  assert.ok((await facts('linked')).some((f) => f.incident === blanco && f.to === houston && f.kind === 'related' && f.why === 'one storm brought both'));
  await links().getByText(/related to Flood watch for southeast Texas[\s\S]*one storm brought both/).waitFor();
  await page.getByText(`linked: related to ${houston}: one storm brought both`).waitFor();
  await open(houston);
  await links().getByText(/related to Blanco Rv/).waitFor();
});

test('an incident is linked to its cause, whose page says what it set off', { skip }, async () => {
  await link(blanco, 'is caused by', quake, 'the shaking broke a dam upstream', 'link-cause');
  assert.ok((await facts('linked')).some((f) => f.incident === blanco && f.to === quake && f.kind === 'cause'));
  await links().getByText(/caused by M 6\.2/).waitFor();
  await shot(page, 'linked');
  await open(quake);
  await links().getByText(/sets off Blanco Rv[\s\S]*broke a dam/).waitFor();
  const seen = (await incidentOf(page, quake)).links.find((l) => l.incident === blanco);
  assert.deepEqual(seen, { incident: blanco, kind: 'cascade', why: 'the shaking broke a dam upstream' });
});

test('an incident is split, and merged again', { skip }, async (t) => {
  const before = (await incidentOf(page, houston)).members.map((m) => m.id);
  assert.ok(before.length >= 2, `there is something to split: ${before}`);
  let part;

  await t.test('some members go into an incident of their own, and at least one stays', async () => {
    await open(houston);
    const dialog = await dialogOf('Split …', 'split');
    const act = dialog.getByRole('button', { name: 'Split off' });
    const boxes = dialog.getByRole('checkbox');
    assert.ok(await act.isDisabled(), 'nothing chosen, nothing split');
    for (const box of await boxes.all()) await box.check();
    assert.ok(await act.isDisabled(), 'one member has to stay');
    for (const box of (await boxes.all()).slice(0, -1)) await box.uncheck();
    await act.click();
    await dialog.waitFor({ state: 'detached' });
    const [split] = await facts('split');
    assert.equal(split.incident, houston);
    assert.equal(split.members.length, 1);
    part = split.into;
    const ids = async (id) => (await incidentOf(page, id)).members.map((m) => m.id);
    assert.deepEqual(await ids(houston), before.slice(0, -1));
    assert.deepEqual(await ids(part), before.slice(-1));
    assert.equal((await incidentOf(page, part)).status, 'open', 'the part needs a decision of its own');
    // Who split it finds the other part from where he is.
    await links().getByText(/split off by an operator/).waitFor();
    await page.getByText(new RegExp(`1 member split off into ${part}`)).waitFor();
  });

  await t.test('what has warnings of its own cannot be merged away: the dialog stays and says why', async () => {
    await done(page, `/incidents/${blanco}/warnings`, { version: (await incidentOf(page, blanco)).version });
    await open(houston);
    const dialog = await dialogOf('Merge …', 'merge');
    await dialog.getByLabel('The other incident').selectOption(blanco);
    await dialog.getByRole('button', { name: 'Merge', exact: true }).click();
    assert.match(await dialog.getByTestId('refused').innerText(), /warnings never merge[\s\S]*link the two/);
    await shot(page, 'merge-refused');
    await dialog.getByRole('button', { name: 'Go back' }).click();
    assert.deepEqual(await facts('merged'), []);
  });

  await t.test('the part is merged into the whole again, and its own page leads there', async () => {
    const dialog = await dialogOf('Merge …', 'merge-again');
    await dialog.getByLabel('The other incident').selectOption(part);
    await dialog.getByRole('button', { name: 'Merge', exact: true }).click();
    await dialog.waitFor({ state: 'detached' });
    assert.deepEqual(await facts('merged'), [{ incident: part, into: houston }]);
    assert.deepEqual((await incidentOf(page, houston)).members.map((m) => m.id).toSorted(), before.toSorted());
    const { answer } = await ask(page, 'GET', '/incidents');
    assert.ok(!answer.incidents.some((i) => i.id === part), 'what was merged is no longer in the list');
    await page.getByText(new RegExp(`merged into ${houston} by`)).waitFor();
    await open(part);
    await page.getByTestId('merged').getByRole('link', { name: /^Flood watch/ }).waitFor();
    assert.equal(await page.getByRole('button', { name: 'Merge …' }).count(), 0, 'nothing can be done with it any more');
    await shot(page, 'merged');
    await page.getByTestId('merged').getByRole('link').click();
    await page.getByRole('button', { name: 'Merge …' }).waitFor();
    await demo.journalVerify();
  });
});
