// One incident, read again whenever the server says that something changed. Pages of an incident share this.
import { api } from './api';
import { shared } from './state.svelte';
import type { Incident, Warning } from './types';

export class IncidentView {
  incident = $state.raw<Incident | null>(null);
  error = $state<unknown>(null);
  readonly #id: string;
  #reading = 0;

  constructor(id: string) {
    this.#id = id;
    $effect(() => {
      void this.read();
      return shared.onChange((change) => {
        if (!change?.incident || change.incident === this.#id || this.incident?.links.some((l) => l.incident === change.incident)) void this.read();
      });
    });
  }

  /** The newest answer wins, also when an older one comes in later. */
  async read(): Promise<void> {
    const turn = ++this.#reading;
    try {
      const incident = await api.incident(this.#id);
      if (turn !== this.#reading) return;
      this.incident = incident;
      this.error = null;
    } catch (error) {
      if (turn === this.#reading) this.error = error;
    }
  }

  /** Takes in what the server answered to a command, until the incident is read again. */
  put(warning: Warning): void {
    if (!this.incident) return;
    const warnings = this.incident.warnings.map((w) => (w.id === warning.id ? warning : w));
    this.incident = { ...this.incident, warnings };
  }

  warning(id: string): Warning | null {
    return this.incident?.warnings.find((w) => w.id === id) ?? null;
  }
}
