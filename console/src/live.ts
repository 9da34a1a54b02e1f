// Live events from the server. The browser resumes with Last-Event-ID by itself; after a refused stream
// we open a new one and tell the listener to read everything again.
import type { Change } from './types';

export interface LiveListener {
  /** Something changed on the server. */
  change(change: Change): void;
  /** The stream is open; what was missed while it was closed must be read again. */
  open(): void;
  /** The stream is lost; what is on the screen may be old. */
  lost(): void;
}

const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 15_000;

/** Listens until the returned function is called. */
export function listen(listener: LiveListener): () => void {
  let stream: EventSource | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let wait = FIRST_RETRY_MS;
  let stopped = false;

  const connect = () => {
    stream = new EventSource('/api/v1/events');
    stream.addEventListener('open', () => {
      wait = FIRST_RETRY_MS;
      listener.open();
    });
    stream.addEventListener('change', (event) => {
      const change = read(event as MessageEvent<string>);
      if (change) listener.change(change);
    });
    stream.addEventListener('error', () => {
      listener.lost();
      if (stream?.readyState === EventSource.CLOSED && !stopped) {
        timer = setTimeout(connect, wait);
        wait = Math.min(wait * 2, LAST_RETRY_MS);
      }
    });
  };
  connect();
  return () => {
    stopped = true;
    clearTimeout(timer);
    stream?.close();
  };
}

function read(event: MessageEvent<string>): Change | null {
  try {
    return JSON.parse(event.data) as Change;
  } catch {
    return null;
  }
}
