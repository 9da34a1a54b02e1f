// What several tests do: type a confirmation, ask the server as the signed-in person, read what the public can read.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { eventually } from './harness.mjs';

/** Fills the dialog that is open, types the words it asks for, and sends. */
export async function confirm(page, act, reason) {
  const dialog = page.getByRole('dialog');
  if (reason) await dialog.getByLabel('Reason').fill(reason);
  const words = await page.getByTestId('phrase').innerText();
  assert.match(words, /exercise/i, 'the words to type name the mode');
  const button = dialog.getByRole('button', { name: act });
  assert.ok(await button.isDisabled(), 'nothing is sent before the words are typed');
  await dialog.getByLabel(/to confirm/).fill(words);
  await button.click();
}

/** Types the password again and approves what is shown. */
export async function approve(page, password) {
  await page.getByLabel('Your password, again').fill(password);
  await page.getByRole('button', { name: 'Approve exactly this' }).click();
  await page.getByTestId('issue').waitFor();
}

let axe;

/** Axe finds nothing serious or critical on the page as it is, open dialogs included. */
export async function assertAccessible(page, name) {
  axe ??= await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  const grave = violations.filter((v) => v.impact === 'serious' || v.impact === 'critical');
  assert.deepEqual(grave.map((v) => `${name}: ${v.id}: ${v.nodes.map((n) => n.target.join(' ')).join(', ')}`), []);
}

/** Asks the server in the session of the page: the status, and the answer or the refusal. */
export function ask(page, method, path, body) {
  return page.evaluate(async ([verb, address, content]) => {
    const { csrf } = await (await fetch('/api/v1/session')).json();
    const headers = { 'Content-Type': 'application/json', 'X-CSRF-Token': csrf };
    const response = await fetch(`/api/v1${address}`, { method: verb, headers, body: content && JSON.stringify(content) });
    const answer = await response.json();
    return { status: response.status, answer, ...answer.error };
  }, [method, path, body]);
}

/** What the server answers to a command that it must not refuse. */
export async function done(page, path, body) {
  const { status, answer } = await ask(page, 'POST', path, body);
  assert.equal(status, 200, `${path}: ${JSON.stringify(answer)}`);
  return answer;
}

export const incidentOf = async (page, id) => (await ask(page, 'GET', `/incidents/${id}`)).answer;
export const warningOf = async (page, id) => (await ask(page, 'GET', `/warnings/${id}`)).answer;

/** The incident whose title matches, once the recording has brought it. */
export function incidentNamed(page, title) {
  return eventually(`there is an incident ${title}`, async () => {
    const { answer } = await ask(page, 'GET', '/incidents');
    return answer.incidents.find((i) => title.test(i.title));
  });
}

/** A draft with this headline for an incident, submitted by the author: the way there is another test's matter. */
export async function submitted(author, incident, headline) {
  // News that comes in between look and command is refused as stale, and looked at again.
  const draft = await eventually('the draft is begun', async () => {
    const { version } = await incidentOf(author, incident);
    const { status, answer } = await ask(author, 'POST', `/incidents/${incident}/warnings`, { version });
    return status === 200 && answer;
  });
  const content = structuredClone(draft.draft);
  content.languages[0].headline = headline;
  const edited = await ask(author, 'PUT', `/warnings/${draft.id}/draft`, { version: draft.version, draft: content });
  assert.equal(edited.status, 200, JSON.stringify(edited.answer));
  return done(author, `/warnings/${draft.id}/submit`, { version: edited.answer.version });
}

/** The same, approved by another person. */
export async function approved(author, approver, password, incident, headline) {
  const { id, version, digest } = await submitted(author, incident, headline);
  return done(approver, `/warnings/${id}/approve`, { version, digest, password });
}

/** The same, issued. */
export async function issued(author, approver, password, incident, headline) {
  const { id, version, confirm: words } = await approved(author, approver, password, incident, headline);
  return done(author, `/warnings/${id}/issue`, { version, confirm: words.issue });
}

/** Where the console shows a warning. */
export const pathOf = (warning) => `/incidents/${warning.incident}/warnings/${warning.id}`;

/** The messages that anybody reads through the public feed, newest first, each with its CAP text. */
export async function feed(demo) {
  const atom = (await demo.fetch('/feed/atom.xml')).text;
  const entries = [...atom.matchAll(/<entry>[\s\S]*?<\/entry>/g)].map(([entry]) => entry);
  return Promise.all(entries.map(async (entry) => {
    const identifier = all(entry, 'cap:identifier')[0];
    const message = await demo.fetch(`/feed/cap/${identifier}.xml`);
    assert.equal(message.status, 200, `the feed leads to ${identifier}`);
    return {
      identifier,
      entry,
      text: message.text,
      msgType: all(message.text, 'msgType')[0],
      sender: all(message.text, 'sender')[0],
      sent: all(message.text, 'sent')[0],
      references: all(message.text, 'references')[0] ?? '',
      responses: all(message.text, 'responseType'),
      headlines: all(message.text, 'headline'),
    };
  }));
}

/** The newest message of the feed that fits, once it is there. */
export const inFeed = (demo, what, fits) => eventually(`${what} is in the public feed`, async () => (await feed(demo)).find(fits));

/** CAP's way to name an earlier message. */
export const reference = ({ sender, identifier, sent }) => `${sender},${identifier},${sent}`;

const all = (text, name) => [...text.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, 'g'))].map(([, value]) => value);
