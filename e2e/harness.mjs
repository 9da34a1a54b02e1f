// Starts the built program and a real browser for the tests, and takes both down again.
//   BEACONFIRE_BIN       the program to drive; without it everything is skipped, in words
//   BEACONFIRE_CHROMIUM  the browser, /usr/bin/chromium unless set
import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { chromium } from 'playwright-core';

const OUTPUT = fileURLToPath(new URL('output/', import.meta.url));
const BIN = process.env.BEACONFIRE_BIN;
const CHROMIUM = process.env.BEACONFIRE_CHROMIUM ?? '/usr/bin/chromium';
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
/** Draws WebGL without a graphics card. */
export const SOFTWARE_WEBGL = ['--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--ignore-gpu-blocklist'];
/** How long the program may take to come up, and a page to show what it waits for. */
export const PATIENCE_MS = 90_000;

/** Why the browser tests cannot run here, or false. */
export const skip = reasonToSkip();

function reasonToSkip() {
  const why = !BIN ? 'BEACONFIRE_BIN is not set' : !existsSync(BIN) ? `${BIN} is not there` : !existsSync(CHROMIUM) ? `${CHROMIUM} is not there (install chromium)` : '';
  if (why) process.stderr.write(`skipped: browser tests: ${why}\n`);
  return why || false;
}

/** The running demo: its folder, port, and what it printed for each role. `more` are further words of its command line. */
export async function startDemo(more = []) {
  const data = await mkdtemp(join(tmpdir(), 'beaconfire-e2e-'));
  const child = spawn(BIN, ['demo', '--data', data, ...more], { stdio: ['ignore', 'pipe', 'pipe'] });
  let words = '';
  const roles = {};
  let sink = null;
  child.stderr.on('data', (chunk) => (words = (words + chunk).slice(-8_000)));
  const ended = new Promise((done) => child.once('exit', done));
  const complete = () => ['author', 'approver'].every((role) => roles[role]?.url && roles[role]?.password);
  await new Promise((ready, failed) => {
    const timer = setTimeout(() => failed(new Error(`the demo did not print a sign-in address and password for author and approver:\n${words}`)), PATIENCE_MS);
    createInterface({ input: child.stdout }).on('line', (line) => {
      words = (words + line + '\n').slice(-8_000);
      const role = /^\W*(author|approver|officer|admin)\b/.exec(line)?.[1];
      const url = /https?:\/\/\S+\/sign-in\?token=[^\s"]+/.exec(line)?.[0];
      const password = /password\W+(\S+)/i.exec(line)?.[1];
      if (role) roles[role] = { ...roles[role], ...(url && { url }), ...(password && { password }) };
      sink ??= /^\W*sink\s+(\/\S+)/.exec(line)?.[1] ?? null;
      if (complete()) {
        clearTimeout(timer);
        ready();
      }
    });
    void ended.then((code) => failed(new Error(`the demo ended with ${code}:\n${words}`)));
  });
  const base = new URL(roles.author.url);
  return {
    data, roles, port: base.port,
    at: (role, path) => `http://${role}.localhost:${base.port}${path}`,
    /** Asks as a consumer does, by number and Host header, since not every resolver knows *.localhost. */
    fetch: (path) => fetchText(base.port, path),
    sinkText: () => sinkText(data, sink),
    journalVerify: () => promisify(execFile)(BIN, ['journal', 'verify', '--data', data]),
    async stop() {
      child.kill('SIGINT');
      const gone = await Promise.race([ended, new Promise((late) => setTimeout(() => late('late'), 10_000))]);
      if (gone === 'late') child.kill('SIGKILL');
      await ended;
      await rm(data, { recursive: true, force: true });
    },
  };
}

function fetchText(port, path) {
  return new Promise((done, failed) => {
    get({ host: '127.0.0.1', port, path, headers: { Host: `localhost:${port}` } }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk) => (text += chunk)).on('end', () => done({ status: response.statusCode, text }));
    }).on('error', failed);
  });
}

/** All that the webhook receiver logged: the file it was said to be, or every file of that name in the folder. */
async function sinkText(data, named) {
  if (named && existsSync(named)) return readFile(named, 'utf8');
  const files = (await readdir(data, { recursive: true, withFileTypes: true })).filter((f) => f.isFile() && f.name.includes('sink'));
  return (await Promise.all(files.map((f) => readFile(join(f.parentPath ?? f.path, f.name), 'utf8')))).join('\n');
}

/** A browser whose pages note every request and every complaint of the console. */
export async function startBrowser(more = []) {
  const browser = await chromium.launch({ executablePath: CHROMIUM, headless: true, args: [...FLAGS, ...more] });
  await mkdir(OUTPUT, { recursive: true });
  return {
    /** A person of their own: a fresh profile, a page, and what it asked and complained about. */
    async person(options = {}) {
      const context = await browser.newContext({ viewport: { width: 1360, height: 900 }, ...options });
      const page = await context.newPage();
      page.setDefaultTimeout(PATIENCE_MS);
      const requests = [];
      const complaints = [];
      page.on('request', (request) => requests.push(request.url()));
      page.on('pageerror', (error) => complaints.push(String(error)));
      page.on('console', (message) => {
        if (/Content Security Policy|Refused to/.test(message.text())) complaints.push(message.text());
      });
      return { page, context, requests, complaints };
    },
    stop: () => browser.close(),
  };
}

export const shot = (page, name) => page.screenshot({ path: join(OUTPUT, `${name}.png`), fullPage: true });

/** Waits until `look` gives something true; fails with `what` otherwise. */
export async function eventually(what, look) {
  const end = Date.now() + PATIENCE_MS;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > end) throw new Error(`it never came true that ${what}`);
    await new Promise((later) => setTimeout(later, 500));
  }
}

/** Signs in by the one-time address and waits for the first incident. */
export async function signIn(person, demo, role) {
  await person.page.goto(demo.roles[role].url);
  await person.page.getByTestId('login').waitFor();
}
