// What every page shares: who is signed in, the river's time, the incidents and sources, and whether they are fresh.
import { aboutHeld, aboutIncidents } from './announce';
import { api, onRefusal, Refusal } from './api';
import { listen } from './live';
import type { Change, IncidentSummary, OtherAlert, Session, Source } from './types';

const REFRESH_MS = 15_000;
const GATHER_MS = 300;

class Shared {
  session = $state<Session | null>(null);
  incidents = $state<IncidentSummary[] | null>(null);
  sources = $state<Source[] | null>(null);
  /** Alerts of others that wait for an officer. */
  held = $state<OtherAlert[] | null>(null);
  /** When something was last read from the server, by this machine's clock. */
  updated = $state<number | null>(null);
  /** Why the server could not be read at the very start. */
  broken = $state<Refusal | null>(null);
  /** Why a one-time sign-in was refused. */
  tokenRefused = $state<unknown>(null);
  /** Said by the live region. */
  spoken = $state('');
  /** The river's time now, in milliseconds, once a second. */
  now = $state(Date.now());

  /** Two ways to notice a lost server: the stream breaks, or a request gets no answer. */
  #streaming = $state(true);
  #answering = $state(true);

  #changeListeners = new Set<(change: Change | null) => void>();
  #stop: (() => void) | null = null;
  #pending: { timer: ReturnType<typeof setTimeout>; change: Change | null } | null = null;
  #reading: Promise<unknown> = Promise.resolve();
  #sync = { river: Date.now(), host: Date.now(), speed: 1 };

  get connected(): boolean {
    return this.#streaming && this.#answering;
  }

  get signedIn(): boolean {
    return this.session?.signed_in === true;
  }

  async start(): Promise<void> {
    onRefusal.call = (refusal) => this.#onRefusal(refusal);
    setInterval(() => this.#tick(), 1_000);
    await this.readSession();
  }

  async readSession(): Promise<void> {
    try {
      this.use(await api.session());
      this.broken = null;
    } catch (error) {
      this.broken = error instanceof Refusal ? error : new Refusal(0, 'strange', String(error), '');
    }
  }

  /** Takes a session in; the live stream follows it. */
  use(session: Session): void {
    this.session = session;
    this.#syncRiver(session.river_time);
    if (session.signed_in && !this.#stop) this.#goLive();
    if (!session.signed_in) this.#goQuiet();
  }

  async signOut(): Promise<void> {
    await api.signOut();
    await this.readSession();
  }

  /** Reads the lists again; `null` tells listeners that anything may have changed. */
  async refresh(change: Change | null = null): Promise<void> {
    const [incidents, sources, held, session] = await Promise.allSettled([api.incidents(), api.sources(), api.alerts('held'), api.look()]);
    if (!this.session?.signed_in) return;
    const words: string[] = [];
    if (incidents.status === 'fulfilled') {
      words.push(...aboutIncidents(this.incidents, incidents.value.incidents));
      this.incidents = incidents.value.incidents;
      this.#syncRiver(incidents.value.river_time);
      this.updated = Date.now();
      this.#answering = true;
    }
    if (sources.status === 'fulfilled') this.sources = sources.value.sources;
    if (held.status === 'fulfilled') {
      words.push(...aboutHeld(this.held, held.value.alerts));
      this.held = held.value.alerts;
    }
    if (session.status === 'fulfilled') this.session.clock_apart = session.value.clock_apart;
    if (words.length) this.say(words.join(' '));
    for (const listener of this.#changeListeners) listener(change);
  }

  onChange(listener: (change: Change | null) => void): () => void {
    this.#changeListeners.add(listener);
    return () => this.#changeListeners.delete(listener);
  }

  say(words: string): void {
    this.spoken = words;
  }

  #goLive(): void {
    const poll = setInterval(() => void this.refresh(), REFRESH_MS);
    const stopStream = listen({
      open: () => {
        this.#streaming = true;
        this.#gather(null);
      },
      lost: () => (this.#streaming = false),
      change: (change) => {
        this.#streaming = true;
        this.#gather(change);
      },
    });
    this.#stop = () => {
      clearInterval(poll);
      stopStream();
    };
    void this.refresh();
  }

  #goQuiet(): void {
    clearTimeout(this.#pending?.timer);
    this.#pending = null;
    this.#stop?.();
    this.#stop = null;
    this.incidents = null;
    this.sources = null;
    this.held = null;
    this.updated = null;
    this.#streaming = true;
    this.#answering = true;
  }

  /** Many changes at once cost one reading; a stream of them costs one after the other, and starves nobody. */
  #gather(change: Change | null): void {
    if (this.#pending) {
      if (JSON.stringify(this.#pending.change) !== JSON.stringify(change)) this.#pending.change = null;
      return;
    }
    const fire = () => {
      this.#reading = this.#reading.then(() => {
        const about = this.#pending?.change ?? null;
        this.#pending = null;
        return this.refresh(about);
      });
    };
    this.#pending = { timer: setTimeout(fire, GATHER_MS), change };
  }

  #onRefusal(refusal: Refusal): void {
    if (refusal.status === 0) this.#answering = false;
    if (refusal.status === 401 && this.signedIn && refusal.code !== 'wrong_password') void this.readSession();
  }

  /** A recording may run faster than the clock on the wall: the pace is taken from two readings. */
  #syncRiver(text: string): void {
    const river = Date.parse(text);
    if (Number.isNaN(river)) return;
    const host = Date.now();
    const passed = host - this.#sync.host;
    if (passed > 2_000) {
      const speed = (river - this.#sync.river) / passed;
      this.#sync.speed = Math.abs(speed - 1) < 0.05 || speed < 0 ? 1 : speed;
    }
    if (passed > 2_000 || this.#sync.speed === 1) this.#sync = { ...this.#sync, river, host };
    this.#tick();
  }

  #tick(): void {
    this.now = this.#sync.river + (Date.now() - this.#sync.host) * this.#sync.speed;
  }
}

export const shared = new Shared();
