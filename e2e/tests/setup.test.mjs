// A fresh server: the first account is made in the browser with the token that its machine printed.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { shot, skip, startBrowser } from '../harness.mjs';

const BIN = process.env.BEACONFIRE_BIN;
const PACKS = fileURLToPath(new URL('../../packs/', import.meta.url));
const CONFIG = `
mode = "exercise"
exercise = "test"
data = "data"
listen = "127.0.0.1:0"
public_url = "http://127.0.0.1"
packs = "packs"

[keys]
checkpoint = "checkpoint.pk8"

[authority]
sender = "warnings@agency.example"
name = "Agency"
identifier_prefix = "urn:test"
zone = "UTC"
jurisdiction = "the county"

[[channel]]
id = "public-feed"
kind = "feed"
mode = "exercise"
public = true
`;

let folder, child, base, browser;

before(async () => {
  if (skip) return;
  folder = await mkdtemp(join(tmpdir(), 'beaconfire-setup-'));
  await cp(PACKS, join(folder, 'packs'), { recursive: true });
  await writeFile(join(folder, 'beaconfire.toml'), CONFIG);
  child = spawn(BIN, ['serve', '--config', join(folder, 'beaconfire.toml')], { stdio: ['ignore', 'ignore', 'pipe'] });
  let words = '';
  base = await new Promise((found, failed) => {
    createInterface({ input: child.stderr }).on('line', (line) => {
      words += line + '\n';
      const address = /http:\/\/(127\.0\.0\.1:\d+)/.exec(line)?.[0];
      if (address) found(address);
    });
    child.once('exit', (code) => failed(new Error(`the server ended with ${code}:\n${words}`)));
  });
  browser = await startBrowser();
});

after(async () => {
  await browser?.stop();
  child?.kill('SIGTERM');
  if (folder) await rm(folder, { recursive: true, force: true });
});

test('the printed token makes the first account, once', { skip }, async () => {
  const { stdout } = await promisify(execFile)(BIN, ['account', 'setup-token', '--data', join(folder, 'data')]);
  const token = stdout.trim();
  const { page } = await browser.person();
  await page.goto(`${base}/set-up?token=${token}`);
  await page.getByLabel('Login').fill('mira');
  assert.equal(new URL(page.url()).search, '', 'the token left the address');
  await page.getByLabel('Name shown').fill('Duty desk');
  await page.getByLabel('Password', { exact: true }).fill('a long and plain sentence');
  await page.getByLabel('Password again').fill('another');
  await page.getByText('The two passwords differ.').waitFor();
  assert.equal(await page.getByRole('button', { name: 'Make the account' }).isDisabled(), true);
  await page.getByLabel('Password again').fill('a long and plain sentence');
  await page.getByLabel('officer').check();
  await shot(page, 'set-up');
  await page.getByRole('button', { name: 'Make the account' }).click();
  await page.getByTestId('login').waitFor();
  const session = await page.evaluate(() => fetch('/api/v1/session').then((answer) => answer.json()));
  assert.deepEqual([session.login, session.roles], ['mira', ['officer', 'admin']]);

  const stranger = await browser.person();
  await stranger.page.goto(`${base}/set-up?token=${token}`);
  await stranger.page.getByLabel('Login').fill('eve');
  await stranger.page.getByLabel('Name shown').fill('Eve');
  await stranger.page.getByLabel('Password', { exact: true }).fill('a long and plain sentence');
  await stranger.page.getByLabel('Password again').fill('a long and plain sentence');
  await stranger.page.getByRole('button', { name: 'Make the account' }).click();
  await stranger.page.getByText('was used or is too old').waitFor();
});
